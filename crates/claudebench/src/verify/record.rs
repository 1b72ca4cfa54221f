//! One call as its caller saw it: a line of a history.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a caller knows of the end of its call.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The server answered with a result.
    Ok,
    /// The server answered with an error: nothing was done.
    Err,
    /// No answer came: it may have been done, or not, or it may still be done.
    Unknown,
}

/// A call. Its times are microseconds of one clock that all processes of the history share.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Call {
    /// Who called. One process has one call in flight at a time.
    pub process: String,
    /// The method, such as `task.claim`; or `watch` for a connection that received events.
    pub op: String,
    /// Its params, as they were sent.
    #[serde(default)]
    pub args: Value,
    /// Before the first byte was sent.
    pub start: u64,
    /// After the last byte of the answer came, or when the caller gave up.
    pub end: u64,
    /// What came of it.
    pub outcome: Outcome,
    /// The result, or the error with its `code`.
    #[serde(default)]
    pub answer: Value,
}

impl Call {
    /// Writes it as a line.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        to.write_all(&line)
    }

    /// What it counts as: an error after which the call may have been done all the same says
    /// nothing.
    #[must_use]
    pub(super) fn outcome(&self) -> Outcome {
        let doubtful = matches!(self.error_code(), Some("timeout" | "internal"));
        if self.outcome == Outcome::Err && doubtful { Outcome::Unknown } else { self.outcome }
    }

    /// The name of its error, whether the answer is the error or only its `data`.
    pub(super) fn error_code(&self) -> Option<&str> {
        let data = self.answer.get("data").unwrap_or(&self.answer);
        data.get("code").and_then(Value::as_str)
    }
}
