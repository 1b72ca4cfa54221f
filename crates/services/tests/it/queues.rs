//! Parts of the queue are held back and let go.

use claudebench_core::Code;
use serde_json::json;

use crate::server::{PATIENCE, Server, until};

#[tokio::test]
async fn a_paused_project_waits_and_the_rest_goes_on() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let held = server.make(json!({"text": "a", "project": "site", "priority": 99})).await;
    let paused = server.ok("queue.pause", json!({"project": "site", "reason": "release"})).await;
    assert_eq!(
        paused,
        json!({
            "scope": {"project": "site"}, "pausedAt": "2025-11-23T16:00:00.000Z",
        })
    );
    let free = server.task("b").await;
    assert_eq!(server.claim("w-1").await["id"], json!(free));
    assert!(server.claim("w-1").await.is_null());
    let explained = server.ok("task.explain", json!({"id": held})).await;
    assert_eq!(explained["summary"], "The project site is paused (release).");
    let listed = server.ok("queue.list", json!({})).await;
    assert_eq!(listed["pauses"][0]["pausedBy"], "local");
    let resumed = server.ok("queue.resume", json!({"project": "site"})).await;
    assert_eq!(resumed["scope"], json!({"project": "site"}));
    assert_eq!(server.claim("w-1").await["id"], json!(held));
    server.refuses(Code::NotFound, "queue.resume", json!({"project": "site"})).await;
}

#[tokio::test]
async fn a_paused_worker_is_drained() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let has = server.task("a").await;
    let held = server.claim("w-1").await;
    assert_eq!(held["id"], json!(has));
    let paused = server.ok("queue.pause", json!({"worker": "w-1", "reason": "update"})).await;
    assert_eq!(paused["scope"], json!({"worker": "w-1"}));
    let params = json!({"workerId": "w-1", "waitMs": 60_000});
    let claim = tokio::spawn(server.call("task.claim", params));
    until(|| async { server.shared.ready.waiting() == 1 }).await;
    let next = server.task("b").await;
    let explained = server.ok("task.explain", json!({"id": next})).await;
    assert_eq!(explained["because"], json!([{"kind": "workers_paused", "workerIds": ["w-1"]}]));
    assert_eq!(explained["claimable"], true, "by another, if one comes");
    let refused = json!({"workerId": "w-1", "taskId": next});
    server.refuses(Code::Conflict, "task.claim", refused).await;
    let fence = &held["lease"]["fence"];
    server.ok("task.complete", json!({"id": has, "fence": fence})).await;
    let listed = server.ok("queue.list", json!({})).await;
    assert_eq!(listed["pauses"][0]["scope"], json!({"worker": "w-1"}));
    server.ok("queue.resume", json!({"worker": "w-1"})).await;
    let claimed = tokio::time::timeout(PATIENCE, claim).await.unwrap().unwrap().unwrap();
    assert_eq!(claimed["taskId"], json!(next));
}

#[tokio::test]
async fn who_waits_goes_on_when_a_pause_ends() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    server.ok("queue.pause", json!({"all": true})).await;
    let id = server.task("a").await;
    let params = json!({"workerId": "w-1", "waitMs": 60_000});
    let claim = tokio::spawn(server.call("task.claim", params));
    until(|| async { server.shared.ready.waiting() == 1 }).await;
    server.ok("queue.resume", json!({"all": true})).await;
    let claimed = tokio::time::timeout(PATIENCE, claim).await.unwrap().unwrap().unwrap();
    assert_eq!(claimed["taskId"], json!(id));
}

#[tokio::test]
async fn a_pause_says_what_it_holds_and_until_when() {
    let server = Server::new();
    for wrong in [
        json!({}),
        json!({"all": false}),
        json!({"all": true, "tag": "x"}),
        json!({"all": true, "until": "2020-01-01T00:00:00Z"}),
        json!({"all": true, "until": "2030-01-01T00:00:00Z", "forMs": 5}),
    ] {
        server.refuses(Code::InvalidParams, "queue.pause", wrong).await;
    }
    let paused = server.ok("queue.pause", json!({"tag": "x", "forMs": 1_000})).await;
    assert_eq!(paused["until"], "2025-11-23T16:00:01.000Z");
}
