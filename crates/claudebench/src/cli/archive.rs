//! `claudebench archive`.

use clap::Subcommand;
use claudebench_core::{Code, Error, Millis, TaskId};
use claudebench_store::postgres::{Archive, Due, Moved, OpenError, Restored, Verified};
use claudebench_store::{ArchivedFile, StoreError};
use serde_json::json;

use super::Shared;
use super::failure::{Exit, Failure, Outcome};
use super::output::{Out, Style, Table, ago, bytes, count};

/// Move old tasks and events to files, look at these, and put tasks back
///
/// The folder is that of `archive.dir`. This works on the database itself, while servers run. It is for
/// PostgreSQL: the embedded store keeps what it has.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Move what is due now
    Run(Run),
    /// List the files
    List,
    /// Read every file, and say which are not as they were written; the exit code is 1 if any is
    Verify,
    /// Put tasks back into the database, with their attachments
    Restore(Restore),
}

/// Move what is due now
///
/// Servers do this by themselves, as often as `archive.every_ms` says. Broken off at any moment, nothing is lost:
/// call it again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench archive run --dry-run
  claudebench archive run")]
pub(super) struct Run {
    /// Only show which tasks would be moved
    #[arg(long)]
    dry_run: bool,
}

/// Put tasks back into the database, with their attachments
///
/// They stay for as long as is said of other tasks (`archive.after_months`), and go then once more.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench archive restore t-1856471859101138945
  claudebench archive restore --month 2026-08")]
pub(super) struct Restore {
    /// The tasks
    #[arg(value_name = "ID", required_unless_present = "month")]
    ids: Vec<TaskId>,
    /// All tasks that were made in a month, such as 2026-08
    #[arg(long, value_name = "MONTH", conflicts_with = "ids", value_parser = month)]
    month: Option<String>,
}

/// A month as `2026-08`.
fn month(text: &str) -> Result<String, String> {
    let is = |text: &str, len: usize| text.len() == len && text.bytes().all(|c| c.is_ascii_digit());
    match text.split_once('-') {
        Some((year, month)) if is(year, 4) && is(month, 2) && ("01"..="12").contains(&month) => {
            Ok(text.to_owned())
        }
        _ => Err(format!("expected a month such as 2026-08, got `{text}`")),
    }
}

impl Command {
    /// Does it.
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let config = shared.load_for_server(Vec::new())?.config;
        let Some(options) = config.database().map_err(Failure::local)? else {
            return Err(Failure::advise(
                "the tasks are in the embedded store, which keeps them all",
                "keep the tasks in PostgreSQL (`store.url`) to archive old ones",
            ));
        };
        if options.archive.is_none() {
            return Err(Failure::advise(
                "no folder is named for the archive",
                "name one that is there: `[archive] dir` in the configuration",
            ));
        }
        super::one_thread()?.block_on(async {
            let mut archive = Archive::open(&options).await.map_err(unopened)?;
            match self {
                Self::Run(Run { dry_run: true }) => {
                    let due = archive.due().await.map_err(failed)?;
                    show_due(&due, out)
                }
                Self::Run(_) => run(&mut archive, out).await,
                Self::List => {
                    let files = archive.files().await.map_err(failed)?;
                    list(&files, out)
                }
                Self::Verify => {
                    let verified = archive.verify().await.map_err(failed)?;
                    verify(&verified, out)
                }
                Self::Restore(restore) => {
                    let done = match &restore.month {
                        Some(month) => archive.restore_month(month).await,
                        None => archive.restore(&restore.ids).await,
                    };
                    restored(&done.map_err(failed)?, out)
                }
            }
        })
    }
}

async fn run(archive: &mut Archive, out: &mut Out) -> Outcome {
    let mut progress = out.progress("moving rows");
    let rows = |moved: &Moved| u64::try_from(moved.tasks + moved.events).unwrap_or(0);
    let moved = archive.run(|moved| progress.at(rows(moved), None)).await;
    drop(progress);
    let moved = moved.map_err(failed)?;
    if out.for_programs() {
        return out.json(&moved);
    }
    if moved.files + moved.months == 0 {
        return out.line("Nothing is due.");
    }
    let Moved { tasks, attachments, events, files, months } = moved;
    let [tasks, attachments, events, files, months] =
        [tasks, attachments, events, files, months].map(count);
    out.line(format!(
        "Moved: tasks {tasks}, attachments {attachments}, events {events}; new files {files}, empty months \
         dropped {months}."
    ))
}

fn show_due(due: &[Due], out: &mut Out) -> Outcome {
    if out.for_programs() {
        return out.json(&json!({ "due": due }));
    }
    if due.is_empty() {
        return out.line("No task is due.");
    }
    let mut table = Table::new(&["MONTH", "TASKS", "ATTACHMENTS"]);
    for Due { month, tasks, attachments } in due {
        table.row([
            month.as_str().into(),
            tasks.to_string().into(),
            attachments.to_string().into(),
        ]);
    }
    out.table(&table)?;
    out.line("These would be moved, and events past their retention.")
}

fn list(files: &[ArchivedFile], out: &mut Out) -> Outcome {
    if out.for_programs() {
        return out.json(&json!({ "files": files }));
    }
    if files.is_empty() {
        return out.line("There is no file yet.");
    }
    let now = out.now();
    let mut table = Table::new(&["FILE", "TASKS", "ATTACHMENTS", "EVENTS", "SIZE", "MADE"]);
    for file in files {
        table.row([
            file.name.as_str().into(),
            file.tasks.to_string().into(),
            file.attachments.to_string().into(),
            file.events.to_string().into(),
            bytes(u64::try_from(file.bytes).unwrap_or(0)).into(),
            ago(Millis(file.at), now).into(),
        ]);
    }
    out.table(&table)
}

fn verify(verified: &Verified, out: &mut Out) -> Outcome {
    let is_good = verified.damaged.is_empty();
    if out.for_programs() {
        out.json(verified)?;
    } else {
        let style = if is_good { Style::Green } else { Style::Red };
        let (good, bad) = (verified.good, verified.damaged.len());
        out.styled(style, &format!("Files as they were written: {good}; others: {bad}."))?;
        for what in &verified.damaged {
            out.line(what)?;
        }
        for name in &verified.unknown {
            out.note(format!("{name} is not of this database, or was not needed"));
        }
    }
    if is_good { Ok(()) } else { Err(Failure::Said(Exit::Failed)) }
}

fn restored(done: &Restored, out: &mut Out) -> Outcome {
    if out.for_programs() {
        out.json(done)?;
    } else {
        let (back, here) = (done.restored.len(), done.here.len());
        out.line(format!("Tasks put back: {back}; here already: {here}."))?;
        for id in &done.unknown {
            out.note(format!("{id} is neither here nor in the archive"));
        }
    }
    if done.unknown.is_empty() { Ok(()) } else { Err(Failure::Said(Exit::NotFound)) }
}

fn unopened(error: OpenError) -> Failure {
    if error.may_pass() {
        return Failure::advise(error, "see to the database and its url, then try again");
    }
    Failure::local(error)
}

fn failed(error: StoreError) -> Failure {
    match error {
        StoreError::Unavailable { .. } | StoreError::Overloaded | StoreError::TooSlow => {
            Error::new(Code::Unavailable, error.to_string()).into()
        }
        other => Failure::local(other),
    }
}
