//! Redis: one server, a cluster, or what sentinels watch. Keys are `cb:{type}:{id}`, and each has a time to
//! live or a bound. Whatever lies there may be gone at any moment.

mod connection;
mod link;
mod look;
mod options;

pub use connection::Connection;
pub(crate) use connection::open;
pub use link::{Link, LinkError, LinkStatus};
pub use look::{RedisFound, look};
pub use options::{RedisOptions, Servers, server, signed_in};
pub use redis::ConnectionInfo;
