//! The way of a request: guard, credentials, body, and to the route it asks for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use claudebench_core::{Code, Error};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

use super::answer::{self, Body};
use super::dispatch::Caller;
use super::forwarded::Client;
use super::peer::Peer;
use super::refusal::Form;
use super::trail::Trail;
use super::{
    App, catalogue, guard, health, login, mcp, openapi, rest, routes, rpc, sse, trail, web, ws,
};

use crate::auth::Known;
use crate::metrics::Part;

/// Answers a request.
pub(super) async fn serve(
    app: Arc<App>,
    peer: Arc<Peer>,
    request: Request<Incoming>,
) -> Response<Body> {
    app.metrics.http_requests.inc();
    let _in_flight = InFlight::of(&app);
    let (began, part) = (Instant::now(), Part::of(request.uri().path()));
    let stopping = || *app.shared.stopping.borrow();
    let work = (!app.refuses()).then(|| app.gate.enter());
    let mut response = route(&app, &peer, request).await;
    drop(work);
    app.metrics.http_seconds.observe(part, began.elapsed().as_secs_f64());
    if (peer.spare || stopping()) && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Counts a request, also one whose client goes away before it is answered.
struct InFlight(Arc<App>);

impl InFlight {
    fn of(app: &Arc<App>) -> Self {
        app.metrics.in_flight.inc();
        Self(app.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.metrics.in_flight.dec();
    }
}

async fn route(app: &Arc<App>, peer: &Arc<Peer>, request: Request<Incoming>) -> Response<Body> {
    // Whoever watches the server is answered whatever else goes on.
    if request.method() == Method::GET
        && let Some(response) = health::answer(app, request.uri().path()).await
    {
        return response;
    }
    let form = Form::of(request.method(), request.uri().path());
    let client = Client::of(&app.config.proxies, peer.from, request.headers());
    let client = match client.and_then(|client| guarded(app, client, request.headers())) {
        Ok(client) => client,
        Err(error) => return form.refuse(app, &error),
    };
    if request.method() == Method::GET && request.uri().path() == "/metrics" {
        return health::metrics(app, &client, request.headers()).await;
    }
    if let Some(page) = web::answer(request.method(), request.uri().path(), request.headers()) {
        return page;
    }
    let origin = request.headers().get(hyper::header::ORIGIN).cloned();
    let mut response = if let Some(error) = turned_away(app, peer) {
        peer.linger();
        form.turn_away(app, &error)
    } else if request.method() == Method::OPTIONS {
        return preflight(request.headers());
    } else if request.method() == Method::POST && request.uri().path() == login::LOG_IN {
        // Whoever logs in need not be known yet.
        log_in(app, peer, &client, form, request).await
    } else {
        match caller(app, peer, client, (request.method(), request.headers())).await {
            Ok(caller) => {
                let trail = caller.trail.clone();
                let mut response = answer_known(app, peer, caller, form, request).await;
                trail::show(&trail, &mut response);
                peer.trail().write(trail.wrote());
                response
            }
            Err(error) => {
                tracing::debug!(%client, code = error.code.name(), "a caller was refused");
                peer.linger();
                form.refuse(app, &error)
            }
        }
    };
    if let Some(origin) = origin {
        let headers = response.headers_mut();
        headers.insert("access-control-allow-origin", origin);
        headers.insert("access-control-allow-credentials", HeaderValue::from_static("true"));
        headers.insert(
            "access-control-expose-headers",
            HeaderValue::from_static(
                "x-claudebench-position, retry-after, ratelimit, ratelimit-policy",
            ),
        );
        headers.insert("vary", HeaderValue::from_static("origin"));
    }
    response
}

async fn log_in(
    app: &App,
    peer: &Peer,
    client: &Client,
    form: Form,
    request: Request<Incoming>,
) -> Response<Body> {
    let headers = request.headers().clone();
    match read_body(app, peer, form, request).await {
        Ok(body) => login::log_in(app, client, &headers, &body).await,
        Err(response) => response,
    }
}

/// The client, unless a page of somebody else's may have sent this.
fn guarded(app: &App, client: Client, headers: &HeaderMap) -> Result<Client, Error> {
    guard::check(app, &client, headers).map(|()| client)
}

/// Why no new work is taken, from this connection or at all.
fn turned_away(app: &App, peer: &Peer) -> Option<Error> {
    if app.refuses() {
        let message = "the server is stopping; nothing was done";
        return Some(Error::new(Code::ShuttingDown, message).with("retryAfterMs", 1_000));
    }
    peer.spare.then(|| {
        let most = app.config.limits.connections;
        let message = format!("all {most} connections are in use; nothing was done");
        Error::new(Code::Overloaded, message).with("retryAfterMs", 1_000)
    })
}

async fn answer_known(
    app: &Arc<App>,
    peer: &Arc<Peer>,
    caller: Caller,
    form: Form,
    request: Request<Incoming>,
) -> Response<Body> {
    match (request.method(), request.uri().path()) {
        (&Method::POST, "/rpc") => match read_body(app, peer, form, request).await {
            Err(response) => response,
            Ok(body) => match rpc::body(app, caller, &body).await {
                Some(text) => answer::json(StatusCode::OK, text),
                None => empty(StatusCode::NO_CONTENT),
            },
        },
        (&Method::POST, "/rpc/batch") => match read_body(app, peer, form, request).await {
            Err(response) => response,
            Ok(body) => answer::json(StatusCode::OK, rpc::batch_body(app, caller, &body).await),
        },
        (&Method::POST, login::LOG_OUT) => login::log_out(app, &caller).await,
        (&Method::GET, login::SESSION) => login::session(app, &caller, request.headers()),
        (&Method::GET, "/mcp/health") => mcp::health(app).await,
        (_, "/mcp") => {
            let (parts, body) = request.into_parts();
            match read_body(app, peer, form, Request::new(body)).await {
                Err(response) => response,
                Ok(body) => {
                    let request = Request::from_parts(parts, Full::new(body.clone()));
                    mcp::serve(app, peer, caller, request, &body).await
                }
            }
        }
        (&Method::GET, "/ws") => ws::upgrade(app, peer, caller, request).await,
        (&Method::GET, "/events") => sse::stream(app, &caller, &request).await,
        (&Method::GET, "/ws/stats") => ws::stats(app, &caller),
        (&Method::GET, "/openapi.json") => answer::json(StatusCode::OK, openapi::text().to_owned()),
        (method, path) => {
            if method == Method::GET
                && let Some(response) = catalogue::answer(path)
            {
                return response;
            }
            resource(app, peer, caller, form, request).await
        }
    }
}

/// The routes of methods: resources under `/api`, and `/{domain}/{action}`.
async fn resource(
    app: &Arc<App>,
    peer: &Peer,
    caller: Caller,
    form: Form,
    request: Request<Incoming>,
) -> Response<Body> {
    let (verb, path) = (request.method().clone(), request.uri().path().to_owned());
    if let Some(found) = routes::find(&verb, &path) {
        let query = request.uri().query().unwrap_or("").to_owned();
        return match read_body(app, peer, form, request).await {
            Ok(body) => rest::resource(app, caller, &found, &query, &body).await,
            Err(response) => response,
        };
    }
    if let Form::Action(method) = form {
        return match read_body(app, peer, form, request).await {
            Ok(body) => rest::action(app, caller, method, &body).await,
            Err(response) => response,
        };
    }
    peer.linger();
    let allowed = routes::verbs(&path);
    if allowed.is_empty() {
        let message = format!("There is no {verb} {}", claudebench_core::id::clip(&path));
        return answer::error(&Error::new(Code::MethodNotFound, message));
    }
    let error = Error::new(Code::InvalidRequest, format!("{path} takes {}", allowed.join(", ")));
    let mut response = answer::error(&error);
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    if let Ok(value) = HeaderValue::from_str(&allowed.join(", ")) {
        response.headers_mut().insert(hyper::header::ALLOW, value);
    }
    response
}

/// Reads the body, up to its bound.
async fn read_body(
    app: &App,
    peer: &Peer,
    form: Form,
    request: Request<Incoming>,
) -> Result<Bytes, Response<Body>> {
    let most = app.config.limits.body_bytes;
    let too_large = || {
        peer.linger();
        let message = format!("the body has more than {most} bytes");
        form.refuse(app, &Error::new(Code::TooLarge, message))
    };
    // What its own header says is too much need not come first.
    if request.body().size_hint().lower() > most as u64 {
        return Err(too_large());
    }
    let limit = Duration::from_millis(app.config.limits.request_ms);
    let body = Limited::new(request.into_body(), most).collect();
    match tokio::time::timeout(limit, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => {
            Err(form.refuse(app, &Error::new(Code::InvalidRequest, "the body broke off")))
        }
        Err(_) => {
            let error = Error::new(Code::Timeout, "the body took too long to arrive");
            let mut response = form.refuse(app, &error);
            if form != Form::Rpc {
                *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
            }
            Err(response)
        }
    }
}

/// Who calls, and what the headers say about the call.
async fn caller(
    app: &App,
    peer: &Peer,
    client: Client,
    (method, headers): (&Method, &HeaderMap),
) -> Result<Caller, Error> {
    let Known { principal, credential, seen } = app.auth.known(&client, method, headers).await?;
    let key = match headers.get("idempotency-key") {
        None => None,
        Some(value) => match value.to_str() {
            Ok(key) if (1..=200).contains(&key.chars().count()) => Some(key.to_owned()),
            _ => {
                let message = "Idempotency-Key: expected 1 to 200 visible characters";
                return Err(Error::new(Code::InvalidRequest, message));
            }
        },
    };
    let traceparent = headers
        .get("traceparent")
        .and_then(|value| value.to_str().ok())
        // One that cannot be read is ignored, as the standard has it.
        .filter(|text| is_traceparent(text))
        .map(Into::into);
    let trail = Trail::after(trail::carried(headers)?, peer.trail().wrote()).in_session(seen);
    let trail = Arc::new(trail);
    Ok(Caller { client, principal, credential, traceparent, key, trail, until: None })
}

/// `00-<32 hex>-<16 hex>-<2 hex>`, with neither id all zeros.
fn is_traceparent(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let some = |part: &str| part.bytes().any(|b| b != b'0');
    match parts.as_slice() {
        [version, trace, parent, flags] => {
            hex(version, 2)
                && *version != "ff"
                && hex(trace, 32)
                && hex(parent, 16)
                && hex(flags, 2)
                && some(trace)
                && some(parent)
        }
        _ => false,
    }
}

/// What a browser asks before it lets a page call. The guard has looked at the origin.
fn preflight(headers: &HeaderMap) -> Response<Body> {
    let mut response = empty(StatusCode::NO_CONTENT);
    let allowed = response.headers_mut();
    if let Some(origin) = headers.get(hyper::header::ORIGIN) {
        allowed.insert("access-control-allow-origin", origin.clone());
        allowed.insert("access-control-allow-credentials", HeaderValue::from_static("true"));
        allowed.insert(
            "access-control-allow-methods",
            HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE, OPTIONS"),
        );
        allowed.insert(
            "access-control-allow-headers",
            HeaderValue::from_static(
                "content-type, authorization, x-api-key, idempotency-key, traceparent, \
                 last-event-id, mcp-session-id, x-claudebench-position, x-csrf-token",
            ),
        );
        allowed.insert("access-control-max-age", HeaderValue::from_static("600"));
        allowed.insert("vary", HeaderValue::from_static("origin"));
    }
    response
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::is_traceparent;

    #[test]
    fn trace_contexts_are_checked() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(is_traceparent(good));
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ] {
            assert!(!is_traceparent(bad), "{bad}");
        }
    }
}
