//! Moving what is old to files. Each step is a transaction that has the turn of the archive: it reads a chunk,
//! writes it to a file, reads that back, and deletes the rows if they still are what the file holds. Until
//! then nothing is locked; what changes meanwhile stays. A step that is broken off has done nothing but
//! write a file, and the next one writes that again under the same name.

mod log;
mod open;
mod read;
mod restore;
mod schedule;
mod tasks;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use claudebench_core::Clock;
use serde::Serialize;
use tokio_postgres::{Client, Row, Transaction};

pub use open::{Archive, Due, Restored, Verified};
pub(super) use read::{
    Reader, Where, WithOld, attachments, attachments_in, files_of_log, task, where_is, with_old,
};
pub(super) use schedule::Schedule;

use super::connect::connect;
use super::errors::{Failed, OpenError};
use super::migrate::MIGRATIONS;
use super::options::{PostgresOptions, Target};
use super::params::params;
use super::rows::Columns;
use super::sql::{archive as sql, keeping};
use crate::archive::{ArchivedFile, Keyed, Kind, Lines, Packed, Shelf, broken, pack, unpack};
use crate::store::StoreError;

/// About how many bytes of rows a file holds at most, one task aside: it is read as a whole.
const FILE_BYTES: i64 = 4 << 20;
/// How long a step may stand still while files are written.
const STILL: Duration = Duration::from_secs(60);
/// How long it may wait for what others hold.
const WAIT: Duration = Duration::from_secs(2);
/// How long whoever asked for it by hand waits for the turn.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long everybody may wait for a month to be dropped.
const DROP_WAIT: Duration = Duration::from_millis(100);

/// What was moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Tasks, with all that belongs to them.
    pub tasks: i64,
    /// Their attachments.
    pub attachments: i64,
    /// Events.
    pub events: i64,
    /// Into so many files.
    pub files: i64,
    /// Months of tasks that are empty now, and were dropped.
    pub months: i64,
}

impl Moved {
    fn add(&mut self, other: Self) {
        self.tasks += other.tasks;
        self.attachments += other.attachments;
        self.events += other.events;
        self.files += other.files;
        self.months += other.months;
    }
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stepped {
    /// Somebody else has the turn.
    NotOurs,
    /// It moved something, or passed by what has changed meanwhile; there may be more.
    More(Moved),
    /// Nothing is left to do.
    Done,
}

/// When things are moved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) after_months: i64,
    pub(super) events_max: i64,
    pub(super) events_age_ms: i64,
}

impl Rules {
    /// Without an archive, none.
    pub(super) fn of(options: &PostgresOptions) -> Option<Self> {
        let archive = options.archive.as_ref()?;
        Some(Self {
            after_months: archive.after_months,
            events_max: options.events_max,
            events_age_ms: options.events_age_ms,
        })
    }
}

/// Moves, over a connection of its own.
pub(super) struct Archiver {
    target: Target,
    clock: Arc<dyn Clock>,
    shelf: Arc<dyn Shelf>,
    rules: Rules,
    /// Whoever asks by hand waits for the turn.
    waits: bool,
    client: Option<Client>,
    /// The task that it has come to.
    seen: i64,
}

impl fmt::Debug for Archiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Archiver({:?})", self.rules)
    }
}

impl Archiver {
    pub(super) fn new(
        target: Target,
        clock: Arc<dyn Clock>,
        shelf: Arc<dyn Shelf>,
        rules: Rules,
    ) -> Self {
        Self { target, clock, shelf, rules, waits: false, client: None, seen: 0 }
    }

    /// Waits for its turns from now on.
    fn patient(mut self) -> Self {
        self.waits = true;
        self
    }

    /// Moves all that is due, until `each` says that it is enough. `None` when somebody else has the
    /// turn.
    ///
    /// # Errors
    /// The first failure; what was moved before it was moved.
    pub(super) async fn round(
        &mut self,
        mut each: impl FnMut(&Moved) -> bool,
    ) -> Result<Option<Moved>, StoreError> {
        let mut moved = Moved::default();
        let begun = self.begin().await;
        if !self.ended(begun).await? {
            return Ok(None);
        }
        for part in [Part::Log, Part::Tasks, Part::Months] {
            loop {
                match self.step(part).await? {
                    Stepped::NotOurs => return Ok(None),
                    Stepped::Done => break,
                    Stepped::More(more) => moved.add(more),
                }
                if !each(&moved) {
                    return Ok(Some(moved));
                }
            }
        }
        Ok(Some(moved))
    }

