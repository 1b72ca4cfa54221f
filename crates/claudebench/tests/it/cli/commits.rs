//! Auto-commit where others commit, too, and where git does what nobody expects.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::hooked::{Agent, git, repository, writes};

/// An agent without a server, whose changes are committed.
fn committer() -> Agent {
    let agent = Agent::of("http://127.0.0.1:9").with("CLAUDEBENCH_HOOK_AUTO_COMMIT", "true");
    repository(agent.folder.path());
    agent
}

/// A hook of git.
fn hook(folder: &Path, name: &str, script: &str) {
    let hook = folder.join(".git/hooks").join(name);
    fs::write(&hook, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
}

fn subjects(folder: &Path) -> usize {
    git(folder, &["log", "--format=%h"]).lines().count()
}

#[test]
fn a_name_that_looks_like_a_pattern_is_a_name() {
    let agent = committer();
    let folder = agent.folder.path();
    fs::write(folder.join("i.tsx"), "a person's\n").unwrap();
    for (n, name) in ["[id].tsx", "a b\nc.txt", "-x", "*.txt", ":(top)y"].into_iter().enumerate() {
        assert_eq!(writes(&agent, &format!("u{n}"), name, "new\n"), Value::Null, "{name}");
        assert_eq!(git(folder, &["show", "--format=", "--name-only", "-z"]), format!("{name}\0"));
    }
    assert_eq!(git(folder, &["status", "--porcelain"]), "?? i.tsx");
}

#[test]
fn what_was_begun_and_never_ended_is_forgotten() {
    let agent = committer();
    let marks = agent.state.path().join("claudebench/edits");
    fs::create_dir_all(&marks).unwrap();
    fs::File::create(marks.join("old"))
        .unwrap()
        .set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    fs::File::create(marks.join("new")).unwrap();
    writes(&agent, "u1", "a.txt", "two\n");
    let left: Vec<_> = fs::read_dir(&marks).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["new"]);
}

#[test]
fn main_is_main_also_where_a_tag_is_called_the_same() {
    let agent = committer();
    let folder = agent.folder.path();
    git(folder, &["switch", "--quiet", "main"]);
    git(folder, &["tag", "main"]);
    writes(&agent, "u1", "a.txt", "two\n");
    assert_eq!(subjects(folder), 1, "nothing was committed to it");
}

#[test]
fn commits_at_the_same_time_take_nothing_back() {
    let agent = committer();
    let folder = agent.folder.path();
    thread::scope(|scope| {
        for n in 0..12 {
            let agent = &agent;
            scope.spawn(move || {
                let told = writes(agent, &format!("u{n}"), &format!("{n}.txt"), "new\n");
                assert_eq!(told, Value::Null);
            });
        }
    });
    assert_eq!(subjects(folder), 13);
    assert_eq!(git(folder, &["status", "--porcelain"]), "");
    assert_eq!(git(folder, &["ls-tree", "--name-only", "HEAD"]).lines().count(), 13);
}

#[test]
fn what_others_commit_meanwhile_is_not_taken_back() {
    let agent = committer();
    let folder = agent.folder.path();
    // Somebody commits while the hook runs, with an index of their own.
    let other = "[ -n \"$OTHER\" ] && exit 0\nexport OTHER=1\nunset GIT_INDEX_FILE\n\
                 echo other > other.txt\ngit add other.txt\ngit commit --quiet -m other";
    hook(folder, "pre-commit", other);
    let told = writes(&agent, "u1", "a.txt", "two\n");
    assert!(told["systemMessage"].is_string(), "{told}");
    assert_eq!(git(folder, &["log", "-1", "--format=%s"]), "other");
    assert_eq!(git(folder, &["ls-tree", "--name-only", "HEAD"]), "a.txt\nother.txt");
    assert_eq!(fs::read_to_string(folder.join("a.txt")).unwrap(), "two\n");
}

#[test]
fn what_was_committed_is_said_to_be_whatever_comes_after() {
    let agent = committer();
    let folder = agent.folder.path();
    // Another holds the index all the while.
    fs::write(folder.join(".git/index.lock"), "").unwrap();
    let told = writes(&agent, "u1", "a.txt", "two\n");
    fs::remove_file(folder.join(".git/index.lock")).unwrap();
    let said = told["systemMessage"].as_str().unwrap();
    assert!(said.starts_with("Committed, but the index"), "{said}");
    assert_eq!(subjects(folder), 2);
    git(folder, &["reset", "--quiet"]);
    // A hook that comes after the commit does not end.
    hook(folder, "post-commit", "sleep 30");
    assert_eq!(writes(&agent, "u2", "a.txt", "three\n"), Value::Null);
    assert_eq!((subjects(folder), git(folder, &["status", "--porcelain"])), (3, String::new()));
}

#[test]
fn a_hook_of_git_that_hangs_ends_with_all_it_has_started() {
    let agent = committer();
    let folder = agent.folder.path();
    let pid = folder.join(".git/pid");
    hook(folder, "pre-commit", "echo $$ > .git/pid\nsleep 60\necho late > a.txt");
    let told = writes(&agent, "u1", "a.txt", "two\n");
    let said = told["systemMessage"].as_str().unwrap();
    assert!(said.contains("took longer than 5 s"), "{said}");
    // What nobody has taken leave of yet has no command any more.
    let command = format!("/proc/{}/cmdline", fs::read_to_string(&pid).unwrap().trim());
    assert_eq!(fs::read(command).unwrap_or_default(), b"", "the hook is still there");
    // One that leaves something behind which keeps its output open.
    hook(folder, "pre-commit", "sleep 60 &\nexit 1");
    git(folder, &["checkout", "--quiet", "a.txt"]);
    let began = Instant::now();
    let told = writes(&agent, "u2", "a.txt", "two\n");
    assert!(told["systemMessage"].as_str().unwrap().contains("not committed"), "{told}");
    assert!(began.elapsed() < Duration::from_secs(20), "it waits for what is left");
    assert_eq!(fs::read_to_string(folder.join("a.txt")).unwrap(), "two\n");
    let left = fs::read_dir(folder.join(".git")).unwrap().flatten();
    let left = left.filter(|entry| entry.file_name().to_string_lossy().contains("-index-"));
    assert_eq!(left.count(), 0);
}

#[test]
fn conflicts_are_not_committed() {
    let agent = committer().with("CLAUDEBENCH_HOOK_AUTO_COMMIT_ALL", "true");
    let folder = agent.folder.path();
    fs::write(folder.join("a.txt"), "stashed\n").unwrap();
    git(folder, &["stash", "--quiet"]);
    fs::write(folder.join("a.txt"), "two\n").unwrap();
    git(folder, &["commit", "--quiet", "-am", "second"]);
    let mut pop = Command::new("git");
    let popped = pop.arg("-C").arg(folder).args(["stash", "pop"]).output().unwrap();
    assert!(!popped.status.success(), "it conflicts");
    let [before, after] =
        agent.tool("u1", "Write", &json!({"file_path": folder.join("b.txt")}), &json!({}));
    agent.answer(&before);
    fs::write(folder.join("b.txt"), "new\n").unwrap();
    let told = agent.answer(&after);
    assert!(told["systemMessage"].as_str().unwrap().contains("conflicts"), "{told}");
    assert_eq!(subjects(folder), 2);
}
