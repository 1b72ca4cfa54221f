//! `task.release`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Int, Scope, TaskId, Text};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::report::{Settled, report, reporter};
use super::view::one_of;
use crate::context::Context;
use crate::method::{Access, Method};

/// Gives a claimed task back: it is ready again at once, and the attempt does not count.
///
/// ```json
/// {"id": "t-1", "workerId": "w-1", "reason": "shutting down"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskRelease")]
pub struct Release {
    /// The task.
    #[serde(default)]
    pub id: Option<TaskId>,
    /// The same as `id`.
    #[serde(default)]
    pub task_id: Option<TaskId>,
    /// Who gives it back. Without a fence, it must hold the task.
    #[serde(default)]
    pub worker_id: Option<Name>,
    /// The fencing token of the lease.
    #[serde(default)]
    pub fence: Option<i64>,
    /// Why.
    #[serde(default)]
    pub reason: Option<Text<0, 500>>,
    /// Ready again only after so many milliseconds.
    #[serde(default)]
    pub delay_ms: Option<Int<0, 86_400_000>>,
}

impl Method for Release {
    const NAME: &'static str = "task.release";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Settled;

    async fn call(self, cx: &Context) -> Result<Settled, Error> {
        let task = one_of(self.id, self.task_id)?;
        let ending = store::Ending::Released {
            reason: self.reason.map(Text::into_string).filter(|reason| !reason.is_empty()),
            delay_ms: self.delay_ms.map(Int::get),
        };
        let worker = reporter(cx, self.worker_id);
        let done = report(cx, store::Report { task, fence: self.fence, worker, ending }).await?;
        Ok(done.into())
    }
}
