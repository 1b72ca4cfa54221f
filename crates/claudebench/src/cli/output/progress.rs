//! How far long work is: one line on standard error, written over.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::text::count;

/// How often the line is written at most.
const EVERY: Duration = Duration::from_millis(100);

/// How far long work is.
pub(crate) struct Progress {
    what: &'static str,
    shown: bool,
    last: Option<Instant>,
}

impl Progress {
    pub(super) fn new(what: &'static str, shown: bool) -> Self {
        Self { what, shown, last: None }
    }

    /// It has begun; how far it gets is not known.
    pub(crate) fn begun(&mut self) {
        if self.shown {
            self.last = Some(Instant::now());
            self.write(&format!("{} ...", self.what));
        }
    }

    /// So many are done, of so many if that is known.
    pub(crate) fn at(&mut self, done: u64, total: Option<u64>) {
        if !self.shown || self.last.is_some_and(|last| last.elapsed() < EVERY) {
            return;
        }
        self.last = Some(Instant::now());
        self.write(&line(self.what, done, total));
    }

    /// What is being done, and how far that is.
    pub(crate) fn doing(&mut self, text: impl FnOnce() -> String) {
        if self.shown && self.last.is_none_or(|last| last.elapsed() >= EVERY) {
            self.last = Some(Instant::now());
            self.write(&text());
        }
    }

    fn write(&self, text: &str) {
        // Nobody misses what cannot be written here.
        let mut stderr = io::stderr();
        let _ = write!(stderr, "\r{text}\x1b[K");
        let _ = stderr.flush();
    }
}

impl Drop for Progress {
    /// Takes the line away.
    fn drop(&mut self) {
        if self.last.is_some() {
            self.write("");
        }
    }
}

fn line(what: &str, done: u64, total: Option<u64>) -> String {
    let number = |n: u64| count(i64::try_from(n).unwrap_or(i64::MAX));
    match total {
        Some(total) if total > 0 => {
            let percent = done.min(total) * 100 / total;
            format!("{what}: {percent}% ({} of {})", number(done), number(total))
        }
        _ => format!("{what}: {}", number(done)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_shown_where_the_whole_is_known() {
        assert_eq!(line("copying", 1_500, Some(3_000)), "copying: 50% (1,500 of 3,000)");
        assert_eq!(line("adding", 1_500, None), "adding: 1,500");
        assert_eq!(line("adding", 5, Some(0)), "adding: 5");
    }
}
