//! Copies of the database: made while a server runs, checked, and put back.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::errors::is_disk_full;
use super::file::{self, APPLICATION_ID};
use super::lock::DirLock;
use super::open::{OpenError, known_version};

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
    /// The copy would lie in the folder that it is a copy of.
    #[error(
        "{path} lies in the data directory {dir}: a backup there would replace the data, or be lost with it"
    )]
    Inside {
        /// The file.
        path: PathBuf,
        /// The data directory.
        dir: PathBuf,
    },
    /// It is the database of something else.
    #[error("{0} is no database of ClaudeBench")]
    Foreign(PathBuf),
    /// A newer version of the program wrote it.
    #[error("{path} was written by a newer version (format {found}, this one knows {known})")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest known.
        known: i64,
    },
    /// There is no space left.
    #[error("the disk of {0} is full")]
    Full(PathBuf),
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
    progress: impl FnMut(Progress),
) -> Result<(), BackupError> {
    let mut from = file::database(dir)?;
    // A restore that was cut off late counts, though the next start gives it its name.
    if file::restored(&from).is_file() {
        from = file::restored(&from);
    }
    if !from.is_file() {
        return Err(BackupError::Missing(from));
    }
    refuse_inside(dir, &from, to)?;
    if to.exists() && !force {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let part = Part::new(file::beside(to, ".part"))?;
    copy(&from, &part.0, progress)?;
    check(&part.0)?;
    part.becomes(to)
}

/// Refuses a copy in the folder of its source: over it, it would replace what a server writes to.
fn refuse_inside(dir: &Path, from: &Path, to: &Path) -> Result<(), BackupError> {
    let real = |path: &Path| {
        let path = path.to_owned();
        std::fs::canonicalize(&path).map_err(|source| BackupError::File { path, source })
    };
    // A link is followed: what it leads to is what is meant.
    let target = if to.exists() { real(to)? } else { real(file::folder(to))?.join("new") };
    for folder in [dir, file::folder(from)] {
        if target.starts_with(real(folder)?) {
            return Err(BackupError::Inside { path: to.to_owned(), dir: folder.to_owned() });
        }
    }
    Ok(())
}

/// Puts a backup into a data directory that no server uses. Whenever it is cut off, the directory
/// holds the old data or the new, whole.
///
/// # Errors
/// A server that runs, data in the way, a file that is no whole database of this version.
pub fn restore(from: &Path, dir: &Path, force: bool) -> Result<(), BackupError> {
    if !from.is_file() {
        return Err(BackupError::Missing(from.to_owned()));
    }
    if check(from)? == 0 {
        let what = "it holds nothing: a server was stopped before it made its tables".into();
        return Err(BackupError::Damaged { path: from.to_owned(), what });
    }
    let _lock = DirLock::take(dir)?;
    let to = file::database(dir)?;
    file::finish_restore(&to)?;
    if (to.exists() || file::has_writes(&file::beside(&to, "-wal"))) && !force {
        return Err(BackupError::Exists(to));
    }
    let part = Part::new(file::beside(&to, ".part"))?;
    copy(from, &part.0, |_| {})?;
    check(&part.0)?;
    // From this name on the new data counts, though the old files are still there: whoever opens
    // the directory next ends what is cut off here.
    part.becomes(&file::restored(&to))?;
    Ok(file::finish_restore(&to)?)
}

/// A file on its way to its name; it is gone if it does not get there.
struct Part(PathBuf);

impl Part {
    fn new(path: PathBuf) -> Result<Self, BackupError> {
        let failed = |source| BackupError::File { path: path.clone(), source };
        for end in ["", "-journal"] {
            file::remove(&file::beside(&path, end)).map_err(failed)?;
        }
        file::private().write(true).create_new(true).open(&path).map_err(failed)?;
        Ok(Self(path))
    }

    fn becomes(self, to: &Path) -> Result<(), BackupError> {
        let failed = |source| BackupError::File { path: to.to_owned(), source };
        file::name(&self.0, to).map_err(failed)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        for end in ["", "-journal"] {
            // Nobody is left to tell when this fails; the next one replaces it.
            let _ = file::remove(&file::beside(&self.0, end));
        }
    }
}

/// Copies a database with its log into an empty file.
fn copy(from: &Path, to: &Path, mut progress: impl FnMut(Progress)) -> Result<(), BackupError> {
    let reading = |source| said(from, source);
    let writing = |source| said(to, source);
    let source = read_only(from)?;
    source.busy_timeout(Duration::from_secs(5)).map_err(reading)?;
    // One transaction around all steps: the copy is of one moment, and is never started anew
    // because the server wrote in between.
    source.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;").map_err(reading)?;
    let mut copy = Connection::open(to).map_err(writing)?;
    {
        let steps = rusqlite::backup::Backup::new(&source, &mut copy).map_err(writing)?;
        loop {
            let more = steps.step(STEP).map_err(writing)?;
            let at = steps.progress();
            let (total, left) = (pages(at.pagecount), pages(at.remaining));
            progress(Progress { done: total - left.min(total), total });
            if more == rusqlite::backup::StepResult::Done {
                break;
            }
        }
    }
    // A single file, with no log beside it.
    copy.pragma_update(None, "journal_mode", "DELETE").map_err(writing)
}

fn read_only(path: &Path) -> Result<Connection, BackupError> {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(|source| said(path, source))
}

/// Looks at what a database says of itself, without reading it: it is there and not empty, ours,
/// and of a version that this one knows.
///
/// # Errors
/// What it is instead.
pub fn look(dir: &Path) -> Result<(), OpenError> {
    let path = file::database(dir)?;
    file::look(&path).map(drop)
}

/// Reads a whole database and its indexes, and gives the number of its format.
///
/// # Errors
/// What is damaged; whose it is, if it is not ours.
pub fn check(path: &Path) -> Result<i64, BackupError> {
    file::look(path).map_err(|error| match error {
        OpenError::Damaged { path, what } => BackupError::Damaged { path, what },
        OpenError::Foreign { path } => BackupError::Foreign(path),
        OpenError::Newer { path, found, known } => BackupError::Newer { path, found, known },
        other => BackupError::Open(other),
    })?;
    let db = read_only(path)?;
    let number = |name| {
        let found = db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        found.map_err(|source| said(path, source))
    };
    if number("application_id")? != APPLICATION_ID {
        return Err(BackupError::Foreign(path.to_owned()));
    }
    // The newest format may stand in the log alone.
    let (found, known) = (number("user_version")?, known_version());
    if found > known {
        return Err(BackupError::Newer { path: path.to_owned(), found, known });
    }
    let mut statement =
        db.prepare("PRAGMA integrity_check(10)").map_err(|source| said(path, source))?;
    let faults: Result<Vec<String>, _> =
        statement.query_map([], |row| row.get(0)).and_then(Iterator::collect);
    let faults = faults.map_err(|source| said(path, source))?;
    if faults == ["ok"] {
        return Ok(found);
    }
    Err(BackupError::Damaged { path: path.to_owned(), what: faults.join("; ") })
}

/// What SQLite says about a file.
fn said(path: &Path, source: rusqlite::Error) -> BackupError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(_) if is_disk_full(&source) => BackupError::Full(path),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            BackupError::Damaged { path, what: source.to_string() }
        }
        _ => BackupError::Sqlite { path, source },
    }
}

