//! `claudebench hook`: what Claude Code runs at each of its hooks, and a way to try rules.

mod answer;
mod call;
mod commit;
mod event;
mod git;
mod rules;
mod server;
mod spool;
mod test;

use std::io::Read;
use std::path::PathBuf;

use clap::Subcommand;
use claudebench_hooks::Rules;

use super::Shared;
use super::failure::{Failure, Outcome};
use super::output::Out;

/// The longest event that is read. Claude Code writes what a tool got, so it may be long.
const EVENT_BYTES: u64 = 64 << 20;

/// Answer a hook of Claude Code, or try a command against the rules
///
/// Without a command it reads an event of Claude Code as JSON from standard input, and answers in Claude
/// Code's own form: tools that the rules deny do not run, others are asked about, warned of or changed. The
/// server is told of every event; what it must not miss is kept here until it is back. Events that no rule is
/// about are let go on.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  claudebench hook < event.json
  claudebench hook test 'ls; rm -rf /'
  claudebench hook test --tool Write --input '{\"file_path\": \"/etc/hosts\"}'
  claudebench hook rules
  claudebench hook deliver")]
pub(super) struct Hook {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    files: Files,
}

/// Where rules come from, beside those that come with the program.
#[derive(Debug, Clone, Default, clap::Args)]
struct Files {
    /// The file with the repository's rules; by default .claudebench/rules.toml in the working
    /// folder or one above it
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// See which rule decides about a tool call, and why
    Test(test::Test),
    /// Write the rules that come with the program
    Rules,
    /// Tell the server what was kept here while it was away
    Deliver,
}

impl Hook {
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        match self.command {
            Some(Command::Test(test)) => test.run(shared, out),
            Some(Command::Rules) => out.text(Rules::builtin_text()),
            Some(Command::Deliver) => server::deliver(shared, out),
            None => answer(&self.files, shared, out),
        }
    }
}

fn answer(files: &Files, shared: &Shared, out: &mut Out) -> Outcome {
    let mut text = Vec::new();
    let read = std::io::stdin().lock().take(EVENT_BYTES + 1).read_to_end(&mut text);
    let next = "Claude Code writes one to standard input; to try rules: claudebench hook test";
    // Not the exit code of a wrong call: to Claude Code that one says that the tool must not run.
    let unusable = |what: String| Failure::advise(what, next);
    read.map_err(|e| unusable(format!("the event cannot be read: {e}")))?;
    if text.len() as u64 > EVENT_BYTES {
        return Err(unusable(format!("the event is longer than {EVENT_BYTES} bytes")));
    }
    let event = match event::Event::read(&text) {
        Ok(event) => event,
        // What nobody can look at is no reason to let it through.
        Err(e) if event::Event::may_be_judged(&text) => {
            return out.json_line(&answer::unreadable(&e));
        }
        Err(e) => {
            return Err(unusable(format!("standard input holds no event of Claude Code: {e}")));
        }
    };
    match answer::answer(event, files, shared) {
        Some(answer) => out.json_line(&answer),
        None => Ok(()),
    }
}
