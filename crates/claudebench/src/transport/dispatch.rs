//! One call: the method, the right to call it, the bounds, the count and the span.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use claudebench_core::{Code, Error, Principal};
use claudebench_services::hook::{HookEvent, of_unknown};
use claudebench_services::task::Claim as ClaimTask;
use claudebench_services::{Context, Entry, Method, Reply, entry};
use claudebench_store::Freshness;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use super::App;
use super::calls::Place;
use super::rates;
use super::trail::{Trail, Unknown};
use crate::auth::{Credential, Lost};

/// The longest that any method may be asked to wait for something to happen.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Who calls, and what the request says beside the params.
#[derive(Clone)]
pub struct Caller {
    /// Who.
    pub principal: Arc<Principal>,
    /// The key that says so; without one it is the person at this machine.
    pub credential: Option<Arc<Credential>>,
    /// The W3C trace context of the request.
    pub traceparent: Option<Arc<str>>,
    /// The header `Idempotency-Key`.
    pub key: Option<String>,
    /// What it has written, and so must see.
    pub trail: Arc<Trail>,
    /// When the call must be over, if it has less time than any other: it is one of many.
    pub until: Option<Instant>,
}

/// When calls that begin now must be over, if they may wait for so long.
#[must_use]
pub fn time_for(app: &App, wait: Duration) -> Instant {
    let limit = Duration::from_millis(app.config.limits.request_ms);
    Instant::now() + limit + wait.min(LONGEST_WAIT)
}

/// Calls a method by its name.
///
/// # Errors
/// What the method refuses; an unknown name, a missing scope, overload, a stop, a time-out.
pub async fn call(app: &App, caller: Caller, name: &str, params: Option<&RawValue>) -> Reply {
    let Some(method) = entry(name) else {
        let Some(kept) = of_unknown(name, params) else { return Err(unknown(name)) };
        return Box::pin(call(app, caller, HookEvent::NAME, Some(&kept))).await;
    };
    let began = Instant::now();
    let (principal, traceparent) = (caller.principal.clone(), caller.traceparent.clone());
    let (trail, credential) = (caller.trail.clone(), caller.credential.clone());
    let reply = admit_and_run(app, caller, method, params).await;
    if !method.access.reads() && reply.is_ok() {
        // Commits have one order: where the last one ended, all that were answered have.
        let position = app.shared.store.position();
        trail.write(position);
        app.auth.wrote(credential.as_deref(), position).await;
    }
    let (took, now) = (began.elapsed(), app.shared.clock.now());
    app.metrics.call(principal.tenant, method.name, reply.is_ok(), took, now);
    // Whoever waits for work is not slow.
    if method.name != ClaimTask::NAME {
        app.shared.signals.meter.call(now, reply.is_ok(), took);
    }
    tracing::debug!(
        method = method.name,
        principal = &*principal.name,
        tenant = &*principal.tenant_name,
        traceparent = traceparent.as_deref(),
        outcome = reply.as_ref().map_or_else(|error| error.code.name(), |_| "ok"),
        micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        "call"
    );
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
    if app.refuses() {
        return Err(Error::new(Code::ShuttingDown, "the server is stopping; nothing was done"));
    }
    app.auth.check(caller.credential.as_deref())?;
    let limit = Duration::from_millis(app.config.limits.request_ms);
    let limit = if method.name == "task.claim" { limit + LONGEST_WAIT } else { limit };
    let now = Instant::now();
    let until = caller.until.map_or(now + limit, |until| until.min(now + limit));
    if until <= now {
        let message = "the time for all calls of the batch was over before this one; \
                       nothing was done";
        return Err(Error::new(Code::Timeout, message));
    }
    if let Some(key) = &caller.credential {
        match app.rates.admit(key, method.name).await {
            Ok(standing) => standing.into_iter().for_each(|one| caller.trail.count(one.into())),
            Err(limited) => {
                caller.trail.count((&limited).into());
                return Err(rates::refused(&limited));
            }
        }
    }
    let name = match &caller.credential {
        Some(key) => key.id.as_str().into(),
        None => caller.principal.name.clone(),
    };
    let place = app.calls.enter(caller.principal.tenant, name)?;
    let mut cx = Context::new(app.shared.clone(), caller.principal);
    cx.allow(method.name, method.access.scope())?;
    cx.traceparent = caller.traceparent;
    cx.header_key = caller.key;
    cx.slot = Some(place.slot());
    cx.freshness = match caller.trail.seen() {
        Ok(seen) => method.access.freshness(seen),
        Err(Unknown) => Freshness::Latest,
    };
    cx.carried = caller.trail.carried();
    let span = tracing::debug_span!(
        "call",
        method = method.name,
        principal = &*cx.principal.name,
        traceparent = cx.traceparent.as_deref()
    );
    let call = (method.invoke)(cx, params).instrument(span);
    let lost = app.auth.lost(caller.credential.as_deref());
    watched(call, &place, lost, until).await.map_err(|error| report(method.name, error))
}

/// Runs a call to its end, or until its time is over. A caller that loses its right to call
/// meanwhile is turned away where nothing is half done: while the call waits.
async fn watched(
    call: impl Future<Output = Reply>,
    place: &Place,
    lost: impl Future<Output = Lost>,
    until: Instant,
) -> Reply {
    let (mut call, mut lost) = (pin!(timeout_at(until, call)), pin!(lost));
    poll_fn(|task| {
        if let Poll::Ready(done) = call.as_mut().poll(task) {
            return Poll::Ready(done.unwrap_or_else(|_| Err(too_long(place))));
        }
        if place.is_aside()
            && let Poll::Ready(lost) = lost.as_mut().poll(task)
        {
            return Poll::Ready(Err(lost.into()));
        }
        Poll::Pending
    })
    .await
}

fn too_long(place: &Place) -> Error {
    let done =
        if place.is_aside() { "nothing was done" } else { "it may or may not have been done" };
    Error::new(Code::Timeout, format!("the call took longer than it may; {done}"))
}

/// A fault of the server's is for its log; the caller learns that it happened.
fn report(method: &str, error: Error) -> Error {
    if error.code != Code::Internal {
        return error;
    }
    tracing::error!(method, %error, "a call failed through a fault of the server");
    Error::new(Code::Internal, "the server failed to do this; its log says why")
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use claudebench_core::TenantId;

    use super::super::calls::Calls;
    use super::*;

    #[tokio::test]
    async fn a_call_is_ended_only_where_it_waits() {
        let calls = Arc::new(Calls::new(4));
        let place = calls.enter(TenantId::DEFAULT, "a".into()).unwrap();
        let soon = || Instant::now() + Duration::from_millis(20);
        let nothing = || RawValue::from_string("1".into()).unwrap();
        let done = async {
            tokio::task::yield_now().await;
            Ok(nothing())
        };
        let reply = watched(done, &place, ready(Lost::Revoked), soon()).await;
        assert!(reply.is_ok(), "what may be half done is not ended");
        let slot = place.slot();
        let waits = async {
            tokio::task::yield_now().await;
            slot.give_back();
            pending::<()>().await;
            Ok(nothing())
        };
        let far = Instant::now() + Duration::from_secs(60);
        let error = watched(waits, &place, ready(Lost::Revoked), far).await.unwrap_err();
        assert_eq!(error.code, Code::Unauthorized);
        let error = watched(pending(), &place, pending(), soon()).await.unwrap_err();
        assert!(error.message.ends_with("nothing was done"), "{error}");
        slot.take_again();
        let error = watched(pending(), &place, pending(), soon()).await.unwrap_err();
        assert!(error.message.ends_with("it may or may not have been done"), "{error}");
    }
}
