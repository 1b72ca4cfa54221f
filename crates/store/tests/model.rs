//! Random histories against a model that states the rules plainly: what each call answers and what
//! can be seen afterwards must be the same. Time and chance are given; a failure prints the seed and
//! the history that led to it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may stop at what it did not expect, outside its own function, too"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use claudebench_core::backoff::Backoff;
use claudebench_core::lane::Wanted;
use claudebench_core::time::ManualClock;
use claudebench_core::{Clock, Int, Millis, Status, TaskId, TenantId};
use claudebench_store::sqlite::{SqliteOptions, SqliteStore};
use claudebench_store::{
    Beat, Cancel, ClaimTasks, Committer, CommitterOptions, Create, Dependency, Dependents, Ending,
    EventQuery, Freshness, Meta, NewTask, Refusal, Report, Reports, Retry, RetrySelection, Store,
    SubmitError, Sweep, Write,
};

const LEASE_MS: i64 = 10_000;
const MAX_LOSSES: i64 = 3;
const WORKERS: [&str; 3] = ["w-0", "w-1", "w-2"];
const ROLES: [&str; 2] = ["front", "back"];

fn backoff() -> Backoff {
    Backoff {
        base_ms: Int::clamped(1_000),
        factor: Int::clamped(2),
        max_ms: Int::clamped(8_000),
        jitter: false,
    }
}

/// A task as the rules have it.
#[derive(Clone, Debug, PartialEq)]
struct Task {
    status: Status,
    priority: i64,
    created_at: Millis,
    role: Option<usize>,
    depends_on: Vec<TaskId>,
    open: usize,
    run_at: Millis,
    fence: i64,
    attempt: i64,
    losses: i64,
    max_attempts: i64,
    holder: Option<usize>,
    expires_at: Millis,
    /// The fence of the last report that ended an attempt, and how.
    settled: Option<(i64, &'static str)>,
}

#[derive(Default)]
struct Model {
    tasks: BTreeMap<TaskId, Task>,
    now: Millis,
}

impl Model {
    /// What every transaction begins with: leases that are over end.
    fn expire(&mut self) {
        let now = self.now;
        for task in self.tasks.values_mut() {
            if task.status == Status::InProgress && task.expires_at <= now {
                task.losses += 1;
                if task.losses < MAX_LOSSES {
                    task.attempt -= 1;
                    task.status = Status::Pending;
                    task.holder = None;
                    task.run_at = now.plus(backoff().bound_ms(task.losses));
                } else {
                    task.status = Status::Failed;
                }
            }
        }
    }

    fn claim(&mut self, worker: usize, role: usize, max: usize) -> Vec<TaskId> {
        let now = self.now;
        let mut ready: Vec<(i64, Millis, TaskId)> = self
            .tasks
            .iter()
            .filter(|(_, t)| t.status == Status::Pending && t.open == 0 && t.run_at <= now)
            .filter(|(_, t)| t.role.is_none_or(|wanted| wanted == role))
            .map(|(id, t)| (-t.priority, t.created_at, *id))
            .collect();
        ready.sort_unstable();
        let ids: Vec<TaskId> = ready.into_iter().take(max).map(|(_, _, id)| id).collect();
        for id in &ids {
            let task = self.tasks.get_mut(id).unwrap();
            task.status = Status::InProgress;
            task.fence += 1;
            task.attempt += 1;
            task.holder = Some(worker);
            task.expires_at = now.plus(LEASE_MS);
        }
        ids
    }

