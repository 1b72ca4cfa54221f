//! A server without sockets: methods are called by name, as every transport does.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use claudebench_coordination::{Hub, HubOptions, Presence, Signals};
use claudebench_core::principal::Scopes;
use claudebench_core::scaling::Wanted;
use claudebench_core::time::ManualClock;
use claudebench_core::{Clock, Code, Cursor, Error, Millis, Principal, Scope, TenantId};
use claudebench_hooks::Rules;
use claudebench_services::hook::{HookRules, ToolErrors};
use claudebench_services::system::RoleQueues;
use claudebench_services::task::{self, ready::Ready};
use claudebench_services::{Context, Limits, Metered, Meters, ServerInfo, Shared, entry};
use claudebench_store::sqlite::{SqliteOptions, SqliteStore};
use claudebench_store::{Committer, CommitterOptions};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::watch;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Nothing was counted.
struct NoMeters;

impl Meters for NoMeters {
    fn methods(&self, tenant: TenantId) -> Vec<Metered> {
        if tenant != TenantId::DEFAULT {
            return Vec::new();
        }
        let method = "task.create";
        vec![Metered { method, succeeded: 3, failed: 1, seconds: 0.004, last_called: None }]
    }

    fn events(&self, tenant: TenantId) -> u64 {
        if tenant == TenantId::DEFAULT { 7 } else { 0 }
    }

    fn mcp_calls(&self, _: TenantId) -> u64 {
        5
    }

    fn memory_bytes(&self) -> u64 {
        32 << 20
    }
}

pub(crate) struct Server {
    pub(crate) shared: Arc<Shared>,
    pub(crate) clock: ManualClock,
    pub(crate) stop: watch::Sender<bool>,
    store: Arc<SqliteStore>,
    _writers: tokio::task::JoinSet<()>,
    dir: Arc<tempfile::TempDir>,
}

impl Server {
    /// A server on an empty folder.
    pub(crate) fn new() -> Self {
        Self::with(SqliteOptions::new(""))
    }

    /// A server on an empty folder, whose store has these options.
    pub(crate) fn with(options: SqliteOptions) -> Self {
        Self::with_window(options, HubOptions::default())
    }

    /// And so many live events in memory.
    pub(crate) fn with_window(options: SqliteOptions, window: HubOptions) -> Self {
        let clock = ManualClock::at(Millis(1_763_913_600_000));
        let dir = Arc::new(tempfile::tempdir().unwrap());
        Self::on(dir, clock, options, Hub::new(Cursor(0), window))
    }

    fn on(
        dir: Arc<tempfile::TempDir>,
        clock: ManualClock,
        options: SqliteOptions,
        hub: Hub,
    ) -> Self {
        let options = SqliteOptions { seed: Some(1), dir: dir.path().into(), ..options };
        let store = SqliteStore::open(options, Arc::new(clock.clone())).unwrap();
        let hub = Arc::new(hub);
        let ready = Arc::new(Ready::new(400));
        let rules = Arc::new(HookRules::new(Rules::builtin().unwrap()));
        let (to_hub, to_ready, to_rules) = (hub.clone(), ready.clone(), rules.clone());
        let (committer, writers) = Committer::start(
            store.clone(),
            CommitterOptions { parked: Some(ready.clone()), ..CommitterOptions::default() },
            Arc::new(move |committed| {
                to_rules.notice(&committed.events);
                to_hub.publish(committed.events);
                to_ready.notify(&committed.ready, committed.reopened);
            }),
        );
        let (stop, stopping) = watch::channel(false);
        let shared = Arc::new(Shared {
            store: store.clone(),
            committer,
            hub,
            cache: None,
            redis: None,
            signals: Arc::new(Signals::new(None, 1, clock.now())),
            role_queues: RoleQueues::default(),
            scaling: Wanted::default(),
            presence: Arc::new(Presence::default()),
            ready,
            rules,
            tool_errors: ToolErrors::default(),
            clock: Arc::new(clock.clone()),
            limits: Limits::default(),
            meters: Arc::new(NoMeters),
            info: ServerInfo { version: "0.0.0", started_at: clock.now() },
            settings: Arc::default(),
            stopping,
        });
        tokio::spawn(task::returns::run(shared.clone()));
        Self { shared, clock, stop, store, _writers: writers, dir }
    }

