//! A fleet to look at: what it does, and what it leaves.

use serde_json::{Value, json};

use super::server::Server;

fn call(server: &Server, method: &str, params: &Value) -> Value {
    server.json(&["call", method, &params.to_string()])
}

#[test]
fn a_fleet_works_fails_is_steered_and_leaves_nothing_open() {
    let server = Server::start();
    let done = server.json(&[
        "bench",
        "--scenario",
        "demo",
        "--seconds",
        "10",
        "--speed",
        "40",
        "--seed",
        "3",
    ]);
    for (what, least) in [
        ("completed", 20),
        ("failedAttempts", 2),
        ("deadLetters", 1),
        ("cancelled", 1),
        ("blockedToolCalls", 3),
        ("commits", 1),
        ("pauses", 1),
    ] {
        assert!(done[what].as_u64().unwrap() >= least, "{what}: {done}");
    }
    for project in ["shop", "ledger", "atlas"] {
        let counts = call(&server, "task.stats", &json!({ "project": project }));
        assert!(counts["completed"].as_i64().unwrap() > 0, "{project}: {counts}");
    }
    let counts = call(&server, "task.stats", &json!({}));
    assert_eq!((&counts["pending"], &counts["inProgress"]), (&json!(0), &json!(0)), "{counts}");
    assert!(counts["failed"].as_i64().unwrap() >= 1, "{counts}");
    assert!(counts["cancelled"].as_i64().unwrap() >= 1, "{counts}");
    assert_eq!(call(&server, "queue.list", &json!({}))["pauses"], json!([]));
    let events = json!({ "types": ["hook.pre_tool.executed"], "limit": 1_000 });
    let judged = call(&server, "event.list", &events)["events"].as_array().unwrap().clone();
    let blocked =
        judged.iter().filter(|event| event["payload"]["validationResult"]["allow"] == false);
    assert!(blocked.count() >= 3, "{} tool calls", judged.len());
    let dead = call(&server, "task.list", &json!({ "dead": true }));
    assert_eq!(dead["tasks"][0]["project"], "ledger", "{dead}");
    let reviewed = json!({ "tag": "demo", "role": "reviewer", "status": "completed" });
    let reviewed = call(&server, "task.list", &reviewed)["tasks"].as_array().unwrap().clone();
    let has_review = |task: &Value| {
        task["attachmentKeys"].as_array().is_some_and(|keys| keys.contains(&json!("review")))
    };
    assert!(reviewed.iter().any(has_review), "{} were reviewed", reviewed.len());
    let state = call(&server, "system.get_state", &json!({}));
    let there = state["instances"].as_array().cloned().unwrap_or_default();
    assert!(there.iter().all(|instance| instance["status"] == "OFFLINE"), "{state}");
}
