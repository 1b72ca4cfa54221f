//! How a commit stands in a stream.

use std::borrow::Cow;
use std::sync::Arc;

use claudebench_core::event::{Event, Text};
use claudebench_core::{Cursor, Millis, TaskId, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// An event with all that another server must know of it.
#[derive(Serialize, Deserialize)]
struct Packed<'a> {
    cursor: i64,
    tenant: i64,
    kind: Cow<'a, str>,
    at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    task: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    project: Option<Cow<'a, str>>,
    actor: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traceparent: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<Cow<'a, str>>,
    payload: Cow<'a, RawValue>,
}

/// The text of events.
pub(super) fn packed(events: &[Arc<Event>]) -> String {
    let all: Vec<Packed<'_>> = events.iter().map(|event| Packed::from(&**event)).collect();
    // Writing numbers and texts into memory cannot fail.
    serde_json::to_string(&all).unwrap_or_default()
}

/// The events of a text; none if it is not of this version, and the store must be asked.
pub(super) fn unpacked(text: &[u8]) -> Option<Vec<Arc<Event>>> {
    let all: Vec<Packed<'_>> = serde_json::from_slice(text).ok()?;
    Some(all.into_iter().map(|packed| Arc::new(packed.into())).collect())
}

impl<'a> From<&'a Event> for Packed<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            cursor: event.cursor.0,
            tenant: event.tenant.0,
            kind: Cow::Borrowed(&event.kind),
            at: event.at.0,
            task: event.task.map(|task| task.0),
            version: event.version,
            attempt: event.attempt,
            project: event.project.as_deref().map(Cow::Borrowed),
            actor: Cow::Borrowed(&event.actor),
            traceparent: event.traceparent.as_deref().map(Cow::Borrowed),
            session: event.session.as_deref().map(Cow::Borrowed),
            payload: Cow::Borrowed(&event.payload),
        }
    }
}

impl From<Packed<'_>> for Event {
    fn from(packed: Packed<'_>) -> Self {
        let text = |text: Cow<'_, str>| Arc::<str>::from(text);
        Self {
            cursor: Cursor(packed.cursor),
            tenant: TenantId(packed.tenant),
            kind: text(packed.kind),
            at: Millis(packed.at),
            task: packed.task.map(TaskId),
            version: packed.version,
            attempt: packed.attempt,
            project: packed.project.map(text),
            actor: text(packed.actor),
            traceparent: packed.traceparent.map(text),
            session: packed.session.map(text),
            payload: packed.payload.into_owned(),
            text: Text::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_through_as_it_was() {
        let event = Event {
            cursor: Cursor(7_000_000_000),
            tenant: TenantId(3),
            kind: "task.claimed".into(),
            at: Millis(1_763_913_600_123),
            task: Some(TaskId(9)),
            version: Some(2),
            attempt: Some(1),
            project: Some("über \"all\"".into()),
            actor: "agent".into(),
            traceparent: Some("00-1-2-01".into()),
            session: Some("s".into()),
            payload: RawValue::from_string(r#"{"a": 1.50, "b":"\u0001"}"#.into()).unwrap(),
            text: Text::default(),
        };
        let bare = Event { task: None, project: None, session: None, ..event.clone() };
        let text = packed(&[Arc::new(event.clone()), Arc::new(bare)]);
        let back = unpacked(text.as_bytes()).unwrap();
        assert_eq!(back.len(), 2);
        let one = &back[0];
        assert_eq!(one.payload.get(), event.payload.get(), "to the letter");
        assert_eq!((one.cursor, one.tenant, one.at), (event.cursor, event.tenant, event.at));
        assert_eq!(
            (one.task, one.version, one.attempt),
            (event.task, event.version, event.attempt)
        );
        assert_eq!((&one.kind, &one.actor), (&event.kind, &event.actor));
        assert_eq!((&one.project, &one.session), (&event.project, &event.session));
        assert_eq!(one.traceparent, event.traceparent);
        assert_eq!((back[1].task, &back[1].project), (None, &None));
        assert!(unpacked(b"[{\"cursor\":1}]").is_none() && unpacked(b"").is_none());
    }
}
