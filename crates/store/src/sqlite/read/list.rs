//! Pages of tasks: first the ids, by a statement put together from the filters that are given;
//! then the rows, as many as fit.

use claudebench_core::{Status, TaskId, TenantId};
use rusqlite::types::Value;
use rusqlite::{Connection, Statement, ToSql};

use super::statements::parts;
use super::tasks;
use crate::read::{ListOrder, OrderBy, PAGE_BYTES, Page, TaskQuery};
use crate::row::TaskWithExtras;
use crate::sqlite::readers::ReadError;
use crate::sqlite::words;
use crate::store::StoreError;

/// Where no count is kept, totals are counted to here, and so many tasks are looked at for it.
const COUNTED: i64 = 10_000;
/// A quick page walks over no more tasks than this to its offset.
const REACH: i64 = 10_000;

/// A filter that an index answers.
struct Filter {
    /// The ids for which it holds; but for words, in their order.
    source: &'static str,
    /// The same as a condition on one task.
    condition: &'static str,
    /// It holds for rows of another table.
    apart: bool,
}

/// What a page is taken from.
struct Plan<'q> {
    query: &'q TaskQuery,
    /// The filters with an index, first the one that leaves the fewest tasks as a rule.
    indexed: Vec<Filter>,
    /// Conditions that no index answers.
    others: Vec<&'static str>,
    /// The parameters.
    values: Vec<(&'static str, Value)>,
    /// Where the page before ended: the value that it is ordered by, and the id.
    after: Option<(Value, i64)>,
}

/// Whether an index has the page in order, so that it is read without a walk over tasks that are
/// not shown.
pub(in crate::sqlite) fn is_quick(query: &TaskQuery) -> bool {
    let sources = [
        query.assigned_to.is_some(),
        query.tag.is_some(),
        query.role.is_some(),
        query.parent.is_some(),
    ];
    let of_kind = query.status.is_some() || query.dead.is_some() || query.project.is_some();
    query.order_by == OrderBy::CreatedAt
        && query.search.is_none()
        && query.priority.is_none()
        && query.offset <= REACH
        && match sources.iter().filter(|given| **given).count() {
            0 => true,
            1 => !of_kind,
            _ => false,
        }
}

pub(in crate::sqlite) fn page(db: &Connection, query: &TaskQuery) -> Result<Page, ReadError> {
    let tenant = query.tenant.unwrap_or(TenantId::DEFAULT);
    if contradicts(query) {
        return Ok(Page::default());
    }
    let plan = Plan::of(query, tenant)?;
    tasks::snapshot(db, |db| {
        let ids = plan.ids(db)?;
        let limit = usize::try_from(query.limit).unwrap_or(0);
        let mut page = Page::default();
        let mut room = PAGE_BYTES;
        for id in ids.iter().take(limit) {
            let Some(task) = tasks::shown(db, tenant, *id)? else { continue };
            let size = tasks::bytes(&task);
            if size > room && !page.tasks.is_empty() {
                break;
            }
            room = room.saturating_sub(size);
            page.tasks.push(task);
        }
        for task in &mut page.tasks {
            tasks::add_result(db, task, &mut room)?;
        }
        let more = page.tasks.len() < ids.len();
        page.next = page.tasks.last().filter(|_| more).map(|last| cursor(query, last));
        (page.total, page.total_capped) = plan.total(db, tenant, page.tasks.len(), more)?;
        Ok(page)
    })
}

/// Whether no task can be both.
fn contradicts(query: &TaskQuery) -> bool {
    match (query.dead, query.status) {
        (Some(true), Some(status)) => status != Status::Failed,
        (Some(false), Some(status)) => status == Status::Failed,
        _ => false,
    }
}

impl<'q> Plan<'q> {
    fn of(query: &'q TaskQuery, tenant: TenantId) -> Result<Self, ReadError> {
        let after = query.after.as_deref().map(|text| position(query, text)).transpose()?;
        let mut plan =
            Self { query, indexed: Vec::new(), others: Vec::new(), values: Vec::new(), after };
        let text = |value: &Option<String>| value.clone().map(Value::Text);
        let words = query.search.as_deref().map(expression).transpose()?;
        let status = match query.dead {
            Some(true) => Some(Status::Failed),
            _ => query.status,
        };
        let status = status.map(|status| Value::Integer(status as i64));
        let parent = query.parent.map(|id| Value::Integer(id.0));
        plan.values.push((":tenant", Value::Integer(tenant.0)));
        plan.filter(":parent", parent, (parts::OF_PARENT, parts::BY_PARENT), false);
        plan.filter(":words", words, (parts::OF_WORDS, parts::BY_WORDS), true);
        plan.filter(":tag", text(&query.tag), (parts::OF_TAG, parts::BY_TAG), true);
        plan.filter(":role", text(&query.role), (parts::OF_ROLE, parts::BY_ROLE), true);
        let assignee = text(&query.assigned_to);
        plan.filter(":assignee", assignee, (parts::OF_ASSIGNEE, parts::BY_ASSIGNEE), false);
        let project = text(&query.project);
        plan.filter(":project", project, (parts::OF_PROJECT, parts::BY_PROJECT), false);
        plan.filter(":status", status, (parts::OF_STATUS, parts::BY_STATUS), false);
        if query.dead == Some(false) {
            plan.others.push(parts::BY_NOT_FAILED);
        }
        if let Some(priority) = query.priority {
            plan.others.push(parts::BY_PRIORITY);
            plan.values.push((":priority", Value::Integer(priority)));
        }
        Ok(plan)
    }

