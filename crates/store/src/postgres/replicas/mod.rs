//! Replicas: which of them a read may go to, and to which it goes.
//!
//! Each is looked at by a task of its own (`look.rs`), several times a second while reads go there. A
//! read goes to one that is there, follows the present primary and is not too far behind; of those to
//! the one with the least to do and the least to catch up. A read that must see a write goes to one
//! that has replayed it, waits a moment for that, and asks the primary else.

mod look;
mod track;

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::options::{PostgresOptions, Target};
use super::pool::{Bounds, Reads, Snapshot};
use crate::position::Position;
use crate::replica::{self, ReplicaHealth};
use crate::store::{Freshness, StoreError};
use track::Track;

/// How long a read waits for a replica to replay what it must see.
const PATIENCE: Duration = Duration::from_millis(50);

/// Which of the ways to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Way {
    /// What takes as long as what it shows.
    Quick,
    /// Lists that must sort or search.
    Lists,
}

/// What was seen of a replica.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// Whose history it has, and up to where; `None` before it was reached.
    at: Option<Position>,
    lag_ms: Option<u64>,
    lag_bytes: Option<u64>,
    /// Why it does not answer, or must not be asked.
    problem: Option<String>,
    /// Reads go there.
    serves: bool,
    /// That is known to be otherwise for longer than it may.
    lagging: bool,
    /// Since when it does not serve.
    out_since: Option<Instant>,
}

/// A replica.
struct Replica {
    name: Arc<str>,
    to: Target,
    quick: Reads,
    lists: Reads,
    seen: Mutex<Seen>,
    /// It is to be looked at now.
    bell: Notify,
    /// Whether it answers.
    answers: watch::Sender<bool>,
    reads: AtomicU64,
}

/// What readers and those who look share.
struct Known {
    all: Vec<Replica>,
    primary: Target,
    lag_ms: u64,
    track: Mutex<Track>,
    /// Counts what was seen: who waits for a place looks again.
    news: watch::Sender<u64>,
    shown: watch::Sender<Vec<ReplicaHealth>>,
    /// Reads that wait for a place.
    waiting: AtomicUsize,
    /// When the last read asked for a replica.
    asked: Mutex<Instant>,
    turn: AtomicUsize,
}

/// The replicas of a database.
pub(super) struct Replicas {
    known: Arc<Known>,
    /// Ends with this.
    looking: Mutex<JoinSet<()>>,
}

impl fmt::Debug for Replicas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.known.all.iter().map(|replica| &replica.name)).finish()
    }
}

fn locked<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Replicas {
    /// Begins to look at them; called within the runtime that it lives in.
    pub(super) fn start(
        options: &PostgresOptions,
        primary: Target,
        targets: Vec<Target>,
    ) -> Result<Self, StoreError> {
        let mut all = Vec::with_capacity(targets.len());
        for to in targets {
            let bounds = |connections, idle, queue| Bounds { connections, idle, queue };
            let (readers, idle) = (options.replica_readers, options.idle_replica_readers);
            all.push(Replica {
                name: to.name().into(),
                quick: Reads::new(to.clone(), bounds(readers, idle, options.read_queue), options)?,
                lists: Reads::new(
                    to.clone(),
                    bounds(options.list_readers, 0, options.list_queue),
                    options,
                )?,
                to,
                seen: Mutex::default(),
                bell: Notify::new(),
                answers: watch::Sender::new(false),
                reads: AtomicU64::new(0),
            });
        }
        let known = Arc::new(Known {
            all,
            primary,
            lag_ms: options.replica_lag_ms,
            track: Mutex::default(),
            news: watch::Sender::new(0),
            shown: watch::Sender::new(Vec::new()),
            waiting: AtomicUsize::new(0),
            asked: Mutex::new(Instant::now()),
            turn: AtomicUsize::new(0),
        });
        let mut looking = JoinSet::new();
        if !known.all.is_empty() {
            known.shown.send_replace(known.health());
            looking.spawn(look::primary(known.clone()));
            for number in 0..known.all.len() {
                looking.spawn(look::replica(known.clone(), number));
            }
        }
        Ok(Self { known, looking: Mutex::new(looking) })
    }

    /// How they are.
    pub(super) fn shown(&self) -> Option<replica::Replicas> {
        (!self.known.all.is_empty()).then(|| self.known.shown.subscribe())
    }

    /// How many reads they have answered.
    #[cfg(test)]
    pub(super) fn reads(&self) -> u64 {
        self.known.all.iter().map(|replica| replica.reads.load(Ordering::Relaxed)).sum()
    }

    pub(super) fn close(&self) {
        locked(&self.looking).abort_all();
        for replica in &self.known.all {
            replica.quick.close();
            replica.lists.close();
        }
    }

    /// A replica for a read; `None`: the primary.
    pub(super) async fn choose(&self, way: Way, freshness: Freshness) -> Option<Chosen<'_>> {
        let known = &*self.known;
        if freshness == Freshness::Latest || known.all.is_empty() {
            return None;
        }
        *locked(&known.asked) = Instant::now();
        let (replica, after) = match freshness {
            Freshness::After(position) => (known.covering(way, position).await?, Some(position)),
            _ => (known.best(way, |_| true)?, None),
        };
        Some(Chosen { replica, way, after })
    }
}

