//! One call: the method, the right to call it, the bounds, the count and the span.

use std::sync::Arc;
use std::time::{Duration, Instant};

use claudebench_core::{Code, Error, Principal};
use claudebench_services::{Context, Entry, Reply, entry};
use serde_json::value::RawValue;
use tracing::Instrument;

use super::App;

/// The longest that any method may be asked to wait for something to happen.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Who calls, and what the request says beside the params.
#[derive(Clone)]
pub struct Caller {
    /// Who.
    pub principal: Arc<Principal>,
    /// The W3C trace context of the request.
    pub traceparent: Option<Arc<str>>,
    /// The header `Idempotency-Key`.
    pub key: Option<String>,
}

/// Calls a method by its name.
///
/// # Errors
/// What the method refuses; an unknown name, a missing scope, overload, a stop, a time-out.
pub async fn call(app: &App, caller: Caller, name: &str, params: Option<&RawValue>) -> Reply {
    let Some(method) = entry(name) else {
        return Err(unknown(name));
    };
    let began = Instant::now();
    let reply = admit_and_run(app, caller, method, params).await;
    if let Some(meter) = app.metrics.method(method.name) {
        meter.count(reply.is_ok(), began.elapsed().as_secs_f64(), app.shared.clock.now());
    }
    reply
}

/// The error for a name that no method has.
pub fn unknown(name: &str) -> Error {
    let name = claudebench_core::id::clip(name);
    Error::new(Code::MethodNotFound, format!("Method not found: {name}"))
}

async fn admit_and_run(
    app: &App,
    caller: Caller,
    method: &'static Entry,
    params: Option<&RawValue>,
) -> Reply {
    if *app.shared.stopping.borrow() {
        return Err(Error::new(Code::ShuttingDown, "the server is stopping; nothing was done"));
    }
    let place = app.calls.enter(caller.principal.tenant, caller.principal.name.clone())?;
    let mut cx = Context::new(app.shared.clone(), caller.principal);
    cx.allow(method.name, method.access.scope())?;
    cx.traceparent = caller.traceparent;
    cx.header_key = caller.key;
    cx.slot = Some(place.slot());
    let limit = Duration::from_millis(app.config.limits.request_ms);
    let limit = if method.name == "task.claim" { limit + LONGEST_WAIT } else { limit };
    let span = tracing::debug_span!(
        "call",
        method = method.name,
        principal = &*cx.principal.name,
        traceparent = cx.traceparent.as_deref()
    );
    let call = (method.invoke)(cx, params).instrument(span);
    let Ok(reply) = tokio::time::timeout(limit, call).await else {
        let message = "the call took longer than it may; it may or may not have been done";
        return Err(Error::new(Code::Timeout, message));
    };
    reply.map_err(|error| report(method.name, error))
}

/// A fault of the server's is for its log; the caller learns that it happened.
fn report(method: &str, error: Error) -> Error {
    if error.code != Code::Internal {
        return error;
    }
    tracing::error!(method, %error, "a call failed through a fault of the server");
    Error::new(Code::Internal, "the server failed to do this; its log says why")
}