    /// The same folder, served anew.
    pub(crate) fn again(self) -> Self {
        let (dir, clock, head) = (self.dir.clone(), self.clock.clone(), self.shared.hub.head());
        self.store.close();
        drop(self);
        Self::on(dir, clock, SqliteOptions::new(""), Hub::new(head, HubOptions::default()))
    }

    /// A context for a caller.
    pub(crate) fn context(&self, principal: Principal) -> Context {
        Context::new(self.shared.clone(), Arc::new(principal))
    }

    /// Calls a method in the name of the person at this machine.
    pub(crate) fn call(
        &self,
        name: &str,
        params: Value,
    ) -> impl Future<Output = Result<Value, Error>> + Send + use<> {
        self.call_as(Principal::local(), name, params)
    }

    pub(crate) fn call_as(
        &self,
        principal: Principal,
        name: &str,
        params: Value,
    ) -> impl Future<Output = Result<Value, Error>> + Send + use<> {
        let entry = entry(name).unwrap_or_else(|| panic!("there is no method {name}"));
        let text = RawValue::from_string(params.to_string()).unwrap();
        let answer = (entry.invoke)(self.context(principal), Some(&text));
        async move { answer.await.map(|text| serde_json::from_str(text.get()).unwrap()) }
    }

    /// Calls a method that must succeed.
    pub(crate) async fn ok(&self, name: &str, params: Value) -> Value {
        match self.call(name, params.clone()).await {
            Ok(answer) => answer,
            Err(error) => panic!("{name} {params}: {error} ({:?})", error.code),
        }
    }

    /// Calls a method that must fail.
    pub(crate) async fn fails(&self, name: &str, params: Value) -> Error {
        match self.call(name, params.clone()).await {
            Ok(answer) => panic!("{name} {params} must fail, but answered {answer}"),
            Err(error) => error,
        }
    }

    /// Calls a method that must fail with this code.
    pub(crate) async fn refuses(&self, code: Code, name: &str, params: Value) -> String {
        let error = self.fails(name, params).await;
        assert_eq!(error.code, code, "{name}: {error}");
        error.message
    }

    /// Registers `w-1` or whoever, in roles.
    pub(crate) async fn register(&self, id: &str, roles: &[&str]) {
        self.ok("system.register", serde_json::json!({"id": id, "roles": roles})).await;
    }

    /// Makes a task; answers its id.
    pub(crate) async fn task(&self, text: &str) -> String {
        self.make(serde_json::json!({ "text": text })).await
    }

    pub(crate) async fn make(&self, params: Value) -> String {
        text_of(&self.ok("task.create", params).await["id"])
    }

    /// Claims the next task for a worker.
    pub(crate) async fn claim(&self, worker: &str) -> Value {
        let mut claimed = self.ok("task.claim", serde_json::json!({ "workerId": worker })).await;
        claimed["task"].take()
    }

    /// Where a task stands.
    pub(crate) async fn status(&self, id: &str) -> String {
        text_of(&self.ok("task.get", serde_json::json!({ "id": id })).await["status"])
    }

    /// The types of a task's events, in order; their versions must be 1, 2, 3.
    pub(crate) async fn story(&self, id: &str) -> Vec<String> {
        let history = self.ok("task.history", serde_json::json!({ "id": id })).await;
        let events = history["events"].as_array().unwrap();
        for (event, version) in events.iter().zip(1..) {
            assert_eq!(event["version"], version, "{history}");
        }
        events.iter().map(|event| text_of(&event["type"])).collect()
    }
}

pub(crate) fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("expected a text, got {value}")).to_owned()
}

/// Somebody of a tenant with some scopes.
pub(crate) fn somebody(tenant: i64, scopes: &[Scope]) -> Principal {
    Principal {
        tenant: TenantId(tenant),
        tenant_name: format!("tenant {tenant}").into(),
        name: "somebody".into(),
        scopes: scopes.iter().copied().collect::<Scopes>(),
    }
}

/// Waits until something holds.
pub(crate) async fn until<F: Future<Output = bool>>(mut holds: impl FnMut() -> F) {
    let wait = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("it never came to hold");
}
