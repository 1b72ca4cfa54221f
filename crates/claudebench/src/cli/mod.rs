//! The command line: what each command takes, and how it is carried out.

mod archive;
mod backup;
mod call;
mod completions;
mod config;
mod doctor;
mod events;
mod failure;
mod hook;
mod import;
mod init;
mod key;
mod mcp;
mod migrate;
mod openapi;
mod output;
mod reload;
mod running;
mod serve;
mod session;
mod sessions;
mod simulate;
mod standby;
mod status;
mod store;
mod task;
mod trust;
mod values;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use failure::{EXIT_CODES, Exit, Failure, Outcome};
use output::Out;
use session::Session;

use crate::client::Client;
use crate::config::{Config, EMBEDDED, Loaded, Overrides};

/// The server for work that many AI agents share, and its command line.
///
/// Tasks are created, claimed, worked on and finished over JSON-RPC, REST, WebSocket or from here,
/// durably: nothing that was acknowledged is lost.
#[derive(Debug, Parser)]
#[command(name = "claudebench", version, propagate_version = true, after_help = EXIT_CODES)]
#[command(max_term_width = 100, disable_help_subcommand = false)]
pub struct Cli {
    #[command(flatten)]
    shared: Shared,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Shared {
    /// The server: http://HOST:PORT, or unix:PATH
    ///
    /// Without it: CLAUDEBENCH_URL, then `client.url` of the project (.claudebench.toml), then of the configuration, by
    /// default http://127.0.0.1:3000.
    #[arg(long, global = true, value_name = "URL")]
    url: Option<String>,
    /// A file that holds the API key
    ///
    /// Without it: CLAUDEBENCH_API_KEY, then CLAUDEBENCH_KEY_FILE, then `client.key_file` of the project, then of the configuration. There is no option for the key
    /// itself, as other users of a machine see the options of a program.
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// The configuration file
    ///
    /// Without it: CLAUDEBENCH_CONFIG, then claudebench.toml in the working directory, if it is
    /// there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write JSON, for programs; errors too, on standard error
    #[arg(long, global = true)]
    json: bool,
    /// How long to wait for an answer
    #[arg(long, global = true, value_name = "DURATION", value_parser = values::duration)]
    #[arg(default_value = "30s")]
    timeout: i64,
}

impl Shared {
    fn timeout(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.timeout).unwrap_or(0))
    }

    /// These flags, and those that every command takes.
    fn overrides(&self, mut flags: Overrides) -> Overrides {
        if let Some(url) = &self.url {
            flags.push(("client.url", url.clone().into()));
        }
        if let Some(file) = &self.key_file {
            flags.push(("client.key_file", file.to_string_lossy().into_owned().into()));
        }
        flags
    }

    /// The configuration in force, with these flags; also what the project says that the command is
    /// called in.
    fn load(&self, flags: Overrides) -> Outcome<Loaded> {
        let loaded = Config::load_of_project(self.config.as_deref(), self.overrides(flags));
        loaded.map_err(Failure::from)
    }

    /// The same for what serves or keeps data: whichever project it is called in.
    fn load_for_server(&self, flags: Overrides) -> Outcome<Loaded> {
        let loaded = Config::load(self.config.as_deref(), self.overrides(flags));
        loaded.map_err(Failure::from)
    }

    /// The server that was chosen.
    fn client(&self, config: &Config) -> Outcome<Client> {
        let client = Client::new(config.client.url.parse()?, self.key(config)?.as_deref())?;
        Ok(client.with_timeout(self.timeout()))
    }

    /// The API key, if there is one.
    fn key(&self, config: &Config) -> Outcome<Option<String>> {
        if self.key_file.is_none()
            && let Some(key) = Config::api_key()
        {
            trust::key_from_elsewhere(&config.client, "CLAUDEBENCH_API_KEY")?;
            return Ok(Some(key));
        }
        let path = &config.client.key_file;
        if path.as_os_str().is_empty() {
            return Ok(None);
        }
        if !config.client.key_of_project {
            trust::key_from_elsewhere(&config.client, &path.display().to_string())?;
        }
        let key = std::fs::read_to_string(path).map_err(|e| {
            Failure::advise(
                format!("the API key cannot be read: {}: {e}", path.display()),
                "name a file that holds a key, and that you may read, with --key-file",
            )
        })?;
        let key = key.trim();
        if config.client.key_of_project {
            trust::key_of_project(path, key)?;
            trust::server_and_key_of_project(&config.client)?;
        }
        Ok(Some(key.to_owned()))
    }
}

