//! Redis: one server, a cluster, what sentinels watch, or several clusters. Keys are `cb:{type}:{id}`, and each has a time to
//! live or a bound. Whatever lies there may be gone at any moment.

mod connection;
mod link;
mod links;
mod look;
mod options;
mod place;

pub use connection::Connection;
pub(crate) use connection::open;
pub use link::{Link, LinkError, LinkStatus};
pub use links::Links;
pub(crate) use links::place;
pub use look::{RedisFound, look};
pub use options::{RedisOptions, Servers, server, signed_in};
pub(crate) use place::hash;
pub use redis::ConnectionInfo;
