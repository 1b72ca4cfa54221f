//! Opening: the connections, the log and the migrations.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::errors::is_disk_full;
use super::file::{self, APPLICATION_ID};
use super::options::SqliteOptions;

/// In order, forward only; each runs in one transaction.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_words.sql"),
    include_str!("migrations/0003_phases.sql"),
    include_str!("migrations/0004_ranks.sql"),
    include_str!("migrations/0005_lanes.sql"),
    include_str!("migrations/0006_blocks.sql"),
    include_str!("migrations/0007_room.sql"),
    include_str!("migrations/0008_metrics.sql"),
    include_str!("migrations/0009_parked.sql"),
    include_str!("migrations/0010_log.sql"),
    include_str!("migrations/0011_sessions.sql"),
    include_str!("migrations/0012_ended_logins.sql"),
];

/// The log is this long from the start, so that commits write over it instead of making it grow.
const LOG_BYTES: u64 = 16 << 20;
/// What is kept free for the start over a full disk: more than the index of the longest log needs.
const ROOM_BYTES: u64 = 128 << 10;
/// The log is written back to its end when it has this many pages.
pub(super) const LOG_PAGES: i32 = 3_000;

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server has it.
    #[error(
        "another server uses the data directory {dir}; stop it first, or give another `--data`"
    )]
    InUse {
        /// The data directory.
        dir: PathBuf,
    },
    /// Something else lies in the place of the directory.
    #[error("{dir} is no directory; give another `--data`")]
    NoDirectory {
        /// What was named.
        dir: PathBuf,
    },
    /// The directory or a file in it cannot be used.
    #[error("cannot {what} {path}: {source}; make it readable and writable for this user")]
    Folder {
        /// What could not be done.
        what: &'static str,
        /// To what.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is damaged, or no database.
    #[error(
        "the database {path} is damaged ({what}); restore a backup with `claudebench restore --force`"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// The file is a database of something else.
    #[error("{path} is the database of another program; give another `--data`")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A newer version of the program wrote it.
    #[error(
        "the database {path} was written by a newer version (format {found}, this one knows {known}); \
         use that version, or restore an older backup"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest known.
        known: i64,
    },
    /// A copy into it has begun, and is not finished.
    #[error(
        "{dir} holds the unfinished copy of {source_of}; run `claudebench store copy` from there to \
         here again: it goes on where it stopped"
    )]
    Unfinished {
        /// The data directory.
        dir: PathBuf,
        /// Where the copy comes from.
        source_of: String,
    },
    /// There is no space left.
    #[error("the disk of the database {path} is full; free some space")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// SQLite says no.
    #[error("the database {path} cannot be opened: {source}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// A thread could not be started.
    #[error("a thread of the store could not be started: {0}")]
    Thread(std::io::Error),
}

/// The newest format of the database that this version knows.
pub(super) fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The writer's connection, with the schema of this version.
///
/// A server that was killed over a full disk may have a longer log than its index had room for, and
/// SQLite makes that index anew: for this there is a file that can go.
pub(super) fn writer(options: &SqliteOptions) -> Result<Connection, OpenError> {
    let path = file::database(&options.dir)?;
    let room = file::beside(&path, ".room");
    let db = match open_writer(options, &path) {
        Err(OpenError::Full { .. }) if std::fs::remove_file(&room).is_ok() => {
            open_writer(options, &path)?
        }
        opened => opened?,
    };
    keep_room(&room);
    Ok(db)
}

/// Takes the room that a start over a full disk may need. One that finds none goes without.
fn keep_room(room: &Path) {
    if std::fs::metadata(room).is_ok_and(|found| found.len() == ROOM_BYTES) {
        return;
    }
    let zeros = vec![0; usize::try_from(ROOM_BYTES).unwrap_or_default()];
    let taken = file::private().create(true).truncate(true).write(true).open(room);
    if taken.and_then(|mut file| file.write_all(&zeros)).is_err() {
        // Half of it would be of no use, and in the way of others.
        let _ = std::fs::remove_file(room);
    }
}

fn open_writer(options: &SqliteOptions, path: &Path) -> Result<Connection, OpenError> {
    let path = path.to_owned();
    file::finish_restore(&path)?;
    let missing = match file::look(&path)? {
        Some(header) => header.missing,
        None => file::create(&path).map(|()| 0)?,
    };
    // Whether the file can be written shows now, not at the first write.
    file::private().append(true).open(&path).map_err(file::failed("write to", &path))?;
    // From here on nothing may open the file beside SQLite: closing it would give up the locks
    // that SQLite holds for this process, and the next program that looks would delete the log.
    let said = |source| said(&path, source);
    let mut db = Connection::open_with_flags(&path, OpenFlags::default()).map_err(said)?;
    let id: i64 = db.pragma_query_value(None, "application_id", |r| r.get(0)).map_err(said)?;
    if id != APPLICATION_ID {
        return Err(OpenError::Foreign { path });
    }
    if missing > 0 {
        check_length(&db, &path)?;
    }
    extend_log(&path).map_err(file::failed("write the log of", &path))?;
    db.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;
         PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
         PRAGMA wal_autocheckpoint = {LOG_PAGES}; PRAGMA cache_size = -{};",
        options.cache_kib
    ))
    .map_err(said)?;
    db.set_prepared_statement_cache_capacity(256);
    stable_plans(&db).map_err(said)?;
    migrate(&mut db, &path)?;
    Ok(db)
}

