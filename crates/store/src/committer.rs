//! Group commit: what arrived during the last transaction is the next batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use claudebench_core::Cursor;
use claudebench_core::event::Event;
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::batch::{Batch, Gained, Meta, Outcomes, Parked, Write};
use crate::refusal::Refusal;
use crate::store::{Store, StoreError};

/// What a commit tells the others.
#[derive(Debug, Default)]
pub struct Committed {
    /// The events, in the order of the log.
    pub events: Vec<Arc<Event>>,
    /// Ready tasks that came and that no parked claim got.
    pub ready: Vec<Gained>,
    /// Whether all who wait should look again.
    pub reopened: bool,
    /// It was another server's.
    pub foreign: bool,
}

/// The events of a commit, and where in the log they stand: for those who take them to other servers.
#[derive(Clone, Debug)]
pub struct Span {
    /// Where the log ended before them, if that is known.
    pub before: Option<Cursor>,
    /// The events, in the order of the log.
    pub events: Vec<Arc<Event>>,
    /// Where the log ends after them: a commit takes a place there also without events.
    pub end: Cursor,
}

/// Takes own commits to other servers. It must not wait.
pub type OnSent = Arc<dyn Fn(&Span) + Send + Sync>;

/// The bounds of a committer.
#[derive(Clone, Debug)]
pub struct CommitterOptions {
    /// How many writes may wait; one more is refused at once.
    pub queue: usize,
    /// The most writes in one transaction.
    pub batch_max: usize,
    /// Claims that wait for work, to be served by the transaction that makes it ready.
    pub parked: Option<Arc<dyn Parked>>,
}

