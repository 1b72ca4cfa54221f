//! The data directory, who holds it, and the database in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use claudebench_store::sqlite::{self, DATABASE, DirLock, OpenError};

use super::Check;
use crate::cli::output::{Progress, bytes};

/// Whether a server holds the data directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Held {
    Yes,
    No,
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

/// Reads the whole database.
pub(super) fn whole(dir: &Path, mut progress: Progress) -> Option<Check> {
    const NAME: &str = "contents";
    let path = dir.join(DATABASE);
    if !path.is_file() {
        return None;
    }
    progress.begun();
    Some(match sqlite::check(&path) {
        Ok(()) => Check::good(NAME, "every page and index was read"),
        Err(error) => Check::bad(
            NAME,
            error.to_string(),
            "stop the server, keep a copy of the directory, and put back a backup: \
             `claudebench restore`",
        ),
    })
}

/// The nearest directory above that is there.
pub(super) fn existing(path: &Path) -> &Path {
    let above = path.ancestors().find(|path| path.is_dir());
    above.unwrap_or_else(|| Path::new(if path.is_absolute() { "/" } else { "." }))
}

/// Whether a file can be made there.
fn writable(dir: &Path) -> std::io::Result<()> {
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
        fs::write(dir.path().join(DATABASE), vec![7; 9_000]).unwrap();
        let out = crate::cli::output::Out::new(true);
        let found = whole(dir.path(), out.progress("x")).unwrap();
        assert_eq!(found.state, State::Bad, "{found:?}");
    }
}
