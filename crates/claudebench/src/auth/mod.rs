//! Who calls: the person at this machine, whoever presents an API key, or whoever has logged in with one.

mod login;
mod secret;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use claudebench_coordination::sessions::{Found, KeptSessions};
use claudebench_core::event::Event;
use claudebench_core::{Code, Error, Millis, Principal};
use claudebench_services::context::store_error;
use claudebench_services::key::{Presented, principal_of};
use claudebench_store::{KeyRow, Position, Store, StoreError};
use hyper::Method;
use hyper::header::{AUTHORIZATION, HeaderMap};
use serde::Deserialize;
use tokio::sync::watch;

pub use self::login::Credential;
use self::login::Logins;
pub(crate) use self::secret::{Secret, no_cookies};
use crate::transport::forwarded::Client;

/// Checks credentials against the keys, which are kept in memory.
pub struct Auth {
    required: bool,
    local: Arc<Principal>,
    keys: RwLock<HashMap<String, Arc<KeyRow>>>,
    /// Changes with every change of the keys, so that one read late does not undo a newer one.
    generation: AtomicU64,
    /// The generation that was read last.
    known: AtomicU64,
    /// Rings when a key was revoked, or a session has ended.
    revoked: watch::Sender<()>,
    logins: Logins,
    store: Arc<dyn Store>,
}

/// Who calls, and what is known of it.
pub struct Known {
    /// Who.
    pub principal: Arc<Principal>,
    /// What says so; without one it is the person at this machine.
    pub credential: Option<Arc<Credential>>,
    /// What its session has written.
    pub seen: Seen,
}

/// What a session has written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Seen {
    /// Nothing, or there is no session.
    #[default]
    Nothing,
    /// Up to there.
    Upto(Position),
    /// That cannot be known now.
    Unknown,
}

impl Seen {
    fn of(found: &Found) -> Self {
        match found.session.position {
            _ if !found.is_sure => Self::Unknown,
            0 => Self::Nothing,
            at => Self::Upto(Position::of(at)),
        }
    }
}

/// A session that was opened.
pub(crate) struct LoggedIn {
    /// What the browser keeps.
    pub(crate) secret: Secret,
    /// Whom it is of.
    pub(crate) principal: Arc<Principal>,
    /// Its key and itself.
    pub(crate) credential: Credential,
}

/// A session that a browser had before it logged in anew.
pub(crate) struct Before {
    /// The session.
    pub(crate) login: Arc<str>,
    /// Whom it is of.
    pub(crate) owner: Arc<Principal>,
    /// The key that opened it.
    pub(crate) key: Arc<KeyRow>,
}

/// A key or a session that opened a connection, and opens nothing any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lost {
    /// It was revoked.
    Revoked,
    /// It has expired.
    Expired,
    /// Its session was ended.
    LoggedOut,
}

impl Lost {
    /// In words.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Revoked => "the API key was revoked",
            Self::Expired => "the API key has expired",
            Self::LoggedOut => "the session is over",
        }
    }
}

impl From<Lost> for Error {
    fn from(lost: Lost) -> Self {
        Self::new(Code::Unauthorized, format!("{}; nothing was done", lost.reason()))
    }
}

/// The clock of the store may be set: the end of a key is looked for at least so often.
const LOOK: Duration = Duration::from_secs(60);

impl Auth {
    /// With the keys of a store, and the sessions of people. Where keys are not required, a caller without one is the
    /// person at this machine.
    #[must_use]
    pub fn new(
        required: bool,
        keys: Vec<KeyRow>,
        sessions: KeptSessions,
        store: Arc<dyn Store>,
    ) -> Self {
        let revoked = watch::Sender::new(());
        let auth = Self {
            required,
            local: Arc::new(Principal::local()),
            keys: RwLock::default(),
            generation: AtomicU64::new(0),
            known: AtomicU64::new(0),
            logins: Logins::new(sessions, store.clone(), revoked.clone()),
            revoked,
            store,
        };
        auth.put(keys);
        auth
    }

