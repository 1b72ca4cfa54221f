//! The figures that dashboards show, counted along the event log.

pub mod consumer;
mod failures;
mod figures;
mod fold;
mod latency;
mod range;
mod tasks;
mod throughput;
mod workers;

pub use failures::{Failures, FailuresBucket, FailuresFound, FailuresOf};
pub use latency::{Latency, LatencyBucket, LatencyFound, Times, TimesOfBoth};
pub use range::{Lost, Told};
pub use tasks::{StatusBucket, StatusTotal, Tasks, TasksFound};
pub use throughput::{Flows, MethodCount, Throughput, ThroughputBucket, ThroughputFound};
pub use workers::{WorkerDid, WorkerFigures, Workers, WorkersListed};

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] = &[
    Entry::of::<Tasks>(),
    Entry::of::<Throughput>(),
    Entry::of::<Latency>(),
    Entry::of::<Failures>(),
    Entry::of::<Workers>(),
];
