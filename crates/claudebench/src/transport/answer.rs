//! Errors as each transport shows them: the one table from codes to numbers.

use bytes::Bytes;
use claudebench_core::{Code, Error};
use http_body_util::{BodyExt, Full};
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

/// The body of every answer.
pub type Body = axum::body::Body;

/// The number of an error in JSON-RPC.
#[must_use]
pub const fn rpc_code(code: Code) -> i32 {
    match code {
        Code::ParseError => -32700,
        Code::InvalidRequest => -32600,
        Code::MethodNotFound => -32601,
        Code::InvalidParams => -32602,
        Code::Internal | Code::Timeout => -32603,
        Code::RateLimited => -32000,
        Code::Unavailable | Code::Overloaded | Code::ShuttingDown => -32001,
        Code::Unauthorized | Code::Forbidden => -32002,
        Code::HookBlocked => -32003,
        Code::NotFound => -32004,
        Code::Conflict | Code::DuplicateUniqueKey | Code::DependencyCycle => -32005,
        Code::StaleFence => -32006,
        Code::IdempotencyConflict => -32007,
        Code::CursorExpired => -32008,
        Code::TooLarge => -32009,
    }
}

/// The HTTP status of an error.
#[must_use]
pub const fn status(code: Code) -> StatusCode {
    match code {
        Code::ParseError | Code::InvalidRequest | Code::InvalidParams => StatusCode::BAD_REQUEST,
        Code::Unauthorized => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::HookBlocked => StatusCode::FORBIDDEN,
        Code::MethodNotFound | Code::NotFound => StatusCode::NOT_FOUND,
        Code::Conflict
        | Code::StaleFence
        | Code::IdempotencyConflict
        | Code::DuplicateUniqueKey
        | Code::DependencyCycle => StatusCode::CONFLICT,
        Code::CursorExpired => StatusCode::GONE,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Overloaded | Code::ShuttingDown | Code::Unavailable => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Code::Timeout => StatusCode::GATEWAY_TIMEOUT,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// An error as an object: its code, its sentence, and what else programs can use.
#[must_use]
pub fn object(error: &Error) -> Value {
    let mut object = json!({ "code": error.code, "message": error.message });
    if let (Value::Object(object), Value::Object(details)) = (&mut object, &error.details) {
        for (name, value) in details {
            object.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    object
}

/// The list of issues of an error in the params.
#[must_use]
pub fn issues(error: &Error) -> Option<&Value> {
    error.details.get("issues")
}

/// An answer in JSON.
#[must_use]
pub fn json(status: StatusCode, body: impl Into<Bytes>) -> Response<Body> {
    with_type(status, "application/json", body)
}

/// An answer of any type.
#[must_use]
pub fn with_type(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(Body::new(Full::new(body.into()).map_err(|e| match e {})));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// An error of a resource route: `{error: {code, message, ...}}`.
#[must_use]
pub fn error(error: &Error) -> Response<Body> {
    refused(error, json!({ "error": object(error) }).to_string())
}

/// An error with the headers that go with its status.
#[must_use]
pub fn refused(error: &Error, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = json(status(error.code), body);
    let headers = response.headers_mut();
    if let Some(ms) = error.details.get("retryAfterMs").and_then(Value::as_u64) {
        headers.insert(RETRY_AFTER, HeaderValue::from(ms.div_ceil(1_000)));
    } else if status(error.code) == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from(1));
    }
    if error.code == Code::Unauthorized {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
