//! Pages of tasks: the statement is put together from the filters that are given.

use claudebench_core::{Status, TenantId};
use rusqlite::types::Value;
use rusqlite::{Connection, ToSql};

use super::statements::parts;
use super::{tasks, words};
use crate::read::{ListOrder, OrderBy, Page, TaskQuery};
use crate::row::TaskWithExtras;
use crate::sqlite::readers::ReadError;
use crate::store::StoreError;

/// Totals are counted to here where no count is kept.
const COUNTED: i64 = 10_000;

/// Conditions and the values of their parameters.
#[derive(Default)]
struct Filters {
    conditions: Vec<&'static str>,
    values: Vec<(&'static str, Value)>,
    /// One of them has an index of its own.
    indexed: bool,
}

impl Filters {
    fn add(&mut self, condition: &'static str, name: &'static str, value: Option<Value>) {
        if let Some(value) = value {
            self.conditions.push(condition);
            self.values.push((name, value));
            self.indexed |= condition != parts::BY_PRIORITY;
        }
    }

    fn of(query: &TaskQuery, tenant: TenantId) -> Result<Self, ReadError> {
        let text = |value: &Option<String>| value.clone().map(Value::Text);
        let status = match query.dead {
            Some(true) => Some(Status::Failed),
            _ => query.status,
        };
        let mut filters = Self::default();
        filters.values.push((":tenant", Value::Integer(tenant.0)));
        let status = status.map(|status| Value::Integer(status as i64));
        filters.add(parts::BY_STATUS, ":status", status);
        if query.dead == Some(false) {
            filters.conditions.push(parts::NOT_DEAD);
        }
        filters.add(parts::BY_ASSIGNEE, ":assignee", text(&query.assigned_to));
        filters.add(parts::BY_PRIORITY, ":priority", query.priority.map(Value::Integer));
        filters.add(parts::BY_PROJECT, ":project", text(&query.project));
        filters.add(parts::BY_TAG, ":tag", text(&query.tag));
        filters.add(parts::BY_ROLE, ":role", text(&query.role));
        filters.add(parts::BY_PARENT, ":parent", query.parent.map(|id| Value::Integer(id.0)));
        if let Some(search) = &query.search {
            let words = words::expression(search).ok_or_else(|| StoreError::BadQuery {
                field: "search",
                what: "expected at least one word of letters or digits".into(),
            })?;
            filters.add(parts::BY_WORDS, ":words", Some(Value::Text(words)));
        }
        Ok(filters)
    }

    fn tenant(&self) -> &'static str {
        if self.indexed { parts::OF_TENANT } else { parts::OF_TENANT_IN_ORDER }
    }

    /// The values as statements take them.
    fn bound(&self) -> Vec<(&'static str, &dyn ToSql)> {
        self.values.iter().map(|(name, value)| (*name, value as &dyn ToSql)).collect()
    }
}

/// The column of an order, and its value in a task, as the cursor of a page keeps it.
fn sort(by: OrderBy) -> (&'static str, fn(&TaskWithExtras) -> Value) {
    match by {
        OrderBy::CreatedAt => (parts::SORT_CREATED, |t| Value::Integer(t.task.id.0)),
        OrderBy::UpdatedAt => (parts::SORT_UPDATED, |t| Value::Integer(t.task.updated_at.0)),
        OrderBy::Priority => (parts::SORT_PRIORITY, |t| Value::Integer(t.task.priority)),
        OrderBy::Status => (parts::SORT_STATUS, |t| Value::Integer(t.task.status as i64)),
        OrderBy::AssignedTo => {
            (parts::SORT_ASSIGNEE, |t| Value::Text(t.task.assigned_to.clone().unwrap_or_default()))
        }
    }
}

pub(in crate::sqlite) fn page(db: &Connection, query: &TaskQuery) -> Result<Page, ReadError> {
    let tenant = query.tenant.unwrap_or(TenantId::DEFAULT);
    // Every failed task is a dead letter.
    let failed = query.status.map(|status| status == Status::Failed);
    if matches!((query.dead, failed), (Some(dead), Some(failed)) if dead != failed) {
        return Ok(Page::default());
    }
    tasks::snapshot(db, |db| {
        let (total, total_capped) = total(db, query, tenant)?;
        let mut tasks = rows(db, query, tenant)?;
        let limit = usize::try_from(query.limit).unwrap_or(0);
        let more = tasks.len() > limit;
        tasks.truncate(limit);
        let next = match tasks.last() {
            Some(last) if more => Some(cursor(query, last)),
            _ => None,
        };
        for task in &mut tasks {
            tasks::add_attachments(db, task)?;
        }
        Ok(Page { tasks, total, total_capped, next })
    })
}

