//! Several servers, each with an address of its own.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::send_to;
use super::super::ws::Socket;
use super::{Process, database, rpc_with, until};

async fn two(settings: &[(&str, &str)]) -> (Process, Process) {
    let database = database().await;
    let one = Process::start_with(&database, &[], settings).await;
    let other = Process::start_with(&database, &[], settings).await;
    (one, other)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_makes_another_hands_out_and_all_tell_it_in_one_order() {
    let (one, other) = two(&[]).await;
    let mut followers = Vec::new();
    for server in [&one, &other] {
        let mut socket = Socket::at(server.address, &[]).await;
        socket.say(json!({ "action": "subscribe", "events": ["task.*"] })).await;
        socket.hear_until(|said| said["type"] == "subscribed").await;
        followers.push(socket);
    }
    // Registered here, known there: at once, though nothing may have been told yet.
    one.call("system.register", json!({ "id": "w", "roles": ["worker"] })).await;
    let alive = other.call("system.heartbeat", json!({ "instanceId": "w" })).await;
    assert_eq!(alive["alive"], true);
    let nobody = other.rpc("task.claim", json!({ "workerId": "nobody" })).await;
    assert_eq!(nobody["error"]["data"]["code"], "not_found");

    let mut took = Vec::new();
    for _ in 0..7 {
        let claim = async {
            let claim = json!({ "workerId": "w", "waitMs": 30_000 });
            (other.call("task.claim", claim).await, Instant::now())
        };
        let making = async {
            until("it waits", async || waits(&other).await).await;
            (one.call("task.create", json!({ "text": "handed over" })).await, Instant::now())
        };
        let ((claimed, got), (made, answered)) = tokio::join!(claim, making);
        assert_eq!(claimed["tasks"][0]["id"], made["id"], "{claimed}");
        took.push(got.saturating_duration_since(answered));
    }
    took.sort();
    assert!(took[3] < Duration::from_millis(300), "it was not told, but found out: {took:?}");

    for n in 0..20 {
        let server = if n % 3 == 0 { &one } else { &other };
        server.call("task.create", json!({ "text": format!("{n}") })).await;
    }
    let last = one.call("task.create", json!({ "text": "last" })).await;
    let mut told = Vec::new();
    for follower in &mut followers {
        let mut seen = Vec::new();
        loop {
            let said = follower.hear().await;
            if said["type"] != "event" {
                continue;
            }
            seen.push(said["id"].clone());
            if said.to_string().contains(last["id"].as_str().unwrap()) {
                break;
            }
        }
        told.push(seen);
    }
    assert!(told[0].len() >= 28, "{told:?}");
    assert_eq!(told[0], told[1]);
}

/// Whether a call is under way there, besides the question itself.
async fn waits(server: &Process) -> bool {
    let text = send_to(server.address, "GET", "/metrics", &[], b"").await.body;
    String::from_utf8(text).unwrap().contains("claudebench_http_requests_in_flight 2\n")
}

#[tokio::test]
async fn a_key_that_is_revoked_here_opens_nothing_there() {
    let (one, other) = two(&[]).await;
    let params = json!({ "name": "k", "scopes": ["tasks:read"] });
    let made = one.call("key.create", params).await;
    let key = made["key"].as_str().unwrap_or_else(|| panic!("{made}"));
    let bearer = format!("Bearer {key}");
    let stats = async || {
        let headers = [("Authorization", &*bearer)];
        rpc_with(other.address, &headers, "task.stats", json!({})).await
    };
    until("it is known", async || stats().await["error"].is_null()).await;
    one.call("key.revoke", json!({ "id": made["id"] })).await;
    until("it is refused", async || stats().await["error"]["data"]["code"] == "unauthorized").await;
}

#[tokio::test]
async fn who_was_heard_of_elsewhere_stays_and_what_a_dead_server_left_is_taken_up() {
    let settings =
        [("CLAUDEBENCH_INSTANCES_SILENCE_MS", "3000"), ("CLAUDEBENCH_INSTANCES_CHECK_MS", "300")];
    let (one, other) = two(&settings).await;
    for id in ["talks", "holds"] {
        one.call("system.register", json!({ "id": id, "roles": ["worker"] })).await;
    }
    let left = one.call("task.create", json!({ "text": "left", "priority": 90 })).await;
    let leased = one.call("task.create", json!({ "text": "leased" })).await;
    one.call("task.claim", json!({ "workerId": "holds" })).await;
    one.call("task.claim", json!({ "workerId": "talks", "leaseMs": 7_000 })).await;
    let state = async |at: &Process, id: &str| {
        let state = at.call("system.get_state", json!({})).await;
        let instances = state["instances"].as_array().unwrap().clone();
        instances.into_iter().find(|one| one["id"] == id).map(|one| one["status"].clone())
    };
    // For twice as long as silence may last, only the first server hears of them.
    let began = Instant::now();
    until("some time has passed", async || {
        for id in ["talks", "holds"] {
            let alive = one.call("system.heartbeat", json!({ "instanceId": id })).await;
            assert_eq!(alive["alive"], true, "{id} was given up by who did not hear it");
            assert_eq!(state(&other, id).await, Some("ACTIVE".into()));
        }
        began.elapsed() > Duration::from_millis(6_500)
    })
    .await;
    one.kill();
    let killed = Instant::now();
    let pending =
        async |id: &Value| other.call("task.get", json!({ "id": id })).await["status"] == "pending";
    until("the silent one is given up", async || pending(&left["id"]).await).await;
    assert!(killed.elapsed() < Duration::from_secs(10), "{:?}", killed.elapsed());
    assert_eq!(state(&other, "holds").await, Some("OFFLINE".into()));
    until("the lease has ended", async || pending(&leased["id"]).await).await;
    assert!(killed.elapsed() < Duration::from_secs(7 + 10), "{:?}", killed.elapsed());
}
