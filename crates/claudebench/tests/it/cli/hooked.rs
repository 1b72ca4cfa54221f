//! `claudebench hook` with a server: what it is told, what it answers, and what waits while it is away.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::program::{program, text};
use super::server::{Server, eventually};

/// One of each event, after the type declarations of Claude Code.
const EVENTS: &str = include_str!("hook_events.json");

/// An agent in a folder, which works through a server.
pub(super) struct Agent {
    pub(super) folder: TempDir,
    pub(super) state: TempDir,
    url: String,
    settings: Vec<(&'static str, &'static str)>,
}

impl Agent {
    pub(super) fn of(url: &str) -> Self {
        let (folder, state) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        Self { folder, state, url: url.to_owned(), settings: Vec::new() }
    }

    pub(super) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.settings.push((name, value));
        self
    }

    pub(super) fn program(&self, args: &[&str]) -> Command {
        let mut command = program(args);
        command.current_dir(self.folder.path()).env("XDG_STATE_HOME", self.state.path());
        command.env("HOME", self.state.path()).env("CLAUDEBENCH_URL", &self.url);
        command.env("PATH", "/usr/bin:/bin").envs(self.settings.iter().copied());
        command
    }

    /// Runs a hook.
    pub(super) fn hook(&self, event: &Value) -> Output {
        let mut command = self.program(&["hook"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(event.to_string().as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// What it answers: null, if the agent simply goes on.
    pub(super) fn answer(&self, event: &Value) -> Value {
        let output = self.hook(event);
        assert_eq!((text(&output.stderr), output.status.code()), ("", Some(0)), "{event}");
        match text(&output.stdout) {
            "" => Value::Null,
            answer => serde_json::from_str(answer).unwrap(),
        }
    }

    /// An event of the session `s-1`.
    pub(super) fn event(&self, name: &str, more: Value) -> Value {
        let mut event = json!({
            "hook_event_name": name, "session_id": "s-1", "transcript_path": "/t",
            "cwd": self.folder.path(),
        });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    }

    /// What a tool call is told as, before and after.
    pub(super) fn tool(&self, id: &str, tool: &str, input: &Value, response: &Value) -> [Value; 2] {
        let call = json!({"tool_name": tool, "tool_input": input, "tool_use_id": id});
        let mut after = self.event("PostToolUse", call.clone());
        after["tool_response"] = response.clone();
        [self.event("PreToolUse", call), after]
    }

    pub(super) fn todos(&self, id: &str, todos: &Value) -> Value {
        let [_, after] = self.tool(id, "TodoWrite", &json!({"todos": todos}), &json!({}));
        self.answer(&after)
    }

    /// How many events wait for the server.
    pub(super) fn waiting(&self) -> usize {
        let spools =
            fs::read_dir(self.state.path().join("claudebench/hooks")).into_iter().flatten();
        let files =
            spools.flatten().flat_map(|spool| fs::read_dir(spool.path()).unwrap().flatten());
        files.filter(|file| file.path().extension().is_some_and(|end| end == "json")).count()
    }
}

/// The events of the session, or of all.
pub(super) fn log(server: &Server, types: &str) -> Vec<Value> {
    let page = server.json(&["call", "event.list", "--types", types, "--limit", "1000"]);
    page["events"].as_array().unwrap().clone()
}

#[test]
fn every_event_of_claude_code_is_kept() {
    let server = Server::start();
    let agent = Agent::of(&server.url);
    let events: Vec<Value> = serde_json::from_str(EVENTS).unwrap();
    for event in &events {
        let output = agent.hook(event);
        assert_eq!(output.status.code(), Some(0), "{event}: {output:?}");
        assert_eq!(text(&output.stderr), "", "{event}");
    }
    let session = events[0]["session_id"].as_str().unwrap();
    let state = server.json(&["call", "session.state.get", "--session-id", session]);
    let told = state["events"].as_array().unwrap();
    let others: Vec<&str> =
        told.iter().filter_map(|event| event["data"]["hookEvent"].as_str()).collect();
    // Each of them as what it is, or under its own name.
    let known = [
        ("PreToolUse", "hook.pre_tool.executed"),
        ("PreSkillShellCommand", "hook.pre_tool.executed"),
        ("PostToolUse", "hook.post_tool.executed"),
        ("PostToolUseFailure", "hook.post_tool.executed"),
        ("UserPromptSubmit", "hook.user_prompt.executed"),
        ("SessionStart", "session.started"),
        ("SessionEnd", "session.ended"),
        ("Stop", "agent.stopped"),
        ("SubagentStop", "agent.stopped"),
        ("Notification", "notification.received"),
        ("PreCompact", "context.pre_compact"),
    ];
    for event in &events {
        let name = event["hook_event_name"].as_str().unwrap();
        let is_there = match known.iter().find(|(known, _)| *known == name) {
            Some((_, kind)) => told.iter().any(|event| event["eventType"] == *kind),
            None => others.contains(&name),
        };
        assert!(is_there, "{name} is not in {told:?}");
    }
    assert_eq!(others.len(), events.len() - known.len());
    assert_eq!(agent.waiting(), 0);
}

#[test]
fn the_stricter_of_server_and_repository_decides() {
    let server = Server::start();
    let agent = Agent::of(&server.url);
    let rules = "[[hook.rule]]\nname = \"no-push\"\ntools = [\"Bash\"]\naction = \"ask\"\n\
                 when = { command = \"git\", arguments = \"push\" }\nmessage = \"Ask.\"\n";
    let value = Value::from(rules).to_string();
    server.json(&["call", "config.set", "--key", "hook.rules", "--value", &value]);
    let decided = |command: &str| {
        let [before, _] = agent.tool("u", "Bash", &json!({"command": command}), &Value::Null);
        agent.answer(&before)["hookSpecificOutput"]["permissionDecision"].clone()
    };
    assert_eq!(decided("git push"), "ask");
    assert_eq!(decided("git push; rm -rf /"), "deny");
    assert_eq!(decided("git status"), Value::Null);
    let own = agent.folder.path().join(".claudebench");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("rules.toml"), rules.replace("ask", "deny").replace("no-push", "own"))
        .unwrap();
    assert_eq!(decided("git push"), "deny");
    let told = log(&server, "hook.pre_tool.executed");
    assert_eq!(told.len(), 4);
    assert_eq!(told[0]["payload"]["validationResult"]["rule"], "no-push");
}

#[test]
fn without_a_server_the_agent_goes_on_unless_it_must_not() {
    let agent = Agent::of("http://127.0.0.1:9");
    let [before, after] =
        agent.tool("u", "Bash", &json!({"command": "ls"}), &json!({"stdout": ""}));
    assert_eq!(agent.answer(&before), Value::Null);
    assert_eq!(agent.answer(&after), Value::Null);
    assert_eq!(agent.waiting(), 1, "what has happened waits, what was asked does not");
    let closed = Agent::of("http://127.0.0.1:9").with("CLAUDEBENCH_HOOK_WITHOUT_SERVER", "closed");
    let answer = closed.answer(&before);
    assert_eq!(answer["hookSpecificOutput"]["permissionDecision"], "deny");
    let reason = answer["hookSpecificOutput"]["permissionDecisionReason"].as_str().unwrap();
    assert!(reason.contains("does not answer"), "{reason}");
    // Where nobody has said that there is a server, nothing is kept for one.
    let mut alone = Agent::of("http://127.0.0.1:9");
    alone.url = String::new();
    let mut command = alone.program(&["hook"]);
    command.env_remove("CLAUDEBENCH_URL").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(after.to_string().as_bytes()).unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
    assert_eq!(alone.waiting(), 0);
}

#[test]
fn a_server_that_hangs_holds_nobody_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let agent = Agent::of(&url).with("CLAUDEBENCH_HOOK_WAIT_MS", "50");
    let [before, after] = agent.tool("u", "Bash", &json!({"command": "rm -rf /"}), &json!({}));
    let answer = agent.answer(&before);
    assert_eq!(
        answer["hookSpecificOutput"]["permissionDecision"], "deny",
        "by the rules known here"
    );
    assert_eq!(agent.answer(&after), Value::Null);
    assert_eq!(agent.waiting(), 1);
}

#[test]
fn what_waited_is_told_once_and_in_order_when_the_server_is_back() {
    let server = Server::start();
    let listen = server.url.strip_prefix("http://").unwrap().to_owned();
    let agent = Agent::of(&server.url);
    let todo = |status: &str| json!([{"content": "one", "status": status, "activeForm": "Doing"}]);
    agent.todos("u0", &todo("in_progress"));
    let secret = "password=hunter2hunter2";
    let data = server.stop();
    for n in 1..6 {
        let input = json!({"command": format!("echo {n} {secret}")});
        let [_, after] = agent.tool(&format!("u{n}"), "Bash", &input, &json!({"stdout": n}));
        agent.answer(&after);
    }
    agent.todos("u6", &todo("completed"));
    assert_eq!(agent.waiting(), 6);
    let spool = agent.state.path().join("claudebench/hooks");
    for file in fs::read_dir(fs::read_dir(spool).unwrap().next().unwrap().unwrap().path()).unwrap()
    {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("hunter2"), "{text}");
    }
    let server = Server::on(&listen, data);
    let [_, last] = agent.tool("u7", "Bash", &json!({"command": "echo 7"}), &json!({"stdout": 7}));
    agent.answer(&last);
    eventually("all of it is told", || agent.waiting() == 0);
    let told = log(&server, "hook.post_tool.executed");
    let outputs: Vec<_> =
        told.iter().map(|event| event["payload"]["result"]["stdout"].clone()).collect();
    assert_eq!(outputs, [1, 2, 3, 4, 5, 7]);
    let listed = server.json(&["task", "list"]);
    assert_eq!(listed["tasks"][0]["status"], "completed", "under its fence");
    // The same hook once more, by whatever mishap.
    agent.answer(&last);
    assert_eq!(log(&server, "hook.post_tool.executed").len(), 6);
    let done = agent.program(&["hook", "deliver"]).output().unwrap();
    assert!(text(&done.stdout).contains("none is left"), "{done:?}");
}

