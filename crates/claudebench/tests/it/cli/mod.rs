//! The command line and its client, against a server that says what a test wants it to say.

mod client;
mod ending;
mod errors;
mod life;
mod mistakes;
mod pages;
mod program;
mod script;
mod server;
