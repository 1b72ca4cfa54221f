//! The threads that read: each with its own connection on the log's newest state.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::errors::store_error;
use super::open::{OpenError, reader};
use crate::store::{BoxFuture, StoreError};

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A bounded number of reads waits for a fixed number of threads.
#[derive(Debug)]
pub(super) struct Readers {
    jobs: SyncSender<Job>,
    limit: Duration,
}

impl Readers {
    pub(super) fn start(
        dir: &Path,
        name: &str,
        count: usize,
        queue: usize,
        limit: Duration,
    ) -> Result<(Self, Vec<JoinHandle<()>>), OpenError> {
        let (jobs, waiting) = sync_channel(queue);
        let waiting = Arc::new(Mutex::new(waiting));
        let mut threads = Vec::new();
        for number in 0..count {
            let (db, waiting) = (reader(dir)?, waiting.clone());
            let thread = std::thread::Builder::new()
                .name(format!("store-{name}-{number}"))
                .spawn(move || run(db, &waiting))
                .map_err(OpenError::Thread)?;
            threads.push(thread);
        }
        Ok((Self { jobs, limit }, threads))
    }

    /// Reads, at the newest state there is when its turn comes.
    pub(super) fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ReadError> + Send + 'static,
    ) -> BoxFuture<'static, T> {
        let (answer, done) = oneshot::channel();
        let limit = self.limit;
        let job: Job = Box::new(move |db| {
            if answer.is_closed() {
                return;
            }
            let until = Instant::now() + limit;
            // Unless the handler cannot be set, in which case the read takes as long as it takes.
            let _ = db.progress_handler(10_000, Some(move || Instant::now() > until));
            let result = read(db).map_err(ReadError::into_store);
            let _ = answer.send(result);
        });
        let sent = self.jobs.try_send(job);
        Box::pin(async move {
            let what = match sent {
                Ok(()) => "the store's reader has stopped",
                Err(TrySendError::Full(_)) => return Err(StoreError::Overloaded),
                Err(TrySendError::Disconnected(_)) => "the store is closed",
            };
            let unavailable = || StoreError::Unavailable { what: what.into() };
            done.await.map_err(|_| unavailable())?
        })
    }
}

fn run(mut db: Connection, waiting: &Mutex<Receiver<Job>>) {
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => {
                job(&mut db);
                // A read that was cut off may leave its state of the database open, and what comes
                // after would be read from there.
                if !db.is_autocommit() {
                    let _ = db.progress_handler(0, None::<fn() -> bool>);
                    let _ = db.execute_batch("ROLLBACK");
                }
            }
            Err(_) => return,
        }
    }
}

/// Why a read has no answer.
#[derive(Debug)]
pub(super) enum ReadError {
    Sqlite(rusqlite::Error),
    Store(StoreError),
}

impl ReadError {
    fn into_store(self) -> StoreError {
        match self {
            Self::Sqlite(error) => store_error(&error),
            Self::Store(error) => error,
        }
    }
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
