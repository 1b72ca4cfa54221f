//! How the embedded store is opened.

use std::path::PathBuf;

use claudebench_core::rank::Aging;

use crate::write::Rules;

/// How the embedded store is opened.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// The data directory; made when it is missing.
    pub dir: PathBuf,
    /// The lease of a task that names none, in milliseconds.
    pub lease_ms: i64,
    /// How many workers may be lost over one task.
    pub max_losses: i64,
    /// How many tasks may wait for one.
    pub max_dependents: usize,
    /// Whether old tasks overtake those of higher priority.
    pub aging: Aging,
    /// The most combinations of project, roles, tags and assignee with pending tasks. A tenant has
    /// at most half of what the other tenants leave.
    pub max_lanes: usize,
    /// As many of them a tenant may have, whatever the others have.
    pub own_lanes: usize,
    /// How long events are kept, in milliseconds.
    pub events_age_ms: i64,
    /// How many events are kept.
    pub events_max: i64,
    /// How long an idempotency key is remembered, in milliseconds.
    pub idempotency_ms: i64,
    /// How many threads read.
    pub readers: usize,
    /// How many reads may wait.
    pub read_queue: usize,
    /// How many lists that sort or search may wait for the one thread that reads them.
    pub list_queue: usize,
    /// How long one read may take, in milliseconds.
    pub read_ms: u64,
    /// The writer's page cache, in KiB.
    pub cache_kib: i64,
    /// Seeds the jitter; `None` draws a seed.
    pub seed: Option<u64>,
}

impl SqliteOptions {
    /// The defaults, for a data directory.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            lease_ms: 300_000,
            max_losses: 10,
            max_dependents: 10_000,
            aging: Aging::default(),
            max_lanes: 20_000,
            own_lanes: 100,
            events_age_ms: 30 * 24 * 3_600_000,
            events_max: 10_000_000,
            idempotency_ms: 24 * 3_600_000,
            readers: 2,
            read_queue: 256,
            list_queue: 16,
            read_ms: 10_000,
            cache_kib: 32 << 10,
            seed: None,
        }
    }

    /// What they say about tasks.
    pub(super) fn rules(&self) -> Rules {
        Rules {
            lease_ms: self.lease_ms,
            max_losses: self.max_losses,
            max_dependents: self.max_dependents,
            aging: self.aging,
            idempotency_ms: self.idempotency_ms,
        }
    }
}
