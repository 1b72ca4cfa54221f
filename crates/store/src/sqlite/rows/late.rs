//! Rows that come late change nothing: what the rules make of a batch that is run again and again,
//! until all its rows are there, is what they make of it in one go.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use claudebench_core::figures::Span;
use claudebench_core::lane::{PauseScope, Wanted};
use claudebench_core::{Cursor, Millis, Status, TaskId, TenantId};

use super::forgetful::Forgetful;
use super::numbers::tests::numbers_are_true;
use super::tests::tables;
use super::{Hot, SqliteRows};
use crate::batch::{
    Batch, Beat, ClaimTasks, Claimed, Create, Dependency, Ending, Gained, Handed, IdempotencyKey,
    Item, Meta, NewTask, OnDuplicate, Outcomes, Parked, Report, Reports, Ticket, Unique,
};
use crate::change::{
    AddKey, Assign, Cancel, Change, DeleteAttachment, DeleteTask, Dependents, EndLogin,
    FailInstances, Flush, Pause, ProcessBatch, PutAttachment, Register, Resume, Retry,
    RetrySelection, RevokeKey, SetConfig, Sweep, Touch, Unassign, Unregister, Until, Update, Vote,
};
use crate::metrics::{Fold, Metric, MetricKey, Refold, WorkerKey, WorkerMetric};
use crate::row::{AttachmentBody, AttachmentKind};
use crate::session::{Mark, NoteSession, TodoChange, TodoStatus, WriteTodos};
use crate::sqlite::memory::Memory;
use crate::sqlite::{SqliteOptions, open};
use crate::write::{Stop, Tx, Waiting};

const NOW: i64 = 1_700_000_000_000;

/// Claims that wait, oldest first.
#[derive(Debug, Default)]
struct Queue(Mutex<Vec<Item<ClaimTasks>>>);

impl Parked for Queue {
    fn take(&self, gained: &Gained) -> Option<(Ticket, Item<ClaimTasks>)> {
        let mut waits = self.0.lock().unwrap();
        let fits = |item: &Item<ClaimTasks>| {
            gained.lane.open_to(&item.body.wanted, &gained.pauses).is_ok()
        };
        let place = waits.iter().position(fits)?;
        Some((waits.len() as Ticket, waits.remove(place)))
    }

    fn settle(&self, _: Ticket, _: Handed) {}

    fn abandon(&self, _: TenantId, _: Claimed) {}
}

fn by<T>(body: T) -> Item<T> {
    let meta = Meta {
        tenant: TenantId::DEFAULT,
        actor: "a".into(),
        traceparent: None,
        session: None,
        key: None,
    };
    Item { meta, body }
}

fn keyed<T>(body: T) -> Item<T> {
    let mut item = by(body);
    item.meta.key = Some(Arc::new(IdempotencyKey { key: "k".into(), fingerprint: [7; 32] }));
    item
}

fn task(text: &str) -> NewTask {
    NewTask { text: text.into(), max_attempts: 2, ..NewTask::default() }
}

fn after(text: &str, on: TaskId) -> NewTask {
    NewTask { depends_on: vec![Dependency::Task(on)], ..task(text) }
}

fn unique(text: &str, key: &str, on_duplicate: OnDuplicate) -> NewTask {
    NewTask { unique: Some(Unique { key: key.into(), on_duplicate }), ..task(text) }
}

fn create(tasks: Vec<NewTask>) -> Batch {
    Batch { creates: vec![by(Create { tasks })], ..Batch::default() }
}

fn claim(worker: &str, max: usize) -> Item<ClaimTasks> {
    let wanted = Wanted {
        tenant: TenantId::DEFAULT,
        worker: worker.into(),
        roles: Vec::new(),
        project: None,
        tags: Vec::new(),
    };
    by(ClaimTasks { wanted, task: None, max, lease_ms: None })
}

fn report(task: TaskId, ending: Ending) -> Report {
    Report { task, fence: None, worker: None, ending }
}

fn completed(task: TaskId) -> Report {
    report(task, Ending::Completed { result: Some("{}".into()) })
}

fn failed(task: TaskId) -> Report {
    let reason = "broken".into();
    let (error, retry_after_ms, snooze) = (None, None, false);
    report(task, Ending::Failed { reason, error, retryable: false, retry_after_ms, snooze })
}

