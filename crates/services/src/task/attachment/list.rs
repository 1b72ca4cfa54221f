//! `task.list_attachments`.

use claudebench_core::{Error, Int, Scope, TaskId};
use claudebench_store::AttachmentKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ANSWER_BYTES, WireAttachment, page};
use crate::context::Context;
use crate::method::{Access, Method};

/// Lists the attachments of a task, oldest first. A page ends early when it grows large; go on at
/// the offset where it ended.
///
/// ```json
/// {"taskId": "t-1", "limit": 10}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentList")]
pub struct ListAttachments {
    /// The task.
    pub task_id: TaskId,
    /// Only attachments of this type.
    #[serde(default, rename = "type")]
    pub kind: Option<AttachmentKind>,
    /// The most attachments of a page; 50 if absent.
    #[serde(default)]
    pub limit: Option<Int<1, 100>>,
    /// Without the first so many; 0 if absent.
    #[serde(default)]
    pub offset: Option<Int<0, 1_000_000>>,
}

/// A page of attachments.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentPage")]
pub struct AttachmentsListed {
    /// The attachments.
    pub attachments: Vec<WireAttachment>,
    /// How many there are in all.
    pub total_count: i64,
    /// Whether there are more.
    pub has_more: bool,
}

impl Method for ListAttachments {
    const NAME: &'static str = "task.list_attachments";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = AttachmentsListed;

    async fn call(self, cx: &Context) -> Result<AttachmentsListed, Error> {
        let (limit, offset) = (self.limit.map_or(50, Int::get), self.offset.map_or(0, Int::get));
        let store = &*cx.shared.store;
        let window = (limit, offset);
        let (found, total_count) =
            page((store, cx.freshness), cx.tenant(), self.task_id, self.kind, window, ANSWER_BYTES)
                .await?;
        let end = offset.saturating_add(i64::try_from(found.len()).unwrap_or(i64::MAX));
        Ok(AttachmentsListed {
            attachments: found.into_iter().map(WireAttachment::from).collect(),
            total_count,
            has_more: end < total_count,
        })
    }
}