fn rows(
    db: &Connection,
    query: &TaskQuery,
    tenant: TenantId,
) -> Result<Vec<TaskWithExtras>, ReadError> {
    let mut filters = Filters::of(query, tenant)?;
    let (column, _) = sort(query.order_by);
    let (direction, after) = match query.order {
        ListOrder::Asc => ("ASC", parts::AFTER_ASC),
        ListOrder::Desc => ("DESC", parts::AFTER_DESC),
    };
    let position = query.after.as_deref().map(|text| position(query, text)).transpose()?;
    let offset = if position.is_some() { 0 } else { query.offset };
    let newest = filters.conditions.is_empty()
        && query.order_by == OrderBy::CreatedAt
        && query.order == ListOrder::Desc;
    let mut text = vec![parts::LIST.to_owned()];
    if newest {
        let before = position.as_ref().map_or(i64::MAX, |(_, id)| *id);
        filters.values.push((":before", Value::Integer(before)));
        filters.values.push((":reach", Value::Integer(query.limit + 1 + offset)));
        text.push(parts::NEWEST.into());
    } else {
        text.push(filters.tenant().into());
        text.extend(filters.conditions.iter().map(|condition| (*condition).to_owned()));
        if let Some((value, id)) = position {
            filters.values.push((":after_value", value));
            filters.values.push((":after_id", Value::Integer(id)));
            text.push(format!("AND ({column}, t.id) {after}"));
        }
    }
    text.push(format!("ORDER BY {column} {direction}, t.id {direction}"));
    text.push(parts::PAGE.into());
    filters.values.push((":limit", Value::Integer(query.limit + 1)));
    filters.values.push((":offset", Value::Integer(offset)));
    let mut statement = db.prepare_cached(&text.join("\n"))?;
    let rows = statement.query_map(filters.bound().as_slice(), tasks::with_lease)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many tasks the filters hold for: from the counts that are kept, or counted to a bound.
fn total(db: &Connection, query: &TaskQuery, tenant: TenantId) -> Result<(i64, bool), ReadError> {
    let counted = query.assigned_to.is_none()
        && query.priority.is_none()
        && query.tag.is_none()
        && query.role.is_none()
        && query.parent.is_none()
        && query.search.is_none();
    if counted {
        let stats = tasks::stats_of(db, tenant, query.project.as_deref())?;
        let total = match (query.status, query.dead) {
            (Some(status), _) => stats.of(status),
            (None, None) => stats.total(),
            (None, Some(true)) => stats.of(Status::Failed),
            (None, Some(false)) => stats.total() - stats.of(Status::Failed),
        };
        return Ok((total, false));
    }
    let filters = Filters::of(query, tenant)?;
    let mut text = vec![parts::COUNT, filters.tenant()];
    text.extend(&filters.conditions);
    text.push(parts::COUNT_END);
    let mut statement = db.prepare_cached(&text.join("\n"))?;
    let count: i64 = statement.query_row(filters.bound().as_slice(), |row| row.get(0))?;
    Ok((count.min(COUNTED), count > COUNTED))
}

/// Where a page ended: the value it is ordered by, and the id.
fn cursor(query: &TaskQuery, last: &TaskWithExtras) -> String {
    let (_, value) = sort(query.order_by);
    let value = match value(last) {
        Value::Integer(number) => serde_json::Value::from(number),
        Value::Text(text) => serde_json::Value::from(text),
        _ => serde_json::Value::Null,
    };
    serde_json::json!([value, last.task.id.0]).to_string()
}

fn position(query: &TaskQuery, text: &str) -> Result<(Value, i64), ReadError> {
    let bad = || StoreError::BadQuery {
        field: "after",
        what: "expected the `nextCursor` of a page with the same filters and order".into(),
    };
    let (value, id): (serde_json::Value, i64) = serde_json::from_str(text).map_err(|_| bad())?;
    let value = match (value, query.order_by) {
        (serde_json::Value::String(text), OrderBy::AssignedTo) => Value::Text(text),
        (serde_json::Value::Number(number), by) if by != OrderBy::AssignedTo => {
            Value::Integer(number.as_i64().ok_or_else(bad)?)
        }
        _ => return Err(bad().into()),
    };
    Ok((value, id))
}
