//! `task.cancel`.

use claudebench_core::{Error, Int, Millis, Scope, Status, TaskId, Text};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::view::one_of;
use crate::context::Context;
use crate::method::{Access, Method};

/// Calls a task off. One that nobody works on is cancelled at once; the worker of one in progress
/// is told with its next heartbeat, and has a grace to stop before the task is taken away.
///
/// ```json
/// {"id": "t-1", "reason": "no longer needed"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskCancel")]
pub struct Cancel {
    /// The task.
    #[serde(default)]
    pub id: Option<TaskId>,
    /// The same as `id`.
    #[serde(default)]
    pub task_id: Option<TaskId>,
    /// Why.
    #[serde(default)]
    pub reason: Option<Text<0, 500>>,
    /// How long its worker has to stop; 30,000 milliseconds if absent, 0 for none.
    #[serde(default)]
    pub grace_ms: Option<Int<0, 3_600_000>>,
    /// What becomes of the tasks that wait for it, also when it is cancelled already; if absent,
    /// what was asked for before, else `keep`.
    #[serde(default)]
    pub dependents: Option<Dependents>,
}

/// What becomes of the tasks that wait for a cancelled one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dependents {
    /// They keep waiting.
    Keep,
    /// They are cancelled too, and theirs.
    Cancel,
    /// They go on as if it had been completed.
    Release,
}

/// Where the task stands.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskCancelled")]
pub struct Cancelled {
    /// The task.
    pub id: TaskId,
    /// `cancelled`, or `in_progress` while its worker has grace.
    pub status: Status,
    /// When the task is taken from its worker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_ends_at: Option<Millis>,
    /// Tasks that waited for it and were cancelled too; the first thousand of them.
    pub also_cancelled: Vec<TaskId>,
    /// How many there are.
    pub also_cancelled_count: usize,
    /// Tasks that waited for it and wait no longer; the first thousand of them.
    pub released: Vec<TaskId>,
    /// How many there are.
    pub released_count: usize,
}

/// The most dependents that are named.
const NAMED: usize = 1_000;

impl Method for Cancel {
    const NAME: &'static str = "task.cancel";
    const ACCESS: Access = Access::Write(Scope::TasksWrite);
    type Output = Cancelled;

    async fn call(self, cx: &Context) -> Result<Cancelled, Error> {
        let id = one_of(self.id, self.task_id)?;
        let change = store::Cancel {
            task: id,
            reason: self.reason.map(Text::into_string).filter(|reason| !reason.is_empty()),
            grace_ms: self.grace_ms.map_or(30_000, Int::get),
            dependents: self.dependents.map(|choice| match choice {
                Dependents::Keep => store::Dependents::Keep,
                Dependents::Cancel => store::Dependents::Cancel,
                Dependents::Release => store::Dependents::Release,
            }),
        };
        let mut done = cx.commit(change).await?;
        let (also_cancelled_count, released_count) =
            (done.also_cancelled.len(), done.released.len());
        done.also_cancelled.truncate(NAMED);
        done.released.truncate(NAMED);
        Ok(Cancelled {
            id,
            status: done.status,
            grace_ends_at: done.grace_ends_at,
            also_cancelled: done.also_cancelled,
            also_cancelled_count,
            released: done.released,
            released_count,
        })
    }
}
