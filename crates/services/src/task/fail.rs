//! `task.fail`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Int, Scope, TaskId};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::report::{ErrorText, Settled, report, reporter};
use super::view::one_of;
use crate::context::Context;
use crate::method::{Access, Method};

/// Reports that an attempt failed. The task is tried again after its backoff, unless trying again
/// cannot help or its attempts are spent: then it is a dead letter.
///
/// ```json
/// {"id": "t-1", "workerId": "w-1", "reason": "unavailable", "error": "the registry answers 503"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskFail")]
pub struct Fail {
    /// The task.
    #[serde(default)]
    pub id: Option<TaskId>,
    /// The same as `id`.
    #[serde(default)]
    pub task_id: Option<TaskId>,
    /// Who reports. Without a fence, it must hold the task.
    #[serde(default)]
    pub worker_id: Option<Name>,
    /// The fencing token of the lease.
    #[serde(default)]
    pub fence: Option<i64>,
    /// The kind of failure; `error` if absent.
    #[serde(default)]
    pub reason: Option<FailReason>,
    /// What went wrong.
    #[serde(default)]
    pub error: Option<ErrorText>,
    /// Whether trying again may help; if absent, the reason decides.
    #[serde(default)]
    pub retryable: Option<bool>,
    /// Try again after so many milliseconds, instead of the backoff.
    #[serde(default)]
    pub retry_after_ms: Option<Int<0, 86_400_000>>,
    /// Counts neither as an attempt nor as a loss: a provider asks to come back later.
    #[serde(default)]
    pub snooze: Option<bool>,
}

/// Kinds of failures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// Something went wrong.
    #[default]
    Error,
    /// The task itself is wrong: trying again cannot help.
    InvalidInput,
    /// The worker will not do it: trying again cannot help.
    Refused,
    /// It took too long.
    Timeout,
    /// A provider allows no more calls now.
    RateLimited,
    /// Something that is needed cannot be reached.
    Unavailable,
    /// The worker's process broke.
    Crashed,
}

impl FailReason {
    const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::InvalidInput => "invalid_input",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Crashed => "crashed",
        }
    }

    const fn retryable(self) -> bool {
        !matches!(self, Self::InvalidInput | Self::Refused)
    }
}

impl Method for Fail {
    const NAME: &'static str = "task.fail";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Settled;

    async fn call(self, cx: &Context) -> Result<Settled, Error> {
        let task = one_of(self.id, self.task_id)?;
        let reason = self.reason.unwrap_or_default();
        let ending = store::Ending::Failed {
            reason: reason.name().to_owned(),
            error: self.error.map(ErrorText::into_string).filter(|error| !error.is_empty()),
            retryable: self.retryable.unwrap_or_else(|| reason.retryable()),
            retry_after_ms: self.retry_after_ms.map(Int::get),
            snooze: self.snooze.unwrap_or(false),
        };
        let worker = reporter(cx, self.worker_id);
        let done = report(cx, store::Report { task, fence: self.fence, worker, ending }).await?;
        Ok(done.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_one_name() {
        for reason in [
            FailReason::Error,
            FailReason::InvalidInput,
            FailReason::Refused,
            FailReason::Timeout,
            FailReason::RateLimited,
            FailReason::Unavailable,
            FailReason::Crashed,
        ] {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
    }
}
