//! `claudebench verify`: proves from what callers saw, and what the server holds at the end, that
//! the server kept its promises.
//!
//! A history holds one [`Call`] a line. The final state holds events and tasks, one a line, as
//! `event.list` and `task.list` give them, and `{"takenAt": ..}` with the time it was taken.

mod history;
mod record;
mod report;
mod rules;
mod source;
mod state;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::path::PathBuf;

use history::History;
use rules::Findings;
use state::State;

pub use history::Counted;
pub use record::{Call, Outcome};
pub use report::{Rule, Violation};
pub use source::{Line, ReadError, Sources};

/// Checks recorded histories of calls.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What the callers saw: one call a line, as JSON; a file may hold many processes
    #[arg(required = true, value_name = "HISTORY")]
    pub histories: Vec<PathBuf>,
    /// The state at the end: the event log and the tasks, one a line, as JSON
    #[arg(long, value_name = "FILE")]
    pub events: Vec<PathBuf>,
    /// All faults were over and everything was worked off: a task that has not ended is stuck
    #[arg(long, requires = "events")]
    pub drained: bool,
}

/// What came of a check.
#[derive(Debug)]
pub struct Verdict {
    /// Every rule that was broken, by rule and place.
    pub violations: Vec<Violation>,
    /// The calls.
    pub counted: Counted,
    /// How many tasks there are at the end.
    pub tasks: usize,
    /// How many events there are.
    pub events: usize,
    /// Where its lines come from.
    pub sources: Sources,
}

/// Reads the files and checks every rule.
///
/// # Errors
/// A file cannot be read or understood.
pub fn check(args: &Args) -> Result<Verdict, ReadError> {
    let (mut history, mut state, mut sources) =
        (History::default(), State::default(), Sources::default());
    for path in &args.histories {
        sources.file(path, &mut |line, text| history.read(line, text))?;
    }
    for path in &args.events {
        sources.file(path, &mut |line, text| state.read(line, text))?;
    }
    Ok(verdict(&history, &state, sources, args.drained))
}

fn verdict(history: &History, state: &State, sources: Sources, drained: bool) -> Verdict {
    let violations = Findings::new(history, state).look(drained);
    Verdict {
        violations,
        counted: history.counted,
        tasks: state.tasks.len(),
        events: state.events.len(),
        sources,
    }
}

impl Verdict {
    /// Writes what was found, as one JSON object if asked.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, json: bool, out: &mut (dyn Write + Send)) -> io::Result<()> {
        if json { self.print_json(out) } else { self.print(out) }
    }
}
