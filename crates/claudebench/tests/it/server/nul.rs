//! The character U+0000: no text may have it, as not every store can keep it. JSON that is passed on
//! has it escaped, and keeps it.

use serde_json::{Value, json};

use super::Server;

#[tokio::test]
async fn no_text_may_have_it_and_json_keeps_it() {
    let server = Server::start().await;
    server.worker("w").await;
    let made = server.call("task.create", json!({ "text": "a" })).await;
    let id = &made["id"];
    let bad = "a\0b";
    for (method, params, field) in [
        ("task.create", json!({ "text": bad }), "text"),
        ("task.create", json!({ "text": "a", "project": bad }), "project"),
        ("task.create", json!({ "text": "a", "tags": ["ok", bad] }), "tags"),
        ("task.create", json!({ "text": "a", "uniqueKey": bad }), "uniqueKey"),
        ("task.create", json!({ "text": "a", "idempotencyKey": bad }), "idempotencyKey"),
        ("task.update", json!({ "id": id, "updates": { "text": bad } }), "updates"),
        ("task.fail", json!({ "id": id, "workerId": "w", "error": bad }), "error"),
        ("task.claim", json!({ "workerId": bad }), "workerId"),
        ("task.list", json!({ "search": bad }), "search"),
        ("system.register", json!({ "id": "x", "roles": [bad] }), "roles"),
        (
            "task.create_attachment",
            json!({ "taskId": id, "key": "k", "type": "text", "content": bad }),
            "content",
        ),
    ] {
        let answer = server.rpc(method, params).await;
        let error = &answer["error"];
        assert_eq!(error["code"], -32602, "{method} {field}: {answer}");
        let said = error.to_string();
        assert!(said.contains("U+0000") && said.contains(field), "{method}: {said}");
    }
    let metadata = json!({ "a\0": ["\0"] });
    let params = json!({ "text": "b", "metadata": metadata });
    let made = server.call("task.create", params).await;
    let found = server.call("task.get", json!({ "id": made["id"] })).await;
    let kept = found.get("metadata").or_else(|| found["task"].get("metadata"));
    assert_eq!(kept, Some(&metadata), "{found}");
    assert_ne!(kept, Some(&Value::Null));
}
