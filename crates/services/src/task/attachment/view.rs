//! Attachments as clients see them, and how they are read without filling the memory.

use claudebench_core::id::attachment_id;
use claudebench_core::{Error, Millis, TaskId, TenantId};
use claudebench_store as store;
use claudebench_store::{AttachmentKind, AttachmentQuery, Freshness, Store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::store_error;
use crate::json::Json;

/// How many attachments are read at once: each may have a megabyte.
const STEP: i64 = 8;

/// How many bytes of attachments one answer carries, about.
pub(in crate::task) const ANSWER_BYTES: usize = 8 << 20;

/// An attachment of a task.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Attachment")]
pub struct WireAttachment {
    /// Its id.
    pub id: String,
    /// Its task.
    pub task_id: TaskId,
    /// Its key, unique in its task.
    pub key: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: AttachmentKind,
    /// JSON, of type `json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
    /// Text, of types `text` and `markdown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// A link, of type `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its size in bytes, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<i64>,
    /// Its media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// When it was first written.
    pub created_at: Millis,
    /// When it was last written.
    pub updated_at: Millis,
}

impl From<store::Attachment> for WireAttachment {
    fn from(stored: store::Attachment) -> Self {
        let value = value_of(&stored.body);
        let body = stored.body;
        Self {
            id: attachment_id(stored.id),
            task_id: stored.task,
            key: body.key,
            kind: body.kind,
            value,
            content: body.content,
            url: body.url,
            size: body.size,
            mime_type: body.mime_type,
            created_by: Some(stored.created_by),
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        }
    }
}

/// An attachment as it comes with a claimed task.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimedAttachment {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: AttachmentKind,
    /// JSON, of type `json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
    /// Text, of types `text` and `markdown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// A link, of type `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it holds was left out: read it with task.get_attachment.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub content_excluded: bool,
    /// When it was first written.
    pub created_at: Millis,
}

impl ClaimedAttachment {
    pub(in crate::task) fn of(stored: store::Attachment, excluded: bool) -> Self {
        let value = value_of(&stored.body).filter(|_| !excluded);
        let body = stored.body;
        Self {
            kind: body.kind,
            value,
            content: body.content.filter(|_| !excluded),
            url: body.url.filter(|_| !excluded),
            content_excluded: excluded,
            created_at: stored.created_at,
        }
    }
}

/// The attachment that holds a task's result.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResultAttachment {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: AttachmentKind,
    /// JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
    /// Text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// What it holds was left out of a large list: read it with task.get.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub content_excluded: bool,
    /// When it was first written.
    pub created_at: Millis,
}

impl From<store::Attachment> for ResultAttachment {
    fn from(stored: store::Attachment) -> Self {
        let value = value_of(&stored.body);
        let body = stored.body;
        Self {
            kind: body.kind,
            value,
            content: body.content,
            content_excluded: false,
            created_at: stored.created_at,
        }
    }
}

/// The value of an attachment. A result that was given as the text of an object or a list is shown
/// as that object or list.
fn value_of(body: &store::AttachmentBody) -> Option<Json> {
    let text = body.value.as_ref()?;
    let inner = (body.key == "result" && text.starts_with('"'))
        .then(|| serde_json::from_str::<String>(text).ok())
        .flatten()
        .filter(|inner| inner.trim_start().starts_with(['{', '[']))
        .filter(|inner| serde_json::from_str::<serde::de::IgnoredAny>(inner).is_ok());
    Some(Json::stored(inner.unwrap_or_else(|| text.clone())))
}

/// The bytes that an attachment holds.
pub(in crate::task) fn bytes(body: &store::AttachmentBody) -> usize {
    [&body.value, &body.content, &body.url].into_iter().flatten().map(String::len).sum()
}

/// Attachments of one task, and how many there are in all: at most `limit`, and no more after
/// about `budget` bytes.
pub(in crate::task) async fn page(
    (store, freshness): (&dyn Store, Freshness),
    tenant: TenantId,
    task: TaskId,
    kind: Option<AttachmentKind>,
    (limit, offset): (i64, i64),
    budget: usize,
) -> Result<(Vec<store::Attachment>, i64), Error> {
    let mut read: Vec<store::Attachment> = Vec::new();
    let mut size = 0;
    loop {
        let count = i64::try_from(read.len()).unwrap_or(i64::MAX);
        let step = STEP.min(limit - count);
        let offset = offset + count;
        let query = AttachmentQuery::OfTask { tenant, task, kind, limit: step, offset };
        let (some, total) = store.attachments(query, freshness).await.map_err(store_error)?;
        let end = i64::try_from(some.len()).unwrap_or(i64::MAX) < step;
        size += some.iter().map(|one| bytes(&one.body)).sum::<usize>();
        read.extend(some);
        let full = i64::try_from(read.len()).unwrap_or(i64::MAX) >= limit;
        if end || full || size >= budget {
            return Ok((read, total));
        }
    }
}
