//! Files of a repository: read as they are, and written whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::NamedTempFile;

use crate::cli::failure::{Failure, Outcome};

/// The longest file that is looked at.
const LONGEST: u64 = 4 << 20;

/// A file that may be there.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Its path from the root.
    pub(super) name: &'static str,
    /// Where it really is, past symbolic links.
    pub(super) target: PathBuf,
    /// What is in it, if it is there.
    pub(super) text: Option<String>,
}

/// A file is not what it must be.
pub(super) fn unusable(name: &str, what: impl std::fmt::Display) -> Failure {
    Failure::Input {
        what: format!("{name}: {what}; nothing was written"),
        next: "mend that file, then run the command again".into(),
    }
}

impl Place {
    /// Looks at a file.
    pub(super) fn read(root: &Path, name: &'static str) -> Outcome<Self> {
        let path = root.join(name);
        let target = match fs::symlink_metadata(&path) {
            Ok(_) => path.canonicalize().map_err(|e| unusable(name, e))?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Self { name, target: path, text: None });
            }
            Err(error) => return Err(unusable(name, error)),
        };
        let found = fs::metadata(&target).map_err(|e| unusable(name, e))?;
        if !found.is_file() {
            return Err(unusable(name, "is no file"));
        }
        if found.len() > LONGEST {
            return Err(unusable(name, format!("is longer than {LONGEST} bytes")));
        }
        let bytes = fs::read(&target).map_err(|e| unusable(name, e))?;
        let text = String::from_utf8(bytes).map_err(|_| unusable(name, "is no UTF-8 text"))?;
        Ok(Self { name, target, text: Some(text) })
    }

    /// The text, or an empty one.
    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Where it is, if a symbolic link leads elsewhere.
    pub(super) fn elsewhere(&self, root: &Path) -> Option<&Path> {
        (self.target != root.join(self.name)).then_some(&*self.target)
    }
}

/// What is about to be written: everything lies beside its place already.
#[derive(Debug, Default)]
pub(super) struct Staged {
    files: Vec<(PathBuf, Option<NamedTempFile>, Option<String>)>,
    /// Folders that were made for it.
    pub(super) folders: Vec<PathBuf>,
}

impl Staged {
    /// Puts a file beside its place; without a text, it is to go. `before` is what must still be there
    /// when its turn comes.
    pub(super) fn add(
        &mut self,
        target: &Path,
        before: Option<&str>,
        after: Option<&str>,
        mode: u32,
    ) -> Outcome {
        let cannot = |e: std::io::Error| {
            let what = format!("{} cannot be written: {e}; nothing was changed", target.display());
            Failure::advise(what, "look at the rights of that folder")
        };
        let temporary = match after {
            Some(text) => {
                let folder = target.parent().unwrap_or(Path::new("."));
                self.make(folder).map_err(cannot)?;
                Some(beside(folder, target, text, mode).map_err(cannot)?)
            }
            None => None,
        };
        self.files.push((target.to_owned(), temporary, before.map(str::to_owned)));
        Ok(())
    }

    /// Makes a folder, and those above it.
    fn make(&mut self, folder: &Path) -> std::io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.make(above)?;
        }
        fs::create_dir(folder)?;
        self.folders.push(folder.to_owned());
        Ok(())
    }

    /// Gives each file its place.
    pub(super) fn write(mut self) -> Outcome {
        let mut done = Vec::new();
        for (target, temporary, before) in std::mem::take(&mut self.files) {
            if let Err(why) = put(&target, temporary, before.as_deref()) {
                let failure = Failure::advise(
                    format!("{}: {why}", target.display()),
                    "run the command again: it goes on where it is",
                );
                return Err(match done.is_empty() {
                    true => failure,
                    false => Failure::Partly {
                        failure: Box::new(failure),
                        what: format!("what was written before it: {}", done.join(", ")),
                        next: "run the command again: it goes on where it is",
                    },
                });
            }
            done.push(target.display().to_string());
        }
        self.folders.clear();
        Ok(())
    }
}

impl Drop for Staged {
    /// What was not written leaves nothing behind.
    fn drop(&mut self) {
        self.files.clear();
        for folder in self.folders.iter().rev() {
            // One that holds something else by now stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// A whole file beside its place, with the rights of the one that is there.
fn beside(folder: &Path, target: &Path, text: &str, mode: u32) -> std::io::Result<NamedTempFile> {
    let there = fs::metadata(target).ok();
    let mut builder = tempfile::Builder::new();
    builder.prefix(".claudebench-").permissions(Permissions::from_mode(mode));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Some(there) = there {
        // Only who may give files away can leave its owner to a file.
        let _ = std::os::unix::fs::chown(file.path(), Some(there.uid()), Some(there.gid()));
        file.as_file().set_permissions(there.permissions())?;
        // A file that may not be written is not replaced either.
        OpenOptions::new().append(true).open(target)?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

fn put(
    target: &Path,
    temporary: Option<NamedTempFile>,
    before: Option<&str>,
) -> Result<(), String> {
    let now = match fs::read(target) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error.to_string()),
    };
    if now.as_deref() != before.map(str::as_bytes) {
        return Err("somebody changed it meanwhile".into());
    }
    match temporary {
        Some(file) => file.persist(target).map(drop).map_err(|e| e.error.to_string())?,
        None if now.is_some() => fs::remove_file(target).map_err(|e| e.to_string())?,
        None => {}
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| e.to_string())
}

/// Whether git ignores a path, by any of its files. Without git, by what a file of patterns says.
pub(super) fn is_ignored(root: &Path, path: &str, patterns: &str) -> bool {
    let mut git = Command::new("git");
    git.arg("-C").arg(root).args(["check-ignore", "--quiet", "--", path]);
    let asked = git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match asked.ok().and_then(|status| status.code()) {
        Some(0) => true,
        Some(1) => false,
        // There is no git, or it does not want to look here.
        _ => {
            patterns.lines().any(|line| line.trim().trim_matches('/') == path.trim_end_matches('/'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_somebody_writes_meanwhile_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        fs::write(&two, "before").unwrap();
        let mut staged = Staged::default();
        staged.add(&one, None, Some("ours"), 0o666).unwrap();
        staged.add(&two, Some("before"), Some("ours"), 0o666).unwrap();
        assert_eq!(names(folder.path()).len(), 3, "beside their places");
        fs::write(&two, "theirs").unwrap();
        let failure = staged.write().unwrap_err();
        let said = failure.message().unwrap();
        assert!(said.contains("two: somebody changed it meanwhile"), "{said}");
        assert!(said.contains("what was written before it: ") && said.contains("one"), "{said}");
        assert_eq!(fs::read_to_string(&one).unwrap(), "ours");
        assert_eq!(fs::read_to_string(&two).unwrap(), "theirs");
        assert_eq!(names(folder.path()), ["one", "two"]);
    }

    #[test]
    fn what_is_not_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "x").unwrap();
        let mut staged = Staged::default();
        staged.add(&folder.path().join("a/b/one"), None, Some("ours"), 0o600).unwrap();
        assert!(staged.add(&folder.path().join("file/two"), None, Some("ours"), 0o666).is_err());
        drop(staged);
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[test]
    fn a_new_file_has_the_rights_that_were_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/one");
        let mut staged = Staged::default();
        staged.add(&path, None, Some("ours"), 0o600).unwrap();
        staged.write().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let mut staged = Staged::default();
        staged.add(&path, Some("ours"), None, 0o600).unwrap();
        staged.write().unwrap();
        assert!(!path.exists());
    }
}
