//! `claudebench init`: lets the Claude Code sessions of a repository work through ClaudeBench, and takes
//! that out again.

pub(super) mod claude;
pub(super) mod command;
mod diff;
mod files;
pub(super) mod json;
mod plan;
mod record;
mod section;
pub(super) mod servers;
pub(super) mod settings;
mod show;

use std::path::{Path, PathBuf};

use claudebench_services::key::Presented;

use super::failure::{Failure, Outcome};
use super::output::Out;
use super::standby::{self, Standby};
use super::{Shared, one_thread};
use crate::client::{Address, Client};
use crate::config::Config;
use claude::Version;
use command::Program;
use files::{Place, Staged};
use plan::{Change, Wanted};
use record::Record;
use show::{Answer, ServerState};

/// Let the Claude Code sessions of a repository work through ClaudeBench
///
/// It sets the hooks of Claude Code (.claude/settings.json) and the MCP server (.mcp.json), says which
/// server the commands in this repository talk to (.claudebench.toml) and how an agent works
/// (CLAUDE.local.md), and lets git ignore what is personal. What others wrote there stays. It shows the
/// difference, and asks before it writes. When no server answers at an address of this machine, one is
/// started that stays. Run twice, it changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench init
  claudebench init --yes --todo-tools
  claudebench init --dry-run
  claudebench init --remove")]
pub(super) struct Init {
    /// A folder of the repository; by default the working folder
    dir: Option<PathBuf>,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
    /// Only show what would be written
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Switch on the tools by which Claude Code keeps todos, which newer models have no more: they become
    /// tasks
    #[arg(long, conflicts_with = "remove")]
    todo_tools: bool,
    /// Start no server when none answers
    #[arg(long, conflicts_with = "remove")]
    no_start: bool,
    /// Take out what was put in, and nothing else
    #[arg(long)]
    remove: bool,
    /// Take out also what somebody changed of it
    #[arg(long, requires = "remove")]
    force: bool,
}

/// The root of the repository that a folder lies in, or that folder.
pub(super) fn root_of(folder: &Path) -> PathBuf {
    let root = folder.ancestors().find(|above| above.join(".git").exists());
    root.unwrap_or(folder).to_owned()
}

impl Init {
    /// Does it.
    pub(super) fn run(self, mut shared: Shared, out: &mut Out) -> Outcome {
        let here = std::env::current_dir().map_err(Failure::local)?;
        let named = self.dir.clone().unwrap_or_else(|| here.clone());
        let folder = named
            .canonicalize()
            .ok()
            .filter(|folder| folder.is_dir())
            .ok_or_else(|| Failure::Usage(format!("{} is no folder", named.display())))?;
        let root = root_of(&folder);
        for path in [&mut shared.config, &mut shared.key_file].into_iter().flatten() {
            *path = here.join(&*path);
        }
        if let Some(Ok(Address::Unix(path))) = shared.url.as_deref().map(str::parse) {
            shared.url = Some(format!("unix:{}", here.join(path).display()));
        }
        // What the configuration says is meant from there.
        std::env::set_current_dir(&root).map_err(|e| {
            Failure::advise(format!("{}: {e}", root.display()), "look at the rights of that folder")
        })?;
        if self.remove { self.take_out(&root, out) } else { self.put_in(&root, &shared, out) }
    }

    fn put_in(&self, root: &Path, shared: &Shared, out: &mut Out) -> Outcome {
        let record = Record::read(root)?;
        let config = shared.load(Vec::new())?.config;
        let client = shared.client(&config)?;
        let mut wanted = wanted(root, &config)?;
        wanted.todo_tools = self.todo_tools;
        if let Some(file) = &wanted.key_file {
            holds_key(Path::new(file))?;
        }
        let mut changes = wanted.changes()?;
        let runtime = one_thread()?;
        let mut answer = Answer::new(root, Some(&wanted), !out.for_programs());
        answer.server = Some(self.server(&client, &runtime));
        answer.notes.extend(advice(&wanted, &config, &client));
        if self.offers_todo_tools(&changes, out)? {
            wanted.todo_tools = true;
            changes = wanted.changes()?;
        }
        if !changes.iter().any(Change::is_needed) {
            answer.server = Some(self.ensure(shared, &config, &client, &runtime, root)?);
            return answer.unchanged(&changes, out);
        }
        self.show(&answer, &changes, out)?;
        if !self.goes_on(&mut answer, &changes, "Write this?", out)? {
            return Ok(());
        }
        answer.server = Some(self.ensure(shared, &config, &client, &runtime, root)?);
        let mut record = record;
        record.todo_tools |= wanted.todo_tools && !had_todo_tools(&changes);
        write(root, &changes, record)?;
        answer.written(&changes, out)
    }

