//! Events by hand.

use std::sync::Arc;

use claudebench_core::event::{Event, Text};
use claudebench_core::{Cursor, Millis, TaskId, TenantId};
use serde_json::value::RawValue;

/// An event of the tenant `default` at a place of the log, that says no more than its type and its task.
#[must_use]
pub fn event(place: i64, kind: &str, task: Option<TaskId>) -> Arc<Event> {
    Arc::new(Event {
        cursor: Cursor(place),
        tenant: TenantId::DEFAULT,
        kind: kind.into(),
        at: Millis(0),
        task,
        version: None,
        attempt: None,
        project: None,
        actor: "test".into(),
        traceparent: None,
        session: None,
        payload: RawValue::from_string("{}".to_owned()).expect("it is JSON"),
        text: Text::default(),
    })
}
