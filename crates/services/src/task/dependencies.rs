//! `task.dependencies`.

use std::collections::HashSet;

use claudebench_core::bounded::List;
use claudebench_core::{Error, Scope, TaskId};
use claudebench_store::{Edge, EdgeEnd, EdgeQuery};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::method::{Access, Method};

/// The most edges of an answer.
const EDGES: usize = 10_000;

/// Says what up to 1,000 tasks depend on, or which tasks still wait for them, as the edges of a graph. Ids that
/// do not exist, or whose task was moved to the archive, are left out.
///
/// ```json
/// {"ids": ["t-1"]}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskDependencies")]
pub struct Dependencies {
    /// The tasks.
    pub ids: List<TaskId, 1_000>,
    /// Say which tasks still wait for them, instead of what they depend on.
    #[serde(default)]
    pub waiting: bool,
}

/// What tasks depend on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskGraph")]
pub struct DependenciesFound {
    /// The edges, at most 10,000: in the order in which the tasks were asked for, each once.
    pub edges: Vec<DependencyEdge>,
    /// There are more edges than are shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// A task depends on another one.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskEdge")]
pub struct DependencyEdge {
    /// The task.
    pub task: TaskId,
    /// What it depends on. That may not be among the tasks asked for.
    pub depends_on: TaskId,
    /// Whether it waits for that no more: it was completed, or called off in a way that lets others go on.
    pub done: bool,
}

impl From<Edge> for DependencyEdge {
    fn from(edge: Edge) -> Self {
        Self { task: edge.task, depends_on: edge.on, done: edge.done }
    }
}

impl Method for Dependencies {
    const NAME: &'static str = "task.dependencies";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = DependenciesFound;

    async fn call(self, cx: &Context) -> Result<DependenciesFound, Error> {
        let mut ids = self.ids.into_vec();
        let mut seen = HashSet::with_capacity(ids.len());
        ids.retain(|id| seen.insert(*id));
        let end = if self.waiting { EdgeEnd::Dependency } else { EdgeEnd::Dependent };
        let query = EdgeQuery { tenant: cx.tenant(), ids, end, limit: EDGES };
        let found = cx.shared.store.edges(query, cx.freshness).await;
        let (edges, truncated) = found.map_err(store_error)?;
        Ok(DependenciesFound { edges: edges.into_iter().map(Into::into).collect(), truncated })
    }
}
