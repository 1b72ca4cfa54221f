//! A history in the embedded store: tasks of all kinds, and whatever else there is to read.

use std::sync::Arc;

use claudebench_core::figures::Span;
use claudebench_core::lane::{PauseScope, Wanted};
use claudebench_core::time::ManualClock;
use claudebench_core::{Clock, Cursor, Millis, Status, TaskId, TenantId};
use claudebench_testkit::PATIENCE;
use tempfile::TempDir;

use super::EPOCH;
use crate::sqlite::{self, DATABASE, SqliteOptions, SqliteStore};
use crate::{
    AddKey, Assign, AttachmentBody, AttachmentKind, Beat, Cancel, ClaimTasks, ClaimedTask,
    Committer, CommitterOptions, Create, DeleteTask, Dependency, EndLogin, Ending, Fold,
    IdempotencyKey, Mark, Meta, Metric, MetricKey, NewTask, NoteSession, OnDuplicate, Pause,
    ProcessBatch, PutAttachment, Register, Report, Reports, SetConfig, Told, Unique, Unregister,
    Until, Update, Vote, WorkerKey, WorkerMetric, Write,
};

/// The embedded store with its history, and the clock of both.
pub(super) struct History {
    pub(super) store: Arc<SqliteStore>,
    pub(super) clock: ManualClock,
    pub(super) tasks: Vec<TaskId>,
    /// Another tenant.
    pub(super) other: TenantId,
    /// When half of it had happened.
    pub(super) half: Millis,
    committer: Option<Committer>,
    dir: TempDir,
}

fn names(names: &[&str]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(*name)).collect()
}

