//! The program `claudebench`.

use std::process::ExitCode;

fn main() -> ExitCode {
    claudebench::cli::main()
}
