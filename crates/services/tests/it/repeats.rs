//! A report that comes twice is one report, as long as the task stands where it has left it.

use claudebench_core::Code;
use serde_json::{Value, json};

use crate::server::Server;

/// A task whose only lease has the fence 1.
async fn working() -> (Server, String) {
    let server = Server::new();
    server.register("w-1", &[]).await;
    server.register("w-2", &[]).await;
    let id = server.task("a").await;
    server.claim("w-1").await;
    (server, id)
}

fn with(id: &str, extra: Value) -> Value {
    let mut params = json!({"id": id, "fence": 1});
    for (name, value) in extra.as_object().unwrap() {
        params[name] = value.clone();
    }
    params
}

#[tokio::test]
async fn each_kind_of_report_may_come_twice() {
    for (method, extra, status) in [
        ("task.complete", json!({"result": 1}), "completed"),
        ("task.complete", json!({"error": "broken"}), "failed"),
        ("task.fail", json!({"retryable": false}), "failed"),
        ("task.fail", json!({"retryable": true}), "pending"),
        ("task.release", json!({}), "pending"),
    ] {
        let (server, id) = working().await;
        let first = server.ok(method, with(&id, extra.clone())).await;
        assert_eq!((&first["status"], first.get("repeated")), (&json!(status), None), "{extra}");
        server.clock.advance(60_000);
        let again = server.ok(method, with(&id, extra.clone())).await;
        assert_eq!((&again["status"], &again["repeated"]), (&json!(status), &json!(true)));
    }
}

#[tokio::test]
async fn a_final_failure_after_one_that_is_tried_again_is_another_report() {
    let (server, id) = working().await;
    server.ok("task.fail", with(&id, json!({"retryable": true}))).await;
    let last = with(&id, json!({"error": "final"}));
    server.refuses(Code::StaleFence, "task.complete", last).await;
    let none = json!({"id": server.task("b").await, "fence": 0, "error": "none began"});
    server.refuses(Code::StaleFence, "task.complete", none).await;
}

#[tokio::test]
async fn a_task_that_went_on_knows_no_earlier_report() {
    let (server, id) = working().await;
    let report = with(&id, json!({"result": 1}));
    server.ok("task.complete", report.clone()).await;
    server.ok("task.retry", json!({"id": id, "force": true})).await;
    server.refuses(Code::StaleFence, "task.complete", report.clone()).await;
    server.claim("w-2").await;
    let error = server.fails("task.complete", report).await;
    assert_eq!((error.code, &error.details["holder"]), (Code::StaleFence, &json!("w-2")));

    let moves = [
        ("task.cancel", json!({"id": null})),
        ("task.update", json!({"id": null, "updates": {"status": "completed"}})),
        ("task.update", json!({"id": null, "updates": {"status": "failed"}})),
    ];
    for (method, mut params) in moves {
        let (server, id) = working().await;
        let report = with(&id, json!({"retryable": true}));
        server.ok("task.fail", report.clone()).await;
        params["id"] = json!(id);
        server.ok(method, params).await;
        server.refuses(Code::StaleFence, "task.fail", report).await;
    }
}
