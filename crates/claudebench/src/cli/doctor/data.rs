//! The data directory, who holds it, and the database in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use claudebench_store::sqlite::{self, BackupError, DATABASE, DirLock, OpenError};

use super::Check;
use crate::cli::output::{Progress, bytes};

const PUT_BACK: &str = "stop the server, keep a copy of the directory, and put back a backup: \
                        `claudebench restore --force`";

/// Whether a server holds the data directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Held {
    Yes,
    No,
    /// There is none: servers share a database.
    Shared,
}

/// Finds out whether a server holds the data directory.
pub(super) fn held(dir: &Path) -> Held {
    // Taking the lock would make the directory.
    if !dir.is_dir() {
        return Held::No;
    }
    match DirLock::take(dir) {
        Err(OpenError::InUse { .. }) => Held::Yes,
        _ => Held::No,
    }
}

/// The directory, its rights, and the size of what is in it.
pub(super) fn checks(dir: &Path, held: Held) -> Vec<Check> {
    const NAME: &str = "data directory";
    let shown = dir.display();
    let Ok(found) = fs::metadata(dir) else {
        return vec![match writable(existing(dir)) {
            Ok(()) => Check::good(NAME, format!("{shown} will be made by the first start")),
            Err(error) => Check::bad(
                NAME,
                format!("{shown} is missing and cannot be made: {error}"),
                "give this user the right to write there, or another --data",
            ),
        }];
    };
    if !found.is_dir() {
        let what = format!("{shown} is no directory");
        return vec![Check::bad(NAME, what, "move it away, or give another --data")];
    }
    if let Err(error) = writable(dir) {
        let advice = "make it writable for the user of the server: chown, or mount it read-write";
        return vec![Check::bad(NAME, format!("{shown} cannot be written: {error}"), advice)];
    }
    let by = if held == Held::Yes { "a server uses it" } else { "no server uses it" };
    let mode = found.permissions().mode() & 0o777;
    let mut checks = vec![if mode & 0o077 == 0 {
        Check::good(NAME, format!("{shown}; {by}"))
    } else {
        let what = format!("{shown}; {by}; others on this machine can get in (mode {mode:o})");
        Check::look(NAME, what, format!("chmod 700 {shown}"))
    }];
    checks.push(sizes(dir));
    checks
}

fn sizes(dir: &Path) -> Check {
    const NAME: &str = "database";
    /// The log is written back long before it gets so long, unless something holds a reader open.
    const LONG_LOG: u64 = 1 << 30;
    let size = |name: String| fs::metadata(dir.join(name)).map(|file| file.len()).ok();
    if let Err(error) = sqlite::look(dir) {
        return unusable(NAME, &error);
    }
    let Some(database) = size(DATABASE.into()) else {
        return Check::good(NAME, "none yet");
    };
    let log = size(format!("{DATABASE}-wal")).unwrap_or(0);
    let found = format!("{}, log {}", bytes(database), bytes(log));
    if log > LONG_LOG {
        let advice = "a long backup or another program keeps it from being written back; end that";
        return Check::look(NAME, found, advice);
    }
    Check::good(NAME, found)
}

/// A database that no server of this version starts on.
fn unusable(name: &'static str, error: &OpenError) -> Check {
    match error {
        OpenError::Damaged { path, what } => {
            Check::bad(name, format!("{} is damaged: {what}", path.display()), PUT_BACK)
        }
        OpenError::Foreign { path } => {
            let what = format!("{} belongs to another program", path.display());
            Check::bad(name, what, "give another --data")
        }
        OpenError::Newer { path, found, known } => {
            let path = path.display();
            let what = format!("{path} has the format {found}, and this version knows {known}");
            Check::bad(name, what, "use the version that wrote it, or restore an older backup")
        }
        other => Check::bad(name, other.to_string(), "see to the rights of the data directory"),
    }
}

/// Reads the whole database.
pub(super) fn whole(dir: &Path, mut progress: Progress) -> Option<Check> {
    const NAME: &str = "contents";
    let path = dir.join(DATABASE);
    // What cannot be opened at all is said already.
    if !path.is_file() || sqlite::look(dir).is_err() {
        return None;
    }
    progress.begun();
    Some(match sqlite::check(&path) {
        Ok(_) => Check::good(NAME, "every page and index was read"),
        Err(BackupError::Newer { found, known, .. }) => Check::bad(
            NAME,
            format!("the log brings the format {found}, and this version knows {known}"),
            "use the version that wrote it, or restore an older backup",
        ),
        Err(error) => Check::bad(NAME, error.to_string(), PUT_BACK),
    })
}

/// The nearest directory above that is there.
pub(super) fn existing(path: &Path) -> &Path {
    let above = path.ancestors().find(|path| path.is_dir());
    above.unwrap_or_else(|| Path::new(if path.is_absolute() { "/" } else { "." }))
}

/// Whether a file can be made there.
pub(super) fn writable(dir: &Path) -> std::io::Result<()> {
    tempfile::Builder::new().prefix(".doctor-").tempfile_in(dir).map(drop)
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_directory_that_is_not_there_yet_is_no_trouble() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("a/b");
        assert_eq!(held(&missing), Held::No);
        assert_eq!(existing(&missing), dir.path());
        assert_eq!(checks(&missing, Held::No)[0].state, State::Good);
        assert!(!missing.exists(), "looking made it");
    }

    #[test]
    fn a_file_in_its_place_and_open_doors_are_seen() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "x").unwrap();
        assert_eq!(checks(&file, Held::No)[0].state, State::Bad);
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(checks(dir.path(), Held::No)[0].state, State::Look);
    }

    #[test]
    fn a_held_directory_and_a_damaged_database_are_seen() {
        let dir = tempfile::tempdir().unwrap();
        let lock = DirLock::take(dir.path()).unwrap();
        assert_eq!(held(dir.path()), Held::Yes);
        drop(lock);
        assert_eq!(held(dir.path()), Held::No);
        let path = dir.path().join(DATABASE);
        let mut foreign = b"SQLite format 3\0".to_vec();
        foreign.resize(4_096, 0);
        let mut newer = foreign.clone();
        newer[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
        newer[68..72].copy_from_slice(b"clbn");
        for (bytes, what) in [
            (vec![7; 9_000], "does not begin like a database"),
            (Vec::new(), "it is empty"),
            (foreign, "belongs to another program"),
            (newer, "has the format 9999"),
        ] {
            fs::write(&path, bytes).unwrap();
            let found = checks(dir.path(), Held::No).pop().unwrap();
            assert!(found.state == State::Bad && found.found.contains(what), "{found:?}");
        }
    }
}
