//! Everything of one store is copied into another, empty one, of the same or another backend.
//!
//! Rows travel page by page in the order of their keys. Each page is written together with how far
//! it comes, so that a copy that was cut off goes on there; until its end no server takes the
//! target. Then both sides are read anew, and compared by counts and checksums.

mod error;
pub(crate) mod tables;
pub(crate) mod value;

use std::ops::ControlFlow;
use std::path::PathBuf;

pub use error::CopyError;

use crate::postgres::{self, PostgresOptions};
use crate::sqlite;
use tables::{TABLES, Table};
use value::{Record, Sum, Value, key_of, key_text};

/// Where a store is.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a data directory.
    Embedded(PathBuf),
    /// In a database.
    Database(Box<PostgresOptions>),
}

/// What is being done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Rows are copied.
    Copying,
    /// What follows from them is made.
    Finishing,
    /// Rows are compared.
    Checking,
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// The table.
    pub table: &'static str,
    /// How many rows so far, of all tables, in this stage.
    pub rows: u64,
}

/// A table that was copied and compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CopiedTable {
    /// Its name.
    pub name: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 of all rows, the same on both sides.
    pub checksum: String,
}

/// What was copied and compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Copied {
    /// Where from.
    pub from: String,
    /// Where to.
    pub to: String,
    /// Whether it went on where another one had stopped.
    pub resumed: bool,
    /// The tables.
    pub tables: Vec<CopiedTable>,
}

/// How far a copy had come.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    /// Where it comes from.
    pub(crate) source: String,
    /// The end of the source's log.
    pub(crate) log_end: i64,
    /// Which table is being copied; behind the last, all is finished but the comparison.
    pub(crate) table: usize,
    /// Up to which key.
    pub(crate) after: String,
    /// How many rows, of all tables.
    pub(crate) rows: i64,
}

/// So many rows are written in one transaction,
pub(crate) const PAGE_ROWS: usize = 2_000;
/// or as many as come to this size.
pub(crate) const PAGE_BYTES: usize = 4 << 20;

/// One end of a copy.
enum Side {
    Embedded(Box<sqlite::Copying>),
    Database(Box<postgres::Copying>),
}

/// The same for both kinds.
macro_rules! side {
    ($side:expr, $way:ident => $does:expr) => {
        match $side {
            Side::Embedded($way) => $does,
            Side::Database($way) => $does.await,
        }
    };
}

impl Side {
    fn place(&self) -> &str {
        match self {
            Self::Embedded(side) => side.place(),
            Self::Database(side) => side.place(),
        }
    }

    fn failed(
        &self,
        what: &'static str,
        table: &'static str,
    ) -> impl Fn(crate::StoreError) -> CopyError + use<> {
        let place = self.place().to_owned();
        move |cause| CopyError::Rows { what, table, place: place.clone(), cause }
    }

    async fn begin(&mut self, table: &'static Table, after: &str) -> Result<(), CopyError> {
        let failed = self.failed("reading", table.name);
        let after = key_of(after);
        side!(self, side => side.begin(table, after)).map_err(failed)
    }

    /// The next rows of the table that was begun; none at its end.
    async fn next(&mut self, table: &'static Table) -> Result<Vec<Record>, CopyError> {
        let failed = self.failed("reading", table.name);
        side!(self, side => side.next()).map_err(failed)
    }

    /// Nobody else could write since it was opened; a data directory is locked.
    async fn check_held(&self) -> Result<(), CopyError> {
        let Self::Database(side) = self else { return Ok(()) };
        let held = side.is_held().await.map_err(self.failed("holding", "the tables"))?;
        if held { Ok(()) } else { Err(CopyError::InUse { place: self.place().to_owned() }) }
    }

    async fn put(
        &mut self,
        table: &'static Table,
        page: &[Record],
        mark: &Mark,
    ) -> Result<(), CopyError> {
        let failed = self.failed("writing", table.name);
        side!(self, side => side.put(table, page, mark)).map_err(failed)
    }
}

