//! What the server holds at the end: its event log and its tasks.

use std::collections::{BTreeMap, HashMap};

use claudebench_core::{Millis, Status, TaskId};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::source::Line;

/// An event of the log, as far as the rules need it.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) line: Line,
    pub(super) cursor: i64,
    pub(super) kind: String,
    /// When it happened, by the server's clock.
    pub(super) at: i64,
    pub(super) task: Option<TaskId>,
    pub(super) version: Option<i64>,
    pub(super) fence: Option<i64>,
    pub(super) status: Option<Status>,
    pub(super) reason: Option<String>,
    pub(super) text: Option<String>,
    pub(super) expires_at: Option<Millis>,
    pub(super) unblocked_by: Option<TaskId>,
    /// Where the task stood before it was retried.
    pub(super) previous: Option<Status>,
}

impl Event {
    /// The task ended with success.
    pub(super) fn completed(&self) -> bool {
        self.kind == "task.completed" && self.status == Some(Status::Completed)
    }

    /// An end may be left after this.
    pub(super) fn reopens(&self) -> bool {
        matches!(&*self.kind, "task.retried" | "task.updated")
    }

    /// A success may be left after this.
    pub(super) fn reopens_completed(&self) -> bool {
        match &*self.kind {
            "task.updated" => true,
            "task.retried" => self.previous == Some(Status::Completed),
            _ => false,
        }
    }

    /// Whoever held the task holds it no longer.
    pub(super) fn ends_lease(&self) -> bool {
        match &*self.kind {
            "task.attempt_failed"
            | "task.released"
            | "task.completed"
            | "task.cancelled"
            | "task.unassigned"
            | "task.assigned"
            | "task.deleted"
            | "task.retried" => true,
            "task.updated" => self.status != Some(Status::InProgress),
            _ => false,
        }
    }
}

/// A task at the end.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) line: Line,
    pub(super) status: Status,
    pub(super) version: Option<i64>,
    pub(super) lease_ends: Option<Millis>,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct State {
    /// By cursor.
    pub(super) events: BTreeMap<i64, Event>,
    pub(super) tasks: HashMap<TaskId, Task>,
    /// Cursors that two different events have.
    pub(super) clashes: Vec<(Line, Line)>,
    /// When it was taken, by the server's clock.
    pub(super) taken_at: Option<i64>,
    given: bool,
    texts: HashMap<i64, u64>,
}

#[derive(Deserialize)]
struct WireEvent {
    id: Value,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    timestamp: i64,
    #[serde(rename = "taskId")]
    task: Option<TaskId>,
    version: Option<i64>,
    payload: Map<String, Value>,
}

#[derive(Deserialize)]
struct WireTask {
    id: TaskId,
    status: Status,
    version: Option<i64>,
    lease: Option<WireLease>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireLease {
    expires_at: Millis,
}

impl State {
    /// Whether there is one at all.
    pub(super) fn is_given(&self) -> bool {
        self.given
    }

    /// Whether the log still holds its first event.
    pub(super) fn is_whole(&self) -> bool {
        self.events.keys().next().is_none_or(|first| *first <= 1)
    }

    /// When it was taken: if nobody says, at its last event.
    pub(super) fn taken_at(&self) -> i64 {
        let last = self.events.values().map(|event| event.at).max().unwrap_or(0);
        self.taken_at.unwrap_or(last)
    }

    /// The events of each task, in the order of the log.
    pub(super) fn by_task(&self) -> HashMap<TaskId, Vec<&Event>> {
        let mut of: HashMap<TaskId, Vec<&Event>> = HashMap::new();
        for event in self.events.values() {
            if let Some(task) = event.task {
                of.entry(task).or_default().push(event);
            }
        }
        of
    }

    /// Takes an event, a task, or `{"takenAt": ..}`.
    pub(super) fn read(&mut self, line: Line, text: &str) -> Result<(), String> {
        self.given = true;
        let value: Value = serde_json::from_str(text).map_err(|e| format!("no JSON: {e}"))?;
        if value.get("payload").is_some() {
            let event = serde_json::from_value(value).map_err(|e| format!("no event: {e}"))?;
            self.add_event(line, text, event)
        } else if let Some(at) = value.get("takenAt") {
            let at = Millis::deserialize(at).map_err(|e| format!("takenAt: {e}"))?;
            self.taken_at = Some(at.0);
            Ok(())
        } else {
            let task: WireTask = serde_json::from_value(value)
                .map_err(|e| format!("neither event nor task: {e}"))?;
            let WireTask { id, status, version, lease } = task;
            let lease_ends = lease.map(|lease| lease.expires_at);
            self.tasks.insert(id, Task { line, status, version, lease_ends });
            Ok(())
        }
    }

    fn add_event(&mut self, line: Line, text: &str, wire: WireEvent) -> Result<(), String> {
        let cursor = match &wire.id {
            Value::String(id) => id.parse().map_err(|_| format!("no cursor: `{id}`"))?,
            other => other.as_i64().ok_or_else(|| format!("no cursor: {other}"))?,
        };
        let hash = fingerprint(text);
        if let Some(before) = self.events.get(&cursor) {
            // Pages may overlap; two events may not.
            if self.texts.get(&cursor) != Some(&hash) {
                self.clashes.push((before.line, line));
            }
            return Ok(());
        }
        self.texts.insert(cursor, hash);
        let of = |name: &str| wire.payload.get(name).cloned();
        let text_of = |name: &str| of(name)?.as_str().map(str::to_owned);
        let event = Event {
            line,
            cursor,
            at: wire.timestamp,
            version: wire.version,
            fence: of("fence").and_then(|fence| fence.as_i64()),
            status: of("status").and_then(|status| serde_json::from_value(status).ok()),
            reason: text_of("reason"),
            text: text_of("text"),
            expires_at: of("expiresAt").and_then(|at| serde_json::from_value(at).ok()),
            previous: of("previousStatus").and_then(|was| serde_json::from_value(was).ok()),
            unblocked_by: text_of("unblockedBy").and_then(|id| id.parse().ok()),
            task: wire.task,
            kind: wire.kind,
        };
        self.events.insert(cursor, event);
        Ok(())
    }
}

fn fingerprint(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hash = DefaultHasher::new();
    text.hash(&mut hash);
    hash.finish()
}
