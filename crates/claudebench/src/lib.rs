//! The ClaudeBench server and its command line.

pub mod verify;
