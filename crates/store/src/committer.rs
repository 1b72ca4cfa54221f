//! Group commit: what arrived during the last transaction is the next batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use claudebench_core::event::Event;
use claudebench_core::lane::Lane;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;

use crate::batch::{Batch, Meta, Outcomes, Write};
use crate::refusal::Refusal;
use crate::store::{Store, StoreError};

/// What a commit tells the others.
#[derive(Debug)]
pub struct Committed {
    /// The events, in the order of the log.
    pub events: Vec<Arc<Event>>,
    /// Lanes that gained ready tasks, and how many.
    pub ready: Vec<(Arc<Lane>, usize)>,
    /// Whether all who wait should look again.
    pub reopened: bool,
}

/// The bounds of a committer.
#[derive(Clone, Copy, Debug)]
pub struct CommitterOptions {
    /// How many writes may wait; one more is refused at once.
    pub queue: usize,
    /// The most writes in one transaction.
    pub batch_max: usize,
}

impl Default for CommitterOptions {
    fn default() -> Self {
        Self { queue: 4_096, batch_max: 512 }
    }
}

/// Why a write got no answer of its own.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    /// As many writes wait as may; nothing was done.
    #[error("the server has as much work waiting as it takes; nothing was done, try again")]
    Overloaded,
    /// The committer has stopped.
    #[error("the server is stopping; nothing was done")]
    Stopped,
    /// The store could not commit.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The write was refused.
    #[error("{0:?}")]
    Refused(Refusal),
}

type Settle = Box<dyn FnOnce(Result<&mut Outcomes, &StoreError>) + Send>;
type Enlist = Box<dyn FnOnce(&mut Batch) -> Settle + Send>;
type OnCommit = Arc<dyn Fn(Committed) + Send + Sync>;

/// Gathers concurrent writes into transactions. Cheap to clone.
#[derive(Clone)]
pub struct Committer {
    queue: mpsc::Sender<Enlist>,
    counters: Arc<Counters>,
}

#[derive(Default)]
struct Counters {
    commits: AtomicU64,
    writes: AtomicU64,
    stopped: AtomicBool,
}

impl Committer {
    /// Starts as many writers as the store takes. They stop when every clone is gone; what was
    /// taken on is committed before.
    #[must_use]
    pub fn start(
        store: Arc<dyn Store>,
        options: CommitterOptions,
        on_commit: OnCommit,
    ) -> (Self, JoinSet<()>) {
        let (queue, waiting) = mpsc::channel(options.queue);
        let waiting = Arc::new(Mutex::new(waiting));
        let counters = Arc::new(Counters::default());
        let mut writers = JoinSet::new();
        for _ in 0..store.writers() {
            let writer = Writer {
                store: store.clone(),
                waiting: waiting.clone(),
                batch_max: options.batch_max,
                on_commit: on_commit.clone(),
                counters: counters.clone(),
            };
            writers.spawn(writer.run());
        }
        (Self { queue, counters }, writers)
    }

    /// Commits a write together with what else waits, and answers when it is durable.
    ///
    /// # Errors
    /// A refusal, a full queue, or a store that could not commit.
    pub async fn submit<W: Write>(&self, meta: Meta, write: W) -> Result<W::Reply, SubmitError> {
        let (settled, answer) = oneshot::channel();
        let enlist: Enlist = Box::new(move |batch| {
            let place = write.put(meta, batch);
            Box::new(move |outcomes| {
                let reply = match outcomes {
                    Ok(outcomes) => match W::take(outcomes, place) {
                        Some(Ok(reply)) => Ok(reply),
                        Some(Err(refusal)) => Err(SubmitError::Refused(refusal)),
                        None => Err(SubmitError::Store(StoreError::Fault {
                            what: "a write got no outcome".into(),
                        })),
                    },
                    Err(error) => Err(SubmitError::Store(error.clone())),
                };
                // A caller that went away is no reason to undo what is durable.
                let _ = settled.send(reply);
            })
        });
        if self.counters.stopped.load(Ordering::Relaxed) {
            return Err(SubmitError::Stopped);
        }
        self.queue.try_send(enlist).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SubmitError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => SubmitError::Stopped,
        })?;
        answer.await.unwrap_or(Err(SubmitError::Stopped))
    }

    /// Takes no more writes; those that wait are still committed.
    pub fn stop(&self) {
        self.counters.stopped.store(true, Ordering::Relaxed);
    }

    /// Commits and writes so far.
    #[must_use]
    pub fn totals(&self) -> (u64, u64) {
        (
            self.counters.commits.load(Ordering::Relaxed),
            self.counters.writes.load(Ordering::Relaxed),
        )
    }

    /// How many writes wait now.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }
}

struct Writer {
    store: Arc<dyn Store>,
    waiting: Arc<Mutex<mpsc::Receiver<Enlist>>>,
    batch_max: usize,
    on_commit: OnCommit,
    counters: Arc<Counters>,
}

impl Writer {
    async fn run(self) {
        let mut gathered = Vec::with_capacity(self.batch_max);
        loop {
            let taken = self.waiting.lock().await.recv_many(&mut gathered, self.batch_max).await;
            if taken == 0 {
                return;
            }
            let mut batch = Batch::default();
            let settles: Vec<Settle> =
                gathered.drain(..).map(|enlist| enlist(&mut batch)).collect();
            self.counters.commits.fetch_add(1, Ordering::Relaxed);
            self.counters.writes.fetch_add(settles.len() as u64, Ordering::Relaxed);
            match self.store.commit(batch).await {
                Ok(mut outcomes) => {
                    // Before the answers, so that whoever has one finds its events.
                    (self.on_commit)(Committed {
                        events: std::mem::take(&mut outcomes.events),
                        ready: std::mem::take(&mut outcomes.ready),
                        reopened: outcomes.reopened,
                    });
                    for settle in settles {
                        settle(Ok(&mut outcomes));
                    }
                }
                Err(error) => {
                    for settle in settles {
                        settle(Err(&error));
                    }
                }
            }
        }
    }
}
