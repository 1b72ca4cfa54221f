//! Pages of tasks: first the ids, by a statement put together from the filters that are given;
//! then the rows, as many as fit.

use claudebench_core::{Status, TaskId, TenantId};
use tokio_postgres::Row;

use super::{stats, tasks};
use crate::page::{self, COUNTED, Place, PlaceValue, contradicts, is_quick};
use crate::postgres::errors::Failed;
use crate::postgres::lexemes::lexeme;
use crate::postgres::params::{Param, param};
use crate::postgres::pool::Snapshot;
use crate::postgres::sql::{list as parts, read as sql};
use crate::read::{ListOrder, OrderBy, PAGE_BYTES, Page, TaskQuery};
use crate::words;

/// So many tasks are fetched at a time, as each may be large.
const CHUNK: usize = 100;

/// What a parameter is given.
#[derive(Debug)]
enum Value {
    Number(i64),
    Text(String),
    Numbers(Vec<i64>),
}

/// A filter that an index answers.
struct Filter {
    /// The ids for which it holds, but for words in their order.
    source: &'static str,
    /// The same as a condition on one task.
    condition: &'static str,
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
    /// Whether there is a page before, and it ended somewhere.
    goes_on: bool,
}

pub(in crate::postgres) async fn page(db: &Snapshot, query: &TaskQuery) -> Result<Page, Failed> {
    let tenant = query.tenant.unwrap_or(TenantId::DEFAULT);
    if contradicts(query) {
        return Ok(Page::default());
    }
    let mut plan = Plan::of(query, tenant)?;
    let all_seen = plan.search(db, tenant).await?;
    let places = plan.places(db).await?;
    let ids: Vec<TaskId> = places.iter().map(|(_, id)| TaskId(*id)).collect();
    let mut page = Page::default();
    let room = fill(db, tenant, query, &ids, &mut page).await?;
    tasks::add_results(db, &mut page.tasks, &mut { room }).await?;
    let more = page.tasks.len() < ids.len();
    page.next = page::cursor(&places, page.tasks.len()).filter(|_| more);
    (page.total, page.total_capped) = plan.total(db, tenant, page.tasks.len(), more).await?;
    page.total_capped |= !all_seen;
    Ok(page)
}

/// Fetches the tasks, as many as there is room for; answers what room is left.
async fn fill(
    db: &Snapshot,
    tenant: TenantId,
    query: &TaskQuery,
    ids: &[TaskId],
    page: &mut Page,
) -> Result<usize, Failed> {
    let mut room = PAGE_BYTES;
    let limit = usize::try_from(query.limit).unwrap_or(0).min(ids.len());
    for chunk in ids[..limit].chunks(CHUNK) {
        for found in tasks::found(db, tenant, chunk).await? {
            let size = page::bytes(&found.task);
            if size > room && !page.tasks.is_empty() {
                return Ok(room);
            }
            room = room.saturating_sub(size);
            page.tasks.push(found.task);
        }
    }
    Ok(room)
}

impl<'q> Plan<'q> {
    fn of(query: &'q TaskQuery, tenant: TenantId) -> Result<Self, Failed> {
        let after = query.after.as_deref().map(|text| page::position(query, text)).transpose()?;
        let values = vec![("tenant", Value::Number(tenant.0))];
        let goes_on = after.is_some();
        let mut plan = Self { query, indexed: Vec::new(), others: Vec::new(), values, goes_on };
        let text = |value: &Option<String>| value.clone().map(Value::Text);
        let status = if query.dead == Some(true) { Some(Status::Failed) } else { query.status };
        let status = status.map(|status| Value::Number(status as i64));
        let parent = query.parent.map(|id| Value::Number(id.0));
        plan.filter("parent", parent, parts::OF_PARENT, parts::BY_PARENT);
        if let Some(search) = &query.search {
            page::words(search)?;
            let words = Some(Value::Text(lexemes(tenant, search)));
            plan.filter("words", words, parts::OF_WORDS, parts::BY_WORDS);
        }
        plan.filter("tag", text(&query.tag), parts::OF_TAG, parts::BY_TAG);
        plan.filter("role", text(&query.role), parts::OF_ROLE, parts::BY_ROLE);
        let assignee = text(&query.assigned_to);
        plan.filter("assignee", assignee, parts::OF_ASSIGNEE, parts::BY_ASSIGNEE);
        plan.filter("project", text(&query.project), parts::OF_PROJECT, parts::BY_PROJECT);
        plan.filter("status", status, parts::OF_STATUS, parts::BY_STATUS);
        if query.dead == Some(false) {
            plan.others.push(parts::BY_NOT_FAILED);
        }
        if let Some(priority) = query.priority {
            plan.others.push(parts::BY_PRIORITY);
            plan.values.push(("priority", Value::Number(priority)));
        }
        let end = if query.order == ListOrder::Asc { i64::MIN } else { i64::MAX };
        let place = after.as_ref().map_or(end, |(_, id)| *id);
        let offset = if goes_on { 0 } else { query.offset };
        plan.values.push(("place", Value::Number(place)));
        let limit = query.limit.saturating_add(1);
        plan.values.push(("limit", Value::Number(limit)));
        plan.values.push(("upto", Value::Number(limit.saturating_add(offset))));
        plan.values.push(("offset", Value::Number(offset)));
        plan.values.extend(after.map(|(at, _)| match at {
            PlaceValue::Number(number) => ("after_value", Value::Number(number)),
            PlaceValue::Text(text) => ("after_value", Value::Text(text)),
        }));
        Ok(plan)
    }

