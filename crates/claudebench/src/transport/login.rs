//! `/auth`: a person logs in with a key, once, and the browser keeps a cookie that no script can read.

use std::sync::Arc;

use claudebench_core::event::LoginStarted;
use claudebench_core::{Code, Error, Millis, Principal, Scope};
use claudebench_services::Context;
use claudebench_services::context::login_event;
use claudebench_services::method::read;
use claudebench_store::{EndLogin, KeyRow};
use hyper::header::{HeaderMap, HeaderValue, ORIGIN, SET_COOKIE};
use hyper::{Response, StatusCode};
use serde::{Deserialize, Serialize};

use super::answer::{self, Body};
use super::dispatch::Caller;
use super::forwarded::Client;
use super::{App, rates};
use crate::auth::{Before, Credential, Secret, no_cookies};

/// Where these are.
pub(super) const LOG_IN: &str = "/auth/login";
pub(super) const LOG_OUT: &str = "/auth/logout";
pub(super) const SESSION: &str = "/auth/session";

/// What a page logs in with.
#[derive(Deserialize)]
struct Given {
    key: String,
}

/// Who somebody is, and until when a session says so.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Who<'a> {
    name: &'a str,
    tenant: &'a str,
    scopes: Vec<&'static str>,
    /// Whether a session says so; else a key does, or it is the person at this machine.
    session: bool,
    /// What to send as `X-CSRF-Token` with each call that changes something.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf_token: Option<String>,
    /// When the session ends, if nobody uses it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Millis>,
}

impl<'a> Who<'a> {
    fn of(principal: &'a Principal, session: Option<(&Secret, Millis)>) -> Self {
        Self {
            name: &principal.name,
            tenant: &principal.tenant_name,
            scopes: principal.scopes.iter().map(Scope::name).collect(),
            session: session.is_some(),
            csrf_token: session.map(|(secret, _)| secret.csrf()),
            expires_at: session.map(|(_, end)| end),
        }
    }
}

/// Logs a person in.
pub(super) async fn log_in(
    app: &App,
    client: &Client,
    headers: &HeaderMap,
    body: &[u8],
) -> Response<Body> {
    let done = async {
        let text = str::from_utf8(body).map_err(|_| Error::invalid(&[], "expected UTF-8"))?;
        let Given { key } = read(text)?;
        let (principal, key) = app.auth.by_key(key.trim()).await?;
        // Each is a commit, and something that is kept for a day.
        app.rates.admit(&key, "auth.login").await.map_err(|limited| rates::refused(&limited))?;
        let _place = app.calls.enter(principal.tenant, key.id.as_str().into())?;
        let opened = app.auth.log_in(principal, key).await?;
        let Credential { key, login, .. } = &opened.credential;
        let cx = Context::new(app.shared.clone(), opened.principal.clone());
        if let Err(error) = begin(app, &cx, (key, login.as_ref()), headers).await {
            if let Some(login) = login {
                app.auth.log_out(login).await;
            }
            return Err(error);
        }
        Ok::<_, Error>(opened)
    };
    match done.await {
        Ok(opened) => {
            let end = app.auth.session_ends_at();
            let who = Who::of(&opened.principal, Some((&opened.secret, end)));
            with_cookies(shown(&who), &opened.secret.cookies(is_over_tls(client, headers)))
        }
        Err(error) => {
            tracing::debug!(%client, code = error.code.name(), "a login was refused");
            answer::error(&error)
        }
    }
}

/// Writes down that a session has ended, and ends it: all servers hear of it by the log, and ask for it when they see
/// a session for the first time. While that cannot be written, the session goes on, so that its end can be tried again.
async fn end(app: &App, cx: &Context, login: &Arc<str>, key: &str) -> Result<(), Error> {
    cx.commit(EndLogin { login: login.clone(), key: key.to_owned() }).await?;
    app.auth.log_out(login).await;
    Ok(())
}

/// Says in the log that a session has begun, and then ends the one before it.
async fn begin(
    app: &App,
    cx: &Context,
    (key, login): (&KeyRow, Option<&Arc<str>>),
    headers: &HeaderMap,
) -> Result<(), Error> {
    let before = match Secret::of(headers) {
        Some(secret) => app.auth.open_session(&secret).await?,
        None => None,
    };
    let id = login.map(|login| &**login).unwrap_or_default();
    login_event(cx, &LoginStarted { id, key: &key.id, life: std::marker::PhantomData }).await?;
    // Whoever had the browser before is logged out: a session that somebody else has planted is of no use.
    if let Some(Before { login, owner, key }) = before {
        // It ends in the log of those who own it.
        end(app, &Context::new(app.shared.clone(), owner), &login, &key.id).await?;
    }
    Ok(())
}

/// Logs a person out: the session is over at once, at every server, and what it has opened with it.
pub(super) async fn log_out(app: &Arc<App>, caller: &Caller) -> Response<Body> {
    let credential = caller.credential.clone();
    let login = credential.as_ref().and_then(|credential| credential.login.clone());
    let (Some(credential), Some(login)) = (credential, login) else {
        let message = "there is no session to end: these credentials are no cookie";
        return answer::error(&Error::new(Code::InvalidRequest, message));
    };
    let cx = Context::new(app.shared.clone(), caller.principal.clone());
    let app = app.clone();
    // It goes through though the page is left meanwhile.
    let ending = tokio::spawn(async move { end(&app, &cx, &login, &credential.key.id).await });
    let ended = ending.await.unwrap_or_else(|error| {
        Err(Error::new(Code::Internal, format!("the logout broke off: {error}")))
    });
    match ended {
        Ok(()) => with_cookies(super::http::empty(StatusCode::NO_CONTENT), &no_cookies()),
        Err(error) => answer::error(&error),
    }
}

/// Says who calls; the cookie of a session lives on for a day from now.
pub(super) fn session(app: &App, caller: &Caller, headers: &HeaderMap) -> Response<Body> {
    let is_session = caller.credential.as_ref().is_some_and(|one| one.login.is_some());
    let secret = Secret::of(headers).filter(|_| is_session);
    let end = app.auth.session_ends_at();
    let who = Who::of(&caller.principal, secret.as_ref().map(|secret| (secret, end)));
    let is_secure = is_over_tls(&caller.client, headers);
    let cookies: Vec<String> = secret.iter().flat_map(|secret| secret.cookies(is_secure)).collect();
    with_cookies(shown(&who), &cookies)
}

fn shown(who: &Who<'_>) -> Response<Body> {
    let mut response = match serde_json::to_string(who) {
        Ok(text) => answer::json(StatusCode::OK, text),
        Err(error) => answer::error(&Error::new(Code::Internal, error.to_string())),
    };
    response.headers_mut().insert("cache-control", HeaderValue::from_static("no-store"));
    response
}

/// Whether the browser sees TLS: a believed proxy knows, or else it says so itself with what it posts, whatever
/// stands in between, and what it says concerns its own cookie alone.
fn is_over_tls(client: &Client, headers: &HeaderMap) -> bool {
    if client.secure == Some(true) {
        return true;
    }
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match said(ORIGIN.as_str()) {
        Some(origin) => origin.starts_with("https://"),
        // It sends no origin with what it only reads; then the name of the cookie that it has tells.
        None => Secret::is_secure(headers),
    }
}

fn with_cookies(mut response: Response<Body>, cookies: &[String]) -> Response<Body> {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    response
}
