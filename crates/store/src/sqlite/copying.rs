//! All of a store is copied from here, or to here.

use std::path::{Path, PathBuf};

use claudebench_core::lane::Lane;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::errors::store_error;
use super::lock::DirLock;
use super::open::{self, OpenError};
use super::options::SqliteOptions;
use super::{file, memory};
use crate::copy::tables::{Kind, TABLES, Table};
use crate::copy::value::{Record, Value, lane, names_text, size};
use crate::copy::{CopyError, Mark, filled, is_full, number, unfit};
use crate::memory::Lanes;
use crate::store::StoreError;

mod sql {
    use crate::sqlite::sql::statements;

    statements! { "sql/copy.sql":
        ROWS = "rows";
        LEASES_OF_TASKS = "leases_of_tasks";
        IS_USED = "is_used";
        LAST_EVENT = "last_event";
        IS_COPYING = "is_copying";
        COPYING = "copying";
        START = "start";
        SAVE_COPYING = "save_copying";
        END_COPYING = "end_copying";
        PUT = "put";
        PUT_LEASES = "put_leases";
        PUT_LOG = "put_log";
        NEWEST_OF_TASK = "newest_of_task";
        PUT_EVENT = "put_event";
        FOLLOW_TASK = "follow_task";
        FOLLOW_DELETED = "follow_deleted";
        COUNT_KINDS = "count_kinds";
        COUNT_ASSIGNED = "count_assigned";
        FINISH_COUNTS = "finish_counts";
        FINISH_LOG = "finish_log";
        FINISH_RANKS = "finish_ranks";
    }
}

/// The end of a copy that is a data directory. Nobody else has it meanwhile.
pub(crate) struct Copying {
    db: Connection,
    dir: String,
    lease_ms: i64,
    /// What is read, and up to which key it was.
    reading: Option<(&'static Table, Option<Vec<Value>>)>,
    lanes: Option<Lanes>,
    // After the database, so that it is closed first.
    _lock: DirLock,
}

type Done<T> = Result<T, StoreError>;

/// From which unfinished copy a database comes, if it does.
pub(super) fn unfinished(db: &Connection) -> rusqlite::Result<Option<String>> {
    Ok(mark(db)?.map(|mark| mark.source))
}

fn mark(db: &Connection) -> rusqlite::Result<Option<Mark>> {
    if !db.query_row(sql::IS_COPYING, [], |row| row.get::<_, bool>(0))? {
        return Ok(None);
    }
    db.query_row(sql::COPYING, [], |row| {
        Ok(Mark {
            source: row.get(0)?,
            log_end: row.get(1)?,
            table: usize::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
            after: row.get(3)?,
            rows: row.get(4)?,
        })
    })
    .optional()
}

impl Copying {
    /// What is copied from, and where its log ends. It is brought up to date, as by a start.
    pub(crate) fn source(dir: &Path, lease_ms: i64) -> Result<(Self, i64), CopyError> {
        let path = file::database(dir)?;
        if !path.is_file() && !file::restored(&path).is_file() {
            return Err(CopyError::Missing { place: dir.display().to_string() });
        }
        let side = Self::open(dir, lease_ms)?;
        let said = |source| open::said(&path, source);
        if let Some(source_of) = unfinished(&side.db).map_err(said)? {
            return Err(CopyError::Unfinished { place: side.dir, source_of });
        }
        let end = side.db.query_row(sql::LAST_EVENT, [], |row| row.get(0)).map_err(said)?;
        Ok((side, end))
    }

    /// What is copied to, and how far that had come before.
    pub(crate) fn target(dir: &Path, lease_ms: i64) -> Result<(Self, Option<Mark>), CopyError> {
        let side = Self::open(dir, lease_ms)?;
        let path = file::database(dir)?;
        let said = |source| open::said(&path, source);
        let begun = mark(&side.db).map_err(said)?;
        if begun.is_none()
            && let Some(table) = side.first_used().map_err(said)?
        {
            return Err(CopyError::NotEmpty { place: side.dir, table });
        }
        Ok((side, begun))
    }

    fn open(dir: &Path, lease_ms: i64) -> Result<Self, OpenError> {
        let lock = DirLock::take(dir)?;
        let db = open::writer(&SqliteOptions::new(dir))?;
        let real = std::fs::canonicalize(dir).unwrap_or_else(|_| PathBuf::from(dir));
        let dir = real.display().to_string();
        Ok(Self { db, dir, lease_ms, reading: None, lanes: None, _lock: lock })
    }

    pub(crate) fn place(&self) -> &str {
        &self.dir
    }

