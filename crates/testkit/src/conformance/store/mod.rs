//! What every store promises, case by case. A backend runs all of them by one line:
//!
//! ```ignore
//! claudebench_testkit::store_conformance!(Sqlite);
//! ```
//!
//! A case gets a bed: a store from an empty place, a committer in front of it, and the clock in its
//! hand. After the case the bed is audited: what must hold at any time is looked at.

#![deny(dead_code, reason = "a case that is not in the list would never run")]

mod audit;
mod bed;
mod cases;
mod given;

mod attachment;
mod cancel;
mod claim;
mod create;
mod event;
mod explain;
mod hand;
mod health;
mod idempotency;
mod instance;
mod isolation;
mod lease;
mod list;
mod metrics;
mod model;
mod outcome;
mod parked;
mod pause;
mod report;
mod restart;
mod retry;
mod search;
mod session;
mod shared;
mod tenant;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use claudebench_core::Clock;
use claudebench_core::rank::Aging;
use claudebench_store::{Batch, Outcomes, Source, Store, StoreError};

pub use bed::Bed;
pub use cases::CASES;
pub use given::EPOCH;

/// How long a case may take before it counts as hanging: many of them share a slow machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a backend does in its own time.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A kind of store, at a place of its own. The place is empty at first, keeps what the store wrote
/// while the value lives, and goes with it.
pub trait Backend {
    /// Opens the store at its place.
    fn open<'a>(&'a mut self, setup: &'a Setup, clock: Arc<dyn Clock>)
    -> Doing<'a, Arc<dyn Store>>;

    /// Ends the store as a server does that stops in order.
    fn close(&mut self) -> Doing<'_, ()>;

    /// Ends it as `kill -9` does: nothing is done that a store does on leaving. A backend that
    /// cannot be killed from within closes.
    fn crash(&mut self) -> Doing<'_, ()> {
        self.close()
    }

    /// Has done what the store does by itself besides sweeping: rows past their retention are
    /// dropped.
    fn keep(&self) -> Doing<'_, ()> {
        Box::pin(async {})
    }

    /// Whether the store knows at once what is due next, and not only when it has looked. Until
    /// then it looks too early, never too late.
    fn knows_what_is_due(&self) -> bool {
        true
    }

    /// How many answers are kept under idempotency keys.
    fn kept(&self) -> Doing<'_, i64>;
}

/// What a store is opened with, as far as the rules speak of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// The lease of a task that names none, in milliseconds.
    pub lease_ms: i64,
    /// How many workers may be lost over one task.
    pub max_losses: i64,
    /// How many tasks may wait for one.
    pub max_dependents: usize,
    /// Whether old tasks overtake those of higher priority.
    pub aging: Aging,
    /// How long events are kept, in milliseconds.
    pub events_age_ms: i64,
    /// How many events are kept.
    pub events_max: i64,
    /// How long an idempotency key is remembered, in milliseconds.
    pub idempotency_ms: i64,
    /// Seeds the jitter.
    pub seed: u64,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            lease_ms: 60_000,
            max_losses: 3,
            max_dependents: 10_000,
            aging: Aging::default(),
            events_age_ms: i64::MAX / 4,
            events_max: i64::MAX / 4,
            idempotency_ms: 3_600_000,
            seed: 1,
        }
    }
}

impl Setup {
    /// Whether the event log keeps everything.
    fn keeps_all(&self) -> bool {
        let all = Self::default();
        self.events_age_ms == all.events_age_ms && self.events_max == all.events_max
    }
}

/// A rule, as a test of it.
pub struct Case {
    /// What it is about.
    pub subject: &'static str,
    /// What it says.
    pub name: &'static str,
    run: for<'a> fn(&'a mut Bed) -> Doing<'a, ()>,
}

/// Runs one case over a backend, from an empty place. Panics when the rule does not hold.
pub fn run<B: Backend + Default + 'static>(subject: &str, name: &str) {
    let case = CASES.iter().find(|case| case.subject == subject && case.name == name);
    let case = case.expect("the tests are made from the list of cases");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut bed = Bed::new(|| Box::new(B::default()), Setup::default()).await;
        let proof = async {
            (case.run)(&mut bed).await;
            audit::audit(&mut bed).await;
        };
        let ended = tokio::time::timeout(PATIENCE, proof).await;
        assert!(ended.is_ok(), "{subject}::{name} still ran after {PATIENCE:?}");
        bed.close().await;
    });
}

/// One transaction, past any committer.
///
/// # Errors
/// What the store says.
pub async fn commit(store: &dyn Store, batch: Batch) -> Result<Outcomes, StoreError> {
    let (source, answer) = Source::of(batch);
    store.write(source).await;
    answer.await.expect("each batch has its outcomes")
}
