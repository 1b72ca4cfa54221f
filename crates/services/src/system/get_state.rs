//! `system.get_state`.

use std::collections::BTreeMap;
use std::sync::Arc;

use claudebench_core::{Error, Int, Millis, Scope};
use claudebench_store::InstanceRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::event::{EventOrder, ListEvents, WireEvent};
use crate::method::{Access, Method};
use crate::task::{List, Task};

/// The most instances shown.
const INSTANCES: usize = 100;

/// Shows what goes on: the newest tasks and events, and the instances. Tasks and events are left
/// out for callers that may not read them.
///
/// ```json
/// {}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SystemGetState")]
pub struct GetState {}

/// Fields by name, each as text.
type Texts = BTreeMap<String, String>;

/// What goes on. Empty lists are left out.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "SystemState")]
pub struct State {
    /// The newest tasks, at most 10: every field as text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Texts>,
    /// The instances, at most 100 and about 8 MiB, those that are there first: every field as text,
    /// `roles` and `metadata` as JSON.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<Texts>,
    /// The newest events, at most 10.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recent_events: Vec<WireEvent>,
}

impl Method for GetState {
    const NAME: &'static str = "system.get_state";
    const ACCESS: Access = Access::Read(Scope::SystemRead);
    type Output = State;

    async fn call(self, cx: &Context) -> Result<State, Error> {
        let mut state = State::default();
        if cx.principal.scopes.allow(Scope::TasksRead) {
            let tasks = List { limit: Some(Int::clamped(10)), ..List::default() };
            state.tasks = cx.call(tasks).await?.tasks.into_iter().map(task).collect();
            let events = ListEvents {
                limit: Some(Int::clamped(10)),
                order: Some(EventOrder::Desc),
                ..ListEvents::default()
            };
            state.recent_events = cx.call(events).await?.events;
        }
        let there = cx.shared.presence.of_tenant(cx.tenant()).into_iter().take(INSTANCES);
        let there: Vec<Arc<str>> = there.map(|instance| instance.id).collect();
        let rows = cx.shared.store.instances_shown(cx.tenant(), there, INSTANCES);
        let rows = rows.await.map_err(store_error)?;
        let mut rows: Vec<(bool, Millis, InstanceRow)> = rows
            .into_iter()
            .map(|row| match cx.shared.presence.seen(cx.tenant(), &row.id) {
                Some(seen) => (true, seen.max(row.seen_at), row),
                None => (false, row.seen_at, row),
            })
            .collect();
        rows.sort_by(|a, b| (!a.0, &a.2.id).cmp(&(!b.0, &b.2.id)));
        state.instances = rows.into_iter().map(instance).collect();
        Ok(state)
    }
}

fn task(task: Task) -> Texts {
    let mut texts = Texts::from([
        ("id".into(), task.id.to_string()),
        ("text".into(), task.text),
        ("status".into(), task.status.name().into()),
        ("priority".into(), task.priority.to_string()),
        ("createdAt".into(), task.created_at.to_string()),
        ("createdAtMs".into(), task.created_at.0.to_string()),
        ("updatedAt".into(), task.updated_at.to_string()),
    ]);
    let rest = [
        ("assignedTo", task.assigned_to),
        ("metadata", task.metadata.map(|fields| fields.text().to_owned())),
        ("result", task.result.map(|result| result.text().to_owned())),
        ("error", task.error),
        ("completedAt", task.completed_at.map(|at| at.to_string())),
        ("project", task.project.map(|name| name.to_string())),
    ];
    texts.extend(rest.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?))));
    texts
}

fn instance((there, seen, row): (bool, Millis, InstanceRow)) -> Texts {
    let roles: serde_json::Value = row.roles.iter().map(|role| &**role).collect();
    Texts::from([
        ("id".into(), row.id.to_string()),
        ("roles".into(), roles.to_string()),
        ("status".into(), if there { "ACTIVE" } else { "OFFLINE" }.into()),
        ("health".into(), if there { "healthy" } else { "unhealthy" }.into()),
        ("lastSeen".into(), seen.0.to_string()),
        ("lastHeartbeat".into(), seen.to_string()),
        ("registeredAt".into(), row.registered_at.to_string()),
        ("metadata".into(), row.metadata.unwrap_or_else(|| "{}".into())),
    ])
}
