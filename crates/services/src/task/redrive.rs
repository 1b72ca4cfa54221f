//! `task.redrive`.

use claudebench_core::bounded::{List, Name};
use claudebench_core::{Error, Int, Scope, TaskId};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::complete_many::ItemError;
use super::retry::Retried;
use crate::context::Context;
use crate::method::{Access, Method};

/// Puts dead letters back to be done again, oldest first: those that are named, or those that the
/// filters hold for.
///
/// ```json
/// {"reason": "unavailable", "limit": 50}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskRedrive")]
pub struct Redrive {
    /// Only these tasks. Each that cannot be put back is refused with its reason; the others are.
    #[serde(default)]
    pub ids: Option<List<TaskId, 1_000>>,
    /// Only tasks of this project.
    #[serde(default)]
    pub project: Option<Name>,
    /// Only tasks with this tag.
    #[serde(default)]
    pub tag: Option<Name>,
    /// Only tasks that failed for this reason, such as `unavailable` or `lease_expired`.
    #[serde(default)]
    pub reason: Option<Name>,
    /// The most tasks; 100 if absent, or as many as are named. Those past it stay as they are. Of
    /// those that are not named, each that is refused counts.
    #[serde(default)]
    pub limit: Option<Int<1, 1_000>>,
    /// With this priority instead of their own.
    #[serde(default)]
    pub priority: Option<Int<0, 100>>,
    /// Not before so many milliseconds from now.
    #[serde(default)]
    pub delay_ms: Option<Int<0, 31_536_000_000>>,
}

/// The tasks that wait to be done again.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TasksRedriven")]
pub struct Redriven {
    /// The tasks.
    pub tasks: Vec<Retried>,
    /// How many.
    pub count: usize,
    /// Those that cannot be put back. One that was not named and whose unique key lives on in
    /// another task is passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<NotRedriven>,
}

/// A task that cannot be put back.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskNotRedriven")]
pub struct NotRedriven {
    /// The task.
    pub id: TaskId,
    /// Why.
    pub error: ItemError,
}

impl Method for Redrive {
    const NAME: &'static str = "task.redrive";
    const ACCESS: Access = Access::Write(Scope::TasksWrite);
    type Output = Redriven;

    async fn call(self, cx: &Context) -> Result<Redriven, Error> {
        let ids = self.ids.map(List::into_vec);
        let named = ids.as_ref().map(|ids| i64::try_from(ids.len()).unwrap_or(i64::MAX));
        let change = store::Retry {
            which: store::RetrySelection::Dead {
                ids,
                project: self.project.map(Name::into_string),
                tag: self.tag.map(Name::into_string),
                reason: self.reason.map(Name::into_string),
                limit: self.limit.map_or(named.unwrap_or(100), Int::get),
            },
            priority: self.priority.map(Int::get),
            delay_ms: self.delay_ms.map(Int::get),
        };
        let done = cx.commit(change).await?;
        let tasks: Vec<Retried> = done.retried.into_iter().map(Retried::from).collect();
        let refused = done.refused.into_iter();
        let refused = refused.map(|(id, refusal)| NotRedriven { id, error: refusal.into() });
        Ok(Redriven { count: tasks.len(), tasks, refused: refused.collect() })
    }
}
