//! Tasks are claimed, at once or after a wait.

use std::time::Duration;

use claudebench_core::Code;
use serde_json::{Value, json};

use crate::server::{PATIENCE, Server, text_of, until};

/// Starts a claim that waits, and waits until it is parked.
async fn waiting(
    server: &Server,
    params: Value,
) -> tokio::task::JoinHandle<Result<Value, claudebench_core::Error>> {
    let before = server.shared.ready.waiting();
    let claim = tokio::spawn(server.call("task.claim", params));
    until(|| async { server.shared.ready.waiting() > before }).await;
    // Its first look may still be under way; what comes meanwhile is not lost, which is the point.
    claim
}

async fn answer(
    claim: tokio::task::JoinHandle<Result<Value, claudebench_core::Error>>,
) -> Result<Value, claudebench_core::Error> {
    tokio::time::timeout(PATIENCE, claim).await.expect("the claim never ended").unwrap()
}

#[tokio::test]
async fn the_best_comes_first_with_its_lease() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let low = server.make(json!({"text": "low", "priority": 1})).await;
    let first = server.make(json!({"text": "first", "priority": 9})).await;
    server.clock.advance(1);
    let second = server.make(json!({"text": "second", "priority": 9, "leaseMs": 1_000})).await;
    let claimed = server.ok("task.claim", json!({"workerId": "w-1", "maxTasks": 2})).await;
    assert_eq!((&claimed["claimed"], &claimed["taskId"]), (&json!(true), &json!(first)));
    assert_eq!(claimed["task"], claimed["tasks"][0]);
    assert_eq!(claimed["tasks"][1]["id"], json!(second));
    let task = &claimed["task"];
    assert_eq!(
        task["lease"],
        json!({
            "fence": 1, "attempt": 1, "workerId": "w-1", "expiresAt": "2025-11-23T16:05:00.001Z",
        })
    );
    assert_eq!((&task["status"], &task["assignedTo"]), (&json!("in_progress"), &json!("w-1")));
    assert_eq!((&task["attachments"], &task["attachmentCount"]), (&json!({}), &json!(0)));
    assert_eq!(claimed["tasks"][1]["lease"]["expiresAt"], "2025-11-23T16:00:01.001Z");
    let rest = server.ok("task.claim", json!({"workerId": "w-1", "leaseMs": 2_000})).await;
    assert_eq!(rest["taskId"], json!(low));
    let none = server.ok("task.claim", json!({"workerId": "w-1"})).await;
    assert_eq!(none, json!({"claimed": false, "tasks": []}));
}

#[tokio::test]
async fn a_worker_must_be_registered() {
    let server = Server::new();
    server.task("a").await;
    let message = server.refuses(Code::NotFound, "task.claim", json!({"workerId": "w-1"})).await;
    assert!(message.starts_with("Worker not registered: w-1"), "{message}");
}

#[tokio::test]
async fn roles_projects_and_tags_decide_what_is_claimed() {
    let server = Server::new();
    server.register("w-1", &["backend", "docs"]).await;
    server.register("w-2", &[]).await;
    let task = json!({"text": "a", "roles": ["docs"], "project": "site", "tags": ["x", "y"]});
    let id = server.make(task).await;
    let none = [
        json!({"workerId": "w-2"}),
        json!({"workerId": "w-1", "roles": []}),
        json!({"workerId": "w-1", "project": "shop"}),
        json!({"workerId": "w-1", "tags": ["x", "z"]}),
    ];
    for params in none {
        assert_eq!(server.ok("task.claim", params.clone()).await["claimed"], false, "{params}");
    }
    let explained = server.ok("task.explain", json!({"id": id})).await;
    assert_eq!(explained["summary"], "It is the next to be claimed.");
    let claimed =
        server.ok("task.claim", json!({"workerId": "w-1", "project": "site", "tags": ["y"]})).await;
    assert_eq!(claimed["taskId"], json!(id));
    server.ok("task.release", json!({"id": id})).await;
    let claimed = server.ok("task.claim", json!({"workerId": "w-2", "roles": ["docs"]})).await;
    assert_eq!(claimed["taskId"], json!(id), "roles of the call stand in for the registered ones");
}

