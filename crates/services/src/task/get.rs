//! `task.get`.

use claudebench_core::{Error, Scope, TaskId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::view::{Task, one_of};
use crate::context::{Context, store_error};
use crate::method::{Access, Method};

/// Reads a task, with its lease, its result, and what it depends on; `archived` says that it was moved
/// to the archive.
///
/// ```json
/// {"id": "t-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskGet")]
pub struct Get {
    /// The task.
    #[serde(default)]
    pub id: Option<TaskId>,
    /// The same as `id`.
    #[serde(default)]
    pub task_id: Option<TaskId>,
}

impl Method for Get {
    const NAME: &'static str = "task.get";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = Task;

    async fn call(self, cx: &Context) -> Result<Task, Error> {
        let id = one_of(self.id, self.task_id)?;
        let read = cx.shared.store.tasks(cx.tenant(), vec![id], cx.freshness);
        let mut found = read.await.map_err(store_error)?.into_iter().next();
        if found.is_none() {
            let archived = cx.shared.store.archived(cx.tenant(), id, cx.freshness);
            found = archived.await.map_err(store_error)?;
        }
        found.map(Task::from).ok_or_else(|| Error::not_found("Task", id).with("taskId", id))
    }
}