fn pages(count: i32) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::file::{DATABASE, beside};
    use super::super::open::writer;
    use super::super::options::SqliteOptions;
    use super::*;

    /// A data directory whose database has a table of this name, and as much text in it.
    fn data(name: &str, text: usize) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let db = writer(&SqliteOptions::new(dir.path())).unwrap();
        db.execute_batch(&format!("CREATE TABLE {name} (a)")).unwrap();
        db.execute(&format!("INSERT INTO {name} VALUES (zeroblob({text}))"), []).unwrap();
        dir
    }

    fn has(dir: &Path, table: &str) -> bool {
        let db = read_only(&dir.join(DATABASE)).unwrap();
        db.prepare(&format!("SELECT a FROM {table}")).is_ok()
    }

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn only_a_whole_database_of_this_version_is_put_back() {
        let dir = data("kept", 10);
        let bad = tempfile::tempdir().unwrap();
        let path = bad.path().join("bad.db");
        let make = |of: &str| {
            fs::write(&path, if of == "text" { "no database" } else { "" }).unwrap();
            if matches!(of, "foreign" | "newer") {
                let db = Connection::open(&path).unwrap();
                db.execute_batch("CREATE TABLE t (a)").unwrap();
                if of == "newer" {
                    db.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
                    db.pragma_update(None, "user_version", known_version() + 1).unwrap();
                }
            }
        };
        for of in ["empty", "text", "foreign", "newer"] {
            make(of);
            let error = restore(&path, dir.path(), true).unwrap_err();
            let fits = match of {
                "foreign" => matches!(error, BackupError::Foreign(_)),
                "newer" => matches!(error, BackupError::Newer { .. }),
                _ => matches!(error, BackupError::Damaged { .. }),
            };
            assert!(fits, "{of}: {error}");
            assert!(has(dir.path(), "kept"), "{of}");
        }
        let good = data("restored", 10);
        restore(&good.path().join(DATABASE), dir.path(), true).unwrap();
        assert!(has(dir.path(), "restored") && !has(dir.path(), "kept"));
        assert_eq!(names(dir.path()), [DATABASE, "claudebench.db.room", "claudebench.lock"]);
    }

    #[test]
    fn a_database_is_restored_with_its_log() {
        let from = data("first", 10);
        let path = from.path().join(DATABASE);
        let db = writer(&SqliteOptions::new(from.path())).unwrap();
        db.execute_batch("CREATE TABLE late (a)").unwrap();
        // As a server that was killed leaves it.
        let killed = tempfile::tempdir().unwrap();
        for end in ["", "-wal"] {
            fs::copy(beside(&path, end), beside(&killed.path().join("x.db"), end)).unwrap();
        }
        let to = tempfile::tempdir().unwrap();
        restore(&killed.path().join("x.db"), to.path(), false).unwrap();
        assert!(has(to.path(), "late"));
    }

    #[test]
    fn a_backup_never_lands_on_what_it_copies() {
        let dir = data("kept", 10);
        let path = dir.path().join(DATABASE);
        let before = fs::read(&path).unwrap();
        let link = tempfile::tempdir().unwrap();
        let link = link.path().join("link.db");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        for to in [&path, &link, &beside(&path, "-wal"), &dir.path().join("copy.db")] {
            let error = backup(dir.path(), to, true, |_| {}).unwrap_err();
            assert!(matches!(error, BackupError::Inside { .. }), "{}: {error}", to.display());
        }
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_backup_that_fails_leaves_nothing_and_one_that_is_made_is_private() {
        use std::os::unix::fs::PermissionsExt;

        let (dir, copies) = (data("kept", 100_000), tempfile::tempdir().unwrap());
        let to = copies.path().join("copy.db");
        backup(dir.path(), &to, false, |_| {}).unwrap();
        assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
        let path = dir.path().join(DATABASE);
        let mut bytes = fs::read(&path).unwrap();
        let end = bytes.len();
        bytes[4_096 * 2..end - 4_096 * 30].fill(0xa5);
        fs::write(&path, bytes).unwrap();
        let other = copies.path().join("other.db");
        let error = backup(dir.path(), &other, false, |_| {}).unwrap_err();
        assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
        assert_eq!(names(copies.path()), ["copy.db"]);
    }
}