#[tokio::test]
async fn attachments_come_along_except_those_of_git() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let id = server.task("a").await;
    for (key, content) in [("notes", "text"), ("git-commit-abc", "diff"), ("git-ref-abc", "ref")] {
        let params = json!({"taskId": id, "key": key, "type": "text", "content": content});
        server.ok("task.create_attachment", params).await;
    }
    let task = server.claim("w-1").await;
    assert_eq!(task["attachmentCount"], 3);
    let attachments = &task["attachments"];
    assert_eq!(
        attachments["notes"],
        json!({
            "type": "text", "content": "text", "createdAt": "2025-11-23T16:00:00.000Z",
        })
    );
    for key in ["git-commit-abc", "git-ref-abc"] {
        assert_eq!(attachments[key]["contentExcluded"], true);
        assert!(attachments[key].get("content").is_none());
    }
}

#[tokio::test]
async fn eight_claims_at_once_get_eight_tasks() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    for n in 0..8 {
        server.task(&format!("task {n}")).await;
    }
    let claims: Vec<_> = (0..8)
        .map(|_| tokio::spawn(server.call("task.claim", json!({"workerId": "w-1"}))))
        .collect();
    let mut ids = Vec::new();
    for claim in claims {
        ids.push(text_of(&answer(claim).await.unwrap()["taskId"]));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 8);
}

#[tokio::test]
async fn a_waiting_claim_gets_the_task_that_comes() {
    let server = Server::new();
    server.register("w-1", &["docs"]).await;
    let params = json!({"workerId": "w-1", "waitMs": 60_000});
    let claim = waiting(&server, params).await;
    server.make(json!({"text": "not for it", "roles": ["backend"]})).await;
    let id = server.make(json!({"text": "a", "roles": ["docs"]})).await;
    assert_eq!(answer(claim).await.unwrap()["taskId"], json!(id));
    assert_eq!(server.shared.ready.waiting(), 0);
}

#[tokio::test]
async fn two_waiting_claims_get_a_task_each_in_their_order() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let params = json!({"workerId": "w-1", "waitMs": 60_000});
    let first = waiting(&server, params.clone()).await;
    let second = waiting(&server, params).await;
    // Both have looked in vain once an unrelated write came back.
    let (a, b) = (server.task("a").await, server.task("b").await);
    let mut got = vec![
        text_of(&answer(first).await.unwrap()["taskId"]),
        text_of(&answer(second).await.unwrap()["taskId"]),
    ];
    got.sort_unstable();
    assert_eq!(got, [a, b]);
}

#[tokio::test]
async fn a_claim_may_name_its_task() {
    let server = Server::new();
    server.register("w-1", &["a"]).await;
    server.register("w-2", &["b"]).await;
    server.make(json!({"text": "better", "priority": 99})).await;
    let id = server.make(json!({"text": "this one", "roles": ["a"]})).await;
    let claim = |worker: &str| json!({"workerId": worker, "taskId": id});
    let error = server.call("task.claim", claim("w-2")).await.unwrap_err();
    assert!(error.to_string().contains("none of its roles"), "{error}");
    let claimed = server.ok("task.claim", claim("w-1")).await;
    assert_eq!((&claimed["taskId"], &claimed["claimed"]), (&json!(id), &json!(true)));
    let error = server.call("task.claim", claim("w-1")).await.unwrap_err();
    assert!(error.to_string().contains("w-1"), "it says who holds it: {error}");
    let waits = json!({"workerId": "w-1", "taskId": id, "waitMs": 5});
    let error = server.call("task.claim", waits).await.unwrap_err();
    assert_eq!(error.code, Code::InvalidParams);
}

