//! What is said with a cancellation holds until it is said anew.

use serde_json::{Value, json};

use crate::server::Server;

/// A task that is worked on, and one that waits for it.
async fn pair() -> (Server, String, String) {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let first = server.task("a").await;
    let second = server.make(json!({"text": "b", "dependsOn": [first]})).await;
    server.claim("w-1").await;
    (server, first, second)
}

async fn reason(server: &Server, id: &str) -> Value {
    server.ok("task.get", json!({"id": id})).await["reason"].clone()
}

#[tokio::test]
async fn without_grace_the_choice_of_the_request_still_holds() {
    let (server, first, second) = pair().await;
    let ask = json!({"id": first, "dependents": "cancel", "reason": "first", "graceMs": 5_000});
    server.ok("task.cancel", ask).await;
    let done = server.ok("task.cancel", json!({"id": first, "graceMs": 0})).await;
    assert_eq!((&done["status"], &done["alsoCancelled"]), (&json!("cancelled"), &json!([second])));
    assert_eq!(server.status(&second).await, "cancelled");
    assert_eq!(reason(&server, &first).await, "first");
}

#[tokio::test]
async fn what_is_said_anew_goes_over_it() {
    let (server, first, second) = pair().await;
    let ask = json!({"id": first, "dependents": "cancel", "reason": "first", "graceMs": 5_000});
    let asked = server.ok("task.cancel", ask).await;
    let anew = json!({"id": first, "dependents": "release", "reason": "second", "graceMs": 9_000});
    assert_eq!(server.ok("task.cancel", anew).await["graceEndsAt"], asked["graceEndsAt"]);
    server.clock.advance(5_000);
    server.task("any write").await;
    assert_eq!(reason(&server, &first).await, "second");
    assert_eq!(server.story(&second).await, ["task.created", "task.unblocked"]);

    let (server, first, second) = pair().await;
    server.ok("task.cancel", json!({"id": first, "dependents": "cancel"})).await;
    let keep = json!({"id": first, "dependents": "keep", "graceMs": 0});
    assert_eq!(server.ok("task.cancel", keep).await["alsoCancelled"], json!([]));
    assert_eq!(server.status(&second).await, "pending");
}

#[tokio::test]
async fn what_was_left_to_wait_is_settled_later() {
    for (choice, field) in [("cancel", "alsoCancelled"), ("release", "released")] {
        let server = Server::new();
        let first = server.task("a").await;
        let second = server.make(json!({"text": "b", "dependsOn": [first]})).await;
        server.ok("task.cancel", json!({"id": first})).await;
        let again = server.ok("task.cancel", json!({"id": first})).await;
        assert_eq!(again[field], json!([]));
        let again = json!({"id": first, "dependents": choice});
        assert_eq!(server.ok("task.cancel", again.clone()).await[field], json!([second]));
        assert_eq!(server.ok("task.cancel", again).await[field], json!([]), "once");
        server.ok("task.delete", json!({"id": first})).await;
    }
}

#[tokio::test]
async fn one_that_waited_for_a_deleted_task_is_not_stuck() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let first = server.task("a").await;
    let second = server.make(json!({"text": "b", "dependsOn": [first]})).await;
    server.ok("task.cancel", json!({"id": first, "dependents": "cancel"})).await;
    server.ok("task.delete", json!({"id": first})).await;
    server.ok("task.retry", json!({"id": second})).await;
    assert_eq!(server.claim("w-1").await["id"], json!(second));
}