    fn put(&self, rows: Vec<KeyRow>) {
        let keys = rows.into_iter().map(|row| (row.id.clone(), Arc::new(row))).collect();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// Takes note of committed events: a key that was revoked is refused from now on, and one that
    /// was made is looked for when somebody presents it.
    pub fn notice(&self, events: &[Arc<Event>]) {
        for event in events {
            match &*event.kind {
                "key.created" => {
                    self.generation.fetch_add(1, Ordering::AcqRel);
                }
                "key.revoked" => self.revoke(event),
                "login.ended" => self.logins.notice(event),
                _ => {}
            }
        }
    }

    fn revoke(&self, event: &Event) {
        #[derive(Deserialize)]
        struct Revoked {
            id: String,
        }
        if let Ok(revoked) = serde_json::from_str::<Revoked>(event.payload.get()) {
            self.generation.fetch_add(1, Ordering::AcqRel);
            self.keys.write().unwrap_or_else(PoisonError::into_inner).remove(&revoked.id);
            self.revoked.send_replace(());
        }
    }

    /// Reads the keys anew if some changed, until none changes meanwhile.
    async fn refresh(&self) -> Result<(), StoreError> {
        loop {
            let before = self.generation.load(Ordering::Acquire);
            if self.known.load(Ordering::Acquire) == before {
                return Ok(());
            }
            let rows = self.store.keys(None).await?;
            if self.generation.load(Ordering::Acquire) == before {
                self.put(rows);
                self.known.store(before, Ordering::Release);
            }
        }
    }

    fn key(&self, id: &str) -> Option<Arc<KeyRow>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Whether who called still may: its key is neither revoked nor expired, and its session not over. Without
    /// a key it is the person at this machine.
    ///
    /// # Errors
    /// What became of the key.
    pub fn check(&self, credential: Option<&Credential>) -> Result<(), Lost> {
        let Some(credential) = credential else { return Ok(()) };
        let Credential { key, login, .. } = credential;
        if login.as_ref().is_some_and(|login| self.logins.is_over(login)) {
            return Err(Lost::LoggedOut);
        }
        if self.key(&key.id).is_none() {
            return Err(Lost::Revoked);
        }
        credential.over(self.store.clock().now()).map_or(Ok(()), Err)
    }

    /// Waits until who called may no more.
    pub async fn lost(&self, credential: Option<&Credential>) -> Lost {
        let Some(key) = credential else { return std::future::pending().await };
        let mut revoked = self.revoked.subscribe();
        loop {
            if let Err(lost) = self.check(Some(key)) {
                return lost;
            }
            // Only a sender that is gone is an error, and it lives as long as this does.
            let rung = async { revoked.changed().await.is_ok() };
            match key.ends_at() {
                None => _ = rung.await,
                Some(end) => {
                    let left = end.since(self.store.clock().now()).clamp(1, i64::MAX);
                    let left = Duration::from_millis(left.unsigned_abs()).min(LOOK);
                    _ = tokio::time::timeout(left, rung).await;
                }
            }
        }
    }

    /// Who sends a request, by where it comes from and its headers.
    ///
    /// # Errors
    /// No credentials where they are required, or wrong ones anywhere.
    pub async fn known(
        &self,
        client: &Client,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Known, Error> {
        if let Some(text) = credentials(headers) {
            let (principal, key) = self.by_key(text).await?;
            let credential = Some(Arc::new(Credential::of(key)));
            return Ok(Known { principal, credential, seen: Seen::Nothing });
        }
        if let Some(secret) = Secret::of(headers) {
            match self.by_session(&secret, method, headers).await {
                // Where everybody may call, an old cookie is no reason to refuse.
                Err(error) if error.code == Code::Unauthorized && !self.required => {}
                known => return known,
            }
        }
        if self.required {
            let message = "API key required: send `Authorization: Bearer cb_...`; \
                           `claudebench key create` makes one";
            return Err(Error::new(Code::Unauthorized, message));
        }
        client.at_this_machine()?;
        Ok(Known { principal: self.local.clone(), credential: None, seen: Seen::Nothing })
    }

    /// Whom a key stands for.
    ///
    /// # Errors
    /// One that opens nothing.
    pub(crate) async fn by_key(&self, text: &str) -> Result<(Arc<Principal>, Arc<KeyRow>), Error> {
        let wrong =
            || Error::new(Code::Unauthorized, "this API key is unknown, revoked or expired");
        let presented = Presented::read(text).ok_or_else(wrong)?;
        let row = self.found(&presented.id).await?.ok_or_else(wrong)?;
        let opened = presented.opens(&row, self.store.clock().now());
        opened.map(|principal| (Arc::new(principal), row)).ok_or_else(wrong)
    }

    async fn found(&self, id: &str) -> Result<Option<Arc<KeyRow>>, Error> {
        if let Some(row) = self.key(id) {
            return Ok(Some(row));
        }
        self.refresh().await.map_err(store_error)?;
        Ok(self.key(id))
    }

    async fn by_session(
        &self,
        secret: &Secret,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Known, Error> {
        let id = secret.id();
        let (found, key) = self.session(&id).await?;
        secret.allow(method, headers)?;
        let principal = principal_of(&key, self.store.clock().now()).ok_or_else(key_gone)?;
        let seen = Seen::of(&found);
        let until = Some(self.logins.until(&found.session));
        let credential = Some(Arc::new(Credential { key, login: Some(id), until }));
        Ok(Known { principal: Arc::new(principal), credential, seen })
    }

    /// A session that is open, and its key.
    async fn session(&self, id: &Arc<str>) -> Result<(Found, Arc<KeyRow>), Error> {
        let over = || Error::new(Code::Unauthorized, "the session is over: log in again");
        let found = self.logins.look(id).await.ok_or_else(over)?;
        let key = self.found(&found.session.key).await?.ok_or_else(key_gone)?;
        let is_open = self.logins.confirm(id, &found, key.tenant).await?;
        if is_open { Ok((found, key)) } else { Err(over()) }
    }

    /// Opens a session with a key of somebody's, which [`Self::by_key`] has found.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(crate) async fn log_in(
        &self,
        principal: Arc<Principal>,
        key: Arc<KeyRow>,
    ) -> Result<LoggedIn, Error> {
        let (secret, id) = self.logins.open(&key).await?;
        let until = Some(self.logins.ends_at());
        Ok(LoggedIn { secret, principal, credential: Credential { key, login: Some(id), until } })
    }

    /// Ends a session here and in Redis. Servers that cannot ask there hear of it by the log.
    pub(crate) async fn log_out(&self, login: &Arc<str>) {
        self.logins.close(login).await;
    }

    /// The session of a secret, if it is open, and whom it is of.
    ///
    /// # Errors
    /// When the store cannot say whether it is.
    pub(crate) async fn open_session(&self, secret: &Secret) -> Result<Option<Before>, Error> {
        let login = secret.id();
        let key = match self.session(&login).await {
            Ok((_, key)) => key,
            Err(error) if error.code == Code::Unauthorized => return Ok(None),
            Err(error) => return Err(error),
        };
        let owner = principal_of(&key, self.store.clock().now()).map(Arc::new);
        Ok(owner.map(|owner| Before { login, owner, key }))
    }

    /// What its session has written by now, wherever: for what goes on for longer than one request.
    pub(crate) async fn seen_since(&self, credential: Option<&Credential>) -> Seen {
        let Some(login) = credential.and_then(|one| one.login.as_ref()) else {
            return Seen::Nothing;
        };
        self.session(login).await.map_or(Seen::Unknown, |(found, _)| Seen::of(&found))
    }

    /// Something was written by a caller, and the database stood there: whichever server its session asks
    /// next must have seen it.
    pub async fn wrote(&self, credential: Option<&Credential>, at: Option<Position>) {
        if let (Some(login), Some(at)) = (credential.and_then(|one| one.login.as_ref()), at) {
            self.logins.wrote(login, at.number()).await;
        }
    }

    /// When a session that is used now ends, if nobody uses it again.
    pub(crate) fn session_ends_at(&self) -> Millis {
        self.logins.ends_at()
    }
}

fn key_gone() -> Error {
    Error::new(Code::Unauthorized, "the API key of this session is gone: log in")
}

/// The key that a request carries, in one of the two headers.
fn credentials(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        // Something unreadable counts as a wrong key, not as none.
        let text = value.to_str().unwrap_or("unreadable");
        // The name of a scheme may be written in any case.
        let key = match text.trim().split_once(' ') {
            Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => key,
            _ => text,
        };
        return Some(key.trim());
    }
    headers.get("x-api-key").map(|value| value.to_str().unwrap_or("unreadable").trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    #[test]
    fn the_scheme_is_read_in_any_case() {
        for text in ["Bearer cb_a_b", "bearer cb_a_b", "BEARER  cb_a_b ", "cb_a_b"] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_static(text));
            assert_eq!(credentials(&headers), Some("cb_a_b"), "{text}");
        }
    }
}