#[tokio::test]
async fn a_claim_that_goes_away_leaves_its_task_to_the_next() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let params = json!({"workerId": "w-1", "waitMs": 60_000});
    let gone = waiting(&server, params.clone()).await;
    let next = waiting(&server, params).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    let id = server.task("a").await;
    assert_eq!(answer(next).await.unwrap()["taskId"], json!(id));
}

#[tokio::test]
async fn a_wait_ends_with_its_time_or_with_the_server() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let begun = tokio::time::Instant::now();
    let none = server.ok("task.claim", json!({"workerId": "w-1", "waitMs": 50})).await;
    assert_eq!(none["claimed"], false);
    assert!(begun.elapsed() >= Duration::from_millis(50));
    let claim = waiting(&server, json!({"workerId": "w-1", "waitMs": 60_000})).await;
    server.stop.send_replace(true);
    assert_eq!(answer(claim).await.unwrap()["claimed"], false);
}

#[tokio::test]
async fn a_worker_that_is_gone_waits_no_longer() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let claim = waiting(&server, json!({"workerId": "w-1", "waitMs": 60_000})).await;
    let bye = json!({"instanceId": "w-1", "sessionId": "s", "timestamp": 1});
    server.ok("system.unregister", bye).await;
    let id = server.task("a").await;
    let error = answer(claim).await;
    match error {
        Err(error) => assert_eq!(error.code, Code::NotFound),
        // It looked before it learnt that it is gone: then the lease is its own.
        Ok(claimed) => assert_eq!(claimed["taskId"], json!(id)),
    }
}

#[tokio::test]
async fn no_more_claims_wait_than_may() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let params = json!({"workerId": "w-1", "waitMs": 60_000});
    let mut claims = Vec::new();
    for _ in 0..100 {
        claims.push(waiting(&server, params.clone()).await);
    }
    let error = server.fails("task.claim", params).await;
    assert_eq!((error.code, &error.details["retryAfterMs"]), (Code::Overloaded, &json!(1_000)));
    assert_eq!(server.ok("task.claim", json!({"workerId": "w-1"})).await["claimed"], false);
    server.stop.send_replace(true);
    for claim in claims {
        assert!(answer(claim).await.is_ok());
    }
}

#[tokio::test]
async fn a_claim_is_repeated_under_its_key() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    server.task("a").await;
    server.task("b").await;
    let params = json!({"workerId": "w-1", "idempotencyKey": "k"});
    let first = server.ok("task.claim", params.clone()).await;
    assert_eq!(server.ok("task.claim", params).await["task"]["lease"], first["task"]["lease"]);
    assert_eq!(server.ok("task.stats", json!({})).await["inProgress"], 1);
}

#[tokio::test]
async fn two_claims_that_wait_under_one_key_get_one_answer() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let params = json!({"workerId": "w-1", "waitMs": 60_000, "idempotencyKey": "k"});
    let first = waiting(&server, params.clone()).await;
    let second = waiting(&server, params).await;
    let id = server.task("a").await;
    let [first, second] = [answer(first).await.unwrap(), answer(second).await.unwrap()];
    assert_eq!((&first["taskId"], &second), (&json!(id), &first));
}

#[tokio::test]
async fn a_claim_that_waits_follows_the_roles_of_its_worker() {
    let server = Server::new();
    server.register("w-1", &["a"]).await;
    server.register("w-2", &["a"]).await;
    let claim = waiting(&server, json!({"workerId": "w-1", "waitMs": 60_000})).await;
    let fixed = json!({"workerId": "w-2", "waitMs": 60_000, "roles": ["a"]});
    let fixed = waiting(&server, fixed).await;
    server.register("w-1", &["b"]).await;
    server.register("w-2", &["b"]).await;
    let b = server.make(json!({"text": "b", "roles": ["b"]})).await;
    let a = server.make(json!({"text": "a", "roles": ["a"]})).await;
    assert_eq!(answer(claim).await.unwrap()["taskId"], json!(b));
    assert_eq!(answer(fixed).await.unwrap()["taskId"], json!(a), "as it was asked for");
}
