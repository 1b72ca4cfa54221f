//! Workers in processes of their own, which are stopped for longer than their leases and woken:
//! what they report then is too late.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use claudebench::bench::load::http::Target;
use claudebench::bench::workload::{Recipe, Workload};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::arena::{Arena, Phase, below, chance, pass};
use super::caller::Caller;
use super::work;

/// Tells a process of this program its part.
const PART: &str = "CLAUDEBENCH_CRASH_PART";

/// A worker in a process of its own.
pub(super) struct Sleeper {
    child: Child,
    pub(super) history: PathBuf,
}

impl Sleeper {
    pub(super) fn start(dir: &Path, arena: &Arena, number: usize) -> Self {
        let history = dir.join(format!("sleeper-{number}.jsonl"));
        let part = json!({
            "addresses": arena.addresses(), "seed": arena.seed, "number": number, "history": history,
        });
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::sleeper::one_process", "--exact", "--ignored", "--nocapture"])
            .env(PART, part.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, history }
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Stops it for longer than a lease again and again; says how often.
    pub(super) async fn disturb(&self, arena: &Arena, stream: usize) -> u64 {
        let mut random = Workload::new(Recipe { seed: arena.seed, mixed: true }, stream);
        let mut stops = 0;
        while arena.phase() == Phase::Faults {
            pass(50 + below(&mut random, 300)).await;
            self.signal(Signal::STOP);
            // Most sleep for longer than any lease; some only for a moment.
            let long = chance(&mut random, 80);
            pass(if long { 2_100 + below(&mut random, 1_000) } else { 100 }).await;
            self.signal(Signal::CONT);
            stops += u64::from(long);
        }
        stops
    }

    /// Lets it finish its last call.
    pub(super) async fn finish(mut self) -> PathBuf {
        drop(self.child.stdin.take());
        let end = Instant::now() + Duration::from_secs(60);
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < end, "a sleeper does not end");
            pass(20).await;
        }
        self.history.clone()
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        // It may have ended in order.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The other process: four workers, one of them without fences.
#[test]
#[ignore = "a process of the crash tests"]
fn one_process() {
    #[allow(clippy::disallowed_methods, reason = "a process of a test is told its part")]
    let Some(part) = std::env::var_os(PART) else { return };
    let part: Value = serde_json::from_str(part.to_str().unwrap()).unwrap();
    let path = PathBuf::from(part["history"].as_str().unwrap());
    File::create(&path).unwrap().flush().unwrap();
    let addresses = part["addresses"].as_array().unwrap().iter();
    let targets =
        addresses.map(|one| Target::local(one.as_str().unwrap().parse().unwrap())).collect();
    let arena = Arc::new(Arena::new(targets, part["seed"].as_u64().unwrap(), &path));
    let number = part["number"].as_u64().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let until_told = arena.clone();
    std::thread::spawn(move || {
        // Nothing ever comes: it ends when the parent says so, or is gone.
        let _ = std::io::stdin().read(&mut [0; 1]);
        until_told.enter(Phase::Over);
    });
    runtime.block_on(async {
        let mut workers = tokio::task::JoinSet::new();
        for place in 0..4 {
            let stream = 1_000 + usize::try_from(number * 10 + place).unwrap();
            let caller = Caller::new(&arena, format!("sleeper-{number}-{place}"), stream);
            if place == 0 {
                workers.spawn(work::fenceless(caller));
            } else {
                workers.spawn(work::fenced(caller));
            }
        }
        while let Some(ended) = workers.join_next().await {
            ended.unwrap();
        }
    });
    arena.flush();
}