    /// The first table that has rows which no new database has.
    fn first_used(&self) -> rusqlite::Result<Option<&'static str>> {
        for table in TABLES {
            let rows = match table.name {
                "tenants" => "tenants WHERE id <> 1",
                _ if table.seeded => continue,
                name => name,
            };
            let text = filled(sql::IS_USED, &[("table", rows)]);
            if self.db.query_row(&text, [], |row| row.get::<_, bool>(0))? {
                return Ok(Some(table.name));
            }
        }
        Ok(None)
    }

    /// Begins to read a table, behind a key.
    pub(crate) fn begin(
        &mut self,
        table: &'static Table,
        after: Option<Vec<Value>>,
    ) -> Result<(), StoreError> {
        self.reading = Some((table, after));
        Ok(())
    }

    /// The next rows; none at the end.
    pub(crate) fn next(&mut self) -> Result<Vec<Record>, StoreError> {
        let Some((table, after)) = self.reading.take() else { return Ok(Vec::new()) };
        let page = self.page(table, after.as_deref())?;
        let end = page.last().map(|last| last[..table.key].to_vec());
        self.reading = end.map(|end| (table, Some(end)));
        Ok(page)
    }

    fn page(&self, table: &Table, after: Option<&[Value]>) -> Done<Vec<Record>> {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let key = names[..table.key].join(", ");
        let behind = match after {
            None => "true".to_owned(),
            Some(_) => format!("({key}) > ({})", places(table.key)),
        };
        let of_tasks = sql::LEASES_OF_TASKS.replace("{lease_ms}", &self.lease_ms.to_string());
        let rows = if table.name == "leases" { &*of_tasks } else { table.name };
        let parts = [("columns", &*names.join(", ")), ("table", rows), ("after", &*behind)];
        let text = filled(&filled(sql::ROWS, &parts), &[("key", &*key)]);
        let failed = |error| store_error(&error);
        let mut statement = self.db.prepare_cached(&text).map_err(failed)?;
        let mut found =
            statement.query(params_from_iter(after.unwrap_or_default())).map_err(failed)?;
        let (mut page, mut bytes) = (Vec::new(), 0);
        while !is_full(page.len(), bytes)
            && let Some(row) = found.next().map_err(failed)?
        {
            let mut record = Vec::with_capacity(table.columns.len());
            for (place, column) in table.columns.iter().enumerate() {
                let value = value(column.kind, row.get_ref(place).map_err(failed)?);
                record.push(value.ok_or_else(|| unfit(table.name, column.name))?);
            }
            bytes += size(&record);
            page.push(record);
        }
        Ok(page)
    }

    /// A copy begins here.
    pub(crate) fn start(&mut self, mark: &Mark) -> Result<(), StoreError> {
        self.within(|side| {
            side.db.execute_batch(sql::START)?;
            side.save(mark)
        })
    }

    /// Writes rows, and how far that comes.
    pub(crate) fn put(&mut self, table: &Table, page: &[Record], mark: &Mark) -> Done<()> {
        self.within(|side| {
            match table.name {
                "tasks" => side.put_tasks(table, page)?,
                "events" => side.put_events(table, page)?,
                "leases" => side.put_by(sql::PUT_LEASES, page)?,
                "log" => side.put_by(sql::PUT_LOG, page)?,
                _ => side.put_by(&insertion(table, &[]), page)?,
            }
            side.save(mark)
        })
    }

    /// What follows from all rows.
    pub(crate) fn finish(&mut self, mark: &Mark) -> Result<(), StoreError> {
        self.within(|side| {
            for text in [sql::FINISH_COUNTS, sql::FINISH_LOG, sql::FINISH_RANKS] {
                side.db.execute(text, [])?;
            }
            side.save(mark)
        })
    }

    /// The copy is whole.
    pub(crate) fn end(&mut self) -> Result<(), StoreError> {
        self.within(|side| side.db.execute_batch(sql::END_COPYING))
    }

    fn within(&mut self, write: impl FnOnce(&mut Self) -> rusqlite::Result<()>) -> Done<()> {
        let done = self.db.execute_batch("BEGIN IMMEDIATE").and_then(|()| write(self));
        let done = done.and_then(|()| self.db.execute_batch("COMMIT"));
        done.map_err(|error| {
            if !self.db.is_autocommit() {
                let _ = self.db.execute_batch("ROLLBACK");
            }
            // It may have lanes that are not written.
            self.lanes = None;
            store_error(&error)
        })
    }

