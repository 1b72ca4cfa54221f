//! What people do with tasks: `claudebench task cancel`, `retry` and `redrive`.

use std::time::Duration;

use claudebench_core::{Status, TaskId};
use claudebench_services::task;

use crate::cli::failure::{Failure, Outcome, of_code};
use crate::cli::output::{Table, in_future};
use crate::cli::session::{Session, read};
use crate::cli::values::{Params, delay, grace, name, priority, task_id};

/// Call a task off
///
/// A task that nobody works on is cancelled at once. The worker of one in progress is told with its
/// next heartbeat, and has a grace to stop.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Cancel {
    /// The task
    #[arg(value_parser = task_id)]
    id: TaskId,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// How long its worker has to stop; 0 for none
    #[arg(long, value_name = "DURATION", value_parser = grace)]
    grace: Option<i64>,
    /// What becomes of the tasks that wait for it
    #[arg(long, value_name = "WHAT", value_parser = ["keep", "cancel", "release"])]
    dependents: Option<String>,
}

impl Cancel {
    fn params(self) -> Params {
        Params::new()
            .with("id", self.id.to_string())
            .maybe("reason", self.reason)
            .maybe("graceMs", self.grace)
            .maybe("dependents", self.dependents)
    }

    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let Some(done) = session.ask::<task::Cancel>(self.params()).await? else { return Ok(()) };
        let now = session.out.now();
        let text = match (done.status, done.grace_ends_at) {
            (Status::Cancelled, _) => format!("{} is cancelled", done.id),
            (_, Some(at)) => {
                let until = in_future(at, now);
                format!("{} is being stopped; it is taken from its worker {until}", done.id)
            }
            (status, None) => format!("{} is {}", done.id, status.name()),
        };
        session.out.line(text)?;
        for (ids, count, what) in [
            (&done.also_cancelled, done.also_cancelled_count, "cancelled too, as it waited for it"),
            (&done.released, done.released_count, "waits for it no longer"),
        ] {
            for id in ids {
                session.out.line(format!("{id}: {what}"))?;
            }
            if count > ids.len() {
                session.out.line(format!("{} more: {what}", count - ids.len()))?;
            }
        }
        Ok(())
    }
}

/// Put an ended task back, to be done again
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Retry {
    /// The task
    #[arg(value_parser = task_id)]
    id: TaskId,
    /// Even when it was completed
    #[arg(long)]
    force: bool,
    /// With this priority instead of its own
    #[arg(long, short, value_name = "N", value_parser = priority)]
    priority: Option<u8>,
    /// Not before so long from now
    #[arg(long, value_name = "DURATION", value_parser = delay)]
    delay: Option<i64>,
}

impl Retry {
    fn params(self) -> Params {
        Params::new()
            .with("id", self.id.to_string())
            .flag("force", self.force)
            .maybe("priority", self.priority)
            .maybe("delayMs", self.delay)
    }

    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let Some(done) = session.ask::<task::Retry>(self.params()).await? else { return Ok(()) };
        let (was, is) = (done.previous_status.name(), done.status.name());
        session.out.line(format!("{} was {was} and is {is}", done.id))
    }
}

/// Put dead letters back, to be done again
///
/// Those that are named, or the oldest of those that every filter holds for. One that cannot be put
/// back is told with the reason, and gives the exit code; the others are put back. Without its name,
/// one whose unique key lives on in another task is passed over.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench task redrive --reason unavailable --limit 50
  claudebench task redrive t-1 t-2
  claudebench task redrive --all --project site")]
pub(in crate::cli) struct Redrive {
    /// The tasks
    #[arg(value_parser = task_id)]
    ids: Vec<TaskId>,
    /// Only tasks of this project
    #[arg(long, value_name = "NAME", value_parser = name)]
    project: Option<String>,
    /// Only tasks with this tag
    #[arg(long, value_name = "NAME", value_parser = name)]
    tag: Option<String>,
    /// Only tasks that failed for this reason, such as unavailable or lease_expired
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// The most tasks, 1 to 1000
    #[arg(long, short = 'n', value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1_000))]
    limit: Option<u16>,
    /// Every one that the filters hold for
    #[arg(long, conflicts_with_all = ["limit", "ids"])]
    all: bool,
}

impl Redrive {
    fn params(&self) -> Params {
        Params::new()
            .list("ids", &self.ids)
            .maybe("project", self.project.clone())
            .maybe("tag", self.tag.clone())
            .maybe("reason", self.reason.clone())
            .maybe("limit", if self.all { Some(1_000) } else { self.limit })
    }

    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let filtered = self.project.is_some() || self.tag.is_some() || self.reason.is_some();
        if self.ids.is_empty() && !filtered && self.limit.is_none() && !self.all {
            let what = "which dead letters? Name them, give a filter, or --all";
            return Err(Failure::Usage(what.into()));
        }
        let mut found = 0;
        loop {
            let answer = session.raw::<task::Redrive>(&self.params(), Duration::ZERO).await?;
            let done = read::<task::Redrive>(&answer)?;
            if session.out.for_programs() {
                session.out.json(&answer)?;
            } else {
                let mut table = Table::default();
                for task in &done.tasks {
                    table.row([task.id.to_string().into(), task.status.name().into()]);
                }
                session.out.table(&table)?;
            }
            found += done.tasks.len();
            // What is refused now comes again with the next page, or goes with it.
            if self.all && !done.tasks.is_empty() {
                continue;
            }
            if !session.out.for_programs() {
                for refused in &done.refused {
                    session.out.note(format!("{}: {}", refused.id, refused.error.message));
                }
            }
            if let Some(first) = done.refused.first() {
                return Err(Failure::Said(of_code(first.error.code)));
            }
            if found == 0 {
                session.out.note("No dead letters to put back.");
            }
            return Ok(());
        }
    }
}
