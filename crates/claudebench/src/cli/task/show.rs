//! `claudebench task show`, `history` and `explain`.

use claudebench_core::{Millis, TaskId};
use claudebench_services::task::{self, Task};

use super::view::{status, status_style};
use crate::cli::events::show;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::{Cell, Style, Table, ago, in_future, indent, span};
use crate::cli::session::Session;
use crate::cli::values::{Params, task_id};

/// Show a task with all that is known of it
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Show {
    /// The task
    #[arg(value_parser = task_id)]
    id: TaskId,
}

impl Show {
    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let Some(task) = session.ask::<task::Get>(of(self.id)).await? else { return Ok(()) };
        let task = task.task().map_err(Failure::Refused)?;
        session.out.table(&fields(&task, session.out.now()))?;
        for (name, json) in [
            ("metadata", task.metadata.as_ref().map(|fields| fields.text())),
            ("checkpoint", task.checkpoint.as_ref().map(|json| json.text())),
            ("result", task.result.as_ref().map(|json| json.text())),
        ] {
            if let Some(json) = json.filter(|json| *json != "null") {
                session.out.styled(Style::Dim, name)?;
                session.out.text(&indent(json))?;
            }
        }
        Ok(())
    }
}

fn of(id: TaskId) -> Params {
    Params::new().with("id", id.to_string())
}

/// What is known of a task, but for its JSON.
fn fields(task: &Task, now: Millis) -> Table {
    let mut table = Table::of_fields();
    table.field("id", Cell::styled(Style::Bold, task.id.to_string()));
    table.field("text", task.text.as_str());
    table.field("status", status(task, now));
    table.field("priority", task.priority.to_string());
    let mut maybe = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            table.field(name, value);
        }
    };
    let list = |names: &[std::sync::Arc<str>]| (!names.is_empty()).then(|| names.join(", "));
    maybe("project", task.project.as_deref().map(str::to_owned));
    maybe("tags", list(&task.tags));
    maybe("roles", list(&task.roles));
    maybe("parent", task.parent_id.map(|id| id.to_string()));
    let needs: Vec<String> = task.depends_on.iter().map(ToString::to_string).collect();
    maybe("depends on", (!needs.is_empty()).then(|| needs.join(", ")));
    maybe("unique key", task.unique_key.clone());
    maybe("not before", task.run_at.map(|at| when(at, now)));
    let losses = (task.losses > 0).then(|| format!(", {} workers lost", task.losses));
    let tries = format!("{} of {}{}", task.attempt, task.max_attempts, losses.unwrap_or_default());
    maybe("attempts", Some(tries));
    maybe("worker", task.assigned_to.clone());
    if let Some(lease) = &task.lease {
        maybe("fence", Some(lease.fence.to_string()));
        maybe("lease ends", Some(when(lease.expires_at, now)));
        maybe("deadline", lease.deadline_at.map(|at| when(at, now)));
    }
    maybe("note", task.note.clone());
    maybe("reason", task.reason.clone());
    maybe("error", task.error.clone());
    maybe("created", Some(format!("{}, by {}", when(task.created_at, now), task.created_by)));
    maybe("started", task.started_at.map(|at| when(at, now)));
    let by = task.completed_by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
    maybe("ended", task.completed_at.map(|at| format!("{}{by}", when(at, now))));
    let took = task.completed_at.zip(task.started_at).map(|(end, start)| span(end.since(start)));
    maybe("took", took);
    let keys = task.attachment_keys.join(", ");
    maybe("attachments", (task.attachment_count > 0).then_some(keys));
    maybe("trace", task.traceparent.clone());
    maybe("archived", task.archived.then(|| "yes: put it back to change it".into()));
    table
}

/// A time, and how far away it is.
fn when(at: Millis, now: Millis) -> String {
    let apart = if at > now { in_future(at, now) } else { ago(at, now) };
    format!("{at} ({apart})")
}

/// Tell what happened to a task
///
/// Who, what, when, and in which attempt, from its beginning. A deleted task has its history as
/// long as the log keeps it.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct History {
    /// The task
    #[arg(value_parser = task_id)]
    id: TaskId,
}

impl History {
    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let mut params = of(self.id).with("limit", 1_000);
        loop {
            let page = session.get::<task::History>(params.clone()).await?;
            for event in &page.events {
                show(event, session.out)?;
            }
            if !page.has_more {
                return Ok(());
            }
            params = params.with("after", page.next.to_string());
        }
    }
}

/// Say why a task waits
///
/// What it waits for, who could claim it, and how many tasks come before it.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Explain {
    /// The task
    #[arg(value_parser = task_id)]
    id: TaskId,
}

impl Explain {
    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let Some(why) = session.ask::<task::Explain>(of(self.id)).await? else { return Ok(()) };
        let mut table = Table::of_fields();
        table.field("id", Cell::styled(Style::Bold, why.id.to_string()));
        table.field("status", Cell::styled(status_style(why.status), why.status.name()));
        table.field("claimable", if why.claimable { "yes" } else { "no" });
        session.out.table(&table)?;
        session.out.text(&why.summary)
    }
}

#[cfg(test)]
mod tests {
    use super::super::view::tests::task;
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_known_is_shown_and_nothing_else() {
        let plain = task(json!({"attempt": 1, "maxAttempts": 5}));
        assert_eq!(
            fields(&plain, Millis(90_000)).render(None, false),
            "id        t-7\n\
             text      Write the notes\n\
             status    pending\n\
             priority  50\n\
             attempts  1 of 5\n\
             created   1970-01-01T00:00:00.000Z (1m 30s ago), by local\n"
        );
        let held = task(json!({
            "status": "in_progress", "assignedTo": "w-1", "tags": ["a", "b"], "losses": 2,
            "dependsOn": ["t-1"], "startedAt": "1970-01-01T00:01:00Z",
            "lease": {"fence": 4, "attempt": 1, "workerId": "w-1",
                      "expiresAt": "1970-01-01T00:06:00Z"},
        }));
        let shown = fields(&held, Millis(60_000)).render(None, false);
        for line in [
            "tags        a, b\n",
            "depends on  t-1\n",
            "attempts    0 of 5, 2 workers lost\n",
            "fence       4\n",
            "lease ends  1970-01-01T00:06:00.000Z (in 5m)\n",
        ] {
            assert!(shown.contains(line), "{shown}");
        }
    }
}
