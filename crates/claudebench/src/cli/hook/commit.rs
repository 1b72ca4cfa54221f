//! Auto-commit: what a tool has changed is committed, where its user asked for that.
//!
//! Never on `main` or `master`, never in the middle of something, and only files that were as they had been
//! committed before the tool ran: what a person has changed stays the person's.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use claudebench_core::time::wall_ms;
use claudebench_hooks::mask;
use claudebench_services::Method;
use claudebench_services::git::{AutoCommit, GetContext};
use serde_json::{Value, json};

use super::call::{self, Call};
use super::event::{AFTER, BEFORE, Event};
use super::git::{Committed, Git};
use super::server::{Heard, Server};
use super::spool::number;
use crate::config::Config;

/// The tools that change files.
const TOOLS: [&str; 4] = ["Edit", "Write", "MultiEdit", "NotebookEdit"];
/// The branches that nothing is committed to.
const MAIN: [&str; 2] = ["main", "master"];
/// From when on a tool call that was begun has not come to an end.
const OLD: Duration = Duration::from_hours(24);
/// The most of a diff that is told.
const DIFF: usize = 10_000;
/// The most characters of a prompt in a message.
const PROMPT: usize = 200;

/// Before a tool changes a file: notes whether that is as it was committed last.
pub(super) fn before(event: &Event, config: &Config) {
    if event.name != BEFORE || config.hook.auto_commit_all {
        return;
    }
    let Some((path, mark)) = changed(event).zip(mark(event)) else { return };
    let Some(git) = path.parent().and_then(nearest).and_then(|folder| Git::of(&folder)) else {
        return;
    };
    if git.is_clean(&path) == Some(true) && mark.parent().is_some_and(make) {
        mark.parent().into_iter().for_each(forget_old);
        // Without it nothing is committed.
        let _ = std::fs::write(&mark, "");
    }
}

/// After a tool has changed a file: commits it; answers what the person should know.
pub(super) fn after(event: &Event, config: &Config, server: Option<&Server>) -> Option<String> {
    if event.name != AFTER {
        return None;
    }
    let path = changed(event)?;
    let was_clean = mark(event).is_some_and(|mark| std::fs::remove_file(mark).is_ok());
    if !was_clean && !config.hook.auto_commit_all {
        return None;
    }
    let git = Git::of(&path.parent().and_then(nearest)?)?;
    let branch = git.branch().filter(|branch| !MAIN.contains(&branch.as_str()))?;
    if let Some(what) = git.under_way() {
        return Some(format!("Nothing was committed: {what} is under way in this repository."));
    }
    let Some(_alone) = git.alone() else {
        return Some("Nothing was committed: another commit takes too long.".into());
    };
    if config.hook.auto_commit_all && git.has_conflicts() {
        return Some("Nothing was committed: there are conflicts in this repository.".into());
    }
    let text = path.to_str()?;
    let paths: &[&str] = if config.hook.auto_commit_all { &[] } else { &[text] };
    if !paths.is_empty() && (git.is_clean(&path) != Some(false) || git.ignores(&path)) {
        return None;
    }
    let content = std::fs::read(&path).ok();
    let about = About::ask(event, server);
    match git.commit(paths, &about.message(event, &relative(&git, &path))) {
        Ok(Committed { hash, stale }) => {
            tell(&git, event, (&hash, &branch), &about, server);
            stale.map(|why| format!("Committed, but the index of git does not know of it: {why}"))
        }
        Err(why) => {
            // A hook of git may have changed it before it failed.
            put_back(&path, content.as_deref());
            Some(format!("The changes were not committed: {why}"))
        }
    }
}

/// The file that a tool changes.
fn changed(event: &Event) -> Option<PathBuf> {
    event.tool.as_deref().filter(|tool| TOOLS.contains(tool))?;
    let path = ["file_path", "notebook_path"].iter().find_map(|name| event.input[name].as_str());
    let path = event.folder().unwrap_or_default().join(path?);
    path.is_absolute().then_some(path)
}

/// The sign that a file was clean before a tool call.
fn mark(event: &Event) -> Option<PathBuf> {
    let call = event.text("tool_use_id")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if call.len() > 200 || !call.chars().all(plain) {
        return None;
    }
    Some(Config::state_dir()?.join("edits").join(call))
}

