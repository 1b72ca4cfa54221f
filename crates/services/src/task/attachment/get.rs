//! `task.get_attachment`.

use claudebench_core::{Error, Scope, TaskId, Text};
use claudebench_store::AttachmentQuery;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WireAttachment;
use crate::context::{Context, store_error};
use crate::method::{Access, Method};

/// Reads an attachment of a task.
///
/// ```json
/// {"taskId": "t-1", "key": "notes"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentGet")]
pub struct GetAttachment {
    /// The task.
    pub task_id: TaskId,
    /// Its key.
    pub key: Text<1, 100>,
}

impl Method for GetAttachment {
    const NAME: &'static str = "task.get_attachment";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = WireAttachment;

    async fn call(self, cx: &Context) -> Result<WireAttachment, Error> {
        let key = self.key.into_string();
        let names = vec![(self.task_id, key.clone())];
        let query = AttachmentQuery::Named { tenant: cx.tenant(), names };
        let (found, _) =
            cx.shared.store.attachments(query, cx.freshness).await.map_err(store_error)?;
        let found = found.into_iter().next();
        found.map(WireAttachment::from).ok_or_else(|| absent(self.task_id, &key))
    }
}

/// There is no such attachment.
pub(super) fn absent(task: TaskId, key: &str) -> Error {
    Error::not_found("Attachment", format_args!("{key} of {task}"))
        .with("taskId", task)
        .with("key", key)
}
