//! `task.delete_attachment`.

use claudebench_core::id::attachment_id;
use claudebench_core::{Error, Millis, Scope, TaskId, Text};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};

/// Deletes an attachment of a task.
///
/// ```json
/// {"taskId": "t-1", "key": "notes"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentDelete")]
pub struct DeleteAttachment {
    /// The task.
    pub task_id: TaskId,
    /// Its key.
    pub key: Text<1, 100>,
}

/// The attachment is gone.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentDeleted")]
pub struct AttachmentDeleted {
    /// Its id.
    pub id: String,
    /// Its task.
    pub task_id: TaskId,
    /// Its key.
    pub key: String,
    /// Always true.
    pub deleted: bool,
    /// When.
    pub deleted_at: Millis,
}

impl Method for DeleteAttachment {
    const NAME: &'static str = "task.delete_attachment";
    const ACCESS: Access = Access::Write(Scope::TasksWrite);
    type Output = AttachmentDeleted;

    async fn call(self, cx: &Context) -> Result<AttachmentDeleted, Error> {
        let key = self.key.into_string();
        let change = store::DeleteAttachment { task: self.task_id, key: key.clone() };
        let (number, deleted_at) = cx.commit(change).await?;
        let id = attachment_id(number);
        Ok(AttachmentDeleted { id, task_id: self.task_id, key, deleted: true, deleted_at })
    }
}
