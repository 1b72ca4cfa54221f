//! Two servers over one database, on machines whose clocks differ.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use claudebench::bench::load::http::Target;
use claudebench::bench::peer::{Server, free_port};
use claudebench_testkit::postgres::Postgres;
use serde_json::{Value, json};

use super::ask;
use super::over::soon;

/// A clock that is ten minutes ahead, for whoever loads this.
const AHEAD: &str = "
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *t) {
    int done = syscall(SYS_clock_gettime, id, t);
    if (done == 0 && id == CLOCK_REALTIME) t->tv_sec += 600;
    return done;
}
";

fn build(dir: &Path) -> PathBuf {
    let (source, library) = (dir.join("ahead.c"), dir.join("ahead.so"));
    std::fs::write(&source, AHEAD).unwrap();
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source);
    assert!(cc.status().unwrap().success());
    library
}

/// What time a program thinks it is, in seconds.
fn seconds(library: Option<&Path>) -> i64 {
    let mut date = Command::new("date");
    date.arg("+%s").envs(library.map(|library| ("LD_PRELOAD", library)));
    String::from_utf8(date.output().unwrap().stdout).unwrap().trim().parse().unwrap()
}

async fn claim(target: &Target, worker: &str) -> Option<Value> {
    ask(target, "system.register", json!({"id": worker, "roles": []})).await.unwrap();
    let claimed = ask(target, "task.claim", json!({"workerId": worker})).await.unwrap();
    Some(claimed["tasks"][0].clone()).filter(|task| !task.is_null())
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leases_are_judged_by_the_clock_of_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let library = build(dir.path());
    assert!(seconds(Some(&library)) - seconds(None) > 590, "the clock is not ahead");
    let database = Postgres::shared().await.database().await;
    let url = database.url();
    let program = Path::new(env!("CARGO_BIN_EXE_claudebench"));
    let start = async |name: &str, preload: &str| {
        let seed = u64::from(std::process::id()) * 17 + name.len() as u64;
        let settings = [
            ("CLAUDEBENCH_STORE_URL", &*url),
            ("CLAUDEBENCH_STORE_CONNECTIONS", "12"),
            ("LD_PRELOAD", preload),
        ];
        let port = free_port(seed).unwrap();
        Server::start_with(program, &dir.path().join(name), port, &settings).await.unwrap()
    };
    let right = start("right", "").await;
    let ahead = start("ahead!", library.to_str().unwrap()).await;
    let servers = (right, ahead);
    let (right, ahead) = (servers.0.target(), servers.1.target());

    // The lease of five minutes that one gives is not over for the other.
    ask(&right, "task.create", json!({"text": "long", "leaseMs": 300_000})).await.unwrap();
    let held = claim(&right, "first").await.unwrap();
    let began = Instant::now();
    soon("the other one has looked for what is over", async || {
        assert_eq!(claim(&ahead, "second").await, None);
        began.elapsed() > Duration::from_secs(3)
    })
    .await;
    // One that the other gives is over in its time, for both.
    ask(&ahead, "task.create", json!({"text": "short", "leaseMs": 1_500})).await.unwrap();
    let short = claim(&ahead, "second").await.unwrap();
    soon("it comes back", async || {
        let back = claim(&right, "third").await;
        back.is_some_and(|task| task["id"] == short["id"])
    })
    .await;
    let report = json!({"id": held["id"], "workerId": "first", "fence": held["lease"]["fence"]});
    let done = ask(&ahead, "task.complete", report).await.unwrap();
    assert_eq!(done["status"], "completed");
    let events = ask(&right, "event.list", json!({"limit": 1_000})).await.unwrap();
    let events = events["events"].as_array().unwrap();
    let times: Vec<i64> = events.iter().map(|e| e["timestamp"].as_i64().unwrap()).collect();
    let span = times.iter().max().unwrap() - times.iter().min().unwrap();
    assert!(span < 60_000, "{span} ms: {times:?}");
}
