//! `claudebench migrate`.

use claudebench_store::postgres::{self, MIGRATIONS, OpenError, Step};
use serde_json::{Value, json};

use super::Shared;
use super::failure::{Exit, Failure, Outcome};
use super::output::{Out, Style, Table};

/// Bring the database up to date, or show what that would do
///
/// A server does this by itself at its start, and several that start together one after the other;
/// this does it before. Steps go forward only, and what was begun and not ended is done the next time.
/// Servers of the version before go on working beside each step, unless it is shown that they must be
/// stopped first. It is for PostgreSQL: the embedded store belongs to one server, which does it at its
/// start.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench migrate --check
  claudebench migrate")]
pub(super) struct Migrate {
    /// Only show what would be done; the exit code is 1 if that is anything
    #[arg(long)]
    check: bool,
}

impl Migrate {
    /// Does it.
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let config = shared.load_for_server(Vec::new())?.config;
        let Some(options) = config.database().map_err(Failure::local)? else {
            if out.for_programs() {
                return report(&[], self.check, out);
            }
            return out
                .line("The embedded store is brought up to date by the start of its server.");
        };
        let steps = super::one_thread()?.block_on(async {
            if self.check {
                postgres::look(&options).await.map(|found| found.missing)
            } else {
                postgres::bring_up_to_date(&options, MIGRATIONS).await
            }
        });
        let steps = steps.map_err(failure)?;
        report(&steps, self.check, out)?;
        if self.check && !steps.is_empty() { Err(Failure::Said(Exit::Failed)) } else { Ok(()) }
    }
}

fn report(steps: &[Step], check: bool, out: &mut Out) -> Outcome {
    if out.for_programs() {
        let step = |step: &Step| {
            let Step { version, name, beside } = step;
            json!({"version": version, "name": name, "serversGoOn": beside})
        };
        let steps: Vec<Value> = steps.iter().map(step).collect();
        return out.json(&json!({"done": !check, "steps": steps}));
    }
    if steps.is_empty() {
        return out.styled(Style::Green, "The database is up to date.");
    }
    let mut table = Table::new(&["STEP", "NAME", "SERVERS OF THE VERSION BEFORE"]);
    for Step { version, name, beside } in steps {
        let servers = match beside {
            Some(true) => "go on",
            Some(false) => "must be stopped first",
            None => "none: it is empty",
        };
        table.row([version.to_string().into(), (*name).into(), servers.into()]);
    }
    out.table(&table)?;
    out.line(if check { "These would be done." } else { "These were done." })
}

/// With what to do, where its own words do not say it.
fn failure(error: OpenError) -> Failure {
    if error.may_pass() {
        return Failure::advise(error, "see to the database and its url, then try again");
    }
    Failure::local(error)
}
