//! The figures that dashboards show: kept by span of time, and moved on along the event log.

use std::sync::Arc;

use claudebench_core::figures::{Latencies, Span};
use claudebench_core::{Cursor, Millis, TenantId};
use serde::{Deserialize, Serialize};

/// The most workers of a tenant that have figures of their own for a day; the others share some.
pub const MAX_WORKERS: i64 = 500;
/// The worker whose figures are those of the others. No worker has this name.
pub const OTHERS: &str = "";
/// The metric of a day that counts its workers.
pub const WORKERS: &str = "workers";
/// The most gaps that are told apart.
const MAX_GAPS: usize = 100;

/// Which metric.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MetricKey {
    /// Whose.
    pub tenant: TenantId,
    /// Over how long a time.
    pub span: Span,
    /// What it counts.
    pub name: Arc<str>,
    /// Where the time begins.
    pub start: Millis,
}

/// What was counted in a span of time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Metric {
    /// How many there were.
    pub count: i64,
    /// How many of them had a value that is known.
    pub valued: i64,
    /// Those values, added up.
    pub sum: i64,
    /// When the first was.
    pub first: Millis,
    /// When the last was.
    pub last: Millis,
    /// The values, where they are times.
    pub latencies: Latencies,
}

impl Metric {
    /// Counts one.
    pub fn record(&mut self, at: Millis, value: Option<i64>) {
        let (valued, sum) = (i64::from(value.is_some()), value.unwrap_or(0));
        let one =
            Self { count: 1, valued, sum, first: at, last: at, latencies: Latencies::default() };
        self.add(&one);
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, more: &Self) {
        (self.first, self.last) = reach((self.count, self.first, self.last), more.reach());
        self.count += more.count;
        self.valued += more.valued;
        self.sum = self.sum.saturating_add(more.sum);
        self.latencies.add(&more.latencies);
    }

    /// The average of the values that are known.
    #[must_use]
    pub fn average(&self) -> Option<f64> {
        (self.valued > 0).then(|| self.sum as f64 / self.valued as f64)
    }

    fn reach(&self) -> (i64, Millis, Millis) {
        (self.count, self.first, self.last)
    }
}

/// When the first and the last of two lots were, each with how many there are of it.
fn reach(one: (i64, Millis, Millis), other: (i64, Millis, Millis)) -> (Millis, Millis) {
    match (one, other) {
        ((0, ..), (_, first, last)) | ((_, first, last), (0, ..)) => (first, last),
        ((_, a, b), (_, first, last)) => (a.min(first), b.max(last)),
    }
}

/// Which worker's day.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct WorkerKey {
    /// Whose.
    pub tenant: TenantId,
    /// Where the day begins.
    pub day: Millis,
    /// The worker.
    pub worker: Arc<str>,
}

impl WorkerKey {
    /// The number of workers that have figures of their own for the day.
    pub(crate) fn counter(&self) -> MetricKey {
        MetricKey { tenant: self.tenant, span: Span::Day, name: WORKERS.into(), start: self.day }
    }

    /// The figures of those that have none.
    pub(crate) fn others(&self) -> Self {
        Self { worker: OTHERS.into(), ..self.clone() }
    }
}

/// What a worker did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WorkerMetric {
    /// Tasks that it claimed.
    pub started: i64,
    /// Tasks that it completed.
    pub completed: i64,
    /// Tasks that failed for good in its hands.
    pub failed: i64,
    /// Attempts that it ended and that others take up.
    pub returned: i64,
    /// Attempts that ended because it was not heard of any more.
    pub lost: i64,
    /// Attempts that ended their task, where it is known how long they took.
    pub worked: i64,
    /// Those times, added up, in milliseconds.
    pub worked_ms: i64,
    /// When it first did something.
    pub first: Millis,
    /// When it last did something.
    pub last: Millis,
}

impl WorkerMetric {
    /// Adds what was counted elsewhere.
    pub fn add(&mut self, more: &Self) {
        (self.first, self.last) = reach(self.reach(), more.reach());
        self.started += more.started;
        self.completed += more.completed;
        self.failed += more.failed;
        self.returned += more.returned;
        self.lost += more.lost;
        self.worked += more.worked;
        self.worked_ms = self.worked_ms.saturating_add(more.worked_ms);
    }

    fn reach(&self) -> (i64, Millis, Millis) {
        let any = self.started + self.completed + self.failed + self.returned + self.lost;
        (any, self.first, self.last)
    }
}

/// A time whose events were dropped before they were counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Gap {
    /// The last event before it that was counted; 0 when there is none.
    pub from: Millis,
    /// The first event after it.
    pub to: Millis,
}

/// How far the event log was counted.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Counted {
    /// The rules by which it was counted; 0 before the first time.
    pub version: i64,
    /// How often it was counted from the beginning.
    pub generation: i64,
    /// Everything up to here was counted, or is lost.
    pub upto: Cursor,
    /// When the newest of it happened.
    pub at: Millis,
    /// Counted from the beginning again: what began before `since` still has the figures of all
    /// events up to here.
    pub redo_upto: Cursor,
    /// See `redo_upto`.
    pub since: Millis,
    /// Counting from the beginning again, after this place: the old figures are being dropped.
    pub clearing: Option<Cursor>,
    /// What was lost, oldest first.
    pub gaps: Vec<Gap>,
}

