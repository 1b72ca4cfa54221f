//! The example in the description of each method works.

use claudebench_services::{Entry, methods};
use schemars::SchemaGenerator;
use serde_json::{Value, json};

use crate::contract;
use crate::server::{Server, text_of};

/// The JSON block in the description of a method.
pub(crate) fn example(entry: &Entry) -> Value {
    let mut generator = SchemaGenerator::default();
    let (params, _) = (entry.schemas)(&mut generator);
    let name = text_of(&params.as_value()["$ref"]).rsplit('/').next().unwrap().to_owned();
    let description = text_of(&generator.definitions()[&name]["description"]);
    let block = description
        .split_once("```json")
        .and_then(|(_, rest)| rest.split_once("```"))
        .unwrap_or_else(|| panic!("{} has no example", entry.name))
        .0;
    serde_json::from_str(block).unwrap_or_else(|e| panic!("{}: {e}: {block}", entry.name))
}

/// A server on which every example works: `w-1` is registered and holds `t-1`, which has the
/// attachment `notes`; the project `site` is paused. Answers the ids that stand for those of the
/// examples.
async fn prepared(entry: &Entry) -> (Server, Vec<(&'static str, String)>) {
    let server = Server::new();
    server.register("w-1", &["backend"]).await;
    let id = server.make(json!({"text": "a", "metadata": {"branch": "main"}})).await;
    server.claim("w-1").await;
    let notes = json!({"taskId": id, "key": "notes", "type": "text", "content": "found"});
    server.ok("task.create_attachment", notes).await;
    server.ok("queue.pause", json!({"project": "site"})).await;
    let key = server.ok("key.create", json!({"name": "ci", "scopes": ["admin"]})).await;
    if entry.name == "task.retry" {
        server.ok("task.complete", json!({"id": id})).await;
    }
    if entry.name == "task.claim" {
        server.task("to be claimed").await;
    }
    (server, vec![("t-1", id), ("0123456789abcdef", text_of(&key["id"]))])
}

/// Puts real ids in the place of those in an example.
fn with_real_ids(params: &mut Value, ids: &[(&str, String)]) {
    match params {
        Value::String(text) => {
            if let Some((_, id)) = ids.iter().find(|(name, _)| name == text) {
                text.clone_from(id);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| with_real_ids(item, ids)),
        Value::Object(fields) => fields.values_mut().for_each(|item| with_real_ids(item, ids)),
        _ => {}
    }
}

#[tokio::test]
async fn every_example_works_and_is_answered_as_the_contract_says() {
    for entry in methods() {
        let (server, ids) = prepared(entry).await;
        let mut params = example(entry);
        with_real_ids(&mut params, &ids);
        let answer = server.ok(entry.name, params).await;
        contract::check_answer(entry.name, &answer);
    }
}