/// Forgets the signs of tool calls that never came to an end.
fn forget_old(folder: &Path) {
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(wall_ms().unsigned_abs());
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let made = entry.metadata().and_then(|found| found.modified()).ok();
        let age = made.and_then(|made| now.duration_since(made).ok());
        if age.is_some_and(|age| age > OLD) {
            // Should it stay, it is in nobody's way.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn make(folder: &Path) -> bool {
    std::fs::create_dir_all(folder).is_ok()
}

/// A folder that is there: a tool may be about to make the rest.
fn nearest(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|above| above.is_dir()).map(Path::to_owned)
}

fn relative(git: &Git, path: &Path) -> String {
    let root = git.root.canonicalize().unwrap_or_else(|_| git.root.clone());
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned()
}

fn put_back(path: &Path, content: Option<&[u8]>) {
    let now = std::fs::read(path).ok();
    if let Some(content) = content.filter(|content| now.as_deref() != Some(content)) {
        // Should that fail, the file is as the hook of git has left it, which the person is told of.
        let _ = std::fs::write(path, content);
    }
}

/// What a commit is about, as far as the server says.
#[derive(Debug, Default)]
struct About {
    tasks: Vec<Value>,
    todos: Vec<Value>,
    prompt: Option<String>,
}

impl About {
    fn ask(event: &Event, server: Option<&Server>) -> Self {
        let whose = call::whose_of(event);
        let asked = server.and_then(|server| server.ask(GetContext::NAME, &Value::Object(whose)));
        let Some(context) = asked else { return Self::default() };
        let list = |name: &str| context[name].as_array().cloned().unwrap_or_default();
        let prompt = context["lastPrompt"].as_str();
        Self {
            tasks: list("tasks"),
            todos: list("currentTodos"),
            prompt: prompt.map(|prompt| prompt.chars().take(PROMPT).collect()),
        }
    }

    /// The message of a commit: JSON, by the public protocol.
    fn message(&self, event: &Event, file: &str) -> String {
        let tasks = self.tasks.iter().map(|task| json!({"id": task["id"], "text": task["text"]}));
        let todos = self
            .todos
            .iter()
            .map(|todo| json!({"content": todo["content"], "status": todo["status"]}));
        let whose = call::whose_of(event);
        let message = json!({
            "tool": event.tool,
            "files": [file],
            "tasks": tasks.collect::<Vec<_>>(),
            "todos": todos.collect::<Vec<_>>(),
            "sessionId": whose.get("sessionId"),
            "instanceId": whose.get("instanceId"),
            "timestamp": wall_ms(),
            "prompt": self.prompt,
        });
        mask::value(&message).to_string()
    }
}

/// Tells the server of a commit.
fn tell(
    git: &Git,
    event: &Event,
    (hash, branch): (&str, &str),
    about: &About,
    server: Option<&Server>,
) {
    let Some(server) = server else { return };
    let show = |format: &[&str]| {
        let args = [&["show", "--format=", "--no-color"], format, &[hash]].concat();
        git.ask(&args).unwrap_or_default()
    };
    let (mut files, mut additions, mut deletions) = (Vec::new(), 0_u64, 0_u64);
    for line in show(&["--numstat"]).lines() {
        let mut parts = line.splitn(3, '\t');
        let mut number = || parts.next().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        (additions, deletions) = (additions + number(), deletions + number());
        files.extend(parts.next().map(str::to_owned));
    }
    let diff = show(&["--patch"]);
    let message = git.ask(&["log", "-1", "--format=%B", hash]).unwrap_or_default();
    let tasks: Vec<_> = about.tasks.iter().map(|task| task["id"].clone()).collect();
    let mut params = call::whose_of(event);
    let more = json!({
        "commitHash": hash,
        "branch": branch,
        "files": files.iter().take(1_000).collect::<Vec<_>>(),
        "diff": mask::short(&diff, DIFF),
        "stats": {"additions": additions, "deletions": deletions, "filesChanged": files.len()},
        "taskContext": {"taskIds": tasks, "toolUsed": event.tool, "timestamp": wall_ms()},
        "commitMessage": message.trim(),
        "idempotencyKey": number(),
    });
    if let Value::Object(more) = more {
        params.extend(more);
    }
    let told = server.tell(&Call { method: AutoCommit::NAME, params, must_arrive: true });
    // It is in the history of the repository in any case.
    drop::<Heard>(told);
}
