//! What came out of an attempt, and what the exit code of a command says about it.

use serde_json::value::RawValue;

use super::output::Tail;
use super::process::Ended;

/// "A temporary failure" of `sysexits.h`: not now, and no fault of the task's.
const LATER: i32 = 75;
/// "The input was wrong" of `sysexits.h`: trying again cannot help.
const IMPOSSIBLE: i32 = 65;
/// "A service is not available" of `sysexits.h`.
const UNAVAILABLE: i32 = 69;

/// The longest result that is JSON, in bytes: what servers take by default.
pub(super) const RESULT: usize = 1 << 20;
/// How much of a longer output, or one that is no JSON, is kept.
const TEXT: usize = 64 << 10;
/// How much of what was written is told with a failure.
const SAID: usize = 4_000;
/// How much of standard output is told beside what standard error says.
const SAID_BESIDE: usize = 1_000;
/// The longest text of an error.
const ERROR_CHARS: usize = 10_000;
/// The longest reason of a release.
const REASON_CHARS: usize = 500;

/// What came out of an attempt.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The task is done.
    Done {
        /// What came out of it.
        result: Option<Box<RawValue>>,
        /// What is told if the server does not take that, as it is too large.
        instead: String,
    },
    /// The attempt failed.
    Failed(Failed),
    /// The task goes back.
    Released {
        /// Why.
        reason: String,
        /// Whether it should rest before somebody takes it again.
        rest: bool,
    },
    /// The task goes back, and this worker can do none.
    Broken(String),
}

/// How an attempt failed.
#[derive(Debug)]
pub(super) struct Failed {
    /// The kind.
    pub(super) reason: &'static str,
    /// In words.
    pub(super) error: String,
    /// Whether trying again may help; the kind says so otherwise.
    pub(super) retryable: Option<bool>,
}

impl Verdict {
    /// It failed, of this kind.
    pub(super) fn failed(reason: &'static str, error: impl Into<String>) -> Self {
        Self::Failed(Failed { reason, error: error.into(), retryable: None })
    }

    /// The same, and trying again cannot help.
    pub(super) fn failed_for_good(reason: &'static str, error: impl Into<String>) -> Self {
        Self::Failed(Failed { reason, error: error.into(), retryable: Some(false) })
    }

    /// Done, with a value.
    pub(super) fn done(value: &serde_json::Value, instead: String) -> Self {
        Self::Done { result: RawValue::from_string(value.to_string()).ok(), instead }
    }

    /// What the end of a command says.
    pub(super) fn of_command(ended: &Ended, out: &Tail, err: &Tail) -> Self {
        let Ended::Exited(code) = ended else {
            return match ended {
                Ended::NotStarted(why) => {
                    Self::Broken(format!("the command does not start: {why}"))
                }
                _ => Self::failed("crashed", told(&ended.told(), out, err)),
            };
        };
        match *code {
            0 => Self::Done { result: result(out), instead: out.end(TEXT / 2) },
            LATER => Self::Released { reason: last_line(out, err, "not now"), rest: true },
            IMPOSSIBLE => Self::failed_for_good("invalid_input", told(&ended.told(), out, err)),
            UNAVAILABLE => Self::failed("unavailable", told(&ended.told(), out, err)),
            _ => Self::failed("error", told(&ended.told(), out, err)),
        }
    }
}

/// The output as a result: JSON if it is that, otherwise a text.
fn result(out: &Tail) -> Option<Box<RawValue>> {
    if let Some(text) = out.whole().filter(|text| text.len() <= RESULT)
        && let Ok(json) = serde_json::from_str::<Box<RawValue>>(text.trim())
    {
        return Some(json);
    }
    if out.is_empty() {
        return None;
    }
    let text = out.end(TEXT);
    serde_json::value::to_raw_value(text.trim_end()).ok()
}

/// How it ended, and what it said last.
pub(super) fn told(how: &str, out: &Tail, err: &Tail) -> String {
    // What went wrong is told on standard error; some programs tell all on standard output.
    let mut text = how.to_owned();
    for (stream, room) in [(err, SAID), (out, if err.is_empty() { SAID } else { SAID_BESIDE })] {
        let said = stream.end(room);
        let said = said.trim_end();
        if !said.is_empty() {
            text.push('\n');
            text.push_str(said);
        }
    }
    shortened(text, ERROR_CHARS)
}

/// The last words, as a reason.
fn last_line(out: &Tail, err: &Tail, otherwise: &str) -> String {
    let said = if err.is_empty() { out } else { err }.end(SAID);
    let line = said.lines().rev().map(str::trim).find(|line| !line.is_empty());
    reason(line.unwrap_or(otherwise))
}

/// A text, bounded as reasons are.
pub(super) fn reason(text: &str) -> String {
    shortened(text.replace('\0', "\u{fffd}"), REASON_CHARS)
}

/// A text, bounded as errors are.
pub(super) fn error_text(text: &str) -> String {
    shortened(text.replace('\0', "\u{fffd}"), ERROR_CHARS)
}

/// A text of so many characters at most; its middle goes.
fn shortened(text: String, most: usize) -> String {
    let chars = text.chars().count();
    if chars <= most {
        return text;
    }
    let (begin, mark) = (most / 4, " [..] ");
    let end = chars - (most - begin - mark.len());
    let head: String = text.chars().take(begin).collect();
    let rest: String = text.chars().skip(end).collect();
    head + mark + &rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tails(out: &str, err: &str) -> (Tail, Tail) {
        let tail = |text: &str| {
            let mut tail = Tail::new(RESULT);
            tail.push(text.as_bytes());
            tail
        };
        (tail(out), tail(err))
    }

    #[test]
    fn an_exit_code_says_what_came_of_it() {
        let (out, err) = tails("{\"a\": 1.0}\n", "careful\nno route\n");
        let of = |code| Verdict::of_command(&Ended::Exited(code), &out, &err);
        let Verdict::Done { result: Some(result), .. } = of(0) else { panic!() };
        assert_eq!(result.get(), "{\"a\": 1.0}");
        let Verdict::Released { reason, rest: true } = of(75) else { panic!() };
        assert_eq!(reason, "no route");
        let Verdict::Failed(failed) = of(65) else { panic!() };
        assert_eq!((failed.reason, failed.retryable), ("invalid_input", Some(false)));
        let Verdict::Failed(failed) = of(69) else { panic!() };
        assert_eq!((failed.reason, failed.retryable), ("unavailable", None));
        let Verdict::Failed(failed) = of(3) else { panic!() };
        assert_eq!(failed.error, "exit code 3\ncareful\nno route\n{\"a\": 1.0}");
        let killed = Verdict::of_command(&Ended::Killed(9), &out, &err);
        let Verdict::Failed(failed) = killed else { panic!() };
        assert_eq!(failed.reason, "crashed");
    }

    #[test]
    fn what_is_no_json_is_a_text_and_nothing_is_nothing() {
        let (out, err) = tails("all good\n", "");
        let done = Verdict::of_command(&Ended::Exited(0), &out, &err);
        let Verdict::Done { result: Some(result), .. } = done else { panic!() };
        assert_eq!(result.get(), "\"all good\"");
        let (out, err) = tails(" \n", "");
        let done = Verdict::of_command(&Ended::Exited(0), &out, &err);
        assert!(matches!(done, Verdict::Done { result: None, .. }));
    }

    #[test]
    fn long_texts_lose_their_middle() {
        let text = shortened("é".repeat(600), 500);
        assert_eq!(text.chars().count(), 500);
        assert!(text.contains("é [..] é"));
    }
}
