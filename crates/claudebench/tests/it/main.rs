//! The tests of the whole: the server as its clients see it, and the rules of the house.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect, outside its own function, too"
)]

mod cli;
mod crash;
mod faults;
mod server;
mod tidy;