/// A statement's plan may not depend on what is bound to it: otherwise it is prepared anew for each
/// use, which takes longer than running it.
fn stable_plans(db: &Connection) -> rusqlite::Result<bool> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
}

/// A connection that reads.
pub(super) fn reader(dir: &Path) -> Result<Connection, OpenError> {
    let path = file::database(dir)?;
    let said = |source| said(&path, source);
    let db = Connection::open_with_flags(
        &path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(said)?;
    db.busy_timeout(std::time::Duration::from_secs(5)).map_err(said)?;
    db.execute_batch(
        "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4096;
         PRAGMA query_only = ON;",
    )
    .map_err(said)?;
    super::words::register(&db).map_err(said)?;
    db.set_prepared_statement_cache_capacity(64);
    stable_plans(&db).map_err(said)?;
    Ok(db)
}

/// A connection that writes the log back, and nothing else.
pub(super) fn write_back(dir: &Path) -> Result<Connection, OpenError> {
    let path = file::database(dir)?;
    let said = |source| said(&path, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(&path, flags).map_err(said)?;
    db.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -64;",
    )
    .map_err(said)?;
    Ok(db)
}

/// What SQLite says about a file.
pub(super) fn said(path: &Path, source: rusqlite::Error) -> OpenError {
    use rusqlite::ErrorCode;
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(_) if is_disk_full(&source) => OpenError::Full { path },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            OpenError::Damaged { path, what: source.to_string() }
        }
        _ => OpenError::Sqlite { path, source },
    }
}

/// Refuses a file that is shorter than its header says. A server that was killed while it wrote
/// the log back leaves such a file, with the rest in the log: so that is done first.
fn check_length(db: &Connection, path: &Path) -> Result<(), OpenError> {
    match db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
        // What is missing is in the log, and stays there until there is space.
        Err(error) if is_disk_full(&error) => return Ok(()),
        done => done.map_err(|source| said(path, source))?,
    }
    let number = |name| {
        let found = db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        found.map(i64::unsigned_abs).map_err(|source| said(path, source))
    };
    let wanted = number("page_count")? * number("page_size")?;
    let length = std::fs::metadata(path).map_err(file::failed("read", path))?.len();
    if length >= wanted {
        return Ok(());
    }
    let what = format!("its last {} bytes are missing: it was cut off", wanted - length);
    Err(OpenError::Damaged { path: path.to_owned(), what })
}

/// Makes the log as long as it will be. What lies behind its last valid frame is ignored.
fn extend_log(path: &Path) -> std::io::Result<()> {
    let name = file::beside(path, "-wal");
    let mut log = file::private().create(true).truncate(false).write(true).open(&name)?;
    let mut length = log.metadata()?.len();
    if length >= LOG_BYTES {
        return Ok(());
    }
    log.seek(SeekFrom::Start(length))?;
    // Page by page: what is written in large pieces is cached in large pieces, and every page
    // that a commit writes later would have to find its place in one.
    let zeros = [0_u8; 4096];
    while length < LOG_BYTES {
        let part = usize::try_from(LOG_BYTES - length).unwrap_or(zeros.len()).min(zeros.len());
        match log.write(&zeros[..part]) {
            Ok(written) => length += written as u64,
            // A full disk is found out by the first write that needs it.
            Err(error) if error.kind() == std::io::ErrorKind::StorageFull => break,
            Err(error) => return Err(error),
        }
    }
    log.sync_all()
}

fn migrate(db: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let said = |source| said(path, source);
    let found: i64 = db.pragma_query_value(None, "user_version", |r| r.get(0)).map_err(said)?;
    let known = known_version();
    if found > known {
        return Err(OpenError::Newer { path: path.to_owned(), found, known });
    }
    let done = usize::try_from(found).unwrap_or(0);
    for (version, migration) in (1_i64..).zip(MIGRATIONS).skip(done) {
        let tx = db.transaction().map_err(said)?;
        tx.execute_batch(migration).map_err(said)?;
        tx.pragma_update(None, "user_version", version).map_err(said)?;
        tx.commit().map_err(said)?;
    }
    Ok(())
}