fn changes<const N: usize>(changes: [Change; N]) -> Batch {
    Batch { changes: changes.into_iter().map(by).collect(), ..Batch::default() }
}

fn attach(task: TaskId, key: &str) -> Change {
    let body = AttachmentBody {
        key: key.into(),
        kind: AttachmentKind::Json,
        value: Some("1".into()),
        content: None,
        url: None,
        mime_type: None,
        size: None,
    };
    Change::PutAttachment(PutAttachment { task, body })
}

/// Figures of two workers; only the first that says where it stands counts.
fn fold(worker: &str) -> Change {
    let (tenant, start) = (TenantId::DEFAULT, Millis(0));
    let metric = Metric { count: 1, ..Metric::default() };
    let metrics = ["made", "took"].map(|name| {
        (MetricKey { tenant, span: Span::Day, name: name.into(), start }, metric.clone())
    });
    let workers = ["a", worker].map(|worker| {
        let key = WorkerKey { tenant, day: start, worker: worker.into() };
        (key, WorkerMetric { started: 1, ..WorkerMetric::default() })
    });
    let (metrics, workers) = (metrics.into(), workers.into());
    Change::Fold(Fold { upto: Cursor(5), metrics, workers, ..Fold::default() })
}

fn refold() -> Change {
    let (after, since) = (Cursor(0), Millis(1));
    Change::Refold(Refold { version: 1, generation: 1, after, since })
}

fn cancel(task: TaskId, dependents: Dependents, grace_ms: i64) -> Change {
    Change::Cancel(Cancel { task, reason: None, grace_ms, dependents: Some(dependents) })
}

fn register(id: &str) -> Change {
    let (roles, metadata) = (Vec::new(), None);
    Change::Register(Register { id: id.into(), roles, metadata, became_leader: false })
}

/// A hook of a session, which works as an instance of the same name.
fn hook(session: &str, mark: Mark) -> Change {
    let Change::Register(instance) = register(session) else { panic!("another change") };
    Change::NoteSession(NoteSession {
        session: Some(session.into()),
        instance: Some(instance),
        told: Vec::new(),
        marks: vec![mark],
        lease_ms: 5_000,
    })
}

/// All of them are worked on.
fn todos(contents: &[&str]) -> Mark {
    let todo = |content: &&str| TodoChange {
        content: Some((*content).into()),
        status: Some(TodoStatus::InProgress),
        ..TodoChange::default()
    };
    let todos = contents.iter().map(todo).collect();
    Mark::Todos(WriteTodos { todos, whole: true, autocreate: true, tells: true })
}

/// The next batch of a history, from the tasks that were made so far.
type Step = fn(&[TaskId]) -> Batch;