    fn filter(
        &mut self,
        name: &'static str,
        value: Option<Value>,
        (source, condition): (&'static str, &'static str),
        apart: bool,
    ) {
        if let Some(value) = value {
            self.values.push((name, value));
            self.indexed.push(Filter { source, condition, apart });
        }
    }

    /// The ids of the page and of one task more.
    fn ids(&self, db: &Connection) -> rusqlite::Result<Vec<TaskId>> {
        let ascending = self.query.order == ListOrder::Asc;
        let offset = if self.after.is_some() { 0 } else { self.query.offset };
        let end = if ascending { i64::MIN } else { i64::MAX };
        let mut more = vec![
            (":place", Value::Integer(self.after.as_ref().map_or(end, |(_, id)| *id))),
            (":limit", Value::Integer(self.query.limit + 1)),
            (":offset", Value::Integer(offset)),
        ];
        more.extend(self.after.as_ref().map(|(value, _)| (":after_value", value.clone())));
        let text = if is_quick(self.query) { self.quick() } else { self.sorted() };
        let mut statement = db.prepare_cached(&text)?;
        self.bind(&mut statement, &more)?;
        let mut rows = statement.raw_query();
        let mut ids = Vec::new();
        while let Some(row) = rows.next()? {
            ids.push(TaskId(row.get(0)?));
        }
        Ok(ids)
    }

    /// From the source of the filter, or from one for each kind of task.
    fn quick(&self) -> String {
        let (reach, end) = match self.query.order {
            ListOrder::Asc => (parts::REACH_ASC, parts::QUICK_ASC),
            ListOrder::Desc => (parts::REACH_DESC, parts::QUICK_DESC),
        };
        let kinds = match &self.query.project {
            Some(_) => parts::KINDS_OF_PROJECT,
            None => parts::KINDS_OF_TENANT,
        };
        let branches: Vec<String> = match self.indexed.first() {
            Some(filter) if kinds_alone(self.query) => {
                vec![[filter.source, reach].join("\n")]
            }
            _ => kinds_of(self.query).map(|kind| [kinds, kind, reach].join("\n")).collect(),
        };
        let union = format!("\n{}\n", parts::UNION_ALL);
        [&branches.join(&union), end].join("\n")
    }

    /// From what one index leaves of the tasks, sorted.
    fn sorted(&self) -> String {
        let mut text: Vec<String> = Vec::new();
        match self.indexed.first() {
            None => text.push(parts::WALK.into()),
            Some(filter) if filter.apart => {
                text.extend([parts::AMONG_BEGIN, filter.source, parts::AMONG_END].map(Into::into));
            }
            Some(filter) => {
                text.push(parts::INDEXED.into());
                text.push(format!("AND {}", filter.condition));
            }
        }
        // Only the first is to choose the index; that of projects has the status, too.
        let of_project = self.indexed.first().is_some_and(|f| f.condition == parts::BY_PROJECT);
        let plus = if of_project { "" } else { "+" };
        for filter in self.indexed.iter().skip(1) {
            text.push(format!("AND {plus}({})", filter.condition));
        }
        text.extend(self.others.iter().map(|condition| format!("AND {condition}")));
        let (column, _) = sort(self.query.order_by);
        let (direction, after) = match self.query.order {
            ListOrder::Asc => ("ASC", parts::AFTER_ASC),
            ListOrder::Desc => ("DESC", parts::AFTER_DESC),
        };
        if self.after.is_some() {
            text.push(format!("AND ({column}, t.id) {after}"));
        }
        text.push(format!("ORDER BY {column} {direction}, t.id {direction}"));
        text.push(parts::PAGE.into());
        text.join("\n")
    }

    /// How many tasks the filters hold for: from the counts that are kept, from the page itself, or
    /// counted to a bound. Says also whether the bound was reached.
    fn total(
        &self,
        db: &Connection,
        tenant: TenantId,
        shown: usize,
        more: bool,
    ) -> rusqlite::Result<(i64, bool)> {
        let query = self.query;
        if query.priority.is_none() && (self.indexed.is_empty() || kept(&self.indexed)) {
            let stats = tasks::stats_of(db, tenant, query.project.as_deref())?;
            let total = match (query.status, query.dead) {
                (_, Some(true)) => stats.of(Status::Failed),
                (Some(status), _) => stats.of(status),
                (None, Some(false)) => stats.total() - stats.of(Status::Failed),
                (None, None) => stats.total(),
            };
            return Ok((total, false));
        }
        let offset = if self.after.is_some() { 0 } else { query.offset };
        let seen = offset + i64::try_from(shown).unwrap_or(0);
        if self.after.is_none() && !more && (shown > 0 || offset == 0) {
            return Ok((seen, false));
        }
        let (looked, found) = if is_quick(query) { self.count(db)? } else { self.look(db)? };
        let at_least = if shown > 0 { seen + i64::from(more) } else { 0 };
        Ok((found.min(COUNTED).max(at_least), looked > COUNTED))
    }

