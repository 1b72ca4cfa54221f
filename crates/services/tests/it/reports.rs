//! Workers report: heartbeats, completions, failures, releases, cancellations.

use claudebench_core::Code;
use serde_json::{Value, json};

use crate::server::{Server, text_of};

async fn working() -> (Server, String, Value) {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let id = server.task("a").await;
    let lease = server.claim("w-1").await["lease"].take();
    (server, id, lease)
}

#[tokio::test]
async fn a_completion_keeps_its_result() {
    let (server, id, lease) = working().await;
    server.clock.advance(1_500);
    let fence = &lease["fence"];
    let params = json!({"id": id, "fence": fence, "workerId": "w-1", "result": {"files": 3}});
    let done = server.ok("task.complete", params.clone()).await;
    assert_eq!(
        (&done["status"], &done["completedAt"]),
        (&json!("completed"), &json!("2025-11-23T16:00:01.500Z"))
    );
    assert_eq!(server.ok("task.complete", params).await["repeated"], true);
    let task = server.ok("task.get", json!({"id": id})).await;
    assert_eq!(task["result"], json!({"files": 3}));
    assert_eq!(task["metadata"], json!({"duration": 1500, "completedBy": "w-1", "resultSize": 11}));
    assert_eq!(task["resultAttachment"]["value"], json!({"files": 3}));
    assert_eq!(task["attachmentKeys"], json!(["result"]));
    assert_eq!(server.story(&id).await, ["task.created", "task.claimed", "task.completed"]);
}

#[tokio::test]
async fn a_completion_without_a_result_is_one_unless_it_says_otherwise() {
    for (extra, status) in [
        (json!({}), "completed"),
        (json!({"result": null}), "completed"),
        (json!({"result": false}), "completed"),
        (json!({"error": ""}), "completed"),
        (json!({"error": "broken"}), "failed"),
        (json!({"status": "failed", "result": 1}), "failed"),
    ] {
        let (server, id, _) = working().await;
        let mut params = extra.clone();
        params["taskId"] = json!(id);
        let done = server.ok("task.complete", params).await;
        assert_eq!(done["status"], status, "{extra}");
        let message = server.refuses(Code::Conflict, "task.complete", json!({"id": id})).await;
        assert!(message.starts_with(&format!("Task already {status}")), "{message}");
    }
}

#[tokio::test]
async fn a_result_that_is_the_text_of_an_object_is_shown_as_one() {
    let (server, id, _) = working().await;
    server.ok("task.complete", json!({"id": id, "result": "{\"files\": 3}"})).await;
    let task = server.ok("task.get", json!({"id": id})).await;
    assert_eq!(task["result"], json!("{\"files\": 3}"));
    assert_eq!(task["resultAttachment"]["value"], json!({"files": 3}));
    let read = server.ok("task.get_attachment", json!({"taskId": id, "key": "result"})).await;
    assert_eq!(read["value"], json!({"files": 3}));
}

#[tokio::test]
async fn only_its_holder_completes_a_task() {
    let server = Server::new();
    let id = server.task("a").await;
    let message = server.refuses(Code::Conflict, "task.complete", json!({"id": id})).await;
    assert!(message.starts_with("Task not assigned"), "{message}");
    server.register("w-1", &[]).await;
    server.claim("w-1").await;
    server.refuses(Code::Conflict, "task.complete", json!({"id": id, "workerId": "w-2"})).await;
    let message = server.refuses(Code::NotFound, "task.complete", json!({"id": "t-5"})).await;
    assert_eq!(message, "Task not found: t-5");
    server.refuses(Code::InvalidParams, "task.complete", json!({})).await;
    server.refuses(Code::InvalidParams, "task.complete", json!({"id": id, "taskId": "t-5"})).await;
    let big = json!({"id": id, "result": "x".repeat(1 << 20)});
    server.refuses(Code::TooLarge, "task.complete", big).await;
    assert_eq!(server.status(&id).await, "in_progress");
}

#[tokio::test]
async fn a_report_that_comes_too_late_is_refused_and_names_the_holder() {
    let (server, id, lease) = working().await;
    server.clock.advance(300_001);
    // Any write finds out that the lease is over; then the backoff passes.
    server.task("other").await;
    server.clock.advance(10_000);
    server.register("w-2", &[]).await;
    assert_eq!(server.claim("w-2").await["id"], json!(id));
    for method in ["task.complete", "task.fail", "task.release", "task.heartbeat"] {
        let error = server.fails(method, json!({"id": id, "fence": lease["fence"]})).await;
        assert_eq!(error.code, Code::StaleFence, "{method}");
        assert_eq!(error.details["holder"], "w-2");
    }
    assert_eq!(server.ok("task.get", json!({"id": id})).await["losses"], 1);
}

