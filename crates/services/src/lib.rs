//! The methods of ClaudeBench, each declared once: the type of its params is the method.
//!
//! A domain is a module, a method a file of it and a line in its `METHODS`. From that come all
//! transports, the command line, the documents, authorization, metrics and spans.

pub mod analytics;
pub mod config;
pub mod context;
pub mod docs;
pub mod elsewhere;
pub mod event;
pub mod feed;
mod fingerprint;
pub mod git;
pub mod hook;
pub mod json;
pub mod key;
pub mod memory;
pub mod method;
mod named;
mod note;
pub mod project;
pub mod queue;
pub mod registry;
pub mod session;
pub mod system;
pub mod task;

pub use context::{Aside, Context, Limits, Metered, Meters, ServerInfo, Shared, Slot};
pub use method::{Access, Entry, Method, Reply};
pub use registry::{entry, methods};
