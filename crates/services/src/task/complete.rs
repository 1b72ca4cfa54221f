//! `task.complete`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Millis, Scope, Status, TaskId};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::report::{Completion, ErrorText, ending, report, reporter};
use super::view::one_of;
use crate::context::Context;
use crate::json::Json;
use crate::method::{Access, Method};

/// Ends a task: completed, or failed for good when it carries `error` or the status `failed`. With
/// the `fence` of the lease, a report that comes too late is refused with `stale_fence`. The
/// result is also kept as the attachment `result`.
///
/// ```json
/// {"id": "t-1", "workerId": "w-1", "result": {"files": 3}}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskComplete")]
pub struct Complete {
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
    /// What came out of it.
    #[serde(default)]
    pub result: Option<Json>,
    /// What went wrong: the task ends as failed, and is not tried again.
    #[serde(default)]
    pub error: Option<ErrorText>,
    /// `failed`: the task ends as failed, and is not tried again.
    #[serde(default)]
    pub status: Option<Completion>,
}

/// The task has ended.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskCompleted")]
pub struct Completed {
    /// The task.
    pub id: TaskId,
    /// How it ended.
    pub status: Status,
    /// When.
    pub completed_at: Millis,
    /// The attempt that ended.
    pub attempt: i64,
    /// The same report came before; nothing was done again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeated: bool,
}

impl Method for Complete {
    const NAME: &'static str = "task.complete";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Completed;

    async fn call(self, cx: &Context) -> Result<Completed, Error> {
        let task = one_of(self.id, self.task_id)?;
        let ending = ending(cx, self.result, self.error, self.status)?;
        let worker = reporter(cx, self.worker_id);
        let done = report(cx, store::Report { task, fence: self.fence, worker, ending }).await?;
        Ok(Completed {
            id: done.task,
            status: done.status,
            completed_at: done.at,
            attempt: done.attempt,
            repeated: done.repeated,
        })
    }
}