    fn filter(
        &mut self,
        name: &'static str,
        value: Option<Value>,
        source: &'static str,
        condition: &'static str,
    ) {
        if let Some(value) = value {
            self.values.push((name, value));
            self.indexed.push(Filter { source, condition });
        }
    }

    /// Looks for the words in the texts that the index does not know yet, the newest first. Answers
    /// whether it looked at all of them.
    async fn search(&mut self, db: &Snapshot, tenant: TenantId) -> Result<bool, Failed> {
        let Some(search) = &self.query.search else { return Ok(true) };
        let expression = page::words(search)?;
        let (mut looked, mut matched) = (Vec::new(), Vec::new());
        let most = COUNTED + 1;
        for row in db.query(sql::WORDS_TAIL, &[param(&tenant.0), param(&most)]).await? {
            let id: i64 = row.try_get(0)?;
            looked.push(id);
            if words::matches(row.try_get(1)?, &expression) {
                matched.push(id);
            }
        }
        let all = page::count(looked.len()) <= COUNTED;
        self.values.push(("looked", Value::Numbers(looked)));
        self.values.push(("matched", Value::Numbers(matched)));
        Ok(all)
    }

    /// The places of the page's tasks, and of one more.
    async fn places(&self, db: &Snapshot) -> Result<Vec<Place>, Failed> {
        let is_quick = is_quick(self.query);
        let text = if is_quick { self.quick() } else { self.sorted() };
        let rows = self.ask(db, &text).await?;
        let place = |row: &Row| {
            let id = row.try_get(0)?;
            let value = match self.query.order_by {
                _ if is_quick => PlaceValue::Number(id),
                OrderBy::AssignedTo => PlaceValue::Text(row.try_get(1)?),
                _ => PlaceValue::Number(row.try_get(1)?),
            };
            Ok((value, id))
        };
        rows.iter().map(place).collect()
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
        let alone = self.indexed.first().filter(|filter| !is_kind(filter.condition));
        let branches: Vec<String> = match alone {
            Some(filter) => vec![format!("({}\n{reach})", filter.source)],
            None => kinds_of(self.query).map(|kind| format!("({kinds} {kind}\n{reach})")).collect(),
        };
        let union = format!("\n{}\n", parts::UNION_ALL);
        [parts::QUICK_BEGIN, &branches.join(&union), end].join("\n")
    }

    /// From whatever leaves the fewest tasks, sorted.
    fn sorted(&self) -> String {
        let conditions = self.indexed.iter().map(|filter| filter.condition);
        let column = column(self.query.order_by);
        let of = if self.query.order_by == OrderBy::AssignedTo { "text" } else { "bigint" };
        let value = format!("({column})::{of}");
        let mut text = vec![parts::SORTED.to_owned(), value, parts::WALK.to_owned()];
        text.extend(conditions.chain(self.others.iter().copied()).map(|c| format!("AND {c}")));
        let (direction, after) = match self.query.order {
            ListOrder::Asc => ("ASC", parts::AFTER_ASC),
            ListOrder::Desc => ("DESC", parts::AFTER_DESC),
        };
        if self.goes_on {
            text.push(format!("AND ({column}, t.id) {after}"));
        }
        text.push(format!("ORDER BY {column} {direction}, t.id {direction}"));
        text.push(parts::PAGE.into());
        text.join("\n")
    }

