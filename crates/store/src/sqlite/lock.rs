//! The lock on a data directory, and on the folder in which its database truly lies.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::file::{self, failed};
use super::open::OpenError;

const LOCK: &str = "claudebench.lock";

/// The lock on a data directory; held as long as it lives.
///
/// The database may be a link into another folder. That one is locked, too, so that no two servers
/// write to one file whichever way they came to it. The database itself is never locked by us:
/// SQLite's locks on it end when the process closes the file anywhere.
#[derive(Debug)]
pub struct DirLock(Vec<File>);

/// Closing a file ends its lock only when no copy of it is left, and a child of this process has
/// copies from its fork to its exec. So the lock is let go of by name.
impl Drop for DirLock {
    fn drop(&mut self) {
        for file in &self.0 {
            // If that fails, closing it is as good in all but that moment.
            let _ = file.unlock();
        }
    }
}

impl DirLock {
    /// Takes the directory for this process; makes it when it is missing.
    ///
    /// # Errors
    /// Another process has it, or the directory cannot be used.
    pub fn take(dir: &Path) -> Result<Self, OpenError> {
        if dir.exists() && !dir.is_dir() {
            return Err(OpenError::NoDirectory { dir: dir.to_owned() });
        }
        make_private(dir).map_err(failed("make", dir))?;
        let mut held = Self(vec![lock(dir)?]);
        let database = file::database(dir)?;
        let linked = database.parent().filter(|folder| *folder != dir);
        if let Some(folder) = linked
            && !same_folder(folder, dir)
        {
            held.0.push(lock(folder)?);
        }
        Ok(held)
    }
}

fn same_folder(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    real(one).is_some_and(|one| real(other) == Some(one))
}

fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join(LOCK);
    let file = file::private()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(failed("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed("lock", &path)(source)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_child_has_copied_holds_no_lock() {
        let dir = tempfile::tempdir().unwrap();
        let lock = DirLock::take(dir.path()).unwrap();
        let copies: Vec<File> = lock.0.iter().map(|file| file.try_clone().unwrap()).collect();
        assert!(matches!(DirLock::take(dir.path()), Err(OpenError::InUse { .. })));
        drop(lock);
        DirLock::take(dir.path()).expect("a copy of the file holds the lock");
        drop(copies);
    }
}
