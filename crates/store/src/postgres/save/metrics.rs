//! The figures of dashboards.

use super::super::asks::{Asks, values};
use super::super::columns::columns;
use super::super::sheet::Sheet;
use super::super::sql::metrics as sql;
use super::Saved;
use crate::metrics::{Metric, MetricKey, WorkerKey, WorkerMetric};

columns! {
    Metrics of of: (&'a MetricKey, &'a Metric);
    tenant: i64 = of.0.tenant.0;
    span: i64 = of.0.span as i64;
    name: &'a str = &of.0.name;
    start: i64 = of.0.start.0;
    count: i64 = of.1.count;
    valued: i64 = of.1.valued;
    sum: i64 = of.1.sum;
    first: i64 = of.1.first.0;
    last: i64 = of.1.last.0;
    buckets: Option<String> = buckets(of.1);
}

columns! {
    Workers of of: (&'a WorkerKey, &'a WorkerMetric);
    tenant: i64 = of.0.tenant.0;
    day: i64 = of.0.day.0;
    worker: &'a str = &of.0.worker;
    started: i64 = of.1.started;
    completed: i64 = of.1.completed;
    failed: i64 = of.1.failed;
    returned: i64 = of.1.returned;
    lost: i64 = of.1.lost;
    worked: i64 = of.1.worked;
    worked_ms: i64 = of.1.worked_ms;
    first: i64 = of.1.first.0;
    last: i64 = of.1.last.0;
}

/// Maps of numbers can be written in any case.
fn buckets(metric: &Metric) -> Option<String> {
    let known = Some(&metric.latencies).filter(|latencies| !latencies.is_empty());
    known.and_then(|latencies| serde_json::to_string(latencies).ok())
}

pub(super) fn save<'a>(asks: &mut Asks<'a, Saved>, sheet: &'a Sheet) {
    let metrics = &sheet.metrics;
    if let Some(counted) = metrics.counted.written_rows().next() {
        asks.tell(
            sql::PUT_COUNTED,
            values![
                counted.version,
                counted.generation,
                counted.upto.0,
                counted.at.0,
                counted.redo_upto.0,
                counted.since.0,
                counted.clearing.map(|after| after.0),
                serde_json::to_string(&counted.gaps).unwrap_or_else(|_| "[]".into()),
            ],
        );
    }
    let (mut rows, mut any) = (Metrics::default(), false);
    for (key, _, now) in metrics.metrics.changes() {
        if let Some(metric) = now {
            any = true;
            rows.push((key, metric));
        }
    }
    if any {
        asks.tell(sql::PUT_METRICS, rows.values());
    }
    let (mut rows, mut any) = (Workers::default(), false);
    for (key, _, now) in metrics.workers.changes() {
        if let Some(metric) = now {
            any = true;
            rows.push((key, metric));
        }
    }
    if any {
        asks.tell(sql::PUT_WORKERS, rows.values());
    }
}
