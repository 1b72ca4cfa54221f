//! `GET /ws`: calls and live events over one socket.

mod connection;
mod message;
mod subscriptions;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use claudebench_core::{Code, Error, Millis, Scope};
use claudebench_services::Context;
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use serde_json::json;

use super::App;
use super::answer::{self, Body};
use super::dispatch::Caller;
use super::forwarded::Client;
use super::peer::Peer;

/// How much of what a client says is read at once. Most sockets listen and say little, and each holds so much for
/// as long as it is open; a longer message gets what it needs.
const READ: usize = 2 << 10;

/// The sockets that are open, for their statistics.
#[derive(Default)]
pub struct Sockets {
    open: Mutex<HashMap<String, Socket>>,
}

#[derive(Clone)]
struct Socket {
    tenant: claudebench_core::TenantId,
    patterns: Vec<String>,
    connected_at: Millis,
    client: Client,
    user_agent: Option<String>,
}

impl Sockets {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Socket>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Turns a request into a socket.
pub(super) async fn upgrade(
    app: &Arc<App>,
    peer: &Arc<Peer>,
    caller: Caller,
    request: Request<Incoming>,
) -> Response<Body> {
    let (mut parts, _) = request.into_parts();
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &()).await else {
        let error = Error::new(Code::MethodNotFound, "this path is for WebSockets alone");
        return answer::error(&error);
    };
    if app.refuses() {
        return answer::error(&Error::new(Code::ShuttingDown, "the server is stopping"));
    }
    let agent = parts.headers.get(hyper::header::USER_AGENT);
    let agent = agent.and_then(|value| value.to_str().ok()).map(claudebench_core::id::clip);
    let most = app.config.limits.body_bytes;
    let (app, peer) = (app.clone(), peer.clone());
    // A stop waits for the socket's last words.
    let work = app.gate.enter();
    // A key stands for one call; on the upgrade it would stand for all that are made over it.
    let caller = Caller { key: None, ..caller };
    peer.keeps_time();
    upgrade
        .max_message_size(most)
        .max_frame_size(most)
        .write_buffer_size(0)
        .read_buffer_size(READ)
        .on_upgrade(move |socket| async move {
            let id = client_id(&app);
            let known = Socket {
                tenant: caller.principal.tenant,
                patterns: Vec::new(),
                connected_at: app.shared.clock.now(),
                client: caller.client,
                user_agent: agent,
            };
            app.sockets.lock().insert(id.clone(), known);
            app.metrics.sockets.inc();
            connection::run(&app, caller, &id, socket).await;
            app.metrics.sockets.dec();
            app.sockets.lock().remove(&id);
            drop((peer, work));
        })
}

/// A name that nobody else has.
fn client_id(app: &App) -> String {
    let now = app.shared.clock.now().0;
    // Without random numbers the count of sockets still tells two apart.
    let random = getrandom::u64().unwrap_or_else(|_| app.sockets.lock().len() as u64);
    format!("ws-{now}-{random:x}")
}

/// `GET /ws/stats`: the tenant's sockets and what they listen to.
pub(super) fn stats(app: &Arc<App>, caller: &Caller) -> Response<Body> {
    let cx = Context::new(app.shared.clone(), caller.principal.clone());
    if let Err(error) = cx.allow("/ws/stats", Scope::SystemRead) {
        return answer::error(&error);
    }
    let open = app.sockets.lock().clone();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut clients = Vec::new();
    for (id, socket) in open.iter().filter(|(_, s)| s.tenant == caller.principal.tenant) {
        for pattern in &socket.patterns {
            *counts.entry(pattern).or_default() += 1;
        }
        let metadata = json!({
            "connectedAt": socket.connected_at.0,
            "userAgent": socket.user_agent,
            "address": socket.client.address,
        });
        clients.push(json!({ "id": id, "subscriptions": socket.patterns, "metadata": metadata }));
    }
    let body =
        json!({ "totalClients": clients.len(), "subscriptions": counts, "clients": clients });
    answer::json(StatusCode::OK, body.to_string())
}