#[tokio::test]
async fn a_heartbeat_extends_the_lease_and_what_it_notes_survives() {
    let (server, id, lease) = working().await;
    server.clock.advance(200_000);
    let beat = json!({
        "id": id, "fence": lease["fence"], "progress": 0.5, "note": "half", "checkpoint": {"at": 7},
    });
    let beaten = server.ok("task.heartbeat", beat).await;
    assert_eq!(beaten["cancelled"], false);
    assert_eq!(beaten["lease"]["expiresAt"], "2025-11-23T16:08:20.000Z");
    let task = server.ok("task.get", json!({"id": id})).await;
    assert_eq!((&task["progress"], &task["note"]), (&json!(0.5), &json!("half")));
    server.ok("task.fail", json!({"id": id, "retryAfterMs": 0})).await;
    let again = server.claim("w-1").await;
    assert_eq!(again["attempt"], 2);
    assert_eq!(again["checkpoint"], json!({"at": 7}));
    server.refuses(Code::InvalidParams, "task.heartbeat", json!({"id": id, "progress": 2})).await;
}

#[tokio::test]
async fn a_failure_is_tried_again_until_the_attempts_are_spent() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let id = server.make(json!({"text": "a", "maxAttempts": 2, "tags": ["x"]})).await;
    server.claim("w-1").await;
    let failed =
        server.ok("task.fail", json!({"id": id, "reason": "unavailable", "error": "503"})).await;
    assert_eq!((&failed["status"], &failed["dead"]), (&json!("pending"), &json!(false)));
    assert!(failed["retryAt"].is_string());
    server.clock.advance(2_000);
    server.claim("w-1").await;
    let failed = server.ok("task.fail", json!({"id": id, "reason": "unavailable"})).await;
    assert_eq!((&failed["status"], &failed["dead"]), (&json!("failed"), &json!(true)));
    let story = server.story(&id).await;
    assert_eq!(story[2..], ["task.attempt_failed", "task.claimed", "task.completed"]);
    assert_eq!(server.ok("task.list", json!({"dead": true})).await["totalCount"], 1);

    let none = server.ok("task.redrive", json!({"reason": "timeout"})).await;
    assert_eq!(none["count"], 0);
    let driven = server.ok("task.redrive", json!({"tag": "x", "priority": 99})).await;
    assert_eq!(
        driven["tasks"][0],
        json!({
            "id": id, "previousStatus": "failed", "status": "pending",
        })
    );
    let again = server.claim("w-1").await;
    assert_eq!((&again["attempt"], &again["priority"]), (&json!(1), &json!(99)));
}

#[tokio::test]
async fn what_cannot_succeed_is_not_tried_again_and_a_snooze_does_not_count() {
    let (server, id, _) = working().await;
    let asleep =
        json!({"id": id, "reason": "rate_limited", "snooze": true, "retryAfterMs": 60_000});
    let slept = server.ok("task.fail", asleep).await;
    assert_eq!(slept["retryAt"], "2025-11-23T16:01:00.000Z");
    server.clock.advance(60_000);
    assert_eq!(server.claim("w-1").await["attempt"], 1);
    let failed = server.ok("task.fail", json!({"id": id, "reason": "invalid_input"})).await;
    assert_eq!(failed["dead"], true);
    server.refuses(Code::InvalidParams, "task.fail", json!({"id": id, "reason": "bad luck"})).await;
    let back = server.ok("task.retry", json!({"id": id})).await;
    assert_eq!(back["previousStatus"], "failed");
    server.refuses(Code::Conflict, "task.retry", json!({"id": id})).await;
}

#[tokio::test]
async fn a_task_is_given_back_and_does_not_count() {
    let (server, id, lease) = working().await;
    let released = server
        .ok("task.release", json!({"id": id, "fence": lease["fence"], "reason": "bye"}))
        .await;
    assert_eq!(released["status"], "pending");
    let again = server.claim("w-1").await;
    assert_eq!((&again["id"], &again["attempt"]), (&json!(id), &json!(1)));
    assert_ne!(again["lease"]["fence"], lease["fence"]);
}

#[tokio::test]
async fn a_task_is_called_off_with_grace() {
    let (server, id, lease) = working().await;
    let called =
        server.ok("task.cancel", json!({"id": id, "reason": "no longer", "graceMs": 5_000})).await;
    assert_eq!(
        (&called["status"], &called["graceEndsAt"]),
        (&json!("in_progress"), &json!("2025-11-23T16:00:05.000Z"))
    );
    let beaten = server.ok("task.heartbeat", json!({"id": id, "fence": lease["fence"]})).await;
    assert_eq!(
        (&beaten["cancelled"], &beaten["cancelReason"]),
        (&json!(true), &json!("no longer"))
    );
    let late = json!({"id": id, "fence": lease["fence"]});
    server.refuses(Code::Conflict, "task.complete", late.clone()).await;
    assert_eq!(server.ok("task.release", late).await["status"], "cancelled");
    server.refuses(Code::Conflict, "task.cancel", json!({"id": server.done().await})).await;
}

