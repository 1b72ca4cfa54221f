//! Workers are replaced one by one, and nobody who uses the server notices.

use std::process::Command;

use rustix::process::Signal;

use super::crowd::Crowd;
use super::{Process, database, until};

/// Waits until all of these have gone, and as many others are there, while nothing happens to anybody.
async fn replaced(server: &Process, old: &[u32], crowd: &mut Crowd) {
    until("all are replaced", async || {
        assert!(crowd.is_well(), "somebody noticed: {}", server.log());
        let now = server.workers();
        now.len() == old.len() && now.iter().all(|pid| !old.contains(pid))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_replaces_all_and_nobody_notices() {
    let database = database().await;
    let mut server = Process::start(&database, &["--workers", "3", "--pid-file", "pid"]).await;
    let mut crowd = Crowd::gather(server.address).await;
    crowd.goes_on().await;
    let first = server.workers();
    assert_eq!(first.len(), 3);
    let reload = Command::new(env!("CARGO_BIN_EXE_claudebench"))
        .args(["reload", "--pid-file"])
        .arg(server.file("pid"))
        .env_clear()
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&reload.stdout).into_owned();
    let pid = server.child.id();
    assert!(said.contains(&format!("Process {pid} replaces")), "{reload:?}");
    replaced(&server, &first, &mut crowd).await;
    crowd.goes_on().await;
    crowd.leave().await;

    // New ones that cannot start leave the old ones where they are.
    let second = server.workers();
    std::fs::write(server.file("claudebench.toml"), "[limits]\nno_such = 1\n").unwrap();
    server.signal(Signal::HUP);
    until("it is given up", async || server.log().contains("the old ones go on")).await;
    assert_eq!(server.workers().iter().filter(|pid| second.contains(pid)).count(), 3);
    server.call("task.stats", serde_json::json!({})).await;
    server.signal(Signal::TERM);
    assert!(server.ended().await.success());
    assert!(!server.file("pid").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_that_have_answered_enough_are_replaced_and_nobody_notices() {
    let database = database().await;
    let server = Process::start(&database, &["--workers", "2", "--max-requests", "100"]).await;
    let first = server.workers();
    let mut crowd = Crowd::gather(server.address).await;
    until("both are replaced", async || {
        assert!(crowd.is_well(), "somebody noticed: {}", server.log());
        !server.workers().iter().any(|pid| first.contains(pid))
    })
    .await;
    crowd.goes_on().await;
    crowd.leave().await;
}
