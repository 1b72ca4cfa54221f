//! `claudebench import`: tasks from elsewhere.

mod beads;
mod bring;
mod item;
mod order;
mod public;
mod taskmaster;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use super::failure::{Exit, Failure, Outcome};
use super::output::{Style, Table};
use super::session::Session;
use super::values;
use crate::config::has_password;
use bring::{Bringer, Brought, advised};
use item::{Left, Source};

/// Bring tasks over from elsewhere: a public ClaudeBench, beads, or Task Master
///
/// Nothing changes at the source. Run twice, nothing comes twice: what came before is found by its tag and its
/// id at the source. While tasks come, nobody can claim them. It tells what came, and what could not, and why.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench import claudebench @database.url --dry-run
  claudebench import beads .
  claudebench import taskmaster ~/site --project site")]
pub(super) struct Import {
    #[command(subcommand)]
    from: From,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Subcommand)]
enum From {
    /// From the PostgreSQL of a public ClaudeBench, which is only read
    Claudebench {
        /// The URL of the database: postgres://..; with a password in it, @FILE, a file that holds it
        #[arg(value_name = "URL")]
        database: String,
    },
    /// From beads: a repository with .beads, or a file of issues as JSON lines
    Beads {
        /// The folder or the file
        #[arg(value_name = "PATH", default_value = ".")]
        path: PathBuf,
    },
    /// From Task Master: a repository with .taskmaster, or a tasks.json
    Taskmaster {
        /// The folder or the file
        #[arg(value_name = "PATH", default_value = ".")]
        path: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct How {
    /// Only say what would come
    #[arg(long, global = true)]
    dry_run: bool,
    /// Put all of it into this project
    #[arg(long, global = true, value_name = "NAME", value_parser = values::name)]
    project: Option<String>,
    /// Which source of its kind this is, where there are several: tasks of another one are others
    #[arg(long = "as", global = true, value_name = "NAME", value_parser = values::name)]
    #[arg(default_value = "main")]
    name: String,
}

impl Import {
    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let mut source = match &self.from {
            From::Claudebench { database } => public::read(&url(database)?).await?,
            From::Beads { path } => beads::read(path)?,
            From::Taskmaster { path } => taskmaster::read(path)?,
        };
        source.name.clone_from(&self.how.name);
        let mut left = std::mem::take(&mut source.left);
        let order = order::ordered(&source.items, &mut left);
        let project = self.how.project.as_deref();
        let bringer = Bringer::new(session, &source, project).await.map_err(advised)?;
        let brought = if self.how.dry_run {
            Brought { existing: bringer.existing(), ..Brought::default() }
        } else {
            bringer.bring(&order).await.map_err(|failure| Failure::Partly {
                failure: Box::new(advised(failure)),
                what: "some tasks may be there".into(),
                next: "see to it, then run the same command again: it goes on where it stopped",
            })?
        };
        tell(&source, &brought, &left, self.how.dry_run, session)?;
        if brought.refused.is_empty() { Ok(()) } else { Err(Failure::Said(Exit::Failed)) }
    }
}

/// The URL of a database; one with a password comes from a file.
fn url(text: &str) -> Outcome<String> {
    match text.strip_prefix('@') {
        None if has_password(text) => {
            let what = "other users of this machine see the arguments of a program: put a URL with a \
                        password into a file, and give @FILE";
            Err(Failure::Usage(what.into()))
        }
        None => Ok(text.to_owned()),
        Some(path) => {
            let read = std::fs::read_to_string(path).map_err(|error| Failure::Input {
                what: format!("the file with the URL cannot be read: {path}: {error}"),
                next: "name a file that holds the URL of a database, and that you may read".into(),
            })?;
            Ok(read.trim().to_owned())
        }
    }
}

/// Says what came, and what did not.
fn tell(
    source: &Source,
    brought: &Brought,
    left: &[Left],
    dry_run: bool,
    session: &mut Session<'_>,
) -> Outcome {
    let mut statuses: BTreeMap<&str, usize> = BTreeMap::new();
    for item in &source.items {
        *statuses.entry(item.end.name()).or_default() += 1;
    }
    let all = || left.iter().chain(&brought.refused);
    let out = &mut session.out;
    if out.for_programs() {
        let told = |left: &Left| json!({"id": left.id, "why": left.why});
        let left: Vec<Value> = left.iter().map(told).collect();
        let refused: Vec<Value> = brought.refused.iter().map(told).collect();
        return out.json(&json!({
            "from": source.kind, "tag": source.tag(), "dryRun": dry_run,
            "found": source.items.len(), "made": brought.made, "existing": brought.existing,
            "attachments": brought.attachments, "statuses": statuses,
            "notes": left, "refused": refused,
        }));
    }
    let mut table = Table::new(&["STATUS", "TASKS"]).right(&[1]);
    for (status, count) in statuses {
        table.row([status.into(), count.to_string().into()]);
    }
    out.table(&table)?;
    if all().next().is_some() {
        out.line("")?;
        let mut table = Table::new(&["ID", "NOT AS IT WAS"]);
        for left in all() {
            table.row([left.id.as_str().into(), left.why.as_str().into()]);
        }
        out.table(&table)?;
    }
    out.line("")?;
    let Brought { made, existing, attachments, refused } = brought;
    let text = if dry_run {
        let new = source.items.len() - existing;
        format!("{new} tasks would come, {existing} are there already. Nothing was changed.")
    } else {
        format!("{made} tasks came, with {attachments} attachments; {existing} were there already.")
    };
    let style = if refused.is_empty() { Style::Green } else { Style::Yellow };
    out.styled(style, &text)?;
    let tag = source.tag();
    if !dry_run {
        out.note(format!("next: claudebench task list --tag {tag}"));
    }
    Ok(())
}
