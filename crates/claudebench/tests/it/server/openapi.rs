//! The committed document is what the code gives, and no answer is undocumented.

use claudebench::transport::openapi;
use claudebench_services::methods;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use super::{Answer, Server, schema};

#[test]
fn the_committed_document_is_what_the_code_gives() {
    let committed = include_str!("../../../../../openapi.json");
    assert!(committed == openapi::text(), "run `make generate` and commit what it writes");
}

#[test]
fn every_path_that_http_can_ask_is_listed() {
    let document = openapi::document();
    for (path, verb) in [
        ("/rpc", "post"),
        ("/rpc/batch", "post"),
        ("/events", "get"),
        ("/handlers", "get"),
        ("/routes", "get"),
        ("/schemas/{method}", "get"),
        ("/api/queue", "get"),
    ] {
        assert!(document["paths"][path][verb]["responses"]["200"].is_object(), "{verb} {path}");
    }
    let stream = &document["paths"]["/events"]["get"]["responses"]["200"]["content"];
    assert!(stream["text/event-stream"].is_object());
    let rpc = document["paths"]["/rpc"]["post"]["responses"].as_object().unwrap();
    assert_eq!(rpc.keys().collect::<Vec<_>>(), ["200", "204"], "errors, too, are 200");
    assert!(document["paths"].get("/api/tasks/{id}/redrive").is_none());
}

#[test]
fn every_property_is_in_camel_case() {
    fn look(value: &Value, path: &str, bad: &mut Vec<String>) {
        if let Some(properties) = value.get("properties").and_then(Value::as_object) {
            for name in properties.keys().filter(|name| name.contains(['_', '-'])) {
                bad.push(format!("{path}/{name}"));
            }
        }
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, inner)| look(inner, &format!("{path}/{name}"), bad));
            }
            Value::Array(items) => items.iter().for_each(|item| look(item, path, bad)),
            _ => {}
        }
    }
    let mut bad = Vec::new();
    look(&openapi::document(), "", &mut bad);
    // The public protocol has it so.
    bad.retain(|path| !path.ends_with("/Doc/sidebar_position"));
    assert!(bad.is_empty(), "{bad:#?}");
}

/// A value that answers a schema, or nearly: each choice is drawn.
fn drawn(schema: &Value, document: &Value, draw: &mut impl FnMut(u32) -> u32, depth: u32) -> Value {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = reference.trim_start_matches('#');
        return document.pointer(target).map_or(Value::Null, |s| drawn(s, document, draw, depth));
    }
    if draw(12) == 0 {
        // Something else altogether.
        return [json!(null), json!(-1), json!("x"), json!([]), json!({}), json!(1e300)]
            [draw(6) as usize]
            .clone();
    }
    for several in ["anyOf", "oneOf"] {
        if let Some(choices) = schema.get(several).and_then(Value::as_array) {
            let choice = &choices[draw(u32::try_from(choices.len()).unwrap()) as usize];
            return drawn(choice, document, draw, depth);
        }
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values[draw(u32::try_from(values.len()).unwrap()) as usize].clone();
    }
    let kind = match schema.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        Some(Value::Array(kinds)) => {
            kinds[draw(u32::try_from(kinds.len()).unwrap()) as usize].as_str().unwrap_or("null")
        }
        _ => "object",
    };
    let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
    match kind {
        "string" if schema.get("pattern").is_some() => json!(format!("t-{}", draw(9) + 1)),
        "string" => {
            let most = bound("maxLength").unwrap_or(20).min(5_000);
            let length = [1, 3, most, most + 1][draw(4) as usize];
            json!("ä".repeat(usize::try_from(length).unwrap_or(0)))
        }
        "integer" | "number" => {
            let (least, most) = (bound("minimum").unwrap_or(0), bound("maximum").unwrap_or(1_000));
            // Nothing that would make the test wait.
            let most = most.min(5_000);
            json!([least, most, least - 1, most + 1, i64::from(draw(50))][draw(5) as usize])
        }
        "boolean" => json!(draw(2) == 0),
        "array" if depth > 4 => json!([]),
        "array" => {
            let item = schema.get("items").cloned().unwrap_or_default();
            (0..draw(4)).map(|_| drawn(&item, document, draw, depth + 1)).collect()
        }
        "null" => Value::Null,
        _ => object(schema, document, draw, depth),
    }
}

