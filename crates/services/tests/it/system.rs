//! The system tells of itself; votes, batches, configuration, documentation, the event log.

use claudebench_core::{Code, Scope};
use claudebench_store::PAGE_BYTES;
use serde_json::{Value, json};

use crate::server::{Server, somebody, text_of};

#[tokio::test]
async fn health_and_metrics_have_the_shape_of_the_contract() {
    let server = Server::new();
    server.task("a").await;
    let health = server.ok("system.health", json!({})).await;
    assert_eq!(health["status"], "healthy");
    assert_eq!(health["services"], json!({"redis": true, "postgres": true, "mcp": true}));
    for n in 0..3 {
        server.register(&format!("w-{n}"), &[]).await;
    }
    server.clock.advance(35_000);
    let status = async || server.ok("system.health", json!({})).await["status"].clone();
    assert_eq!(status().await, "healthy", "who has nothing in hand may be silent");

    let short = server.ok("system.metrics", json!({})).await;
    let expected =
        json!({"eventsProcessed": 7, "tasksCompleted": 0, "averageLatency": 1, "memoryUsage": 32});
    assert_eq!(short, expected);
    let long = server.ok("system.metrics", json!({"detailed": true})).await;
    assert_eq!(long["queue"], json!({"depth": 1, "pending": 1, "throughput": 0}));
    assert_eq!(long["circuitBreaker"]["successRate"], 75);
    assert_eq!(long["mcpCalls"], 5);
    assert_eq!(long["current"]["instancesActive"], 3);
    assert_eq!(
        long["handlers"]["task.create"],
        json!({
            "totalCalls": 4, "successCount": 3, "errorCount": 1, "avgResponseTime": 1,
            "circuitState": "CLOSED",
        })
    );
}

#[tokio::test]
async fn silence_counts_when_it_is_too_long_and_there_is_work_in_hand() {
    let server = Server::new();
    let status = async || server.ok("system.health", json!({})).await["status"].clone();
    server.task("a").await;
    server.register("w-1", &[]).await;
    server.ok("task.claim", json!({"workerId": "w-1"})).await;
    server.clock.advance(29_000);
    assert_eq!(status().await, "healthy", "it has a second left");
    server.clock.advance(1_000);
    assert_eq!(status().await, "degraded");
    server.register("w-2", &[]).await;
    assert_eq!(status().await, "healthy", "one of two is not most");
}

#[tokio::test]
async fn another_tenant_sees_only_what_was_done_for_it() {
    let server = Server::new();
    server.task("a").await;
    let acme = somebody(2, &[Scope::SystemRead]);
    let found = server.call_as(acme, "system.metrics", json!({"detailed": true})).await.unwrap();
    assert_eq!((&found["eventsProcessed"], &found["handlers"]), (&json!(0), &json!({})));
    assert_eq!(found["global"]["totalEvents"], 0);
    let acme = somebody(2, &[Scope::Admin]);
    for of_all in ["system.scaling", "system.servers", "system.settings"] {
        let refused = server.call_as(acme.clone(), of_all, json!({})).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden, "{of_all}");
    }
}