#[test]
fn what_waits_is_of_the_session_that_it_was_of() {
    let server = Server::start();
    let listen = server.url.strip_prefix("http://").unwrap().to_owned();
    let agent = Agent::of(&server.url);
    let data = server.stop();
    let mut prompt = agent.event("UserPromptSubmit", json!({"prompt": "go on"}));
    prompt["session_id"] = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU".into();
    agent.answer(&prompt);
    let server = Server::on(&listen, data);
    agent.program(&["hook", "deliver"]).output().unwrap();
    let listed = server.json(&["call", "session.list"]);
    assert_eq!(listed["sessions"][0]["sessionId"], prompt["session_id"]);
}

#[test]
fn what_the_server_does_not_take_is_told_or_waits_for_a_key() {
    let server = Server::start();
    let mut agent = Agent::of(&server.url);
    let told = agent.todos("u0", &json!([{"content": "", "status": "pending"}]));
    assert!(told["systemMessage"].as_str().unwrap().contains("did not take"), "{told}");
    let large = json!({"command": "git push", "description": "x ".repeat(3 << 20)});
    let [before, _] = agent.tool("u1", "Bash", &large, &Value::Null);
    let told = agent.answer(&before);
    assert!(told["systemMessage"].as_str().unwrap().contains("did not take"), "{told}");
    let prompt = agent.event("UserPromptSubmit", json!({"prompt": "x y ".repeat(400_000)}));
    assert_eq!(agent.answer(&prompt)["systemMessage"], Value::Null);
    assert_eq!(log(&server, "hook.user_prompt.executed").len(), 1, "however long it was");
    let unknown =
        "cb_0000000000000000_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    agent.settings.push(("CLAUDEBENCH_API_KEY", unknown));
    agent.answer(&agent.event("UserPromptSubmit", json!({"prompt": "again"})));
    assert_eq!(agent.waiting(), 1);
    agent.settings.clear();
    let done = agent.program(&["hook", "deliver"]).output().unwrap();
    assert_eq!(text(&done.stdout), "1 events were told; none is left\n");
}

