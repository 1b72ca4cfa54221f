//! `task.unassign`.

use claudebench_core::{Error, Millis, Scope, TaskId};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};

/// Takes a task from whoever holds it or has it parked; it waits for a claim again.
///
/// ```json
/// {"taskId": "t-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskUnassign")]
pub struct Unassign {
    /// The task.
    pub task_id: TaskId,
}

/// The task is nobody's.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskUnassigned")]
pub struct Unassigned {
    /// The task.
    pub task_id: TaskId,
    /// Who had it.
    pub previous_assignment: Option<String>,
    /// When.
    pub unassigned_at: Millis,
}

impl Method for Unassign {
    const NAME: &'static str = "task.unassign";
    const ACCESS: Access = Access::Write(Scope::TasksWrite);
    type Output = Unassigned;

    async fn call(self, cx: &Context) -> Result<Unassigned, Error> {
        let done = cx.commit(store::Unassign { task: self.task_id }).await?;
        Ok(Unassigned {
            task_id: self.task_id,
            previous_assignment: done.previous,
            unassigned_at: done.at,
        })
    }
}
