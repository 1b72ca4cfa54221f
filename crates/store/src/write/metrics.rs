//! The figures move on along the event log. Whoever has read a part of it says from where to where,
//! and what it adds; that counts once, whoever else has done the same.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use claudebench_core::Millis;

use super::rows::Rows;
use super::tx::{Done, Tx};
use crate::metrics::{
    Counted, Fold, MAX_WORKERS, Metric, MetricKey, Refold, WorkerKey, WorkerMetric,
};

/// How many figures are dropped at once.
const STEP: usize = 5_000;

/// The figures that a part of the log adds to, as they are.
#[derive(Default)]
struct Known {
    metrics: BTreeMap<MetricKey, Option<Metric>>,
    workers: BTreeMap<WorkerKey, Option<WorkerMetric>>,
}

impl<R: Rows> Tx<'_, R> {
    /// Adds what a part of the log says.
    pub(super) fn fold(&mut self, fold: &Fold) -> Done<Counted, R> {
        let mut counted = self.rows.counted()?;
        let stands = counted.upto == fold.after && counted.generation == fold.generation;
        if !stands || counted.clearing.is_some() {
            return Ok(counted);
        }
        let mut known = self.known(fold)?;
        known.add(fold);
        for (key, metric) in &known.metrics {
            if let Some(metric) = metric {
                self.rows.put_metric(key, metric)?;
            }
        }
        for (key, metric) in &known.workers {
            if let Some(metric) = metric {
                self.rows.put_worker_metric(key, metric)?;
            }
        }
        if let Some(first) = fold.lost {
            counted.lose(counted.at, first);
        }
        counted.upto = fold.upto;
        counted.at = counted.at.max(fold.at.unwrap_or_default());
        self.rows.put_counted(&counted)?;
        Ok(counted)
    }

    /// Everything that a part of the log may add to. All of it is asked for before any of it is used:
    /// what is not here comes at once.
    fn known(&mut self, fold: &Fold) -> Done<Known, R> {
        let mut known = Known::default();
        for key in fold.metrics() {
            if let Entry::Vacant(place) = known.metrics.entry(key) {
                let found = self.rows.metric(place.key());
                place.insert(self.answer(found)?.and_then(Result::ok).flatten());
            }
        }
        for key in fold.workers() {
            if let Entry::Vacant(place) = known.workers.entry(key) {
                let found = self.rows.worker_metric(place.key());
                place.insert(self.answer(found)?.and_then(Result::ok).flatten());
            }
        }
        self.complete_so_far(known)
    }

    /// Begins to count from the beginning again, or goes on with it.
    pub(super) fn refold(&mut self, refold: &Refold) -> Done<Counted, R> {
        let mut counted = self.rows.counted()?;
        if counted.generation < refold.generation {
            // What was to be counted again, and is not in the log any more.
            let (from, reached) = match counted.clearing {
                Some(after) => (counted.since, after),
                None => (counted.at, counted.upto),
            };
            if refold.after > reached {
                counted.lose(from.max(Millis(0)), refold.since);
            }
            counted.redo_upto = counted.redo_upto.max(counted.upto);
            counted.version = refold.version;
            counted.generation = refold.generation;
            counted.since = refold.since;
            counted.clearing = Some(refold.after);
        }
        let Some(after) = counted.clearing else { return Ok(counted) };
        if self.rows.clear_metrics(counted.since, STEP)? < STEP {
            counted.clearing = None;
            counted.upto = after;
            counted.at = counted.since.max(Millis(0));
        }
        self.rows.put_counted(&counted)?;
        Ok(counted)
    }
}

impl Known {
    fn add(&mut self, fold: &Fold) {
        for (key, more) in &fold.metrics {
            self.metrics.entry(key.clone()).or_default().get_or_insert_default().add(more);
        }
        for (key, more) in &fold.workers {
            let key = self.room_for(key, more.first);
            self.workers.entry(key).or_default().get_or_insert_default().add(more);
        }
    }

    /// The worker's own figures, if it has some or may have; else those of the others. Workers come
    /// in the order of the log, so that it makes no difference in which parts that is read.
    fn room_for(&mut self, key: &WorkerKey, at: Millis) -> WorkerKey {
        if self.workers.get(key).is_some_and(Option::is_some) {
            return key.clone();
        }
        let workers = self.metrics.entry(key.counter()).or_default().get_or_insert_default();
        if workers.count >= MAX_WORKERS {
            return key.others();
        }
        workers.record(at, None);
        key.clone()
    }
}
