//! The methods against a real store in a folder of their own, with time in the test's hands.

mod claims;
mod contract;
mod examples;
mod instances;
mod keys;
mod queues;
mod reports;
mod server;
mod system;
mod tasks;
mod time;
