//! A task with a unique key is replaced, or answered with, while others wait for it.

use claudebench_core::Code;
use serde_json::{Value, json};

use crate::server::{Server, text_of};

async fn keyed(server: &Server, key: &str, depends_on: Value) -> String {
    server.make(json!({"text": key, "uniqueKey": key, "dependsOn": depends_on})).await
}

async fn depends_on(server: &Server, id: &str) -> Value {
    server.ok("task.get", json!({"id": id})).await["dependsOn"].clone()
}

/// Claims and completes the next task; answers which it was.
async fn work(server: &Server) -> String {
    let id = text_of(&server.claim("w-1").await["id"]);
    server.ok("task.complete", json!({"id": id})).await;
    id
}

fn replace(key: &str, depends_on: Value) -> Value {
    json!({"text": "new", "uniqueKey": key, "onDuplicate": "replace", "dependsOn": depends_on})
}

#[tokio::test]
async fn what_waits_for_a_replaced_task_waits_for_the_new_one() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let old = keyed(&server, "k", json!([])).await;
    let waiting = server.make(json!({"text": "b", "dependsOn": [old]})).await;
    let new = server.make(replace("k", json!([]))).await;
    assert_eq!(server.status(&old).await, "cancelled");
    assert_eq!(depends_on(&server, &waiting).await, json!([new]));
    assert_eq!(server.story(&waiting).await, ["task.created", "task.updated"]);
    assert_eq!((work(&server).await, work(&server).await), (new, waiting));
    server.ok("task.delete", json!({"id": old})).await;
}

#[tokio::test]
async fn the_same_holds_within_one_call() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let a = keyed(&server, "a", json!([])).await;
    let b = keyed(&server, "b", json!([a])).await;
    let last = server.make(json!({"text": "last", "dependsOn": [b]})).await;
    let tasks = json!([
        {"text": "before", "dependsOn": [a]},
        {"key": "a", "text": "a", "uniqueKey": "a", "onDuplicate": "replace"},
        {"text": "b", "uniqueKey": "b", "onDuplicate": "replace", "dependsOn": ["a"]},
        {"text": "after", "dependsOn": [a, "a"]},
    ]);
    let made = server.ok("task.create_many", json!({ "tasks": tasks })).await;
    let [before, new_a, new_b, after] = [0, 1, 2, 3].map(|n| text_of(&made["tasks"][n]["id"]));
    assert_eq!(depends_on(&server, &before).await, json!([new_a]));
    assert_eq!(depends_on(&server, &after).await, json!([new_a]));
    assert_eq!(depends_on(&server, &last).await, json!([new_b]));
    assert_eq!(server.story(&b).await, ["task.created", "task.updated", "task.cancelled"]);
    let order = [work(&server).await, work(&server).await, work(&server).await];
    assert_eq!(order[0], new_a);
    let rest = [work(&server).await, work(&server).await];
    let mut done: Vec<String> = order.into_iter().chain(rest).collect();
    let mut all = vec![before, new_a, new_b, after, last];
    done.sort_unstable();
    all.sort_unstable();
    assert_eq!(done, all);
}

#[tokio::test]
async fn a_replacement_that_would_wait_for_itself_is_refused() {
    let server = Server::new();
    let old = keyed(&server, "k", json!([])).await;
    let second = server.make(json!({"text": "b", "dependsOn": [old]})).await;
    let third = server.make(json!({"text": "c", "dependsOn": [second]})).await;
    for on in [&old, &second, &third] {
        server.refuses(Code::DependencyCycle, "task.create", replace("k", json!([on]))).await;
    }
    let tasks = json!([
        {"text": "new", "uniqueKey": "k", "onDuplicate": "replace", "dependsOn": ["x"]},
        {"key": "x", "text": "x", "dependsOn": [third]},
    ]);
    server.refuses(Code::DependencyCycle, "task.create_many", json!({ "tasks": tasks })).await;
    assert_eq!(server.status(&old).await, "pending");
    assert_eq!(server.story(&second).await, ["task.created"]);
}

#[tokio::test]
async fn one_that_is_named_twice_is_waited_for_once() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let lives = keyed(&server, "k", json!([])).await;
    let tasks = json!([
        {"key": "k", "text": "k", "uniqueKey": "k", "onDuplicate": "return"},
        {"text": "b", "dependsOn": ["k", lives]},
    ]);
    let made = server.ok("task.create_many", json!({ "tasks": tasks })).await;
    let waiting = text_of(&made["tasks"][1]["id"]);
    assert_eq!((work(&server).await, work(&server).await), (lives, waiting));
}
