//! The figures of dashboards. Whoever counts locks how far it was counted: another that counts waits
//! there, and then sees that it comes too late.

use super::super::asks::{Asks, values};
use super::super::read::metrics as read;
use super::super::rows::Columns;
use super::super::sheet::Sheet;
use super::super::sql::metrics as sql;
use super::Loading;

pub(super) fn metrics(asks: &mut Asks<'static, Loading<'_>>, sheet: &mut Sheet) {
    let metrics = &mut sheet.metrics;
    if !metrics.counted.wanted().is_empty() {
        asks.ask(sql::LOCK_COUNTED, values![], |into, rows| {
            if let Some(row) = rows.first() {
                into.sheet.metrics.counted.found((), read::counted_row(row)?);
            }
            into.sheet.metrics.counted.asked([()]);
            Ok(())
        });
    }
    if let Some((since, max)) = metrics.wants_clear.take() {
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        asks.ask(sql::CLEAR_METRICS, values![since.0, max], |into, rows| {
            let cleared: i64 = rows.first().map_or(Ok(0), |row| row.try_get(0))?;
            into.sheet.metrics.cleared = usize::try_from(cleared).ok();
            Ok(())
        });
    }
    let wanted = metrics.metrics.wanted();
    if !wanted.is_empty() {
        let tenants: Vec<i64> = wanted.iter().map(|key| key.tenant.0).collect();
        let spans: Vec<i64> = wanted.iter().map(|key| key.span as i64).collect();
        let names: Vec<String> = wanted.iter().map(|key| key.name.to_string()).collect();
        let starts: Vec<i64> = wanted.iter().map(|key| key.start.0).collect();
        asks.ask(sql::METRICS_NAMED, values![tenants, spans, names, starts], move |into, rows| {
            for row in rows {
                let mut from = Columns::of(&row);
                let key = wanted.get(from.size()?.wrapping_sub(1));
                if let Some(key) = key {
                    let metric = read::metric(&mut from)?;
                    into.sheet.metrics.metrics.found(key.clone(), metric);
                }
            }
            into.sheet.metrics.metrics.asked(wanted);
            Ok(())
        });
    }
    let wanted = metrics.workers.wanted();
    if !wanted.is_empty() {
        let tenants: Vec<i64> = wanted.iter().map(|key| key.tenant.0).collect();
        let days: Vec<i64> = wanted.iter().map(|key| key.day.0).collect();
        let names: Vec<String> = wanted.iter().map(|key| key.worker.to_string()).collect();
        asks.ask(sql::WORKERS_NAMED, values![tenants, days, names], move |into, rows| {
            for row in rows {
                let mut from = Columns::of(&row);
                let key = wanted.get(from.size()?.wrapping_sub(1));
                if let Some(key) = key {
                    let metric = read::worker_metric(&mut from)?;
                    into.sheet.metrics.workers.found(key.clone(), metric);
                }
            }
            into.sheet.metrics.workers.asked(wanted);
            Ok(())
        });
    }
}
