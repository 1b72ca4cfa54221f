//! What a method is called with: who calls, and what the server has.

use std::sync::Arc;

use claudebench_coordination::cache::Cache;
use claudebench_coordination::redis::Links;
use claudebench_coordination::{Hub, Presence, Signals};
use claudebench_core::event::Fact;
use claudebench_core::scaling::Wanted;
use claudebench_core::{Clock, Code, Error, Millis, Principal, TenantId};
use claudebench_store::{
    Committer, Freshness, IdempotencyKey, Meta, NoteSession, Position, Store, StoreError,
    SubmitError, Write,
};
use tokio::sync::watch;

use crate::hook::{HookRules, ToolErrors};
use crate::method::Method;
use crate::system::{RoleQueues, SettingFound};
use crate::task::ready::Ready;

/// The bounds that methods keep.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each is named after what it bounds")]
pub struct Limits {
    pub metadata_bytes: usize,
    pub result_bytes: usize,
    pub attachment_bytes: usize,
    /// The most parked claims.
    pub waiting_claims: usize,
    /// How long an instance may be silent.
    pub instance_silence_ms: i64,
    /// How long one may be silent that works for an agent's session: between two hooks a person may think.
    pub session_silence_ms: i64,
    /// How long what a session holds is leased to it without a hook.
    pub session_lease_ms: i64,
    /// The lease of a task that names none.
    pub lease_ms: i64,
    /// How long it takes at most until a server can read what another one has heard; 0 where there
    /// are no others.
    pub heard_within_ms: i64,
}

impl Limits {
    /// Shorter leases may end between two signs of life before the second is written.
    #[must_use]
    pub const fn brief_lease_ms(&self) -> i64 {
        2 * self.instance_silence_ms
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            metadata_bytes: 64 << 10,
            result_bytes: 1 << 20,
            attachment_bytes: 1 << 20,
            waiting_claims: 20_000,
            instance_silence_ms: 30_000,
            session_silence_ms: 1_800_000,
            session_lease_ms: 1_800_000,
            lease_ms: 300_000,
            heard_within_ms: 0,
        }
    }
}

/// What the server says of itself.
#[derive(Clone, Debug)]
pub struct ServerInfo {
    /// Its version.
    pub version: &'static str,
    /// When it started.
    pub started_at: Millis,
}

/// How the calls of one method went.
#[derive(Clone, Debug, Default)]
pub struct Metered {
    /// The method.
    pub method: &'static str,
    /// Calls that succeeded.
    pub succeeded: u64,
    /// Calls that did not.
    pub failed: u64,
    /// Seconds that all of them took together.
    pub seconds: f64,
    /// When it was last called.
    pub last_called: Option<Millis>,
}

/// Where `system.metrics` reads what was counted since the server started.
pub trait Meters: Send + Sync {
    /// Each method that somebody of the tenant called.
    fn methods(&self, tenant: TenantId) -> Vec<Metered>;
    /// How many events of the tenant were written.
    fn events(&self, tenant: TenantId) -> u64;
    /// How many of the tenant's calls came over MCP.
    fn mcp_calls(&self, tenant: TenantId) -> u64;
    /// Resident memory of the process, in bytes.
    fn memory_bytes(&self) -> u64;
}

/// What all calls share.
pub struct Shared {
    /// The durable truth.
    pub store: Arc<dyn Store>,
    /// The way to write to it.
    pub committer: Committer,
    /// Live events.
    pub hub: Arc<Hub>,
    /// Tasks that are read often, if they are kept.
    pub cache: Option<Arc<Cache>>,
    /// The Redis, or the several, that servers share, if there is one.
    pub redis: Option<Links>,
    /// What went on of late, here and at other servers.
    pub signals: Arc<Signals>,
    /// How much each role has to do.
    pub role_queues: RoleQueues,
    /// How many servers are wanted.
    pub scaling: Wanted,
    /// Who is there.
    pub presence: Arc<Presence>,
    /// Claims that wait.
    pub ready: Arc<Ready>,
    /// What agents may do.
    pub rules: Arc<HookRules>,
    /// Which of their tools fail.
    pub tool_errors: ToolErrors,
    /// The store's clock.
    pub clock: Arc<dyn Clock>,
    /// The bounds.
    pub limits: Limits,
    /// What the transports counted.
    pub meters: Arc<dyn Meters>,
    /// What the server says of itself.
    pub info: ServerInfo,
    /// The configuration in force, without its secrets.
    pub settings: Arc<[SettingFound]>,
    /// Turns true when the server begins to stop: whoever waits answers at once.
    pub stopping: watch::Receiver<bool>,
}

