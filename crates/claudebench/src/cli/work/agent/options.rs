//! How an agent is run, as the command line has it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::worktree::{Keep, Place, make_folder};
use super::{Agent, Budget};
use crate::cli::failure::{Failure, Outcome};

/// Agents that are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(in crate::cli::work) enum Kind {
    /// Claude Code
    Claude,
}

/// How an agent is run.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options of --agent")]
pub(in crate::cli::work) struct Options {
    /// Let an agent work on each task, headless, in a git worktree of its own; what follows `--` goes
    /// to the agent
    #[arg(long, value_enum, value_name = "AGENT", conflicts_with = "exec")]
    pub(in crate::cli::work) agent: Option<Kind>,
    /// The program of the agent
    #[arg(
        long,
        value_name = "PROGRAM",
        default_value = "claude",
        requires = "agent",
        conflicts_with = "exec"
    )]
    agent_program: String,
    /// The git repository to work in
    #[arg(long, visible_alias = "repo", value_name = "DIR", default_value = ".")]
    #[arg(requires = "agent", conflicts_with = "exec")]
    repository: PathBuf,
    /// What the branch of a task begins from
    #[arg(
        long,
        value_name = "COMMIT",
        default_value = "HEAD",
        requires = "agent",
        conflicts_with = "exec"
    )]
    base: String,
    /// Where worktrees are made; by default .claudebench/worktrees in the repository, which git
    /// does not see
    #[arg(long, value_name = "DIR", requires = "agent", conflicts_with = "exec")]
    worktrees: Option<PathBuf>,
    /// Which worktrees stay when the work is over
    #[arg(
        long,
        value_enum,
        value_name = "WHICH",
        default_value = "changed",
        requires = "agent",
        conflicts_with = "exec"
    )]
    keep_worktrees: Keep,
    /// How much a task may cost, over all of its attempts, in US dollars
    #[arg(long, value_name = "USD", value_parser = dollars, requires = "agent", conflicts_with = "exec")]
    cost_limit: Option<f64>,
    /// How much this worker may spend, before it ends, in US dollars
    #[arg(long, value_name = "USD", value_parser = dollars, requires = "agent", conflicts_with = "exec")]
    total_cost_limit: Option<f64>,
    /// How many turns an attempt may take
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    #[arg(requires = "agent", conflicts_with = "exec")]
    max_turns: Option<u32>,
    /// The model
    #[arg(long, value_name = "MODEL", requires = "agent", conflicts_with = "exec")]
    model: Option<String>,
    /// What the agent may do without being asked, as nobody is there who could be
    #[arg(
        long,
        value_name = "MODE",
        default_value = "acceptEdits",
        requires = "agent",
        conflicts_with = "exec"
    )]
    permission_mode: String,
}

impl Options {
    /// The agent, if one was asked for.
    pub(in crate::cli::work) fn agent(
        self,
        more: Vec<String>,
        hands: usize,
    ) -> Outcome<Option<Agent>> {
        let Some(Kind::Claude) = self.agent else { return Ok(None) };
        let repository = PathBuf::from(asked(
            &self.repository,
            &["rev-parse", "--show-toplevel"],
            "give a folder in a git repository with --repository",
        )?);
        asked(
            &repository,
            &["rev-parse", "--verify", &format!("{}^{{commit}}", self.base)],
            "give a commit that there is with --base; a new repository needs a first one",
        )?;
        let folder = self.worktrees.unwrap_or_else(|| repository.join(".claudebench/worktrees"));
        let folder = make_folder(&folder, &repository).map_err(|e| {
            let what = format!("no worktrees can be made in {}: {e}", folder.display());
            Failure::advise(what, "give another folder with --worktrees")
        })?;
        let mut args = vec!["--permission-mode".to_owned(), self.permission_mode];
        if let Some(turns) = self.max_turns {
            args.extend(["--max-turns".into(), turns.to_string()]);
        }
        if let Some(model) = self.model {
            args.extend(["--model".into(), model]);
        }
        args.extend(more);
        Ok(Some(Agent {
            program: program(self.agent_program)?,
            args,
            place: Place {
                repository,
                folder,
                base: self.base,
                keep: self.keep_worktrees,
                turn: tokio::sync::Mutex::new(()),
            },
            budget: Budget::new(self.cost_limit, self.total_cost_limit, hands),
        }))
    }
}

/// A program that is named by its place is found from everywhere.
fn program(name: String) -> Outcome<String> {
    if !name.contains('/') {
        return Ok(name);
    }
    let path = std::path::absolute(&name)
        .map_err(|e| Failure::local(format!("the working folder is not known: {e}")))?;
    Ok(path.to_string_lossy().into_owned())
}

/// What git says before any task is claimed.
fn asked(folder: &Path, args: &[&str], next: &str) -> Outcome<String> {
    let mut command = Command::new("git");
    for name in super::git::MISLEADING {
        command.env_remove(name);
    }
    let said = command.args(args).current_dir(folder).env("LC_ALL", "C").stdin(Stdio::null());
    let said = said.output().map_err(|e| {
        let what = format!("git cannot be run in {}: {e}", folder.display());
        Failure::advise(what, "install git, and give a folder that there is")
    })?;
    if said.status.success() {
        return Ok(String::from_utf8_lossy(&said.stdout).trim_end().to_owned());
    }
    let why = String::from_utf8_lossy(&said.stderr);
    let why = why.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned();
    let what = format!("{} is nothing to work in: {why}", folder.display());
    Err(Failure::advise(what, next))
}

/// An amount of US dollars.
fn dollars(text: &str) -> Result<f64, String> {
    let amount = text.trim_start_matches('$').parse().ok();
    let amount = amount.filter(|amount| (0.01..=1_000_000.0).contains(amount));
    amount.ok_or_else(|| format!("expected 0.01 to 1000000 US dollars, got `{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read() {
        assert_eq!((dollars("2.50"), dollars("$3")), (Ok(2.5), Ok(3.0)));
        for text in ["0", "-1", "NaN", "inf", "", "1e9"] {
            assert!(dollars(text).is_err(), "{text}");
        }
    }
}
