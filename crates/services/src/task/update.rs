//! `task.update`.

use claudebench_core::{Error, Int, Millis, Scope, Status, TaskId, Text};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::json::Fields;
use crate::method::{Access, Method};

/// Changes a task by hand. Metadata is merged over what is there, one level deep.
///
/// ```json
/// {"id": "t-1", "updates": {"priority": 90, "metadata": {"reviewer": "ada"}}}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskUpdate")]
pub struct Update {
    /// The task.
    pub id: TaskId,
    /// What to change.
    pub updates: Updates,
    /// Only if the task's `version` is still this one: else it is refused with `conflict`, and its version told.
    #[serde(default)]
    pub if_version: Option<i64>,
}

/// The fields to change; the others stay.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskUpdates")]
pub struct Updates {
    /// What is to be done.
    #[serde(default)]
    pub text: Option<Text<1, 500>>,
    /// Where it stands. A completed task stays so: task.retry puts it back; task.cancel calls one
    /// off.
    #[serde(default)]
    pub status: Option<Status>,
    /// 0 to 100, highest first.
    #[serde(default)]
    pub priority: Option<Int<0, 100>>,
    /// Fields to add or replace.
    #[serde(default)]
    pub metadata: Option<Fields>,
}

/// The task as it is now.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskUpdated")]
pub struct Updated {
    /// Its id.
    pub id: TaskId,
    /// What is to be done.
    pub text: String,
    /// Where it stands.
    pub status: Status,
    /// 0 to 100, highest first.
    pub priority: i64,
    /// When it was made.
    pub created_at: Millis,
    /// When it was changed.
    pub updated_at: Millis,
}

impl Method for Update {
    const NAME: &'static str = "task.update";
    const ACCESS: Access = Access::Write(Scope::TasksWrite);
    type Output = Updated;

    async fn call(self, cx: &Context) -> Result<Updated, Error> {
        let max = cx.shared.limits.metadata_bytes;
        let metadata =
            self.updates.metadata.map(|fields| fields.bounded("metadata", max)).transpose()?;
        let change = store::Update {
            id: Some(self.id),
            text: self.updates.text.map(Text::into_string),
            status: self.updates.status,
            priority: self.updates.priority.map(Int::get),
            metadata,
            metadata_bytes: Some(max),
            if_version: self.if_version,
        };
        let row = cx.commit(change).await?;
        if let (Status::InProgress, Some(holder)) = (row.status, &row.assigned_to) {
            // Set going now, perhaps; for how long the store knows.
            cx.leased(holder, cx.now());
        }
        Ok(Updated {
            id: row.id,
            text: row.text,
            status: row.status,
            priority: row.priority,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