    /// Whether the folder is there; what somebody who died left half done is removed. False when
    /// somebody else has the turn: then what is half done may be theirs.
    async fn begin(&mut self) -> Result<bool, Failed> {
        self.seen = 0;
        let (shelf, waits) = (self.shelf.clone(), self.waits);
        let tx = self.client().await?.transaction().await?;
        if !take_turn(&tx, waits).await? {
            return Ok(false);
        }
        apart(move || shelf.tidy().map_err(|error| broken("the folder", error))).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// One step.
    pub(super) async fn step(&mut self, part: Part) -> Result<Stepped, StoreError> {
        let stepped = match part {
            Part::Log => self.move_events().await,
            Part::Tasks => self.move_tasks().await,
            Part::Months => self.drop_months().await,
        };
        self.ended(stepped).await
    }

    /// Gives up a connection that does not work any more.
    async fn ended<T>(&mut self, done: Result<T, Failed>) -> Result<T, StoreError> {
        if done.is_err()
            && let Some(client) = self.client.take()
            && client.check_connection().await.is_ok()
        {
            self.client = Some(client);
        }
        done.map_err(|failed| failed.0)
    }

    /// The connection; a new one when there is none that works.
    async fn client(&mut self) -> Result<&mut Client, StoreError> {
        let client = match self.client.take().filter(|client| !client.is_closed()) {
            Some(client) => client,
            None => connect(&self.target).await.map_err(unavailable)?,
        };
        Ok(self.client.insert(client))
    }

    /// Drops the months in which no task is left, as far as nobody is in the way.
    async fn drop_months(&mut self) -> Result<Stepped, Failed> {
        let (now, months, waits) = (self.clock.now(), self.rules.after_months, self.waits);
        let client = self.client().await?;
        let cutoff = client.query_typed_one(sql::CUTOFF, &params![now.0, months]).await?;
        let cutoff: i64 = cutoff.try_get(0)?;
        let mut moved = Moved::default();
        for row in client.query_typed(sql::OLD_MONTHS, &params![cutoff]).await? {
            let month: &str = row.try_get(0)?;
            let tx = client.transaction().await?;
            if !take_turn(&tx, waits).await? {
                return Ok(Stepped::NotOurs);
            }
            let wait = DROP_WAIT.as_millis().to_string();
            tx.query_typed(keeping::WAIT_AT_MOST, &params![wait]).await?;
            match tx.query_typed_one(sql::DROP_EMPTY_MONTH, &params![month]).await {
                Ok(dropped) => {
                    let dropped: bool = dropped.try_get(0)?;
                    tx.commit().await?;
                    moved.months += i64::from(dropped);
                }
                // Somebody reads it: it goes next time.
                Err(error) => tracing::debug!(month, %error, "an empty month was not dropped yet"),
            }
        }
        Ok(if moved.months == 0 { Stepped::Done } else { Stepped::More(moved) })
    }
}

/// What can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Events past their retention.
    Log,
    /// Ended tasks.
    Tasks,
    /// Months without tasks are dropped.
    Months,
}

/// Takes the turn for the length of a transaction; false when somebody else has it.
async fn take_turn(tx: &Transaction<'_>, waits: bool) -> Result<bool, Failed> {
    let wait = if waits { PATIENCE } else { WAIT };
    let [wait, still] = [wait, STILL].map(|time| time.as_millis().to_string());
    tx.query_typed(sql::LIMITS, &params![wait, still]).await?;
    if waits {
        tx.query_typed(sql::WAIT_TURN, &[]).await?;
        return Ok(true);
    }
    Ok(tx.query_typed_one(sql::TRY_TURN, &[]).await?.try_get(0)?)
}

