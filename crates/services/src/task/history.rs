//! `task.history`.

use claudebench_core::{Cursor, Error, Int, Scope, TaskId};
use claudebench_store::EventQuery;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::view::one_of;
use crate::context::{Context, store_error};
use crate::event::WireEvent;
use crate::method::{Access, Method};

/// Tells all that happened to a task, in order: who, what, when, in which attempt. Events past their
/// retention are gone, unless they are in the archive: `olderGone` says so. A deleted task has its history as long as the log keeps
/// it.
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

/// A page of what happened to a task.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskHistoryPage")]
pub struct Told {
    /// The events.
    pub events: Vec<WireEvent>,
    /// Where to go on: pass it as `after`.
    pub next: Cursor,
    /// Whether there was more when the page was read.
    pub has_more: bool,
    /// On the first page: events before these are past their retention, and gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub older_gone: bool,
}

impl Method for History {
    const NAME: &'static str = "task.history";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = Told;

    async fn call(self, cx: &Context) -> Result<Told, Error> {
        let id = one_of(self.id, self.task_id)?;
        let query = EventQuery {
            tenant: Some(cx.tenant()),
            scopes: cx.principal.scopes,
            after: self.after,
            task: Some(id),
            project: None,
            session: None,
            kinds: Vec::new(),
            limit: self.limit.map_or(100, Int::get),
            newest_first: false,
        };
        let page = cx.shared.store.events(query, cx.freshness).await.map_err(store_error)?;
        let first = self.after.is_none();
        if page.events.is_empty() && first {
            let known = cx.shared.store.tasks(cx.tenant(), vec![id], cx.freshness);
            let archived = cx.shared.store.archived(cx.tenant(), id, cx.freshness);
            if known.await.map_err(store_error)?.is_empty()
                && archived.await.map_err(store_error)?.is_none()
            {
                return Err(Error::not_found("Task", id).with("taskId", id));
            }
        }
        // The versions of a task's events begin with 1.
        let begins = page.events.first().and_then(|event| event.version);
        Ok(Told {
            older_gone: first && begins != Some(1),
            events: page.events.iter().map(|event| WireEvent::from(&**event)).collect(),
            next: page.next,
            has_more: !page.at_end,
        })
    }
}