    /// Whether a report is taken: `Ok(true)` it is, `Ok(false)` it came before.
    fn admit(&self, id: TaskId, report: &Who, how: &'static str) -> Result<bool, &'static str> {
        let task = &self.tasks[&id];
        let held = task.status == Status::InProgress;
        match report {
            Who::Fence(fence) if held && *fence == task.fence => Ok(true),
            Who::Fence(fence) if task.settled == Some((*fence, how)) => Ok(false),
            Who::Fence(_) => Err("stale"),
            Who::Worker(_) if task.status.is_final() => Err("finished"),
            Who::Worker(_) if !held => Err("not assigned"),
            Who::Worker(worker) if task.holder != Some(*worker) => Err("not holder"),
            Who::Worker(_) => Ok(true),
        }
    }

    fn end(&mut self, id: TaskId, how: &'static str, retryable: bool) {
        let now = self.now;
        let task = self.tasks.get_mut(&id).unwrap();
        task.settled = Some((task.fence, how));
        match how {
            "completed" => task.status = Status::Completed,
            "failed" if retryable && task.attempt < task.max_attempts => {
                task.status = Status::Pending;
                task.holder = None;
                task.run_at = now.plus(backoff().bound_ms(task.attempt));
            }
            "failed" => task.status = Status::Failed,
            _ => {
                task.status = Status::Pending;
                task.attempt -= 1;
                task.holder = None;
                task.run_at = now;
            }
        }
        if how == "completed" {
            for other in self.tasks.values_mut() {
                other.open -= other.depends_on.iter().filter(|on| **on == id).count();
                other.depends_on.retain(|on| *on != id);
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Who {
    Fence(i64),
    Worker(usize),
}

/// Draws numbers from a seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap()
    }
}

struct World {
    store: Arc<SqliteStore>,
    committer: Committer,
    clock: ManualClock,
    model: Model,
    chance: Chance,
    history: Vec<String>,
}

impl World {
    fn open(dir: &std::path::Path, clock: &ManualClock) -> (Arc<SqliteStore>, Committer) {
        let options = SqliteOptions {
            lease_ms: LEASE_MS,
            max_losses: MAX_LOSSES,
            seed: Some(1),
            ..SqliteOptions::new(dir)
        };
        let store = SqliteStore::open(options, Arc::new(clock.clone())).unwrap();
        let (committer, mut writers) =
            Committer::start(store.clone(), CommitterOptions::default(), Arc::new(|_| {}));
        writers.detach_all();
        (store, committer)
    }

    async fn submit<W: Write>(&mut self, write: W) -> Result<W::Reply, Refusal> {
        self.model.now = self.clock.now();
        self.model.expire();
        let (tenant, actor) = (TenantId::DEFAULT, "model".into());
        let meta = Meta { tenant, actor, traceparent: None, key: None };
        match self.committer.submit(meta, write).await {
            Ok(reply) => Ok(reply),
            Err(SubmitError::Refused(refusal)) => Err(refusal),
            Err(error) => panic!("{error}"),
        }
    }

    fn any_task(&mut self) -> Option<TaskId> {
        let count = self.model.tasks.len();
        (count > 0).then(|| *self.model.tasks.keys().nth(self.chance.below(count)).unwrap())
    }

    fn anybody(&mut self, id: TaskId) -> Who {
        match self.chance.below(4) {
            0 => Who::Worker(self.chance.below(WORKERS.len())),
            1 => Who::Fence(self.model.tasks[&id].fence - 1),
            _ => Who::Fence(self.model.tasks[&id].fence),
        }
    }

    async fn create(&mut self) {
        let role = [None, Some(0), Some(1)][self.chance.below(3)];
        let priority = [10, 50, 50, 90][self.chance.below(4)];
        let mut on: Vec<TaskId> =
            (0..self.chance.below(3)).filter_map(|_| self.any_task()).collect();
        on.sort_unstable();
        on.dedup();
        let max_attempts = i64::try_from(1 + self.chance.below(3)).unwrap();
        let new = NewTask {
            text: "a task".into(),
            priority,
            depends_on: on.iter().copied().map(Dependency::Task).collect(),
            roles: role.map(|role| ROLES[role].into()).into_iter().collect(),
            max_attempts,
            backoff: Some(backoff()),
            ..NewTask::default()
        };
        let made = self.submit(Create { tasks: vec![new] }).await.unwrap()[0].clone();
        on.retain(|id| self.model.tasks[id].status != Status::Completed);
        let task = Task {
            status: Status::Pending,
            priority,
            created_at: made.created_at,
            role,
            open: on.len(),
            depends_on: on,
            run_at: Millis(0),
            fence: 0,
            attempt: 0,
            losses: 0,
            max_attempts,
            holder: None,
            expires_at: Millis(0),
            settled: None,
        };
        self.history.push(format!("create {} {task:?}", made.id));
        self.model.tasks.insert(made.id, task);
    }

    async fn claim(&mut self) {
        let (worker, role, max) =
            (self.chance.below(3), self.chance.below(2), 1 + self.chance.below(3));
        self.history.push(format!("claim by {worker} as {role}, {max}"));
        let wanted = Wanted {
            tenant: TenantId::DEFAULT,
            worker: WORKERS[worker].into(),
            roles: vec![ROLES[role].into()],
            project: None,
            tags: vec![],
        };
        let claimed = self.submit(ClaimTasks { wanted, max, lease_ms: None }).await.unwrap();
        let expected = self.model.claim(worker, role, max);
        let ids: Vec<TaskId> = claimed.tasks.iter().map(|claimed| claimed.task.id).collect();
        assert_eq!(ids, expected, "the best ready tasks, in order");
    }

    async fn report(&mut self) {
        let Some(id) = self.any_task() else { return };
        let who = self.anybody(id);
        let how = ["completed", "failed", "released"][self.chance.below(3)];
        let retryable = self.chance.below(4) > 0;
        self.history.push(format!("{how} {id} by {who:?}, retryable {retryable}"));
        let ending = match how {
            "completed" => Ending::Completed { result: None },
            "failed" => Ending::Failed {
                reason: "error".into(),
                error: None,
                retryable,
                retry_after_ms: None,
                snooze: false,
            },
            _ => Ending::Released { reason: None, delay_ms: None },
        };
        let (fence, worker) = match who {
            Who::Fence(fence) => (Some(fence), None),
            Who::Worker(worker) => (None, Some(WORKERS[worker].into())),
        };
        let report = Report { task: id, fence, worker, ending };
        let mut answers = self.submit(Reports { items: vec![report] }).await.unwrap();
        let answer = answers.remove(0);
        match (self.model.admit(id, &who, how), answer) {
            (Ok(true), Ok(settled)) => {
                assert!(!settled.repeated);
                self.model.end(id, how, retryable);
                assert_eq!(settled.status, self.model.tasks[&id].status);
            }
            (Ok(false), Ok(settled)) => assert!(settled.repeated),
            (Err("stale"), Err(Refusal::StaleFence { current, .. })) => {
                assert_eq!(current, self.model.tasks[&id].fence);
            }
            (Err("finished"), Err(Refusal::Finished { .. }))
            | (Err("not assigned"), Err(Refusal::NotAssigned(_)))
            | (Err("not holder"), Err(Refusal::NotHolder { .. })) => {}
            (expected, got) => panic!("the model: {expected:?}, the store: {got:?}"),
        }
    }

    async fn beat(&mut self) {
        let Some(id) = self.any_task() else { return };
        let fence = self.model.tasks[&id].fence;
        self.history.push(format!("heartbeat {id} under {fence}"));
        let beat = Beat {
            task: id,
            fence: Some(fence),
            worker: None,
            lease_ms: None,
            progress: Some(0.5),
            note: None,
            checkpoint: None,
        };
        let answer = self.submit(beat).await;
        let now = self.model.now;
        let task = self.model.tasks.get_mut(&id).unwrap();
        assert_eq!(answer.is_ok(), task.status == Status::InProgress, "{answer:?}");
        if answer.is_ok() {
            task.expires_at = now.plus(LEASE_MS);
        }
    }

    async fn cancel(&mut self) {
        let Some(id) = self.any_task() else { return };
        self.history.push(format!("cancel {id}"));
        let cancel = Cancel { task: id, reason: None, grace_ms: 0, dependents: Dependents::Keep };
        let answer = self.submit(cancel).await;
        let task = self.model.tasks.get_mut(&id).unwrap();
        let ended = matches!(task.status, Status::Completed | Status::Failed);
        assert_eq!(answer.is_err(), ended, "{answer:?}");
        if !ended {
            task.status = Status::Cancelled;
        }
    }

    async fn retry(&mut self) {
        let Some(id) = self.any_task() else { return };
        self.history.push(format!("retry {id}"));
        let which = RetrySelection::Task { id, force: false };
        let answer = self.submit(Retry { which, priority: None, delay_ms: None }).await;
        let task = self.model.tasks.get_mut(&id).unwrap();
        let may = matches!(task.status, Status::Failed | Status::Cancelled);
        assert_eq!(answer.is_ok(), may, "{answer:?}");
        if may {
            task.status = Status::Pending;
            task.attempt = 0;
            task.losses = 0;
            task.holder = None;
            task.run_at = Millis(0);
        }
    }

    async fn wait(&mut self) {
        let ms = [100, 1_000, 4_000, 11_000][self.chance.below(4)];
        self.history.push(format!("{ms} ms pass"));
        self.clock.advance(ms);
        self.submit(Sweep).await.unwrap();
    }

    /// Everything that can be seen of every task.
    async fn compare(&self) {
        let ids: Vec<TaskId> = self.model.tasks.keys().copied().collect();
        let found =
            self.store.tasks(TenantId::DEFAULT, ids.clone(), Freshness::Latest).await.unwrap();
        assert_eq!(found.len(), ids.len());
        for found in found {
            let (row, task) = (&found.task, &self.model.tasks[&found.task.id]);
            let seen = (row.status, row.fence, row.attempt, row.losses, row.open_dependencies);
            let open = i64::try_from(task.open).unwrap();
            assert_eq!(
                seen,
                (task.status, task.fence, task.attempt, task.losses, open),
                "{}",
                row.id
            );
            let held = (task.status == Status::InProgress).then_some(task.expires_at);
            assert_eq!(found.lease.map(|lease| lease.expires_at), held, "{}", row.id);
        }
        let stats = self.store.stats(TenantId::DEFAULT, None).await.unwrap();
        for status in Status::ALL {
            let count = self.model.tasks.values().filter(|task| task.status == status).count();
            assert_eq!(stats.of(status), i64::try_from(count).unwrap(), "{status:?}");
        }
    }

    /// A task's events carry versions 1..n without gaps.
    async fn check_versions(&self) {
        for id in self.model.tasks.keys() {
            let query = EventQuery {
                tenant: Some(TenantId::DEFAULT),
                scopes: claudebench_core::principal::Scopes::ALL,
                after: None,
                task: Some(*id),
                project: None,
                kinds: vec![],
                limit: 1_000,
                newest_first: false,
            };
            let events = self.store.events(query).await.unwrap().events;
            let versions: Vec<i64> = events.iter().filter_map(|event| event.version).collect();
            let expected: Vec<i64> = (1..=i64::try_from(versions.len()).unwrap()).collect();
            assert_eq!(versions, expected, "{id}");
        }
    }
}

/// Says which history failed.
struct Witness<'a>(u64, &'a std::cell::RefCell<Vec<String>>);

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}:\n{}", self.0, self.1.borrow().join("\n"));
        }
    }
}

async fn run(seed: u64) {
    let dir = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(Millis(1_700_000_000_000));
    let (store, committer) = World::open(dir.path(), &clock);
    let mut world = World {
        store,
        committer,
        clock,
        model: Model::default(),
        chance: Chance(seed),
        history: Vec::new(),
    };
    let told = std::cell::RefCell::new(Vec::new());
    let _witness = Witness(seed, &told);
    for _ in 0..40 {
        match world.chance.below(12) {
            0..3 => world.create().await,
            3..6 => world.claim().await,
            6..9 => world.report().await,
            9 => world.beat().await,
            10 => match world.chance.below(3) {
                0 => world.cancel().await,
                1 => world.retry().await,
                _ => {
                    world.history.push("restart".into());
                    world.store.close();
                    (world.store, world.committer) = World::open(dir.path(), &world.clock);
                }
            },
            _ => world.wait().await,
        }
        told.borrow_mut().clone_from(&world.history);
        world.compare().await;
    }
    world.check_versions().await;
}

#[tokio::test]
async fn the_store_does_what_the_rules_say() {
    for seed in 0..150 {
        run(seed).await;
    }
}