impl History {
    pub(super) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(EPOCH);
        let store =
            SqliteStore::open(SqliteOptions::new(dir.path()), Arc::new(clock.clone())).unwrap();
        let (committer, _writers) =
            Committer::start(store.clone(), CommitterOptions::default(), Arc::new(|_| {}));
        let (tasks, half) = (Vec::new(), EPOCH);
        let other = TenantId::DEFAULT;
        let mut history =
            Self { store, clock, tasks, other, half, committer: Some(committer), dir };
        let writing = async {
            history.shared().await;
            for n in 0..60 {
                history.one(n).await;
            }
            history.more().await;
        };
        tokio::time::timeout(PATIENCE, writing).await.expect("the history is written");
        history.committer = None;
        history
    }

    /// A data directory with a copy of the database, for whoever wants it alone.
    pub(super) fn backup(&self) -> TempDir {
        let to = tempfile::tempdir().unwrap();
        sqlite::backup(self.dir.path(), &to.path().join(DATABASE), false, |_| {}).unwrap();
        to
    }

    async fn ok<W: Write>(&self, tenant: TenantId, write: W) -> W::Reply {
        let meta =
            Meta { tenant, actor: "tester".into(), traceparent: None, session: None, key: None };
        let committer = self.committer.as_ref().unwrap();
        committer.submit(meta, write).await.unwrap_or_else(|error| panic!("{error}"))
    }

    async fn mine<W: Write>(&self, write: W) -> W::Reply {
        self.ok(TenantId::DEFAULT, write).await
    }

    /// Keys, instances, configuration, pauses, and another tenant with a task.
    async fn shared(&mut self) {
        for (id, tenant) in [("k-1", "default"), ("k-2", "other")] {
            let key = AddKey {
                id: id.into(),
                tenant_name: tenant.into(),
                name: "agent".into(),
                hash: [7; 32],
                scopes: vec!["tasks:work".into(), "tasks:read".into()],
                expires_at: (id == "k-2").then(|| Until::At(EPOCH.plus(1_000))),
            };
            self.other = self.mine(key).await.tenant;
        }
        for id in ["w-0", "w-1", "a b", "B"] {
            let metadata = (id == "B").then(|| "{\"a\":1}".to_owned());
            let roles = names(&["r", "s"]);
            self.mine(Register { id: id.into(), roles, metadata, became_leader: false }).await;
        }
        self.ok(
            self.other,
            Register { id: "w-0".into(), roles: vec![], metadata: None, became_leader: false },
        )
        .await;
        for id in ["a b", "B"] {
            self.mine(Unregister { id: id.into(), session: String::new() }).await;
        }
        let told = serde_json::value::to_raw_value(&[1]).unwrap();
        let note = NoteSession {
            session: Some("s-1".into()),
            instance: None,
            told: vec![Told { kind: "hook.event.executed", payload: told }],
            marks: vec![Mark::Tool("Edit".into())],
            lease_ms: 1_000,
        };
        self.mine(note).await;
        self.mine(SetConfig { key: "k".into(), value: "[1]".into() }).await;
        let pause = |scope, until| Pause { scope, reason: Some("x".into()), until };
        self.mine(pause(PauseScope::Tag("none".into()), None)).await;
        self.mine(pause(PauseScope::Project("none".into()), Some(Until::For(1_000)))).await;
        let text = "changed in another tenant".into();
        let task = NewTask { text, max_attempts: 3, ..NewTask::default() };
        self.ok(self.other, Create { tasks: vec![task] }).await;
        let (decision, value) = (String::from("d"), String::from("yes"));
        for instance in ["w-0", "w-1", "late"] {
            let (decision, value) = (decision.clone(), value.clone());
            self.mine(Vote { decision, instance: instance.into(), value, total: 2 }).await;
        }
        self.mine(ProcessBatch { batch: "b".into(), instance: "w-0".into(), items: 3 }).await;
        self.mine(EndLogin { login: "l".into(), key: "k-1".into() }).await;
        let (meta, write) = once();
        self.committer.as_ref().unwrap().submit(meta, write).await.unwrap();
    }

    /// The n-th task, brought to one of its possible states.
    async fn one(&mut self, n: usize) {
        let own = format!("n-{n}");
        let mut tags = vec![own.as_str()];
        tags.extend(n.is_multiple_of(3).then_some("x"));
        let waits = n % 10 == 9;
        let task = NewTask {
            text: format!("task {n}, Größe {}", n % 4),
            priority: i64::try_from(n * 7 % 4 * 10).unwrap(),
            metadata: n.is_multiple_of(7).then(|| "{\"a\":[1,\"\\u00e9\"]}".into()),
            project: [None, Some("a"), Some("B")][n * 5 % 3].map(Into::into),
            roles: if n % 4 == 1 { names(&["r"]) } else { vec![] },
            tags: names(&tags),
            parent: (n % 5 == 4).then(|| self.tasks[n / 10]),
            depends_on: if waits { vec![Dependency::Task(self.tasks[n - 9])] } else { vec![] },
            delay_ms: (n % 11 == 10).then_some(3_600_000),
            deadline_ms: (n % 4 == 1).then_some(7_200_000),
            max_attempts: 3,
            ..NewTask::default()
        };
        let id = self.mine(Create { tasks: vec![task] }).await[0].id;
        self.tasks.push(id);
        if n == 30 {
            self.half = self.clock.now();
            self.clock.advance(1);
        }
        if !waits && n % 11 != 10 {
            self.move_on(n, id, &own).await;
        }
        // Two out of three share their time.
        self.clock.advance(i64::from(n.is_multiple_of(3)));
    }

    async fn move_on(&self, n: usize, id: TaskId, tag: &str) {
        let worker = format!("w-{}", n / 6 % 2);
        let ending = match n % 6 {
            1 => Some(Ending::Completed { result: Some(format!("[{n}]")) }),
            2 => Some(failed()),
            3 => None,
            4 => {
                let cancel = Cancel { task: id, reason: None, grace_ms: 0, dependents: None };
                self.mine(cancel).await;
                return;
            }
            5 => return drop(self.mine(Assign { task: id, instance: "w-0".into() }).await),
            _ => return,
        };
        let held = self.claim(&worker, tag).await;
        if let Some(ending) = ending {
            let (task, fence) = (id, Some(held.lease.fence));
            let report = Report { task, fence, worker: None, ending };
            self.mine(Reports { items: vec![report] }).await.remove(0).unwrap();
        } else if n % 4 == 1 {
            self.beat(&held).await;
            let cancel = Cancel { task: id, reason: None, grace_ms: 60_000, dependents: None };
            self.mine(cancel).await;
        }
    }

    async fn claim(&self, worker: &str, tag: &str) -> ClaimedTask {
        let wanted = Wanted {
            tenant: TenantId::DEFAULT,
            worker: worker.into(),
            roles: names(&["r"]),
            project: None,
            tags: names(&[tag]),
        };
        let claim = ClaimTasks { wanted, task: None, max: 1, lease_ms: None };
        self.mine(claim).await.tasks.remove(0)
    }

    async fn beat(&self, held: &ClaimedTask) {
        let beat = Beat {
            task: held.task.id,
            fence: Some(held.lease.fence),
            worker: None,
            lease_ms: None,
            progress: Some(0.25),
            note: Some("half done".into()),
            checkpoint: Some("{\"at\":3}".into()),
        };
        self.mine(beat).await;
    }

    /// Changes, attachments, one task that is gone, one held by nobody.
    async fn more(&mut self) {
        for n in [50, 3, 17, 30] {
            self.clock.advance(1);
            let text = Some(format!("task {n}, changed"));
            self.mine(Update { id: Some(self.tasks[n]), text, ..Update::default() }).await;
        }
        for n in 0..25 {
            let body = attachment(&format!("key {n}"), n);
            self.mine(PutAttachment { task: self.tasks[1], body }).await;
        }
        self.mine(PutAttachment { task: self.tasks[2], body: attachment("Z", 3) }).await;
        let by_hand = Update {
            id: Some(self.tasks[0]),
            status: Some(Status::InProgress),
            ..Update::default()
        };
        self.mine(by_hand).await;
        self.mine(DeleteTask { task: self.tasks[52] }).await;
        self.figures().await;
    }

    /// Figures of two tenants and three days.
    async fn figures(&self) {
        let mut fold =
            Fold { upto: Cursor(9), at: Some(EPOCH), lost: Some(EPOCH), ..Fold::default() };
        for n in 0..60 {
            let tenant = if n % 7 == 6 { self.other } else { TenantId::DEFAULT };
            let at = EPOCH.plus(n % 3 * Span::Day.ms() + n);
            for span in Span::ALL {
                let (mut metric, start) = (Metric::default(), span.start(at));
                metric.record(at, (n % 4 != 3).then_some(n * n));
                let name: Arc<str> = ["created", "waited", "Z"][n as usize * 2 % 3].into();
                if &*name == "waited" {
                    metric.latencies.record(n * n);
                }
                fold.metrics.push((MetricKey { tenant, span, name, start }, metric));
            }
            let worker = ["w-1", "a b", "B", "é", "w-0"][n as usize % 5].into();
            let (completed, failed, worked_ms) = (n % 2, 1 - n % 2, n * 9);
            let (first, last, worked) = (at, at, 1);
            let did = WorkerMetric {
                completed,
                failed,
                worked,
                worked_ms,
                first,
                last,
                ..WorkerMetric::default()
            };
            fold.workers.push((WorkerKey { tenant, day: Span::Day.start(at), worker }, did));
        }
        self.mine(fold).await;
    }
}

