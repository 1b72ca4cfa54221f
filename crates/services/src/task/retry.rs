//! `task.retry`.

use claudebench_core::{Error, Int, Scope, Status, TaskId};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::view::one_of;
use crate::context::Context;
use crate::method::{Access, Method};

/// Puts an ended task back to be done again, with its attempts forgotten.
///
/// ```json
/// {"id": "t-1", "force": true}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskRetry")]
pub struct Retry {
    /// The task.
    #[serde(default)]
    pub id: Option<TaskId>,
    /// The same as `id`.
    #[serde(default)]
    pub task_id: Option<TaskId>,
    /// Even when it was completed.
    #[serde(default)]
    pub force: Option<bool>,
    /// With this priority instead of its own.
    #[serde(default)]
    pub priority: Option<Int<0, 100>>,
    /// Not before so many milliseconds from now.
    #[serde(default)]
    pub delay_ms: Option<Int<0, 31_536_000_000>>,
}

/// The task waits to be done again.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskRetried")]
pub struct Retried {
    /// The task.
    pub id: TaskId,
    /// Where it stood.
    pub previous_status: Status,
    /// Where it stands.
    pub status: Status,
}

impl From<store::Retried> for Retried {
    fn from(done: store::Retried) -> Self {
        Self { id: done.id, previous_status: done.previous, status: Status::Pending }
    }
}

impl Method for Retry {
    const NAME: &'static str = "task.retry";
    const ACCESS: Access = Access::Write(Scope::TasksWrite);
    type Output = Retried;

    async fn call(self, cx: &Context) -> Result<Retried, Error> {
        let id = one_of(self.id, self.task_id)?;
        let force = self.force.unwrap_or(false);
        let change = store::Retry {
            which: store::RetrySelection::Task { id, force },
            priority: self.priority.map(Int::get),
            delay_ms: self.delay_ms.map(Int::get),
        };
        let done = cx.commit(change).await?.retried.into_iter().next();
        done.map(Retried::from).ok_or_else(|| Error::not_found("Task", id))
    }
}
