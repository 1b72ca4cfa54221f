//! Servers as processes of their own over one database: several apart, and several workers of one.

mod apart;
pub(crate) mod balanced;
mod beside;
mod cached;
mod clusters;
mod crowd;
mod evicted;
mod logged_in;
mod reload;
mod together;
mod workers;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use claudebench_testkit::postgres::{Database, Postgres};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::send_to;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server over a database. It ends with this.
struct Process {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
    _database: Arc<Database>,
}

/// An empty database, which goes with the last of those that use it.
async fn database() -> Arc<Database> {
    Arc::new(Postgres::shared().await.database().await)
}

/// The program, over a database, in a folder of its own, with what it writes in a file there.
fn program(url: &str, args: &[&str]) -> (Command, TempDir) {
    program_of(env!("CARGO_BIN_EXE_claudebench").as_ref(), url, args)
}

fn program_of(path: &Path, url: &str, args: &[&str]) -> (Command, TempDir) {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(path);
    command
        .current_dir(folder.path())
        .env_clear()
        .env("CLAUDEBENCH_STORE_URL", url)
        // A process of a test is one of many at a time.
        .env("CLAUDEBENCH_STORE_CONNECTIONS", "12")
        .args(["serve", "--json", "--stop-with-stdin", "--listen", "127.0.0.1:0"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(folder.path().join("log")).unwrap());
    (command, folder)
}

impl Process {
    /// Starts one, and waits until it says where it is.
    async fn start(database: &Arc<Database>, args: &[&str]) -> Self {
        Self::start_with(database, args, &[]).await
    }

    async fn start_with(
        database: &Arc<Database>,
        args: &[&str],
        settings: &[(&str, &str)],
    ) -> Self {
        let (mut command, folder) = program(&database.url(), args);
        command.envs(settings.iter().copied());
        Self::begun(database, command, folder).await
    }

    /// Waits until a program says where it is.
    async fn begun(database: &Arc<Database>, mut command: Command, folder: TempDir) -> Self {
        let started = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
            (child, line)
        });
        let (child, line) = tokio::time::timeout(PATIENCE, started).await.unwrap().unwrap();
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{log}"));
        let url = said["urls"][0].as_str().unwrap();
        let address = url.strip_prefix("http://").unwrap().parse().unwrap();
        Self { child, address, folder, _database: database.clone() }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.file("log")).unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn rpc(&self, method: &str, params: Value) -> Value {
        rpc_with(self.address, &[], method, params).await
    }

    /// A call that goes well.
    async fn call(&self, method: &str, params: Value) -> Value {
        let answer = self.rpc(method, params).await;
        assert_eq!(answer["error"], Value::Null, "{method}");
        answer["result"].clone()
    }

    fn signal(&self, signal: Signal) {
        send(self.child.id(), signal);
    }

    /// Ends it at once, as a crash would.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    async fn ended(&mut self) -> ExitStatus {
        until("it ends", async || self.child.try_wait().unwrap().is_some()).await;
        self.child.wait().unwrap()
    }

    /// The processes of its workers.
    fn workers(&self) -> Vec<u32> {
        children(self.child.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn send(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).unwrap();
    kill_process(pid, signal).unwrap();
}

/// The processes that a process has started and that still run.
fn children(of: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| parent(*pid) == Some(of)).collect()
}

/// Who started a process; `None` when it has ended.
fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before may hold anything.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?;
    if state == "Z" { None } else { fields.next()?.parse().ok() }
}

async fn rpc_with(
    address: SocketAddr,
    headers: &[(&str, &str)],
    method: &str,
    params: Value,
) -> Value {
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    send_to(address, "POST", "/rpc", headers, call.to_string().as_bytes()).await.json()
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "still not: {what}");
        again().await;
    }
}

#[allow(clippy::disallowed_methods, reason = "processes are asked again and again")]
async fn again() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}