#[test]
fn another_program_in_the_place_of_the_server_is_told_nothing() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let agent = Agent::of(&format!("http://{}", other.local_addr().unwrap()));
    std::thread::spawn(move || {
        for mut stream in other.incoming().flatten() {
            // Nobody may be there any more to hear it.
            let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnone");
        }
    });
    for waiting in 1..3 {
        agent.answer(&agent.event("UserPromptSubmit", json!({"prompt": "go on"})));
        assert_eq!(agent.waiting(), waiting);
    }
    let done = agent.program(&["hook", "deliver"]).output().unwrap();
    assert!(!done.status.success(), "{done:?}");
    assert_eq!(agent.waiting(), 2);
}

#[test]
fn a_completion_that_comes_too_late_takes_nothing_from_another() {
    let server = Server::start();
    let listen = server.url.strip_prefix("http://").unwrap().to_owned();
    let agent = Agent::of(&server.url);
    let todo = |status: &str| json!([{"content": "one", "status": status}]);
    agent.todos("u0", &todo("in_progress"));
    let id = server.json(&["task", "list"])["tasks"][0]["id"].as_str().unwrap().to_owned();
    let data = server.stop();
    agent.todos("u1", &todo("completed"));
    let server = Server::on(&listen, data);
    // Meanwhile the task was given to somebody else.
    server.json(&["call", "task.unassign", "--task-id", &id]);
    server.json(&["call", "system.register", "--id", "w-2", "--roles", "[]"]);
    server.json(&["call", "task.claim", "--worker-id", "w-2"]);
    let done = agent.program(&["hook", "deliver"]).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let task = server.json(&["task", "show", &id]);
    assert_eq!((&task["status"], &task["assignedTo"]), (&json!("in_progress"), &json!("w-2")));
    // The agent hears of it with its next prompt.
    let told = agent.answer(&agent.event("UserPromptSubmit", json!({"prompt": "and?"})));
    let context = told["hookSpecificOutput"]["additionalContext"].as_str().unwrap_or_default();
    assert!(context.contains("w-2"), "{told}");
}

