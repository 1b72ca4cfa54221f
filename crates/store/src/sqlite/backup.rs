//! Copies of the database: made while a server runs, checked, and put back.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::open::{DATABASE, DirLock, OpenError};

/// How many pages one step copies, so that the writer gets its turn in between.
const STEP: i32 = 1_024;

/// How far a copy is, in pages.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Copied.
    pub done: u64,
    /// In all.
    pub total: u64,
}

/// Why a backup could not be made or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no database.
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    /// Something is in the way.
    #[error("{0} exists already; give another path, or `--force` to replace it")]
    Exists(PathBuf),
    /// A file is damaged.
    #[error("{path} is damaged: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first things found.
        what: String,
    },
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite says no.
    #[error("{path}: {source}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The data directory cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Copies the database of a data directory, as it stands at one moment, while a server may be
/// writing to it. The copy is a single file; it is checked before it gets its name.
///
/// # Errors
/// A missing database, a file in the way, a full disk, damage.
pub fn backup(
    dir: &Path,
    to: &Path,
    force: bool,
    mut progress: impl FnMut(Progress),
) -> Result<(), BackupError> {
    let from_path = dir.join(DATABASE);
    if !from_path.is_file() {
        return Err(BackupError::Missing(from_path));
    }
    if to.exists() && !force {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let part = beside(to);
    remove(&part)?;
    let source = |path: &Path| {
        let path = path.to_owned();
        move |source| BackupError::Sqlite { path, source }
    };
    let from = Connection::open_with_flags(&from_path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(source(&from_path))?;
    from.busy_timeout(Duration::from_secs(5)).map_err(source(&from_path))?;
    // One transaction around all steps: the copy is of one moment, and is never started anew
    // because the server wrote in between.
    from.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;").map_err(source(&from_path))?;
    let mut copy = Connection::open(&part).map_err(source(&part))?;
    {
        let steps = rusqlite::backup::Backup::new(&from, &mut copy).map_err(source(&part))?;
        loop {
            let more = steps.step(STEP).map_err(source(&part))?;
            let at = steps.progress();
            let (total, left) = (pages(at.pagecount), pages(at.remaining));
            progress(Progress { done: total - left.min(total), total });
            if more == rusqlite::backup::StepResult::Done {
                break;
            }
        }
    }
    // A single file, with no log beside it.
    copy.pragma_update(None, "journal_mode", "DELETE").map_err(source(&part))?;
    drop(copy);
    check(&part)?;
    put(&part, to)
}

/// Puts a backup into a data directory that no server uses.
///
/// # Errors
/// A server that runs, data in the way, damage.
pub fn restore(from: &Path, dir: &Path, force: bool) -> Result<(), BackupError> {
    if !from.is_file() {
        return Err(BackupError::Missing(from.to_owned()));
    }
    check(from)?;
    let _lock = DirLock::take(dir)?;
    let to = dir.join(DATABASE);
    if to.exists() && !force {
        return Err(BackupError::Exists(to));
    }
    let part = beside(&to);
    let file = |source| BackupError::File { path: part.clone(), source };
    std::fs::copy(from, &part).map_err(file)?;
    std::fs::File::open(&part).and_then(|file| file.sync_all()).map_err(file)?;
    // The old log would be read into the new database.
    for end in ["-wal", "-shm"] {
        let mut name = to.as_os_str().to_owned();
        name.push(end);
        remove(Path::new(&name))?;
    }
    put(&part, &to)
}

/// Reads a whole database and its indexes.
///
/// # Errors
/// What is damaged.
pub fn check(path: &Path) -> Result<(), BackupError> {
    let failed = |source| BackupError::Sqlite { path: path.to_owned(), source };
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    let mut statement = db.prepare("PRAGMA integrity_check(10)").map_err(failed)?;
    let found: Result<Vec<String>, _> =
        statement.query_map([], |row| row.get(0)).and_then(Iterator::collect);
    let found = match found {
        Ok(found) => found,
        Err(error) => vec![error.to_string()],
    };
    if found == ["ok"] {
        return Ok(());
    }
    Err(BackupError::Damaged { path: path.to_owned(), what: found.join("; ") })
}

fn pages(count: i32) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn remove(path: &Path) -> Result<(), BackupError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(BackupError::File { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

fn put(part: &Path, to: &Path) -> Result<(), BackupError> {
    let file = |source| BackupError::File { path: to.to_owned(), source };
    std::fs::File::open(part).and_then(|file| file.sync_all()).map_err(file)?;
    std::fs::rename(part, to).map_err(file)?;
    let folder = to.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder).and_then(|dir| dir.sync_all()).map_err(file)
}
