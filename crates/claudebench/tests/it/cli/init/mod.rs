//! `claudebench init`, as a person runs it in a repository of theirs.

mod chain;
mod content;
mod project;
mod remove;
mod safety;
mod terminal;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::program::{program, text};
use super::server::Server;

/// A repository of somebody's, and their home.
struct Repository {
    root: TempDir,
    home: TempDir,
    url: String,
}

impl Repository {
    /// A new one, under git. Its server is one that is there.
    fn new(server: &Server) -> Self {
        let repository = Self::without_git(&server.url);
        repository.has_claude("2.1.332");
        let made = repository.git(&["init", "--quiet"]);
        assert!(made.status.success(), "{}", text(&made.stderr));
        repository
    }

    fn without_git(url: &str) -> Self {
        let (root, home) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        Self { root, home, url: url.to_owned() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().canonicalize().unwrap().join(name)
    }

    /// The program in this repository, with itself in PATH.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = program(args);
        let own = Path::new(env!("CARGO_BIN_EXE_claudebench")).parent().unwrap();
        let of_home = self.home.path().join("bin");
        let path = format!("{}:{}:/usr/local/bin:/usr/bin:/bin", own.display(), of_home.display());
        command.env("PATH", path).env("HOME", self.home.path()).current_dir(self.root.path());
        command
    }

    /// A Claude Code that says its version, in PATH.
    fn has_claude(&self, version: &str) {
        let path = self.home.path().join("bin/claude");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\necho '{version} (Claude Code)'\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn git(&self, args: &[&str]) -> Output {
        let mut git = Command::new("git");
        git.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", self.home.path());
        git.args(args).current_dir(self.root.path()).output().unwrap()
    }

    /// Runs `claudebench init` against the server.
    fn init(&self, args: &[&str]) -> Output {
        self.command(&[&["init"], args].concat())
            .env("CLAUDEBENCH_URL", &self.url)
            .output()
            .unwrap()
    }

    /// The same, where it has to go well.
    fn initialized(&self, args: &[&str]) -> String {
        let output = self.init(args);
        assert!(
            output.status.success(),
            "{args:?}: {}{}",
            text(&output.stdout),
            text(&output.stderr)
        );
        text(&output.stdout).to_owned()
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn json(&self, name: &str) -> Value {
        let text = self.read(name);
        serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap()
    }

    /// All files and folders, but for git's own.
    fn tree(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        let mut next = vec![self.root.path().to_owned()];
        while let Some(folder) = next.pop() {
            for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.file_name().is_some_and(|name| name == ".git") {
                    continue;
                }
                if entry.is_dir() {
                    next.push(entry.clone());
                }
                found.insert(entry.clone(), fs::read(&entry).ok());
            }
        }
        found
    }
}