fn object(
    schema: &Value,
    document: &Value,
    draw: &mut impl FnMut(u32) -> u32,
    depth: u32,
) -> Value {
    let mut fields = Map::new();
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if let Some(properties) =
        schema.get("properties").and_then(Value::as_object).filter(|_| depth < 6)
    {
        for (name, inner) in properties {
            let wanted =
                if required.contains(&name.as_str()) { draw(20) > 0 } else { draw(3) == 0 };
            // A claim that waits would only make the test wait.
            if wanted && name != "waitMs" {
                fields.insert(name.clone(), drawn(inner, document, draw, depth + 1));
            }
        }
    }
    Value::Object(fields)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_sent_the_answer_is_a_documented_one() {
    let server = Server::start().await;
    let document = openapi::document();
    let mut runner = TestRunner::deterministic();
    let numbers = proptest::num::u32::ANY;
    let mut draw = |below: u32| numbers.new_tree(&mut runner).unwrap().current() % below.max(1);
    for _ in 0..12 {
        for entry in methods() {
            let path = format!("/{}", entry.name.replacen('.', "/", 1));
            let operation = &document["paths"][&path]["post"];
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let params = drawn(schema, &document, &mut draw, 0);
            let answer = server.send("POST", &path, &[], params.to_string().as_bytes()).await;
            let said = String::from_utf8_lossy(&answer.body);
            assert!(answer.status < 500, "{path} {params}: {} {said}", answer.status);
            let wrong = offence(&document, operation, &answer);
            assert_eq!(wrong, None, "{path} {params}: {} {said}", answer.status);
        }
    }
}

/// What an answer has that its operation does not promise.
fn offence(document: &Value, operation: &Value, answer: &Answer) -> Option<String> {
    let Some(mut documented) = operation["responses"].get(answer.status.to_string()) else {
        return Some("the status is undocumented".into());
    };
    if let Some(reference) = documented["$ref"].as_str() {
        documented = document.pointer(reference.trim_start_matches('#')).unwrap();
    }
    let schema = &documented["content"]["application/json"]["schema"];
    if schema.is_null() {
        return (!answer.body.is_empty()).then(|| "a body is undocumented".into());
    }
    schema::offence(schema, &answer.json(), document)
}

/// What reads alone, by the paths of resources; and what is beside the methods.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resources_answer_as_documented() {
    let server = Server::start().await;
    let document = openapi::document();
    server.worker("w-1").await;
    let task = server.call("task.create", json!({ "text": "one", "tags": ["a"] })).await;
    let id = task["id"].as_str().unwrap();
    server.call("task.claim", json!({ "workerId": "w-1" })).await;
    let value = json!({ "taskId": id, "key": "k", "type": "json", "value": { "a": 1 } });
    server.call("task.create_attachment", value).await;
    let paths = document["paths"].as_object().unwrap();
    let mut seen = 0;
    for (path, verbs) in paths.iter().filter(|(path, _)| *path != "/events") {
        let Some(operation) = verbs.get("get") else { continue };
        let known = [("{id}", id), ("{key}", "k"), ("{method}", "task.get")];
        let unknown = [("{id}", "t-1"), ("{key}", "%ff"), ("{method}", "no.such")];
        for (names, query) in [(known, ""), (known, "?limit=x&status=x&since=x"), (unknown, "")] {
            let target =
                names.iter().fold(path.clone(), |path, (name, value)| path.replace(name, value));
            let answer = server.send("GET", &(target + query), &[], b"").await;
            let said = String::from_utf8_lossy(&answer.body);
            let wrong = offence(&document, operation, &answer);
            assert_eq!(wrong, None, "GET {path}{query}: {} {said}", answer.status);
            seen += usize::from(answer.status == 200);
        }
    }
    assert!(seen > 25, "only {seen} went well");
}
