//! What time alone brings about.

use claudebench_services::task::sweeper;
use serde_json::json;

use crate::server::{PATIENCE, Server, until};

#[tokio::test]
async fn leases_end_tasks_come_due_and_pauses_pass_by_themselves() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let lost = server.make(json!({"text": "lost", "leaseMs": 1_000})).await;
    server.claim("w-1").await;
    server.make(json!({"text": "later", "delayMs": 5_000})).await;
    server.ok("queue.pause", json!({"all": true, "forMs": 7_000})).await;
    let sweeper = tokio::spawn(sweeper::run(server.shared.clone()));
    let ready = || async { server.ok("task.stats", json!({})).await["ready"].clone() };

    server.clock.advance(1_000);
    until(|| async { server.status(&lost).await == "pending" }).await;
    server.clock.advance(4_000);
    until(|| async { ready().await == json!(2) }).await;
    server.clock.advance(2_000);
    until(|| async { server.ok("queue.list", json!({})).await["pauses"] == json!([]) }).await;
    let got = server.ok("task.claim", json!({"workerId": "w-1", "maxTasks": 5})).await;
    assert_eq!(got["tasks"].as_array().unwrap().len(), 2);

    server.stop.send_replace(true);
    tokio::time::timeout(PATIENCE, sweeper).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_waiting_claim_gets_the_task_whose_time_comes() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let id = server.make(json!({"text": "later", "delayMs": 60_000})).await;
    let explained = server.ok("task.explain", json!({"id": id})).await;
    assert_eq!(
        explained["because"][0],
        json!({
            "kind": "not_before", "runAt": "2025-11-23T16:01:00.000Z",
        })
    );
    let _sweeper = tokio::spawn(sweeper::run(server.shared.clone()));
    let params = json!({"workerId": "w-1", "waitMs": 60_000});
    let claim = tokio::spawn(server.call("task.claim", params));
    until(|| async { server.shared.ready.waiting() == 1 }).await;
    server.clock.advance(60_000);
    let claimed = tokio::time::timeout(PATIENCE, claim).await.unwrap().unwrap().unwrap();
    assert_eq!(claimed["taskId"], json!(id));
}