impl Shared {
    /// Waits until the server begins to stop.
    pub async fn stopped(&self) {
        // Whoever held the other end is gone: that is a stop, too.
        let _ = self.stopping.clone().wait_for(|stopping| *stopping).await;
    }

    /// Commits a write in the server's own name.
    ///
    /// # Errors
    /// A refusal, overload, or a store that cannot be written.
    pub async fn commit_as_server<W: Write>(&self, write: W) -> Result<W::Reply, SubmitError> {
        self.commit_for(TenantId::DEFAULT, write).await
    }

    /// The same, on the data of any tenant.
    ///
    /// # Errors
    /// As [`Shared::commit_as_server`].
    pub async fn commit_for<W: Write>(
        &self,
        tenant: TenantId,
        write: W,
    ) -> Result<W::Reply, SubmitError> {
        let meta =
            Meta { tenant, actor: "server".into(), traceparent: None, session: None, key: None };
        self.committer.submit(meta, write).await
    }
}

/// The place of a call among those that the server has under way.
pub trait Slot: Send + Sync {
    /// Gives the place back for a while: others may have it.
    fn give_back(&self);
    /// Takes it again, even where it makes one too many: a call that was let in is not turned out.
    fn take_again(&self);
}

/// A call that waits without a place; it has it again when this is dropped.
#[must_use = "the place is taken again when this is dropped"]
pub struct Aside(Option<Arc<dyn Slot>>);

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(slot) = &self.0 {
            slot.take_again();
        }
    }
}

/// A call's surroundings.
#[derive(Clone)]
pub struct Context {
    /// What all calls share.
    pub shared: Arc<Shared>,
    /// Who calls.
    pub principal: Arc<Principal>,
    /// The W3C trace context of the call.
    pub traceparent: Option<Arc<str>>,
    /// The session of an agent that the call belongs to.
    pub session: Option<Arc<str>>,
    /// The header `Idempotency-Key`, checked to have 1 to 200 characters.
    pub header_key: Option<String>,
    /// The idempotency key with what it stands for; set when the params have been read.
    pub key: Option<Arc<IdempotencyKey>>,
    /// The place of the call among those under way, where they are counted.
    pub slot: Option<Arc<dyn Slot>>,
    /// How fresh what it reads must be.
    pub freshness: Freshness,
    /// What the caller says that it has written, perhaps at another server.
    pub carried: Option<Position>,
}

impl Context {
    /// A call by somebody.
    #[must_use]
    pub fn new(shared: Arc<Shared>, principal: Arc<Principal>) -> Self {
        Self {
            shared,
            principal,
            traceparent: None,
            session: None,
            header_key: None,
            key: None,
            slot: None,
            freshness: Freshness::Latest,
            carried: None,
        }
    }

    /// Gives back the call's place among those under way while the call waits for something to
    /// happen, until the guard is dropped. While it is aside a call must have nothing half done:
    /// it may be ended there and is then told that nothing was done.
    pub fn step_aside(&self) -> Aside {
        if let Some(slot) = &self.slot {
            slot.give_back();
        }
        Aside(self.slot.clone())
    }

