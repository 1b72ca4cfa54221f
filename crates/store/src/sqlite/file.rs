//! The files of a database: where they lie, whether the first one is ours and whole, and how it
//! comes to its name.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::open::{OpenError, known_version, said};

/// The database in its directory.
pub const DATABASE: &str = "claudebench.db";

/// Marks the file as ours: `clbn`.
pub(super) const APPLICATION_ID: i64 = 0x636c_626e;

/// What a file's first bytes say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Header {
    /// How many bytes fewer the file has than it should.
    pub(super) missing: u64,
}

/// Options for a file that is this user's alone.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The same path with more behind its name.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// What an operation on a file ended with.
pub(super) fn failed(what: &'static str, path: &Path) -> impl Fn(io::Error) -> OpenError {
    let path = path.to_owned();
    move |source| match source.kind() {
        ErrorKind::StorageFull => OpenError::Full { path: path.clone() },
        _ => OpenError::Folder { what, path: path.clone(), source },
    }
}

/// Where the database of a directory truly lies. SQLite keeps the log beside the file itself, not
/// beside a link to it.
pub(super) fn database(dir: &Path) -> Result<PathBuf, OpenError> {
    let path = dir.join(DATABASE);
    if fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) {
        return fs::canonicalize(&path).map_err(failed("follow the link", &path));
    }
    Ok(path)
}

/// Looks at a database without opening it as one; nothing, if there is none yet.
///
/// # Errors
/// It is damaged, of another program or of a newer version.
pub(super) fn look(path: &Path) -> Result<Option<Header>, OpenError> {
    let damaged = |what: &str| OpenError::Damaged { path: path.to_owned(), what: what.to_owned() };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // It has its name before its log has a byte.
            return match has_writes(&beside(path, "-wal")) {
                true => Err(damaged("it is missing, and its log is there")),
                false => Ok(None),
            };
        }
        Err(error) => return Err(failed("read", path)(error)),
    };
    let length = file.metadata().map_err(failed("read", path))?.len();
    if length == 0 {
        return Err(damaged("it is empty"));
    }
    let mut header = [0_u8; 100];
    if file.read_exact(&mut header).is_err() || !header.starts_with(b"SQLite format 3\0") {
        return Err(damaged("it does not begin like a database"));
    }
    if number(&header, 68) != APPLICATION_ID {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    let (found, known) = (number(&header, 60), known_version());
    if found > known {
        return Err(OpenError::Newer { path: path.to_owned(), found, known });
    }
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    let whole = page * number(&header, 28).unsigned_abs();
    Ok(Some(Header { missing: whole.saturating_sub(length) }))
}

/// Four bytes of a header, as a number.
fn number(header: &[u8; 100], at: usize) -> i64 {
    i64::from(u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]))
}

/// Whether a log holds anything. One that was only made long holds zeros.
pub(super) fn has_writes(log: &Path) -> bool {
    let mut start = [0_u8; 4];
    File::open(log).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start != [0; 4]
}

/// Makes an empty database. It gets its name when it is whole: an empty file of that name is
/// damage, whoever was killed over it.
pub(super) fn create(path: &Path) -> Result<(), OpenError> {
    let new = beside(path, ".new");
    for end in ["", "-journal"] {
        remove(&beside(&new, end)).map_err(failed("remove", &new))?;
    }
    private().write(true).create_new(true).open(&new).map_err(failed("make", &new))?;
    let db = Connection::open(&new).map_err(|source| said(path, source))?;
    db.pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(|source| said(path, source))?;
    drop(db);
    name(&new, path).map_err(failed("make", path))
}

/// Ends a restore that was cut off after the point from which the new database counts.
pub(super) fn finish_restore(path: &Path) -> Result<(), OpenError> {
    let restored = restored(path);
    if !restored.exists() {
        return Ok(());
    }
    // The old log would be read into the new database.
    for end in ["-wal", "-shm", "-journal"] {
        let old = beside(path, end);
        remove(&old).map_err(failed("remove", &old))?;
    }
    name(&restored, path).map_err(failed("write to", path))
}

/// A database that was restored and is whole, until it has its name. From here on it counts.
pub(super) fn restored(path: &Path) -> PathBuf {
    beside(path, ".restored")
}

/// Removes a file if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Gives a file its name, durably.
pub(super) fn name(from: &Path, to: &Path) -> io::Result<()> {
    File::open(from)?.sync_all()?;
    fs::rename(from, to)?;
    File::open(folder(to))?.sync_all()
}

