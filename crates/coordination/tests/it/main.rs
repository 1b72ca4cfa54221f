//! What servers share, over memory and over real servers of Redis.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may stop at what they did not expect"
)]

mod clusters;
mod conformance;
mod limiter;
mod link;
mod relay;
mod servers;
