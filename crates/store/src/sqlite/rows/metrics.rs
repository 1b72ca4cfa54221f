//! The figures of dashboards.

use claudebench_core::figures::Span;
use claudebench_core::{Cursor, Millis};
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, params};

use super::SqliteRows;
use crate::metrics::{Counted, Metric, MetricKey, WorkerKey, WorkerMetric};
use crate::page::count;
use crate::sqlite::sql::metrics as sql;
use crate::write::{Done, MetricRows};

impl MetricRows for SqliteRows<'_, '_> {
    fn counted(&mut self) -> Done<Counted, Self> {
        Ok(self.db.prepare_cached(sql::COUNTED)?.query_row([], counted)?)
    }

    fn put_counted(&mut self, counted: &Counted) -> Done<(), Self> {
        self.db.prepare_cached(sql::PUT_COUNTED)?.execute(params![
            counted.version,
            counted.generation,
            counted.upto.0,
            counted.at.0,
            counted.redo_upto.0,
            counted.since.0,
            counted.clearing.map(|after| after.0),
            json(&counted.gaps)?,
        ])?;
        Ok(())
    }

    fn metric(&mut self, key: &MetricKey) -> Done<Option<Metric>, Self> {
        let mut statement = self.db.prepare_cached(sql::METRIC)?;
        let values = params![key.tenant.0, key.span as i64, key.name, key.start.0];
        Ok(statement.query_row(values, |row| metric(row, 0)).optional()?)
    }

    fn put_metric(&mut self, key: &MetricKey, metric: &Metric) -> Done<(), Self> {
        let buckets = Some(&metric.latencies).filter(|latencies| !latencies.is_empty());
        self.db.prepare_cached(sql::PUT_METRIC)?.execute(params![
            key.tenant.0,
            key.span as i64,
            key.name,
            key.start.0,
            metric.count,
            metric.valued,
            metric.sum,
            metric.first.0,
            metric.last.0,
            buckets.map(json).transpose()?,
        ])?;
        Ok(())
    }

    fn worker_metric(&mut self, key: &WorkerKey) -> Done<Option<WorkerMetric>, Self> {
        let mut statement = self.db.prepare_cached(sql::WORKER_METRIC)?;
        let values = params![key.tenant.0, key.day.0, key.worker];
        Ok(statement.query_row(values, |row| worker_metric(row, 0)).optional()?)
    }

    fn put_worker_metric(&mut self, key: &WorkerKey, metric: &WorkerMetric) -> Done<(), Self> {
        self.db.prepare_cached(sql::PUT_WORKER_METRIC)?.execute(params![
            key.tenant.0,
            key.day.0,
            key.worker,
            metric.started,
            metric.completed,
            metric.failed,
            metric.returned,
            metric.lost,
            metric.worked,
            metric.worked_ms,
            metric.first.0,
            metric.last.0,
        ])?;
        Ok(())
    }

    fn clear_metrics(&mut self, since: Millis, max: usize) -> Done<usize, Self> {
        let mut dropped = 0;
        for span in Span::ALL {
            let values = params![span as i64, since.0, count(max - dropped)];
            dropped += self.db.prepare_cached(sql::CLEAR_METRICS)?.execute(values)?;
        }
        let mut statement = self.db.prepare_cached(sql::CLEAR_WORKER_METRICS)?;
        Ok(dropped + statement.execute(params![since.0, count(max - dropped)])?)
    }
}

impl SqliteRows<'_, '_> {
    /// Drops figures past their retention; says how many, and the most of a kind.
    pub(super) fn drop_metrics(&self, now: Millis, step: i64) -> rusqlite::Result<(usize, usize)> {
        let (mut all, mut most) = (0, 0);
        let mut statement = self.db.prepare_cached(sql::DROP_METRICS)?;
        for span in Span::ALL {
            let gone = statement.execute(params![span as i64, span.oldest(now).0, step])?;
            (all, most) = (all + gone, most.max(gone));
        }
        let mut statement = self.db.prepare_cached(sql::DROP_WORKER_METRICS)?;
        let gone = statement.execute(params![Span::Day.oldest(now).0, step])?;
        Ok((all + gone, most.max(gone)))
    }
}

fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

fn parsed<T: serde::de::DeserializeOwned>(row: &Row<'_>, place: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(place)?.as_str()?)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(place, Type::Text, Box::new(e)))
}

pub(in crate::sqlite) fn counted(row: &Row<'_>) -> rusqlite::Result<Counted> {
    Ok(Counted {
        version: row.get(0)?,
        generation: row.get(1)?,
        upto: Cursor(row.get(2)?),
        at: Millis(row.get(3)?),
        redo_upto: Cursor(row.get(4)?),
        since: Millis(row.get(5)?),
        clearing: row.get::<_, Option<i64>>(6)?.map(Cursor),
        gaps: parsed(row, 7)?,
    })
}

/// `count, valued, sum, first, last, buckets`, from a place on.
pub(in crate::sqlite) fn metric(row: &Row<'_>, from: usize) -> rusqlite::Result<Metric> {
    let has_buckets = row.get_ref(from + 5)? != rusqlite::types::ValueRef::Null;
    Ok(Metric {
        count: row.get(from)?,
        valued: row.get(from + 1)?,
        sum: row.get(from + 2)?,
        first: Millis(row.get(from + 3)?),
        last: Millis(row.get(from + 4)?),
        latencies: if has_buckets { parsed(row, from + 5)? } else { Default::default() },
    })
}

/// `started, completed, failed, returned, lost, worked, worked_ms, first, last`, from a place on.
pub(in crate::sqlite) fn worker_metric(
    row: &Row<'_>,
    from: usize,
) -> rusqlite::Result<WorkerMetric> {
    Ok(WorkerMetric {
        started: row.get(from)?,
        completed: row.get(from + 1)?,
        failed: row.get(from + 2)?,
        returned: row.get(from + 3)?,
        lost: row.get(from + 4)?,
        worked: row.get(from + 5)?,
        worked_ms: row.get(from + 6)?,
        first: Millis(row.get(from + 7)?),
        last: Millis(row.get(from + 8)?),
    })
}
