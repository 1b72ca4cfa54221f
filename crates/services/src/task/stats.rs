//! `task.stats`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Millis, Scope, Status};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::method::{Access, Method};

/// Counts tasks, all or those of a project. The counts are kept up to date by every change.
///
/// ```json
/// {}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "TaskStats")]
pub struct Stats {
    /// Only tasks of this project.
    pub project: Option<Name>,
}

/// How many tasks there are.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskCounts")]
pub struct Counts {
    /// All of them.
    pub total: i64,
    /// Those that wait.
    pub pending: i64,
    /// Those that are held by a worker.
    pub in_progress: i64,
    /// Those that are done.
    pub completed: i64,
    /// Those that ended without success.
    pub failed: i64,
    /// Those that were called off.
    pub cancelled: i64,
    /// Pending: those that can be claimed now.
    pub ready: i64,
    /// Pending: those whose time has not come.
    pub scheduled: i64,
    /// Pending: those that wait for other tasks.
    pub blocked: i64,
    /// Failed: the dead letters.
    pub dead: i64,
    /// When the oldest ready task was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_ready_at: Option<Millis>,
    /// How long it has waited, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_ready_age_ms: Option<i64>,
}

impl Counts {
    pub(crate) fn of(stats: &store::Stats, now: Millis) -> Self {
        Self {
            total: stats.total(),
            pending: stats.of(Status::Pending),
            in_progress: stats.of(Status::InProgress),
            completed: stats.of(Status::Completed),
            failed: stats.of(Status::Failed),
            cancelled: stats.of(Status::Cancelled),
            ready: stats.ready,
            scheduled: stats.scheduled,
            blocked: stats.blocked,
            dead: stats.dead,
            oldest_ready_at: stats.oldest_ready,
            oldest_ready_age_ms: stats.oldest_ready.map(|at| now.since(at).max(0)),
        }
    }
}

impl Method for Stats {
    const NAME: &'static str = "task.stats";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = Counts;

    async fn call(self, cx: &Context) -> Result<Counts, Error> {
        let project = self.project.map(Name::into_string);
        let stats =
            cx.shared.store.stats(cx.tenant(), project, cx.freshness).await.map_err(store_error)?;
        Ok(Counts::of(&stats, cx.now()))
    }
}
