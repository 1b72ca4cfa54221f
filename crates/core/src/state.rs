//! A task's states and the moves between them.
//!
//! ```text
//!              claim                   complete
//!   pending ----------> in_progress ------------> completed
//!     ^  ^                 |   |  \
//!     |  | release, lost,  |   |   `-- fail, last attempt --> failed (dead letter)
//!     |  | failed attempt  |   |
//!     |  `-----------------'   `------ cancel -------------> cancelled
//!     `---- retry, redrive: the one way out of an end
//! ```

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a task stands.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits: for its time, for what it depends on, or for a worker.
    Pending = 0,
    /// A worker holds it.
    InProgress = 1,
    /// Done.
    Completed = 2,
    /// Ended without success.
    Failed = 3,
    /// Called off.
    Cancelled = 4,
}

impl Status {
    /// All of them, by number.
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::InProgress, Self::Completed, Self::Failed, Self::Cancelled];

    /// The status of this number in the store.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        usize::try_from(number).ok().and_then(|n| Self::ALL.get(n).copied())
    }

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether this is an end, left only by an explicit retry.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// What becomes of a task whose attempt ended without success.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It waits this many milliseconds, then is ready again.
    Again {
        /// How long.
        after_ms: i64,
    },
    /// It is a dead letter: its attempts or losses are spent, or it must not be retried.
    Dead,
}

/// Why an attempt ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The worker reported a failure.
    Failed {
        /// Whether trying again may help.
        retryable: bool,
    },
    /// The worker was lost: its lease ended, or its instance failed.
    Lost,
    /// The attempt took longer than its deadline.
    TimedOut,
}

/// Decides between another attempt and the end. `attempt` counts this one; a loss does not count
/// as an attempt, but has its own limit.
#[must_use]
pub fn after_attempt(
    ending: Ending,
    attempt: i64,
    max_attempts: i64,
    losses: i64,
    max_losses: i64,
    delay_ms: i64,
) -> Verdict {
    let again = match ending {
        Ending::Failed { retryable } => retryable && attempt < max_attempts,
        Ending::TimedOut => attempt < max_attempts,
        Ending::Lost => losses < max_losses,
    };
    if again { Verdict::Again { after_ms: delay_ms } } else { Verdict::Dead }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_one_to_one() {
        for (number, status) in Status::ALL.into_iter().enumerate() {
            assert_eq!(Status::from_number(i64::try_from(number).unwrap()), Some(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
        }
        assert_eq!(Status::from_number(5), None);
        assert_eq!(Status::from_number(-1), None);
    }

    proptest::proptest! {
        #[test]
        fn no_task_is_tried_for_ever(max in 1_i64..50, losses in 0_i64..50) {
            let mut attempt = 0;
            loop {
                attempt += 1;
                let verdict = after_attempt(Ending::Failed { retryable: true }, attempt, max, losses, 50, 1);
                if verdict == Verdict::Dead { break; }
            }
            proptest::prop_assert_eq!(attempt, max);
        }

        #[test]
        fn a_failure_that_must_not_be_retried_is_the_end(attempt in 1_i64..50, max in 1_i64..50) {
            let verdict = after_attempt(Ending::Failed { retryable: false }, attempt, max, 0, 9, 1);
            proptest::prop_assert_eq!(verdict, Verdict::Dead);
        }
    }
}
