//! The figures of dashboards.

use rusqlite::{Connection, params};

use super::tasks::snapshot;
use crate::metrics::{Counted, MetricQuery, MetricRow, WorkerQuery, WorkersFound};
use crate::sqlite::readers::ReadError;
use crate::sqlite::rows::metrics as rows;
use crate::sqlite::sql::metrics as sql;

pub(in crate::sqlite) fn counted(db: &Connection) -> Result<Counted, ReadError> {
    Ok(db.prepare_cached(sql::COUNTED)?.query_row([], rows::counted)?)
}

pub(in crate::sqlite) fn metrics(
    db: &Connection,
    query: &MetricQuery,
) -> Result<Vec<MetricRow>, ReadError> {
    snapshot(db, |db| {
        let mut found: Vec<MetricRow> = Vec::new();
        let mut statement = db.prepare_cached(sql::METRICS)?;
        for name in &query.names {
            let (from, to) = (query.from.0, query.to.0);
            let values = params![query.tenant.0, query.span as i64, name, from, to];
            let rows = statement.query_map(values, |row| {
                let start = claudebench_core::Millis(row.get(0)?);
                Ok(MetricRow { start, name: row.get(1)?, metric: rows::metric(row, 2)? })
            })?;
            for row in rows {
                found.push(row?);
            }
        }
        found.sort_by(|a, b| (a.start, &a.name).cmp(&(b.start, &b.name)));
        Ok(found)
    })
}

pub(in crate::sqlite) fn workers(
    db: &Connection,
    query: &WorkerQuery,
) -> Result<WorkersFound, ReadError> {
    snapshot(db, |db| {
        let (from, to) = (query.from.0, query.to.0);
        let mut top = db.prepare_cached(sql::TOP_WORKERS)?;
        let found = top.query_map(params![query.tenant.0, from, to, query.limit], |row| {
            Ok((row.get(0)?, rows::worker_metric(row, 1)?))
        })?;
        let workers = found.collect::<rusqlite::Result<_>>()?;
        let mut all = db.prepare_cached(sql::ALL_WORKERS)?;
        let (known, all) = all.query_row(params![query.tenant.0, from, to], |row| {
            Ok((row.get(0)?, rows::worker_metric(row, 1)?))
        })?;
        Ok(WorkersFound { workers, all, known })
    })
}
