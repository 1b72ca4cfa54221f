//! `task.delete`.

use claudebench_core::{Error, Millis, Scope, TaskId};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};

/// Deletes a task with its attachments. Its events stay in the log. Refused while other tasks wait
/// for it.
///
/// ```json
/// {"id": "t-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskDelete")]
pub struct Delete {
    /// The task.
    pub id: TaskId,
}

/// The task is gone.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskDeleted")]
pub struct Deleted {
    /// The task.
    pub id: TaskId,
    /// Always true.
    pub deleted: bool,
    /// When.
    pub deleted_at: Millis,
}

impl Method for Delete {
    const NAME: &'static str = "task.delete";
    const ACCESS: Access = Access::Write(Scope::TasksWrite);
    type Output = Deleted;

    async fn call(self, cx: &Context) -> Result<Deleted, Error> {
        let deleted_at = cx.commit(store::DeleteTask { task: self.id }).await?;
        Ok(Deleted { id: self.id, deleted: true, deleted_at })
    }
}
