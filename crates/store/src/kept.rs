//! Answers that an earlier version has kept under an idempotency key, in the forms they had then.

use claudebench_core::{Millis, TaskId};
use serde::Deserialize;

use crate::change::{Flushed, Paused, Retried, RetryOutcome};
use crate::refusal::Refusal;

/// A [`RetryOutcome`]; once it was the list of those that were put back.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum KeptRetry {
    Now { retried: Vec<Retried>, refused: Vec<(TaskId, Refusal)> },
    Before(Vec<Retried>),
}

impl From<KeptRetry> for RetryOutcome {
    fn from(kept: KeptRetry) -> Self {
        match kept {
            KeptRetry::Now { retried, refused } => Self { retried, refused },
            KeptRetry::Before(retried) => Self { retried, refused: Vec::new() },
        }
    }
}

/// A [`Paused`]; once it was the time of the pause.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum KeptPause {
    Now { at: Millis, until: Option<Millis> },
    Before(Millis),
}

impl From<KeptPause> for Paused {
    fn from(kept: KeptPause) -> Self {
        match kept {
            KeptPause::Now { at, until } => Self { at, until },
            KeptPause::Before(at) => Self { at, until: None },
        }
    }
}

/// A [`Flushed`]; once it was the number of tasks.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum KeptFlush {
    Now { tasks: i64, at: Option<Millis> },
    Before(i64),
}

impl From<KeptFlush> for Flushed {
    fn from(kept: KeptFlush) -> Self {
        match kept {
            KeptFlush::Now { tasks, at } => Self { tasks, at },
            KeptFlush::Before(tasks) => Self { tasks, at: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use claudebench_core::Millis;
    use serde_json::Value;
    use serde_json::value::RawValue;

    use crate::change::{Changed, Flushed, Paused};

    /// Answers as they were kept, one a line; of each kind the form of today comes last. Lines are
    /// added, never changed: servers have such answers in their files.
    const SAMPLES: &str = include_str!("kept.json");

    fn kind(kept: &Value) -> String {
        match kept {
            Value::String(kind) => kind.clone(),
            kept => kept.as_object().unwrap().keys().next().unwrap().clone(),
        }
    }

    #[test]
    fn what_was_kept_is_read() {
        let mut last = HashMap::new();
        for text in serde_json::from_str::<Vec<&RawValue>>(SAMPLES).unwrap() {
            let text = text.get();
            let read: Changed = serde_json::from_str(text).expect(text);
            let kept: Value = serde_json::from_str(text).unwrap();
            last.insert(kind(&kept), (kept, read));
        }
        for kind in Changed::KINDS {
            let (kept, read) = last.get(*kind).expect(kind);
            let now = serde_json::to_value(read).unwrap();
            assert_eq!(now, *kept, "{kind} has another form now: add a line, and read the old one");
        }
    }

    #[test]
    fn what_an_earlier_version_kept_says_what_it_said() {
        let read = |kept: &str| serde_json::from_str::<Changed>(kept).unwrap();
        let Changed::Retry(done) = read(r#"{"Retry":[{"id":"t-1","previous":"failed"}]}"#) else {
            panic!("another kind")
        };
        assert_eq!((done.retried[0].id.0, done.refused.len()), (1, 0));
        let paused = Paused { at: Millis(1_767_225_600_000), until: None };
        assert_eq!(read(r#"{"Pause":"2026-01-01T00:00:00.000Z"}"#), Changed::Pause(paused));
        assert_eq!(read(r#"{"Flush":4}"#), Changed::Flush(Flushed { tasks: 4, at: None }));
    }
}
