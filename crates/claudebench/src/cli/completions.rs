//! `claudebench completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::failure::Outcome;
use super::output::Out;

/// Write a script that completes commands in a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench completions bash > /etc/bash_completion.d/claudebench
  claudebench completions zsh > \"${fpath[1]}/_claudebench\"
  claudebench completions fish > ~/.config/fish/completions/claudebench.fish")]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Does it.
    pub(super) fn run(self, out: &mut Out) -> Outcome {
        let mut script = Vec::new();
        let mut command = super::Cli::command();
        clap_complete::generate(self.shell, &mut command, "claudebench", &mut script);
        out.raw(&script)
    }
}