#[test]
fn a_session_is_told_what_it_needs_to_go_on() {
    let server = Server::start();
    server.json(&["task", "add", "for anybody"]);
    let agent = Agent::of(&server.url);
    let start =
        |source: &str| agent.answer(&agent.event("SessionStart", json!({"source": source})));
    let begun = start("startup");
    let context = begun["hookSpecificOutput"]["additionalContext"].as_str().unwrap();
    assert_eq!(context, "1 task in ClaudeBench is ready to be claimed.");
    agent.answer(&agent.event("UserPromptSubmit", json!({"prompt": "build it"})));
    agent.todos("u0", &json!([{"content": "one", "status": "in_progress"}]));
    agent.answer(&agent.event("PreCompact", json!({"trigger": "auto"})));
    let resumed = start("compact");
    let context = resumed["hookSpecificOutput"]["additionalContext"].as_str().unwrap();
    assert!(context.contains("one (fence 1)") && context.contains("build it"), "{context}");
    agent.answer(&agent.event("SessionEnd", json!({"reason": "exit"})));
    let listed = server.json(&["task", "list", "--status", "in_progress"]);
    assert_eq!(listed["totalCount"], 0, "it gives back what it held");
    // The parts of an agent keep lists of their own.
    let part = json!([{"content": "of a part", "status": "pending"}]);
    let [_, mut after] = agent.tool("u1", "TodoWrite", &json!({"todos": part}), &json!({}));
    after["agent_id"] = "a1".into();
    agent.answer(&after);
    let listed = server.json(&["call", "session.list"]);
    let ids: Vec<_> =
        listed["sessions"].as_array().unwrap().iter().map(|s| s["sessionId"].clone()).collect();
    assert_eq!(ids, ["s-1/a1", "s-1"]);
}

/// Runs git in a folder.
pub(super) fn git(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "user.name=A", "-c", "user.email=a@x.y"]).args(args);
    let output = command.env("GIT_CONFIG_NOSYSTEM", "1").output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", text(&output.stderr));
    text(&output.stdout).trim().to_owned()
}

/// A repository with a file `a.txt`, on the branch `work`.
pub(super) fn repository(folder: &Path) {
    git(folder, &["init", "--quiet", "--initial-branch", "main"]);
    git(folder, &["config", "user.name", "Ann"]);
    git(folder, &["config", "user.email", "ann@example.com"]);
    fs::write(folder.join("a.txt"), "one\n").unwrap();
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "first"]);
    git(folder, &["switch", "--quiet", "-c", "work"]);
}

/// An agent writes a file by its tool.
pub(super) fn writes(agent: &Agent, id: &str, name: &str, content: &str) -> Value {
    let path = agent.folder.path().join(name);
    let input = json!({"file_path": path, "content": content});
    let [before, after] = agent.tool(id, "Write", &input, &json!({"type": "update"}));
    assert_eq!(agent.answer(&before), Value::Null);
    fs::write(&path, content).unwrap();
    agent.answer(&after)
}

