//! The figures of dashboards.

use claudebench_core::Millis;

use super::{SheetRows, Table};
use crate::metrics::{Counted, Metric, MetricKey, WorkerKey, WorkerMetric};
use crate::write::{Base, Done, MetricRows, Stop};

/// The figures that a batch is about.
#[derive(Default)]
pub(in crate::postgres) struct Metrics {
    /// How far the log was counted: one row.
    pub(in crate::postgres) counted: Table<(), Counted>,
    pub(in crate::postgres) metrics: Table<MetricKey, Metric>,
    pub(in crate::postgres) workers: Table<WorkerKey, WorkerMetric>,
    /// Figures that are to be dropped, and how many were.
    pub(in crate::postgres) wants_clear: Option<(Millis, usize)>,
    pub(in crate::postgres) cleared: Option<usize>,
}

impl Metrics {
    pub(super) fn again(&mut self) {
        self.counted.again();
        self.metrics.again();
        self.workers.again();
    }

    pub(super) fn is_changed(&self) -> bool {
        self.counted.is_changed() || self.metrics.is_changed() || self.workers.is_changed()
    }

    pub(super) fn writes(&self) -> u64 {
        self.counted.writes() + self.metrics.writes() + self.workers.writes()
    }
}

impl MetricRows for SheetRows<'_> {
    fn counted(&mut self) -> Done<Counted, Self> {
        let counted = self.sheet.metrics.counted.get(&())?;
        counted.cloned().ok_or_else(|| Stop::Failed(Self::fault("nothing was ever counted".into())))
    }

    fn put_counted(&mut self, counted: &Counted) -> Done<(), Self> {
        self.sheet.metrics.counted.put((), Some(counted.clone()));
        Ok(())
    }

    fn metric(&mut self, key: &MetricKey) -> Done<Option<Metric>, Self> {
        Ok(self.sheet.metrics.metrics.get(key)?.cloned())
    }

    fn put_metric(&mut self, key: &MetricKey, metric: &Metric) -> Done<(), Self> {
        self.sheet.metrics.metrics.put(key.clone(), Some(metric.clone()));
        Ok(())
    }

    fn worker_metric(&mut self, key: &WorkerKey) -> Done<Option<WorkerMetric>, Self> {
        Ok(self.sheet.metrics.workers.get(key)?.cloned())
    }

    fn put_worker_metric(&mut self, key: &WorkerKey, metric: &WorkerMetric) -> Done<(), Self> {
        self.sheet.metrics.workers.put(key.clone(), Some(metric.clone()));
        Ok(())
    }

    /// What is here of them is as good as gone: what is dropped later is not looked at before.
    fn clear_metrics(&mut self, since: Millis, max: usize) -> Done<usize, Self> {
        let metrics = &mut self.sheet.metrics;
        let Some(cleared) = metrics.cleared else {
            metrics.wants_clear = Some((since, max));
            return Err(Stop::Missing);
        };
        metrics.metrics.forget(|key| key.start >= since);
        metrics.workers.forget(|key| key.day >= since);
        Ok(cleared)
    }
}
