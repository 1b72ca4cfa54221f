//! `task.get_attachments_batch`.

use claudebench_core::bounded::List;
use claudebench_core::{Error, Scope, TaskId, Text};
use claudebench_store::{Attachment, AttachmentQuery};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::get::absent;
use super::{ANSWER_BYTES, WireAttachment, bytes};
use crate::context::{Context, store_error};
use crate::json::bounded;
use crate::method::{Access, Method};

/// How many attachments are read at once: each may have a megabyte.
const STEP: usize = 8;

/// Reads up to 100 attachments, of any tasks, in the order asked for. If one does not exist, the
/// call fails and names it.
///
/// ```json
/// {"requests": [{"taskId": "t-1", "key": "notes"}]}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentGetBatch")]
pub struct GetAttachmentsBatch {
    /// Which attachments.
    pub requests: List<AttachmentName, 100>,
}

/// The name of an attachment.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentName")]
pub struct AttachmentName {
    /// The task.
    pub task_id: TaskId,
    /// Its key.
    pub key: Text<1, 100>,
}

/// The attachments.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentBatch")]
pub struct AttachmentsFound {
    /// In the order asked for.
    pub attachments: Vec<WireAttachment>,
}

impl Method for GetAttachmentsBatch {
    const NAME: &'static str = "task.get_attachments_batch";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = AttachmentsFound;

    async fn call(self, cx: &Context) -> Result<AttachmentsFound, Error> {
        let requests = self.requests.into_vec();
        if requests.is_empty() {
            return Err(Error::invalid(&["requests"], "expected 1 to 100 requests, got none"));
        }
        let mut attachments = Vec::with_capacity(requests.len());
        let mut size = 0;
        for some in requests.chunks(STEP) {
            let names = some.iter().map(|name| (name.task_id, name.key.to_string())).collect();
            let query = AttachmentQuery::Named { tenant: cx.tenant(), names };
            let (found, _) =
                cx.shared.store.attachments(query, cx.freshness).await.map_err(store_error)?;
            for name in some {
                let one = found
                    .iter()
                    .find(|one: &&Attachment| one.task == name.task_id && one.body.key == *name.key)
                    .ok_or_else(|| absent(name.task_id, &name.key))?;
                size += bytes(&one.body);
                bounded("the answer", size, 2 * ANSWER_BYTES)?;
                attachments.push(WireAttachment::from(one.clone()));
            }
        }
        Ok(AttachmentsFound { attachments })
    }
}
