//! Plain HTTP: actions in the public protocol's envelope, resources under `/api`.

use serde_json::{Value, json};

use super::Server;

#[tokio::test]
async fn actions_answer_in_the_envelope() {
    let server = Server::start().await;
    let answer = server.send("POST", "/task/create", &[], br#"{"text":"x"}"#).await;
    let body = answer.json();
    assert_eq!((answer.status, &body["success"]), (200, &json!(true)));
    assert_eq!(body["event"], "task.create");
    assert!(body["timestamp"].as_str().unwrap().ends_with('Z'));
    let answer = server.send("POST", "/task/create", &[], br#"{"text":""}"#).await;
    let body = answer.json();
    assert_eq!((answer.status, &body["error"]), (400, &json!("Validation failed")));
    assert_eq!(body["details"][0]["path"], json!(["text"]));
    let answer = server.send("POST", "/system/health", &[], b"").await;
    assert_eq!(answer.json()["data"]["status"], "healthy");
    let batch = br#"{"batchId":"b","instanceId":"i","items":[1]}"#;
    let answer = server.send("POST", "/system/batch", &[], batch).await;
    assert_eq!(answer.json()["data"]["processed"], true, "three parts, found by two");
    assert_eq!(server.send("POST", "/no/such", &[], b"").await.status, 404);
    let wrong = server.send("GET", "/task/create", &[], b"").await;
    assert_eq!((wrong.status, wrong.header("allow").as_deref()), (405, Some("POST")));
}

#[tokio::test]
async fn resources_are_read_changed_and_deleted() {
    let server = Server::start().await;
    let made = server.send("POST", "/api/tasks", &[], br#"{"text":"one","tags":["a"]}"#).await;
    assert_eq!(made.status, 201);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/tasks/{id}");
    assert_eq!(server.send("GET", &path, &[], b"").await.json()["text"], "one");
    let changed = server.send("PATCH", &path, &[], br#"{"priority":0}"#).await;
    assert_eq!((changed.status, &changed.json()["priority"]), (200, &json!(0)));
    let list = server.send("GET", "/api/tasks?status=pending&limit=5&tag=a", &[], b"").await.json();
    assert_eq!(list["totalCount"], 1);
    let bad = server.send("GET", "/api/tasks?limit=many", &[], b"").await;
    assert_eq!((bad.status, &bad.json()["error"]["code"]), (400, &json!("invalid_params")));
    assert_eq!(bad.json()["error"]["issues"][0]["path"], json!(["limit"]));
    for none in ["NaN", "inf", "1e999"] {
        let bad = server.send("GET", &format!("/api/tasks?limit={none}"), &[], b"").await;
        assert_eq!(bad.status, 400, "{none}");
    }
    server.worker("w-1").await;
    server.call("task.create", json!({ "text": "better", "priority": 99 })).await;
    let claim = format!("{path}/claim");
    let claimed = server.send("POST", &claim, &[], br#"{"workerId":"w-1"}"#).await.json();
    assert_eq!(claimed["taskId"], json!(id), "this one and no other: {claimed}");
    let done =
        server.send("POST", &format!("{path}/complete"), &[], br#"{"result":{"n":1}}"#).await;
    assert_eq!(done.json()["status"], "completed", "{:?}", done.json());
    let again = server.send("POST", &format!("{path}/complete"), &[], b"{}").await;
    assert_eq!((again.status, &again.json()["error"]["code"]), (409, &json!("conflict")));
    let result = server.send("GET", &format!("{path}/attachments/result"), &[], b"").await.json();
    assert_eq!(result["value"], json!({ "n": 1 }));
    let history = server.send("GET", &format!("{path}/history"), &[], b"").await.json();
    let versions: Vec<&Value> =
        history["events"].as_array().unwrap().iter().map(|event| &event["version"]).collect();
    assert_eq!(versions, [1, 2, 3, 4]);
    assert_eq!(server.send("DELETE", &path, &[], b"").await.json()["deleted"], true);
    assert_eq!(server.send("GET", &path, &[], b"").await.status, 404);
}

#[tokio::test]
async fn the_catalogue_and_the_watch_answer() {
    let server = Server::start().await;
    let root = server.send("GET", "/", &[], b"").await.json();
    assert_eq!((&root["status"], &root["service"]), (&json!("healthy"), &json!("claudebench")));
    let handlers = server.send("GET", "/handlers", &[], b"").await.json();
    assert_eq!(handlers["total"], handlers["handlers"].as_array().unwrap().len());
    let create = handlers["handlers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|h| h["event"] == "task.create")
        .unwrap();
    assert_eq!(create["httpRoute"]["path"], "/task/create");
    let schemas = server.send("GET", "/schemas/task.create", &[], b"").await.json();
    assert_eq!(schemas["schemas"]["input"]["properties"]["text"]["maxLength"], 500);
    assert_eq!(server.send("GET", "/schemas/no.such", &[], b"").await.status, 404);
    for path in ["/healthz", "/readyz", "/routes", "/openapi.json", "/ws/stats"] {
        assert_eq!(server.send("GET", path, &[], b"").await.status, 200, "{path}");
    }
    server.call("task.create", json!({ "text": "x" })).await;
    let metrics = String::from_utf8(server.send("GET", "/metrics", &[], b"").await.body).unwrap();
    let counted = "claudebench_jsonrpc_requests_total{method=\"task.create\",status=\"success\"} 1";
    assert!(metrics.contains(counted) && metrics.contains("claudebench_task_queue_depth 1"));
    let timed = "claudebench_http_request_duration_seconds_count{route=\"/rpc\"} 1";
    assert!(metrics.contains(timed), "{metrics}");
    assert!(server.metric("event_processing_duration_seconds_count").await >= 1.0);
    assert_eq!(server.metric("instance_health_score").await, 1.0);
}

#[tokio::test]
async fn under_the_path_of_a_task_nothing_is_done_to_others() {
    let server = Server::start().await;
    let made = server.call("task.create", json!({ "text": "one", "maxAttempts": 1 })).await;
    server.worker("w-1").await;
    server.call("task.claim", json!({ "workerId": "w-1" })).await;
    server.call("task.fail", json!({ "id": made["id"] })).await;
    let other = server.call("task.create", json!({ "text": "two" })).await;
    let path = format!("/api/tasks/{}", other["id"].as_str().unwrap());
    for action in ["redrive", "create", "create_many", "list", "stats"] {
        let path = format!("{path}/{action}");
        let answer = server.send("POST", &path, &[], br#"{"text":"three"}"#).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (404, &json!("method_not_found"))
        );
    }
    let stats = server.call("task.stats", json!({})).await;
    assert_eq!(server.call("task.list", json!({})).await["totalCount"], 2, "{stats}");
    assert_eq!(server.call("task.get", json!({ "id": made["id"] })).await["status"], "failed");
}

#[tokio::test]
async fn a_patch_takes_its_key_beside_the_fields_to_change() {
    let server = Server::start().await;
    let made = server.call("task.create", json!({ "text": "one" })).await;
    let path = format!("/api/tasks/{}", made["id"].as_str().unwrap());
    let patch =
        async |body: Value| server.send("PATCH", &path, &[], body.to_string().as_bytes()).await;
    let first = patch(json!({ "text": "p1", "idempotencyKey": "k" })).await;
    assert_eq!(first.json()["text"], "p1");
    patch(json!({ "text": "p2" })).await;
    let again = patch(json!({ "text": "p1", "idempotencyKey": "k" })).await;
    assert_eq!(again.json(), first.json(), "replayed, not done again");
    let other = patch(json!({ "text": "p3", "idempotencyKey": "k" })).await;
    assert_eq!(
        (other.status, &other.json()["error"]["code"]),
        (409, &json!("idempotency_conflict"))
    );
    let task = server.send("GET", &path, &[], b"").await.json();
    assert_eq!(task["text"], "p2");
}

#[tokio::test]
async fn pauses_are_listed_as_a_resource() {
    let server = Server::start().await;
    server.call("queue.pause", json!({ "project": "site" })).await;
    for path in ["/api/queue", "/api/queue/list"] {
        let answer = server.send("GET", path, &[], b"").await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.json().to_string().contains("site"), "{path}");
    }
    assert_eq!(server.send("GET", "/api/queue/pause", &[], b"").await.status, 405);
}
