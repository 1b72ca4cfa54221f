//! Methods over plain HTTP: as actions with the public protocol's envelope, and as resources.

use claudebench_core::{Code, Error};
use claudebench_services::Reply;
use hyper::{Response, StatusCode};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::answer::{self, Body};
use super::dispatch::{Caller, call};
use super::routes::Found;
use super::{App, depth, query};

/// `POST /{domain}/{action}`: the params are the body.
pub(super) async fn action(
    app: &App,
    caller: Caller,
    method: &'static str,
    body: &[u8],
) -> Response<Body> {
    let reply = match read(app, body) {
        Ok(params) => call(app, caller, method, params).await,
        Err(error) => Err(error),
    };
    match reply {
        Ok(data) => {
            let (data, now) = (data.get(), app.shared.clock.now());
            let text = format!(
                r#"{{"success":true,"data":{data},"event":"{method}","timestamp":"{now}"}}"#
            );
            answer::json(StatusCode::OK, text)
        }
        Err(error) => failure(app, method, &error),
    }
}

/// An error in the public protocol's envelope.
pub(super) fn failure(app: &App, method: &str, error: &Error) -> Response<Body> {
    let invalid = error.code == Code::InvalidParams;
    let text = if invalid { "Validation failed" } else { &error.message };
    let body = json!({
        "success": false,
        "error": text,
        "code": error.code,
        "message": error.message,
        "details": answer::issues(error).cloned().unwrap_or_else(|| error.details.clone()),
        "event": method,
        "timestamp": app.shared.clock.now(),
    });
    answer::refused(error, body.to_string())
}

/// The body as params: nothing is an empty object.
fn read<'a>(app: &App, body: &'a [u8]) -> Result<Option<&'a RawValue>, Error> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let most = app.config.limits.depth;
    if !depth::within(body, most) {
        let message = format!("the body is nested deeper than {most}");
        return Err(Error::new(Code::InvalidRequest, message));
    }
    serde_json::from_slice(body)
        .map(Some)
        .map_err(|e| Error::new(Code::ParseError, format!("the body is no JSON: {e}")))
}

/// A resource route: params from the path, the query and the body; the answer is the output
/// itself.
pub(super) async fn resource(
    app: &App,
    caller: Caller,
    found: &Found,
    query: &str,
    body: &[u8],
) -> Response<Body> {
    let created = matches!(found.method.as_str(), "task.create" | "key.create");
    match resource_reply(app, caller, found, query, body).await {
        Ok(data) => {
            let status = if created { StatusCode::CREATED } else { StatusCode::OK };
            answer::json(status, data.get().to_owned())
        }
        Err(error) => answer::error(&error),
    }
}

async fn resource_reply(
    app: &App,
    caller: Caller,
    found: &Found,
    query: &str,
    body: &[u8],
) -> Reply {
    let mut params = if found.reads {
        query::params(&found.method, query)?
    } else {
        match read(app, body)?.map(|raw| serde_json::from_str::<Value>(raw.get())) {
            None => Map::new(),
            Some(Ok(Value::Object(params))) => params,
            Some(_) => return Err(Error::invalid(&[], "expected the body to be an object")),
        }
    };
    // The fields to change stand alone in the body of a PATCH.
    if found.method == "task.update" && !params.contains_key("updates") {
        let mut updates = std::mem::take(&mut params);
        if let Some(key) = updates.remove("idempotencyKey") {
            params.insert("idempotencyKey".into(), key);
        }
        params.insert("updates".into(), Value::Object(updates));
    }
    for (name, value) in &found.params {
        params.insert((*name).into(), Value::String(value.clone()));
    }
    let params = to_raw_value(&params)
        .map_err(|e| Error::new(Code::Internal, format!("params cannot be written: {e}")))?;
    call(app, caller, &found.method, Some(&params)).await
}
