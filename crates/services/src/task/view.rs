//! A task as clients see it, apart from how it is stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use claudebench_core::backoff::Backoff;
use claudebench_core::{Error, Millis, Status, TaskId};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::attachment::{ClaimedAttachment, ResultAttachment};
use crate::json::{Decimal, Fields, Json};

/// A task.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What is to be done.
    pub text: String,
    /// Where it stands.
    pub status: Status,
    /// 0 to 100, highest first.
    pub priority: i64,
    /// Who holds it, or on whom it is parked.
    pub assigned_to: Option<String>,
    /// The fields that were given with it; of a finished task also `duration` (milliseconds since
    /// it was made), `completedBy` and `resultSize`.
    pub metadata: Option<Fields>,
    /// What came out of it.
    pub result: Option<Json>,
    /// The error's text, if it failed.
    pub error: Option<String>,
    /// When it was made.
    pub created_at: Millis,
    /// When it last changed.
    pub updated_at: Millis,
    /// When it ended.
    pub completed_at: Option<Millis>,
    /// How many attachments it has.
    #[serde(default)]
    pub attachment_count: i64,
    /// The keys of its attachments, at most 20.
    #[serde(default)]
    pub attachment_keys: Vec<String>,
    /// The attachment that holds its result.
    #[serde(default)]
    pub result_attachment: Option<ResultAttachment>,
    /// With a claim: its attachments by key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<BTreeMap<String, ClaimedAttachment>>,
    /// How many events it has had.
    pub version: i64,
    /// The attempts so far, the current one included.
    pub attempt: i64,
    /// The most attempts.
    pub max_attempts: i64,
    /// How many workers were lost over it.
    #[serde(default)]
    pub losses: i64,
    /// Whether it is a dead letter: failed, and put back only by task.retry or task.redrive.
    #[serde(default)]
    pub dead: bool,
    /// The lease of the worker that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<WireLease>,
    /// Its project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Arc<str>>,
    /// The task that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<TaskId>,
    /// Who may claim it: workers with one of these roles; everybody if there are none.
    #[serde(default)]
    pub roles: Vec<Arc<str>>,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<Arc<str>>,
    /// The tasks that it depends on. Not filled in by task.list and task.claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<TaskId>,
    /// How many of them are not completed.
    #[serde(default)]
    pub open_dependencies: i64,
    /// Not before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_at: Option<Millis>,
    /// When it was parked or claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_at: Option<Millis>,
    /// When the current or last attempt began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Millis>,
    /// Who ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_by: Option<String>,
    /// The reason of the last failed attempt, loss or cancellation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The lease it asks for, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_ms: Option<i64>,
    /// How long one attempt may take in all, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<i64>,
    /// How long it waits after a failed attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backoff: Option<Backoff>,
    /// At most one live task has this key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_key: Option<String>,
    /// The last progress reported, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Decimal>,
    /// The last note reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the last attempt left for the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Json>,
    /// When its worker was asked to stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_requested_at: Option<Millis>,
    /// Who made it.
    pub created_by: String,
    /// The W3C trace context in which it was made: continue it in the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// Whether it was moved to the archive: it can be read, and changed only after it was put back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
}

/// The right of one worker to work on one task until a time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Lease")]
pub struct WireLease {
    /// The fencing token: pass it with every report, so that one that comes too late is refused.
    pub fence: i64,
    /// The attempt.
    pub attempt: i64,
    /// Who holds it.
    pub worker_id: Arc<str>,
    /// When it ends, unless it is extended by a heartbeat.
    pub expires_at: Millis,
    /// When the attempt must be over, extended or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_at: Option<Millis>,
}

impl From<store::Lease> for WireLease {
    fn from(lease: store::Lease) -> Self {
        Self {
            fence: lease.fence,
            attempt: lease.attempt,
            worker_id: lease.worker,
            expires_at: lease.expires_at,
            deadline_at: lease.deadline_at,
        }
    }
}

impl From<store::TaskWithExtras> for Task {
    fn from(stored: store::TaskWithExtras) -> Self {
        let store::TaskWithExtras { task, lease, attachment_keys, depends_on, archived, .. } =
            stored;
        let value = stored.result.as_ref().and_then(|result| result.body.value.clone());
        let size = value.as_ref().map(String::len).or(stored.result_left_out).unwrap_or(0);
        let mut result_attachment = stored.result.map(ResultAttachment::from);
        if let Some(attachment) = &mut result_attachment {
            attachment.content_excluded = stored.result_left_out.is_some();
        }
        Self {
            metadata: metadata(&task, size),
            result: value.map(Json::stored),
            result_attachment,
            attachment_keys,
            attachments: None,
            lease: lease.map(WireLease::from),
            depends_on,
            id: task.id,
            text: task.text,
            status: task.status,
            priority: task.priority,
            assigned_to: task.assigned_to,
            error: task.error,
            created_at: task.created_at,
            updated_at: task.updated_at,
            completed_at: task.completed_at,
            attachment_count: task.attachment_count,
            version: task.version,
            attempt: task.attempt,
            max_attempts: task.max_attempts,
            losses: task.losses,
            dead: task.dead,
            project: task.project,
            parent_id: task.parent,
            roles: task.roles,
            tags: task.tags,
            open_dependencies: task.open_dependencies,
            run_at: task.run_at,
            assigned_at: task.assigned_at,
            started_at: task.started_at,
            completed_by: task.completed_by,
            reason: task.reason,
            lease_ms: task.lease_ms,
            deadline_ms: task.deadline_ms,
            backoff: task.backoff.and_then(|text| serde_json::from_str(&text).ok()),
            unique_key: task.unique_key,
            progress: task.progress.map(Decimal),
            note: task.note,
            checkpoint: task.checkpoint.map(Json::stored),
            cancel_requested_at: task.cancel_requested_at,
            created_by: task.created_by,
            traceparent: task.traceparent,
            archived,
        }
    }
}

/// The caller's fields; of a finished task with what is known of its end.
fn metadata(task: &store::TaskRow, result_size: usize) -> Option<Fields> {
    let own = task.metadata.clone();
    let Some(ended) = task.completed_at.filter(|_| task.status != Status::Cancelled) else {
        return own.map(Fields::stored);
    };
    let with_end = || {
        // The caller's values stay as they were written.
        let mut fields: BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(own.as_deref().unwrap_or("{}"))?;
        fields.insert("duration".into(), to_raw_value(&ended.since(task.created_at))?);
        fields.insert("resultSize".into(), to_raw_value(&result_size)?);
        if let Some(by) = &task.completed_by {
            fields.insert("completedBy".into(), to_raw_value(by)?);
        }
        serde_json::to_string(&fields)
    };
    with_end().ok().or_else(|| own.clone()).map(Fields::stored)
}

/// The one task that a call names, as `id` or as `taskId`.
pub(super) fn one_of(id: Option<TaskId>, task_id: Option<TaskId>) -> Result<TaskId, Error> {
    match (id, task_id) {
        (Some(id), Some(other)) if id != other => {
            Err(Error::invalid(&["taskId"], format!("expected the same task as id, {id}")))
        }
        (Some(id), _) | (None, Some(id)) => Ok(id),
        (None, None) => Err(Error::invalid(&["id"], "expected a task's id, as id or taskId")),
    }
}
