//! The methods against a real store in a folder of their own, with time in the test's hands.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod analytics;
mod by_hand;
mod calling_off;
mod claims;
mod contract;
mod examples;
mod feed;
mod hooks;
mod idempotency;
mod instances;
mod keys;
mod params;
mod queues;
mod reads;
mod repeats;
mod replacing;
mod reports;
mod server;
mod system;
mod tasks;
mod time;
mod whole;
