//! `claudebench task claim`.

use std::time::Duration;

use claudebench_core::Code;
use claudebench_services::task;
use serde_json::{Value, json};

use crate::cli::failure::{Exit, Failure, Outcome};
use crate::cli::output::{Cell, Style, Table, in_future};
use crate::cli::session::{Session, read};
use crate::cli::values::{Params, lease, name, wait};
use crate::client::ClientError;

/// Take the best ready tasks, to work on them
///
/// Priority decides, then age. Nobody else gets a task before its lease ends: extend the lease with
/// `task heartbeat`, end the work with `task complete`, `fail` or `release`, and give the fence with
/// each, so that a report that comes too late is refused. With nothing to claim, the exit code is 8.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench task claim --worker builder-1
  claudebench task claim --worker builder-1 --role build --wait 30s --json")]
pub(in crate::cli) struct Claim {
    /// Who will work on them; registered on the way, if it is not yet
    #[arg(long, short, value_name = "NAME", value_parser = name, default_value = "cli")]
    worker: String,
    /// The most tasks
    #[arg(long, short = 'n', value_name = "N", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=100))]
    max: u8,
    /// How long to wait for a task when none is ready; to 60s
    #[arg(long, value_name = "DURATION", value_parser = wait, default_value = "0")]
    wait: i64,
    /// A role to work in; may be repeated
    #[arg(long, value_name = "NAME", value_parser = name)]
    role: Vec<String>,
    /// Only tasks of this project
    #[arg(long, value_name = "NAME", value_parser = name)]
    project: Option<String>,
    /// Only tasks that carry this tag; may be repeated
    #[arg(long, value_name = "NAME", value_parser = name)]
    tag: Vec<String>,
    /// How long the lease lasts without a sign of life
    #[arg(long, value_name = "DURATION", value_parser = lease, default_value = "5m")]
    lease: i64,
}

impl Claim {
    fn params(&self) -> Params {
        Params::new()
            .with("workerId", self.worker.clone())
            .with("maxTasks", self.max)
            .with("waitMs", self.wait)
            .list("roles", &self.role)
            .maybe("project", self.project.clone())
            .list("tags", &self.tag)
            .with("leaseMs", self.lease)
    }

    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let wait = Duration::from_millis(u64::try_from(self.wait).unwrap_or(0));
        let params = self.params();
        let answer = match session.raw::<task::Claim>(&params, wait).await {
            Err(failure) if is_unregistered(&failure) => {
                let register = json!({"id": self.worker, "roles": self.role});
                let _: Value = session.client.call("system.register", &register).await?;
                session.raw::<task::Claim>(&params, wait).await?
            }
            other => other?,
        };
        let claimed = read::<task::Claim>(&answer)?;
        if session.out.for_programs() {
            session.out.json(&answer)?;
        }
        if !claimed.claimed {
            session.out.note("Nothing to claim.");
            return Err(Failure::Said(Exit::NothingToClaim));
        }
        if !session.out.for_programs() {
            session.out.table(&table(&claimed, session))?;
            if let Some((task, lease)) =
                claimed.tasks.first().and_then(|task| Some((task, task.lease.as_ref()?)))
            {
                let (id, fence) = (task.id, lease.fence);
                session.out.note(format!("next: claudebench task complete {id} --fence {fence}"));
            }
        }
        Ok(())
    }
}

fn is_unregistered(failure: &Failure) -> bool {
    let Failure::Client(ClientError::Refused(error)) = failure else { return false };
    error.code == Code::NotFound && error.details.get("workerId").is_some()
}

fn table(claimed: &task::Claimed, session: &Session<'_>) -> Table {
    let now = session.out.now();
    let mut table = Table::new(&["ID", "FENCE", "TRY", "LEASE ENDS", "PRIO", "TEXT"]);
    table = table.right(&[1, 2, 4]);
    for task in &claimed.tasks {
        let lease = task.lease.as_ref();
        table.row([
            Cell::styled(Style::Bold, task.id.to_string()),
            lease.map(|lease| lease.fence.to_string()).unwrap_or_default().into(),
            format!("{}/{}", task.attempt, task.max_attempts).into(),
            lease.map(|lease| in_future(lease.expires_at, now)).unwrap_or_default().into(),
            task.priority.to_string().into(),
            task.text.as_str().into(),
        ]);
    }
    table
}