/// Tasks are made, worked on, wait for each other and end in every way.
const TASKS: &[Step] = &[
    |_| create(vec![task("0"), task("1"), task("2"), unique("3", "u", OnDuplicate::Reject)]),
    |t| create(vec![after("4", t[0]), after("5", t[0]), after("6", t[1]), after("7", t[2])]),
    |t| create(vec![after("8", t[6]), NewTask { delay_ms: Some(5_000), ..task("9") }]),
    |_| create(vec![unique("refused", "u", OnDuplicate::Reject)]),
    |_| Batch { claims: vec![claim("w", 2), claim("v", 1), claim("v", 1)], ..Batch::default() },
    |t| {
        let items = vec![completed(t[0]), failed(t[1]), completed(t[8])];
        let beat = |task, fence| {
            by(Beat {
                task,
                fence: Some(fence),
                worker: None,
                lease_ms: None,
                progress: Some(0.5),
                note: Some("so far".into()),
                checkpoint: None,
            })
        };
        let parked: Arc<dyn Parked> =
            Arc::new(Queue(Mutex::new(vec![claim("p", 1), claim("q", 2), claim("r", 1)])));
        Batch {
            reports: vec![keyed(Reports { items })],
            beats: vec![beat(t[2], 1), beat(t[3], 9), beat(t[9], 1)],
            claims: vec![claim("w", 5)],
            parked: Some(parked),
            ..Batch::default()
        }
    },
    |t| Batch {
        reports: vec![keyed(Reports {
            items: vec![completed(t[0]), failed(t[1]), completed(t[8])],
        })],
        ..Batch::default()
    },
    |t| {
        changes([
            cancel(t[2], Dependents::Cancel, 60_000),
            cancel(t[6], Dependents::Release, 0),
            attach(t[4], "x"),
            attach(t[4], "x"),
            attach(t[9], "y"),
            Change::DeleteAttachment(DeleteAttachment { task: t[9], key: "y".into() }),
        ])
    },
    |t| Batch {
        reports: vec![by(Reports {
            items: vec![report(t[2], Ending::Released { reason: None, delay_ms: None })],
        })],
        ..changes([
            Change::Retry(Retry {
                which: RetrySelection::Dead {
                    ids: Some(vec![t[0], t[1], t[5]]),
                    project: None,
                    tag: None,
                    reason: None,
                    limit: 10,
                },
                priority: Some(3),
                delay_ms: None,
            }),
            Change::Update(Update {
                id: Some(t[9]),
                text: Some("nine".into()),
                priority: Some(9),
                ..Update::default()
            }),
            Change::DeleteTask(DeleteTask { task: t[7] }),
        ])
    },
    |_| Batch { claims: vec![claim("z", 20)], ..Batch::default() },
    |t| {
        let items = vec![failed(t[1]), failed(t[3])];
        Batch { reports: vec![by(Reports { items })], ..Batch::default() }
    },
    |_| {
        let (project, tag, reason) = (None, None, None);
        let which = RetrySelection::Dead { ids: None, project, tag, reason, limit: 10 };
        changes([Change::Retry(Retry { which, priority: None, delay_ms: None })])
    },
    |t| {
        create(vec![
            unique("10", "n", OnDuplicate::Return),
            after("11", t[9]),
            NewTask { parent: Some(t[9]), ..task("12") },
        ])
    },
    |_| create(vec![unique("13", "n", OnDuplicate::Replace), task("14")]),
    |_| changes([Change::Sweep(Sweep)]),
];

/// Instances come and go; what is shared.
const SHARED: &[Step] = &[
    |_| changes([register("i"), register("j"), register("i")]),
    |_| create(vec![task("0"), task("1"), task("2"), task("3")]),
    |t| Batch {
        claims: vec![claim("i", 1), claim("j", 1)],
        ..changes([
            Change::Assign(Assign { task: t[2], instance: "i".into() }),
            Change::Assign(Assign { task: t[3], instance: "nobody".into() }),
            Change::Unassign(Unassign { task: t[3] }),
        ])
    },
    |_| {
        changes([
            Change::Touch(Touch {
                instances: vec![(TenantId::DEFAULT, "j".into(), Millis(NOW + 60_000))],
            }),
            Change::Unregister(Unregister { id: "i".into(), session: "s".into() }),
            Change::FailInstances(FailInstances {
                instances: vec![(TenantId::DEFAULT, "j".into(), Millis(NOW + 900_000))],
            }),
        ])
    },
    |t| {
        changes([Change::Update(Update {
            id: Some(t[0]),
            status: Some(Status::InProgress),
            ..Update::default()
        })])
    },
    |_| {
        changes([
            Change::Pause(Pause {
                scope: PauseScope::All,
                reason: None,
                until: Some(Until::For(1_500)),
            }),
            Change::Resume(Resume { scope: PauseScope::Tag("none".into()) }),
            Change::SetConfig(SetConfig { key: "c".into(), value: "[1]".into() }),
        ])
    },
    |_| Batch { claims: vec![claim("i", 1)], ..changes([Change::Sweep(Sweep)]) },
    |_| Batch { claims: vec![claim("i", 9)], ..changes([Change::Sweep(Sweep)]) },
    |_| {
        let vote = |instance: &str, value: &str| {
            Change::Vote(Vote {
                decision: "d".into(),
                instance: instance.into(),
                value: value.into(),
                total: 2,
            })
        };
        let batch = |instance: &str| {
            Change::ProcessBatch(ProcessBatch {
                batch: "b".into(),
                instance: instance.into(),
                items: 3,
            })
        };
        changes([vote("i", "yes"), vote("j", "yes"), vote("k", "no"), batch("i"), batch("j")])
    },
    |_| {
        changes([
            Change::AddKey(AddKey {
                id: "key".into(),
                tenant_name: "other".into(),
                name: "n".into(),
                hash: [1; 32],
                scopes: vec!["tasks:read".into()],
                expires_at: None,
            }),
            Change::RevokeKey(RevokeKey { id: "none".into() }),
            Change::EndLogin(EndLogin { login: "l".into(), key: "key".into() }),
        ])
    },
    |_| changes([hook("s", todos(&["x", "y"])), hook("r", todos(&["x"]))]),
    |_| {
        let snapshot = Mark::Snapshot {
            id: "snap".into(),
            reason: "manual".into(),
            metadata: None,
            compacting: Some(1.0),
        };
        changes([
            hook("s", snapshot),
            hook("r", Mark::Ended { reason: "exit".into(), shares: false }),
            hook("s", Mark::Ended { reason: "exit".into(), shares: true }),
        ])
    },
    |_| changes([fold("b"), fold("c"), refold(), fold("d")]),
    |_| changes([Change::Flush(Flush { tasks: true })]),
];