/// A write under a key: repeated, it is answered as before.
pub(super) fn once() -> (Meta, Create) {
    let key = Arc::new(IdempotencyKey { key: "once".into(), fingerprint: [9; 32] });
    let meta = Meta {
        tenant: TenantId::DEFAULT,
        actor: "tester".into(),
        traceparent: None,
        session: None,
        key: Some(key),
    };
    let unique = Some(Unique { key: "the only one".into(), on_duplicate: OnDuplicate::Reject });
    let text = "made once".into();
    (meta, Create { tasks: vec![NewTask { text, unique, max_attempts: 3, ..NewTask::default() }] })
}

fn failed() -> Ending {
    Ending::Failed {
        reason: "error".into(),
        error: Some("it broke".into()),
        retryable: false,
        retry_after_ms: None,
        snooze: false,
    }
}

fn attachment(key: &str, n: usize) -> AttachmentBody {
    let kind = AttachmentKind::ALL[n % 5];
    AttachmentBody {
        key: key.into(),
        kind,
        value: (kind == AttachmentKind::Json).then(|| format!("{{\"n\":{n}}}")),
        content: (kind == AttachmentKind::Text).then(|| "text".into()),
        url: (kind == AttachmentKind::Url).then(|| "https://example.com".into()),
        mime_type: n.is_multiple_of(2).then(|| "text/plain".into()),
        size: i64::try_from(n).ok(),
    }
}
