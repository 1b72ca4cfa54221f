//! `claudebench doctor`: looks at what a server needs, and says what to do about what is wrong.

mod data;
mod database;
mod machine;
mod network;
mod redis;
mod repository;

use serde::Serialize;
use serde_json::json;

use super::failure::{Exit, Failure, Outcome};
use super::output::{Cell, Out, Style, Table};
use super::{DataDir, Shared};
use crate::config::Config;

/// Look for what is wrong on this machine, and say what to do
///
/// It looks at the configuration, the data directory and its database, the disk's room and speed,
/// or else at PostgreSQL, at the addresses, the clock and the server, and changes nothing. In a repository where
/// `claudebench init` was run it also tries the chain from Claude Code to the server: its hooks, MCP, the key. The exit code is 1 if something is
/// wrong; what is only to be looked at leaves it at 0.
#[derive(Debug, clap::Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    data: DataDir,
    /// Do not read the whole database
    #[arg(long)]
    quick: bool,
}

/// How something is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Good,
    /// It works; somebody should know.
    Look,
    Bad,
}

/// What was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct Check {
    name: &'static str,
    state: State,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Check {
    fn good(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, state: State::Good, found: found.into(), advice: None }
    }

    fn look(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, state: State::Look, found: found.into(), advice: Some(advice.into()) }
    }

    fn bad(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, state: State::Bad, found: found.into(), advice: Some(advice.into()) }
    }
}

impl Doctor {
    /// Does it.
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let (config, first) = self.config(shared)?;
        let mut checks = vec![first];
        let held = if config.store.is_embedded() {
            let held = data::held(&config.data);
            checks.extend(data::checks(&config.data, held));
            if !self.quick {
                let progress = out.progress("reading the database");
                checks.extend(data::whole(&config.data, progress));
            }
            checks.extend(machine::disk(&config.data));
            held
        } else {
            checks.extend(super::one_thread()?.block_on(database::checks(&config)));
            data::Held::Shared
        };
        checks.extend(super::one_thread()?.block_on(redis::checks(&config)));
        checks.extend(machine::checks(&config, out.now()));
        let network = network::checks(&config, shared, held);
        checks.extend(super::one_thread()?.block_on(network));
        checks.extend(super::one_thread()?.block_on(repository::checks(&config, shared)));
        report(&checks, out)?;
        if checks.iter().any(|check| check.state == State::Bad) {
            return Err(Failure::Said(Exit::Failed));
        }
        Ok(())
    }

    /// The configuration, or the default one where it is wrong, so that the rest can be looked at.
    fn config(&self, shared: &Shared) -> Outcome<(Config, Check)> {
        const NAME: &str = "configuration";
        let flags = shared.overrides(self.data.overrides());
        match Config::load_of_project(shared.config.as_deref(), flags) {
            Ok(loaded) => {
                let files = loaded.file.iter().chain(&loaded.project);
                let files: Vec<String> = files.map(|file| file.display().to_string()).collect();
                let none = || "the defaults; no file".into();
                let found = if files.is_empty() { none() } else { files.join(", ") };
                Ok((loaded.config, Check::good(NAME, found)))
            }
            Err(error) => {
                let defaults = Config::from_layers(None, Vec::new(), self.data.overrides());
                let config = defaults.map_err(Failure::local)?.config;
                let advice = "mend it; what follows is about the default configuration";
                Ok((config, Check::bad(NAME, error.to_string(), advice)))
            }
        }
    }
}

fn report(checks: &[Check], out: &mut Out) -> Outcome {
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    let (bad, look) = (count(State::Bad), count(State::Look));
    if out.for_programs() {
        return out.json(&json!({"ok": bad == 0, "checks": checks}));
    }
    out.table(&table(checks))?;
    let (style, text) = match (bad, look) {
        (0, 0) => (Style::Green, "All is well.".to_owned()),
        (0, look) => (Style::Yellow, format!("Nothing is wrong; {look} to look at.")),
        (bad, look) => (Style::Red, format!("{bad} wrong, {look} to look at.")),
    };
    out.line("")?;
    out.styled(style, &text)
}

fn table(checks: &[Check]) -> Table {
    let mut table = Table::of_fields();
    for check in checks {
        let (style, mark) = match check.state {
            State::Good => (Style::Green, "good"),
            State::Look => (Style::Yellow, "look"),
            State::Bad => (Style::Red, "bad"),
        };
        table.row([Cell::styled(style, mark), check.name.into(), check.found.as_str().into()]);
        if let Some(advice) = &check.advice {
            table.row(["".into(), "".into(), Cell::styled(Style::Cyan, format!("-> {advice}"))]);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_says_what_to_do() {
        let checks = [
            Check::good("clock", "2026-01-31T12:00:00.000Z"),
            Check::bad("disk", "5 MB free", "free some space"),
        ];
        assert_eq!(
            table(&checks).render(None, false),
            "good  clock  2026-01-31T12:00:00.000Z\n\
             bad   disk   5 MB free\n\
             \u{20}            -> free some space\n"
        );
    }
}