    /// Counts what one index has.
    fn count(&self, db: &Connection) -> rusqlite::Result<(i64, i64)> {
        let source = self.indexed.first().map_or(parts::OF_TENANT, |filter| filter.source);
        let text = [parts::COUNT_BEGIN, source, parts::COUNT_END].join("\n");
        let mut statement = db.prepare_cached(&text)?;
        self.bind(&mut statement, &[])?;
        let mut rows = statement.raw_query();
        let count = rows.next()?.map_or(Ok(0), |row| row.get(0))?;
        Ok((count, count))
    }

    /// Looks at some of the tasks that one index leaves, and counts those for which all holds.
    fn look(&self, db: &Connection) -> rusqlite::Result<(i64, i64)> {
        let source = self.indexed.first().map_or(parts::OF_TENANT, |filter| filter.source);
        let mut text = vec![parts::LOOK_BEGIN.to_owned()];
        let rest = self.indexed.iter().skip(1).map(|filter| filter.condition);
        text.extend(rest.chain(self.others.iter().copied()).map(|more| format!("AND ({more})")));
        text.extend([parts::LOOK_AMONG, source, parts::LOOK_END].map(Into::into));
        let mut statement = db.prepare_cached(&text.join("\n"))?;
        self.bind(&mut statement, &[])?;
        let mut rows = statement.raw_query();
        rows.next()?.map_or(Ok((0, 0)), |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Gives a statement the values of the parameters that it has.
    fn bind(
        &self,
        statement: &mut Statement<'_>,
        more: &[(&'static str, Value)],
    ) -> rusqlite::Result<()> {
        for (name, value) in self.values.iter().chain(more) {
            if let Some(place) = statement.parameter_index(name)? {
                statement.raw_bind_parameter(place, value as &dyn ToSql)?;
            }
        }
        Ok(())
    }
}

/// Whether counts are kept for these filters.
fn kept(filters: &[Filter]) -> bool {
    filters.iter().all(|f| [parts::BY_PROJECT, parts::BY_STATUS].contains(&f.condition))
}

/// Whether a quick page comes from the source of a filter, whatever kinds of tasks that has.
fn kinds_alone(query: &TaskQuery) -> bool {
    query.status.is_none() && query.dead.is_none() && query.project.is_none()
}

/// The kinds of tasks, each in order in its part of an index, that a page takes from.
fn kinds_of(query: &TaskQuery) -> impl Iterator<Item = &'static str> {
    let status = match query.dead {
        Some(true) => Some(Status::Failed),
        _ => query.status,
    };
    let not_failed = query.dead == Some(false);
    [
        (Status::Pending, parts::KIND_READY),
        (Status::Pending, parts::KIND_SCHEDULED),
        (Status::Pending, parts::KIND_BLOCKED),
        (Status::InProgress, parts::KIND_IN_PROGRESS),
        (Status::Completed, parts::KIND_COMPLETED),
        (Status::Failed, parts::KIND_FAILED),
        (Status::Cancelled, parts::KIND_CANCELLED),
    ]
    .into_iter()
    .filter(move |(of, _)| status.is_none_or(|status| status == *of))
    .filter(move |(of, _)| !(not_failed && *of == Status::Failed))
    .map(|(_, kind)| kind)
}

/// A search as the index takes it.
fn expression(search: &str) -> Result<Value, ReadError> {
    words::expression(search).map(Value::Text).ok_or_else(|| {
        let what = "expected at least one word of letters or digits".into();
        StoreError::BadQuery { field: "search", what }.into()
    })
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

/// The statements of quick pages, for the test that looks at their plans.
#[cfg(test)]
pub(in crate::sqlite) fn quick_statements() -> Vec<String> {
    let name = || Some("x".to_owned());
    let none = TaskQuery::default;
    let queries = [
        none(),
        TaskQuery { order: ListOrder::Asc, ..none() },
        TaskQuery { status: Some(Status::Pending), ..none() },
        TaskQuery { dead: Some(false), order: ListOrder::Asc, ..none() },
        TaskQuery { project: name(), ..none() },
        TaskQuery { project: name(), status: Some(Status::Failed), ..none() },
        TaskQuery { assigned_to: name(), ..none() },
        TaskQuery { tag: name(), ..none() },
        TaskQuery { role: name(), order: ListOrder::Asc, ..none() },
        TaskQuery { parent: Some(TaskId(1)), ..none() },
    ];
    let plan = |query: &TaskQuery| Plan::of(query, TenantId::DEFAULT).map(|plan| plan.quick());
    queries.iter().filter(|query| is_quick(query)).flat_map(plan).collect()
}
