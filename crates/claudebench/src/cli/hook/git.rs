//! Git, as a hook calls it: no questions, and no longer than a while.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long one command may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(2);
/// The most that is read of what it says.
const OUTPUT: u64 = 4 << 20;

/// A work tree.
#[derive(Debug)]
pub(super) struct Git {
    /// Its root.
    pub(super) root: PathBuf,
    /// Where its repository keeps what is of this tree alone.
    own: PathBuf,
}

impl Git {
    /// The work tree that a folder is in.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        let said = run(folder, &[], &["rev-parse", "--show-toplevel", "--absolute-git-dir"], b"");
        let said = said.ok()?;
        let mut lines = said.lines();
        let (root, own) = (PathBuf::from(lines.next()?), PathBuf::from(lines.next()?));
        Some(Self { root, own })
    }

    /// The branch, if one is checked out.
    pub(super) fn branch(&self) -> Option<String> {
        let said = self.ask(&["symbolic-ref", "--quiet", "--short", "HEAD"]).ok()?;
        Some(said.trim().to_owned()).filter(|branch| !branch.is_empty())
    }

    /// What is under way, and must not be disturbed.
    pub(super) fn under_way(&self) -> Option<&'static str> {
        let signs = [
            ("MERGE_HEAD", "a merge"),
            ("rebase-merge", "a rebase"),
            ("rebase-apply", "a rebase"),
            ("CHERRY_PICK_HEAD", "a cherry-pick"),
            ("REVERT_HEAD", "a revert"),
            ("BISECT_LOG", "a bisection"),
        ];
        signs.iter().find(|(sign, _)| self.own.join(sign).exists()).map(|(_, what)| *what)
    }

    /// Whether paths are as they were committed last; one that is not there and never was is, too.
    pub(super) fn is_clean(&self, path: &Path) -> Option<bool> {
        let path = path.to_str()?;
        let said = self.ask(&["status", "--porcelain", "--untracked-files=all", "--", path]);
        Some(said.ok()?.is_empty())
    }

    /// Whether git leaves a path alone.
    pub(super) fn ignores(&self, path: &Path) -> bool {
        path.to_str().is_some_and(|path| self.ask(&["check-ignore", "--quiet", "--", path]).is_ok())
    }

    pub(super) fn ask(&self, args: &[&str]) -> Result<String, String> {
        run(&self.root, &[], args, b"")
    }

    /// Commits these paths as they are now, or all that has changed, and nothing else: what is staged
    /// stays staged. It is put together in an index of its own, so that nothing has changed if it fails.
    pub(super) fn commit(&self, paths: &[&str], message: &str) -> Result<String, String> {
        let index = self.own.join(format!("claudebench-index-{}", std::process::id()));
        let done = self.commit_by(&index, paths, message);
        // Left behind, it would be in nobody's way.
        let _ = std::fs::remove_file(&index);
        let hash = done?;
        // The index that others use learns of it.
        let mut args = vec!["reset", "--quiet", "--"];
        args.extend(if paths.is_empty() { &["."][..] } else { paths });
        self.ask(&args)?;
        Ok(hash)
    }

    fn commit_by(&self, index: &Path, paths: &[&str], message: &str) -> Result<String, String> {
        let variables = [("GIT_INDEX_FILE", index)];
        let with = |args: &[&str], input: &[u8]| run(&self.root, &variables, args, input);
        if self.ask(&["rev-parse", "--verify", "--quiet", "HEAD"]).is_ok() {
            with(&["read-tree", "HEAD"], b"")?;
        }
        let mut args = vec!["add", "--all", "--"];
        args.extend(if paths.is_empty() { &["."][..] } else { paths });
        with(&args, b"")?;
        with(&["commit", "--quiet", "--no-edit", "--file=-"], message.as_bytes())?;
        Ok(self.ask(&["rev-parse", "HEAD"])?.trim().to_owned())
    }
}

/// Runs git, and answers what it says; else what it complains of.
fn run(
    folder: &Path,
    variables: &[(&str, &Path)],
    args: &[&str],
    input: &[u8],
) -> Result<String, String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "core.quotePath=false"]).args(args);
    // What is set for the agent's own commands is not meant for these.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_EDITOR", "true");
    command.env("GIT_OPTIONAL_LOCKS", "0");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let name = args.first().copied().unwrap_or_default();
    let cannot = |e: std::io::Error| format!("git {name}: {e}");
    let mut child = command.spawn().map_err(cannot)?;
    // Git may end without having read it all.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input));
    let read = |from: Option<Box<dyn Read + Send>>| {
        let waiting = std::thread::current();
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = from.map(|from| from.take(OUTPUT).read_to_end(&mut text));
            waiting.unpark();
            String::from_utf8_lossy(&text).into_owned()
        })
    };
    let out = read(child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let err = read(child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let began = Instant::now();
    let status = loop {
        match child.try_wait().map_err(cannot)? {
            Some(status) => break status,
            None if began.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("git {name} took longer than {} s", PATIENCE.as_secs()));
            }
            // Woken when it has said all.
            None => std::thread::park_timeout(LOOK),
        }
    };
    let said = out.join().unwrap_or_default();
    if status.success() {
        return Ok(said);
    }
    let complaint = err.join().unwrap_or_default();
    let complaint = if complaint.trim().is_empty() { said } else { complaint };
    let line: String = complaint.trim().chars().take(1_000).collect();
    Err(format!("git {name}: {line}"))
}