#[tokio::test]
async fn dependents_of_a_cancelled_task_are_settled_by_choice() {
    for (choice, status) in [("keep", "pending"), ("cancel", "cancelled"), ("release", "pending")] {
        let server = Server::new();
        let first = server.task("a").await;
        let second = server.make(json!({"text": "b", "dependsOn": [first]})).await;
        let done = server.ok("task.cancel", json!({"id": first, "dependents": choice})).await;
        assert_eq!(done["status"], "cancelled");
        assert_eq!(server.status(&second).await, status);
        let ready = server.ok("task.stats", json!({})).await["ready"].clone();
        assert_eq!(ready, json!(i64::from(choice == "release")), "{choice}");
    }
}

#[tokio::test]
async fn many_are_completed_in_one_go_each_alone() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let tasks: Vec<Value> = (0..3).map(|n| json!({"text": format!("task {n}")})).collect();
    server.ok("task.create_many", json!({"tasks": tasks})).await;
    let claimed = server.ok("task.claim", json!({"workerId": "w-1", "maxTasks": 100})).await;
    let mut items: Vec<Value> = claimed["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| json!({"id": task["id"], "fence": task["lease"]["fence"], "result": 1}))
        .collect();
    assert_eq!(items.len(), 3);
    items[1]["fence"] = json!(77);
    let done = server.ok("task.complete_many", json!({"workerId": "w-1", "items": items})).await;
    assert_eq!((&done["accepted"], &done["refused"]), (&json!(2), &json!(1)));
    assert_eq!(done["results"][1]["error"]["code"], "stale_fence");
    assert_eq!(done["results"][1]["error"]["details"]["holder"], "w-1");
    assert_eq!(done["results"][2]["status"], "completed");
    server.refuses(Code::InvalidParams, "task.complete_many", json!({"items": []})).await;
    let message =
        server.refuses(Code::InvalidParams, "task.complete_many", json!({"items": [{}]})).await;
    assert_eq!(message, "items.0.id: expected a task's id, as id or taskId");
}

#[tokio::test]
async fn a_task_is_parked_on_an_instance_and_taken_back() {
    let server = Server::new();
    let id = server.task("a").await;
    let to = |worker: &str| json!({"taskId": id, "instanceId": worker});
    let message = server.refuses(Code::NotFound, "task.assign", to("w-1")).await;
    assert_eq!(message, "Instance not found: w-1");
    server.register("w-1", &[]).await;
    server.register("w-2", &[]).await;
    let parked = server.ok("task.assign", to("w-1")).await;
    assert_eq!(parked["instanceId"], "w-1");
    assert_eq!(server.ok("task.assign", to("w-1")).await["assignedAt"], parked["assignedAt"]);
    let message = server.refuses(Code::Conflict, "task.assign", to("w-2")).await;
    assert!(message.contains("already assigned to w-1"), "{message}");
    assert!(server.claim("w-2").await.is_null(), "it is for w-1 alone");
    let explained = server.ok("task.explain", json!({"id": id})).await;
    assert_eq!(explained["because"][0]["kind"], "parked_on");
    let freed = server.ok("task.unassign", json!({"taskId": id})).await;
    assert_eq!(freed["previousAssignment"], "w-1");
    server.refuses(Code::Conflict, "task.unassign", json!({"taskId": id})).await;
    // Parked and completed without a claim, as some clients do.
    server.ok("task.assign", to("w-2")).await;
    let done = server.ok("task.complete", json!({"id": id, "workerId": "w-2", "result": 1})).await;
    assert_eq!(done["status"], "completed");
    assert_eq!(text_of(&done["id"]), id);
}

impl Server {
    /// A task that is completed.
    async fn done(&self) -> String {
        let id = self.task("done").await;
        self.ok("task.update", json!({"id": id, "updates": {"status": "completed"}})).await;
        id
    }
}

#[tokio::test]
async fn what_was_named_and_is_not_redriven_is_told() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let id = server.make(json!({"text": "a", "uniqueKey": "k"})).await;
    server.claim("w-1").await;
    server.ok("task.fail", json!({"id": id, "fence": 1, "retryable": false})).await;
    let live = server.make(json!({"text": "b", "uniqueKey": "k"})).await;
    let done = server.ok("task.redrive", json!({"ids": [id, "t-5"]})).await;
    assert_eq!((&done["count"], &done["tasks"]), (&json!(0), &json!([])));
    let refused = done["refused"].as_array().unwrap();
    assert_eq!((&refused[0]["id"], &refused[1]["id"]), (&json!("t-5"), &json!(id)));
    assert_eq!(refused[0]["error"]["code"], "not_found");
    assert_eq!(refused[1]["error"]["code"], "duplicate_unique_key");
    assert_eq!(refused[1]["error"]["details"]["taskId"], json!(live));
    let none = server.ok("task.redrive", json!({"limit": 1})).await;
    assert_eq!(none, json!({"tasks": [], "count": 0}));
}
