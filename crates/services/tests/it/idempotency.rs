//! Idempotency keys: what takes one keeps its answer, what takes none says so.

use claudebench_core::Code;
use claudebench_services::{Access, entry, methods};
use schemars::generate::SchemaSettings;
use serde_json::json;

use crate::server::Server;

#[tokio::test]
async fn a_flush_that_deletes_nothing_uses_its_key_up() {
    let server = Server::new();
    server.task("a").await;
    let key = "k";
    let tame =
        json!({"confirm": "FLUSH_ALL_DATA", "includePostgres": false, "idempotencyKey": key});
    let done = server.ok("system.flush", tame.clone()).await;
    assert_eq!(done["postgres"], json!(null));
    server.ok("system.flush", tame).await;
    let wild = json!({"confirm": "FLUSH_ALL_DATA", "idempotencyKey": key});
    server.refuses(Code::IdempotencyConflict, "system.flush", wild).await;
    assert_eq!(server.ok("task.list", json!({})).await["totalCount"], 1);
    let wild = json!({"confirm": "FLUSH_ALL_DATA", "idempotencyKey": "another"});
    assert_eq!(server.ok("system.flush", wild.clone()).await["postgres"]["tasksDeleted"], 1);
    server.task("b").await;
    assert_eq!(server.ok("system.flush", wild).await["postgres"]["tasksDeleted"], 1, "replayed");
    assert_eq!(server.ok("task.list", json!({})).await["totalCount"], 1);
}

#[test]
fn signs_of_life_take_no_key_and_say_so() {
    let signs: Vec<&str> = methods()
        .filter(|entry| matches!(entry.access, Access::Sign(_)))
        .map(|entry| entry.name)
        .collect();
    assert_eq!(signs, ["system.heartbeat", "system.check_health"]);
    for entry in methods() {
        let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
        let (params, _) = (entry.schemas)(&mut settings.into_generator());
        let takes = params.as_value()["properties"]["idempotencyKey"].is_object();
        assert_eq!(takes, matches!(entry.access, Access::Write(_)), "{}", entry.name);
    }
}

#[tokio::test]
async fn a_key_in_the_header_and_another_in_the_params_is_refused() {
    let server = Server::new();
    let call = async |header: &str, field: &str| {
        let mut cx = server.context(claudebench_core::Principal::local());
        cx.header_key = Some(header.into());
        let params = json!({"text": "a", "idempotencyKey": field}).to_string();
        let params = serde_json::value::RawValue::from_string(params).unwrap();
        (entry("task.create").unwrap().invoke)(cx, Some(&params)).await
    };
    let error = call("a", "b").await.unwrap_err();
    assert_eq!(error.code, Code::InvalidParams);
    assert_eq!(error.details["issues"][0]["path"], json!(["idempotencyKey"]));
    assert!(error.message.contains("`a`") && error.message.contains("`b`"), "{error}");
    call("a", "a").await.unwrap();
    assert_eq!(server.ok("task.list", json!({})).await["totalCount"], 1);
}

/// Calls a method twice under one key, with time in between; both must answer the same.
async fn twice(server: &Server, method: &str, mut params: serde_json::Value) {
    params["idempotencyKey"] = json!(format!("{method} {params}"));
    let first = server.ok(method, params.clone()).await;
    server.clock.advance(5_000);
    assert_eq!(server.ok(method, params).await, first, "{method}");
}

#[tokio::test]
async fn what_ends_is_answered_as_it_was_however_late() {
    let server = Server::new();
    twice(&server, "queue.pause", json!({"all": true, "forMs": 1_000})).await;
    let until = "2025-11-23T16:00:06.000Z";
    twice(&server, "queue.pause", json!({"tag": "x", "until": until})).await;
    server.refuses(Code::InvalidParams, "queue.pause", json!({"tag": "x", "until": until})).await;
    let key = json!({"name": "k", "scopes": ["tasks:read"], "expiresAt": "2025-11-23T16:00:11Z"});
    let mut keyed = key.clone();
    keyed["idempotencyKey"] = json!("k");
    let first = server.ok("key.create", keyed.clone()).await;
    server.clock.advance(5_000);
    let again = server.ok("key.create", keyed).await;
    assert_eq!((&again["id"], &again["key"]), (&first["id"], &json!(null)));
    let message = server.refuses(Code::InvalidParams, "key.create", key).await;
    assert_eq!(message, "expiresAt: expected a time to come");
    twice(&server, "system.flush", json!({"confirm": "FLUSH_ALL_DATA"})).await;
}

#[tokio::test]
async fn a_claim_is_answered_again_when_its_worker_has_gone() {
    let server = Server::new();
    server.register("w-1", &[]).await;
    let id = server.task("a").await;
    let claim = json!({"workerId": "w-1", "idempotencyKey": "k"});
    let first = server.ok("task.claim", claim.clone()).await;
    assert_eq!(first["taskId"], json!(id));
    let bye = json!({"instanceId": "w-1", "sessionId": "s", "timestamp": 1});
    server.ok("system.unregister", bye).await;
    let mut more = claim.clone();
    more["maxTasks"] = json!(10);
    server.refuses(Code::IdempotencyConflict, "task.claim", more).await;
    // How long it waits is no part of what it claims.
    let mut waits = claim.clone();
    waits["waitMs"] = json!(10);
    assert_eq!(server.ok("task.claim", waits).await, first);
    assert_eq!(server.ok("task.claim", claim).await, first);
    let other = json!({"workerId": "w-1", "idempotencyKey": "l"});
    server.refuses(Code::NotFound, "task.claim", other).await;
    server.refuses(Code::NotFound, "task.claim", json!({"workerId": "w-1"})).await;
}
