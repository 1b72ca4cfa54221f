//! The chain from Claude Code to the server, in a repository where `claudebench init` was run: each link
//! is tried as Claude Code uses it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use claudebench_core::Code;
use claudebench_services::Method;
use claudebench_services::system::{Health, HealthFound};
use claudebench_services::task::Stats;
use serde_json::{Value, json};

use super::Check;
use crate::cli::init::claude::Version;
use crate::cli::init::command::{Leads, NAME, Program, Run};
use crate::cli::init::json::Json;
use crate::cli::init::{root_of, servers, settings};
use crate::cli::{Shared, running};
use crate::client::{Client, ClientError};
use crate::config::{Config, PROJECT_FILE, read_project};

/// How long the server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a hook may take where its settings do not say.
const HOOK: Duration = Duration::from_secs(60);
/// How long an MCP server may take to begin.
const BEGIN: Duration = Duration::from_secs(20);

/// The links of the chain from the working folder; none, if it lies in no repository that was set up.
pub(super) async fn checks(config: &Config, shared: &Shared) -> Vec<Check> {
    let Ok(here) = std::env::current_dir() else { return Vec::new() };
    let root = root_of(&here);
    let (files, mut checks) = files(&root);
    let server = read(&root.join(servers::FILE));
    let hooks: Vec<_> = files.iter().flat_map(|(_, json)| settings::set(json)).collect();
    let mcp = server.as_ref().ok().and_then(Option::as_ref).and_then(servers::set);
    let project = root.join(PROJECT_FILE);
    if hooks.is_empty() && mcp.is_none() && !project.is_file() {
        if root.join(".claude").is_dir() && root.join(".git").exists() {
            let found =
                format!("Claude Code works in {}, and not through ClaudeBench", root.display());
            return vec![Check::look("repository", found, "to change that: claudebench init")];
        }
        return Vec::new();
    }
    checks.insert(0, program());
    checks.push(project_file(&project));
    let reached = reached(config, shared, &mut checks).await;
    let off = files.iter().any(|(_, json)| settings::is_off(json));
    checks.push(configured(&hooks, off, Version::found()));
    checks.extend(firing(&hooks, &root));
    checks.push(match server {
        Ok(_) => conversation(mcp, reached, &root),
        Err(what) => Check::bad("MCP", format!("{}: {what}", servers::FILE), "mend that file"),
    });
    checks
}

/// The settings of Claude Code that are there, and what is wrong with those that cannot be read.
fn files(root: &Path) -> (Vec<(PathBuf, Json)>, Vec<Check>) {
    let of_home = Config::home().map(|home| Path::new(&home).join(settings::FILE));
    let local = root.join(".claude/settings.local.json");
    let paths: BTreeSet<PathBuf> =
        [Some(root.join(settings::FILE)), Some(local), of_home].into_iter().flatten().collect();
    let (mut found, mut checks) = (Vec::new(), Vec::new());
    for path in paths {
        match read(&path) {
            Ok(Some(json)) => found.push((path, json)),
            Ok(None) => {}
            Err(what) => {
                let found = format!("{}: {what}", path.display());
                checks.push(Check::bad(
                    "settings",
                    found,
                    "mend that file: Claude Code leaves it out",
                ));
            }
        }
    }
    (found, checks)
}

/// Reads a file; nothing, if there is none.
fn read(path: &Path) -> Result<Option<Json>, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => Json::read(&text).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether the name leads to this program.
fn program() -> Check {
    let own = Program::own();
    if own.by_name {
        return Check::good("program", "`claudebench` in PATH is this one");
    }
    let found = match Config::in_path(NAME) {
        Some(other) => format!("`claudebench` in PATH is another one: {}", other.display()),
        None => "`claudebench` is not in PATH".into(),
    };
    let advice =
        format!("put the folder of {} in front in PATH, then run claudebench init", own.word);
    Check::look("program", found, advice)
}

fn project_file(path: &Path) -> Check {
    const CHECK: &str = "project";
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let found = format!("no {PROJECT_FILE}: the configuration says which server is meant");
            return Check::look(CHECK, found, "claudebench init writes one");
        }
        Err(error) => {
            return Check::bad(CHECK, format!("{PROJECT_FILE}: {error}"), "look at its rights");
        }
    };
    match read_project(path, &text) {
        Ok((Some(url), _)) => Check::good(CHECK, format!("{PROJECT_FILE} names {url}")),
        Ok((None, _)) => {
            Check::good(CHECK, format!("{PROJECT_FILE} is in order, and names no server"))
        }
        Err(error) => Check::bad(CHECK, error.to_string(), "mend that line"),
    }
}

