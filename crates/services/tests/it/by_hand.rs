//! Tasks are moved by hand, and still keep the promises.

use claudebench_core::Code;
use serde_json::{Value, json};

use crate::server::Server;

fn to(id: &str, status: &str) -> Value {
    json!({"id": id, "updates": {"status": status}})
}

#[tokio::test]
async fn a_cancellation_that_was_asked_for_is_not_undone() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let id = server.task("a").await;
    server.claim("w-1").await;
    server.ok("task.cancel", json!({"id": id, "graceMs": 5_000})).await;
    for status in ["completed", "pending", "failed", "cancelled"] {
        let message = server.refuses(Code::Conflict, "task.update", to(&id, status)).await;
        assert!(message.contains("its cancellation was asked for"), "{message}");
    }
    server.ok("task.update", to(&id, "in_progress")).await;
    server.clock.advance(5_000);
    server.task("any write").await;
    assert_eq!(server.status(&id).await, "cancelled");
}

#[tokio::test]
async fn a_task_set_going_by_nobody_comes_back() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let id = server.make(json!({"text": "a", "leaseMs": 60_000})).await;
    server.ok("task.update", to(&id, "in_progress")).await;
    let task = server.ok("task.get", json!({"id": id})).await;
    assert_eq!((&task["status"], &task["assignedTo"]), (&json!("in_progress"), &Value::Null));
    assert_eq!(task.get("lease"), None, "it is nobody's");
    let server = server.again();
    server.clock.advance(59_999);
    server.task("any write").await;
    assert_eq!(server.status(&id).await, "in_progress");
    server.clock.advance(1);
    server.task("any write").await;
    let task = server.ok("task.get", json!({"id": id})).await;
    assert_eq!((&task["status"], &task["losses"]), (&json!("pending"), &json!(1)));
    assert_eq!(task["reason"], "lease_expired");
    let stats = server.ok("task.stats", json!({})).await;
    assert_eq!((&stats["inProgress"], &stats["pending"]), (&json!(0), &json!(3)));
}

#[tokio::test]
async fn a_task_set_going_by_nobody_is_moved_like_any_other() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let id = server.task("a").await;
    server.ok("task.update", to(&id, "in_progress")).await;
    server.refuses(Code::Conflict, "task.complete", json!({"id": id, "workerId": "w-1"})).await;
    assert_eq!(server.ok("task.cancel", json!({"id": id})).await["status"], "cancelled");

    let id = server.task("b").await;
    server.ok("task.update", to(&id, "in_progress")).await;
    server.ok("task.update", to(&id, "pending")).await;
    server.ok("task.update", to(&id, "in_progress")).await;
    assert_eq!(server.ok("task.complete", json!({"id": id})).await["status"], "completed");
}

#[tokio::test]
async fn assigning_makes_a_task_wait_for_its_worker() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    server.register("w-2", &[]).await;
    let id = server.task("a").await;
    server.ok("task.update", to(&id, "in_progress")).await;
    server.ok("task.assign", json!({"taskId": id, "instanceId": "w-1"})).await;
    assert_eq!(server.status(&id).await, "pending");
    assert!(server.claim("w-2").await.is_null());
    let bye = json!({"instanceId": "w-1", "sessionId": "s", "timestamp": 1});
    assert_eq!(server.ok("system.unregister", bye).await["tasksReassigned"], 1);
    let claimed = server.claim("w-2").await;
    assert_eq!((&claimed["id"], &claimed["attempt"]), (&json!(id), &json!(1)));
    let stats = server.ok("task.stats", json!({})).await;
    assert_eq!((&stats["inProgress"], &stats["pending"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn a_blocked_task_is_not_completed() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let first = server.task("a").await;
    let second = server.make(json!({"text": "b", "dependsOn": [first]})).await;
    server.ok("task.assign", json!({"taskId": second, "instanceId": "w-1"})).await;
    for (method, params) in [
        ("task.complete", json!({"id": second})),
        ("task.complete", json!({"id": second, "workerId": "w-1", "error": "no"})),
        ("task.fail", json!({"id": second})),
        ("task.update", to(&second, "completed")),
        ("task.update", to(&second, "in_progress")),
    ] {
        let message = server.refuses(Code::Conflict, method, params).await;
        assert!(message.contains("it waits for other tasks: task.explain"), "{message}");
    }
    // Nor is one that was failed by hand while it was blocked.
    server.ok("task.update", to(&second, "failed")).await;
    for status in ["completed", "in_progress"] {
        server.refuses(Code::Conflict, "task.update", to(&second, status)).await;
    }
    server.ok("task.update", to(&second, "pending")).await;
    server.ok("task.update", to(&first, "completed")).await;
    server.ok("task.update", to(&second, "completed")).await;
}
