//! What is counted, by name, and what an event tells of it.

use std::borrow::Cow;

use claudebench_core::Status;
use claudebench_core::event::Event;
use serde::Deserialize;

/// The rules by which events are counted. With others, everything is counted anew.
pub(super) const VERSION: i64 = 2;

/// Tasks that were made.
pub(super) const CREATED: &str = "created";
/// Tasks that came into somebody's hands.
pub(super) const STARTED: &str = "started";
/// Tasks that were completed.
pub(super) const COMPLETED: &str = "completed";
/// Tasks that failed for good.
pub(super) const FAILED: &str = "failed";
/// Tasks that were called off.
pub(super) const CANCELLED: &str = "cancelled";
/// Tasks that were put back after their end.
pub(super) const RETRIED: &str = "retried";
/// Attempts that ended, but not their task.
pub(super) const RETURNED: &str = "returned";
/// From a task's creation to its first claim.
pub(super) const WAITED: &str = "waited";
/// From the claim to the end that came of it.
pub(super) const WORKED: &str = "worked";

/// The methods that events tell of.
pub(super) const METHODS: &[&str] = &[
    "task.assign",
    "task.cancel",
    "task.claim",
    "task.complete",
    "task.create",
    "task.create_attachment",
    "task.delete",
    "task.delete_attachment",
    "task.fail",
    "task.release",
    "task.retry",
    "task.unassign",
    "task.update",
];

/// What time alone brings about: reasons that no caller gives.
const BY_TIME: &[&str] = &["lease_expired", "deadline_exceeded", "instance_failed"];

/// A reason for which attempts fail.
pub(super) struct Why {
    /// As events give it; anything else counts for the last one.
    pub(super) reason: &'static str,
    /// Attempts that ended so, while their task goes on.
    pub(super) attempts: &'static str,
    /// Tasks that failed for good with it.
    pub(super) tasks: &'static str,
}

macro_rules! whys {
    ($($reason:literal),* $(,)?) => {
        &[$(Why {
            reason: $reason,
            attempts: concat!("attempt_failed.", $reason),
            tasks: concat!("failed.", $reason),
        }),*]
    };
}

/// All of them: those that workers give (`task.fail`), those that time brings, and everything else, such as a
/// task that somebody moved to `failed` by hand.
pub(super) const WHYS: &[Why] = whys![
    "error",
    "invalid_input",
    "refused",
    "timeout",
    "rate_limited",
    "unavailable",
    "crashed",
    "lease_expired",
    "deadline_exceeded",
    "instance_failed",
    "other",
];

/// The fields that are counted. Events of earlier versions have not all of them.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Fields<'a> {
    pub(super) status: Option<Status>,
    pub(super) previous_status: Option<Status>,
    pub(super) priority: Option<i64>,
    pub(super) fence: Option<i64>,
    pub(super) waited: Option<i64>,
    pub(super) worked: Option<i64>,
    #[serde(borrow)]
    reason: Option<Text<'a>>,
    #[serde(borrow)]
    worker_id: Option<Text<'a>>,
    #[serde(borrow)]
    completed_by: Option<Text<'a>>,
}

/// A text of the payload, copied only where it has escapes. (An optional `Cow` alone is always copied.)
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Fields<'a> {
    /// Of an event. One that cannot be read counts without its values.
    pub(super) fn of(event: &'a Event) -> Self {
        serde_json::from_str(event.payload.get()).unwrap_or_default()
    }

    /// Whether the attempt ended without anybody saying so.
    pub(super) fn by_time(&self) -> bool {
        self.reason.as_ref().is_some_and(|reason| BY_TIME.contains(&&*reason.0))
    }

    /// The worker that it is about.
    pub(super) fn worker(&self) -> Option<&str> {
        let named = self.worker_id.as_ref().or(self.completed_by.as_ref());
        named.map(|name| &*name.0).filter(|name| !name.is_empty())
    }

    /// What became of a task, if that is counted.
    pub(super) fn flow(&self, kind: &str) -> Option<&'static str> {
        Some(match kind {
            "task.created" => CREATED,
            "task.claimed" => STARTED,
            "task.completed" => end(self.status)?,
            "task.cancelled" => CANCELLED,
            "task.retried" => RETRIED,
            "task.attempt_failed" | "task.released" => RETURNED,
            "task.updated" => match (self.previous_status?, self.status?) {
                (before, now) if before == now => return None,
                (_, Status::InProgress) => STARTED,
                (Status::InProgress, Status::Pending) => RETURNED,
                (_, Status::Pending) => RETRIED,
                (_, now) => end(Some(now))?,
            },
            _ => return None,
        })
    }

    /// The figure of the reason, if it is about a failure. What is given back has not failed.
    pub(super) fn failure(&self, kind: &str, flow: Option<&str>) -> Option<&'static str> {
        // Most events are about none: those cost no look at the reasons.
        let figure: fn(&Why) -> &'static str = match flow {
            Some(FAILED) => |why| why.tasks,
            _ if kind == "task.attempt_failed" => |why| why.attempts,
            _ => return None,
        };
        let reason = self.reason.as_ref().map_or("", |reason| &*reason.0);
        WHYS.iter().find(|why| why.reason == reason).or(WHYS.last()).map(figure)
    }

    /// The method that did it, by what it did.
    pub(super) fn method(&self, kind: &str) -> Option<&'static str> {
        Some(match kind {
            "task.created" => "task.create",
            "task.updated" => "task.update",
            "task.assigned" => "task.assign",
            "task.unassigned" => "task.unassign",
            "task.claimed" => "task.claim",
            "task.completed" if self.status == Some(Status::Completed) => "task.complete",
            "task.completed" | "task.attempt_failed" if self.by_time() => return None,
            "task.completed" | "task.attempt_failed" => "task.fail",
            "task.released" => "task.release",
            "task.cancelled" => "task.cancel",
            "task.retried" => "task.retry",
            "task.deleted" => "task.delete",
            "task.attachment.created" => "task.create_attachment",
            "task.attachment.deleted" => "task.delete_attachment",
            _ => return None,
        })
    }
}

/// How a task ended.
fn end(status: Option<Status>) -> Option<&'static str> {
    match status? {
        Status::Completed => Some(COMPLETED),
        Status::Failed => Some(FAILED),
        Status::Cancelled => Some(CANCELLED),
        Status::Pending | Status::InProgress => None,
    }
}
