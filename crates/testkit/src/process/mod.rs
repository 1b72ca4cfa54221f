//! Real servers as processes: each in a temporary folder, on a free port of the loopback, ended with the
//! process of the tests, however that ends.

mod daemon;
mod place;
mod watched;

pub use watched::End;

pub(crate) use daemon::{Daemon, Launch, aside};
pub(crate) use place::Place;