    /// How many tasks the filters hold for: from the counts that are kept, from the page itself, or
    /// counted to a bound. Says also whether the bound was reached.
    async fn total(
        &self,
        db: &Snapshot,
        tenant: TenantId,
        shown: usize,
        more: bool,
    ) -> Result<(i64, bool), Failed> {
        let query = self.query;
        if query.priority.is_none() && self.indexed.iter().all(|f| is_kind(f.condition)) {
            let stats = stats::stats_of(db, tenant, query.project.as_deref()).await?;
            let total = match (query.status, query.dead) {
                (_, Some(true)) => stats.of(Status::Failed),
                (Some(status), _) => stats.of(status),
                (None, Some(false)) => stats.total() - stats.of(Status::Failed),
                (None, None) => stats.total(),
            };
            return Ok((total, false));
        }
        let offset = if self.goes_on { 0 } else { query.offset };
        let seen = offset + page::count(shown);
        if !self.goes_on && !more && (shown > 0 || offset == 0) {
            return Ok((seen, false));
        }
        let text = if is_quick(query) { self.count_text() } else { self.look_text() };
        let row = self.ask(db, &text).await?.pop();
        let (looked, found): (i64, i64) = match row {
            Some(row) if row.len() == 1 => (row.try_get(0)?, row.try_get(0)?),
            Some(row) => (row.try_get(0)?, row.try_get(1)?),
            None => (0, 0),
        };
        let at_least = if shown > 0 { seen + i64::from(more) } else { 0 };
        Ok((found.min(COUNTED).max(at_least), looked > COUNTED))
    }

    /// Counts what one index has.
    fn count_text(&self) -> String {
        let source = self.indexed.first().map_or(parts::OF_TENANT, |filter| filter.source);
        [parts::COUNT_BEGIN, source, parts::COUNT_END].join("\n")
    }

    /// Looks at some of the tasks that one index leaves, and counts those for which all holds.
    fn look_text(&self) -> String {
        let source = self.indexed.first().map_or(parts::OF_TENANT, |filter| filter.source);
        let mut text = vec![parts::LOOK_BEGIN.to_owned()];
        let rest = self.indexed.iter().skip(1).map(|filter| filter.condition);
        text.extend(rest.chain(self.others.iter().copied()).map(|more| format!("AND ({more})")));
        text.extend([parts::LOOK_AMONG, source, parts::LOOK_END].map(Into::into));
        text.join("\n")
    }

    /// Asks with the parameters that a text names.
    async fn ask(&self, db: &Snapshot, text: &str) -> Result<Vec<Row>, Failed> {
        let (text, names) = numbered(text);
        let value = |name: &str| self.values.iter().find(|(of, _)| *of == name);
        let values: Vec<Param<'_>> = names
            .iter()
            .filter_map(|name| value(name))
            .map(|(_, value)| match value {
                Value::Number(number) => param(number),
                Value::Text(text) => param(text),
                Value::Numbers(numbers) => param(numbers),
            })
            .collect();
        db.query(&text, &values).await
    }
}

/// A text with `$1`, `$2` and so on for the names in braces, and the names in this order.
fn numbered(text: &str) -> (String, Vec<&str>) {
    let (mut numbered, mut names) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        let known = names.iter().position(|known| *known == name);
        let place = known.unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        numbered.push_str(before);
        numbered.push_str(&format!("${}", place + 1));
        rest = after;
    }
    numbered.push_str(rest);
    (numbered, names)
}

/// A search as the index of words takes it: each word under its tenant, so that the search of one
/// walks over no words of another.
fn lexemes(tenant: TenantId, search: &str) -> String {
    let words = words::asked(search).map(|(word, open)| {
        let end = if open { ":*" } else { "" };
        format!("'{}'{end}", lexeme(tenant, &word))
    });
    words.collect::<Vec<_>>().join(" & ")
}

/// Whether a filter is one that counts are kept for.
fn is_kind(condition: &str) -> bool {
    condition == parts::BY_STATUS || condition == parts::BY_PROJECT
}

/// The kinds of tasks that may be shown.
fn kinds_of(query: &TaskQuery) -> impl Iterator<Item = &'static str> {
    let status = if query.dead == Some(true) { Some(Status::Failed) } else { query.status };
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

/// The statements of quick pages, for the test that looks at their plans.
#[cfg(test)]
pub(in crate::postgres) fn quick_statements() -> Vec<String> {
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
    let text = |query: &TaskQuery| {
        Plan::of(query, TenantId::DEFAULT).map(|plan| numbered(&plan.quick()).0).ok()
    };
    queries.iter().filter(|query| is_quick(query)).filter_map(text).collect()
}