/// The folder of a file.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::super::lock::DirLock;
    use super::super::open::writer;
    use super::super::options::SqliteOptions;
    use super::*;

    fn open(dir: &Path) -> Result<Connection, OpenError> {
        writer(&SqliteOptions::new(dir))
    }

    #[test]
    fn an_empty_or_missing_database_is_damage_once_there_was_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(DATABASE);
        // Killed over a fresh start: nothing has its name yet.
        fs::write(beside(&path, ".new"), "half").unwrap();
        fs::write(beside(&path, "-wal"), [0; 64]).unwrap();
        let db = open(dir.path()).unwrap();
        // Killed later: the log is still there.
        fs::copy(beside(&path, "-wal"), beside(&path, "-kept")).unwrap();
        drop(db);
        fs::rename(beside(&path, "-kept"), beside(&path, "-wal")).unwrap();
        let log = fs::read(beside(&path, "-wal")).unwrap();
        fs::write(&path, "").unwrap();
        let empty = open(dir.path()).unwrap_err();
        assert!(matches!(empty, OpenError::Damaged { .. }), "{empty}");
        fs::remove_file(&path).unwrap();
        let missing = open(dir.path()).unwrap_err();
        assert!(missing.to_string().contains("missing, and its log is there"), "{missing}");
        assert!(fs::read(beside(&path, "-wal")).unwrap() == log, "the log was touched");
    }

    #[test]
    fn nobody_else_can_read_the_files_whatever_the_folder_allows() {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let _lock = DirLock::take(dir.path()).unwrap();
        let _db = open(dir.path()).unwrap();
        let mut seen = 0;
        for entry in fs::read_dir(dir.path()).unwrap().map(Result::unwrap) {
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{:?}", entry.file_name());
            seen += 1;
        }
        assert_eq!(
            seen, 5,
            "the database, its log, the log's index, the room for that and the lock"
        );
    }

    #[test]
    fn one_database_has_one_server_whichever_way_it_is_reached() {
        let dir = tempfile::tempdir().unwrap();
        let (real, linked, other) =
            (dir.path().join("real"), dir.path().join("linked"), dir.path().join("other"));
        drop(DirLock::take(&real).unwrap());
        drop(open(&real).unwrap());
        for folder in [&linked, &other] {
            fs::create_dir(folder).unwrap();
            symlink(real.join(DATABASE), folder.join(DATABASE)).unwrap();
        }
        let held = DirLock::take(&linked).unwrap();
        for folder in [&real, &other] {
            let second = DirLock::take(folder).unwrap_err();
            assert!(matches!(second, OpenError::InUse { .. }), "{second}");
        }
        // The log lies beside the file, where SQLite looks for it.
        let _db = open(&linked).unwrap();
        assert!(beside(&real.join(DATABASE), "-wal").exists());
        assert!(!beside(&linked.join(DATABASE), "-wal").exists());
        drop(held);
        DirLock::take(&real).unwrap();
    }

    #[test]
    fn a_restore_that_was_cut_off_is_ended_by_the_next_start() {
        let (dir, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = dir.path().join(DATABASE);
        let new = open(backup.path()).unwrap();
        new.execute_batch("CREATE TABLE restored (a)").unwrap();
        drop(new);
        let old = open(dir.path()).unwrap();
        fs::copy(beside(&path, "-wal"), beside(&path, "-kept")).unwrap();
        drop(old);
        fs::rename(beside(&path, "-kept"), beside(&path, "-wal")).unwrap();
        fs::copy(backup.path().join(DATABASE), restored(&path)).unwrap();
        let db = open(dir.path()).unwrap();
        assert!(db.prepare("SELECT a FROM restored").is_ok());
        assert!(!restored(&path).exists());
    }

    /// Whoever looks into the database from another program must find it in use: else that one
    /// takes itself for the last, and deletes the log under the server.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_lock_of_sqlite_is_held_as_long_as_the_database_is_open() {
        use std::os::unix::fs::MetadataExt;

        let dir = tempfile::tempdir().unwrap();
        for start in ["the first", "another"] {
            let _db = open(dir.path()).unwrap();
            let inode = fs::metadata(dir.path().join(DATABASE)).unwrap().ino();
            let locks = fs::read_to_string("/proc/locks").unwrap();
            let held = locks.lines().any(|lock| lock.contains(&format!(":{inode} ")));
            assert!(held, "{start} start");
        }
    }
}
