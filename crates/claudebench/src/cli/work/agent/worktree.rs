//! The git worktree of a task: made when it is needed, kept when somebody may miss it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::super::stage::Stage;
use super::git::git;

/// How many commits are told.
const COMMITS: &str = "100";

/// Which worktrees stay when the work is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(in crate::cli::work) enum Keep {
    /// Those with commits, or with changes that are not committed
    Changed,
    /// Those with changes that are not committed; commits stay on their branch
    Uncommitted,
    /// All of them
    Always,
}

/// Where worktrees are made, and from what.
#[derive(Debug)]
pub(in crate::cli::work) struct Place {
    pub(super) repository: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) base: String,
    pub(super) keep: Keep,
    /// One at a time: git does not like company in what they share.
    pub(super) turn: tokio::sync::Mutex<()>,
}

/// The worktree of one task.
#[derive(Debug)]
pub(super) struct Worktree {
    pub(super) path: PathBuf,
    pub(super) branch: String,
    /// The commit that the work began from.
    pub(super) base: String,
    /// An attempt before has left its work in it.
    pub(super) is_continued: bool,
    /// Held as long as the work goes on.
    _lock: File,
}

/// Why there is no worktree.
#[derive(Debug)]
pub(super) enum NoWorktree {
    /// Somebody is still in it.
    InUse,
    /// Something is wrong.
    Failed(String),
}

impl From<String> for NoWorktree {
    fn from(what: String) -> Self {
        Self::Failed(what)
    }
}

/// What is in a worktree.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) commits: Vec<Commit>,
    pub(super) uncommitted: bool,
}

/// A commit that an agent made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(super) struct Commit {
    pub(super) id: String,
    pub(super) subject: String,
}

impl Place {
    /// Makes the worktree of a task, or goes on in that of an attempt before.
    pub(super) async fn make(&self, stage: &Stage<'_>) -> Result<Worktree, NoWorktree> {
        let task = stage.task.id.to_string();
        let lock = self.lock(&task)?;
        let path = self.folder.join(&task);
        let branch = format!("claudebench/{task}");
        let _turn = self.turn.lock().await;
        let repository = self.repository.as_path();
        let base_commit = format!("{}^{{commit}}", self.base);
        let base = git(stage, repository, &["rev-parse", "--verify", &base_commit]).await?;
        let reference = format!("refs/heads/{branch}");
        let has_branch =
            git(stage, repository, &["rev-parse", "--verify", "--quiet", &reference]).await.is_ok();
        let shown = path.to_string_lossy().into_owned();
        let is_there = path.join(".git").exists();
        if is_there {
            git(stage, &path, &["rev-parse", "--is-inside-work-tree"]).await?;
        } else {
            // What was deleted by hand is known to git as long as nobody says so.
            git(stage, repository, &["worktree", "prune"]).await?;
            let add: &[&str] = if has_branch {
                &["worktree", "add", &shown, &branch]
            } else {
                &["worktree", "add", "-b", &branch, &shown, &base]
            };
            git(stage, repository, add).await?;
        }
        let is_continued = is_there || has_branch;
        let base = if is_continued {
            git(stage, &path, &["merge-base", "HEAD", &base]).await.unwrap_or(base)
        } else {
            base
        };
        Ok(Worktree { path, branch, base, is_continued, _lock: lock })
    }

    /// An attempt that was lost may still be ending: then this one waits.
    fn lock(&self, task: &str) -> Result<File, NoWorktree> {
        let path = self.folder.join(format!("{task}.lock"));
        let cannot = |e: std::io::Error| NoWorktree::Failed(format!("{}: {e}", path.display()));
        let file = File::create(&path).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(NoWorktree::InUse),
            Err(TryLockError::Error(error)) => Err(cannot(error)),
        }
    }

    /// Removes a worktree that nobody will miss; says whether it stays.
    pub(super) async fn clear(
        &self,
        stage: &Stage<'_>,
        worktree: &Worktree,
        contents: &Contents,
    ) -> bool {
        let stays = contents.uncommitted
            || match self.keep {
                Keep::Always => true,
                Keep::Changed => !contents.commits.is_empty(),
                Keep::Uncommitted => false,
            };
        if stays {
            return true;
        }
        let _turn = self.turn.lock().await;
        let shown = worktree.path.to_string_lossy();
        let remove = ["worktree", "remove", "--force", &*shown];
        if let Err(error) = git(stage, &self.repository, &remove).await {
            tracing::warn!(task = %stage.task.id, error, "a worktree is left behind");
            return true;
        }
        if contents.commits.is_empty() {
            let delete = ["branch", "-D", &worktree.branch];
            if let Err(error) = git(stage, &self.repository, &delete).await {
                tracing::warn!(task = %stage.task.id, error, "a branch is left behind");
            }
        }
        // Whoever opens it next makes it anew.
        let _ = std::fs::remove_file(self.folder.join(format!("{}.lock", stage.task.id)));
        false
    }
}

impl Worktree {
    /// What the agent has left in it.
    pub(super) async fn contents(&self, stage: &Stage<'_>) -> Result<Contents, String> {
        let status = git(stage, &self.path, &["status", "--porcelain"]).await?;
        let range = format!("{}..HEAD", self.base);
        let log = ["log", "--format=%H %s", "-n", COMMITS, &range];
        let log = git(stage, &self.path, &log).await?;
        let commits = log.lines().map(|line| {
            let (id, subject) = line.split_once(' ').unwrap_or((line, ""));
            Commit { id: id.to_owned(), subject: subject.to_owned() }
        });
        Ok(Contents { commits: commits.collect(), uncommitted: !status.is_empty() })
    }
}

/// Makes the folder of worktrees; in a repository, it is one that git does not see.
pub(super) fn make_folder(folder: &Path, repository: &Path) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let folder = folder.canonicalize()?;
    let ignore = folder.join(".gitignore");
    if folder.starts_with(repository) && !ignore.exists() {
        std::fs::write(ignore, "*\n")?;
    }
    Ok(folder)
}
