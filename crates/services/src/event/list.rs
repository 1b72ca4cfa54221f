//! `event.list`.

use claudebench_core::bounded::{List, Name};
use claudebench_core::{Cursor, Error, Int, Scope, TaskId, Text};
use claudebench_store::EventQuery;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WireEvent;
use crate::context::{Context, store_error};
use crate::method::{Access, Method};

/// Reads the event log, a page at a time. Pass `next` as `after` to go on; a page may be short, or
/// even empty, before the end of the log. What these credentials may not read is left out.
///
/// ```json
/// {"types": ["task.*"], "limit": 20}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "EventList")]
pub struct ListEvents {
    /// Only events after this place. Without it: from the oldest that is kept.
    pub after: Option<Cursor>,
    /// Only these types: names, `task.*`, or `*`.
    pub types: Option<List<Text<1, 100>, 100>>,
    /// Only events of this task.
    pub task_id: Option<TaskId>,
    /// Only events of tasks of this project.
    pub project: Option<Name>,
    /// Only events of this session of an agent.
    pub session_id: Option<Name>,
    /// The most events of a page; 100 if absent.
    pub limit: Option<Int<1, 1000>>,
    /// `asc`: in the order in which they happened, the default. `desc`: newest first.
    pub order: Option<EventOrder>,
}

/// In which direction the log is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "EventOrder")]
pub enum EventOrder {
    /// In the order in which they happened.
    #[default]
    Asc,
    /// Newest first.
    Desc,
}

/// A page of events.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "EventPage")]
pub struct EventsListed {
    /// The events.
    pub events: Vec<WireEvent>,
    /// Where to go on: pass it as `after`.
    pub next: Cursor,
    /// Whether there was more when the page was read.
    pub has_more: bool,
}

impl Method for ListEvents {
    const NAME: &'static str = "event.list";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = EventsListed;

    async fn call(self, cx: &Context) -> Result<EventsListed, Error> {
        let kinds: Vec<String> =
            self.types.unwrap_or_default().iter().map(ToString::to_string).collect();
        super::allow(cx, &kinds)?;
        let query = EventQuery {
            tenant: Some(cx.tenant()),
            scopes: cx.principal.scopes,
            after: self.after,
            task: self.task_id,
            project: self.project.map(Name::into_string),
            session: self.session_id.map(|id| id.into_string().into()),
            kinds,
            limit: self.limit.map_or(100, Int::get),
            newest_first: self.order == Some(EventOrder::Desc),
        };
        let page = cx.shared.store.events(query, cx.freshness).await.map_err(store_error)?;
        Ok(EventsListed {
            events: page.events.iter().map(|event| WireEvent::from(&**event)).collect(),
            next: page.next,
            has_more: !page.at_end,
        })
    }
}
