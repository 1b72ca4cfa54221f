//! A server of our own, started as a person would start it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use super::program::program;

/// A running server. It is killed when the test is over, however that ends.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    pub(crate) data: TempDir,
}

impl Server {
    /// On a free port, with an empty data directory.
    pub(crate) fn start() -> Self {
        Self::on("127.0.0.1:0", TempDir::new().unwrap())
    }

    /// On an address, with a data directory.
    pub(crate) fn on(listen: &str, data: TempDir) -> Self {
        let folder = data.path().to_str().unwrap().to_owned();
        Self::run_by(program(&["serve", "--listen", listen, "--data", &folder, "--json"]), data)
    }

    /// On a free port, with a setting of its own.
    pub(crate) fn with(name: &str, value: &str) -> Self {
        let data = TempDir::new().unwrap();
        let folder = data.path().to_str().unwrap().to_owned();
        let args = ["serve", "--listen", "127.0.0.1:0", "--data", &folder, "--json"];
        let mut command = program(&args);
        command.env(name, value);
        Self::run_by(command, data)
    }

    /// On a free port, over a database.
    pub(crate) fn over(url: &str) -> Self {
        let mut command = program(&["serve", "--listen", "127.0.0.1:0", "--json"]);
        command.env("CLAUDEBENCH_STORE_URL", url);
        Self::run_by(command, TempDir::new().unwrap())
    }

    pub(crate) fn run_by(mut command: Command, data: TempDir) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).expect("a server says where it is");
        assert_eq!(ready["pid"], child.id());
        Self { url: ready["urls"][0].as_str().unwrap().to_owned(), child, data }
    }

    /// Runs the program against it.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        program(args).env("CLAUDEBENCH_URL", &self.url).output().unwrap()
    }

    /// What the program says to a program.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.data.path()
    }

    /// Kills it; its data stays.
    pub(crate) fn kill(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.data, TempDir::new().unwrap())
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> TempDir {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
        let ended = self.child.wait().unwrap();
        assert!(ended.success(), "{ended}");
        std::mem::replace(&mut self.data, TempDir::new().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something holds.
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(std::time::Instant::now() < deadline, "{what}");
        std::thread::yield_now();
    }
}
