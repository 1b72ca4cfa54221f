//! A transaction under way: what all writes share.

use std::collections::HashMap;
use std::sync::Arc;

use claudebench_core::event::{Event, Fact};
use claudebench_core::lane::Lane;
use claudebench_core::rank::rank;
use claudebench_core::{Cursor, Millis, Status, TaskId, TenantId};
use rusqlite::{Connection, OptionalExtension, params};

use super::hot::Hot;
use super::statements as sql;
use crate::batch::Meta;
use crate::change::Swept;
use crate::refusal::Refusal;
use crate::sqlite::memory::{LaneId, Memory};
use crate::sqlite::options::SqliteOptions;
use crate::sqlite::row::{self, Phase, Task};

/// What a write can end with besides its answer: a refusal, or an error of the database.
#[derive(Debug)]
pub(in crate::sqlite) enum Stop {
    /// It was refused and changed nothing.
    Refused(Refusal),
    /// The whole transaction is undone.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// An error of this program, met when something has been written already: a refusal would leave
/// that behind.
pub(super) fn fault(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Stop {
    Stop::Failed(rusqlite::Error::ToSqlConversionFailure(what.into()))
}

pub(in crate::sqlite) type Done<T> = Result<T, Stop>;

/// Lets a refusal through as an answer, and an error as an error.
pub(in crate::sqlite) fn settled<T>(done: Done<T>) -> rusqlite::Result<Result<T, Refusal>> {
    match done {
        Ok(answer) => Ok(Ok(answer)),
        Err(Stop::Refused(refusal)) => Ok(Err(refusal)),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Numbers of tasks in the columns of the table `counts`.
type Counts = [i64; 7];

/// What an event is about.
#[derive(Default)]
pub(super) struct About {
    pub(super) task: Option<TaskId>,
    pub(super) version: Option<i64>,
    pub(super) attempt: Option<i64>,
    pub(super) project: Option<Arc<str>>,
    /// The task's event before this one.
    pub(super) prev: Option<i64>,
}

/// A transaction under way.
pub(in crate::sqlite) struct Tx<'a, 'c> {
    pub(in crate::sqlite) db: &'a Connection,
    pub(super) hot: &'a Hot<'c>,
    pub(in crate::sqlite) memory: &'a mut Memory,
    pub(in crate::sqlite) options: &'a SqliteOptions,
    pub(in crate::sqlite) now: Millis,
    /// Drawn for the jitter; advanced by every use.
    pub(in crate::sqlite) seed: &'a mut u64,
    pub(in crate::sqlite) events: Vec<Arc<Event>>,
    pub(in crate::sqlite) ready: HashMap<LaneId, (Arc<Lane>, usize)>,
    pub(in crate::sqlite) reopened: bool,
    /// The lanes of the tasks that were claimed, since somebody asked for them.
    pub(super) claimed_from: Vec<LaneId>,
    /// What time had brought about before the first write.
    pub(super) passed: Swept,
    counts: HashMap<(TenantId, Arc<str>), Counts>,
    /// How often a count changed.
    counted: u64,
}

impl<'a, 'c> Tx<'a, 'c> {
    pub(in crate::sqlite) fn new(
        (db, hot): (&'a Connection, &'a Hot<'c>),
        memory: &'a mut Memory,
        options: &'a SqliteOptions,
        now: Millis,
        seed: &'a mut u64,
    ) -> Self {
        Self {
            db,
            hot,
            memory,
            options,
            now,
            seed,
            events: Vec::new(),
            ready: HashMap::new(),
            reopened: false,
            claimed_from: Vec::new(),
            passed: Swept::default(),
            counts: HashMap::new(),
            counted: 0,
        }
    }

    /// Does a write. One that is refused has changed nothing; should it have, the transaction is
    /// undone, and the write is an error instead.
    pub(super) fn whole<T>(&mut self, write: impl FnOnce(&mut Self) -> Done<T>) -> Done<T> {
        let before = self.traces();
        match write(self) {
            Err(Stop::Refused(refusal)) if self.traces() != before => {
                Err(fault(format!("a write was refused too late: {refusal:?}")))
            }
            done => done,
        }
    }

    /// What nearly every change leaves behind.
    fn traces(&self) -> (u64, u64, usize) {
        (self.db.total_changes(), self.counted, self.memory.leases.len())
    }

    /// The task, if it is the tenant's. Whoever asks may change it.
    pub(super) fn task(&mut self, tenant: TenantId, id: TaskId) -> Done<Task> {
        self.memory.leases.touch(id);
        self.db
            .prepare_cached(sql::TASK)?
            .query_row([id.0, tenant.0], row::task)
            .optional()?
            .ok_or(Stop::Refused(Refusal::NoTask(id)))
    }

    /// A number drawn for the jitter (splitmix64).
    pub(super) fn random(&mut self) -> u64 {
        *self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The place that the next event gets.
    pub(super) fn next_event(&self) -> i64 {
        self.memory.head + 1
    }

    /// Writes an event that is about no task.
    pub(super) fn event<F: Fact>(&mut self, meta: &Meta, fact: &F) -> Done<()> {
        self.append(meta, fact, About::default())
    }

    /// Counts a change of a task and writes its event. The task still has to be saved.
    pub(super) fn task_event<F: Fact>(
        &mut self,
        meta: &Meta,
        task: &mut Task,
        fact: &F,
    ) -> Done<()> {
        let about = About {
            task: Some(task.row.id),
            version: Some(task.row.version + 1),
            attempt: Some(task.row.attempt).filter(|attempt| *attempt > 0),
            project: task.row.project.clone(),
            prev: Some(task.last_event).filter(|event| *event != 0),
        };
        task.row.version += 1;
        task.row.updated_at = self.now;
        task.last_event = self.next_event();
        self.append(meta, fact, about)
    }

    /// Writes an event. The one place where the log grows.
    pub(super) fn append<F: Fact>(&mut self, meta: &Meta, fact: &F, about: About) -> Done<()> {
        let name = F::NAME;
        let payload = serde_json::value::to_raw_value(fact).map_err(fault)?;
        let seq = self.next_event();
        let event = Event {
            cursor: Cursor(seq),
            tenant: meta.tenant,
            kind: self.memory.kind(name),
            at: self.now,
            task: about.task,
            version: about.version,
            attempt: about.attempt,
            project: about.project,
            actor: meta.actor.clone(),
            traceparent: meta.traceparent.clone(),
            payload,
        };
        self.hot.insert_event().execute(params![
            seq,
            event.tenant.0,
            name,
            self.now.0,
            event.task.map(|id| id.0),
            event.version,
            event.attempt,
            about.prev,
            event.project,
            event.actor,
            event.traceparent,
            event.payload.get(),
        ])?;
        self.memory.head = seq;
        if self.memory.oldest == 0 {
            self.memory.oldest = seq;
        }
        self.events.push(Arc::new(event));
        Ok(())
    }

    /// Adds to or takes from the numbers of the task's kind.
    pub(super) fn count(&mut self, task: &Task, by: i64) {
        let place = match (task.row.status, task.phase) {
            (Status::Pending, Phase::Scheduled) => 1,
            (Status::Pending, Phase::Blocked) => 2,
            (Status::Pending, _) => 0,
            (Status::InProgress, _) => 3,
            (Status::Completed, _) => 4,
            (Status::Failed, _) => 5,
            (Status::Cancelled, _) => 6,
        };
        self.count_at(task.tenant, task.row.project.as_ref(), place, by);
    }

    /// A task in progress is completed: two numbers change.
    pub(super) fn count_completed(&mut self, tenant: TenantId, project: Option<&Arc<str>>) {
        self.count_at(tenant, project, 3, -1);
        self.count_at(tenant, project, 4, 1);
    }

    fn count_at(&mut self, tenant: TenantId, project: Option<&Arc<str>>, place: usize, by: i64) {
        self.counted += 1;
        // Names of projects have at least one character; the empty one is the whole tenant.
        self.counts.entry((tenant, Arc::default())).or_default()[place] += by;
        if let Some(project) = project {
            self.counts.entry((tenant, project.clone())).or_default()[place] += by;
        }
    }

    /// Makes a task pending: ready, or waiting for its time or for other tasks. Its count has been
    /// taken before.
    pub(super) fn enqueue(&mut self, task: &mut Task) {
        task.row.status = Status::Pending;
        task.lane = None;
        let aging = self.options.aging;
        task.rank = rank(task.row.priority, task.row.created_at.0, aging);
        if task.row.open_dependencies > 0 {
            task.phase = Phase::Blocked;
        } else if let Some(at) = task.row.run_at.filter(|at| *at > self.now) {
            task.phase = Phase::Scheduled;
            self.memory.next_scheduled = self.memory.next_scheduled.min(at.0);
        } else {
            task.phase = Phase::Ready;
            let (id, lane) = self.memory.lanes.enter(task.lane(), task.rank);
            task.lane = Some(id);
            self.ready.entry(id).or_insert_with(|| (lane, 0)).1 += 1;
        }
        self.count(task, 1);
    }

    /// Takes a task out of what waits, or out of what is worked on, before it becomes something
    /// else.
    pub(super) fn dequeue(&mut self, task: &mut Task) {
        self.count(task, -1);
        task.phase = Phase::None;
        task.lane = None;
        task.held = None;
    }

    /// Writes everything of a task that can change.
    pub(super) fn save(&self, task: &Task) -> Done<()> {
        let Task { row, phase, lane, rank, last_event, settled, held, .. } = task;
        let ms = |time: Option<Millis>| time.map(|time| time.0);
        self.db.prepare_cached(sql::SAVE_TASK)?.execute(params![
            row.id.0,
            row.status as i64,
            *phase as i64,
            lane,
            rank,
            row.priority,
            row.version,
            last_event,
            row.fence,
            row.attempt,
            row.losses,
            settled,
            row.open_dependencies,
            row.attachment_count,
            row.updated_at.0,
            ms(row.started_at),
            ms(row.completed_at),
            ms(row.run_at),
            ms(row.assigned_at),
            row.assigned_to,
            row.completed_by,
            row.error,
            row.reason,
            row.progress,
            row.note,
            row.checkpoint,
            row.text,
            row.metadata,
            held.map(|(ms, _)| ms),
            held.is_some_and(|(_, explicit)| explicit),
        ])?;
        Ok(())
    }

    /// Forgets the numbers of a tenant whose tasks are all gone.
    pub(super) fn forget_counts(&mut self, tenant: TenantId) {
        self.counts.retain(|(of, _), _| *of != tenant);
    }

    /// Writes the numbers that changed. The last thing before the commit.
    pub(in crate::sqlite) fn save_counts(&mut self) -> rusqlite::Result<()> {
        let mut statement = self.db.prepare_cached(sql::ADD_COUNTS)?;
        for ((tenant, project), by) in &self.counts {
            if by.iter().any(|n| *n != 0) {
                let [a, b, c, d, e, f, g] = by;
                statement.execute(params![tenant.0, project, a, b, c, d, e, f, g])?;
            }
        }
        Ok(())
    }
}

/// Who stands in the events that nobody in particular caused.
pub(super) fn system(tenant: TenantId, name: &Arc<str>) -> Meta {
    Meta { tenant, actor: name.clone(), traceparent: None, key: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::open;

    #[test]
    fn a_refusal_that_comes_too_late_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let options = SqliteOptions::new(dir.path());
        let db = open::writer(&options).unwrap();
        let hot = Hot::prepare(&db).unwrap();
        let mut memory = Memory::load(&db, &options, Millis(0)).unwrap();
        let mut seed = 1;
        let mut tx = Tx::new((&db, &hot), &mut memory, &options, Millis(0), &mut seed);
        let refusal = || Stop::Refused(Refusal::NoTask(TaskId(7)));
        let early = tx.whole(|_| Err::<(), Stop>(refusal()));
        assert!(matches!(early, Err(Stop::Refused(_))), "{early:?}");
        let counted = tx.whole(|tx| {
            tx.count_completed(TenantId::DEFAULT, None);
            Err::<(), Stop>(refusal())
        });
        assert!(matches!(counted, Err(Stop::Failed(_))), "{counted:?}");
        let written = tx.whole(|tx| {
            tx.db.execute("INSERT INTO tenants (name) VALUES ('other')", [])?;
            Err::<(), Stop>(refusal())
        });
        assert!(matches!(written, Err(Stop::Failed(_))), "{written:?}");
    }
}
