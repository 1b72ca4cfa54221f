//! What tests share: the suites that every implementation of a seam has to pass, real servers, and
//! waiting.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "code of tests: it may stop at what it did not expect, and say what led to it"
)]

pub mod conformance;
mod event;
#[cfg(unix)]
pub mod nginx;
#[cfg(unix)]
pub mod postgres;
#[cfg(unix)]
mod process;
#[cfg(unix)]
pub mod proxy;
#[cfg(unix)]
pub mod redis;
mod wait;

pub use conformance::store::commit;
pub use event::event;
pub use wait::{PATIENCE, until};
