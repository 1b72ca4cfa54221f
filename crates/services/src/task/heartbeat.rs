//! `task.heartbeat`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Int, Millis, Scope, TaskId, Text};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::report::reporter;
use super::view::{WireLease, one_of};
use crate::context::Context;
use crate::json::{Fraction, Json};
use crate::method::{Access, Method};

/// Extends a lease, and says how far the work is. The answer says whether the task was called off:
/// then stop, and report with task.release or task.fail.
///
/// ```json
/// {"id": "t-1", "workerId": "w-1", "progress": 0.4, "note": "running the tests"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskHeartbeat")]
pub struct Heartbeat {
    /// The task.
    #[serde(default)]
    pub id: Option<TaskId>,
    /// The same as `id`.
    #[serde(default)]
    pub task_id: Option<TaskId>,
    /// Who works on it. Without a fence, it must hold the task.
    #[serde(default)]
    pub worker_id: Option<Name>,
    /// The fencing token of the lease.
    #[serde(default)]
    pub fence: Option<i64>,
    /// Extends by so many milliseconds from now, instead of the lease's own length.
    #[serde(default)]
    pub lease_ms: Option<Int<1_000, 86_400_000>>,
    /// How much is done, 0 to 1.
    #[serde(default)]
    pub progress: Option<Fraction>,
    /// What is being done.
    #[serde(default)]
    pub note: Option<Text<0, 1_000>>,
    /// What the next attempt should know, if this one fails. Any JSON.
    #[serde(default)]
    pub checkpoint: Option<Json>,
}

/// The lease goes on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskHeartbeatDone")]
pub struct Beaten {
    /// The task.
    pub id: TaskId,
    /// The lease as it is now.
    pub lease: WireLease,
    /// The task was called off: stop.
    pub cancelled: bool,
    /// Why it was called off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<String>,
    /// When it is taken away, stopped or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_ends_at: Option<Millis>,
}

impl Method for Heartbeat {
    const NAME: &'static str = "task.heartbeat";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Beaten;

    async fn call(self, cx: &Context) -> Result<Beaten, Error> {
        let id = one_of(self.id, self.task_id)?;
        let max = cx.shared.limits.metadata_bytes;
        let beat = store::Beat {
            task: id,
            fence: self.fence,
            worker: reporter(cx, self.worker_id),
            lease_ms: self.lease_ms.map(Int::get),
            progress: self.progress.map(Fraction::get),
            note: self.note.map(Text::into_string),
            checkpoint: self
                .checkpoint
                .map(|checkpoint| checkpoint.bounded("checkpoint", max))
                .transpose()?,
        };
        let done = cx.commit(beat).await?;
        cx.alive(&done.lease.worker);
        cx.leased(&done.lease.worker, done.lease.expires_at);
        let (cancel_reason, grace_ends_at) = done.cancelled.clone().unzip();
        Ok(Beaten {
            id,
            cancelled: done.cancelled.is_some(),
            lease: done.lease.into(),
            cancel_reason: cancel_reason.flatten(),
            grace_ends_at,
        })
    }
}
