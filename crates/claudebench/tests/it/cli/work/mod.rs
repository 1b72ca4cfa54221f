//! Workers: the real program over a real server, with commands that tests steer by files.

mod agent;
mod ending;
mod losing;
mod network;
mod results;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::Value;
use tempfile::TempDir;

use super::program::program;
use super::server::{Server, eventually};

/// A worker, with a folder in which its commands leave signs. Killed when the test is over.
struct Worker {
    child: Child,
    place: TempDir,
}

impl Worker {
    /// Works for a server; commands find the folder in `$DIR`.
    fn start(url: &str, args: &[&str]) -> Self {
        Self::start_in(url, args, TempDir::new().unwrap())
    }

    fn start_in(url: &str, args: &[&str], place: TempDir) -> Self {
        let file = |name: &str| {
            let path = place.path().join(name);
            Stdio::from(File::options().create(true).append(true).open(path).unwrap())
        };
        let child = program(&[&["work"], args].concat())
            .env("CLAUDEBENCH_URL", url)
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("DIR", place.path())
            .stdout(file("out.log"))
            .stderr(file("err.log"))
            .spawn()
            .unwrap();
        Self { child, place }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// What it said on standard error.
    fn log(&self) -> String {
        self.read("err.log")
    }

    fn waits_for(&self, what: &str, holds: impl FnMut() -> bool) {
        let mut holds = holds;
        let mut tries = 0_u32;
        eventually(what, || {
            tries += 1;
            // What a worker has said tells why it does not come.
            assert!(tries < u32::MAX, "{}", self.log());
            holds()
        });
    }

    /// Waits for a sign that a command leaves.
    fn sees(&self, name: &str) {
        self.waits_for(&format!("{name} in the folder"), || self.path(name).exists());
    }

    /// Waits until it says something.
    fn says(&self, text: &str) {
        self.waits_for(&format!("`{text}` in the log"), || self.log().contains(text));
    }

    /// The process whose number a command has left.
    fn process(&self, name: &str) -> Pid {
        let read = || Pid::from_raw(self.read(name).trim().parse().ok()?);
        self.waits_for(&format!("a number in {name}"), || read().is_some());
        read().unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill_process(pid(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    fn ends(&mut self) -> ExitStatus {
        let mut ended = None;
        eventually("the worker ends", || {
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        });
        ended.unwrap()
    }

    /// The same, with the exit code.
    fn code(&mut self) -> Option<i32> {
        self.ends().code()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if std::thread::panicking() {
            #[allow(clippy::print_stderr, reason = "it tells what led to it")]
            let () = eprintln!("the worker said:\n{}", self.log());
        }
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pid(child: &Child) -> Pid {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw).unwrap()
}

/// Waits until processes are gone.
fn gone(pids: &[Pid]) {
    eventually("the processes are gone", || pids.iter().all(|pid| !is_alive(*pid)));
}

/// Whether a process is there, and not only until somebody takes note of its end.
fn is_alive(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    // pid (name, which may hold anything) state ..
    let state = |stat: String| stat.rsplit(')').next().and_then(|rest| rest.trim().chars().next());
    match stat.ok().and_then(state) {
        Some(state) => !matches!(state, 'Z' | 'X'),
        // Where there is no such file, a signal that does nothing tells.
        None => !Path::new("/proc/self/stat").exists() && test_kill_process(pid).is_ok(),
    }
}

/// Adds a task, and says which.
fn add(server: &Server, text: &str, more: &[&str]) -> String {
    let made = server.json(&[&["task", "add", text], more].concat());
    made["id"].as_str().unwrap().to_owned()
}

/// A task as it is.
fn show(server: &Server, id: &str) -> Value {
    server.json(&["task", "show", id])
}

fn status(server: &Server, id: &str) -> String {
    show(server, id)["status"].as_str().unwrap().to_owned()
}

/// Waits until a task is that far.
fn becomes(server: &Server, id: &str, wanted: &str) {
    eventually(&format!("{id} becomes {wanted}"), || status(server, id) == wanted);
}

/// How often something has happened to a task.
fn count(server: &Server, id: &str, kind: &str) -> usize {
    let history = server.run(&["task", "history", id]);
    String::from_utf8(history.stdout).unwrap().matches(kind).count()
}

/// A server like another one was: in its place, over its data.
fn again(url: &str, data: TempDir) -> Server {
    Server::on(url.strip_prefix("http://").unwrap(), data)
}

/// Kills a server; what is left is its data.
fn kill(mut server: Server) -> TempDir {
    std::mem::replace(&mut server.data, TempDir::new().unwrap())
}

/// Writes a script that can be run.
fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
