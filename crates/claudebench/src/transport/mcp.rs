//! `/mcp`: Streamable HTTP. The protocol of 2026-07-28 has no sessions, and any server answers any
//! call; older clients get a session at the server they have first asked.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use claudebench_core::share::{Shares, Who};
use claudebench_core::{Code, Error, Millis, Scope};
use claudebench_services::feed::{Feed, Filter, Next};
use claudebench_services::{Context, Reply};
use futures_util::{StreamExt, stream};
use http_body_util::{BodyStream, Full, StreamBody};
use hyper::header::HeaderMap;
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use rmcp::model::Extensions;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use super::answer::{self, Body};
use super::dispatch::{self, Caller};
use super::peer::Peer;
use super::trail::Trail;
use super::{App, depth, query};
use crate::mcp::{Backend, Change, Changes, Handler, Toolsets};

const SESSION: &str = "mcp-session-id";

/// How long a session may be silent: an agent may work on one thing for a while.
const SILENCE: Duration = Duration::from_secs(3_600);

/// The conversations of clients that need a session.
pub struct Sessions {
    manager: Arc<LocalSessionManager>,
    stop: CancellationToken,
    /// Whose each is.
    owners: Mutex<HashMap<String, Who>>,
}

impl Default for Sessions {
    fn default() -> Self {
        let mut manager = LocalSessionManager::default();
        manager.session_config.keep_alive = Some(SILENCE);
        let (stop, owners) = (CancellationToken::new(), Mutex::default());
        Self { manager: Arc::new(manager), stop, owners }
    }
}

impl Sessions {
    /// Ends all conversations.
    pub fn end(&self) {
        self.stop.cancel();
    }

    fn owners(&self) -> MutexGuard<'_, HashMap<String, Who>> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A session has begun.
    fn begun(&self, session: String, caller: &Caller) {
        self.owners().insert(session, owner(caller));
    }

    /// Whether there is room for one more of a caller's, of so many. Those that have ended are
    /// forgotten.
    async fn has_room(&self, most: usize, caller: &Caller) -> bool {
        let open = self.manager.sessions.read().await;
        let mut owners = self.owners();
        owners.retain(|session, _| open.contains_key(session.as_str()));
        let mut shares = Shares::new(most);
        for owner in owners.values() {
            // Those that are there have their places, whatever their share is by now.
            let _ = shares.enter(owner);
        }
        open.len() < most && shares.enter(&owner(caller)).is_ok()
    }

    /// Whether a session is somebody else's.
    fn is_foreign(&self, session: &str, caller: &Caller) -> bool {
        self.owners().get(session).is_some_and(|of| *of != owner(caller))
    }
}

fn owner(caller: &Caller) -> Who {
    let name = match &caller.credential {
        Some(key) => key.id.as_str().into(),
        None => caller.principal.name.clone(),
    };
    (caller.principal.tenant, name)
}

/// Answers a request to `/mcp`, whose body has been read.
pub(super) async fn serve(
    app: &Arc<App>,
    peer: &Arc<Peer>,
    caller: Caller,
    mut request: Request<Full<Bytes>>,
    body: &[u8],
) -> Response<Body> {
    let begins = begins(body);
    if let Err(error) = admit(app, &caller, &request, body, begins).await {
        return answer::error(&error);
    }
    request.extensions_mut().insert(caller.clone());
    request.extensions_mut().insert(peer.clone());
    let config = StreamableHttpServerConfig::default()
        // The guard has looked at them, by the settings.
        .disable_allowed_hosts()
        .disable_allowed_origins()
        .with_max_request_body_bytes(app.config.limits.body_bytes)
        .with_cancellation_token(app.mcp.stop.clone());
    let of_app = app.clone();
    let service = StreamableHttpService::new(
        move || Ok(Handler::new(Here { app: of_app.clone(), wrote: Arc::default() })),
        app.mcp.manager.clone(),
        config,
    );
    let response = service.handle(request).await;
    if begins && let Some(session) = header(response.headers(), SESSION) {
        app.mcp.begun(session.to_owned(), &caller);
    }
    let Some(key) = caller.credential else { return response.map(Body::new) };
    // What a key has opened ends with the key.
    let app = app.clone();
    response.map(|body| {
        let lost = async move { app.auth.lost(Some(&key)).await };
        let frames = BodyStream::new(body).take_until(Box::pin(lost));
        Body::new(StreamBody::new(frames))
    })
}

