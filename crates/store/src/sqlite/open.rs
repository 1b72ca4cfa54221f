//! Opening: the data directory, its lock, the files, the connections and the migrations.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::errors::is_disk_full;
use super::options::SqliteOptions;

/// The database in its directory.
pub const DATABASE: &str = "claudebench.db";
const LOCK: &str = "claudebench.lock";

/// Marks the file as ours: `clbn`.
const APPLICATION_ID: i64 = 0x636c_626e;

/// In order, forward only; each runs in one transaction.
const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_first.sql")];

/// The log is this long from the start, so that commits write over it instead of making it grow.
const LOG_BYTES: u64 = 16 << 20;
/// The log is written back to the database when it has this many pages.
const LOG_PAGES: i64 = 3_000;

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
    #[error("the database {path} is damaged ({what}); restore a backup with `claudebench restore`")]
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

/// The lock on a data directory; held as long as it lives.
#[derive(Debug)]
pub struct DirLock(#[allow(dead_code, reason = "holding it is its use")] File);

impl DirLock {
    /// Takes the directory for this process; makes it when it is missing.
    ///
    /// # Errors
    /// Another process has it, or the directory cannot be used.
    pub fn take(dir: &Path) -> Result<Self, OpenError> {
        let folder = |what, path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Folder { what, path, source }
        };
        make_private(dir).map_err(folder("make", dir))?;
        let path = dir.join(LOCK);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(folder("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: dir.to_owned() }),
            Err(TryLockError::Error(source)) => Err(folder("lock", &path)(source)),
        }
    }
}

/// Nobody else has business in the data directory.
fn make_private(dir: &Path) -> std::io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// The writer's connection, with the schema of this version.
pub(super) fn writer(options: &SqliteOptions) -> Result<Connection, OpenError> {
    let path = options.dir.join(DATABASE);
    let existed = check_header(&path)?;
    // Whether the file can be written shows now, not at the first write.
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(|source| OpenError::Folder { what: "write to", path: path.clone(), source })?;
    let said = |source| said(&path, source);
    let mut db = Connection::open_with_flags(&path, OpenFlags::default()).map_err(said)?;
    if !existed {
        db.pragma_update(None, "application_id", APPLICATION_ID).map_err(said)?;
    }
    let id: i64 = db.pragma_query_value(None, "application_id", |r| r.get(0)).map_err(said)?;
    if id != APPLICATION_ID {
        return Err(OpenError::Foreign { path });
    }
    check_length(&db, &path)?;
    extend_log(&path).map_err(|source| OpenError::Folder {
        what: "write the log of",
        path: path.clone(),
        source,
    })?;
    db.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;
         PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
         PRAGMA wal_autocheckpoint = {LOG_PAGES}; PRAGMA cache_size = -{};",
        options.cache_kib
    ))
    .map_err(said)?;
    db.set_prepared_statement_cache_capacity(256);
    migrate(&mut db, &path)?;
    Ok(db)
}

/// A connection that reads.
pub(super) fn reader(dir: &Path) -> Result<Connection, OpenError> {
    let path = dir.join(DATABASE);
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

/// Checks that the file begins like a database; says whether there is one at all.
fn check_header(path: &Path) -> Result<bool, OpenError> {
    Ok(missing_bytes(path)?.is_some())
}

/// Refuses a file that is shorter than its header says. A server that was killed while it wrote
/// the log back leaves such a file, with the rest in the log: so that is done first.
fn check_length(db: &Connection, path: &Path) -> Result<(), OpenError> {
    if missing_bytes(path)?.unwrap_or(0) == 0 {
        return Ok(());
    }
    match db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
        // What is missing is in the log, and stays there until there is space.
        Err(error) if is_disk_full(&error) => return Ok(()),
        done => done.map_err(|source| said(path, source))?,
    }
    match missing_bytes(path)?.unwrap_or(0) {
        0 => Ok(()),
        missing => Err(OpenError::Damaged {
            path: path.to_owned(),
            what: format!("its last {missing} bytes are missing: it was cut off"),
        }),
    }
}

/// How many bytes fewer the file has than its header says; `None` when there is no database.
fn missing_bytes(path: &Path) -> Result<Option<u64>, OpenError> {
    let failed = |source| OpenError::Folder { what: "read", path: path.to_owned(), source };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let length = file.metadata().map_err(failed)?.len();
    if length == 0 {
        return Ok(None);
    }
    let mut header = [0_u8; 100];
    let damaged = |what: String| OpenError::Damaged { path: path.to_owned(), what };
    if file.read_exact(&mut header).is_err() || !header.starts_with(b"SQLite format 3\0") {
        return Err(damaged("it does not begin like a database".into()));
    }
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    let pages = u64::from(u32::from_be_bytes([header[28], header[29], header[30], header[31]]));
    Ok(Some((page * pages).saturating_sub(length)))
}

/// Makes the log as long as it will be. What lies behind its last valid frame is ignored.
fn extend_log(path: &Path) -> std::io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    let mut log = OpenOptions::new().create(true).truncate(false).write(true).open(&name)?;
    let mut length = log.metadata()?.len();
    if length >= LOG_BYTES {
        return Ok(());
    }
    log.seek(SeekFrom::Start(length))?;
    let zeros = vec![0_u8; 1 << 20];
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
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
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
