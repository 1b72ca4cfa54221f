//! What a worker reports: `claudebench task heartbeat`, `complete`, `fail` and `release`.

use claudebench_core::TaskId;
use claudebench_services::task::{self, Settled};
use serde_json::Value;

use super::view::status_style;
use crate::cli::failure::Outcome;
use crate::cli::output::{Style, in_future};
use crate::cli::session::Session;
use crate::cli::values::{Params, json, json_or_text, lease, name, pause, share, task_id};

/// Which task, and under which lease.
#[derive(Debug, clap::Args)]
struct Held {
    /// The task
    #[arg(value_parser = task_id)]
    id: TaskId,
    /// The fence of the lease; with it, a report that comes too late is refused
    #[arg(long, value_name = "N")]
    fence: Option<i64>,
    /// Who reports; without a fence, it must hold the task
    #[arg(long, short, value_name = "NAME", value_parser = name)]
    worker: Option<String>,
}

impl Held {
    fn params(self) -> Params {
        Params::new()
            .with("id", self.id.to_string())
            .maybe("fence", self.fence)
            .maybe("workerId", self.worker)
    }
}

/// Say that the work goes on, and how far it is
///
/// Extends the lease. The answer says whether the task was called off: then stop.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Heartbeat {
    #[command(flatten)]
    held: Held,
    /// How much is done, 0 to 1
    #[arg(long, value_name = "SHARE", value_parser = share)]
    progress: Option<f64>,
    /// What is being done
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// What the next attempt should know, if this one fails
    #[arg(long, value_name = "JSON", value_parser = json)]
    checkpoint: Option<Value>,
    /// Extend by so long, instead of the lease's own length
    #[arg(long, value_name = "DURATION", value_parser = lease)]
    lease: Option<i64>,
}

impl Heartbeat {
    fn params(self) -> Params {
        self.held
            .params()
            .maybe("progress", self.progress)
            .maybe("note", self.note)
            .maybe("checkpoint", self.checkpoint)
            .maybe("leaseMs", self.lease)
    }

    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let Some(done) = session.ask::<task::Heartbeat>(self.params()).await? else {
            return Ok(());
        };
        let now = session.out.now();
        if done.cancelled {
            let why = done.cancel_reason.map(|why| format!(": {why}")).unwrap_or_default();
            let until = done.grace_ends_at.map(|at| in_future(at, now)).unwrap_or_default();
            let text = format!("{} was called off{why}. Stop; it is taken away {until}.", done.id);
            return session.out.styled(Style::Yellow, &text);
        }
        session.out.line(format!(
            "{}: the lease ends {}",
            done.id,
            in_future(done.lease.expires_at, now)
        ))
    }
}

/// End a task with success
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench task complete t-1 --fence 3 --result '{\"files\": 3}'
  claudebench task complete t-1 --worker builder-1 --result \"all tests pass\"")]
pub(in crate::cli) struct Complete {
    #[command(flatten)]
    held: Held,
    /// What came out of it: JSON, or a text
    #[arg(long, short, value_name = "JSON", value_parser = json_or_text)]
    result: Option<Value>,
}

impl Complete {
    fn params(self) -> Params {
        self.held.params().maybe("result", self.result)
    }

    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let Some(done) = session.ask::<task::Complete>(self.params()).await? else {
            return Ok(());
        };
        let again = if done.repeated { ", as reported before" } else { "" };
        let text = format!("{} is {}{again}", done.id, done.status.name());
        session.out.styled(status_style(done.status), &text)
    }
}

/// Say that an attempt failed; the task is tried again, unless that cannot help
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench task fail t-1 --fence 3 --error \"the registry answers 503\" --reason unavailable
  claudebench task fail t-1 --fence 3 --error \"no such branch\" --no-retry")]
pub(in crate::cli) struct Fail {
    #[command(flatten)]
    held: Held,
    /// What went wrong
    #[arg(long, short, value_name = "TEXT")]
    error: Option<String>,
    /// The kind of failure; it decides whether trying again may help
    #[arg(long, value_name = "KIND")]
    #[arg(value_parser = [
        "error", "invalid_input", "refused", "timeout", "rate_limited", "unavailable", "crashed",
    ])]
    reason: Option<String>,
    /// Trying again cannot help
    #[arg(long)]
    no_retry: bool,
    /// Try again after so long, instead of the backoff
    #[arg(long, value_name = "DURATION", value_parser = pause, conflicts_with = "no_retry")]
    retry_after: Option<i64>,
}

impl Fail {
    fn params(self) -> Params {
        self.held
            .params()
            .maybe("error", self.error)
            .maybe("reason", self.reason)
            .maybe("retryable", self.no_retry.then_some(false))
            .maybe("retryAfterMs", self.retry_after)
    }

    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let Some(done) = session.ask::<task::Fail>(self.params()).await? else { return Ok(()) };
        settled(&done, session)
    }
}

/// Give a claimed task back; the attempt does not count
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Release {
    #[command(flatten)]
    held: Held,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Ready again only after so long
    #[arg(long, value_name = "DURATION", value_parser = pause)]
    delay: Option<i64>,
}

impl Release {
    fn params(self) -> Params {
        self.held.params().maybe("reason", self.reason).maybe("delayMs", self.delay)
    }

    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let Some(done) = session.ask::<task::Release>(self.params()).await? else { return Ok(()) };
        settled(&done, session)
    }
}

/// Says where a task stands after its attempt ended.
fn settled(done: &Settled, session: &mut Session<'_>) -> Outcome {
    let mut text = format!("{} is {}", done.id, done.status.name());
    if done.dead {
        text.push_str(&format!(
            " for good, a dead letter; `claudebench task retry {}` puts it back",
            done.id
        ));
    }
    let now = session.out.now();
    // One that was given back is ready at once.
    if let Some(at) = done.retry_at.filter(|at| at.since(now) >= 1_000) {
        text.push_str(&format!(", to be tried again {}", in_future(at, now)));
    }
    session.out.styled(status_style(done.status), &text)
}
