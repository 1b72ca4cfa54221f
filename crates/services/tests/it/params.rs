//! Params that cannot be read: where, what was expected, what came.

use claudebench_core::Code;
use serde_json::json;

use crate::server::Server;

#[tokio::test]
async fn what_is_wrong_is_told_with_its_path() {
    let server = Server::new();
    let id = server.task("a").await;
    for (method, params, path, message) in [
        ("task.create", json!({}), json!(["text"]), "required but missing"),
        (
            "task.create_many",
            json!({"tasks": [{"text": "a"}, {}]}),
            json!(["tasks", 1, "text"]),
            "required but missing",
        ),
        (
            "task.create",
            json!({"text": "a", "runAt": true}),
            json!(["runAt"]),
            "invalid type: boolean `true`, expected a time such as `2026-01-31T12:00:00Z`",
        ),
        (
            "task.list",
            json!({"search": "!!"}),
            json!(["search"]),
            "expected at least one word of letters or digits",
        ),
        (
            "task.list",
            json!({"after": "x"}),
            json!(["after"]),
            "expected the `nextCursor` of a page with the same filters and order",
        ),
        (
            "system.check_health",
            json!({"timeout": -1}),
            json!(["timeout"]),
            "expected a number from 0 to 86400000, got -1",
        ),
    ] {
        let error = server.fails(method, params.clone()).await;
        let issue = &error.details["issues"][0];
        assert_eq!((error.code, &issue["path"]), (Code::InvalidParams, &path), "{params}: {error}");
        assert_eq!(issue["message"], message, "{params}");
    }
    server.ok("system.check_health", json!({"timeout": 10.5})).await;
    assert_eq!(server.status(&id).await, "pending");
}

#[tokio::test]
async fn an_update_of_nothing_is_taken_and_changes_nothing() {
    let server = Server::new();
    let id = server.task("a").await;
    server.clock.advance(1_000);
    let updated = server.ok("task.update", json!({"id": id, "updates": {}})).await;
    assert_eq!((&updated["text"], &updated["createdAt"]), (&json!("a"), &updated["updatedAt"]));
    assert_eq!(server.story(&id).await, ["task.created"]);
}
