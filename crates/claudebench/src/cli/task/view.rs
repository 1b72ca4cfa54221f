//! Tasks as people see them.

use claudebench_core::{Millis, Status};
use claudebench_services::task::Task;

use crate::cli::output::{Cell, Style, Table, ago, in_future};

/// The colour of a status.
pub(super) fn status_style(status: Status) -> Style {
    match status {
        Status::Pending => Style::Plain,
        Status::InProgress => Style::Cyan,
        Status::Completed => Style::Green,
        Status::Failed => Style::Red,
        Status::Cancelled => Style::Dim,
    }
}

/// A status, with what it means just now.
pub(super) fn status(task: &Task, now: Millis) -> Cell {
    let name = task.status.name();
    let (style, text) = match task.status {
        Status::Pending if task.open_dependencies > 0 => {
            (Style::Yellow, format!("blocked by {}", task.open_dependencies))
        }
        Status::Pending => match task.run_at.filter(|at| *at > now) {
            Some(at) => (Style::Yellow, format!("waits, {}", in_future(at, now))),
            None => (Style::Plain, name.into()),
        },
        Status::InProgress if task.cancel_requested_at.is_some() => {
            (Style::Yellow, "stopping".into())
        }
        Status::InProgress => match task.progress {
            Some(progress) => (Style::Cyan, format!("{name} {:.0}%", progress.0 * 100.0)),
            None => (Style::Cyan, name.into()),
        },
        Status::Failed if task.dead => (Style::Red, "failed, dead".into()),
        status => (status_style(status), name.into()),
    };
    Cell::styled(style, text)
}

/// Tasks, a line each.
pub(super) fn table(tasks: &[Task], now: Millis) -> Table {
    let mut table = Table::new(&["ID", "STATUS", "PRIO", "TRY", "CREATED", "WORKER", "TEXT"]);
    table = table.right(&[2, 3]);
    for task in tasks {
        table.row([
            task.id.to_string().into(),
            status(task, now),
            task.priority.to_string().into(),
            format!("{}/{}", task.attempt, task.max_attempts).into(),
            ago(task.created_at, now).into(),
            task.assigned_to.as_deref().unwrap_or("-").into(),
            task.text.as_str().into(),
        ]);
    }
    table
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A task as a server sends it, with some fields changed.
    pub(crate) fn task(changes: Value) -> Task {
        let mut task = json!({
            "id": "t-7", "text": "Write the notes", "status": "pending", "priority": 50,
            "assignedTo": null, "metadata": null, "result": null, "error": null,
            "createdAt": "1970-01-01T00:00:00.000Z", "updatedAt": "1970-01-01T00:00:00.000Z",
            "completedAt": null, "version": 1, "attempt": 0, "maxAttempts": 5,
            "createdBy": "local",
        });
        let Value::Object(changes) = changes else { panic!("an object") };
        task.as_object_mut().unwrap().extend(changes);
        serde_json::from_value(task).unwrap()
    }

    #[test]
    fn a_list_fits_on_lines() {
        let tasks = [
            task(json!({})),
            task(json!({"id": "t-8", "openDependencies": 2})),
            task(json!({"id": "t-9", "runAt": "1970-01-01T00:03:00Z"})),
            task(
                json!({"status": "in_progress", "progress": 0.4, "assignedTo": "w-1", "attempt": 1}),
            ),
            task(json!({"status": "in_progress", "cancelRequestedAt": "1970-01-01T00:00:01Z"})),
            task(json!({"status": "failed", "dead": true, "priority": 100})),
        ];
        assert_eq!(
            table(&tasks, Millis(120_000)).render(None, false),
            "ID   STATUS           PRIO  TRY  CREATED  WORKER  TEXT\n\
             t-7  pending            50  0/5  2m ago   -       Write the notes\n\
             t-8  blocked by 2       50  0/5  2m ago   -       Write the notes\n\
             t-9  waits, in 1m       50  0/5  2m ago   -       Write the notes\n\
             t-7  in_progress 40%    50  1/5  2m ago   w-1     Write the notes\n\
             t-7  stopping           50  0/5  2m ago   -       Write the notes\n\
             t-7  failed, dead      100  0/5  2m ago   -       Write the notes\n"
        );
    }
}
