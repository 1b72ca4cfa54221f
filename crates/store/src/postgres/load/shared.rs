//! What is besides tasks.

use std::sync::Arc;

use claudebench_core::TenantId;

use super::{Loading, apart, texts};
use crate::postgres::asks::{Asks, values};
use crate::postgres::errors::Failed;
use crate::postgres::rows::{self, Columns};
use crate::postgres::sheet::{Numbered, Sheet, Table, Text};
use crate::postgres::sql::load as sql;

/// A row that a tenant's name stands for.
fn named<V: 'static>(
    asks: &mut Asks<'static, Loading<'_>>,
    sheet: &mut Sheet,
    text: &'static str,
    table: fn(&mut Sheet) -> &mut Table<Text, V>,
    row: fn(&mut Columns<'_>) -> Result<V, Failed>,
) {
    let wanted = table(sheet).wanted();
    if wanted.is_empty() {
        return;
    }
    let (tenants, names) = texts(&wanted);
    asks.ask(text, values![tenants, names], move |into, rows| {
        for found in rows {
            let mut from = Columns::of(&found);
            let key = (TenantId(from.number()?), from.next()?);
            table(into.sheet).found(key, row(&mut from)?);
        }
        table(into.sheet).asked(wanted);
        Ok(())
    });
}

pub(super) fn shared(asks: &mut Asks<'static, Loading<'_>>, sheet: &mut Sheet) {
    instances(asks, sheet);
    sessions(asks, sheet);
    named(
        asks,
        sheet,
        sql::CONFIG,
        |sheet| &mut sheet.shared.config,
        |from| Ok((from.next()?, from.time()?)),
    );
    named(
        asks,
        sheet,
        sql::DECISIONS,
        |sheet| &mut sheet.shared.decisions,
        |from| Ok((from.next()?, from.number()?, from.time()?)),
    );
    named(
        asks,
        sheet,
        sql::BATCHES,
        |sheet| &mut sheet.shared.batches,
        |from| Ok((from.next()?, from.number()?, from.time()?)),
    );
    votes(asks, sheet);
    access(asks, sheet);
    for of in std::mem::take(&mut sheet.shared.wants_numbers) {
        let (text, values) = match of {
            Numbered::Sessions(tenant) => (sql::COUNT_SESSIONS, values![tenant.0]),
            Numbered::Instances(tenant) => (sql::COUNT_INSTANCES, values![tenant.0]),
            Numbered::Config(tenant) => (sql::COUNT_CONFIG, values![tenant.0]),
            Numbered::Keys => (sql::COUNT_KEYS, values![]),
        };
        asks.ask(text, values, move |into, rows| {
            if let Some(row) = rows.first() {
                into.sheet.shared.numbers.insert(of, row.try_get(0)?);
            }
            Ok(())
        });
    }
}

fn instances(asks: &mut Asks<'static, Loading<'_>>, sheet: &mut Sheet) {
    let wanted = sheet.shared.instances.wanted();
    if wanted.is_empty() {
        return;
    }
    let (tenants, ids) = apart(wanted.iter().map(|(of, id)| (of.0, &**id)));
    asks.ask(sql::INSTANCES, values![tenants, ids], move |into, found| {
        for row in found {
            let row = rows::instance(&row)?;
            into.sheet.shared.instances.found((row.tenant, row.id.clone()), row);
        }
        into.sheet.shared.instances.asked(wanted);
        Ok(())
    });
}

fn sessions(asks: &mut Asks<'static, Loading<'_>>, sheet: &mut Sheet) {
    let wanted = sheet.shared.sessions.wanted();
    if wanted.is_empty() {
        return;
    }
    let (tenants, ids) = apart(wanted.iter().map(|(of, id)| (of.0, &**id)));
    asks.ask(sql::SESSIONS, values![tenants, ids], move |into, found| {
        for row in found {
            let row = rows::session(&row)?;
            into.sheet.shared.sessions.found((row.tenant, row.id.clone()), row);
        }
        into.sheet.shared.sessions.asked(wanted);
        Ok(())
    });
}

fn votes(asks: &mut Asks<'static, Loading<'_>>, sheet: &mut Sheet) {
    let wanted = sheet.shared.votes.wanted();
    if wanted.is_empty() {
        return;
    }
    let (tenants, names) = texts(&wanted);
    asks.ask(sql::VOTES, values![tenants, names], move |into, rows| {
        let votes = &mut into.sheet.shared.votes;
        for row in rows {
            let mut from = Columns::of(&row);
            let key: Text = (TenantId(from.number()?), from.next()?);
            let (instance, value) = (from.next()?, from.next()?);
            let mut of = votes.before(&key).cloned().unwrap_or_default();
            of.insert(instance, value);
            votes.found(key, of);
        }
        votes.asked(wanted);
        Ok(())
    });
}

fn access(asks: &mut Asks<'static, Loading<'_>>, sheet: &mut Sheet) {
    let wanted = sheet.shared.keys.wanted();
    if !wanted.is_empty() {
        asks.ask(sql::KEYS, values![wanted.clone()], move |into, found| {
            for row in found {
                let key = rows::key(&row)?;
                into.sheet.shared.keys.found(key.id.clone(), key);
            }
            into.sheet.shared.keys.asked(wanted);
            Ok(())
        });
    }
    let wanted = Vec::from_iter(std::mem::take(&mut sheet.shared.wants_tenants));
    if !wanted.is_empty() {
        asks.tell(sql::ADD_TENANTS, values![wanted.clone()]);
        asks.ask(sql::TENANTS, values![wanted], |into, rows| {
            for row in rows {
                let name: Arc<str> = Columns::of(&row).shared()?;
                into.sheet.shared.tenants.insert(name.to_string(), TenantId(row.try_get(1)?));
            }
            Ok(())
        });
    }
}
