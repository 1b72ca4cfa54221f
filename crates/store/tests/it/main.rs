//! The embedded store, seen from outside.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect, outside its own function, too"
)]

mod bounds;
mod conformance;
mod words;
