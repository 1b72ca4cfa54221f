//! What is said over a socket.

use claudebench_core::{Cursor, Error, Millis, TaskId};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::transport::answer;

/// What a client says, told apart by `action`.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "lowercase")]
pub(super) enum Said {
    /// Wants events.
    Subscribe(Wanted),
    /// Wants no more of them.
    Unsubscribe {
        /// Patterns.
        events: Vec<String>,
    },
    /// Calls a method.
    Execute {
        /// A JSON-RPC request.
        request: Box<RawValue>,
    },
    /// Asks whether the server is there.
    Ping,
}

/// Which events, and from where on.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    /// Patterns: a type, `domain.*` or `*`.
    pub(super) events: Vec<String>,
    /// Also what came after this cursor.
    #[serde(default)]
    pub(super) since: Option<Cursor>,
    /// Only of this task.
    #[serde(default)]
    pub(super) task: Option<TaskId>,
    /// Only of this project.
    #[serde(default)]
    pub(super) project: Option<String>,
}

/// Reads what a client said. `execute` is told apart first: a tagged type cannot hold raw JSON.
pub(super) fn read(text: &str) -> Result<Said, serde_json::Error> {
    #[derive(Deserialize)]
    struct Call<'a> {
        action: &'a str,
        #[serde(borrow)]
        request: Option<&'a RawValue>,
    }
    if let Ok(Call { action: "execute", request: Some(request) }) = serde_json::from_str(text) {
        return Ok(Said::Execute { request: request.to_owned() });
    }
    serde_json::from_str(text)
}

pub(super) fn connected(id: &str, now: Millis) -> String {
    json!({ "type": "connected", "clientId": id, "timestamp": now.0 }).to_string()
}

pub(super) fn pong(now: Millis) -> String {
    json!({ "type": "pong", "timestamp": now.0 }).to_string()
}

pub(super) fn subscribed(events: &[String], cursor: Cursor, now: Millis) -> String {
    json!({ "type": "subscribed", "events": events, "cursor": cursor, "timestamp": now.0 })
        .to_string()
}

pub(super) fn unsubscribed(events: &[String], now: Millis) -> String {
    json!({ "type": "unsubscribed", "events": events, "timestamp": now.0 }).to_string()
}

pub(super) fn lagged(error: &Error, cursor: Cursor, now: Millis) -> String {
    json!({
        "type": "lagged",
        "error": answer::object(error),
        "cursor": cursor,
        "timestamp": now.0,
    })
    .to_string()
}

pub(super) fn failed(code: i32, message: &str, now: Millis) -> String {
    json!({
        "type": "error",
        "error": { "message": message, "code": code },
        "timestamp": now.0,
    })
    .to_string()
}

/// An event: `data` is its text, the same for all subscribers.
pub(super) fn event(kind: &str, id: Cursor, data: &str, at: Millis) -> String {
    let at = at.0;
    format!(r#"{{"type":"event","event":"{kind}","id":"{id}","data":{data},"timestamp":{at}}}"#)
}
