//! An event as every transport sends it.

use std::sync::Arc;

use claudebench_core::event::Event;
use claudebench_core::{Cursor, Millis, TaskId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::Fields;

/// One fact, as it stands in the log.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Event")]
pub struct WireEvent {
    /// Its type, such as `task.created`.
    #[serde(rename = "type")]
    pub kind: Arc<str>,
    /// Its fields; which they are depends on the type.
    pub payload: Fields,
    /// Who did it and the like.
    pub metadata: EventMetadata,
    /// Its place in the log: the cursor from which to go on.
    pub id: Cursor,
    /// When it happened, in milliseconds since 1970.
    pub timestamp: i64,
    /// The task it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    /// Its number among the task's events: 1, 2, 3, without gaps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The attempt it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<i64>,
    /// Who caused it.
    pub actor: Arc<str>,
    /// The project of the task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Arc<str>>,
    /// The W3C trace context of the call that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<Arc<str>>,
    /// The session of an agent that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Arc<str>>,
}

/// What is known of an event beside its payload. Which fields are there depends on the type.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "EventMetadata")]
#[allow(missing_docs, reason = "each says what it is")]
pub struct EventMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<Arc<str>>,
    /// The names of the fields that were changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_by: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unassigned_by: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unassigned_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_by: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_by: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<Cursor>,
}

/// The text of an event that every transport sends.
#[must_use]
pub fn wire(event: &Event) -> String {
    // Writing strings and numbers into memory cannot fail.
    serde_json::to_string(&WireEvent::from(event)).unwrap_or_default()
}

impl From<&Event> for WireEvent {
    fn from(event: &Event) -> Self {
        Self {
            kind: event.kind.clone(),
            payload: Fields::stored(event.payload.get().to_owned()),
            metadata: metadata(event),
            id: event.cursor,
            timestamp: event.at.0,
            task_id: event.task,
            version: event.version,
            attempt: event.attempt,
            actor: event.actor.clone(),
            project: event.project.clone(),
            traceparent: event.traceparent.clone(),
            session_id: event.session.clone(),
        }
    }
}

/// The metadata that today's clients find with each type.
fn metadata(event: &Event) -> EventMetadata {
    let actor = || Some(event.actor.clone());
    let at = Some(event.at);
    let none = EventMetadata::default();
    match &*event.kind {
        "task.created" => EventMetadata { created_by: actor(), ..none },
        "task.updated" => {
            EventMetadata { updated_by: actor(), changes: told(event).changes, ..none }
        }
        "task.assigned" => EventMetadata { assigned_by: actor(), ..none },
        "task.unassigned" => EventMetadata { unassigned_by: actor(), unassigned_at: at, ..none },
        "task.claimed" => EventMetadata { claimed_at: at, ..none },
        "task.completed" => EventMetadata { completed_by: told(event).completed_by, ..none },
        "task.deleted" => EventMetadata { event_id: Some(event.cursor), ..none },
        "task.attachment.created" => EventMetadata { created_by: actor(), ..none },
        "task.attachment.deleted" => EventMetadata { deleted_by: actor(), deleted_at: at, ..none },
        _ => none,
    }
}

/// What some payloads tell that the metadata repeats.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Told {
    changes: Option<Vec<String>>,
    completed_by: Option<Arc<str>>,
}

fn told(event: &Event) -> Told {
    serde_json::from_str(event.payload.get()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use claudebench_core::TenantId;
    use claudebench_core::event::Text;
    use serde_json::{Value, json};

    fn event(kind: &str, payload: &Value) -> Event {
        Event {
            cursor: Cursor(42),
            tenant: TenantId::DEFAULT,
            kind: kind.into(),
            at: Millis(1_763_913_600_007),
            task: Some(TaskId(7)),
            version: Some(3),
            attempt: Some(1),
            project: Some("site".into()),
            actor: "local".into(),
            traceparent: None,
            session: None,
            payload: serde_json::value::to_raw_value(payload).unwrap(),
            text: Text::default(),
        }
    }

    fn seen(event: &Event) -> Value {
        serde_json::from_str(&wire(event)).unwrap()
    }

    #[test]
    fn an_event_has_the_shape_of_the_contract_and_more() {
        let payload = json!({"id": "t-7", "status": "completed", "completedBy": "w-1"});
        let expected = json!({
            "type": "task.completed",
            "payload": payload,
            "metadata": {"completedBy": "w-1"},
            "id": "42",
            "timestamp": 1_763_913_600_007_i64,
            "taskId": "t-7",
            "version": 3,
            "attempt": 1,
            "actor": "local",
            "project": "site",
        });
        assert_eq!(seen(&event("task.completed", &payload)), expected);
    }

    #[test]
    fn metadata_repeats_who_and_when() {
        let updated = seen(&event("task.updated", &json!({"changes": ["text"]})));
        assert_eq!(updated["metadata"], json!({"updatedBy": "local", "changes": ["text"]}));
        let claimed = seen(&event("task.claimed", &json!({})));
        assert_eq!(claimed["metadata"], json!({"claimedAt": "2025-11-23T16:00:00.007Z"}));
        assert_eq!(seen(&event("instance.failed", &json!({})))["metadata"], json!({}));
    }

    #[test]
    fn an_event_is_read_back_as_it_was_written() {
        let text = wire(&event("task.created", &json!({"id": "t-7"})));
        let back: WireEvent = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), text);
    }
}
