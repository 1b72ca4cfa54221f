//! `claudebench store`.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use claudebench_store::copy::{self, Copied, CopyError, Place, Progress, Stage};
use claudebench_store::postgres::PostgresOptions;
use claudebench_store::sqlite;
use serde_json::{Value, json};

use super::Shared;
use super::failure::{Failure, Outcome};
use super::output::{Out, count};
use crate::config::has_password;

/// What is done with all data.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Copy everything from one store into another, empty one
    Copy(Copy),
}

impl Command {
    /// Does it.
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        match self {
            Self::Copy(copy) => copy.run(shared, out),
        }
    }
}

/// Copy everything from one store into another, empty one
///
/// Each is a data directory, a URL without a password (postgres://USER@HOST:PORT/DATABASE), or @FILE,
/// a file that holds the URL: as other users of a machine see the arguments of a program, one with a
/// password comes from a file alone. Stop all servers of both first. Everything goes along: tasks with their leases, dependencies and
/// attachments, the log of events with its cursors, answers under idempotency keys, instances,
/// pauses, API keys, tenants, the shared configuration and the figures of dashboards. At the end both
/// sides are read anew, and compared by counts and checksums. The source stays as it is.
///
/// If it is cut off, run it again: it goes on where it stopped. Until it is done, no server takes the
/// target.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench store copy claudebench-data postgres://claudebench@db/claudebench
  claudebench store copy @/etc/claudebench/database.url /var/lib/claudebench")]
pub(super) struct Copy {
    /// Where the data is
    from: String,
    /// Where it goes
    to: String,
}

impl Copy {
    fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let lease_ms = shared.load_for_server(Vec::new())?.config.tasks.lease_ms;
        let (from, to) = (place(&self.from)?, place(&self.to)?);
        let mut progress = out.progress("copying");
        let mut shown = Shown::default();
        let copying = copy::copy(&from, &to, lease_ms, |at| {
            progress.doing(|| shown.line(at));
            ControlFlow::Continue(())
        });
        let copied = super::one_thread()?.block_on(copying);
        drop(progress);
        report(&copied.map_err(|error| failure(&error))?, &to, out)
    }
}

/// Where a store is, as an argument says it.
fn place(text: &str) -> Outcome<Place> {
    let read;
    let text = match text.strip_prefix('@') {
        None if has_password(text) => {
            let what = "other users of this machine see the arguments of a program: put a URL with a \
                        password into a file, and give @FILE";
            return Err(Failure::Usage(what.into()));
        }
        None => text,
        Some(path) => {
            read = std::fs::read_to_string(path).map_err(|error| Failure::Input {
                what: format!("the file with the URL cannot be read: {path}: {error}"),
                next: "name a file that holds the URL of a database, and that you may read".into(),
            })?;
            read.trim()
        }
    };
    if !text.contains("://") {
        if text.is_empty() {
            return Err(Failure::Usage("a data directory or a URL is missing".into()));
        }
        return Ok(Place::Embedded(Path::new(text).to_owned()));
    }
    let options = PostgresOptions::new(text);
    options.check().map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(Place::Database(Box::new(options)))
}

/// What the line of progress remembers: when a stage began.
#[derive(Default)]
struct Shown(Option<(Stage, Instant, u64)>);

impl Shown {
    fn line(&mut self, at: Progress) -> String {
        let Progress { stage, table, rows } = at;
        let (begun, before) = match self.0 {
            Some((known, begun, before)) if known == stage => (begun, before),
            _ => {
                let now = Instant::now();
                self.0 = Some((stage, now, rows));
                (now, rows)
            }
        };
        let what = match stage {
            Stage::Copying => "copying",
            Stage::Finishing => return "putting in order what was copied ...".into(),
            Stage::Checking => "comparing",
        };
        let seconds = begun.elapsed().as_secs().max(1);
        let number = |n: u64| count(i64::try_from(n).unwrap_or(i64::MAX));
        let rate = number(rows.saturating_sub(before) / seconds);
        format!("{what} {table}: {} rows, {rate} a second", number(rows))
    }
}

fn report(copied: &Copied, to: &Place, out: &mut Out) -> Outcome {
    let rows: u64 = copied.tables.iter().map(|table| table.rows).sum();
    if out.for_programs() {
        let tables = copied.tables.iter().map(|table| {
            let copy::CopiedTable { name, rows, checksum } = table;
            json!({"name": name, "rows": rows, "sha256": checksum})
        });
        return out.json(&json!({
            "from": copied.from, "to": copied.to, "resumed": copied.resumed, "rows": rows,
            "tables": tables.collect::<Vec<Value>>(),
        }));
    }
    let rows = count(i64::try_from(rows).unwrap_or(i64::MAX));
    let tables = copied.tables.len();
    out.line(format!("{rows} rows of {tables} tables copied and compared."))?;
    out.note(match to {
        Place::Embedded(dir) => format!("next: claudebench serve --data {}", dir.display()),
        Place::Database(_) => {
            "next: set `store.url`, or `store.url_file`, to it, and start the servers".to_owned()
        }
    });
    Ok(())
}

/// With what to do.
fn failure(error: &CopyError) -> Failure {
    const ANEW: &str = "keep all servers of both stopped; remove the target's directory, or drop and \
                        create its database, and copy again";
    const AGAIN: &str = "see to it, then run the same command again: it goes on where it stopped";
    let next = match error {
        CopyError::Missing { .. } => "name the data directory or the database of a server",
        CopyError::NotEmpty { .. } => "give a new directory, or an empty database",
        CopyError::Another { .. } => "finish that copy, or give another target",
        CopyError::Unfinished { .. } => "finish that copy first",
        CopyError::Archived { .. } => {
            "put them back first: `claudebench archive list`, then `archive restore --month`"
        }
        CopyError::Behind { .. } => "run `claudebench migrate` over it first",
        CopyError::Moved { .. } | CopyError::Differ { .. } => ANEW,
        CopyError::InUse { .. } | CopyError::Embedded(sqlite::OpenError::InUse { .. }) => {
            "stop all servers of it, then run the same command again"
        }
        CopyError::Database(error) if !error.may_pass() => return Failure::local(error),
        CopyError::Embedded(_) => "run `claudebench doctor` over the data directory",
        CopyError::Database(_) | CopyError::Rows { .. } | CopyError::Stopped => AGAIN,
    };
    let what = match error {
        // Its own words advise what fits to starting a server.
        CopyError::Embedded(sqlite::OpenError::InUse { dir }) => {
            format!("a server uses the data directory {}", dir.display())
        }
        other => other.to_string(),
    };
    Failure::advise(what, next)
}