#[test]
fn changes_are_committed_where_that_is_asked_for() {
    let server = Server::start();
    let agent = Agent::of(&server.url).with("CLAUDEBENCH_HOOK_AUTO_COMMIT", "true");
    let folder = agent.folder.path();
    repository(folder);
    agent.todos("u0", &json!([{"content": "write it", "status": "in_progress"}]));
    fs::write(folder.join("mine.txt"), "a person's\n").unwrap();
    fs::write(folder.join("staged.txt"), "a person's\n").unwrap();
    git(folder, &["add", "staged.txt"]);
    assert_eq!(writes(&agent, "u1", "a.txt", "two\n"), Value::Null);
    let message: Value = serde_json::from_str(&git(folder, &["log", "-1", "--format=%B"])).unwrap();
    assert_eq!((&message["tool"], &message["files"]), (&json!("Write"), &json!(["a.txt"])));
    assert_eq!(message["tasks"][0]["text"], "write it");
    assert_eq!(git(folder, &["show", "--format=", "--name-only"]), "a.txt");
    assert_eq!(git(folder, &["status", "--porcelain"]), "A  staged.txt\n?? mine.txt");
    // One that is new, in a folder that is new.
    fs::create_dir(folder.join("src")).unwrap();
    writes(&agent, "u2", "src/b.txt", "new\n");
    assert_eq!(git(folder, &["show", "--format=", "--name-only"]), "src/b.txt");
    // What was changed before stays as it is.
    let head = git(folder, &["rev-parse", "HEAD"]);
    writes(&agent, "u3", "mine.txt", "an agent's\n");
    fs::write(folder.join("a.txt"), "a person's\n").unwrap();
    writes(&agent, "u4", "a.txt", "an agent's\n");
    assert_eq!(git(folder, &["rev-parse", "HEAD"]), head);
    let task = server.json(&["task", "list"])["tasks"][0]["id"].as_str().unwrap().to_owned();
    let kept = server.json(&["call", "task.list_attachments", "--task-id", &task]);
    assert_eq!(kept["totalCount"], 2, "{kept}");
    assert_eq!(log(&server, "git.auto_commit.created").len(), 2);
    // Nothing on the main branch.
    git(folder, &["stash", "--include-untracked", "--quiet"]);
    git(folder, &["switch", "--quiet", "main"]);
    writes(&agent, "u5", "a.txt", "three\n");
    assert_eq!(git(folder, &["status", "--porcelain"]), "M a.txt");
    assert_eq!(git(folder, &["log", "--format=%s", "main"]), "first");
}

#[test]
fn what_cannot_be_committed_is_left_as_it_was_and_told() {
    let agent = Agent::of("http://127.0.0.1:9").with("CLAUDEBENCH_HOOK_AUTO_COMMIT", "true");
    let folder = agent.folder.path();
    repository(folder);
    let hook = folder.join(".git/hooks/pre-commit");
    fs::write(&hook, "#!/bin/sh\necho spoiled > a.txt\necho no such luck >&2\nexit 1\n").unwrap();
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let told = writes(&agent, "u1", "a.txt", "two\n");
    let said = told["systemMessage"].as_str().unwrap();
    assert!(said.contains("not committed") && said.contains("no such luck"), "{said}");
    assert_eq!(fs::read_to_string(folder.join("a.txt")).unwrap(), "two\n");
    assert_eq!(git(folder, &["log", "--format=%s"]), "first");
    assert_eq!(git(folder, &["status", "--porcelain"]), "M a.txt");
    fs::remove_file(&hook).unwrap();
    // In the middle of a merge.
    git(folder, &["commit", "--quiet", "-am", "second"]);
    git(folder, &["switch", "--quiet", "-c", "other", "main"]);
    fs::write(folder.join("a.txt"), "other\n").unwrap();
    git(folder, &["commit", "--quiet", "-am", "third"]);
    let merge =
        Command::new("git").arg("-C").arg(folder).args(["merge", "--quiet", "work"]).output();
    assert!(!merge.unwrap().status.success(), "it conflicts");
    let told = writes(&agent, "u2", "b.txt", "new\n");
    let said = told["systemMessage"].as_str().unwrap();
    assert!(said.contains("a merge is under way"), "{said}");
    assert!(folder.join(".git/MERGE_HEAD").exists());
}

#[test]
fn all_changes_are_committed_where_that_is_asked_for() {
    let agent = Agent::of("http://127.0.0.1:9")
        .with("CLAUDEBENCH_HOOK_AUTO_COMMIT", "true")
        .with("CLAUDEBENCH_HOOK_AUTO_COMMIT_ALL", "true");
    let folder = agent.folder.path();
    repository(folder);
    fs::write(folder.join("mine.txt"), "a person's\n").unwrap();
    writes(&agent, "u1", "a.txt", "two\n");
    assert_eq!(git(folder, &["show", "--format=", "--name-only"]), "a.txt\nmine.txt");
    assert_eq!(git(folder, &["status", "--porcelain"]), "");
}
