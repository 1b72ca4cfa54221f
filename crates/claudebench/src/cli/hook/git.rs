//! Git, as a hook calls it: no questions, and no longer than a while.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How long one command may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(2);
/// How long it is tried to tell the index of a commit, while others hold it.
const INDEX: Duration = Duration::from_secs(1);
/// How long what a command has started may go on talking after it, and how long one may take to clean up.
const GRACE: Duration = Duration::from_millis(300);
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
        // One at a time: the name of a folder may have lines.
        let place = |which| {
            let said = run(folder, &[], &["rev-parse", which], b"").ok()?;
            said.strip_suffix('\n').filter(|place| !place.is_empty()).map(PathBuf::from)
        };
        Some(Self { root: place("--show-toplevel")?, own: place("--absolute-git-dir")? })
    }

    /// Keeps others that commit here as this program does from doing it until it is dropped: each takes
    /// what it adds to from the last commit.
    pub(super) fn alone(&self) -> Option<File> {
        let lock = File::create(self.own.join("claudebench-lock")).ok()?;
        let began = Instant::now();
        while lock.try_lock().is_err() {
            if began.elapsed() > PATIENCE {
                return None;
            }
            std::thread::park_timeout(LOOK);
        }
        Some(lock)
    }

    /// The branch, if one is checked out.
    pub(super) fn branch(&self) -> Option<String> {
        // Its whole name: the short one is another where a tag is called the same.
        let said = self.ask(&["symbolic-ref", "--quiet", "HEAD"]).ok()?;
        said.trim().strip_prefix("refs/heads/").map(str::to_owned)
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
            ("sequencer", "a sequence of commits"),
            ("SQUASH_MSG", "a squash"),
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

    /// Whether something that others have merged into it is still to be settled.
    pub(super) fn has_conflicts(&self) -> bool {
        !self.ask(&["ls-files", "--unmerged"]).is_ok_and(|said| said.is_empty())
    }

    fn head(&self) -> Option<String> {
        let said = self.ask(&["rev-parse", "--verify", "--quiet", "HEAD"]).ok()?;
        Some(said.trim().to_owned())
    }

    /// Commits these paths as they are now, or all that has changed, and nothing else: what is staged
    /// stays staged. It is put together in an index of its own, so that nothing has changed if it fails.
    pub(super) fn commit(&self, paths: &[&str], message: &str) -> Result<Committed, String> {
        let name = format!("claudebench-index-{}", std::process::id());
        let index = self.own.join(&name);
        let done = self.commit_by(&index, paths, message);
        // Left behind, they would be in nobody's way.
        let _ = std::fs::remove_file(&index);
        let _ = std::fs::remove_file(self.own.join(name + ".lock"));
        let hash = done?;
        let mut args = vec!["reset", "--quiet", "--"];
        args.extend(if paths.is_empty() { &["."][..] } else { paths });
        let began = Instant::now();
        // The index that others use learns of it, as soon as they let go of it.
        let stale = loop {
            match self.ask(&args) {
                Ok(_) => break None,
                Err(why) if began.elapsed() > INDEX => break Some(why),
                Err(_) => std::thread::park_timeout(10 * LOOK),
            }
        };
        Ok(Committed { hash, stale })
    }

    fn commit_by(&self, index: &Path, paths: &[&str], message: &str) -> Result<String, String> {
        let variables = [("GIT_INDEX_FILE", index)];
        let with = |args: &[&str], input: &[u8]| run(&self.root, &variables, args, input);
        let before = self.head();
        if let Some(before) = &before {
            with(&["read-tree", before], b"")?;
        }
        let mut args = vec!["add", "--all", "--"];
        args.extend(if paths.is_empty() { &["."][..] } else { paths });
        with(&args, b"")?;
        let done = with(&["commit", "--quiet", "--no-edit", "--file=-"], message.as_bytes());
        let Some(made) = self.head().filter(|head| before.as_ref() != Some(head)) else {
            return Err(done.err().unwrap_or_else(|| "git commit: nothing was committed".into()));
        };
        if let Err(why) = done {
            // A hook that comes after the commit may have failed: the commit is there.
            let is_ours = self.ask(&["log", "-1", "--format=%B", &made]);
            if !is_ours.is_ok_and(|said| said.contains(message)) {
                return Err(why);
            }
        }
        let parent = self.ask(&["rev-parse", "--verify", "--quiet", &format!("{made}^")]).ok();
        let parent = parent.map(|parent| parent.trim().to_owned());
        if parent == before {
            return Ok(made);
        }
        // It has no part of what somebody else has committed meanwhile, and would take that back.
        if let Some(parent) = parent {
            self.ask(&["update-ref", "-m", "claudebench: taken back", "HEAD", &parent, &made])?;
        }
        Err("somebody else has committed at the same time".into())
    }
}

/// A commit that was made.
#[derive(Debug)]
pub(super) struct Committed {
    pub(super) hash: String,
    /// Why the index that others use does not know of it.
    pub(super) stale: Option<String>,
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
    let others = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];
    let pathspecs = ["GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"];
    for name in others.into_iter().chain(pathspecs) {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    // `[id].tsx` is a name, and no pattern.
    command.env("GIT_LITERAL_PATHSPECS", "1");
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_EDITOR", "true");
    command.env("GIT_OPTIONAL_LOCKS", "0");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // What it starts ends with it.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let name = args.first().copied().unwrap_or_default();
    let cannot = |e: std::io::Error| format!("git {name}: {e}");
    let mut child = command.spawn().map_err(cannot)?;
    // Git may end without having read it all.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input));
    let out = reads(child.stdout.take());
    let err = reads(child.stderr.take());
    let began = Instant::now();
    let status = loop {
        match child.try_wait().map_err(cannot)? {
            Some(status) => break status,
            None if began.elapsed() > PATIENCE => {
                end(&mut child);
                return Err(format!("git {name} took longer than {} s", PATIENCE.as_secs()));
            }
            // Woken when it has said all.
            None => std::thread::park_timeout(LOOK),
        }
    };
    let said = heard(out, &child);
    if status.success() {
        return Ok(said);
    }
    let complaint = heard(err, &child);
    let complaint = if complaint.trim().is_empty() { said } else { complaint };
    let line: String = complaint.trim().chars().take(1_000).collect();
    Err(format!("git {name}: {line}"))
}

/// Reads what a command says.
fn reads(from: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    let waiting = std::thread::current();
    std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = from.map(|from| from.take(OUTPUT).read_to_end(&mut text));
        waiting.unpark();
        String::from_utf8_lossy(&text).into_owned()
    })
}

/// What a command has said that has ended. What it has left running is not waited for.
fn heard(reader: JoinHandle<String>, child: &Child) -> String {
    let began = Instant::now();
    while !reader.is_finished() && began.elapsed() < GRACE {
        std::thread::park_timeout(LOOK);
    }
    if !reader.is_finished() {
        signal(child, Signal::KILL);
    }
    reader.join().unwrap_or_default()
}

/// Ends a command with all that it has started. Git takes its locks away when it is asked to end.
fn end(child: &mut Child) {
    signal(child, Signal::TERM);
    let began = Instant::now();
    while matches!(child.try_wait(), Ok(None)) && began.elapsed() < GRACE {
        std::thread::park_timeout(LOOK);
    }
    signal(child, Signal::KILL);
    let _ = child.wait();
}

fn signal(child: &Child, signal: Signal) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    // One that is gone is what is wanted.
    let _ = group.map(|group| kill_process_group(group, signal));
}