impl Default for CommitterOptions {
    fn default() -> Self {
        Self { queue: 4_096, batch_max: 512, parked: None }
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
/// Who is told of commits.
pub type OnCommit = Arc<dyn Fn(Committed) + Send + Sync>;

/// Gathers concurrent writes into transactions. Cheap to clone.
#[derive(Clone)]
pub struct Committer {
    queue: mpsc::Sender<Enlist>,
    closing: Arc<watch::Sender<bool>>,
    counters: Arc<Counters>,
    parked: Option<Arc<dyn Parked>>,
}

#[derive(Default)]
struct Counters {
    commits: AtomicU64,
    writes: AtomicU64,
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
        let closing = Arc::new(watch::Sender::new(false));
        let mut writers = JoinSet::new();
        for _ in 0..store.writers() {
            writers.spawn(store.write(Source(Kind::Gathered(Gathering {
                waiting: waiting.clone(),
                closing: closing.subscribe(),
                options: options.clone(),
                on_commit: on_commit.clone(),
                counters: counters.clone(),
                beats_wait: store.beats_wait(),
                gathered: Vec::with_capacity(options.batch_max),
                settles: Vec::with_capacity(options.batch_max),
            }))));
        }
        (Self { queue, closing, counters, parked: options.parked }, writers)
    }

    /// Commits a write together with what else waits, and answers when it is durable.
    ///
    /// # Errors
    /// A refusal, a full queue, or a store that could not commit.
    pub async fn submit<W: Write>(&self, meta: Meta, write: W) -> Result<W::Reply, SubmitError> {
        let (settled, answer) = oneshot::channel();
        // The answer to a key is heard when it is asked for again.
        let unheard = self.parked.clone().filter(|_| meta.key.is_none());
        let tenant = meta.tenant;
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
                if let (Err(Ok(reply)), Some(parked)) = (settled.send(reply), unheard)
                    && let Some(claimed) = W::unheard(reply).filter(|c| !c.tasks.is_empty())
                {
                    parked.abandon(tenant, claimed);
                }
            })
        });
        self.queue.try_send(enlist).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SubmitError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => SubmitError::Stopped,
        })?;
        answer.await.unwrap_or(Err(SubmitError::Stopped))
    }

    /// Takes no more writes; those that wait are still committed. The writers end then.
    pub fn stop(&self) {
        self.closing.send_replace(true);
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

/// Where a writer of a store gets its batches, and where it tells what became of them.
pub struct Source(Kind);

enum Kind {
    Gathered(Gathering),
    One(Option<Batch>, Option<oneshot::Sender<Result<Outcomes, StoreError>>>),
}

impl Source {
    /// A source of one batch: a transaction past the committer, and what becomes of it.
    #[must_use]
    pub fn of(batch: Batch) -> (Self, oneshot::Receiver<Result<Outcomes, StoreError>>) {
        let (settled, answer) = oneshot::channel();
        (Self(Kind::One(Some(batch), Some(settled))), answer)
    }

    /// The next batch: everything that waits, as soon as there is something. `None` when no more
    /// will come.
    pub async fn next(&mut self) -> Option<Batch> {
        match &mut self.0 {
            Kind::Gathered(gathering) => gathering.next().await,
            Kind::One(batch, _) => batch.take(),
        }
    }

    /// What became of the batch that [`Source::next`] gave last.
    pub fn settle(&mut self, done: Result<Outcomes, StoreError>) {
        match &mut self.0 {
            Kind::Gathered(gathering) => gathering.settle(done),
            Kind::One(_, settled) => {
                if let Some(settled) = settled.take() {
                    // A caller that went away is no reason to undo what is durable.
                    let _ = settled.send(done);
                }
            }
        }
    }
}

/// Gathers what waits into batches.
struct Gathering {
    waiting: Arc<Mutex<mpsc::Receiver<Enlist>>>,
    closing: watch::Receiver<bool>,
    options: CommitterOptions,
    on_commit: OnCommit,
    counters: Arc<Counters>,
    beats_wait: Duration,
    gathered: Vec<Enlist>,
    settles: Vec<Settle>,
}

impl Gathering {
    async fn next(&mut self) -> Option<Batch> {
        let most = self.options.batch_max;
        let waiting = self.waiting.clone();
        let mut waiting = waiting.lock().await;
        self.first(&mut waiting).await;
        if self.gathered.is_empty() {
            return None;
        }
        let mut batch = Batch { parked: self.options.parked.clone(), ..Batch::default() };
        self.enlist(&mut batch);
        if !self.beats_wait.is_zero() {
            let until = Instant::now() + self.beats_wait;
            while batch.beats.len() == batch.len() && batch.len() < most {
                let room = most - batch.len();
                let more = timeout_at(until, waiting.recv_many(&mut self.gathered, room));
                let closing = &mut self.closing;
                let closed = async { closing.wait_for(|closing| *closing).await.is_ok() };
                let came = tokio::select! {
                    biased;
                    more = more => more.unwrap_or(0),
                    _ = closed => 0,
                };
                if came == 0 {
                    break;
                }
                self.enlist(&mut batch);
            }
        }
        self.counters.commits.fetch_add(1, Ordering::Relaxed);
        self.counters.writes.fetch_add(self.settles.len() as u64, Ordering::Relaxed);
        Some(batch)
    }

    /// Waits for the first that come.
    async fn first(&mut self, waiting: &mut mpsc::Receiver<Enlist>) {
        let most = self.options.batch_max;
        let closing = &mut self.closing;
        // What it answers must not be held over a wait: it stays on its thread.
        let closed = async { closing.wait_for(|closing| *closing).await.is_ok() };
        tokio::select! {
            biased;
            _ = waiting.recv_many(&mut self.gathered, most) => {}
            // What was taken on before is still to be committed.
            _ = closed => {
                waiting.close();
                waiting.recv_many(&mut self.gathered, most).await;
            }
        }
    }

    fn enlist(&mut self, batch: &mut Batch) {
        self.settles.extend(self.gathered.drain(..).map(|enlist| enlist(batch)));
    }

    fn settle(&mut self, done: Result<Outcomes, StoreError>) {
        let settles = self.settles.drain(..);
        let mut outcomes = match done {
            Ok(outcomes) => outcomes,
            Err(error) => return settles.for_each(|settle| settle(Err(&error))),
        };
        // Before the answers, so that whoever has one finds its events.
        (self.on_commit)(Committed {
            events: std::mem::take(&mut outcomes.events),
            ready: std::mem::take(&mut outcomes.ready),
            reopened: outcomes.reopened,
            foreign: false,
        });
        // Who waited longest hears first.
        if let Some(parked) = &self.options.parked {
            for (ticket, answer) in std::mem::take(&mut outcomes.handed) {
                parked.settle(ticket, answer);
            }
        }
        for settle in settles {
            settle(Ok(&mut outcomes));
        }
    }
}