/// Runs a history; says what it answered, what the tables hold then, and the most runs of a batch.
fn run(history: &[Step], forgets: bool) -> (Vec<String>, Vec<String>, usize) {
    let dir = tempfile::tempdir().unwrap();
    let options = SqliteOptions::new(dir.path());
    let db = open::writer(&options).unwrap();
    let hot = Hot::prepare(&db).unwrap();
    let (mut seed, mut made, mut told, mut most) = (1, Vec::new(), Vec::new(), 0);
    let mut memory = Memory::load(&db, &options, Millis(NOW)).unwrap();
    for (step, at) in history.iter().zip(0_i64..) {
        let (batch, now) = (step(&made), Millis(NOW + 1_000 * at));
        let mut waiting = Waiting::new(batch.parked.as_deref());
        let (mut known, mut runs) = (HashSet::new(), 1);
        let outcomes = loop {
            db.execute_batch("BEGIN IMMEDIATE").unwrap();
            let mut rows = SqliteRows::new((&db, &hot), &mut memory, &options);
            let mut drawn = seed;
            let (done, wanted) = if forgets {
                let mut rows = Forgetful { rows, known: &known, wanted: HashSet::new() };
                let mut tx = Tx::new(&mut rows, options.rules(), now, &mut drawn);
                let done = tx.apply(&batch, &mut waiting);
                (done.map(|outcomes| (outcomes, rows.rows)), rows.wanted)
            } else {
                let mut tx = Tx::new(&mut rows, options.rules(), now, &mut drawn);
                let done = tx.apply(&batch, &mut waiting);
                (done.map(|outcomes| (outcomes, rows)), HashSet::new())
            };
            match done {
                Ok((mut outcomes, rows)) => {
                    rows.end(&mut outcomes).unwrap();
                    db.execute_batch("COMMIT").unwrap();
                    numbers_are_true(&db);
                    seed = drawn;
                    break outcomes;
                }
                Err(Stop::Missing) => {
                    assert!(!wanted.is_empty(), "it says what was missing");
                    known.extend(wanted);
                    db.execute_batch("ROLLBACK").unwrap();
                    memory = Memory::load(&db, &options, now).unwrap();
                    runs += 1;
                }
                Err(stop) => panic!("{stop:?}"),
            }
        };
        waiting.keep();
        most = most.max(runs);
        let created = outcomes.creates.iter().flatten().flatten().flatten();
        made.extend(created.map(|created| created.id));
        told.push(text_of(outcomes));
    }
    (told, tables(&db), most)
}

/// What a batch was answered with, but for the numbers of lanes, which no one is told.
fn text_of(outcomes: Outcomes) -> String {
    format!("{:#?}", Outcomes { ready: Vec::new(), ..outcomes })
}

#[test]
fn rows_that_come_late_change_nothing() {
    for history in [TASKS, SHARED] {
        let (told, rows, once) = run(history, false);
        let (told_late, rows_late, most) = run(history, true);
        assert!(once == 1 && most > 2, "{once} {most}");
        for (at, (told, late)) in told.iter().zip(&told_late).enumerate() {
            assert_eq!(told, late, "batch {at}");
        }
        assert_eq!(rows, rows_late);
    }
}