/// Copies all that a store has into another one that is empty, or goes on with that. `lease_ms` is
/// the lease of tasks that name none. `told` is asked after each page whether to go on.
///
/// # Errors
/// What stands in the way; what was copied so far stays, and the next call goes on there.
pub async fn copy(
    from: &Place,
    to: &Place,
    lease_ms: i64,
    mut told: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Copied, CopyError> {
    let (mut source, log_end) = open_source(from, lease_ms).await?;
    let (mut target, begun) = open_target(to, lease_ms).await?;
    let resumed = begun.is_some();
    let mut mark = match begun {
        Some(mark) if mark.source != source.place() => {
            let place = target.place().to_owned();
            return Err(CopyError::Another { place, source_of: mark.source });
        }
        Some(mark) if mark.log_end != log_end => {
            let (place, target) = (source.place().to_owned(), target.place().to_owned());
            return Err(CopyError::Moved { place, target });
        }
        Some(mark) => mark,
        None => {
            let source = source.place().to_owned();
            let mark = Mark { source, log_end, table: 0, after: String::new(), rows: 0 };
            let failed = target.failed("beginning", "the copy");
            side!(&mut target, side => side.start(&mark)).map_err(failed)?;
            mark
        }
    };
    while let Some(table) = TABLES.get(mark.table) {
        rows_of(table, (&mut source, &mut target), &mut mark, &mut told).await?;
    }
    if mark.table == TABLES.len() {
        tell(&mut told, Stage::Finishing, "all", mark.rows.unsigned_abs())?;
        mark.table += 1;
        let failed = target.failed("finishing", "the tables");
        side!(&mut target, side => side.finish(&mark)).map_err(failed)?;
    }
    let tables = compare(&mut source, &mut target, &mut told).await?;
    source.check_held().await?;
    target.check_held().await?;
    let failed = target.failed("ending", "the copy");
    side!(&mut target, side => side.end()).map_err(failed)?;
    let (from, to) = (source.place().to_owned(), target.place().to_owned());
    Ok(Copied { from, to, resumed, tables })
}

/// Copies the rest of a table.
async fn rows_of(
    table: &'static Table,
    (source, target): (&mut Side, &mut Side),
    mark: &mut Mark,
    told: &mut impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<(), CopyError> {
    source.begin(table, &mark.after).await?;
    loop {
        let page = source.next(table).await?;
        match page.last() {
            Some(last) => mark.after = key_text(table, last),
            None => (mark.table, mark.after) = (mark.table + 1, String::new()),
        }
        mark.rows += i64::try_from(page.len()).unwrap_or(0);
        target.put(table, &page, mark).await?;
        tell(told, Stage::Copying, table.name, mark.rows.unsigned_abs())?;
        if page.is_empty() {
            return Ok(());
        }
    }
}

/// Reads both sides anew, and compares them.
async fn compare(
    source: &mut Side,
    target: &mut Side,
    told: &mut impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Vec<CopiedTable>, CopyError> {
    let (mut tables, mut rows) = (Vec::new(), 0);
    for table in TABLES {
        let mut theirs = sum_of(source, table, &mut rows, told).await?;
        let mut ours = sum_of(target, table, &mut rows, told).await?;
        let (from_rows, to_rows) = (theirs.rows, ours.rows);
        if let Some((after, upto)) = theirs.differs_from(&mut ours) {
            let table = table.name;
            return Err(CopyError::Differ { table, from_rows, to_rows, after, upto });
        }
        let checksum = ours.checksum();
        tables.push(CopiedTable { name: table.name, rows: to_rows, checksum });
    }
    Ok(tables)
}

async fn sum_of(
    side: &mut Side,
    table: &'static Table,
    rows: &mut u64,
    told: &mut impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Sum, CopyError> {
    let mut sum = Sum::default();
    side.begin(table, "").await?;
    loop {
        let page = side.next(table).await?;
        page.iter().for_each(|record| sum.add(table, record));
        *rows += page.len() as u64;
        tell(told, Stage::Checking, table.name, *rows)?;
        if page.is_empty() {
            return Ok(sum);
        }
    }
}

fn tell(
    told: &mut impl FnMut(Progress) -> ControlFlow<()>,
    stage: Stage,
    table: &'static str,
    rows: u64,
) -> Result<(), CopyError> {
    match told(Progress { stage, table, rows }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(CopyError::Stopped),
    }
}

/// Opens what is copied, so that nobody writes to it, and says where its log ends.
async fn open_source(place: &Place, lease_ms: i64) -> Result<(Side, i64), CopyError> {
    Ok(match place {
        Place::Embedded(dir) => {
            let (side, end) = sqlite::Copying::source(dir, lease_ms)?;
            (Side::Embedded(Box::new(side)), end)
        }
        Place::Database(options) => {
            let (side, end) = postgres::Copying::source(options).await?;
            (Side::Database(Box::new(side)), end)
        }
    })
}

/// Opens what is copied to, and says how far a copy into it had come.
async fn open_target(place: &Place, lease_ms: i64) -> Result<(Side, Option<Mark>), CopyError> {
    Ok(match place {
        Place::Embedded(dir) => {
            let (side, begun) = sqlite::Copying::target(dir, lease_ms)?;
            (Side::Embedded(Box::new(side)), begun)
        }
        Place::Database(options) => {
            let (side, begun) = postgres::Copying::target(options).await?;
            (Side::Database(Box::new(side)), begun)
        }
    })
}

/// Whether more rows of this size fit into a page that has so many already.
pub(crate) fn is_full(rows: usize, bytes: usize) -> bool {
    rows >= PAGE_ROWS || bytes >= PAGE_BYTES
}

/// A text with the parts of a statement filled in.
pub(crate) fn filled(text: &str, parts: &[(&str, &str)]) -> String {
    parts
        .iter()
        .fold(text.to_owned(), |text, (name, part)| text.replace(&format!("{{{name}}}"), part))
}

/// The value that a column must not have.
pub(crate) fn unfit(table: &str, column: &str) -> crate::StoreError {
    crate::StoreError::Corrupt { what: format!("{table}.{column} is not what it must be") }
}

/// The number in a column, if there is one.
pub(crate) fn number(table: &Table, record: &Record, column: &str) -> Option<i64> {
    record.get(table.place(column)).and_then(Value::int)
}
