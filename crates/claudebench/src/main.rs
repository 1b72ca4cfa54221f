//! The program `claudebench`.

use std::process::ExitCode;

// Requests and their answers are many short-lived pieces of memory that one thread takes and another
// gives back: the system's allocator spends a fifth of the time of a small request on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    claudebench::cli::main()
}
