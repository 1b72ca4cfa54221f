//! `project.list`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Int, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::method::{Access, Method};
use crate::task::Counts;

/// Lists the projects that have tasks, by name, a page at a time, with how many tasks each has. Go on with
/// `nextCursor` as `after`. Where many projects had tasks once, a page may be short, or empty, before the
/// last one.
///
/// ```json
/// {"limit": 20}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "ProjectList")]
pub struct ListProjects {
    /// Only those after this name: the `nextCursor` of the page before.
    pub after: Option<Name>,
    /// The most projects of a page; 100 if absent.
    pub limit: Option<Int<1, 1_000>>,
}

/// A page of projects.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ProjectPage")]
pub struct ProjectsListed {
    /// The projects.
    pub projects: Vec<ProjectFound>,
    /// Pass it as `after` for the next page; absent when this is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A project.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Project")]
pub struct ProjectFound {
    /// Its name.
    pub name: String,
    /// How many tasks it has. How long the oldest has waited is what `task.stats` says.
    pub counts: Counts,
}

impl Method for ListProjects {
    const NAME: &'static str = "project.list";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = ProjectsListed;

    async fn call(self, cx: &Context) -> Result<ProjectsListed, Error> {
        let limit = self.limit.map_or(100, Int::count);
        let after = self.after.map(Name::into_string);
        let page = cx.shared.store.projects(cx.tenant(), after, limit, cx.freshness);
        let page = page.await.map_err(store_error)?;
        let now = cx.now();
        let projects = page.projects.into_iter();
        let projects =
            projects.map(|(name, stats)| ProjectFound { name, counts: Counts::of(&stats, now) });
        Ok(ProjectsListed { projects: projects.collect(), next_cursor: page.next })
    }
}
