//! What was found, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;

use super::Verdict;
use super::source::Line;

/// How many violations of one rule are shown.
const SHOWN: usize = 10;

/// What must hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A task that was acknowledged is there at the end.
    Lost,
    /// A call with an idempotency key makes its tasks once, and one without at most once.
    MadeTwice,
    /// Every acknowledged change has its event.
    Unrecorded,
    /// A completion that was done is not refused when it is repeated.
    Disowned,
    /// A task is completed once, unless it was reopened.
    CompletedTwice,
    /// An acknowledged end is left only by an explicit retry.
    Undone,
    /// Nothing is completed after its cancellation was acknowledged.
    CompletedAfterCancel,
    /// Only reports under the current fence are accepted.
    StaleFence,
    /// At most one lease of a task is current.
    TwoLeases,
    /// A lease lasts as long as its worker was told.
    CutShort,
    /// A lease that ended comes back.
    NotReturned,
    /// After faults end, every task ends.
    Stuck,
    /// The events of a task are numbered 1 to n without gaps.
    Gap,
    /// No task starts before its dependencies allow.
    TooSoon,
    /// Whoever keeps a cursor misses nothing.
    Missed,
}

impl Rule {
    /// Its name.
    #[must_use]
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|name| name.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

/// A rule that was broken, and where that shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which rule.
    pub rule: Rule,
    /// What happened.
    pub what: String,
    /// The lines that prove it.
    pub lines: Vec<Line>,
}

impl Verdict {
    /// One sentence about all of it.
    #[must_use]
    pub fn summary(&self) -> String {
        let counted = self.counted;
        format!(
            "{} calls ({} answered, {} refused, {} unknown), {} tasks, {} events: {}",
            counted.ok + counted.refused + counted.unknown,
            counted.ok,
            counted.refused,
            counted.unknown,
            self.tasks,
            self.events,
            match self.violations.len() {
                0 => "every rule holds".to_owned(),
                1 => "1 violation".to_owned(),
                n => format!("{n} violations"),
            }
        )
    }

    /// Writes each violation with the lines involved, then the summary.
    ///
    /// # Errors
    /// What the writer says.
    pub fn print(&self, to: &mut dyn Write) -> io::Result<()> {
        for of_rule in self.violations.chunk_by(|a, b| a.rule == b.rule) {
            for violation in of_rule.iter().take(SHOWN) {
                writeln!(to, "{}: {}", violation.rule.name(), violation.what)?;
                for line in &violation.lines {
                    let text = self.sources.show(*line);
                    writeln!(to, "  {}: {}", self.sources.place(*line), clip(&text, 600))?;
                }
            }
            if let Some(more) = of_rule.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                writeln!(to, "{}: {more} more", of_rule[0].rule.name())?;
            }
        }
        writeln!(to, "{}", self.summary())
    }

    /// Writes all of it as one JSON object.
    ///
    /// # Errors
    /// What the writer says.
    pub fn print_json(&self, to: &mut dyn Write) -> io::Result<()> {
        let violations: Vec<_> = self
            .violations
            .iter()
            .map(|violation| {
                let line = |line: &Line| {
                    json!({"at": self.sources.place(*line), "text": self.sources.show(*line)})
                };
                let lines: Vec<_> = violation.lines.iter().map(line).collect();
                json!({"rule": violation.rule, "what": violation.what, "lines": lines})
            })
            .collect();
        let counted = self.counted;
        let all = json!({
            "calls": {"ok": counted.ok, "refused": counted.refused, "unknown": counted.unknown},
            "tasks": self.tasks,
            "events": self.events,
            "violations": violations,
        });
        writeln!(to, "{all}")
    }
}

fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
