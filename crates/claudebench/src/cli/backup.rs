//! `claudebench backup` and `claudebench restore`.

use std::path::{Path, PathBuf};

use claudebench_store::sqlite::{self, BackupError, DATABASE, OpenError};
use serde_json::json;

use super::failure::{Failure, Outcome};
use super::output::{Out, bytes};
use super::{DataDir, Shared};

/// Copy the database, while a server may be writing to it
///
/// The copy is of one moment, and is checked before it gets its name. It holds everything: tasks,
/// events, API keys (hashed) and the shared configuration. Run it on the machine of the server.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench backup
  claudebench backup /backup/claudebench.db --force --data /var/lib/claudebench")]
pub(super) struct Backup {
    /// The file to write; by default one named after the time, in the working directory
    to: Option<PathBuf>,
    #[command(flatten)]
    data: DataDir,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
}

impl Backup {
    /// Does it.
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let dir = folder(shared, &self.data)?;
        let to = self.to.unwrap_or_else(|| named_after(&out.now().to_string()));
        let mut progress = out.progress("copying pages");
        let made = sqlite::backup(&dir, &to, self.force, |at| progress.at(at.done, Some(at.total)));
        drop(progress);
        made.map_err(|e| {
            failure(&e, "restore an older backup; `claudebench doctor` looks at the data")
        })?;
        let size = size(&to);
        if out.for_programs() {
            return out.json(&json!({"path": to, "bytes": size, "checked": true}));
        }
        out.line(format!("{} of {}, checked: {}", bytes(size), dir.display(), to.display()))
    }
}

/// A name from a time such as `2026-01-31T12:00:00.000Z`.
fn named_after(time: &str) -> PathBuf {
    let digits: String = time.chars().take(19).filter(|c| !matches!(c, '-' | ':')).collect();
    format!("claudebench-{digits}Z.db").into()
}

/// Put a backup into the data directory of a server that is stopped
///
/// The backup is checked before anything is replaced, and its copy again before it counts: if this
/// is cut off, the directory holds the old data or the new, whole.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench restore claudebench-20260131T120000Z.db --data new-data
  claudebench restore /backup/claudebench.db --data /var/lib/claudebench --force")]
pub(super) struct Restore {
    /// The backup
    from: PathBuf,
    #[command(flatten)]
    data: DataDir,
    /// Replace the data that is there
    #[arg(long)]
    force: bool,
}

impl Restore {
    /// Does it.
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let dir = folder(shared, &self.data)?;
        let mut progress = out.progress("checking and copying");
        progress.begun();
        sqlite::restore(&self.from, &dir, self.force)
            .map_err(|e| failure(&e, "nothing was changed; use another backup"))?;
        let path = dir.join(DATABASE);
        drop(progress);
        let size = size(&path);
        if out.for_programs() {
            return out.json(&json!({"path": path, "bytes": size, "checked": true}));
        }
        out.line(format!("{}, checked: {}", bytes(size), path.display()))?;
        let dir = dir.display();
        out.note(format!("next: claudebench serve --data {dir}"));
        Ok(())
    }
}

/// The data directory, where there is one: it is named, or it holds the store of the configuration.
fn folder(shared: &Shared, data: &DataDir) -> Outcome<PathBuf> {
    let config = shared.load_for_server(data.overrides())?.config;
    if config.store.is_embedded() {
        return Ok(config.data);
    }
    Err(Failure::advise(
        "the tasks are in PostgreSQL, and these backups are of a data directory",
        "back up the database with pg_dump, and put it back with pg_restore; or name a directory with \
         --data",
    ))
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

/// With what to do when it is the file that is wrong.
fn failure(error: &BackupError, other_file: &str) -> Failure {
    let next = match error {
        BackupError::Missing(path) if path.ends_with(DATABASE) => {
            "name the server's data directory with --data"
        }
        BackupError::Missing(_) => "check the path",
        BackupError::Exists(_) => "give another path, or --force to replace it",
        BackupError::Inside { .. } => "give a path outside of it, best on another disk",
        BackupError::Damaged { .. } | BackupError::Foreign(_) => other_file,
        BackupError::Newer { .. } => "use the version that wrote it, or an older backup",
        BackupError::Full(_) => "free some space there, then try again",
        BackupError::File { .. } | BackupError::Sqlite { .. } => {
            "see to free space and rights there, then try again"
        }
        BackupError::Open(OpenError::InUse { .. }) => "stop the server, then try again",
        BackupError::Open(OpenError::NoDirectory { .. }) => "give another --data",
        BackupError::Open(_) => "run `claudebench doctor`",
    };
    let what = match error {
        // Its own words advise what fits to starting a server.
        BackupError::Open(OpenError::InUse { dir }) => {
            format!("a server uses the data directory {}", dir.display())
        }
        BackupError::Exists(path) => format!("{} exists already", path.display()),
        other => other.to_string(),
    };
    Failure::advise(what, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_named_after_its_time() {
        let path = named_after("2026-01-31T12:00:00.123Z");
        assert_eq!(path, Path::new("claudebench-20260131T120000Z.db"));
    }
}
