//! What `claudebench init` found and what it left, so that it can be taken out again to the byte. It
//! lies where git keeps its own things, or in `.claudebench` where there is no git.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::Staged;
use crate::cli::failure::{Failure, Outcome};

/// What is known about a repository.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Record {
    /// The files that were made or changed.
    pub(super) files: BTreeMap<String, Kept>,
    /// The folders that were made, from the root.
    pub(super) folders: BTreeSet<PathBuf>,
    /// Whether the tools for todos were switched on.
    pub(super) todo_tools: bool,
}

/// A file that was made or changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// What was there; nothing, if it was made.
    pub(super) before: Option<String>,
    /// What was left.
    pub(super) after: String,
}

impl Record {
    /// Where it lies.
    pub(super) fn path(root: &Path) -> PathBuf {
        git_folder(root).map_or_else(
            || root.join(".claudebench/init.json"),
            |folder| folder.join("claudebench-init.json"),
        )
    }

    /// Reads it; there may be none.
    pub(super) fn read(root: &Path) -> Outcome<Self> {
        let path = Self::path(root);
        let Ok(text) = fs::read_to_string(&path) else { return Ok(Self::default()) };
        serde_json::from_str(&text).map_err(|e| {
            let what = format!("{} is damaged: {e}", path.display());
            Failure::advise(
                what,
                "delete that file: then what others wrote is kept as far as it is known",
            )
        })
    }

    /// Puts it beside what is to be written; one that holds nothing goes.
    pub(super) fn stage(&self, root: &Path, staged: &mut Staged) -> Outcome {
        let path = Self::path(root);
        let before = fs::read_to_string(&path).ok();
        let text = serde_json::to_string(self).map_err(Failure::local)?;
        let after = (*self != Self::default()).then_some(text);
        if before == after {
            return Ok(());
        }
        // It may hold what others are not to read.
        staged.add(&path, before.as_deref(), after.as_deref(), 0o600)
    }
}

/// The folder of git for a work tree.
fn git_folder(root: &Path) -> Option<PathBuf> {
    let path = root.join(".git");
    if path.is_dir() {
        return Some(path);
    }
    let text = fs::read_to_string(path).ok()?;
    let folder = root.join(text.strip_prefix("gitdir:")?.trim());
    folder.is_dir().then_some(folder)
}
