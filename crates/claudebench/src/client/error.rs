//! Why a call got no answer, or one that says no.

use std::time::Duration;

use claudebench_core::{Code, Error};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::address::Address;

/// Why a call got no answer, or one that says no.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nothing listens there. Nothing was done.
    #[error("no server at {server}: {source}")]
    Unreachable {
        /// Where.
        server: Address,
        /// What the system says.
        source: std::io::Error,
    },
    /// The server says no. Nothing was done, unless the code is `timeout`.
    #[error("{0}")]
    Refused(Error),
    /// No answer came in time. The call may or may not have been done.
    #[error("no answer from {server} within {} s; the call may still have been done", after.as_secs_f32())]
    TimedOut {
        /// Who did not answer.
        server: Address,
        /// How long was waited.
        after: Duration,
    },
    /// The connection broke before the answer. The call may or may not have been done.
    #[error("the connection to {server} broke: {source}; the call may still have been done")]
    Broken {
        /// To whom.
        server: Address,
        /// How.
        source: hyper::Error,
    },
    /// What answers does not speak as a ClaudeBench server does.
    #[error("{server} does not answer like a ClaudeBench server: {what}")]
    Foreign {
        /// Who.
        server: Address,
        /// What came.
        what: String,
    },
    /// The call cannot be written as JSON, or the answer is not what was asked for.
    #[error("{what}")]
    Unreadable {
        /// What is wrong.
        what: String,
    },
}

impl ClientError {
    /// The code of a refusal.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(error) => Some(error.code),
            _ => None,
        }
    }

    /// Whether the same call may go through a little later.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Broken { .. } => true,
            Self::Refused(error) => matches!(
                error.code,
                Code::RateLimited
                    | Code::Overloaded
                    | Code::ShuttingDown
                    | Code::Unavailable
                    | Code::Timeout
            ),
            Self::Foreign { .. } | Self::Unreadable { .. } => false,
        }
    }
}

/// The `error` of a JSON-RPC answer.
#[derive(Deserialize)]
pub(super) struct RpcError {
    code: i64,
    message: String,
    #[serde(default)]
    data: Value,
}

impl From<RpcError> for Error {
    fn from(error: RpcError) -> Self {
        let mut details = match error.data {
            Value::Object(fields) => fields,
            // Of wrong params it is the list of issues itself.
            issues @ Value::Array(_) => Map::from_iter([("issues".to_owned(), issues)]),
            _ => Map::new(),
        };
        let named = details.remove("code").and_then(|code| serde_json::from_value(code).ok());
        details.remove("message");
        let code = named.unwrap_or(match error.code {
            -32700 => Code::ParseError,
            -32600 => Code::InvalidRequest,
            -32601 => Code::MethodNotFound,
            -32602 => Code::InvalidParams,
            -32000 => Code::RateLimited,
            -32001 => Code::Unavailable,
            -32002 => Code::Unauthorized,
            -32003 => Code::HookBlocked,
            -32004 => Code::NotFound,
            -32005 => Code::Conflict,
            -32006 => Code::StaleFence,
            -32007 => Code::IdempotencyConflict,
            -32008 => Code::CursorExpired,
            -32009 => Code::TooLarge,
            _ => Code::Internal,
        });
        let details = if details.is_empty() { Value::Null } else { Value::Object(details) };
        Self { code, message: error.message, details }
    }
}

/// What an answer with an error's HTTP status says.
pub(super) fn from_status(status: u16, body: &[u8]) -> Option<Error> {
    /// What `error` is: of resource routes, of JSON-RPC, or of `POST /{domain}/{action}`.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Told {
        Named {
            code: Code,
            message: String,
            #[serde(flatten)]
            details: Map<String, Value>,
        },
        Rpc(RpcError),
        Text(String),
    }
    #[derive(Deserialize)]
    struct Body {
        error: Told,
        #[serde(default)]
        code: Option<Code>,
        #[serde(default)]
        details: Value,
    }
    let code = match status {
        400 => Code::InvalidRequest,
        401 => Code::Unauthorized,
        403 => Code::Forbidden,
        404 => Code::NotFound,
        409 => Code::Conflict,
        410 => Code::CursorExpired,
        413 => Code::TooLarge,
        429 => Code::RateLimited,
        503 => Code::Unavailable,
        504 => Code::Timeout,
        500..=599 => Code::Internal,
        _ => return None,
    };
    let body: Body = serde_json::from_slice(body).ok()?;
    Some(match body.error {
        Told::Named { code, message, details } => {
            Error { code, message, details: Value::Object(details) }
        }
        Told::Rpc(error) => error.into(),
        Told::Text(message) => {
            let named = body.details.get("code").cloned();
            let named = named.and_then(|code| serde_json::from_value(code).ok());
            Error { code: body.code.or(named).unwrap_or(code), message, details: body.details }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_name_of_an_error_wins_over_its_number() {
        let read = |value: Value| Error::from(serde_json::from_value::<RpcError>(value).unwrap());
        let error = read(json!({
            "code": -32005,
            "message": "a live task has it",
            "data": {"code": "duplicate_unique_key", "message": "x", "taskId": "t-7"},
        }));
        assert_eq!(error.code, Code::DuplicateUniqueKey);
        assert_eq!(error.details, json!({"taskId": "t-7"}));
        let issues = json!([{"code": "custom", "path": ["text"], "message": "x"}]);
        let error = read(json!({"code": -32602, "message": "text: x", "data": issues}));
        assert_eq!((error.code, &error.details["issues"]), (Code::InvalidParams, &issues));
        let error = read(json!({"code": -32004, "message": "gone"}));
        assert_eq!((error.code, error.details), (Code::NotFound, Value::Null));
    }

    #[test]
    fn a_status_is_read_with_its_body() {
        let rest = br#"{"success":false,"error":"too many calls"}"#;
        let error = from_status(429, rest).unwrap();
        assert_eq!((error.code, error.message.as_str()), (Code::RateLimited, "too many calls"));
        let named = br#"{"error":{"code":"unauthorized","message":"who?","retryAfterMs":5}}"#;
        let error = from_status(401, named).unwrap();
        assert_eq!((error.code, error.details), (Code::Unauthorized, json!({"retryAfterMs": 5})));
        let rpc = br#"{"jsonrpc":"2.0","id":null,"error":{"code":-32002,"message":"no key"}}"#;
        assert_eq!(from_status(401, rpc).unwrap().code, Code::Unauthorized);
        assert_eq!(from_status(502, b"<html>"), None);
    }
}