    fn save(&self, mark: &Mark) -> rusqlite::Result<()> {
        let Mark { source, log_end, table, after, rows } = mark;
        let stage = i64::try_from(*table).unwrap_or(0);
        let values = params![source, log_end, stage, after, rows];
        self.db.prepare_cached(sql::SAVE_COPYING)?.execute(values).map(drop)
    }

    fn put_by(&self, text: &str, page: &[Record]) -> rusqlite::Result<()> {
        let mut statement = self.db.prepare_cached(text)?;
        for record in page {
            bind(&mut statement, record)?;
            statement.raw_execute()?;
        }
        Ok(())
    }

    /// Tasks with their lanes, and the numbers of each block.
    fn put_tasks(&mut self, table: &Table, page: &[Record]) -> rusqlite::Result<()> {
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(()) };
        let mut lanes = match self.lanes.take() {
            Some(lanes) => lanes,
            None => memory::lanes(&self.db, &SqliteOptions::new(&self.dir))?,
        };
        {
            let text = insertion(table, &["lane", "last_event"]);
            let mut statement = self.db.prepare_cached(&text)?;
            for record in page {
                bind(&mut statement, record)?;
                let lane = lane(table, record).map(|lane| enter(&mut lanes, lane, table, record));
                statement.raw_bind_parameter(record.len() + 1, lane)?;
                // The events that come later say it.
                statement.raw_bind_parameter(record.len() + 2, 0)?;
                statement.raw_execute()?;
            }
        }
        self.lanes = Some(lanes);
        let ids = [number(table, first, "id"), number(table, last, "id")];
        self.db.prepare_cached(sql::COUNT_KINDS)?.execute(ids)?;
        self.db.prepare_cached(sql::COUNT_ASSIGNED)?.execute(ids)?;
        Ok(())
    }

    /// Events, each linked to the one before it of its task.
    fn put_events(&self, table: &Table, page: &[Record]) -> rusqlite::Result<()> {
        let mut newest = self.db.prepare_cached(sql::NEWEST_OF_TASK)?;
        let mut put = self.db.prepare_cached(sql::PUT_EVENT)?;
        let mut follow = self.db.prepare_cached(sql::FOLLOW_TASK)?;
        let mut remember = self.db.prepare_cached(sql::FOLLOW_DELETED)?;
        for record in page {
            let [seq, tenant, task] =
                ["seq", "tenant", "task"].map(|name| number(table, record, name));
            let before: Option<i64> = newest.query_row([task], |row| row.get(0)).optional()?;
            bind(&mut put, record)?;
            put.raw_bind_parameter(record.len() + 1, before)?;
            put.raw_execute()?;
            if task.is_some() && follow.execute([task, seq])? == 0 {
                remember.execute([task, seq, tenant])?;
            }
        }
        Ok(())
    }
}

/// The number of the lane in which a task waits.
fn enter(lanes: &mut Lanes, lane: Lane, table: &Table, task: &Record) -> i64 {
    if number(table, task, "phase") == Some(1) {
        return lanes.enter(lane, number(table, task, "rank").unwrap_or(0)).0;
    }
    lanes.wait(lane)
}

/// So many places for values.
fn places(count: usize) -> String {
    (1..=count).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ")
}

/// The statement that inserts a row of a table with these columns more.
fn insertion(table: &Table, more: &[&str]) -> String {
    let names: Vec<&str> =
        table.columns.iter().map(|column| column.name).chain(more.iter().copied()).collect();
    let values = places(names.len());
    let parts = [("table", table.name), ("columns", &*names.join(", ")), ("values", &*values)];
    filled(sql::PUT, &parts)
}

fn bind(statement: &mut rusqlite::Statement<'_>, record: &Record) -> rusqlite::Result<()> {
    // A statement may leave out columns; its last one is never left out.
    for (place, value) in (1..).zip(record) {
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Int(number) => (*number).into(),
            Self::Real(number) => (*number).into(),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::List(names) => names_text(names).into(),
        })
    }
}

/// What a column holds, if it may.
fn value(kind: Kind, found: ValueRef<'_>) -> Option<Value> {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    match (kind, found) {
        (_, ValueRef::Null) => Some(Value::Null),
        (Kind::Int | Kind::Bool, ValueRef::Integer(number)) => Some(Value::Int(number)),
        (Kind::Real, ValueRef::Real(number)) => Some(Value::Real(number)),
        (Kind::Text, ValueRef::Text(bytes)) => text(bytes).map(Value::Text),
        (Kind::Bytes, ValueRef::Blob(bytes)) => Some(Value::Bytes(bytes.to_owned())),
        (Kind::List, ValueRef::Text(bytes)) => serde_json::from_slice(bytes).ok().map(Value::List),
        _ => None,
    }
}
