//! The one thread that writes.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use claudebench_core::{Clock, Millis};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::errors::{is_disk_full, is_general, store_error};
use super::memory::Memory;
use super::options::SqliteOptions;
use super::park::{Parker, Waited};
use super::rows::{Hot, SqliteRows};
use super::search;
use super::state::Visible;
use crate::attempt;
use crate::batch::{Batch, Outcomes};
use crate::committer::Source;
use crate::store::StoreError;
use crate::write::{Stop, Tx, Waiting};

mod writeback;

use writeback::WriteBack;

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
        let Self { mut db, memory, options, clock, visible, closed, seed } = self;
        let write_back = WriteBack::start(&mut db, &options.dir);
        if let Err(error) = &write_back {
            tracing::warn!(%error, "the log is written back between commits, not beside them");
        }
        match Hot::prepare(&db) {
            Ok(hot) => {
                let (db, hot, words_wait) = (&db, &hot, true);
                let writer = Writer { db, hot, memory, options, clock, visible, seed, words_wait };
                writer.run(jobs, &Parker::here(closed));
            }
            Err(error) => {
                tracing::error!(%error, "the writer's statements could not be prepared");
            }
        }
        if let Ok(write_back) = write_back {
            write_back.end(&mut db);
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
    fn run(mut self, jobs: &Receiver<Job>, parker: &Parker) {
        loop {
            match self.next_source(jobs) {
                Ok((source, ended)) => {
                    self.serve(source, parker);
                    // Whoever waits for it learns it from this being gone.
                    drop(ended);
                }
                Err(RecvTimeoutError::Timeout) => self.learn_words(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

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
                    self.visible.went_through(&self.options.dir);
                }
                return Ok(outcomes);
            }
            Err(error) => error,
        };
        let (error, disk_full) = (store_error(&error), is_disk_full(&error));
        if is_general(&error) {
            // Said once, however often it is tried: a log on the same disk is not to fill it.
            if self.visible.failed(&error, disk_full) {
                tracing::error!(%error, "nothing can be written");
            }
            return Err(error);
        }
        tracing::error!(%error, writes = batch.len(), "a transaction failed");
        if batch.len() == 1 {
            return Err(error);
        }
        Ok(self.one_by_one(batch))
    }

    /// One transaction; undone as a whole when it fails, the memory with it.
    fn attempt(&mut self, batch: &Batch) -> rusqlite::Result<Outcomes> {
        let now = self.clock.now();
        let mut waiting = Waiting::new(batch.parked.as_deref());
        let done: rusqlite::Result<Outcomes> = (|| {
            self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            let mut rows = SqliteRows::new((self.db, self.hot), &mut self.memory, &self.options);
            let mut tx = Tx::new(&mut rows, self.options.rules(), now, &mut self.seed);
            let mut outcomes = tx.apply(batch, &mut waiting).map_err(failed)?;
            rows.end(&mut outcomes)?;
            self.db.prepare_cached("COMMIT")?.execute([])?;
            Ok(outcomes)
        })();
        match done {
            Ok(outcomes) => {
                waiting.keep();
                Ok(outcomes)
            }
            Err(error) => {
                self.undo(waiting, now);
                Err(error)
            }
        }
    }

    fn undo(&mut self, waiting: Waiting<'_>, now: Millis) {
        if !self.db.is_autocommit() {
            let _ = self.db.execute_batch("ROLLBACK");
        }
        waiting.undo();
        match Memory::load(self.db, &self.options, now) {
            Ok(memory) => self.memory = memory,
            Err(error) => tracing::error!(%error, "the writer's memory could not be rebuilt"),
        }
    }

    /// So that a write that cannot be done is named, and the others succeed.
    fn one_by_one(&mut self, batch: Batch) -> Outcomes {
        let mut all = Outcomes::default();
        for one in attempt::one_by_one(batch) {
            let done = self.attempt(&one).map_err(|error| store_error(&error));
            attempt::add(&mut all, &one, done);
        }
        all
    }
}

/// What stopped a batch as a whole. Each refusal is the answer of its write, and here no row is
/// ever missing.
fn failed(stop: Stop<rusqlite::Error>) -> rusqlite::Error {
    match stop {
        Stop::Failed(error) => error,
        Stop::Refused(_) | Stop::Missing => rusqlite::Error::InvalidQuery,
    }
}
