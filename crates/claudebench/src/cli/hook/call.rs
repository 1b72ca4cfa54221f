//! What the server is told of an event, and what it answers.

use std::fmt::Write;

use claudebench_core::time::wall_ms;
use claudebench_hooks::mask;
use claudebench_services::Method;
use claudebench_services::hook::{
    AgentStop, HookEvent, Judged, Notification, PostTool, PreCompact, PreTool, Processed, Prompted,
    TodoWrite, TodosWritten, UserPrompt, WentApart,
};
use claudebench_services::session::{EndSession, StartSession, Started};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::event::{AFTER, BEFORE, Event, OF_A_SKILL};
use crate::config::Config;

/// The longest idempotency key, and the longest id.
const KEY: usize = 200;
const ID: usize = 200;
/// The most characters of a prompt that are sent; fewer are kept.
const PROMPT: usize = 20_000;
/// The most of a list of todos that is sent.
const TODOS: usize = 200;

/// What the server is told of an event.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: &'static str,
    pub(super) params: Map<String, Value>,
    /// Whether it is kept here until the server has taken it.
    pub(super) must_arrive: bool,
}

/// What the server answered that matters.
#[derive(Debug)]
pub(super) enum Said {
    /// Nothing.
    Noted,
    /// What it says of a tool.
    Judged(Judged),
    /// Something for the agent.
    Text(String),
}

