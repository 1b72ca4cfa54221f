//! What is said over a socket.

use claudebench_core::{Code, Cursor, Error, Millis, TaskId};
use claudebench_services::method;
use serde::de::{IgnoredAny, IntoDeserializer};
use serde::{Deserialize, Deserializer};
use serde_json::json;
use serde_json::value::RawValue;

use crate::transport::answer;

/// What a client says, told apart by `action`.
#[derive(Debug)]
pub(super) enum Said {
    /// Wants events.
    Subscribe(Wanted),
    /// Wants no more of them.
    Unsubscribe(Unwanted),
    /// Calls a method, by a JSON-RPC request.
    Execute(Box<RawValue>),
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

/// Which events no more.
#[derive(Debug, Deserialize)]
pub(super) struct Unwanted {
    /// Patterns.
    pub(super) events: Vec<String>,
}

/// Reads what a client said. A call, which is what comes most, is told from the rest in one pass.
pub(super) fn read(text: &str) -> Result<Said, Error> {
    #[derive(Deserialize)]
    struct Call<'a> {
        action: &'a str,
        #[serde(borrow)]
        request: &'a RawValue,
    }
    if let Ok(Call { action: "execute", request }) = serde_json::from_str(text) {
        return Ok(Said::Execute(request.to_owned()));
    }
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        return Err(Error::new(Code::ParseError, format!("no JSON: {error}")));
    }
    let text = text.trim_start();
    if !text.starts_with('{') {
        return Err(Error::invalid(&[], "expected an object with `action`"));
    }
    other(text)
}

/// Reads an object, in two passes, so that a mistake is told with the field it is in.
fn other(text: &str) -> Result<Said, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Action {
        Subscribe,
        Unsubscribe,
        Execute,
        Ping,
    }
    #[derive(Deserialize)]
    struct Message {
        #[serde(deserialize_with = "named")]
        action: Action,
    }
    /// From a text alone: by itself, serde would read `{"ping": null}`, too.
    fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Action, D::Error> {
        Action::deserialize(String::deserialize(from)?.into_deserializer())
    }
    #[derive(Deserialize)]
    struct Request {
        request: Box<RawValue>,
    }
    Ok(match method::read::<Message>(text)?.action {
        Action::Subscribe => Said::Subscribe(method::read(text)?),
        Action::Unsubscribe => Said::Unsubscribe(method::read(text)?),
        Action::Execute => Said::Execute(method::read::<Request>(text)?.request),
        Action::Ping => Said::Ping,
    })
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

/// What was wrong with a message: `code` is the number that the public protocol has for it, and
/// whatever else the error tells stands beside it.
pub(super) fn failed(error: &Error, now: Millis) -> String {
    let mut told = answer::object(error);
    told["code"] = match error.code {
        // The public protocol: what is no JSON is the server's error here.
        Code::ParseError => answer::rpc_code(Code::Internal).into(),
        code => answer::rpc_code(code).into(),
    };
    json!({ "type": "error", "error": told, "timestamp": now.0 }).to_string()
}

/// An event: `data` is its text, the same for all subscribers.
pub(super) fn event(kind: &str, id: Cursor, data: &str, at: Millis) -> String {
    let at = at.0;
    format!(r#"{{"type":"event","event":"{kind}","id":"{id}","data":{data},"timestamp":{at}}}"#)
}

#[cfg(test)]
mod tests {
    use claudebench_services::context::store_error;
    use claudebench_store::StoreError;
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_cursor_that_is_too_old_is_told_with_the_oldest_that_works() {
        let error = store_error(StoreError::CursorExpired { cursor: 0, oldest: 5_000 });
        let said: Value = serde_json::from_str(&failed(&error, Millis(0))).unwrap();
        assert_eq!(said["error"]["code"], -32008);
        assert_eq!(said["error"]["oldest"], "5000");
    }
}
