//! The figures of dashboards.

use claudebench_core::Cursor;
use tokio_postgres::Row;

use crate::metrics::{
    Counted, Metric, MetricQuery, MetricRow, WorkerMetric, WorkerQuery, WorkersFound,
};
use crate::postgres::errors::{Failed, damaged};
use crate::postgres::params::params;
use crate::postgres::pool::Snapshot;
use crate::postgres::rows::Columns;
use crate::postgres::sql::metrics as sql;

pub(in crate::postgres) async fn counted(db: &Snapshot) -> Result<Counted, Failed> {
    let row = db.one(sql::COUNTED, &[]).await?;
    counted_row(&row.ok_or_else(|| damaged("nothing says how far the log was counted"))?)
}

pub(in crate::postgres) fn counted_row(row: &Row) -> Result<Counted, Failed> {
    let mut from = Columns::of(row);
    Ok(Counted {
        version: from.number()?,
        generation: from.number()?,
        upto: Cursor(from.number()?),
        at: from.time()?,
        redo_upto: Cursor(from.number()?),
        since: from.time()?,
        clearing: from.optional()?.map(Cursor),
        gaps: serde_json::from_str(from.next()?)
            .map_err(|_| damaged("the gaps of the figures cannot be read"))?,
    })
}

pub(in crate::postgres) async fn metrics(
    db: &Snapshot,
    query: &MetricQuery,
) -> Result<Vec<MetricRow>, Failed> {
    let (span, names) = (query.span as i64, query.names.clone());
    let values = params![query.tenant.0, span, names, query.from.0, query.to.0];
    let rows = db.query(sql::METRICS, &values).await?;
    let read = |row| {
        let mut from = Columns::of(row);
        let (start, name) = (from.time()?, from.shared()?);
        Ok(MetricRow { start, name, metric: metric(&mut from)? })
    };
    rows.iter().map(read).collect()
}

pub(in crate::postgres) async fn workers(
    db: &Snapshot,
    query: &WorkerQuery,
) -> Result<WorkersFound, Failed> {
    let (tenant, from, to) = (query.tenant.0, query.from.0, query.to.0);
    let rows = db.query(sql::TOP_WORKERS, &params![tenant, from, to, query.limit]).await?;
    let read = |row| {
        let mut from = Columns::of(row);
        Ok((from.shared()?, worker_metric(&mut from)?))
    };
    let workers = rows.iter().map(read).collect::<Result<_, Failed>>()?;
    let all = db.one(sql::ALL_WORKERS, &params![tenant, from, to]).await?;
    let all = all.ok_or_else(|| damaged("workers cannot be added up"))?;
    let mut from = Columns::of(&all);
    Ok(WorkersFound { workers, known: from.number()?, all: worker_metric(&mut from)? })
}

/// `count, valued, sum, first, last, buckets`.
pub(in crate::postgres) fn metric(from: &mut Columns<'_>) -> Result<Metric, Failed> {
    let (count, valued, sum) = (from.number()?, from.number()?, from.number()?);
    let (first, last) = (from.time()?, from.time()?);
    let buckets: Option<&str> = from.next()?;
    let latencies = buckets.map(serde_json::from_str).transpose();
    let latencies = latencies.map_err(|_| damaged("a metric has no buckets"))?.unwrap_or_default();
    Ok(Metric { count, valued, sum, first, last, latencies })
}

/// `started, completed, failed, returned, lost, worked, worked_ms, first, last`.
pub(in crate::postgres) fn worker_metric(from: &mut Columns<'_>) -> Result<WorkerMetric, Failed> {
    Ok(WorkerMetric {
        started: from.number()?,
        completed: from.number()?,
        failed: from.number()?,
        returned: from.number()?,
        lost: from.number()?,
        worked: from.number()?,
        worked_ms: from.number()?,
        first: from.time()?,
        last: from.time()?,
    })
}
