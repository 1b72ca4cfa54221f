//! The command line and its client, against a server that says what a test wants it to say.

mod archive;
mod client;
mod commits;
mod database;
mod demo;
mod ending;
mod errors;
mod fleet;
mod hook;
mod hooked;
mod import;
mod init;
mod life;
mod log;
mod mistakes;
mod pages;
mod program;
mod script;
mod server;
mod store;
mod stream;
mod work;