/// Where the data lies; of commands that look at it without a server.
#[derive(Debug, clap::Args)]
struct DataDir {
    /// The data directory; by default, that of the configuration, or its database
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl DataDir {
    fn overrides(&self) -> Overrides {
        let Some(data) = &self.data else { return Overrides::new() };
        // Who names a directory means what is in it, wherever the configuration keeps its tasks.
        vec![
            ("data", data.to_string_lossy().into_owned().into()),
            ("store.url", EMBEDDED.into()),
            ("store.url_file", "".into()),
            ("workers.count", 1.into()),
            ("workers.max_requests", 0.into()),
        ]
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a server
    Serve(serve::Serve),
    /// Replace the processes of a server one by one, without refusing anybody
    Reload(reload::Reload),
    /// Add, list, claim, finish and watch tasks
    #[command(subcommand)]
    Task(task::Command),
    /// Work on tasks: run a command for each, and report how it went
    Work(Box<work::Work>),
    /// Run one command for `claudebench work`, and end all of it when that ends
    #[command(hide = true)]
    WorkGuard(work::Guard),
    /// Follow what happens
    Events(events::Follow),
    /// Call any method of the server
    Call(call::Call),
    /// Speak the Model Context Protocol on standard input and output, for an agent that starts it
    Mcp(mcp::Mcp),
    /// See what the sessions of agents did
    #[command(subcommand)]
    Session(sessions::Command),
    // What they say of themselves is longer.
    Init(init::Init),
    /// Answer a hook of Claude Code, or try a command against the rules
    Hook(hook::Hook),
    /// Bring tasks over from elsewhere: a public ClaudeBench, beads, or Task Master
    Import(import::Import),
    /// Show how the server is, and what it has to do
    Status(status::Status),
    /// Make, list and revoke API keys
    #[command(subcommand)]
    Key(key::Command),
    Doctor(doctor::Doctor),
    /// Check and show the configuration
    #[command(subcommand)]
    Config(config::Command),
    /// Copy the database, while a server may be writing to it
    Backup(backup::Backup),
    /// Put a backup into the data directory of a server that is stopped
    Restore(backup::Restore),
    /// Bring the database up to date, or show what that would do
    Migrate(migrate::Migrate),
    /// Move old tasks and events to files, look at these, and put tasks back
    #[command(subcommand)]
    Archive(archive::Command),
    /// Move all data between a data directory and PostgreSQL
    #[command(subcommand)]
    Store(store::Command),
    /// Measure a server on this machine
    Bench(crate::bench::Args),
    /// Check recorded histories of calls against what the server promises
    Verify(crate::verify::Args),
    #[command(subcommand)]
    Simulate(simulate::Command),
    /// Write the OpenAPI document
    Openapi(openapi::OpenApi),
    /// Write a script that completes commands in a shell
    Completions(completions::Completions),
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let mut out = Out::new(cli.shared.json);
    match cli.command.run(cli.shared, &mut out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            out.failure(&failure);
            failure.exit().into()
        }
    }
}

/// Help and versions come here too: they are no errors.
fn usage(error: &clap::Error) -> ExitCode {
    let is_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let is_hook = is_hook(std::env::args_os());
    if !is_help && !is_hook && asks_for_json(std::env::args_os()) {
        let failure = Failure::Usage(said(&error.render().to_string()));
        Out::new(true).failure(&failure);
        return failure.exit().into();
    }
    let code = if is_hook && !is_help { 1 } else { error.exit_code() };
    match error.print() {
        Ok(()) => ExitCode::from(u8::try_from(code).unwrap_or(2)),
        Err(failed) => Failure::from(failed).exit().into(),
    }
}

/// Whether Claude Code waits for the exit code: there, that of a wrong call says that a tool must not
/// run.
fn is_hook(args: impl Iterator<Item = std::ffi::OsString>) -> bool {
    let mut args = args.skip(1);
    while let Some(arg) = args.next() {
        match arg.to_str() {
            // Options of the program may come first; these have values of their own.
            Some("--url" | "--key-file" | "--config" | "--timeout") => drop(args.next()),
            Some(option) if option.starts_with('-') => {}
            command => return command == Some("hook"),
        }
    }
    false
}

/// Whether a command line that could not be read is a program's.
fn asks_for_json(args: impl Iterator<Item = std::ffi::OsString>) -> bool {
    args.skip(1).take_while(|arg| arg != "--").any(|arg| arg == "--json")
}

/// What is wrong with a command line, in a sentence: without the usage that follows.
fn said(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let end = text.find("\n\nUsage:").or_else(|| text.find("\n\nFor more"));
    text[..end.unwrap_or(text.len())].split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Command {
    fn run(self, shared: Shared, out: &mut Out) -> Outcome {
        match self {
            Self::Task(task) => talk(&shared, out, async |session| task.run(session).await),
            Self::Events(follow) => talk(&shared, out, async |session| follow.run(session).await),
            Self::Work(work) => work.run(&shared, out),
            Self::WorkGuard(guard) => guard.run(),
            Self::Call(call) => talk(&shared, out, async |session| call.run(session).await),
            Self::Serve(serve) => serve.run(&shared, out),
            Self::Reload(reload) => reload.run(&shared, out),
            Self::Status(status) => talk(&shared, out, async |session| status.run(session).await),
            Self::Session(which) => talk(&shared, out, async |session| which.run(session).await),
            Self::Init(init) => init.run(shared, out),
            Self::Import(import) => talk(&shared, out, async |session| import.run(session).await),
            Self::Hook(hook) => hook.run(&shared, out),
            Self::Mcp(mcp) => mcp.run(&shared),
            Self::Key(key) => key.run(&shared, out),
            Self::Doctor(doctor) => doctor.run(&shared, out),
            Self::Config(config) => config.run(&shared, out),
            Self::Backup(backup) => backup.run(&shared, out),
            Self::Restore(restore) => restore.run(&shared, out),
            Self::Migrate(migrate) => migrate.run(&shared, out),
            Self::Archive(archive) => archive.run(&shared, out),
            Self::Store(store) => store.run(&shared, out),
            Self::Simulate(simulate) => simulate.run(&shared, out),
            Self::Openapi(openapi) => openapi.run(out),
            Self::Bench(args) => bench(args, &shared, out),
            Self::Verify(args) => verify(&args, out),
            Self::Completions(completions) => completions.run(out),
        }
    }
}

/// Runs what talks to a server: one thread is enough.
fn talk(
    shared: &Shared,
    out: &mut Out,
    work: impl AsyncFnOnce(&mut Session<'_>) -> Outcome,
) -> Outcome {
    one_thread()?.block_on(async { work(&mut Session::open(shared, out)?).await })
}

fn one_thread() -> Outcome<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|e| Failure::local(format!("the program cannot start: {e}")))
}

/// The share of one of so many processes: two threads at the least, so that one that is held up does
/// not hold up all.
fn share_of_threads(processes: usize) -> Outcome<tokio::runtime::Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = (cores / processes.max(1)).max(2);
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(threads).enable_all().build();
    runtime.map_err(|e| Failure::local(format!("the program cannot start: {e}")))
}

