//! The store and the model side by side: every step is taken by both.

use claudebench_core::{Status, TaskId, TenantId};
use claudebench_store::{
    Assign, Batch, Beat, Cancel, ClaimTasks, Create, Created, DeleteTask, Freshness, ListOrder,
    OrderBy, Outcomes, Pause, Refusal, Reports, Resume, Retry, Settled, Sweep, TaskQuery, Update,
    Write,
};

use super::History;
use super::chance::Chance;
use super::ops::{Change, New, Op};
use super::rules::{How, LEASE_MS, Meets, Model, No, Task, Who};
use crate::conformance::store::bed::{Bed, Stop};
use crate::conformance::store::given;

pub(super) struct World {
    bed: Bed,
    model: Model,
    chance: Chance,
    history: History,
}

/// The store's answer to the write at a place of its kind.
fn answer<W: Write>(outcomes: &mut Outcomes, place: usize) -> Result<W::Reply, Refusal> {
    W::take(outcomes, place).expect("each write has its answer")
}

impl World {
    pub(super) fn new(bed: Bed, chance: Chance, history: History) -> Self {
        Self { bed, model: Model::default(), chance, history }
    }

    pub(super) fn into_bed(self) -> Bed {
        self.bed
    }

    fn note(&self, what: String) {
        self.history.borrow_mut().push(what);
    }

    /// Some time, then one transaction; now and then a restart instead.
    pub(super) async fn step(&mut self) {
        if self.chance.once_in(40) {
            let how = self.chance.one_of(&Stop::ALL);
            self.note(format!("{how:?}, and again"));
            return self.bed.again(how).await;
        }
        let ms = self.chance.one_of(&[0, 0, 0, 0, 0, 100, 1_000, 4_000, 11_000]);
        self.bed.clock.advance(ms);
        self.model.expire(self.bed.now());
        let count = self.chance.one_of(&[1, 1, 2, 4]);
        let mut ops: Vec<Op> =
            (0..count).filter_map(|_| Op::draw(&mut self.chance, &self.model)).collect();
        ops.sort_by_key(Op::turn);
        self.note(format!("after {ms} ms:"));
        let mut batch = Batch::default();
        let places: Vec<usize> = ops.iter().map(|op| op.put(&mut batch)).collect();
        let mut outcomes = self.bed.commit(batch).await.unwrap();
        for (op, place) in ops.into_iter().zip(places) {
            self.note(format!("  {op:?}"));
            self.follow(op, &mut outcomes, place);
        }
    }

    /// The model does what the store did; their answers must be the same.
    fn follow(&mut self, op: Op, outcomes: &mut Outcomes, place: usize) {
        match op {
            Op::Report { id, who, how } => {
                let answer = answer::<Reports>(outcomes, place).unwrap().remove(0);
                self.report(id, who, how, answer);
            }
            Op::Create(new) => {
                let answer = answer::<Create>(outcomes, place);
                self.create(new, answer);
            }
            Op::Beat { id, fence } => {
                let beaten = answer::<Beat>(outcomes, place);
                let now = self.model.now;
                let task = self.model.task(id);
                let held = task.status == Status::InProgress && task.fence == fence;
                assert_eq!(beaten.is_ok(), held, "{beaten:?}");
                if let Ok(beaten) = beaten {
                    task.expires_at = now.plus(LEASE_MS);
                    assert_eq!(beaten.lease.expires_at, task.expires_at);
                    assert_eq!(beaten.cancelled.map(|(_, at)| at), task.to_stop.map(|(at, _)| at));
                }
            }
            Op::Change(change) => self.change(change, outcomes, place),
            Op::Claim { worker, role, max } => {
                let claimed = answer::<ClaimTasks>(outcomes, place).unwrap();
                let ids: Vec<TaskId> =
                    claimed.tasks.iter().map(|claimed| claimed.task.id).collect();
                self.note(format!("  claimed {ids:?}"));
                let expected = self.model.claim(worker, role, max);
                assert_eq!(ids, expected, "the best ready tasks, in order");
            }
        }
    }

    fn report(&mut self, id: TaskId, who: Who, how: How, answer: Result<Settled, Refusal>) {
        match (self.model.admit(id, who, how), answer) {
            (Ok(true), Ok(settled)) => {
                assert!(!settled.repeated);
                self.model.end(id, who, how);
                assert_eq!(settled.status, self.model.tasks[&id].status);
            }
            (Ok(false), Ok(settled)) => assert!(settled.repeated),
            (Err(No::Stale), Err(Refusal::StaleFence { current, .. })) => {
                assert_eq!(current, self.model.tasks[&id].fence);
            }
            (Err(No::Finished), Err(Refusal::Finished { .. }))
            | (Err(No::NotAssigned), Err(Refusal::NotAssigned(_)))
            | (Err(No::NotHolder), Err(Refusal::NotHolder { .. }))
            | (Err(No::WrongState), Err(Refusal::WrongState { .. })) => {}
            (expected, got) => panic!("the model: {expected:?}, the store: {got:?}"),
        }
    }

