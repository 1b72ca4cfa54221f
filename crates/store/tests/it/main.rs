//! The stores, seen from outside.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect, outside its own function, too"
)]

mod blocks;
mod bounds;
mod conformance;
mod held;
mod postgres;
mod two;
mod words;