/// Whether the server that is meant answers; its version, and whether it takes the key.
async fn reached(config: &Config, shared: &Shared, checks: &mut Vec<Check>) -> bool {
    // What is wrong with the address or the key is told by the check of the server.
    let Ok(client) = shared.client(config) else { return false };
    let client = client.with_timeout(PATIENCE);
    if client.get("/healthz").await.is_err() {
        return false;
    }
    checks.push(key(&client, shared.key(config).is_ok_and(|key| key.is_some())).await);
    if let Ok(health) = client.call::<HealthFound>(Health::NAME, &json!({})).await {
        checks.push(version(&health.version));
    }
    true
}

async fn key(client: &Client, given: bool) -> Check {
    const CHECK: &str = "API key";
    match client.call::<Value>(Stats::NAME, &json!({})).await {
        Ok(_) if given => Check::good(CHECK, "the server takes it, and lets it see tasks"),
        Ok(_) => Check::good(CHECK, "none is needed"),
        Err(error) if error.code() == Some(Code::Unauthorized) => {
            let found = if given { "the server does not take it" } else { "the server wants one" };
            Check::bad(
                CHECK,
                found,
                "give one in CLAUDEBENCH_API_KEY, or by claudebench init --key-file FILE",
            )
        }
        Err(ClientError::Refused(error)) if error.code == Code::Forbidden => {
            let advice = "use one with the scopes tasks:read, tasks:write and tasks:work";
            Check::bad(CHECK, format!("it may not see tasks: {error}"), advice)
        }
        Err(error) => Check::look(CHECK, error.to_string(), "look at `claudebench status`"),
    }
}

fn version(server: &str) -> Check {
    const OWN: &str = env!("CARGO_PKG_VERSION");
    let minor =
        |version: &str| version.splitn(3, '.').take(2).map(str::to_owned).collect::<Vec<_>>();
    if minor(server) == minor(OWN) {
        return Check::good("version", format!("the server has {server}, this program {OWN}"));
    }
    let found = format!("the server has {server}, and this program {OWN}");
    Check::look("version", found, "use the same version on both sides")
}

/// Whether a hook is set for each event that Claude Code knows, and for no other.
fn configured(hooks: &[settings::Set], off: bool, claude: Option<Version>) -> Check {
    const CHECK: &str = "hooks";
    if off {
        let found = "they are switched off: `disableAllHooks`";
        return Check::bad(CHECK, found, "take that out of the settings of Claude Code");
    }
    let set: BTreeSet<&str> = hooks.iter().map(|hook| hook.event.as_str()).collect();
    if let Some(version) = claude {
        let new: Vec<&str> =
            set.iter().copied().filter(|event| settings::is_too_new(event, version)).collect();
        if !new.is_empty() {
            let found = format!(
                "Claude Code {version} does not know {}, and leaves the whole file of settings out",
                new.join(", ")
            );
            return Check::bad(
                CHECK,
                found,
                "update Claude Code (claude update), or delete these hooks",
            );
        }
    }
    let wanted = settings::events(claude).map(|event| event.name);
    let missing: Vec<&str> = wanted.clone().filter(|event| !set.contains(event)).collect();
    match (missing.len(), wanted.count()) {
        (0, _) => Check::good(CHECK, format!("set for {} events", set.len())),
        (missing, all) if missing == all => {
            Check::bad(CHECK, "none is set", "claudebench init sets them")
        }
        (few, _) if few <= 5 => {
            let found = format!("none for {}", missing.join(", "));
            Check::look(CHECK, found, "claudebench init sets what is missing")
        }
        (many, all) => {
            let found = format!("none for {many} of {all} events");
            Check::look(CHECK, found, "claudebench init sets what is missing")
        }
    }
}

/// Runs each command that is set, with an event that no rule is about.
fn firing(hooks: &[settings::Set], root: &Path) -> Vec<Check> {
    let mut tried = BTreeSet::new();
    hooks.iter().filter(|hook| tried.insert(&hook.command)).map(|hook| fires(hook, root)).collect()
}