    /// How the server is, before anything is done.
    fn server(&self, client: &Client, runtime: &tokio::runtime::Runtime) -> ServerState {
        match runtime.block_on(standby::unreachable(client)) {
            None => ServerState::Found,
            Some(_) if self.no_start || standby::listen_address(client.address()).is_none() => {
                ServerState::Absent
            }
            Some(_) => ServerState::ToStart,
        }
    }

    /// Sees to it that there is a server, if that is wanted.
    fn ensure(
        &self,
        shared: &Shared,
        config: &Config,
        client: &Client,
        runtime: &tokio::runtime::Runtime,
        root: &Path,
    ) -> Outcome<ServerState> {
        if self.dry_run || self.no_start {
            return Ok(self.server(client, runtime));
        }
        let data = root.join(&config.data);
        Ok(match runtime.block_on(standby::ensure(shared, &data, client))? {
            Standby::Found if !runtime.block_on(standby::is_ours(client)) => {
                let what = format!("what answers at {} is no ClaudeBench", client.address());
                return Err(Failure::advise(
                    what,
                    "give the address of one, or a free one, by --url",
                ));
            }
            Standby::Found => ServerState::Found,
            Standby::Started => ServerState::Started,
        })
    }

    /// Whether the tools for todos are to be switched on: asked once, where somebody can answer.
    fn offers_todo_tools(&self, changes: &[Change], out: &mut Out) -> Outcome<bool> {
        let settings = changes.iter().find(|change| change.place.name == settings::FILE);
        let first = settings.is_some_and(|change| {
            let there = json::Json::read(change.place.text());
            there.is_ok_and(|json| {
                settings::set(&json).is_empty() && !settings::has_todo_tools(&json)
            })
        });
        if !first || self.todo_tools || self.yes || self.dry_run || !show::can_ask(out) {
            return Ok(false);
        }
        let question = "Newer models have no tools for todos unless CLAUDE_CODE_ENABLE_TODO_TOOLS=1; \
                        with them, todos become tasks. Set it?";
        show::ask(question, false, out)
    }

    /// Shows what is about to be done. Who said yes beforehand need not read it to the end.
    fn show(&self, answer: &Answer, changes: &[Change], out: &mut Out) -> Outcome {
        match answer.before(changes, out) {
            Err(Failure::Output(_)) if self.yes => Ok(()),
            shown => shown,
        }
    }

    /// Whether what was shown is to be done. What is not done although it was asked for is a failure.
    fn goes_on(
        &self,
        answer: &mut Answer,
        changes: &[Change],
        question: &str,
        out: &mut Out,
    ) -> Outcome<bool> {
        if self.dry_run {
            answer.dry(changes, out)?;
            return Ok(false);
        }
        if self.yes {
            return Ok(true);
        }
        if !show::can_ask(out) {
            return Err(Failure::advise(
                "nothing was written: there is nobody to ask here",
                "to write what is shown: the same command with --yes",
            ));
        }
        if show::ask(question, true, out)? {
            return Ok(true);
        }
        out.line("Nothing was written.")?;
        Ok(false)
    }

    fn take_out(&self, root: &Path, out: &mut Out) -> Outcome {
        let record = Record::read(root)?;
        let changes = plan::removals(root, &record, self.force)?;
        let mut answer = Answer::new(root, None, !out.for_programs());
        if changes.iter().any(|change| !change.notes.is_empty()) {
            answer
                .notes
                .push("`claudebench init --remove --force` takes out what is kept, too".into());
        }
        if !changes.iter().any(Change::is_needed) {
            if record != Record::default() && !self.dry_run {
                forget(root, &record, &changes)?;
            }
            return answer.unchanged(&changes, out);
        }
        self.show(&answer, &changes, out)?;
        if !self.goes_on(&mut answer, &changes, "Take this out?", out)? {
            return Ok(());
        }
        forget(root, &record, &changes)?;
        answer.written(&changes, out)
    }
}

