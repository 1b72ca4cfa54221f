//! The servers that the testkit starts are what tests take them for.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect, outside its own function, too"
)]

#[cfg(target_os = "linux")]
mod ending;
mod postgres;
#[cfg(target_os = "linux")]
mod processes;
mod replica;