fn fires(hook: &settings::Set, root: &Path) -> Check {
    const CHECK: &str = "hook";
    // It belongs to no session, so that none is recorded.
    let event = json!({
        "hook_event_name": "PreToolUse", "cwd": root, "tool_name": "Bash", "tool_input": {"command": "true"},
    });
    let mut command = Command::new("sh");
    command.arg("-c").arg(&hook.command).current_dir(root).env("CLAUDE_PROJECT_DIR", root);
    let patience = hook.timeout.map_or(HOOK, Duration::from_secs);
    let began = Instant::now();
    let advice = "run it by hand to see why, then claudebench init";
    let bad = |what: String| Check::bad(CHECK, format!("`{}`: {what}", hook.command), advice);
    // A repository may bring settings: what they run is tried only if it is nothing but this program.
    match hook.run.leads() {
        Leads::Nowhere => return bad("there is no such program".into()),
        Leads::Here if hook.run.plain => {}
        Leads::Here | Leads::Elsewhere => {
            let found =
                format!("`{}` is not what claudebench init writes; it was not tried", hook.command);
            return Check::look(
                CHECK,
                found,
                "if that is meant, try it yourself: claudebench hook test",
            );
        }
    }
    let output = match running::run(command, &event.to_string(), patience) {
        Ok(output) => output,
        Err(what) => return bad(what),
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("it says nothing");
    match output.status.code() {
        Some(0) => {}
        Some(code) => return bad(format!("it ends with {code}: {said}")),
        None => return bad(format!("it was ended by a signal: {said}")),
    }
    let answer = String::from_utf8_lossy(&output.stdout);
    if !answer.trim().is_empty() && serde_json::from_str::<Value>(&answer).is_err() {
        return bad("its answer is no JSON".into());
    }
    if let Some(problem) = serde_json::from_str::<Value>(&answer)
        .ok()
        .and_then(|answer| answer.get("systemMessage").and_then(Value::as_str).map(str::to_owned))
    {
        return Check::look(
            CHECK,
            format!("`{}` answers, and says: {problem}", hook.command),
            "mend that",
        );
    }
    Check::good(CHECK, format!("`{}` answers in {} ms", hook.command, began.elapsed().as_millis()))
}

/// Speaks with the MCP server that agents are told of.
fn conversation(server: Option<servers::Set>, reached: bool, root: &Path) -> Check {
    const CHECK: &str = "MCP";
    let Some(server) = server else {
        let found = format!("{} names no server `claudebench`", servers::FILE);
        return Check::bad(CHECK, found, "claudebench init puts it there");
    };
    let Some(program) = &server.command else {
        let advice = "look in Claude Code: /mcp";
        return Check::look(CHECK, "it is reached by a URL, which was not tried", advice);
    };
    if !reached {
        let found = "not tried, as the server does not answer; it starts one when it is used";
        return Check::look(CHECK, found, "see to the server first, or start Claude Code");
    }
    let said = format!("`{program} {}`", server.args.join(" "));
    let advice = "run it by hand to see why, then claudebench init";
    match server.run.as_ref().map(Run::leads) {
        Some(Leads::Nowhere) => {
            return Check::bad(CHECK, format!("{said}: there is no such program"), advice);
        }
        // What comes with a repository must not choose where a key of somebody's own is sent.
        Some(Leads::Here) if server.is_plain() => {}
        _ => {
            let found = format!("{said} is not what claudebench init writes; it was not tried");
            return Check::look(CHECK, found, "look in Claude Code: /mcp");
        }
    }
    let mut command = Command::new(program);
    command.args(&server.args).current_dir(root);
    match running::tools(command, BEGIN) {
        Ok(tools) if tools.iter().any(|tool| tool == "task__claim") => {
            Check::good(CHECK, format!("{said} answers, with {} tools", tools.len()))
        }
        Ok(tools) => {
            let found =
                format!("{said} answers, with {} tools and none to claim tasks by", tools.len());
            Check::look(CHECK, found, "show the toolset `work`, too")
        }
        Err(what) => Check::bad(CHECK, format!("{said}: {what}"), advice),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn versions_fit_that_differ_in_their_last_place() {
        let own = env!("CARGO_PKG_VERSION");
        let (minor, _) = own.rsplit_once('.').unwrap();
        assert_eq!(version(&format!("{minor}.99")).state, State::Good);
        assert_eq!(version("9.9.0").state, State::Look);
    }

    #[test]
    fn events_without_a_hook_are_named() {
        let text = "{\"hooks\": {\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"claudebench hook\"}]}]}}";
        let hooks = settings::set(&Json::read(text).unwrap());
        let found = configured(&hooks, false, None);
        assert!(found.state == State::Look && found.found.contains("29 of 30"), "{found:?}");
        assert_eq!(configured(&hooks, true, None).state, State::Bad);
        assert_eq!(configured(&[], false, None).state, State::Bad);
    }
}
