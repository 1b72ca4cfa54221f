//! `claudebench task`: tasks from a terminal or a script.

mod add;
mod change;
mod claim;
mod list;
mod report;
mod show;
mod view;
mod watch;

use clap::Subcommand;

use super::failure::Outcome;
use super::session::Session;

/// What can be done with tasks.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a task, or many from a file
    Add(Box<add::Add>),
    /// List tasks
    #[command(visible_alias = "ls")]
    List(Box<list::List>),
    /// Show a task with all that is known of it
    Show(show::Show),
    /// Tell what happened to a task
    History(show::History),
    /// Say why a task waits
    Explain(show::Explain),
    /// Take the best ready tasks, to work on them
    Claim(claim::Claim),
    /// Say that the work goes on, and how far it is
    Heartbeat(report::Heartbeat),
    /// End a task with success
    Complete(report::Complete),
    /// Say that an attempt failed; the task is tried again, unless that cannot help
    Fail(report::Fail),
    /// Give a claimed task back; the attempt does not count
    Release(report::Release),
    /// Follow a task until it has ended, or all tasks
    Watch(watch::Watch),
    /// Call a task off
    Cancel(change::Cancel),
    /// Put an ended task back, to be done again
    Retry(change::Retry),
    /// Put dead letters back, to be done again
    Redrive(change::Redrive),
}

impl Command {
    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        match self {
            Self::Add(add) => add.run(session).await,
            Self::List(list) => list.run(session).await,
            Self::Show(show) => show.run(session).await,
            Self::History(history) => history.run(session).await,
            Self::Explain(explain) => explain.run(session).await,
            Self::Claim(claim) => claim.run(session).await,
            Self::Heartbeat(heartbeat) => heartbeat.run(session).await,
            Self::Complete(complete) => complete.run(session).await,
            Self::Fail(fail) => fail.run(session).await,
            Self::Release(release) => release.run(session).await,
            Self::Watch(watch) => watch.run(session).await,
            Self::Cancel(cancel) => cancel.run(session).await,
            Self::Retry(retry) => retry.run(session).await,
            Self::Redrive(redrive) => redrive.run(session).await,
        }
    }
}
