//! The errors that clients see: a stable code, what was wrong, and what to do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The kinds of errors. Each transport maps them in one place.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The text is no JSON.
    ParseError,
    /// The request is no request.
    InvalidRequest,
    /// There is no such method.
    MethodNotFound,
    /// A parameter is missing, of the wrong kind or out of bounds; `issues` names each.
    InvalidParams,
    /// What the call names does not exist.
    NotFound,
    /// The state of what the call names does not allow it.
    Conflict,
    /// The report came under a lease that is no longer current: stop working on the task.
    StaleFence,
    /// The idempotency key was used before, with another body.
    IdempotencyConflict,
    /// A live task has this unique key already.
    DuplicateUniqueKey,
    /// The dependencies would form a cycle.
    DependencyCycle,
    /// The cursor is older than the events that are kept.
    CursorExpired,
    /// No credentials, or wrong ones.
    Unauthorized,
    /// The credentials do not carry the scope that the method needs.
    Forbidden,
    /// Blocked by a hook.
    HookBlocked,
    /// Too many calls; `retryAfterMs` says when to come back.
    RateLimited,
    /// The server has as much work in flight as it takes; nothing was done.
    Overloaded,
    /// The server is stopping; nothing was done.
    ShuttingDown,
    /// The store cannot be reached or written; nothing was done.
    Unavailable,
    /// The body, a value or a list is larger than allowed.
    TooLarge,
    /// The call took longer than it may; it may or may not have been done.
    Timeout,
    /// A fault of the server's.
    Internal,
}

impl Code {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::ParseError,
        Self::InvalidRequest,
        Self::MethodNotFound,
        Self::InvalidParams,
        Self::NotFound,
        Self::Conflict,
        Self::StaleFence,
        Self::IdempotencyConflict,
        Self::DuplicateUniqueKey,
        Self::DependencyCycle,
        Self::CursorExpired,
        Self::Unauthorized,
        Self::Forbidden,
        Self::HookBlocked,
        Self::RateLimited,
        Self::Overloaded,
        Self::ShuttingDown,
        Self::Unavailable,
        Self::TooLarge,
        Self::Timeout,
        Self::Internal,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ParseError => "parse_error",
            Self::InvalidRequest => "invalid_request",
            Self::MethodNotFound => "method_not_found",
            Self::InvalidParams => "invalid_params",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::StaleFence => "stale_fence",
            Self::IdempotencyConflict => "idempotency_conflict",
            Self::DuplicateUniqueKey => "duplicate_unique_key",
            Self::DependencyCycle => "dependency_cycle",
            Self::CursorExpired => "cursor_expired",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::HookBlocked => "hook_blocked",
            Self::RateLimited => "rate_limited",
            Self::Overloaded => "overloaded",
            Self::ShuttingDown => "shutting_down",
            Self::Unavailable => "unavailable",
            Self::TooLarge => "too_large",
            Self::Timeout => "timeout",
            Self::Internal => "internal",
        }
    }
}

/// One thing that is wrong with a parameter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Issue {
    /// The kind of mistake, such as `invalid_type` or `too_big`.
    pub code: String,
    /// Where: names and places from the params downwards.
    pub path: Vec<Value>,
    /// What was expected and what came.
    pub message: String,
}

/// An error as clients get it.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The kind.
    pub code: Code,
    /// What was wrong and what to do, in a sentence.
    pub message: String,
    /// More for programs: issues, the holder of a task, a time to wait. An object or null.
    pub details: Value,
}

impl Error {
    /// An error of a kind, with its sentence.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Value::Null }
    }

    /// The same with one more detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if self.details.is_null() {
            self.details = json!({});
        }
        self.details[name] = serde_json::to_value(value).unwrap_or(Value::Null);
        self
    }

    /// Something named does not exist.
    #[must_use]
    pub fn not_found(what: &str, name: impl std::fmt::Display) -> Self {
        Self::new(Code::NotFound, format!("{what} not found: {name}"))
    }

    /// One parameter is wrong.
    #[must_use]
    pub fn invalid(path: &[&str], message: impl Into<String>) -> Self {
        let issue = Issue {
            code: "custom".into(),
            path: path.iter().map(|name| Value::from(*name)).collect(),
            message: message.into(),
        };
        Self::issues(vec![issue])
    }

    /// Several parameters are wrong.
    #[must_use]
    pub fn issues(issues: Vec<Issue>) -> Self {
        let text: Vec<String> = issues
            .iter()
            .map(|issue| {
                let path: Vec<String> = issue
                    .path
                    .iter()
                    .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
                    .collect();
                if path.is_empty() {
                    issue.message.clone()
                } else {
                    format!("{}: {}", path.join("."), issue.message)
                }
            })
            .collect();
        Self::new(Code::InvalidParams, text.join("; ")).with("issues", issues)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_one_name() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
        }
        let mut names: Vec<_> = Code::ALL.iter().map(|c| c.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn an_issue_names_its_path() {
        let error = Error::invalid(&["updates", "text"], "expected 1 to 500 characters, got 501");
        assert_eq!(error.to_string(), "updates.text: expected 1 to 500 characters, got 501");
    }
}