impl Counted {
    /// Whether an event at this place counts for a span that begins then.
    #[must_use]
    pub fn wants(&self, place: Cursor, start: Millis) -> bool {
        place > self.redo_upto || start >= self.since
    }

    /// Whether figures are missing that will be there again.
    #[must_use]
    pub fn rebuilding(&self) -> bool {
        self.clearing.is_some() || self.upto < self.redo_upto
    }

    /// Events were dropped that were not counted yet: those between these times.
    pub fn lose(&mut self, from: Millis, to: Millis) {
        self.gaps.push(Gap { from, to });
        if self.gaps.len() > MAX_GAPS {
            // The two oldest count as one.
            let from = self.gaps.remove(0).from;
            self.gaps[0].from = from;
        }
    }
}

/// Counts a part of the event log: adds to the figures what its events say. Nothing is done when
/// another has counted it meanwhile, or when it is counted from the beginning again. Answers how far
/// it was counted then.
#[derive(Clone, Debug, Default)]
pub struct Fold {
    /// The generation to which the figures belong.
    pub generation: i64,
    /// After this place.
    pub after: Cursor,
    /// Up to this one.
    pub upto: Cursor,
    /// When the newest event of it happened; `None` when there is none.
    pub at: Option<Millis>,
    /// Events between `after` and the first of these were dropped: when that one happened.
    pub lost: Option<Millis>,
    /// What is added to which metric.
    pub metrics: Vec<(MetricKey, Metric)>,
    /// What is added to which worker, in the order in which they came.
    pub workers: Vec<(WorkerKey, WorkerMetric)>,
}

impl Fold {
    /// Every metric that it may write.
    pub(crate) fn metrics(&self) -> impl Iterator<Item = MetricKey> {
        let counters = self.workers.iter().map(|(key, _)| key.counter());
        self.metrics.iter().map(|(key, _)| key.clone()).chain(counters)
    }

    /// Every worker's day that it may write.
    pub(crate) fn workers(&self) -> impl Iterator<Item = WorkerKey> {
        let others = self.workers.iter().map(|(key, _)| key.others());
        self.workers.iter().map(|(key, _)| key.clone()).chain(others)
    }
}

/// Begins to count from the beginning again, or goes on with it: drops the figures of all that the
/// log still knows, a bounded number at a time. Answers how far it was counted then.
#[derive(Clone, Debug)]
pub struct Refold {
    /// The rules by which it is counted from now on.
    pub version: i64,
    /// The generation that this begins. One that has begun already goes on.
    pub generation: i64,
    /// Everything after this place is in the log.
    pub after: Cursor,
    /// Everything that happened from then on is. What began before it keeps its figures.
    pub since: Millis,
}

/// Which figures.
#[derive(Clone, Debug)]
pub struct MetricQuery {
    /// Whose.
    pub tenant: TenantId,
    /// By how long a time.
    pub span: Span,
    /// Which begin then or later.
    pub from: Millis,
    /// And before this.
    pub to: Millis,
    /// What they count.
    pub names: Vec<&'static str>,
}

/// Figures of one span of time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetricRow {
    /// Where it begins.
    pub start: Millis,
    /// What they count.
    pub name: Arc<str>,
    /// The figures.
    pub metric: Metric,
}

/// Which workers' figures.
#[derive(Clone, Debug)]
pub struct WorkerQuery {
    /// Whose.
    pub tenant: TenantId,
    /// Of the days that begin then or later.
    pub from: Millis,
    /// And before this.
    pub to: Millis,
    /// At most so many workers.
    pub limit: i64,
}

/// What workers did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WorkersFound {
    /// Those that completed most, in this order.
    pub workers: Vec<(Arc<str>, WorkerMetric)>,
    /// All of them together, with those that are not told apart.
    pub all: WorkerMetric,
    /// How many are told apart.
    pub known: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_up_does_not_depend_on_the_order() {
        let of = |at: i64, value: Option<i64>| {
            let mut metric = Metric::default();
            metric.record(Millis(at), value);
            metric
        };
        let all = [of(7, Some(50)), of(3, None), Metric::default(), of(9, Some(20))];
        let mut one = Metric::default();
        let mut other = Metric::default();
        all.iter().for_each(|metric| one.add(metric));
        all.iter().rev().for_each(|metric| other.add(metric));
        assert_eq!(one, other);
        assert_eq!((one.count, one.average(), one.first.0, one.last.0), (3, Some(35.0), 3, 9));
        assert_eq!(Metric::default().average(), None);
    }

    #[test]
    fn many_gaps_become_fewer_and_larger_ones() {
        let mut counted = Counted::default();
        for n in 0..150 {
            counted.lose(Millis(n * 10), Millis(n * 10 + 5));
        }
        assert_eq!(counted.gaps.len(), MAX_GAPS);
        assert_eq!(counted.gaps[0], Gap { from: Millis(0), to: Millis(505) });
        assert_eq!(counted.gaps[1], Gap { from: Millis(510), to: Millis(515) });
    }
}