    /// Whose data it sees.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.principal.tenant
    }

    /// Now, by the store's clock.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.shared.clock.now()
    }

    /// Who writes, in which trace, under which key.
    #[must_use]
    pub fn meta(&self) -> Meta {
        Meta {
            tenant: self.tenant(),
            actor: self.principal.name.clone(),
            traceparent: self.traceparent.clone(),
            session: self.session.clone(),
            key: self.key.clone(),
        }
    }

    /// Commits a write in the caller's name.
    ///
    /// # Errors
    /// A refusal, overload, or a store that cannot be written.
    pub async fn commit<W: Write>(&self, write: W) -> Result<W::Reply, Error> {
        self.shared.committer.submit(self.meta(), write).await.map_err(submit_error)
    }

    /// Calls another method in the caller's name.
    ///
    /// # Errors
    /// What the method refuses; a missing scope.
    pub async fn call<M: Method>(&self, method: M) -> Result<M::Output, Error> {
        self.allow(M::NAME, M::ACCESS.scope())?;
        let mut inner = self.clone();
        inner.key = None;
        if M::ACCESS.freshness(None) == Freshness::Latest {
            inner.freshness = Freshness::Latest;
        }
        method.call(&inner).await
    }

    /// Refuses a caller without the scope.
    ///
    /// # Errors
    /// [`Code::Forbidden`], naming the scope.
    pub fn allow(&self, what: &str, scope: claudebench_core::Scope) -> Result<(), Error> {
        if self.principal.scopes.allow(scope) {
            return Ok(());
        }
        let message = format!("{what} needs the scope {scope}, which these credentials lack");
        Err(Error::new(Code::Forbidden, message).with("scope", scope))
    }

    /// Whether an instance is registered, though it may be news to this server.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub async fn knows(&self, instance: &Arc<str>) -> Result<bool, Error> {
        let (tenant, presence) = (self.tenant(), &self.shared.presence);
        if presence.seen(tenant, instance).is_none() {
            let unheard = [(tenant, instance.clone(), Millis(0))];
            self.shared.ask_around(&unheard).await.map_err(store_error)?;
        }
        Ok(presence.seen(tenant, instance).is_some())
    }

    /// A sign of life of an instance, for what it holds, too; false when it is not registered.
    pub fn alive(&self, instance: &str) -> bool {
        self.shared.presence.works(self.tenant(), instance, self.now())
    }

    /// An instance has a lease that ends then: its signs of life must be written before.
    pub fn leased(&self, instance: &str, end: Millis) {
        // Longer ones are extended by the signs that are written every few seconds, as far as its
        // silence goes.
        if end.since(self.now()) < self.shared.limits.brief_lease_ms() {
            self.shared.presence.holds_briefly(self.tenant(), instance);
        }
    }
}

/// Writes that a person has logged in.
///
/// # Errors
/// A store that cannot be written.
pub async fn login_event<F: Fact>(cx: &Context, fact: &F) -> Result<(), Error> {
    let told = vec![crate::note::told(fact)?];
    let note = NoteSession { session: None, instance: None, told, marks: Vec::new(), lease_ms: 0 };
    cx.commit(note).await.map(drop)
}

/// The error of a write as clients see it.
#[must_use]
pub fn submit_error(error: SubmitError) -> Error {
    match error {
        SubmitError::Refused(refusal) => refusal.into(),
        SubmitError::Overloaded => {
            Error::new(Code::Overloaded, error.to_string()).with("retryAfterMs", 100)
        }
        SubmitError::Stopped => Error::new(Code::ShuttingDown, error.to_string()),
        SubmitError::Store(error) => store_error(error),
    }
}

/// The error of a read as clients see it.
#[must_use]
pub fn store_error(error: StoreError) -> Error {
    let text = error.to_string();
    match error {
        StoreError::Unavailable { .. }
        | StoreError::Corrupt { .. }
        | StoreError::Archive { .. } => {
            Error::new(Code::Unavailable, text).with("retryAfterMs", 1_000)
        }
        StoreError::Fault { .. } => Error::new(Code::Internal, text),
        StoreError::Overloaded => Error::new(Code::Overloaded, text).with("retryAfterMs", 1_000),
        StoreError::TooSlow | StoreError::Unknown { .. } => Error::new(Code::Timeout, text),
        StoreError::CursorExpired { cursor, oldest } => Error::new(Code::CursorExpired, text)
            .with("cursor", cursor.to_string())
            .with("oldest", oldest.to_string()),
        StoreError::BadQuery { field, what } => Error::invalid(&[field], what),
    }
}