#[tokio::test]
async fn the_state_is_all_text() {
    let server = Server::new();
    assert_eq!(
        server.ok("system.get_state", json!({})).await,
        json!({}),
        "empty lists are left out"
    );
    let registration =
        json!({"id": "w-1", "roles": ["b", "a"], "metadata": {"workingDirectory": "/x"}});
    server.ok("system.register", registration).await;
    let id = server.make(json!({"text": "a", "metadata": {"x": 1}})).await;
    let state = server.ok("system.get_state", json!({})).await;
    let instance = &state["instances"][0];
    assert_eq!(instance["roles"], r#"["a","b"]"#);
    assert_eq!(instance["metadata"], r#"{"workingDirectory":"/x"}"#);
    assert_eq!(
        (&instance["status"], &instance["lastSeen"]),
        (&json!("ACTIVE"), &json!("1763913600000"))
    );
    assert_eq!(state["tasks"][0]["id"], json!(id));
    assert_eq!(state["tasks"][0]["priority"], "50");
    assert_eq!(state["recentEvents"][0]["type"], "task.created");
    let reader = somebody(1, &[Scope::SystemRead]);
    let state = server.call_as(reader, "system.get_state", json!({})).await.unwrap();
    assert!(state.get("tasks").is_none() && state.get("recentEvents").is_none());
}

#[tokio::test]
async fn methods_are_discovered_with_their_schemas() {
    let server = Server::new();
    let all = server.ok("system.discover", json!({})).await;
    assert_eq!(all["methods"].as_array().unwrap().len(), claudebench_services::methods().count());
    let tasks = server.ok("system.discover", json!({"domain": "task"})).await;
    let create = &tasks["methods"][0];
    assert_eq!(create["name"], "task.create");
    assert!(text_of(&create["description"]).starts_with("Makes a task."));
    assert_eq!(create["inputSchema"]["properties"]["text"]["maxLength"], 500);
    assert!(create["inputSchema"]["properties"].get("idempotencyKey").is_some());
    assert_eq!(create["metadata"], json!({"persist": true, "roles": ["tasks:write"]}));
}

#[tokio::test]
async fn a_vote_is_decided_by_more_than_half() {
    let server = Server::new();
    let vote = |who: &str, value: &str| json!({"instanceId": who, "decision": "d", "value": value});
    let first = server.ok("system.quorum.vote", vote("a", "yes")).await;
    assert_eq!(first, json!({"voted": true, "quorumReached": false, "voteCount": 1}));
    server.ok("system.quorum.vote", vote("a", "yes")).await;
    let other = json!({"instanceId": "b", "decision": "other", "value": "yes"});
    assert_eq!(server.ok("system.quorum.vote", other).await["quorumReached"], false);
    server.ok("system.quorum.vote", vote("b", "no")).await;
    let last = server.ok("system.quorum.vote", vote("c", "yes")).await;
    assert_eq!(
        last,
        json!({
            "voted": true, "quorumReached": true, "finalDecision": "yes", "voteCount": 2,
        })
    );
}

#[tokio::test]
async fn one_instance_takes_a_batch() {
    let server = Server::new();
    let take = |who: &str| json!({"batchId": "b", "instanceId": who, "items": [1, {"x": 2}]});
    let mine = json!({"processed": true, "processorId": "w-1", "itemsProcessed": 2});
    assert_eq!(server.ok("system.batch.process", take("w-1")).await, mine);
    assert_eq!(server.ok("system.batch.process", take("w-1")).await, mine, "asked again");
    let other = server.ok("system.batch.process", take("w-2")).await;
    assert_eq!((&other["processed"], &other["processorId"]), (&json!(false), &json!("w-1")));
}

#[tokio::test]
async fn a_flush_must_be_meant() {
    let server = Server::new();
    server.task("a").await;
    server.refuses(Code::InvalidParams, "system.flush", json!({})).await;
    server.refuses(Code::InvalidParams, "system.flush", json!({"confirm": "yes"})).await;
    let kept = json!({"confirm": "FLUSH_ALL_DATA", "includePostgres": false});
    assert!(server.ok("system.flush", kept).await.get("postgres").is_none());
    let flushed = server.ok("system.flush", json!({"confirm": "FLUSH_ALL_DATA"})).await;
    assert_eq!(flushed["postgres"]["tasksDeleted"], 1);
    assert_eq!(server.ok("task.stats", json!({})).await["total"], 0);
}

#[tokio::test]
async fn values_of_the_configuration_stay_as_they_were_set() {
    let server = Server::new();
    let none = server.ok("config.get", json!({"key": "k"})).await;
    assert_eq!(none, json!({"key": "k", "value": null, "exists": false}));
    for value in [json!("5"), json!(5), json!({"a": [1]}), Value::Null] {
        let set = server.ok("config.set", json!({"key": "k", "value": value})).await;
        assert_eq!(set, json!({"key": "k", "value": value, "success": true}));
        let got = server.ok("config.get", json!({"key": "k"})).await;
        assert_eq!(got, json!({"key": "k", "value": value, "exists": true}));
    }
    let events = server.ok("event.list", json!({"types": ["config.*"]})).await;
    assert_eq!(events["events"].as_array().unwrap().len(), 4);
    assert_eq!(events["events"][0]["payload"], json!({"key": "k", "value": "5"}));
    let big = json!({"key": "k", "value": "x".repeat(64 << 10)});
    server.refuses(Code::TooLarge, "config.set", big).await;
    server.refuses(Code::InvalidParams, "config.set", json!({"key": ""})).await;
}

#[tokio::test]
async fn the_documentation_is_served() {
    let server = Server::new();
    let listed = server.ok("docs.list", json!({})).await;
    assert!(listed["totalCount"].as_u64().unwrap() >= 1);
    let page = server.ok("docs.get", json!({"id": "README"})).await;
    assert!(text_of(&page["content"]).contains("ClaudeBench"));
    assert_eq!(page["path"], "docs/README.md");
    let found = server.ok("docs.list", json!({"search": "claudebench", "limit": 1})).await;
    assert_eq!(found["docs"].as_array().unwrap().len(), 1);
    let none = server.ok("docs.list", json!({"search": "qwertzuiop"})).await;
    assert_eq!(none["totalCount"], 0);
    server.refuses(Code::NotFound, "docs.get", json!({"id": "no such page"})).await;
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_backwards() {
    let server = Server::new();
    for n in 0..5 {
        server
            .make(json!({"text": format!("{n}"), "project": if n == 3 { "site" } else { "shop" }}))
            .await;
    }
    let mut params = json!({"limit": 2, "types": ["task.*"]});
    let mut texts = Vec::new();
    loop {
        let page = server.ok("event.list", params.clone()).await;
        let events = page["events"].as_array().unwrap();
        texts.extend(events.iter().map(|event| text_of(&event["payload"]["text"])));
        if page["hasMore"] == false {
            break;
        }
        params["after"] = page["next"].clone();
    }
    assert_eq!(texts, ["0", "1", "2", "3", "4"]);
    let last = server.ok("event.list", json!({"order": "desc", "limit": 1})).await;
    assert_eq!(last["events"][0]["payload"]["text"], "4");
    let site = server.ok("event.list", json!({"project": "site"})).await;
    assert_eq!(site["events"].as_array().unwrap().len(), 1);
    server.refuses(Code::InvalidParams, "event.list", json!({"after": "x"})).await;
}

#[tokio::test]
async fn a_call_inside_a_call_needs_its_own_scope() {
    let server = Server::new();
    let context = server.context(somebody(1, &[Scope::SystemRead]));
    let error = context.call(claudebench_services::task::List::default()).await.unwrap_err();
    assert_eq!((error.code, &error.details["scope"]), (Code::Forbidden, &json!("tasks:read")));
}

#[tokio::test]
async fn scaling_says_what_there_is_to_do_and_what_would_help() {
    use std::time::Duration;

    let server = Server::new();
    let quiet = server.ok("system.scaling", json!({})).await;
    assert_eq!(
        (&quiet["servers"], &quiet["queued"], &quiet["running"]),
        (&json!(1), &json!(0), &json!(0))
    );
    assert_eq!(quiet["advice"]["action"], "stay", "{quiet}");
    assert_eq!(quiet["windows"].as_array().map(Vec::len), Some(3));
    let tasks: Vec<_> = (0..1_000).map(|n| json!({ "text": format!("{n}") })).collect();
    server.ok("task.create_many", json!({ "tasks": tasks })).await;
    server.ok("task.create", json!({ "text": "one more" })).await;
    server.ok("task.create", json!({ "text": "for two", "roles": ["reviewer", "writer"] })).await;
    server.ok("task.create", json!({ "text": "for one", "roles": ["writer"] })).await;
    let signals = &server.shared.signals;
    let now = server.shared.clock.now();
    for n in 0..100 {
        signals.meter.call(now, n != 0, Duration::from_millis(if n < 90 { 10 } else { 300 }));
    }
    signals.flush(now, 7).await;
    server.clock.advance(71_000);
    let busy = server.ok("system.scaling", json!({})).await;
    assert_eq!((&busy["queued"], &busy["connections"]), (&json!(1_003), &json!(7)), "{busy}");
    let queues = json!([
        { "queued": 1_000 }, { "role": "writer", "queued": 2 }, { "role": "reviewer", "queued": 1 },
    ]);
    assert_eq!(busy["queues"], queues, "of each lane, a thousand are counted");
    assert_eq!((&busy["advice"]["action"], &busy["advice"]["servers"]), (&json!("up"), &json!(3)));
    assert!(busy["advice"]["reasons"][0].as_str().unwrap().contains("1003 tasks wait"), "{busy}");
    assert!(busy["oldestReadyAgeMs"].as_i64().unwrap() >= 71_000);
    let [one, five] = [&busy["windows"][0], &busy["windows"][1]];
    assert_eq!(
        (&one["calls"], &five["calls"], &five["errors"]),
        (&json!(0), &json!(100), &json!(1))
    );
    assert_eq!((&five["errorRate"], &five["averageMs"]), (&json!(0.01), &json!(39)));
    let p95 = five["p95Ms"].as_i64().unwrap();
    assert!((295..=305).contains(&p95), "{p95}");
}

#[tokio::test]
async fn the_configuration_is_listed_page_by_page() {
    let server = Server::new();
    assert_eq!(server.ok("config.list", json!({})).await, json!({"values": []}));
    for (key, value) in [("b", json!({"x": [1]})), ("a", json!("5")), ("c", Value::Null)] {
        server.ok("config.set", json!({"key": key, "value": value})).await;
    }
    let first = server.ok("config.list", json!({"limit": 2})).await;
    let values = json!([{"key": "a", "value": "5"}, {"key": "b", "value": {"x": [1]}}]);
    assert_eq!(first, json!({"values": values, "nextCursor": "b"}));
    let last = server.ok("config.list", json!({"limit": 2, "after": "b"})).await;
    assert_eq!(last, json!({"values": [{"key": "c", "value": null}]}));
    let stranger = somebody(2, &[Scope::SystemRead]);
    let theirs = server.call_as(stranger, "config.list", json!({})).await.unwrap();
    assert_eq!(theirs, json!({"values": []}));

    let large = "x".repeat(60_000);
    for n in 0..200 {
        server.ok("config.set", json!({"key": format!("k{n:03}"), "value": large})).await;
    }
    let (mut params, mut count) = (json!({"limit": 1_000}), 0);
    loop {
        let page = server.ok("config.list", params.clone()).await;
        assert!(page.to_string().len() <= PAGE_BYTES + (1 << 20), "{}", page.to_string().len());
        count += page["values"].as_array().unwrap().len();
        let Some(next) = page.get("nextCursor") else { break };
        params["after"] = next.clone();
    }
    assert_eq!(count, 203);
}

#[tokio::test]
async fn the_server_that_answers_is_named() {
    let server = Server::new();
    server.clock.advance(5_000);
    let found = server.ok("system.servers", json!({})).await;
    let [one] = &found["servers"].as_array().unwrap()[..] else { panic!("{found}") };
    assert_eq!((&one["version"], &one["answers"]), (&json!("0.0.0"), &json!(true)));
    assert_eq!(one["startedAt"], "2025-11-23T16:00:00.000Z");
    assert_eq!(one["lastSeen"], "2025-11-23T16:00:05.000Z");
}
