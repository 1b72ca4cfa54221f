//! Pages of tasks: first the ids, by a statement put together from the filters that are given;
//! then the rows, as many as fit.

use claudebench_core::{Status, TaskId, TenantId};
use rusqlite::types::Value;
use rusqlite::{Connection, Statement, ToSql};

use super::statements::parts;
use super::tasks;
use crate::page::{self, COUNTED, Place, PlaceValue, contradicts, is_quick};
use crate::read::{ListOrder, OrderBy, PAGE_BYTES, Page, TaskQuery};
use crate::sqlite::readers::ReadError;

/// A filter that leaves only some of the tasks to be looked at.
struct Filter {
    source: Source,
    /// The same as a condition on one task.
    condition: &'static str,
}

/// Where the ids are for which a filter holds.
#[derive(Clone, Copy)]
enum Source {
    /// In an index of the tasks, in order.
    Index(&'static str),
    /// In another table; but for words, in order.
    Apart(&'static str),
    /// In the blocks of an assignee, in order.
    Assigned,
    /// In the blocks of the kinds that a query takes, in order.
    Kinds,
}

/// What a page is taken from.
struct Plan<'q> {
    query: &'q TaskQuery,
    /// The filters with a source, first the one that leaves the fewest tasks as a rule.
    indexed: Vec<Filter>,
    /// Conditions that have none.
    others: Vec<&'static str>,
    /// The parameters.
    values: Vec<(&'static str, Value)>,
    /// Where the page before ended: the value that it is ordered by, and the id.
    after: Option<(Value, i64)>,
}

pub(in crate::sqlite) fn page(db: &Connection, query: &TaskQuery) -> Result<Page, ReadError> {
    let tenant = query.tenant.unwrap_or(TenantId::DEFAULT);
    if contradicts(query) {
        return Ok(Page::default());
    }
    let plan = Plan::of(query, tenant)?;
    tasks::snapshot(db, |db| {
        let places = plan.places(db)?;
        let limit = usize::try_from(query.limit).unwrap_or(0);
        let mut page = Page::default();
        let mut room = PAGE_BYTES;
        for (_, id) in places.iter().take(limit) {
            let Some(task) = tasks::shown(db, tenant, TaskId(*id))? else { continue };
            let size = page::bytes(&task);
            if size > room && !page.tasks.is_empty() {
                break;
            }
            room = room.saturating_sub(size);
            page.tasks.push(task);
        }
        for task in &mut page.tasks {
            tasks::add_result(db, task, &mut room)?;
        }
        let more = page.tasks.len() < places.len();
        page.next = page::cursor(&places, page.tasks.len()).filter(|_| more);
        (page.total, page.total_capped) = plan.total(db, tenant, page.tasks.len(), more)?;
        Ok(page)
    })
}

impl<'q> Plan<'q> {
    fn of(query: &'q TaskQuery, tenant: TenantId) -> Result<Self, ReadError> {
        let after = query.after.as_deref().map(|text| page::position(query, text)).transpose()?;
        let after = after.map(|(at, id)| (value(at), id));
        let mut plan =
            Self { query, indexed: Vec::new(), others: Vec::new(), values: Vec::new(), after };
        let text = |value: &Option<String>| value.clone().map(Value::Text);
        let words = query.search.as_deref().map(page::words).transpose()?.map(Value::Text);
        let status = match query.dead {
            Some(true) => Some(Status::Failed),
            _ => query.status,
        };
        let status = status.map(|status| Value::Integer(status as i64));
        let parent = query.parent.map(|id| Value::Integer(id.0));
        plan.values.push((":tenant", Value::Integer(tenant.0)));
        plan.filter(":parent", parent, Source::Index(parts::OF_PARENT), parts::BY_PARENT);
        plan.filter(":words", words, Source::Apart(parts::OF_WORDS), parts::BY_WORDS);
        plan.filter(":tag", text(&query.tag), Source::Apart(parts::OF_TAG), parts::BY_TAG);
        plan.filter(":role", text(&query.role), Source::Apart(parts::OF_ROLE), parts::BY_ROLE);
        let assignee = text(&query.assigned_to);
        plan.filter(":assignee", assignee, Source::Assigned, parts::BY_ASSIGNEE);
        plan.filter(":project", text(&query.project), Source::Kinds, parts::BY_PROJECT);
        plan.filter(":status", status, Source::Kinds, parts::BY_STATUS);
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
        source: Source,
        condition: &'static str,
    ) {
        if let Some(value) = value {
            self.values.push((name, value));
            self.indexed.push(Filter { source, condition });
        }
    }

    /// The places of the page's tasks, and of one more.
    fn places(&self, db: &Connection) -> rusqlite::Result<Vec<Place>> {
        let ascending = self.query.order == ListOrder::Asc;
        let offset = if self.after.is_some() { 0 } else { self.query.offset };
        let end = if ascending { i64::MIN } else { i64::MAX };
        let mut more = vec![
            (":place", Value::Integer(self.after.as_ref().map_or(end, |(_, id)| *id))),
            (":limit", Value::Integer(self.query.limit + 1)),
            (":offset", Value::Integer(offset)),
        ];
        more.extend(self.after.as_ref().map(|(value, _)| (":after_value", value.clone())));
        let is_quick = is_quick(self.query);
        let text = if is_quick { self.quick() } else { self.sorted() };
        let mut statement = db.prepare_cached(&text)?;
        self.bind(&mut statement, &more)?;
        let mut rows = statement.raw_query();
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            let value = match self.query.order_by {
                _ if is_quick => PlaceValue::Number(id),
                OrderBy::AssignedTo => PlaceValue::Text(row.get(1)?),
                _ => PlaceValue::Number(row.get(1)?),
            };
            places.push((value, id));
        }
        Ok(places)
    }

    /// From the source of the filter, or from one for each kind of task.
    fn quick(&self) -> String {
        let source = self.source();
        let in_blocks = matches!(source, Source::Assigned | Source::Kinds);
        let (reach, end) = match (self.query.order, in_blocks) {
            (ListOrder::Asc, false) => (parts::REACH_ASC, parts::QUICK_ASC),
            (ListOrder::Desc, false) => (parts::REACH_DESC, parts::QUICK_DESC),
            (ListOrder::Asc, true) => (parts::BLOCK_REACH_ASC, parts::BLOCK_QUICK_ASC),
            (ListOrder::Desc, true) => (parts::BLOCK_REACH_DESC, parts::BLOCK_QUICK_DESC),
        };
        [&self.ids_of(source, reach), end].join("\n")
    }

    /// What the first filter leaves, or all kinds of tasks.
    fn source(&self) -> Source {
        self.indexed.first().map_or(Source::Kinds, |filter| filter.source)
    }

    /// The ids that a source has, as far as they reach.
    fn ids_of(&self, source: Source, reach: &str) -> String {
        match source {
            Source::Index(ids) | Source::Apart(ids) => [ids, reach].join("\n"),
            Source::Assigned => [parts::OF_ASSIGNEE, reach].join("\n"),
            Source::Kinds => {
                let of = match &self.query.project {
                    Some(_) => parts::KINDS_OF_PROJECT,
                    None => parts::KINDS_OF_TENANT,
                };
                let kinds = kinds_of(self.query).map(|kind| [of, kind, reach].join("\n"));
                kinds.collect::<Vec<_>>().join(&format!("\n{}\n", parts::UNION_ALL))
            }
        }
    }

    /// From what one source leaves of the tasks, sorted.
    fn sorted(&self) -> String {
        let column = column(self.query.order_by);
        let mut text = vec![parts::SORTED.to_owned(), column.to_owned()];
        match self.indexed.first() {
            None => text.push(parts::WALK.into()),
            Some(Filter { source: Source::Index(_), condition }) => {
                text.push(parts::INDEXED.into());
                text.push(format!("AND {condition}"));
            }
            Some(filter) => {
                text.push(parts::AMONG_BEGIN.into());
                text.push(self.ids_of(filter.source, ""));
                text.push(parts::AMONG_END.into());
            }
        }
        // Only the first is to choose the index.
        for filter in self.indexed.iter().skip(1) {
            text.push(format!("AND +({})", filter.condition));
        }
        text.extend(self.others.iter().map(|condition| format!("AND {condition}")));
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

    /// Counts what one source has. Blocks know how many of their tasks are an assignee's.
    fn count(&self, db: &Connection) -> rusqlite::Result<(i64, i64)> {
        let text = match self.source() {
            Source::Assigned => parts::COUNT_ASSIGNED.to_owned(),
            source => [parts::COUNT_BEGIN, &self.ids_of(source, ""), parts::COUNT_END].join("\n"),
        };
        let mut statement = db.prepare_cached(&text)?;
        self.bind(&mut statement, &[])?;
        let mut rows = statement.raw_query();
        let count = rows.next()?.map_or(Ok(0), |row| row.get(0))?;
        Ok((count, count))
    }

    /// Looks at some of the tasks that one source leaves, and counts those for which all holds.
    fn look(&self, db: &Connection) -> rusqlite::Result<(i64, i64)> {
        let source = self.ids_of(self.source(), "");
        let mut text = vec![parts::LOOK_BEGIN.to_owned()];
        let rest = self.indexed.iter().skip(1).map(|filter| filter.condition);
        text.extend(rest.chain(self.others.iter().copied()).map(|more| format!("AND ({more})")));
        text.extend([parts::LOOK_AMONG, &source, parts::LOOK_END].map(Into::into));
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

/// The kinds of tasks that a page takes from.
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

/// The column of an order.
fn column(by: OrderBy) -> &'static str {
    match by {
        OrderBy::CreatedAt => parts::SORT_CREATED,
        OrderBy::UpdatedAt => parts::SORT_UPDATED,
        OrderBy::Priority => parts::SORT_PRIORITY,
        OrderBy::Status => parts::SORT_STATUS,
        OrderBy::AssignedTo => parts::SORT_ASSIGNEE,
        OrderBy::Queue => parts::SORT_QUEUE,
    }
}

fn value(place: PlaceValue) -> Value {
    match place {
        PlaceValue::Number(number) => Value::Integer(number),
        PlaceValue::Text(text) => Value::Text(text),
    }
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
