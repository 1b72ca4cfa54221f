//! Several workers of one server: who shares the load, and what becomes of those that end.

use std::collections::HashSet;
use std::process::{Command, Stdio};

use rustix::process::Signal;
use serde_json::json;
use tokio::net::TcpStream;

use super::super::send_to;
use super::{Process, database, parent, program, send, until};

async fn two(args: &[&str], settings: &[(&str, &str)]) -> Process {
    let database = database().await;
    Process::start_with(&database, &[&["--workers", "2"], args].concat(), settings).await
}

/// The workers that answer, each asked over a new connection.
async fn answering(server: &Process) -> HashSet<char> {
    let mut seen = HashSet::new();
    for _ in 0..40 {
        let text = send_to(server.address, "GET", "/metrics", &[], b"").await.body;
        let text = String::from_utf8(text).unwrap();
        let (_, rest) = text.split_once("worker=\"").expect("each says which it is");
        seen.extend(rest.chars().next());
    }
    seen
}

/// How a start ends that cannot go well, and what is said about it.
fn refused(command: &mut Command) -> (Option<i32>, String) {
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    // Its end would be a reason to stop.
    let _stdin = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[tokio::test]
async fn several_processes_need_a_database() {
    let (mut command, _folder) = program("sqlite", &["--workers", "2"]);
    let (code, said) = refused(&mut command);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("--workers") && said.contains("`[store] url`"), "{said}");
}

#[tokio::test]
async fn workers_that_all_end_at_the_start_end_it() {
    let url = "postgres://u@127.0.0.1:1/d?sslmode=verify-full&sslrootcert=/no/such.pem";
    let (mut command, _folder) = program(url, &["--workers", "2"]);
    let (code, said) = refused(&mut command);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("all 2 workers ended before one of them was ready"), "{said}");
    assert!(said.contains("/no/such.pem"), "what they said themselves: {said}");
}

#[tokio::test]
async fn load_is_shared_and_each_can_be_reached_alone() {
    let server = two(&[], &[("CLAUDEBENCH_WORKERS_LISTEN", "127.0.0.1:0")]).await;
    assert_eq!(answering(&server).await, HashSet::from(['1', '2']));
    let log = server.log();
    let own: HashSet<_> = log
        .split(|c: char| !c.is_ascii_alphanumeric() && !":/.".contains(c))
        .filter_map(|text| text.strip_prefix("http://")?.parse().ok())
        .filter(|address| *address != server.address)
        .collect();
    assert_eq!(own.len(), 2, "{log}");
    for address in own {
        assert_eq!(send_to(address, "GET", "/readyz", &[], b"").await.status, 200);
    }
}

#[tokio::test]
async fn a_worker_that_is_killed_or_hangs_is_replaced() {
    let mut server = two(&[], &[("CLAUDEBENCH_WORKERS_SILENCE_MS", "4000")]).await;
    for signal in [Signal::KILL, Signal::STOP, Signal::TERM] {
        let before = server.workers();
        assert_eq!(before.len(), 2);
        send(before[0], signal);
        until("another one is there", async || {
            let now = server.workers();
            now.len() == 2 && !now.contains(&before[0]) && now.contains(&before[1])
        })
        .await;
        // What waited in its socket is answered, too.
        assert_eq!(answering(&server).await, HashSet::from(['1', '2']));
    }
    let workers = server.workers();
    server.signal(Signal::TERM);
    assert!(server.ended().await.success(), "{}", server.log());
    assert!(workers.iter().all(|pid| parent(*pid).is_none()), "none outlives it");
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn no_worker_outlives_its_supervisor() {
    let server = two(&[], &[]).await;
    let made = server.call("task.create", json!({ "text": "kept" })).await;
    assert!(made["id"].is_string());
    let (address, workers) = (server.address, server.workers());
    assert_eq!(workers.len(), 2);
    server.kill();
    until("they end", async || workers.iter().all(|pid| parent(*pid).is_none())).await;
    assert!(TcpStream::connect(address).await.is_err());
}
