//! `session.state.get`.

use std::collections::BTreeMap;

use claudebench_core::bounded::{List, Name};
use claudebench_core::event::Event;
use claudebench_core::{Cursor, Error, Int, Millis, Scope, Text};
use claudebench_store::EventQuery;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::event::EventOrder;
use crate::json::Fields;
use crate::memory::{MemoryTask, MemoryTodo, remember, task};
use crate::method::{Access, Method};

/// How many events are looked at for a summary.
const SUMMED: i64 = 10_000;
/// The most events of a page of the log, and how many pages are gone over to find those of the time that is
/// asked for.
const PAGE: i64 = 1_000;
const PAGES: usize = 200;

/// What a session did: its events, their numbers, and what it needs to go on.
///
/// ```json
/// {"sessionId": "s-1", "condensed": true}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionStateGet")]
pub struct GetState {
    /// The session.
    pub session_id: Name,
    /// Only events from then on, in milliseconds since 1970.
    #[serde(default)]
    pub from_timestamp: Option<f64>,
    /// Only events up to then.
    #[serde(default)]
    pub to_timestamp: Option<f64>,
    /// Only events of these types: names, `hook.*`, or `*`.
    #[serde(default)]
    pub event_types: Option<List<Text<1, 100>, 100>>,
    /// The most events; 100 if absent.
    #[serde(default)]
    pub limit: Option<Int<1, 1000>>,
    /// Whether to tell what it needs to go on.
    #[serde(default)]
    pub condensed: bool,
    /// `asc`: from the first on, the default. `desc`: newest first.
    #[serde(default)]
    pub order: Option<EventOrder>,
}

/// What a session did.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionState")]
pub struct SessionState {
    /// The session.
    pub session_id: String,
    /// Its events.
    pub events: Vec<SessionEvent>,
    /// Their numbers, whatever the limit; of the first 10,000 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// What it needs to go on, if asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condensed: Option<Condensed>,
}

/// An event of a session.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionEvent")]
pub struct SessionEvent {
    /// Its place in the log.
    pub event_id: Cursor,
    /// Its type.
    pub event_type: String,
    /// When, in milliseconds since 1970.
    pub timestamp: i64,
    /// Its fields.
    pub data: Fields,
    /// By what it can be found: its type, `tool:NAME`, `prompt`, `todos`.
    #[serde(default)]
    pub labels: Vec<String>,
}

/// The numbers of a session's events.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionSummary")]
pub struct Summary {
    /// How many there are.
    pub total_events: i64,
    /// When the first was, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_event: Option<i64>,
    /// When the last was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_event: Option<i64>,
    /// How many of each type.
    pub event_counts: BTreeMap<String, i64>,
}

/// What a session needs to go on, in short.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "SessionCondensed")]
pub struct Condensed {
    /// Its tasks: of its todos, and those that its instance has.
    pub tasks: Vec<MemoryTask>,
    /// The tools that it used, the last one first.
    pub tools: Vec<UsedTool>,
    /// What it was told, newest first.
    pub prompts: Vec<UsedPrompt>,
    /// Its todos.
    pub todos: Vec<MemoryTodo>,
}

/// A tool that a session used.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionTool")]
pub struct UsedTool {
    /// The tool.
    pub name: String,
    /// How often.
    pub count: i64,
    /// When last, in milliseconds since 1970.
    pub last_used: i64,
}

/// What a session was told.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SessionPrompt")]
pub struct UsedPrompt {
    /// What.
    pub prompt: String,
    /// When, in milliseconds since 1970.
    pub timestamp: i64,
}

impl Method for GetState {
    const NAME: &'static str = "session.state.get";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = SessionState;

