//! The Model Context Protocol: every method is a tool, tasks are resources. The same over HTTP
//! (`transport/mcp.rs`) and on standard input and output (`cli/mcp.rs`): what differs is the
//! [`Backend`].

mod backend;
mod cancelled;
mod claims;
mod handler;
mod prompts;
mod resources;
mod schema;
mod tools;
mod watch;

pub use backend::{Backend, Change, Changes};
pub use handler::Handler;
pub use tools::{Toolset, Toolsets, UnknownToolset, listed};
