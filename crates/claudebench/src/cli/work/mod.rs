//! `claudebench work`: a worker that anybody can run.

mod agent;
mod attempt;
mod environment;
mod fleet;
mod job;
mod lease;
mod link;
mod output;
mod process;
mod stage;
mod verdict;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::broadcast;

use super::Shared;
use super::failure::{Exit, Failure, Outcome};
use super::output::Out;
use super::values;
use crate::client::Address;
use crate::config::Config;
use crate::logging;
use fleet::{Bounds, Fleet, Workshop};
use job::Job;
use link::{Link, Wanted};
use output::{Show, Writer};
pub(super) use process::guard::Guard;

/// How many called off tasks are remembered for those who are busy.
const CANCELS: usize = 64;

/// Work on tasks: run a command for each, and report how it went
///
/// Claims tasks as they come, and runs a command for each: with the task as JSON on standard input, and what
/// a script wants at hand in the environment (CLAUDEBENCH_TASK_ID, CLAUDEBENCH_TASK_TEXT, CLAUDEBENCH_FENCE
/// and others). Exit code 0 completes the task, with what was written to standard output as its result; 75
/// gives it back, to be tried later; 65 says that trying again cannot help; any other is a failed attempt.
///
/// SIGINT or SIGTERM: no more tasks are claimed, and those under way may end; after --grace, or a second
/// signal, they are killed and given back.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench work --exec 'make test'
  claudebench work --exec ./build.sh --concurrency 4 --role build --project site
  claudebench work --once -- jq .text
  claudebench work --agent claude --cost-limit 2 --total-cost-limit 20 --time-limit 30m")]
pub(super) struct Work {
    /// The command, for `sh -c`
    #[arg(long, value_name = "CMD", conflicts_with = "command")]
    exec: Option<String>,
    /// The program and what it is given, without a shell in between
    #[arg(last = true, value_name = "PROGRAM")]
    command: Vec<String>,
    #[command(flatten)]
    agent: agent::Options,
    #[command(flatten)]
    claims: Claims,
    #[command(flatten)]
    ends: Ends,
    /// Keep what commands write in files in this folder, two for each attempt, instead of showing it
    #[arg(long, value_name = "DIR", conflicts_with = "quiet")]
    logs: Option<PathBuf>,
    /// Show nothing of what commands write
    #[arg(long)]
    quiet: bool,
}

/// Which tasks, and as whom.
#[derive(Debug, clap::Args)]
struct Claims {
    /// The name to work under; by default it is made from the machine's and the process's
    #[arg(long, short, visible_alias = "id", value_name = "NAME", value_parser = values::name)]
    worker: Option<String>,
    /// The most tasks at a time
    #[arg(long, short = 'n', value_name = "N", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=200))]
    concurrency: u16,
    /// A role to work in; may be repeated, or several with commas between them
    #[arg(long, visible_alias = "roles", value_name = "NAME", value_delimiter = ',')]
    #[arg(value_parser = values::name)]
    role: Vec<String>,
    /// Only tasks of this project
    #[arg(long, value_name = "NAME", value_parser = values::name)]
    project: Option<String>,
    /// Only tasks that carry this tag; may be repeated
    #[arg(long, visible_alias = "tags", value_name = "NAME", value_delimiter = ',')]
    #[arg(value_parser = values::name)]
    tag: Vec<String>,
    /// How long a lease lasts without a sign of life: how soon others may have the tasks of a worker
    /// that died, and how long the server may be away without work being broken off
    #[arg(long, value_name = "DURATION", value_parser = values::lease, default_value = "60s")]
    lease: i64,
    /// How long a task rests that was given back by exit code 75
    #[arg(long, value_name = "DURATION", value_parser = values::pause, default_value = "30s")]
    release_delay: i64,
}

/// When it ends.
#[derive(Debug, clap::Args)]
struct Ends {
    /// Do one task, then end: with exit code 1 if it was not completed, 8 if there was none
    #[arg(long, conflicts_with = "max_tasks")]
    once: bool,
    /// End after so many tasks
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_tasks: Option<u64>,
    /// End when there was nothing to do for so long
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    idle_exit: Option<i64>,
    /// How long one attempt may take; then it is killed, and has failed. Of an agent 1h, if nothing
    /// else is said
    #[arg(long, value_name = "DURATION", value_parser = values::deadline)]
    time_limit: Option<i64>,
    /// How long tasks under way have to end by themselves when the worker stops
    #[arg(long, value_name = "DURATION", value_parser = values::duration, default_value = "60s")]
    grace: i64,
    /// How long a command has to end after SIGTERM, before it is killed
    #[arg(long, value_name = "DURATION", value_parser = values::grace, default_value = "5s")]
    kill_grace: i64,
}

