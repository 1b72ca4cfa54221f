//! The one thread that writes.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use claudebench_core::Clock;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::errors::{is_general, store_error};
use super::memory::Memory;
use super::options::SqliteOptions;
use super::state::Visible;
use super::write::{Hot, Tx, search};
use crate::batch::{Batch, Outcomes};
use crate::refusal::Refusal;
use crate::store::StoreError;

/// A batch and where its outcomes go.
pub(super) type Job = (Batch, oneshot::Sender<Result<Outcomes, StoreError>>);

/// How long nothing must have been written before the index of words moves on.
const QUIET: Duration = Duration::from_millis(100);

/// What the writer's thread is started with.
pub(super) struct Parts {
    pub(super) db: Connection,
    pub(super) memory: Memory,
    pub(super) options: SqliteOptions,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) visible: Arc<Visible>,
    pub(super) seed: u64,
}

impl Parts {
    /// Commits batch after batch until nobody can send one any more.
    pub(super) fn run(self, jobs: &Receiver<Job>) {
        let Self { db, memory, options, clock, visible, seed } = self;
        let hot = match Hot::prepare(&db) {
            Ok(hot) => hot,
            Err(error) => {
                tracing::error!(%error, "the writer's statements could not be prepared");
                return;
            }
        };
        let writer = Writer { db: &db, hot: &hot, memory, options, clock, visible, seed };
        writer.run(jobs);
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
}

impl Writer<'_, '_> {
    fn run(mut self, jobs: &Receiver<Job>) {
        let mut words_wait = true;
        loop {
            let job = if words_wait {
                jobs.recv_timeout(QUIET)
            } else {
                jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match job {
                Ok((batch, answer)) => {
                    words_wait |= !batch.creates.is_empty();
                    let outcomes = self.commit(batch);
                    self.visible.show(&self.memory);
                    // Whoever asked may have gone; what is durable stays.
                    let _ = answer.send(outcomes);
                }
                Err(RecvTimeoutError::Timeout) => {
                    words_wait = search::step(self.db).unwrap_or_else(|error| {
                        tracing::warn!(%error, "the index of words could not be moved on");
                        false
                    });
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
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
            self.db.execute_batch("BEGIN IMMEDIATE")?;
            let mut tx =
                Tx::new((self.db, self.hot), &mut self.memory, &self.options, now, &mut self.seed);
            let outcomes = tx.apply(batch)?;
            self.db.execute_batch("COMMIT")?;
            Ok(outcomes)
        })();
        done.map_err(|error: rusqlite::Error| {
            if !self.db.is_autocommit() {
                let _ = self.db.execute_batch("ROLLBACK");
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
        macro_rules! each {
            ($($column:ident),*) => {$(
                for item in batch.$column {
                    let one = Batch { $column: vec![item], ..Batch::default() };
                    let answer = match self.attempt(&one) {
                        Ok(mut outcomes) => {
                            all.events.append(&mut outcomes.events);
                            all.ready.append(&mut outcomes.ready);
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