    async fn call(self, cx: &Context) -> Result<SessionState, Error> {
        let limit = usize::try_from(self.limit.map_or(100, Int::get)).unwrap_or(0);
        let kinds: Vec<String> = self
            .event_types
            .as_ref()
            .into_iter()
            .flat_map(|list| list.iter())
            .map(ToString::to_string)
            .collect();
        let from = self.from_timestamp.unwrap_or(f64::MIN);
        let to = self.to_timestamp.unwrap_or(f64::MAX);
        let session_id = self.session_id.into_string();
        let mut query = EventQuery {
            tenant: Some(cx.tenant()),
            scopes: cx.principal.scopes,
            after: None,
            task: None,
            project: None,
            session: Some(session_id.as_str().into()),
            kinds,
            limit: PAGE,
            newest_first: self.order == Some(EventOrder::Desc),
        };
        let (mut events, mut summary) = (Vec::new(), Summary::default());
        for _ in 0..PAGES {
            let page = cx.shared.store.events(query.clone(), cx.freshness).await;
            let page = page.map_err(store_error)?;
            for event in &page.events {
                #[allow(clippy::cast_precision_loss, reason = "a time in milliseconds is exact")]
                let at = event.at.0 as f64;
                if !(from..=to).contains(&at) {
                    continue;
                }
                summary.add(event);
                if events.len() < limit {
                    events.push(SessionEvent::from(&**event));
                }
            }
            if page.at_end || summary.total_events >= SUMMED {
                break;
            }
            query.after = Some(page.next);
        }
        let condensed = if self.condensed { condensed(cx, &session_id).await? } else { None };
        Ok(SessionState { session_id, events, summary: Some(summary), condensed })
    }
}

impl Summary {
    fn add(&mut self, event: &Event) {
        let at = event.at.0;
        self.total_events += 1;
        self.first_event = Some(self.first_event.map_or(at, |first| first.min(at)));
        self.last_event = Some(self.last_event.map_or(at, |last| last.max(at)));
        *self.event_counts.entry(event.kind.to_string()).or_default() += 1;
    }
}

impl From<&Event> for SessionEvent {
    fn from(event: &Event) -> Self {
        Self {
            event_id: event.cursor,
            event_type: event.kind.to_string(),
            timestamp: event.at.0,
            data: Fields::stored(event.payload.get().to_owned()),
            labels: labels(event),
        }
    }
}

fn labels(event: &Event) -> Vec<String> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Told {
        tool: Option<String>,
    }
    let mut labels = vec![event.kind.to_string()];
    match &*event.kind {
        "hook.pre_tool.executed" | "hook.post_tool.executed" => {
            let told: Told = serde_json::from_str(event.payload.get()).unwrap_or_default();
            labels.extend(told.tool.map(|tool| format!("tool:{tool}")));
        }
        "hook.user_prompt.executed" => labels.push("prompt".into()),
        "hook.todo_write.executed" => labels.push("todos".into()),
        _ => {}
    }
    labels
}

async fn condensed(cx: &Context, session: &str) -> Result<Option<Condensed>, Error> {
    let found = cx.shared.store.session(cx.tenant(), session.into()).await.map_err(store_error)?;
    let Some(row) = found else { return Ok(None) };
    let memory = remember(cx, &row).await?;
    let known: Vec<_> = memory.last_tasks.iter().map(|task| task.id).collect();
    let others = row.state.todos.iter().filter_map(|todo| todo.task);
    let others: Vec<_> = others.filter(|id| !known.contains(id)).collect();
    let others = cx.shared.store.tasks(cx.tenant(), others, cx.freshness).await;
    let mut tasks = memory.last_tasks;
    tasks.extend(others.map_err(store_error)?.iter().map(task));
    let tools = row.state.tools.into_iter().map(|tool| UsedTool {
        name: tool.name,
        count: tool.count,
        last_used: tool.at.0,
    });
    let prompts = row.state.prompts.into_iter().map(|said| {
        let Millis(timestamp) = said.at;
        UsedPrompt { prompt: said.text, timestamp }
    });
    let (tools, prompts) = (tools.collect(), prompts.collect());
    Ok(Some(Condensed { tasks, tools, prompts, todos: memory.active_todos }))
}
