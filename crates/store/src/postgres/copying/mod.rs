//! All of a store is copied from here, or to here.

mod columns;

use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;

use claudebench_core::TenantId;
use claudebench_core::lane::Lane;
use futures_util::TryStreamExt;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, GenericClient, RowStream, Transaction};

use columns::{array, inserted, ordered, part, places, selected, typed, value};

use super::connect::connect;
use super::errors::{Failed, OpenError, store_error};
use super::lexemes::lexemes;
use super::migrate::{self, MIGRATIONS};
use super::number::lane_name;
use super::options::{PostgresOptions, Target};
use super::params::{Param, params};
use super::sql::{copy as sql, ground, keeping, load, save};
use crate::copy::tables::{Column, Kind, TABLES, Table};
use crate::copy::value::{Record, Value, lane, size};
use crate::copy::{CopyError, Mark, filled, is_full, number, unfit};
use crate::store::StoreError;

/// The end of a copy that is a database. Nobody else writes to it meanwhile.
pub(crate) struct Copying {
    client: Client,
    /// Holds the locks, in a transaction as long as the copy.
    guard: Client,
    place: String,
    /// What is read.
    reading: Option<(&'static Table, Pin<Box<RowStream>>)>,
    /// Whether all is read as it was at one moment.
    in_snapshot: bool,
    lanes: HashMap<Lane, i64>,
    /// Months that are known to be there: where each begins, or later, and where it ends.
    months: BTreeMap<i64, i64>,
}

type Done<T> = Result<T, Failed>;

/// Refuses a database that a copy into it has left unfinished.
pub(super) async fn refuse(client: &Client) -> Result<(), OpenError> {
    match mark(client).await.map_err(|failed| failed.0)? {
        Some(Mark { source: source_of, .. }) => Err(OpenError::Unfinished { source_of }),
        None => Ok(()),
    }
}

async fn mark(client: &impl GenericClient) -> Done<Option<Mark>> {
    if !client.query_typed_one(sql::IS_COPYING, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    let Some(row) = client.query_typed_opt(sql::COPYING, &[]).await? else { return Ok(None) };
    Ok(Some(Mark {
        source: row.try_get(0)?,
        log_end: row.try_get(1)?,
        table: usize::try_from(row.try_get::<_, i64>(2)?).unwrap_or(0),
        after: row.try_get(3)?,
        rows: row.try_get(4)?,
    }))
}

/// Where it is, as people may see it.
fn shown(target: &Target) -> String {
    let user = target.config.get_user().map_or_else(String::new, |user| format!("{user}@"));
    let database = target.config.get_dbname().unwrap_or_default();
    format!("postgres://{user}{}/{database}", target.name())
}

fn opened(failed: Failed) -> OpenError {
    failed.0.into()
}

impl Copying {
    /// What is copied from, and where its log ends.
    pub(crate) async fn source(options: &PostgresOptions) -> Result<(Self, i64), CopyError> {
        let target = options.config()?;
        let place = shown(&target);
        let client = connect(&target).await?;
        let missing = migrate::check(&client, MIGRATIONS).await?.len();
        if missing == MIGRATIONS.len() {
            return Err(CopyError::Missing { place });
        }
        if missing > 0 {
            return Err(CopyError::Behind { place });
        }
        let mut side = Self::held(client, &target, place).await?;
        // After the locks: so it sees all that was written before them.
        side.snapshot().await.map_err(opened)?;
        if let Some(Mark { source: source_of, .. }) = mark(&side.client).await.map_err(opened)? {
            return Err(CopyError::Unfinished { place: side.place, source_of });
        }
        if side.has_archived().await.map_err(opened)? {
            return Err(CopyError::Archived { place: side.place });
        }
        let end = side.client.query_typed_one(sql::LOG_END, &[]).await;
        let end = end.and_then(|row| row.try_get(0)).map_err(OpenError::from)?;
        Ok((side, end))
    }

    /// What is copied to, and how far that had come before.
    pub(crate) async fn target(
        options: &PostgresOptions,
    ) -> Result<(Self, Option<Mark>), CopyError> {
        let target = options.config()?;
        let place = shown(&target);
        let mut client = connect(&target).await?;
        let missing = migrate::check(&client, MIGRATIONS).await?.len();
        if missing == MIGRATIONS.len() {
            migrate::migrate(&mut client, &target, MIGRATIONS).await?;
        } else if missing > 0 {
            return Err(CopyError::Behind { place });
        }
        let side = Self::held(client, &target, place).await?;
        let begun = mark(&side.client).await.map_err(opened)?;
        if begun.is_none()
            && let Some(table) = side.first_used().await.map_err(opened)?
        {
            return Err(CopyError::NotEmpty { place: side.place, table });
        }
        Ok((side, begun))
    }

    /// Keeps servers from writing until it is dropped.
    async fn held(client: Client, target: &Target, place: String) -> Result<Self, CopyError> {
        let guard = connect(target).await?;
        guard.batch_execute(load::BEGIN).await.map_err(OpenError::from)?;
        match guard.query_typed(sql::HOLD, &[]).await {
            Err(error) if error.code().is_some_and(|code| code.code() == "55P03") => {
                return Err(CopyError::InUse { place });
            }
            held => drop(held.map_err(OpenError::from)?),
        }
        let (lanes, months) = (HashMap::new(), BTreeMap::new());
        Ok(Self { client, guard, place, reading: None, in_snapshot: false, lanes, months })
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// The first table that has rows which no new database has.
    async fn first_used(&self) -> Done<Option<&'static str>> {
        for table in TABLES {
            let rows = match table.name {
                "tenants" => "tenants WHERE id <> 1",
                _ if table.seeded => continue,
                name => name,
            };
            let text = filled(sql::IS_USED, &[("table", rows)]);
            if self.client.query_typed_one(&text, &[]).await?.try_get(0)? {
                return Ok(Some(table.name));
            }
        }
        Ok(self.has_archived().await?.then_some("archives"))
    }

    /// Whether some of its tasks are in files.
    async fn has_archived(&self) -> Done<bool> {
        Ok(self.client.query_typed_one(sql::HAS_ARCHIVED, &[]).await?.try_get(0)?)
    }

    async fn snapshot(&mut self) -> Done<()> {
        if !self.in_snapshot {
            self.client.batch_execute(ground::BEGIN_READ).await?;
            self.client.query_typed(sql::BOUNDS, &params!["off"]).await?;
            self.in_snapshot = true;
        }
        Ok(())
    }

    /// Ends what is read, before something is written.
    async fn end_reading(&mut self) -> Done<()> {
        self.reading = None;
        if std::mem::take(&mut self.in_snapshot) {
            self.client.batch_execute(ground::END_READ).await?;
        }
        Ok(())
    }

    /// Begins to read a table, behind a key.
    pub(crate) async fn begin(
        &mut self,
        table: &'static Table,
        after: Option<Vec<Value>>,
    ) -> Result<(), StoreError> {
        self.reading = None;
        self.snapshot().await.map_err(|failed| failed.0)?;
        let columns: Vec<String> = table.columns.iter().map(selected).collect();
        let rows = if table.name == "log" { sql::LOG_ROWS } else { table.name };
        let key: Vec<String> = table.columns[..table.key].iter().map(ordered).collect();
        let key = key.join(", ");
        let behind = match &after {
            None => "true".to_owned(),
            Some(_) => format!("({key}) > ({})", places(table.key).join(", ")),
        };
        let parts = [("columns", &*columns.join(", ")), ("table", rows), ("after", &*behind)];
        let text = filled(&filled(sql::ROWS, &parts), &[("key", &*key)]);
        let values: Vec<_> = after.into_iter().flatten().map(part).collect();
        let values = values.iter().map(|(value, of)| (&**value, of.clone()));
        let rows = self.client.query_typed_raw(&text, values).await;
        self.reading = Some((table, Box::pin(rows.map_err(|error| store_error(&error))?)));
        Ok(())
    }

    /// The next rows; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Vec<Record>, StoreError> {
        let (mut page, mut bytes) = (Vec::new(), 0);
        let Some((table, mut rows)) = self.reading.take() else { return Ok(page) };
        while !is_full(page.len(), bytes) {
            // At its end it may not be asked again.
            let row = rows.try_next().await.map_err(|error| store_error(&error))?;
            let Some(row) = row else { return Ok(page) };
            let mut record = Vec::with_capacity(table.columns.len());
            for (place, column) in table.columns.iter().enumerate() {
                let value = value(&row, place, column.kind);
                record.push(value.map_err(|_| unfit(table.name, column.name))?);
            }
            bytes += size(&record);
            page.push(record);
        }
        self.reading = Some((table, rows));
        Ok(page)
    }

    /// A copy begins here.
    pub(crate) async fn start(&mut self, to: &Mark) -> Result<(), StoreError> {
        let begun = async {
            let step = self.client.transaction().await?;
            step.batch_execute(sql::START).await?;
            save_mark(&step, to).await?;
            Ok(step.commit().await?)
        };
        begun.await.map_err(|failed: Failed| failed.0)
    }

    /// Writes rows, and how far that comes.
    pub(crate) async fn put(
        &mut self,
        table: &Table,
        page: &[Record],
        mark: &Mark,
    ) -> Result<(), StoreError> {
        self.put_page(table, page, mark).await.map_err(|failed| failed.0)
    }

    async fn put_page(&mut self, table: &Table, page: &[Record], mark: &Mark) -> Done<()> {
        self.end_reading().await?;
        let Self { client, lanes, months, .. } = self;
        let step = client.transaction().await?;
        step.query_typed(sql::BOUNDS, &params!["off"]).await?;
        if !page.is_empty() {
            make_months(&step, months, table, page).await?;
            let mut columns: Vec<Column> = table.columns.to_vec();
            let mut more = Vec::new();
            match table.name {
                "tasks" => {
                    columns.push(Column { name: "lane", kind: Kind::Int });
                    more = lanes_of(&step, lanes, table, page).await?;
                }
                "leases" => {
                    columns.push(Column { name: "check_at", kind: Kind::Int });
                    more = page.iter().map(|lease| due(table, lease)).collect();
                }
                _ => {}
            }
            insert(&step, table, &columns, page, more).await?;
            if table.name == "tasks" {
                learn_words(&step, table, page).await?;
            }
        }
        save_mark(&step, mark).await?;
        Ok(step.commit().await?)
    }

    /// What follows from all rows.
    pub(crate) async fn finish(&mut self, mark: &Mark) -> Result<(), StoreError> {
        let finished = async {
            self.end_reading().await?;
            let step = self.client.transaction().await?;
            step.query_typed(sql::BOUNDS, &params!["off"]).await?;
            step.batch_execute(sql::FINISH).await?;
            step.batch_execute(sql::ANALYZE).await?;
            save_mark(&step, mark).await?;
            Ok(step.commit().await?)
        };
        finished.await.map_err(|failed: Failed| failed.0)
    }

    /// The copy is whole. What was written so far is durable with this.
    pub(crate) async fn end(&mut self) -> Result<(), StoreError> {
        let ended = async {
            self.end_reading().await?;
            let step = self.client.transaction().await?;
            step.query_typed(sql::BOUNDS, &params!["on"]).await?;
            step.batch_execute(sql::END_COPYING).await?;
            Ok(step.commit().await?)
        };
        ended.await.map_err(|failed: Failed| failed.0)
    }

    /// Whether nobody could write since it was opened.
    pub(crate) async fn is_held(&self) -> Result<bool, StoreError> {
        let held = self.guard.query_typed_one(sql::HELD, &[]).await;
        let held = held.and_then(|row| row.try_get::<_, i64>(0));
        held.map(|locks| locks == 3).map_err(|error| store_error(&error))
    }
}

async fn save_mark(step: &Transaction<'_>, mark: &Mark) -> Done<()> {
    let Mark { source, log_end, table, after, rows } = mark;
    let stage = i64::try_from(*table).unwrap_or(0);
    step.query_typed(sql::SAVE_COPYING, &params![*source, *log_end, stage, *after, *rows]).await?;
    Ok(())
}

/// Makes the months in which the rows lie.
async fn make_months(
    step: &Transaction<'_>,
    months: &mut BTreeMap<i64, i64>,
    table: &Table,
    page: &[Record],
) -> Done<()> {
    let by = match table.name {
        "tasks" => "id",
        "labels" | "attachments" => "task",
        "events" => "seq",
        _ => return Ok(()),
    };
    let times = page.iter().filter_map(|record| number(table, record, by));
    for ms in times.map(|place| place >> 20) {
        if months.range(..=ms).next_back().is_some_and(|(_, end)| ms < *end) {
            continue;
        }
        let made = step.query_typed_one(sql::ADD_MONTH, &params![ms]).await?;
        months.insert(ms, made.try_get(0)?);
    }
    Ok(())
}

/// The numbers of the lanes in which tasks wait.
async fn lanes_of(
    step: &Transaction<'_>,
    known: &mut HashMap<Lane, i64>,
    table: &Table,
    page: &[Record],
) -> Done<Vec<Value>> {
    let of: Vec<Option<Lane>> = page.iter().map(|task| lane(table, task)).collect();
    let mut new: HashMap<String, &Lane> = HashMap::new();
    for lane in of.iter().flatten().filter(|lane| !known.contains_key(*lane)) {
        new.insert(lane_name(lane)?, lane);
    }
    if !new.is_empty() {
        let names: Vec<&str> = new.keys().map(String::as_str).collect();
        let all: Vec<&Lane> = names.iter().filter_map(|name| new.get(*name).copied()).collect();
        let tenants: Vec<i64> = all.iter().map(|lane| lane.tenant.0).collect();
        let assignees: Vec<_> = all.iter().map(|lane| lane.assignee.as_deref()).collect();
        let projects: Vec<_> = all.iter().map(|lane| lane.project.as_deref()).collect();
        let text = |names: &[std::sync::Arc<str>]| {
            crate::row::names_text(names).unwrap_or_else(|| "[]".into())
        };
        let roles: Vec<String> = all.iter().map(|lane| text(&lane.roles)).collect();
        let tags: Vec<String> = all.iter().map(|lane| text(&lane.tags)).collect();
        let values = params![names, tenants, assignees, projects, roles, tags];
        let mut found = Vec::new();
        for row in step.query_typed(save::NUMBER_LANES, &values).await? {
            let (name, number): (&str, i32) = (row.try_get(0)?, row.try_get(1)?);
            found.extend(new.get(name).map(|lane| ((*lane).clone(), i64::from(number))));
        }
        known.extend(found);
    }
    let numbers = of.iter().map(|lane| lane.as_ref().and_then(|lane| known.get(lane)));
    Ok(numbers.map(|number| number.map_or(Value::Null, |number| Value::Int(*number))).collect())
}

/// When a sweep has to look at a lease.
fn due(table: &Table, lease: &Record) -> Value {
    let ends = ["expires_at", "deadline_at", "cancel_at"].map(|end| number(table, lease, end));
    ends.into_iter().flatten().min().map_or(Value::Null, Value::Int)
}

/// Inserts rows; those of the last column come apart, if there are any.
async fn insert(
    step: &Transaction<'_>,
    table: &Table,
    columns: &[Column],
    page: &[Record],
    more: Vec<Value>,
) -> Done<()> {
    let mut arrays = Vec::new();
    for (place, column) in table.columns.iter().enumerate() {
        arrays.push(array(column.kind, page.iter().map(|record| &record[place])));
    }
    if !more.is_empty() {
        arrays.push(array(Kind::Int, more.iter()));
    }
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let values: Vec<String> = columns.iter().map(inserted).collect();
    let parts = [
        ("table", table.name),
        ("columns", &*names.join(", ")),
        ("values", &*values.join(", ")),
        ("arrays", &*typed(columns)),
    ];
    let text = if table.name == "log" { sql::PUT_LOG.into() } else { filled(sql::PUT, &parts) };
    let values: Vec<Param<'_>> =
        arrays.iter().map(|(array, of)| (&**array as &(dyn ToSql + Sync), of.clone())).collect();
    step.query_typed(&text, &values).await?;
    Ok(())
}

/// The index knows the words of all tasks from the beginning.
async fn learn_words(step: &Transaction<'_>, table: &Table, page: &[Record]) -> Done<()> {
    let (mut ids, mut words) = (Vec::new(), Vec::new());
    for record in page {
        let of = TenantId(number(table, record, "tenant").unwrap_or(0));
        ids.extend(number(table, record, "id"));
        words.push(lexemes(of, record[table.place("text")].text().unwrap_or_default()));
    }
    step.query_typed(keeping::LEARN_WORDS, &params![ids, words]).await?;
    Ok(())
}
