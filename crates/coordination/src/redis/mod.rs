//! Redis: one server, a cluster, or what sentinels watch. Keys are `cb:{type}:{id}`, and each has a time to
//! live or a bound. Whatever lies there may be gone at any moment.

mod connection;
mod link;
mod options;

pub use connection::Connection;
pub use link::{Link, LinkError, LinkStatus};
pub use options::{RedisOptions, Servers, server};
