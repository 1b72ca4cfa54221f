//! `claudebench task watch`.

use claudebench_core::{Status, TaskId};
use claudebench_services::task::{self, Task};

use super::view::{status, status_style};
use crate::cli::events::Stream;
use crate::cli::failure::{Exit, Failure, Outcome};
use crate::cli::session::Session;
use crate::cli::values::{Params, name, task_id};
use crate::client::{EventFilter, Since};

/// Follow a task until it has ended, or all tasks
///
/// Of one task, the exit code tells the end: 0 when it was completed, 1 when it failed or was
/// cancelled, 4 when it was deleted.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench task watch t-1 && echo done
  claudebench task watch --project site")]
pub(in crate::cli) struct Watch {
    /// The task; without it, all tasks
    #[arg(value_parser = task_id)]
    id: Option<TaskId>,
    /// Only tasks of this project
    #[arg(long, value_name = "NAME", value_parser = name, conflicts_with = "id")]
    project: Option<String>,
}

impl Watch {
    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let types = vec!["task.*".to_owned()];
        let filter = EventFilter { types, task: self.id, project: self.project };
        let mut stream = Stream::open(session, Since::Now, filter).await?;
        let Some(id) = self.id else {
            loop {
                stream.next(session).await?;
            }
        };
        // The stream was open before this look: an end in between is not missed.
        let task = look(id, session).await?;
        if !session.out.for_programs() {
            let now = session.out.now();
            let mut table = crate::cli::output::Table::default();
            table.row([id.to_string().into(), status(&task, now), task.text.as_str().into()]);
            session.out.table(&table)?;
        }
        let mut task = Some(task).filter(|task| task.status.is_final());
        while task.is_none() {
            let event = stream.next(session).await?;
            if matches!(&*event.kind, "task.completed" | "task.cancelled" | "task.updated") {
                task = Some(look(id, session).await?).filter(|task| task.status.is_final());
            } else if &*event.kind == "task.deleted" {
                return Err(Failure::Said(Exit::NotFound));
            }
        }
        match task {
            Some(task) => ended(&task, session),
            None => Ok(()),
        }
    }
}

async fn look(id: TaskId, session: &Session<'_>) -> Outcome<Task> {
    let shown = session.get::<task::Get>(Params::new().with("id", id.to_string())).await?;
    shown.task().map_err(Failure::Refused)
}

fn ended(task: &Task, session: &mut Session<'_>) -> Outcome {
    if !session.out.for_programs() {
        let why = task.error.as_ref().or(task.reason.as_ref());
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        let text = format!("{} is {}{why}", task.id, task.status.name());
        session.out.styled(status_style(task.status), &text)?;
    }
    match task.status {
        Status::Completed => Ok(()),
        _ => Err(Failure::Said(Exit::Failed)),
    }
}
