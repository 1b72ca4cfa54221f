//! JSON-RPC as the public clients know it.

use serde_json::{Value, json};

use super::Server;

async fn post(server: &Server, path: &str, body: &str) -> (u16, Value) {
    let answer = server.send("POST", path, &[], body.as_bytes()).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn single_requests_and_what_is_wrong_with_them() {
    let server = Server::start().await;
    let ok = r#"{"jsonrpc":"2.0","id":"a","method":"task.create","params":{"text":"x","priority":0},
        "metadata":{"sessionId":"s","correlationId":"c","timestamp":1}}"#;
    let (status, answer) = post(&server, "/rpc", ok).await;
    assert_eq!((status, &answer["id"]), (200, &json!("a")));
    assert_eq!(answer["result"]["priority"], 0, "0 is 0");
    let (_, answer) =
        post(&server, "/rpc", r#"{"jsonrpc":"2.0","id":null,"method":"system.health"}"#).await;
    assert!(answer["result"].is_object() && answer["id"].is_null());
    let (status, answer) =
        post(&server, "/rpc", r#"{"jsonrpc":"2.0","method":"system.health"}"#).await;
    assert_eq!((status, answer), (204, Value::Null), "a notification is not answered");
    for (body, code) in [
        ("{", -32700),
        ("\u{1}", -32700),
        ("[", -32700),
        ("3", -32600),
        ("[]", -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"system.health"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":{},"method":"system.health"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":"\ud800","method":"system.health"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1e999,"method":"system.health"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"system.health","metadata":{"sessionId":1}}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"no.such"}"#, -32601),
        (r#"{"jsonrpc":"2.0","method":"no.such"}"#, -32601),
        (r#"{"jsonrpc":"2.0","id":1,"method":"task.create"}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":1,"method":"task.create","params":[1]}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":1,"method":"task.get","params":{"id":"t-5"}}"#, -32004),
    ] {
        let (status, answer) = post(&server, "/rpc", body).await;
        assert_eq!((status, &answer["error"]["code"]), (200, &json!(code)), "{body}: {answer}");
    }
    let deep = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"x","params":{}}}"#, "[".repeat(99));
    assert_eq!(post(&server, "/rpc", &deep).await.1["error"]["code"], -32600);
}

#[tokio::test]
async fn an_issue_names_the_field_what_was_expected_and_what_came() {
    let server = Server::start().await;
    let answer = server.rpc("task.create", json!({ "text": "x", "priority": 101 })).await;
    let issue = &answer["error"]["data"][0];
    assert_eq!(issue["path"], json!(["priority"]));
    let message = issue["message"].as_str().unwrap();
    assert!(message.contains("101") && message.contains("from 0 to 100"), "{message}");
}

#[tokio::test]
async fn batches_answer_in_order_and_leave_notifications_out() {
    let server = Server::start().await;
    let batch = json!([
        { "jsonrpc": "2.0", "id": 1, "method": "task.create", "params": { "text": "a" } },
        { "jsonrpc": "2.0", "method": "task.create", "params": { "text": "b" } },
        { "jsonrpc": "2.0", "id": 2, "method": "no.such" },
        4,
    ]);
    for path in ["/rpc", "/rpc/batch"] {
        let (status, answer) = post(&server, path, &batch.to_string()).await;
        assert_eq!(status, 200);
        let answers = answer.as_array().unwrap();
        assert_eq!(answers.len(), 3);
        assert!(answers[0]["result"]["id"].is_string());
        assert_eq!(answers[1]["error"]["code"], -32601);
        assert_eq!(answers[2]["error"]["code"], -32600);
    }
    for (body, message) in [
        ("[]", "Batch cannot be empty"),
        ("{}", "Batch must be an array"),
        ("x", "Invalid batch request"),
    ] {
        let (_, answer) = post(&server, "/rpc/batch", body).await;
        assert_eq!(answer["error"]["message"], message, "{body}");
    }
    let told = json!([{ "jsonrpc": "2.0", "method": "system.health" }]).to_string();
    let nothing = server.send("POST", "/rpc", &[], told.as_bytes()).await;
    assert_eq!((nothing.status, nothing.body.len()), (204, 0), "as JSON-RPC 2.0 has it");
    let (status, answer) = post(&server, "/rpc/batch", &told).await;
    assert_eq!((status, answer), (200, json!([])), "as the public protocol has it");
    let many: Vec<Value> = (0..101)
        .map(|id| json!({ "jsonrpc": "2.0", "id": id, "method": "system.health" }))
        .collect();
    let (_, answer) = post(&server, "/rpc", &json!(many).to_string()).await;
    assert_eq!(answer["error"]["code"], -32600);
    assert_eq!(server.call("task.list", json!({})).await["totalCount"], 4);
}

#[tokio::test]
async fn a_key_makes_a_call_safe_to_repeat() {
    let server = Server::start().await;
    let params = json!({ "text": "once", "idempotencyKey": "k" });
    let first = server.call("task.create", params.clone()).await;
    assert_eq!(server.call("task.create", params).await["id"], first["id"]);
    let body = r#"{"text":"once"}"#;
    let header = [("Idempotency-Key", "k")];
    let again = server.send("POST", "/task/create", &header, body.as_bytes()).await.json();
    assert_eq!(again["data"]["id"], first["id"], "the header is the same key");
    let other = server.rpc("task.create", json!({ "text": "other", "idempotencyKey": "k" })).await;
    assert_eq!(other["error"]["code"], -32007);
    assert_eq!(server.call("task.list", json!({})).await["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_claims_never_share_a_task() {
    let server = Server::start().await;
    let tasks: Vec<Value> = (0..80).map(|n| json!({ "text": format!("task {n}") })).collect();
    server.call("task.create_many", json!({ "tasks": tasks })).await;
    let claims = (0..8).map(async |n| {
        let worker = format!("w-{n}");
        server.worker(&worker).await;
        let mut mine = Vec::new();
        loop {
            let claim =
                server.call("task.claim", json!({ "workerId": worker, "maxTasks": 3 })).await;
            if claim["claimed"] == false {
                return mine;
            }
            mine.extend(
                claim["tasks"].as_array().unwrap().iter().map(|task| task["id"].to_string()),
            );
        }
    });
    let mut all: Vec<String> =
        futures_util::future::join_all(claims).await.into_iter().flatten().collect();
    assert_eq!(all.len(), 80);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 80, "no task twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_claim_is_woken_by_the_task_that_comes() {
    let server = Server::start().await;
    server.worker("w-1").await;
    let waiting = server.call("task.claim", json!({ "workerId": "w-1", "waitMs": 60_000 }));
    let making = async {
        // Interest is registered before the first look: whichever comes first, it is found.
        server.call("task.create", json!({ "text": "here" })).await
    };
    let (claim, made) = tokio::join!(waiting, making);
    assert_eq!(claim["taskId"], made["id"]);
    assert_eq!(claim["task"]["lease"]["fence"], 1);
}

#[tokio::test]
async fn whatever_is_refused_before_the_call_is_answered_as_json_rpc_too() {
    let small = toml::Value::Integer(65_536);
    let data = tempfile::TempDir::new().unwrap();
    let server = Server::with(&[("limits.body_bytes", small)], data).await;
    let ok = br#"{"jsonrpc":"2.0","id":1,"method":"system.health"}"#;
    let large = vec![b' '; 70_000];
    for path in ["/rpc", "/rpc/batch"] {
        for (headers, body, code, name) in [
            (vec![("Authorization", "Bearer cb_x")], ok.as_slice(), -32002, "unauthorized"),
            (vec![("Host", "evil.example")], ok, -32002, "forbidden"),
            (vec![("Origin", "http://evil.example")], ok, -32002, "forbidden"),
            (vec![("Idempotency-Key", "")], ok, -32600, "invalid_request"),
            (vec![], large.as_slice(), -32009, "too_large"),
        ] {
            let answer = server.send("POST", path, &headers, body).await;
            let said = answer.json();
            assert_eq!(answer.status, 200, "{path} {headers:?}");
            assert_eq!((&said["jsonrpc"], &said["id"]), (&json!("2.0"), &Value::Null), "{said}");
            assert_eq!(said["error"]["code"], code, "{path} {headers:?}: {said}");
            assert_eq!(said["error"]["data"]["code"], name, "{path} {headers:?}: {said}");
        }
    }
}

#[tokio::test]
async fn the_data_of_invalid_params_is_always_a_list_of_issues() {
    let server = Server::start().await;
    for (method, params) in [
        ("task.list", json!({ "search": "!!" })),
        ("task.list", json!({ "after": "[]" })),
        ("task.create", json!({})),
        ("task.create", json!([1])),
    ] {
        let answer = server.rpc(method, params).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
        assert!(answer["error"]["data"][0]["path"].is_array(), "{answer}");
    }
}

#[tokio::test]
async fn a_hook_that_the_public_client_does_not_know_is_kept() {
    let server = Server::start().await;
    let data = json!({ "hook_event_name": "SubagentStart", "agent_type": "reviewer" });
    let params = json!({ "data": data, "sessionId": "s-1", "instanceId": "w", "timestamp": 1 });
    assert_eq!(server.call("hook.subagentstart", params).await, json!({ "recorded": true }));
    let listed = server.call("event.list", json!({ "types": ["hook.event.executed"] })).await;
    assert_eq!(listed["events"][0]["payload"]["hookEvent"], "SubagentStart", "{listed}");
    // A name that is merely wrong is told.
    for params in [json!({}), json!({ "data": 7 }), json!({ "tool": "Bash" })] {
        let answer = server.rpc("hook.pre_tol", params).await;
        assert_eq!(answer["error"]["code"], -32601, "{answer}");
    }
}
