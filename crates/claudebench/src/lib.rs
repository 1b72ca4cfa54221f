//! The ClaudeBench server and its command line: everything with a socket or a terminal.

pub mod auth;
pub mod bench;
pub mod cli;
pub mod client;
pub mod config;
pub mod logging;
pub mod mcp;
pub mod metrics;
pub mod opened;
pub mod start;
pub mod transport;
pub mod verify;
pub mod workers;
