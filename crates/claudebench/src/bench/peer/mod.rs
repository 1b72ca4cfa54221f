//! What is measured, and what it is measured against: the server, a bare echo, the disk.

mod disk;
mod echo;
mod process;

pub use disk::Disk;
pub use echo::{Echo, serve as serve_echo};
pub use process::{Server, ServerError, free_port};