fn threads() -> Outcome<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|e| Failure::local(format!("the program cannot start: {e}")))
}

/// Measures a server of its own, or the one that an option names: one that is merely configured
/// may hold real work.
fn bench(args: crate::bench::Args, shared: &Shared, out: &mut Out) -> Outcome {
    let demo = args.demo().map_err(Failure::local)?;
    if let Some(demo) = demo {
        return show_fleet(demo, shared, out);
    }
    let mut other = crate::bench::Other::default();
    if shared.url.is_some() {
        let config = shared.load(Vec::new())?.config;
        other.url.clone_from(&shared.url);
        other.key = shared.key(&config)?;
    }
    let json = out.for_programs();
    let (stdout, stderr) = out.streams();
    // The echo that it starts is to have as many threads as the server has.
    let ended = threads()?.block_on(crate::bench::run(args, other, json, stdout, stderr));
    ended_with(ended)
}

/// Shows a fleet at work at the server that every other command would talk to.
fn show_fleet(demo: crate::bench::Demo, shared: &Shared, out: &mut Out) -> Outcome {
    let client = shared.client(&shared.load(Vec::new())?.config)?;
    let json = out.for_programs();
    let (stdout, stderr) = out.streams();
    let ended = threads()?.block_on(crate::bench::demo::run(demo, client, json, stdout, stderr));
    ended_with(ended)
}

fn verify(args: &crate::verify::Args, out: &mut Out) -> Outcome {
    let verdict = crate::verify::check(args).map_err(|e| Failure::Input {
        what: e.to_string(),
        next: "give histories as JSON lines, one call a line; see docs/cli.md".into(),
    })?;
    verdict.write(out.for_programs(), out.streams().0)?;
    if verdict.violations.is_empty() { Ok(()) } else { Err(Failure::Said(Exit::Failed)) }
}

/// What a command that says everything itself ended with.
fn ended_with(code: ExitCode) -> Outcome {
    match code {
        ExitCode::SUCCESS => Ok(()),
        code if code == ExitCode::FAILURE => Err(Failure::Said(Exit::Failed)),
        _ => Err(Failure::Said(Exit::Usage)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_commands_fit_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_hook_is_known_by_its_place() {
        let hook = |line: &str| is_hook(line.split(' ').map(Into::into));
        for line in ["claudebench hook --no", "claudebench --json hook", "claudebench --url x hook"]
        {
            assert!(hook(line), "{line}");
        }
        for line in ["claudebench task add hook", "claudebench --url hook task", "claudebench"] {
            assert!(!hook(line), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_call_is_said_in_a_sentence() {
        let error = Cli::try_parse_from(["claudebench", "task", "show"]).unwrap_err();
        let text = said(&error.render().to_string());
        assert!(
            text.starts_with("the following required arguments") && text.ends_with("<ID>"),
            "{text}"
        );
    }
}