impl Work {
    /// Does it, until it is told to stop.
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let config = shared.load(Vec::new())?.config;
        logging::start(&config.log).map_err(Failure::local)?;
        let runtime = super::one_thread()?;
        let done = runtime.block_on(self.work(shared, &config, out));
        // Whoever does not read what is written, or does not die, keeps nobody here.
        runtime.shutdown_background();
        done
    }

    async fn work(self, shared: &Shared, config: &Config, out: &mut Out) -> Outcome {
        let once = self.ends.once;
        let writer = Writer::start();
        let fleet = self.fleet(shared, config, &writer)?;
        let done = fleet.run().await;
        writer.finish().await;
        let tally = done?;
        if out.for_programs() {
            out.json_line(&json!({
                "completed": tally.completed, "failed": tally.failed, "released": tally.released,
                "refused": tally.refused,
            }))?;
        }
        match (once, tally.completed, tally.failed + tally.released + tally.refused) {
            (true, 0, 0) => Err(Failure::Said(Exit::NothingToClaim)),
            (true, 0, _) => Err(Failure::Said(Exit::Failed)),
            _ => Ok(()),
        }
    }

    fn fleet(self, shared: &Shared, config: &Config, writer: &Writer) -> Outcome<Fleet> {
        let bounds = self.ends.bounds(self.claims.concurrency.into());
        let job = job(self.exec, self.command, self.agent, bounds.concurrency)?;
        let client = Arc::new(shared.client(config)?);
        let environment = environment(client.address(), config)?;
        let show = match (self.logs, self.quiet) {
            (Some(folder), _) => Show::Files(fleet::folder(folder)?),
            (None, true) => Show::Nothing,
            (None, false) => Show::Prefixed,
        };
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let (run, pid) = (random()?, std::process::id());
        let about = json!({
            "kind": "work", "host": host, "pid": pid, "concurrency": bounds.concurrency,
            "job": job.about(), "version": env!("CARGO_PKG_VERSION"),
        });
        let named = self.claims.worker.is_some();
        let shop = Workshop {
            time_limit: self.ends.time_limit.map(ms).or(job.time_limit()),
            kill_grace: ms(self.ends.kill_grace),
            release_delay: ms(self.claims.release_delay),
            link: Link {
                client,
                worker: self.claims.worker.unwrap_or_else(|| made_name(&host, pid, &run)),
                timeout: shared.timeout(),
                run: format!("work-{run}"),
                wanted: Wanted {
                    roles: self.claims.role,
                    project: self.claims.project,
                    tags: self.claims.tag,
                    lease: ms(self.claims.lease),
                },
            },
            job,
            show,
            pieces: writer.handle(),
            environment,
            cancels: broadcast::Sender::new(CANCELS),
        };
        Ok(Fleet::new(Arc::new(shop), bounds, about, named))
    }
}

impl Ends {
    fn bounds(&self, concurrency: usize) -> Bounds {
        let most = self.max_tasks.map(|most| usize::try_from(most).unwrap_or(usize::MAX));
        Bounds {
            concurrency,
            max_tasks: if self.once { Some(1) } else { most },
            idle_exit: self.idle_exit.map(ms),
            grace: ms(self.grace),
        }
    }
}

/// What is done with each task.
fn job(
    exec: Option<String>,
    command: Vec<String>,
    agent: agent::Options,
    hands: usize,
) -> Outcome<Job> {
    if agent.agent.is_some() {
        let agent = agent.agent(command, hands)?;
        return agent.map(|agent| Job::Agent(Box::new(agent))).ok_or_else(no_command);
    }
    match exec {
        Some(line) => Ok(Job::Command(vec!["sh".into(), "-c".into(), line])),
        None if command.is_empty() => Err(no_command()),
        None => Ok(Job::Command(command)),
    }
}

fn no_command() -> Failure {
    let what = "give a command: `--exec CMD`, `-- PROGRAM ARGUMENT...`, or `--agent claude`";
    Failure::Usage(what.into())
}

fn ms(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

/// What nobody else has.
fn random() -> Outcome<String> {
    let cannot = |e| Failure::local(format!("the system gives no random numbers: {e}"));
    Ok(format!("{:016x}", getrandom::u64().map_err(cannot)?))
}

/// A name that tells where a worker is. Containers may share all but its end.
fn made_name(host: &str, pid: u32, run: &str) -> String {
    let host: String = host.chars().take(100).collect();
    let host = if host.is_empty() { "worker" } else { &host };
    format!("{host}-{pid}-{}", &run[..4])
}

/// How commands reach the same server: the address, from wherever they run, and the key's file.
fn environment(address: &Address, config: &Config) -> Outcome<Vec<(String, String)>> {
    let absolute = |path: &Path| {
        let path = std::path::absolute(path);
        path.map_err(|e| Failure::local(format!("the working folder is not known: {e}")))
    };
    let address = match address {
        Address::Unix(path) => Address::Unix(absolute(path)?),
        address => address.clone(),
    };
    let mut all = vec![("CLAUDEBENCH_URL".to_owned(), address.to_string())];
    let key_file = &config.client.key_file;
    if !key_file.as_os_str().is_empty() {
        let path = absolute(key_file)?.to_string_lossy().into_owned();
        all.push(("CLAUDEBENCH_KEY_FILE".to_owned(), path));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_name_is_one() {
        for host in ["", "builder", &"é".repeat(300)] {
            let name = made_name(host, 4711, "00ff12345678");
            assert!(values::name(&name).is_ok() && name.ends_with("-4711-00ff"), "{name}");
        }
    }
}