    fn create(&mut self, new: New, answer: Result<Vec<Created>, Refusal>) {
        let mut replaced = None;
        let meets = self.model.meet(new.key, new.on_duplicate, &new.depends_on);
        let (made, follower) = match (meets, answer) {
            (Meets::Nothing, Ok(made)) => (made[0].clone(), made.get(1).map(|made| made.id)),
            (Meets::Replaces(live), Ok(made)) => {
                replaced = Some(live);
                (made[0].clone(), made.get(1).map(|made| made.id))
            }
            (Meets::Circle, Err(Refusal::Cycle(_))) => return,
            (Meets::Lives(live), Ok(made)) => {
                assert_eq!((made[0].id, made[0].existing.is_some()), (live, true));
                return self.follow_up(made.get(1).map(|made| made.id), live);
            }
            (Meets::Refused(live), Err(Refusal::DuplicateUniqueKey { task, .. })) => {
                return assert_eq!(task, live);
            }
            (expected, got) => panic!("the model: {expected:?}, the store: {got:?}"),
        };
        self.note(format!("  made {}", made.id));
        assert_eq!((made.created_at, &made.existing), (self.model.now, &None));
        let mut open = new.depends_on;
        open.retain(|id| self.model.tasks[id].status != Status::Completed);
        let task = Task {
            priority: new.priority,
            role: new.role,
            key: new.key,
            open,
            run_at: made.created_at.plus(new.delay_ms.unwrap_or(0)),
            max_attempts: new.max_attempts,
            ..Task::new(made.created_at)
        };
        self.model.tasks.insert(made.id, task);
        if let Some(old) = replaced {
            self.model.hand_dependents(old, made.id);
        }
        self.follow_up(follower, made.id);
    }

    /// A task was made that waits for another.
    fn follow_up(&mut self, follower: Option<TaskId>, on: TaskId) {
        if let Some(id) = follower {
            self.note(format!("  made {id}, after {on}"));
            let task = Task { open: vec![on], ..Task::new(self.model.now) };
            self.model.tasks.insert(id, task);
        }
    }

    fn change(&mut self, change: Change, outcomes: &mut Outcomes, place: usize) {
        let known = |model: &Model, id: TaskId| model.tasks.contains_key(&id);
        let model = &mut self.model;
        let (taken, expected) = match change {
            Change::Cancel { id, grace_ms, dependents } => {
                let answer = answer::<Cancel>(outcomes, place);
                let expected = known(model, id) && model.cancel(id, grace_ms, dependents);
                if let Ok(done) = &answer {
                    assert_eq!(done.status, model.tasks[&id].status);
                }
                (answer.is_ok(), expected)
            }
            Change::Retry { id, delay_ms } => {
                let taken = answer::<Retry>(outcomes, place).is_ok();
                (taken, known(model, id) && model.retry(id, delay_ms))
            }
            Change::Pause { scope, until } => {
                model.resume(&scope);
                model.pauses.push((scope, until));
                (answer::<Pause>(outcomes, place).is_ok(), true)
            }
            Change::Resume { scope } => {
                (answer::<Resume>(outcomes, place).is_ok(), model.resume(&scope))
            }
            Change::Delete { id } => {
                let awaited = |id| {
                    let mut dependents = model.dependents(id).into_iter();
                    dependents.any(|id| !model.tasks[&id].status.is_final())
                };
                let may = known(model, id) && !awaited(id);
                if may {
                    model.tasks.remove(&id);
                    model.release_dependents(id);
                }
                (answer::<DeleteTask>(outcomes, place).is_ok(), may)
            }
            Change::Prioritise { id, priority } => {
                if known(model, id) {
                    model.task(id).priority = priority;
                }
                (answer::<Update>(outcomes, place).is_ok(), known(model, id))
            }
            Change::Park { id, worker } => {
                let taken = answer::<Assign>(outcomes, place).is_ok();
                (taken, known(model, id) && model.park(id, worker))
            }
            Change::Sweep => {
                let now = model.now;
                model.pauses.retain(|(_, until)| until.is_none_or(|end| end > now));
                (answer::<Sweep>(outcomes, place).is_ok(), true)
            }
        };
        assert_eq!(taken, expected, "whether it was taken");
    }

    /// Everything that can be seen of every task.
    pub(super) async fn compare(&mut self) {
        let ids: Vec<TaskId> = self.model.tasks.keys().copied().collect();
        let store = self.bed.store();
        let found = store.tasks(TenantId::DEFAULT, ids.clone(), Freshness::Latest).await.unwrap();
        assert_eq!(found.len(), ids.len());
        for found in found {
            let (row, task) = (&found.task, &self.model.tasks[&found.task.id]);
            let seen = (row.status, row.fence, row.attempt, row.losses, row.open_dependencies);
            let open = i64::try_from(task.open.len()).unwrap();
            let expected = (task.status, task.fence, task.attempt, task.losses, open);
            assert_eq!(seen, expected, "{}", row.id);
            let held = (task.status == Status::InProgress).then_some(task.expires_at);
            assert_eq!(found.lease.map(|lease| lease.expires_at), held, "{}", row.id);
        }
        let stats = self.bed.stats().await;
        for status in Status::ALL {
            let count = self.model.tasks.values().filter(|task| task.status == status).count();
            assert_eq!(stats.of(status), i64::try_from(count).unwrap(), "{status:?}");
        }
        let ready = self.model.tasks.values().filter(|task| self.model.is_ready(task)).count();
        assert_eq!(stats.ready, i64::try_from(ready).unwrap(), "ready");
        let status = self.chance.one_of(&Status::ALL);
        let status = self.chance.one_of(&[None, Some(status)]);
        let order = self.chance.one_of(&[ListOrder::Asc, ListOrder::Desc]);
        let query = TaskQuery { status, order, order_by: OrderBy::Priority, ..given::tasks() };
        let listed = self.bed.list(query).await.tasks;
        let listed: Vec<TaskId> = listed.iter().map(|found| found.task.id).collect();
        assert_eq!(listed, self.model.list(status, order), "{status:?}, {order:?}");
    }
}
