//! `task.history`.

use claudebench_core::{Cursor, Error, Int, Scope, TaskId};
use claudebench_store::EventQuery;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::view::one_of;
use crate::context::{Context, store_error};
use crate::event::{EventsListed, WireEvent};
use crate::method::{Access, Method};

/// Tells all that happened to a task, in order: who, what, when, in which attempt. A deleted task
/// has its history as long as the log keeps it.
///
/// ```json
/// {"id": "t-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskHistory")]
pub struct History {
    /// The task.
    #[serde(default)]
    pub id: Option<TaskId>,
    /// The same as `id`.
    #[serde(default)]
    pub task_id: Option<TaskId>,
    /// Only events after this place: `next` of the page before.
    #[serde(default)]
    pub after: Option<Cursor>,
    /// The most events of a page; 100 if absent.
    #[serde(default)]
    pub limit: Option<Int<1, 1_000>>,
}

impl Method for History {
    const NAME: &'static str = "task.history";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = EventsListed;

    async fn call(self, cx: &Context) -> Result<EventsListed, Error> {
        let id = one_of(self.id, self.task_id)?;
        let query = EventQuery {
            tenant: Some(cx.tenant()),
            scopes: cx.principal.scopes,
            after: self.after,
            task: Some(id),
            project: None,
            kinds: Vec::new(),
            limit: self.limit.map_or(100, Int::get),
            newest_first: false,
        };
        let page = cx.shared.store.events(query).await.map_err(store_error)?;
        if page.events.is_empty() && self.after.is_none() {
            return Err(Error::not_found("Task", id).with("taskId", id));
        }
        Ok(EventsListed {
            events: page.events.iter().map(|event| WireEvent::from(&**event)).collect(),
            next: page.next,
            has_more: !page.at_end,
        })
    }
}