/// Whether a request may be looked at.
async fn admit(
    app: &App,
    caller: &Caller,
    request: &Request<Full<Bytes>>,
    body: &[u8],
    begins: bool,
) -> Result<(), Error> {
    toolsets(request.uri().query())?;
    if request.method() == Method::POST
        && let Err(error) = serde_json::from_slice::<&RawValue>(body)
    {
        return Err(Error::new(Code::ParseError, format!("Parse error: {error}")));
    }
    let depth = app.config.limits.depth;
    if !depth::within(body, depth) {
        let message = format!("Invalid request: nested deeper than {depth}");
        return Err(Error::new(Code::InvalidRequest, message));
    }
    let session = header(request.headers(), SESSION);
    if let Some(session) = session.filter(|session| app.mcp.is_foreign(session, caller)) {
        let session = claudebench_core::id::clip(session);
        return Err(Error::new(Code::NotFound, format!("Session not found: {session}")));
    }
    let most = app.config.limits.mcp_sessions;
    if begins && !app.mcp.has_room(most, caller).await {
        let message = format!(
            "all MCP sessions that there are for you are in use, of {most} in all; end some, or use \
             the protocol of 2026-07-28, which needs none"
        );
        return Err(Error::new(Code::Overloaded, message).with("retryAfterMs", 1_000));
    }
    Ok(())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether a message begins a conversation by the protocol that needs a session.
fn begins(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Message<'a> {
        #[serde(borrow)]
        method: Cow<'a, str>,
    }
    serde_json::from_slice::<Message<'_>>(body).is_ok_and(|message| message.method == "initialize")
}

/// `GET /mcp/health`.
pub(super) async fn health(app: &App) -> Response<Body> {
    let sessions = app.mcp.manager.sessions.read().await.len();
    let body = json!({ "status": "healthy", "service": "mcp", "sessions": sessions });
    answer::json(StatusCode::OK, body.to_string())
}

fn toolsets(query: Option<&str>) -> Result<Toolsets, Error> {
    let named = query.unwrap_or("").split('&').find_map(|pair| pair.strip_prefix("toolset="));
    let Some(named) = named else { return Ok(Toolsets::default()) };
    query::value_of("toolset", named)?
        .parse()
        .map_err(|e: crate::mcp::UnknownToolset| Error::invalid(&["toolset"], e.to_string()))
}

/// The methods of this process, for one conversation.
#[derive(Clone)]
struct Here {
    app: Arc<App>,
    /// What the conversation has written, and so must see.
    wrote: Arc<Trail>,
}

/// What came with a message: each has a request of its own.
fn part<T: Send + Sync + 'static>(message: &Extensions) -> Option<&T> {
    message.get::<Parts>().and_then(|parts| parts.extensions.get::<T>())
}

impl Here {
    /// Who has sent a message.
    fn caller(&self, message: &Extensions) -> Result<Caller, Error> {
        let mut caller = part::<Caller>(message).cloned().ok_or_else(|| {
            Error::new(Code::Internal, "a message came without the request that carried it")
        })?;
        caller.trail = Arc::new(caller.trail.and(self.wrote.wrote()));
        Ok(caller)
    }
}

impl Backend for Here {
    const IS_SERVER: bool = true;

    fn now(&self) -> Millis {
        self.app.shared.clock.now()
    }

    async fn call(
        &self,
        message: &Extensions,
        method: &'static str,
        params: Box<RawValue>,
    ) -> Reply {
        let caller = self.caller(message)?;
        let trail = caller.trail.clone();
        self.app.metrics.mcp_call(caller.principal.tenant);
        let reply = dispatch::call(&self.app, caller, method, Some(&params)).await;
        // The answer's headers have gone out before: the conversation remembers, and the connection.
        self.wrote.write(trail.wrote());
        if let Some(peer) = part::<Arc<Peer>>(message) {
            peer.trail().write(trail.wrote());
        }
        reply
    }

    async fn changes(&self, message: &Extensions) -> Result<Changes, Error> {
        let caller = self.caller(message)?;
        let (app, credential) = (self.app.clone(), caller.credential.clone());
        let cx = Context::new(app.shared.clone(), caller.principal.clone());
        cx.allow("resources", Scope::TasksRead)?;
        let feed = Feed::open(app.shared.clone(), Filter::of(&caller.principal), None).await?;
        let pages = stream::unfold(feed, move |mut feed| {
            let (app, credential) = (app.clone(), credential.clone());
            async move {
                let next = tokio::select! {
                    biased;
                    _ = app.auth.lost(credential.as_deref()) => return None,
                    next = feed.next() => next,
                };
                let changes: Vec<Change> = match next {
                    Next::Events(events) => events
                        .iter()
                        .map(|event| Change::Event { kind: event.kind.clone(), task: event.task })
                        .collect(),
                    Next::Lagged { .. } => vec![Change::Missed],
                    Next::Closed => return None,
                };
                Some((stream::iter(changes), feed))
            }
        });
        Ok(Box::pin(pages.flatten()))
    }

    fn key(&self, message: &Extensions) -> Option<String> {
        part::<Caller>(message)?.key.clone()
    }

    fn toolsets(&self, message: &Extensions) -> Result<Toolsets, Error> {
        toolsets(message.get::<Parts>().and_then(|parts| parts.uri.query()))
    }
}
