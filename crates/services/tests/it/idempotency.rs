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
