//! `claudebench task list`.

use std::time::Duration;

use claudebench_core::TaskId;
use claudebench_services::task::{self, Listed};
use serde_json::value::RawValue;

use super::view;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::count;
use crate::cli::session::{Session, read};
use crate::cli::values::{Params, name, priority, task_id};

/// The most tasks of one call.
const PAGE: usize = 1_000;

/// List tasks
///
/// Every filter that is given must hold.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench task list --status pending --order-by queue
  claudebench task list --dead --project site
  claudebench task list --all --json | jq -r .id")]
pub(in crate::cli) struct List {
    /// Only tasks with this status
    #[arg(long, short, value_parser = ["pending", "in_progress", "completed", "failed", "cancelled"])]
    status: Option<String>,
    /// Only tasks of this project
    #[arg(long, value_name = "NAME", value_parser = name)]
    project: Option<String>,
    /// Only tasks with this tag
    #[arg(long, value_name = "NAME", value_parser = name)]
    tag: Option<String>,
    /// Only tasks that are for this role
    #[arg(long, value_name = "NAME", value_parser = name)]
    role: Option<String>,
    /// Only parts of this task
    #[arg(long, value_name = "ID", value_parser = task_id)]
    parent: Option<TaskId>,
    /// Only tasks that this worker holds, or that are parked on it
    #[arg(long, value_name = "NAME", value_parser = name)]
    assigned_to: Option<String>,
    /// Only tasks with this priority
    #[arg(long, short, value_name = "N", value_parser = priority)]
    priority: Option<u8>,
    /// Only dead letters
    #[arg(long)]
    dead: bool,
    /// Only tasks whose text has all these words; `rel*` is any word that begins so
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
    /// What the list is ordered by; createdAt if absent. queue: as claims take the tasks
    #[arg(long, value_name = "FIELD")]
    #[arg(value_parser = ["createdAt", "updatedAt", "priority", "status", "assignedTo", "queue"])]
    order_by: Option<String>,
    /// Oldest or lowest first; a queue begins with what is claimed first in any case
    #[arg(long)]
    ascending: bool,
    /// The most tasks
    #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
    limit: usize,
    /// All of them; with --json, one a line
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Go on after a page: its `nextCursor`
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
}

impl List {
    fn params(&self) -> Params {
        Params::new()
            .maybe("status", self.status.clone())
            .maybe("project", self.project.clone())
            .maybe("tag", self.tag.clone())
            .maybe("role", self.role.clone())
            .maybe("parentId", self.parent.map(|id| id.to_string()))
            .maybe("assignedTo", self.assigned_to.clone())
            .maybe("priority", self.priority)
            .flag("dead", self.dead)
            .maybe("search", self.search.clone())
            .maybe("orderBy", self.order_by.clone())
            .maybe("order", self.ascending.then_some("asc"))
            .with("limit", if self.all { PAGE } else { self.limit })
            .maybe("after", self.after.clone())
    }

    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        if !self.all && !(1..=PAGE).contains(&self.limit) {
            return Err(Failure::Usage(format!("--limit takes 1 to {PAGE}; --all takes all")));
        }
        if self.all {
            return self.all(session).await;
        }
        let Some(page) = session.ask::<task::List>(self.params()).await? else { return Ok(()) };
        if page.tasks.is_empty() {
            session.out.note("No tasks.");
            return Ok(());
        }
        session.out.table(&view::table(&page.tasks, session.out.now()))?;
        if page.has_more {
            session.out.note(more(&page));
        }
        Ok(())
    }

    async fn all(self, session: &mut Session<'_>) -> Outcome {
        let mut params = self.params();
        loop {
            let answer = session.raw::<task::List>(&params, Duration::ZERO).await?;
            let page = read::<task::List>(&answer)?;
            if session.out.for_programs() {
                for task in raw_tasks(&answer)? {
                    session.out.json_line(&task)?;
                }
            } else {
                session.out.table(&view::table(&page.tasks, session.out.now()))?;
            }
            match page.next_cursor {
                Some(next) => params = params.with("after", next),
                None => return Ok(()),
            }
        }
    }
}

/// The tasks of a page, as they came.
fn raw_tasks(answer: &RawValue) -> Outcome<Vec<Box<RawValue>>> {
    #[derive(serde::Deserialize)]
    struct Page {
        tasks: Vec<Box<RawValue>>,
    }
    let page: Page = serde_json::from_str(answer.get()).map_err(Failure::local)?;
    Ok(page.tasks)
}

fn more(page: &Listed) -> String {
    let least = if page.total_capped { "at least " } else { "" };
    let shown = count(i64::try_from(page.tasks.len()).unwrap_or(i64::MAX));
    format!("{shown} of {least}{}; --limit and --all show more", count(page.total_count))
}
