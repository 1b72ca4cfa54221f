//! All that a command writes: for people, or for programs.

mod json;
mod progress;
mod table;
mod text;

use std::io::{self, IsTerminal, Write};

use anstream::ColorChoice;
use claudebench_core::Millis;
use claudebench_core::time::wall_ms;
use serde::Serialize;

use super::failure::{Failure, Outcome};

pub(super) use json::indent;
pub(super) use progress::Progress;
pub(super) use table::{Cell, Style, Table};
pub(super) use text::{ago, bytes, clean, count, in_future, one_line, span};

/// Where a command writes.
pub(super) struct Out {
    stdout: Box<dyn Write + Send>,
    stderr: Box<dyn Write + Send>,
    json: bool,
    color: bool,
    stderr_color: bool,
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
    width: Option<usize>,
    now: Millis,
}

impl Out {
    /// The terminal, or whatever stands in its place.
    pub(super) fn new(json: bool) -> Self {
        let (stdout, stderr) = (io::stdout(), io::stderr());
        Self {
            json,
            // It also looks at NO_COLOR and TERM.
            color: anstream::AutoStream::choice(&stdout) != ColorChoice::Never,
            stderr_color: anstream::AutoStream::choice(&stderr) != ColorChoice::Never,
            stdout_is_terminal: stdout.is_terminal(),
            stderr_is_terminal: stderr.is_terminal(),
            width: terminal_size::terminal_size_of(&stdout).map(|(width, _)| width.0.into()),
            now: Millis(wall_ms()),
            stdout: Box::new(stdout),
            stderr: Box::new(stderr),
        }
    }

    /// Whether a program reads.
    pub(super) fn for_programs(&self) -> bool {
        self.json
    }

    /// Whether a person sits in front of standard output.
    pub(super) fn is_watched(&self) -> bool {
        self.stdout_is_terminal && !self.json
    }

    /// When the command began.
    pub(super) fn now(&self) -> Millis {
        self.now
    }

    /// A line for people.
    pub(super) fn line(&mut self, text: impl AsRef<str>) -> Outcome {
        writeln!(self.stdout, "{}", text.as_ref())?;
        Ok(self.stdout.flush()?)
    }

    /// A text from anywhere, made safe to show.
    pub(super) fn text(&mut self, text: &str) -> Outcome {
        self.line(clean(text))
    }

    /// A line for people, in colour where that can be seen.
    pub(super) fn styled(&mut self, style: Style, text: &str) -> Outcome {
        let text = style.paint(text, self.color);
        self.line(text)
    }

    /// A table for people, as wide as the terminal at most.
    pub(super) fn table(&mut self, table: &Table) -> Outcome {
        self.stdout.write_all(table.render(self.width, self.color).as_bytes())?;
        Ok(self.stdout.flush()?)
    }

    /// A text as it stands, such as a document.
    pub(super) fn raw(&mut self, text: &[u8]) -> Outcome {
        self.stdout.write_all(text)?;
        Ok(self.stdout.flush()?)
    }

    /// Both streams, for what writes on its own.
    pub(super) fn streams(&mut self) -> (&mut (dyn Write + Send), &mut (dyn Write + Send)) {
        (&mut *self.stdout, &mut *self.stderr)
    }

    /// A value for programs: on one line, unless a person looks.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Outcome {
        if self.stdout_is_terminal { self.pretty(value) } else { self.json_line(value) }
    }

    /// A value on one line, one of many.
    pub(super) fn json_line(&mut self, value: &impl Serialize) -> Outcome {
        let text = written(value)?;
        self.line(text)
    }

    /// A value for people: indented.
    pub(super) fn pretty(&mut self, value: &impl Serialize) -> Outcome {
        let text = clean(&indent(&written(value)?));
        self.line(text)
    }

    /// A remark for people, beside the output. That it cannot be written is no failure.
    pub(super) fn note(&mut self, text: impl AsRef<str>) {
        if !self.json {
            let _ = writeln!(self.stderr, "{}", text.as_ref());
        }
    }

    /// Progress of long work: seen on a terminal alone.
    pub(super) fn progress(&self, what: &'static str) -> Progress {
        Progress::new(what, self.stderr_is_terminal && !self.json)
    }

    /// Says why the command failed.
    pub(super) fn failure(&mut self, failure: &Failure) {
        let Some(message) = failure.message() else { return };
        // There is nowhere left to say that this cannot be said.
        let _ = if self.json {
            writeln!(self.stderr, "{}", failure.json())
        } else {
            let error = Style::Red.paint("error", self.stderr_color);
            let next = failure.next_step().map(|next| format!("\n  next: {next}"));
            writeln!(self.stderr, "{error}: {}{}", clean(&message), next.unwrap_or_default())
        };
    }
}

fn written(value: &impl Serialize) -> Outcome<String> {
    serde_json::to_string(value).map_err(|e| Failure::local(format!("this is no JSON: {e}")))
}
