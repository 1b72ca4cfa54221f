//! `/mcp`: Streamable HTTP. The protocol of 2026-07-28 has no sessions, and any server answers any
//! call; older clients get a session at the server they have first asked.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use claudebench_core::{Code, Error, Scope};
use claudebench_services::feed::{Feed, Filter, Next};
use claudebench_services::{Context, Reply};
use futures_util::stream;
use http_body_util::Full;
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};
use rmcp::model::Extensions;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use super::answer::{self, Body};
use super::dispatch::{self, Caller};
use super::{App, query};
use crate::mcp::{Backend, Change, Changes, Handler, Toolsets};

/// How long a session may be silent: an agent may work on one thing for a while.
const SILENCE: Duration = Duration::from_secs(3_600);

/// The conversations of clients that need a session.
pub struct Sessions {
    manager: Arc<LocalSessionManager>,
    stop: CancellationToken,
}

impl Default for Sessions {
    fn default() -> Self {
        let mut manager = LocalSessionManager::default();
        manager.session_config.keep_alive = Some(SILENCE);
        Self { manager: Arc::new(manager), stop: CancellationToken::new() }
    }
}

impl Sessions {
    /// Ends all conversations.
    pub fn end(&self) {
        self.stop.cancel();
    }
}

/// Answers a request to `/mcp`, whose body has been read; `begins` if it begins a session.
pub(super) async fn serve(
    app: &Arc<App>,
    caller: Caller,
    mut request: Request<Full<Bytes>>,
    begins: bool,
) -> Response<Body> {
    if let Err(error) = toolsets(request.uri().query()) {
        return answer::error(&error);
    }
    if begins && app.mcp.manager.sessions.read().await.len() >= app.config.limits.mcp_sessions {
        let most = app.config.limits.mcp_sessions;
        let message = format!("all {most} MCP sessions are in use; nothing was done");
        return answer::error(&Error::new(Code::Overloaded, message).with("retryAfterMs", 1_000));
    }
    request.extensions_mut().insert(caller);
    let config = StreamableHttpServerConfig::default()
        // The guard has looked at them, by the settings.
        .disable_allowed_hosts()
        .disable_allowed_origins()
        .with_max_request_body_bytes(app.config.limits.body_bytes)
        .with_cancellation_token(app.mcp.stop.clone());
    let here = Here(app.clone());
    let service = StreamableHttpService::new(
        move || Ok(Handler::new(here.clone())),
        app.mcp.manager.clone(),
        config,
    );
    service.handle(request).await.map(Body::new)
}

/// Whether a message begins a conversation by the protocol that needs a session.
pub(super) fn begins(body: &[u8]) -> bool {
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

/// The methods of this process.
#[derive(Clone)]
struct Here(Arc<App>);

impl Here {
    /// Who has sent a message: each comes with a request of its own.
    fn caller(message: &Extensions) -> Result<Caller, Error> {
        let parts = message.get::<Parts>();
        parts.and_then(|parts| parts.extensions.get::<Caller>()).cloned().ok_or_else(|| {
            Error::new(Code::Internal, "a message came without the request that carried it")
        })
    }
}

impl Backend for Here {
    async fn call(
        &self,
        message: &Extensions,
        method: &'static str,
        params: Box<RawValue>,
    ) -> Reply {
        let caller = Self::caller(message)?;
        self.0.metrics.mcp_call(caller.principal.tenant);
        dispatch::call(&self.0, caller, method, Some(&params)).await
    }

    async fn changes(&self, message: &Extensions) -> Result<Changes, Error> {
        let caller = Self::caller(message)?;
        let (app, credential) = (self.0.clone(), caller.credential.clone());
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
                        .map(|event| Change { kind: event.kind.clone(), task: event.task })
                        .collect(),
                    // What was missed is read anew by whoever hears of the next change.
                    Next::Lagged { .. } => Vec::new(),
                    Next::Closed => return None,
                };
                Some((stream::iter(changes), feed))
            }
        });
        Ok(Box::pin(futures_util::StreamExt::flatten(pages)))
    }

    fn toolsets(&self, message: &Extensions) -> Result<Toolsets, Error> {
        toolsets(message.get::<Parts>().and_then(|parts| parts.uri.query()))
    }
}