/// What the server is told of an event. Those that nobody here knows are kept, too.
pub(super) fn of(event: &Event) -> Call {
    let (method, mut params, must_arrive) = match event.name.as_str() {
        BEFORE | OF_A_SKILL => (PreTool::NAME, before(event), false),
        AFTER if event.tool.as_deref() == Some("TodoWrite") => {
            (TodoWrite::NAME, todos(event), true)
        }
        AFTER => (PostTool::NAME, after(event, event.value("tool_response"), true), true),
        "PostToolUseFailure" => {
            let result = json!({"error": event.value("error")});
            (PostTool::NAME, after(event, result, false), true)
        }
        "UserPromptSubmit" if event.text("prompt").is_some() => {
            (UserPrompt::NAME, prompt(event), true)
        }
        "SessionStart" => (StartSession::NAME, start(event), false),
        "SessionEnd" => (EndSession::NAME, fields(json!({"reason": event.text("reason")})), true),
        "Stop" => (AgentStop::NAME, fields(json!({"agentType": "main"})), true),
        "SubagentStop" => (AgentStop::NAME, fields(json!({"agentType": "subagent"})), true),
        "Notification" => (Notification::NAME, notification(event), true),
        "PreCompact" => {
            let size = event.fields.get("context_tokens").and_then(Value::as_f64).unwrap_or(0.0);
            (PreCompact::NAME, fields(json!({"contextSize": size})), true)
        }
        _ => (HookEvent::NAME, other(event), true),
    };
    whose(event, method, &mut params);
    if must_arrive {
        params.insert("idempotencyKey".into(), key(event).into());
    }
    // Null is no text.
    params.retain(|_, value| !value.is_null());
    Call { method, params, must_arrive }
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn before(event: &Event) -> Map<String, Value> {
    // Whole: the rules are about all of it.
    fields(json!({
        "tool": event.tool.as_deref().map(id),
        "params": event.input,
        "metadata": {
            "cwd": event.cwd, "home": Config::home(), "projectDir": event.cwd,
            "eventType": event.name,
        },
    }))
}

fn after(event: &Event, result: Value, success: bool) -> Map<String, Value> {
    fields(json!({
        "tool": event.tool.as_deref().map_or_else(|| "unknown".to_owned(), id),
        "params": mask::cut(&event.input),
        "result": mask::cut(&result),
        "executionTime": event.fields.get("duration_ms").and_then(Value::as_f64),
        "success": success,
    }))
}

fn todos(event: &Event) -> Map<String, Value> {
    let todos = event.input.get("todos").and_then(Value::as_array).cloned().unwrap_or_default();
    let todos: Vec<Value> = todos.into_iter().take(TODOS).collect();
    fields(json!({"todos": todos}))
}

fn prompt(event: &Event) -> Map<String, Value> {
    fields(json!({
        "prompt": event.text("prompt").map(|text| text.chars().take(PROMPT).collect::<String>()),
        "context": {
            "projectPath": event.cwd,
            "permissionMode": event.text("permission_mode"),
            "source": event.text("source"),
        },
    }))
}

fn start(event: &Event) -> Map<String, Value> {
    fields(json!({"projectDir": event.cwd, "source": event.text("source")}))
}

fn notification(event: &Event) -> Map<String, Value> {
    let message: String = event.text("message").unwrap_or_default().chars().take(5_000).collect();
    let kind = event.text("notification_type").map_or_else(|| "info".to_owned(), id);
    fields(json!({"message": message, "type": kind}))
}

fn other(event: &Event) -> Map<String, Value> {
    let mut data = event.fields.clone();
    for known in ["session_id", "transcript_path", "hook_event_name"] {
        data.remove(known);
    }
    if !event.input.is_null() {
        data.insert("tool_input".into(), event.input.clone());
    }
    let name = if event.name.is_empty() { "unknown".to_owned() } else { id(&event.name) };
    fields(json!({"hookEvent": name, "data": mask::cut(&Value::Object(data))}))
}

/// Which session, and as which instance.
pub(super) fn whose_of(event: &Event) -> Map<String, Value> {
    let mut params = Map::new();
    whose(event, StartSession::NAME, &mut params);
    params.retain(|_, value| !value.is_null());
    params
}

/// The same with when. The parts of an agent have lists of todos of their own.
fn whose(event: &Event, method: &str, params: &mut Map<String, Value>) {
    let session = event.text("session_id").map(id);
    let instance = Config::hook_instance().map(|own| id(&own)).or_else(|| {
        let session: String = session.as_deref()?.chars().take(8).collect();
        Some(format!("claude-code-{session}"))
    });
    let of_part = event.text("agent_id").filter(|_| method == TodoWrite::NAME);
    let session = match (session, of_part) {
        (Some(session), Some(part)) => Some(id(&format!("{session}/{part}"))),
        (session, _) => session,
    };
    params.insert("sessionId".into(), session.into());
    params.insert("instanceId".into(), instance.into());
    if !matches!(method, StartSession::NAME | EndSession::NAME) {
        params.insert("timestamp".into(), wall_ms().into());
    }
}

/// A text that is an id, no longer than ids may be.
fn id(text: &str) -> String {
    text.replace('\0', " ").chars().take(ID).collect()
}

/// By what the server knows an event again: the tool call where there is one, else a number of its own.
fn key(event: &Event) -> String {
    let Some(call) = event.text("tool_use_id") else { return super::spool::number() };
    let key = format!("{}:{}:{call}", event.text("session_id").unwrap_or_default(), event.name);
    if key.len() < KEY && key.is_ascii() {
        return key;
    }
    let digest = Sha256::digest(key.as_bytes());
    digest.iter().fold("hook:".to_owned(), |mut key, byte| {
        // Writing into a string cannot fail.
        let _ = write!(key, "{byte:02x}");
        key
    })
}

/// What the server's answer to a call means.
pub(super) fn said(method: &str, answer: &RawValue) -> Said {
    fn read<T: serde::de::DeserializeOwned>(answer: &RawValue) -> Option<T> {
        serde_json::from_str(answer.get()).ok()
    }
    let said = match method {
        PreTool::NAME => read(answer).map(Said::Judged),
        TodoWrite::NAME => read::<TodosWritten>(answer).and_then(|done| apart(&done.apart)),
        PostTool::NAME => read::<Processed>(answer).and_then(|done| apart(&done.apart)),
        UserPrompt::NAME => read::<Prompted>(answer).and_then(|done| apart(&done.apart)),
        StartSession::NAME => read::<Started>(answer).and_then(|begun| begins(&begun)),
        _ => None,
    };
    said.unwrap_or(Said::Noted)
}

/// Todos whose tasks went another way, for the agent.
fn apart(apart: &[WentApart]) -> Option<Said> {
    if apart.is_empty() {
        return None;
    }
    let mut text = "Tasks of your todos went another way in ClaudeBench:".to_owned();
    for WentApart { content, task_id, status, by } in apart {
        let by = by.as_deref().map(|by| format!(", by {by}")).unwrap_or_default();
        let content: String = content.chars().take(200).collect();
        // Writing into a string cannot fail.
        let _ = write!(text, "\n- {content}: {task_id} is {}{by}", status.name());
    }
    Some(Said::Text(text))
}

fn begins(begun: &Started) -> Option<Said> {
    let mut lines = Vec::new();
    lines.extend(begun.text.clone());
    if begun.ready > 0 {
        let (tasks, are) = if begun.ready == 1 { ("task", "is") } else { ("tasks", "are") };
        let ready = begun.ready;
        lines.push(format!("{ready} {tasks} in ClaudeBench {are} ready to be claimed."));
    }
    (!lines.is_empty()).then(|| Said::Text(lines.join("\n")))
}