/// What is to be put in, from the configuration in force.
fn wanted(root: &Path, config: &Config) -> Outcome<Wanted> {
    let key = &config.client.key_file;
    let key_file = (!key.as_os_str().is_empty()).then(|| root.join(key));
    let data = root.join(&config.data);
    let within = data.strip_prefix(root).ok().filter(|path| !path.as_os_str().is_empty());
    let url = match config.client.url.parse::<Address>()? {
        Address::Unix(path) => format!("unix:{}", root.join(path).display()),
        Address::Tcp { .. } => config.client.url.clone(),
    };
    Ok(Wanted {
        root: root.to_owned(),
        program: Program::own(),
        claude: Version::found(),
        url,
        key_file: key_file.map(|path| path.to_string_lossy().into_owned()),
        todo_tools: false,
        data: within
            .filter(|_| config.store.is_embedded())
            .map(|path| path.to_string_lossy().into_owned()),
    })
}

/// What a file of a project calls a key must be one: nothing else is sent.
fn holds_key(file: &Path) -> Outcome {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    if Presented::read(text.trim()).is_some() {
        return Ok(());
    }
    Err(Failure::Input {
        what: format!("{} holds no API key, and nothing was written", file.display()),
        next: "give a file that holds a key alone, as `claudebench key create` shows it".into(),
    })
}

/// What somebody should know about what is written.
fn advice(wanted: &Wanted, config: &Config, client: &Client) -> Vec<String> {
    let mut notes = Vec::new();
    if !wanted.program.by_name {
        notes.push(format!(
            "claudebench is not in PATH: it is called by its path, {}, which others of this repository may not have",
            wanted.program.word
        ));
    }
    let far = standby::listen_address(client.address()).is_none();
    if far && config.client.key_file.as_os_str().is_empty() && Config::api_key().is_some() {
        notes.push(
            "the key in CLAUDEBENCH_API_KEY is not sent to another machine that .claudebench.toml alone \
             names: set CLAUDEBENCH_URL, too, or put the key into a file and give it by --key-file"
                .into(),
        );
    }
    notes
}

/// Whether the tools for todos were there before us.
fn had_todo_tools(changes: &[Change]) -> bool {
    let settings = changes.iter().find(|change| change.place.name == settings::FILE);
    settings.is_some_and(|change| {
        json::Json::read(change.place.text()).is_ok_and(|json| settings::has_todo_tools(&json))
    })
}

/// Writes what changes, and remembers it.
fn write(root: &Path, changes: &[Change], mut record: Record) -> Outcome {
    let needed = || changes.iter().filter(|change| change.is_needed());
    for change in needed() {
        if let Some(kept) = plan::remembered(change, &record)? {
            record.files.insert(change.place.name.to_owned(), kept);
        }
    }
    if !root.join(".claude").exists() {
        record.folders.insert(".claude".into());
    }
    let mut staged = Staged::default();
    // First, so that what is written is known as ours even if this is cut off.
    record.stage(root, &mut staged)?;
    for change in needed() {
        stage(change, &mut staged)?;
    }
    staged.write()
}

fn stage(change: &Change, staged: &mut Staged) -> Outcome {
    let Place { name, target, text } = &change.place;
    let mode = if *name == crate::config::PROJECT_FILE { 0o600 } else { 0o666 };
    staged.add(target, text.as_deref(), change.after.as_deref(), mode)
}

/// Takes out what is to go, and forgets it.
fn forget(root: &Path, record: &Record, changes: &[Change]) -> Outcome {
    let mut staged = Staged::default();
    for change in changes.iter().filter(|change| change.is_needed()) {
        stage(change, &mut staged)?;
    }
    // What is kept is still known as ours.
    let is_kept = |name: &str| {
        changes.iter().any(|change| change.place.name == name && !change.notes.is_empty())
    };
    let mut left = record.clone();
    left.files.retain(|name, _| is_kept(name));
    if left.files.is_empty() {
        left = Record::default();
    }
    left.stage(root, &mut staged)?;
    staged.write()?;
    let folders = record.folders.iter().map(|folder| root.join(folder));
    for folder in folders.chain([root.join(".claudebench")]) {
        // One that holds something stays.
        let _ = std::fs::remove_dir(folder);
    }
    Ok(())
}