impl Known {
    /// The one that serves with the least to do and to catch up, if one does for which this holds.
    fn best(&self, way: Way, fits: impl Fn(&Seen) -> bool) -> Option<&Replica> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut best: Option<(f64, &Replica)> = None;
        for place in 0..self.all.len() {
            // Of equals, each has its turn.
            let Some(replica) = self.all.get(turn.wrapping_add(place) % self.all.len()) else {
                continue;
            };
            let seen = locked(&replica.seen);
            if !seen.serves || !fits(&seen) {
                continue;
            }
            let lag = seen.lag_ms.unwrap_or(0) as f64 / self.lag_ms.max(1) as f64;
            let cost = replica.way(way).load() + lag;
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, replica));
            }
        }
        best.map(|(_, replica)| replica)
    }

    /// One that has replayed all up to a place, or does so within a moment.
    async fn covering(&self, way: Way, position: Position) -> Option<&Replica> {
        // A promotion has begun another history: what was written before may not be in it.
        if locked(&self.track).timeline()? != position.timeline {
            return None;
        }
        let covers = |seen: &Seen| {
            seen.at.is_some_and(|at| at.timeline == position.timeline && at.lsn >= position.lsn)
        };
        if let Some(found) = self.best(way, covers) {
            return Some(found);
        }
        let mut news = self.news.subscribe();
        let _waiting = Waiting::begin(self);
        let found = async {
            loop {
                // Nobody who could catch up is there.
                self.best(way, |_| true)?;
                if let Some(found) = self.best(way, covers) {
                    return Some(found);
                }
                news.changed().await.ok()?;
            }
        };
        timeout(PATIENCE, found).await.ok().flatten()
    }

    fn health(&self) -> Vec<ReplicaHealth> {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let shown = |replica: &Replica| {
            let seen = locked(&replica.seen).clone();
            ReplicaHealth {
                name: replica.name.clone(),
                serves: seen.serves,
                lagging: seen.lagging,
                lag_ms: seen.lag_ms.map(number),
                lag_bytes: seen.lag_bytes.map(number),
                problem: seen.problem,
                reads: replica.reads.load(Ordering::Relaxed),
            }
        };
        self.all.iter().map(shown).collect()
    }
}

/// A read that waits: replicas are looked at more often.
struct Waiting<'a>(&'a Known);

impl<'a> Waiting<'a> {
    fn begin(known: &'a Known) -> Self {
        known.waiting.fetch_add(1, Ordering::AcqRel);
        known.all.iter().for_each(|replica| replica.bell.notify_one());
        Self(known)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Replica {
    fn way(&self, way: Way) -> &Reads {
        match way {
            Way::Quick => &self.quick,
            Way::Lists => &self.lists,
        }
    }
}

/// Where a read goes.
pub(super) struct Chosen<'a> {
    replica: &'a Replica,
    way: Way,
    after: Option<Position>,
}

impl Chosen<'_> {
    pub(super) async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(self.replica.way(self.way).snapshot().await?.covering(self.after))
    }

    /// What a read there has come to; `None`: it is to be asked of the primary.
    pub(super) async fn answer<T>(
        &self,
        read: impl Future<Output = Result<T, StoreError>>,
    ) -> Option<Result<T, StoreError>> {
        let mut answers = self.replica.answers.subscribe();
        // One that has gone without a word is noticed by who looks at it.
        let gone = async { answers.wait_for(|answers| !answers).await.is_ok() };
        let done = tokio::select! {
            biased;
            done = read => done,
            _ = gone => return None,
        };
        match done {
            Ok(found) => {
                self.replica.reads.fetch_add(1, Ordering::Relaxed);
                Some(Ok(found))
            }
            // The primary has enough to do without what replicas cannot do in time.
            Err(error @ (StoreError::Overloaded | StoreError::TooSlow)) => Some(Err(error)),
            Err(error) => {
                tracing::debug!(%error, replica = &*self.replica.name, "read from the primary");
                self.replica.bell.notify_one();
                None
            }
        }
    }
}