/// How many of some rows go into one file: those of the first one's month, up to a size; one at least.
fn chunk(sizes: &[(i64, String, i64)]) -> usize {
    let mut room = FILE_BYTES;
    let fits = sizes.iter().enumerate().take_while(|(at, (_, month, size))| {
        room -= size;
        *month == sizes[0].1 && (*at == 0 || room >= 0)
    });
    fits.count()
}

/// `key, month, size`.
fn sizes(rows: &[Row]) -> Result<Vec<(i64, String, i64)>, Failed> {
    let sized = |row: &Row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
    rows.iter().map(sized).collect()
}

/// `key, line`.
fn keyed(rows: &[Row]) -> Result<Vec<Keyed>, Failed> {
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Writes a file and reads it back: what it gives is what was to be put into it.
async fn shelve(
    shelf: &Arc<dyn Shelf>,
    lines: Lines,
    month: String,
) -> Result<(Packed, Lines), StoreError> {
    let shelf = shelf.clone();
    apart(move || {
        let schema = MIGRATIONS.last().map_or(0, |newest| newest.version);
        let packed = pack(&lines, &month, schema).map_err(|error| broken(&month, error))?;
        let Packed { name, bytes, digest } = &packed;
        shelf.put(name, bytes).map_err(|error| broken(name, error))?;
        let again = shelf.get(name, bytes.len() as u64).map_err(|error| broken(name, error))?;
        let back = unpack(&again, digest, None).map_err(|error| broken(name, error))?;
        if back != lines {
            return Err(broken(name, "it does not give back what was put into it"));
        }
        Ok((packed, back))
    })
    .await
}

/// Reads a file: of one task, or all of it.
fn open_file(
    shelf: &dyn Shelf,
    file: &ArchivedFile,
    only: Option<i64>,
) -> Result<Lines, StoreError> {
    let size = u64::try_from(file.bytes).unwrap_or(0);
    let bytes = shelf.get(&file.name, size).map_err(|error| broken(&file.name, error))?;
    unpack(&bytes, &file.digest, only).map_err(|error| broken(&file.name, error))
}

/// Does what waits for files, where that holds up nobody.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(StoreError::Fault { what: error.to_string() }))
}

/// Writes down that a file is a part of the archive.
async fn record(
    tx: &Transaction<'_>,
    (kind, packed, lines): (Kind, &Packed, &Lines),
    now: i64,
) -> Result<(), Failed> {
    let rows = if kind == Kind::Tasks { &lines.tasks } else { &lines.events };
    let end = |row: Option<&Keyed>| row.map_or(0, |(key, _)| *key);
    let (first, last) = (end(rows.first()), end(rows.last()));
    let [count, attachments, bytes] = [rows.len(), lines.attachments.len(), packed.bytes.len()]
        .map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    let (name, digest) = (packed.name.as_str(), packed.digest.as_slice());
    let (kind, tasks) = (kind as i64, lines.of());
    let values = params![name, kind, first, last, count, attachments, bytes, digest, now, tasks];
    tx.query_typed(sql::RECORD, &values).await?;
    Ok(())
}

/// `id, name, kind, first, last, rows, attachments, bytes, digest, at, how many it answers for`.
fn file(row: &Row) -> Result<ArchivedFile, Failed> {
    let mut from = Columns::of(row);
    let (id, name, kind) = (from.number()?, from.next()?, from.number()?);
    let range = (from.number()?, from.number()?);
    let (rows, attachments, bytes) = (from.number()?, from.number()?, from.number()?);
    let digest: &[u8] = from.next()?;
    let (at, answers) = (from.number()?, from.number()?);
    let is_log = kind == Kind::Events as i64;
    let (tasks, events) = if is_log { (0, rows) } else { (rows, 0) };
    let archived = if is_log { 0 } else { answers };
    let digest = digest.to_vec();
    Ok(ArchivedFile { id, name, tasks, attachments, events, archived, bytes, at, range, digest })
}

fn unavailable(error: OpenError) -> StoreError {
    match error {
        OpenError::Store(error) => error,
        other => StoreError::Unavailable { what: other.to_string() },
    }
}
