//! The one thread that writes.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use claudebench_core::Clock;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::errors::{is_general, store_error};
use super::memory::Memory;
use super::options::SqliteOptions;
use super::park::{Parker, Waited};
use super::state::Visible;
use super::write::{Hot, Tx, search};
use crate::batch::{Batch, Outcomes};
use crate::committer::Source;
use crate::refusal::Refusal;
use crate::store::StoreError;

/// Where batches come from, and who waits for the end of it.
pub(super) type Job = (Source, oneshot::Sender<()>);

/// How long nothing must have been written before the index of words moves on.
const QUIET: Duration = Duration::from_millis(100);

/// What the writer's thread is started with.
pub(super) struct Parts {
    pub(super) db: Connection,
    pub(super) memory: Memory,
    pub(super) options: SqliteOptions,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) visible: Arc<Visible>,
    pub(super) closed: Arc<AtomicBool>,
    pub(super) seed: u64,
}

impl Parts {
    /// Commits what each source gives, one source after the other, until the store is closed.
    pub(super) fn run(self, jobs: &Receiver<Job>) {
        let Self { db, memory, options, clock, visible, closed, seed } = self;
        let hot = match Hot::prepare(&db) {
            Ok(hot) => hot,
            Err(error) => {
                tracing::error!(%error, "the writer's statements could not be prepared");
                return;
            }
        };
        let (db, hot, words_wait) = (&db, &hot, true);
        let mut writer = Writer { db, hot, memory, options, clock, visible, seed, words_wait };
        let parker = Parker::here(closed);
        loop {
            match writer.next_source(jobs) {
                Ok((source, ended)) => {
                    writer.serve(source, &parker);
                    // Whoever waits for it learns it from this being gone.
                    drop(ended);
                }
                Err(RecvTimeoutError::Timeout) => writer.learn_words(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        // Best effort: what is in the log is durable, and read at the next start.
        let _ = db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }
}

/// The writer at work.
struct Writer<'a, 'c> {
    db: &'c Connection,
    hot: &'a Hot<'c>,
    memory: Memory,
    options: SqliteOptions,
    clock: Arc<dyn Clock>,
    visible: Arc<Visible>,
    seed: u64,
    /// Whether there may be tasks whose words are not in the index.
    words_wait: bool,
}

impl Writer<'_, '_> {
    fn next_source(&self, jobs: &Receiver<Job>) -> Result<Job, RecvTimeoutError> {
        if self.words_wait {
            return jobs.recv_timeout(QUIET);
        }
        jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
    }

    fn serve(&mut self, mut source: Source, parker: &Parker) {
        loop {
            match parker.wait(source.next(), self.words_wait.then_some(QUIET)) {
                Waited::Done(Some(batch)) => {
                    self.words_wait |= !batch.creates.is_empty();
                    let outcomes = self.commit(batch);
                    self.visible.show(&self.memory);
                    source.settle(outcomes);
                }
                Waited::Late => self.learn_words(),
                Waited::Done(None) | Waited::Closed => return,
            }
        }
    }

    /// A quiet moment: the index of words moves on.
    fn learn_words(&mut self) {
        self.words_wait = search::step(self.db).unwrap_or_else(|error| {
            tracing::warn!(%error, "the index of words could not be moved on");
            false
        });
    }

    fn commit(&mut self, batch: Batch) -> Result<Outcomes, StoreError> {
        let before = self.db.total_changes();
        let error = match self.attempt(&batch) {
            Ok(outcomes) => {
                // A batch that wrote nothing says nothing about the disk.
                if self.db.total_changes() > before {
                    self.visible.recovered();
                }
                return Ok(outcomes);
            }
            Err(error) => error,
        };
        tracing::error!(%error, writes = batch.len(), "a transaction failed");
        if is_general(&error) {
            self.visible.failed(&error);
            return Err(error);
        }
        if batch.len() == 1 {
            return Err(error);
        }
        self.one_by_one(batch)
    }

    /// One transaction; undone as a whole when it fails, the memory with it.
    fn attempt(&mut self, batch: &Batch) -> Result<Outcomes, StoreError> {
        let now = self.clock.now();
        let done = (|| {
            self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            self.memory.taken.clear();
            let mut tx =
                Tx::new((self.db, self.hot), &mut self.memory, &self.options, now, &mut self.seed);
            let outcomes = tx.apply(batch)?;
            self.db.prepare_cached("COMMIT")?.execute([])?;
            Ok(outcomes)
        })();
        done.map_err(|error: rusqlite::Error| {
            if !self.db.is_autocommit() {
                let _ = self.db.execute_batch("ROLLBACK");
            }
            if let Some(parked) = &batch.parked {
                self.memory.taken.drain(..).for_each(|ticket| parked.settle(ticket, None));
            }
            match Memory::load(self.db, &self.options, now) {
                Ok(memory) => self.memory = memory,
                Err(error) => tracing::error!(%error, "the writer's memory could not be rebuilt"),
            }
            store_error(&error)
        })
    }

    /// So that a write that cannot be done is named, and the others succeed.
    fn one_by_one(&mut self, batch: Batch) -> Result<Outcomes, StoreError> {
        let mut all = Outcomes::default();
        let parked = batch.parked;
        macro_rules! each {
            ($($column:ident),*) => {$(
                for item in batch.$column {
                    let one = Batch {
                        $column: vec![item],
                        parked: parked.clone(),
                        ..Batch::default()
                    };
                    let answer = match self.attempt(&one) {
                        Ok(mut outcomes) => {
                            all.events.append(&mut outcomes.events);
                            all.ready.append(&mut outcomes.ready);
                            all.handed.append(&mut outcomes.handed);
                            all.reopened |= outcomes.reopened;
                            outcomes.$column.pop().flatten()
                        }
                        Err(error) => Some(Err(refusal(&error))),
                    };
                    all.$column.push(answer);
                }
            )*};
        }
        each!(reports, creates, beats, changes, claims);
        Ok(all)
    }
}

fn refusal(error: &StoreError) -> Refusal {
    match error {
        StoreError::Unavailable { what } => Refusal::Unavailable(what.clone()),
        error => Refusal::Fault(error.to_string()),
    }
}
