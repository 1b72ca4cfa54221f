//! The committed document is what the code gives, and no answer is undocumented.

use claudebench::transport::openapi;
use claudebench_services::{Entry, methods};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use super::every_method::{fitted, prepared};
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
        ("/auth/login", "post"),
        ("/auth/session", "get"),
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
            let path = action_path(entry.name);
            let params = drawn(params_of(&document, entry.name), &document, &mut draw, 0);
            let answer = server.send("POST", &path, &[], params.to_string().as_bytes()).await;
            let said = String::from_utf8_lossy(&answer.body);
            assert!(answer.status < 500, "{path} {params}: {} {said}", answer.status);
            let wrong = offence(&document, &path, "post", &answer);
            assert_eq!(wrong, None, "{path} {params}: {} {said}", answer.status);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_called_the_answer_is_a_documented_one() {
    let server = Server::start().await;
    let document = openapi::document();
    let mut runner = TestRunner::deterministic();
    let numbers = proptest::num::u32::ANY;
    let mut draw = |below: u32| numbers.new_tree(&mut runner).unwrap().current() % below.max(1);
    let mut went_well = 0;
    for _ in 0..12 {
        for entry in methods() {
            let params = drawn(params_of(&document, entry.name), &document, &mut draw, 0);
            let request =
                json!({ "jsonrpc": "2.0", "id": 7, "method": entry.name, "params": params });
            let answer = server.send("POST", "/rpc", &[], request.to_string().as_bytes()).await;
            let said = String::from_utf8_lossy(&answer.body);
            assert_eq!(offence(&document, "/rpc", "post", &answer), None, "{request}: {said}");
            let answer = answer.json();
            assert_eq!(answer["id"], 7, "{request}");
            match answer.get("result") {
                None => assert_ne!(answer["error"]["code"], -32603, "{request}: {said}"),
                Some(result) => {
                    went_well += 1;
                    assert_eq!(output_offence(entry.name, result), None, "{request}: {said}");
                    assert!(answer.get("error").is_none(), "one or the other: {said}");
                }
            }
        }
    }
    assert!(went_well > 100, "only {went_well} went well");
}

/// The path at which a method is called by its name.
fn action_path(method: &str) -> String {
    format!("/{}", method.replacen('.', "/", 1))
}

/// The schema of a method's params.
fn params_of<'a>(document: &'a Value, method: &str) -> &'a Value {
    let operation = &document["paths"][&action_path(method)]["post"];
    &operation["requestBody"]["content"]["application/json"]["schema"]
}

/// What a result has that its method does not promise.
pub(super) fn output_offence(method: &str, result: &Value) -> Option<String> {
    let place = format!(
        "/paths/{}/post/responses/200/content/application~1json/schema/properties/data",
        schema::part(&action_path(method)),
    );
    schema::offence(&place, result)
}

/// What an answer has that its operation does not promise.
fn offence(document: &Value, path: &str, verb: &str, answer: &Answer) -> Option<String> {
    let status = answer.status;
    let mut place = format!("/paths/{}/{verb}/responses/{status}", schema::part(path));
    let Some(documented) = document.pointer(&place) else {
        return Some(format!("{status} is undocumented"));
    };
    if let Some(reference) = documented["$ref"].as_str() {
        place = reference.trim_start_matches('#').to_owned();
    }
    place += "/content/application~1json/schema";
    if document.pointer(&place).is_none() {
        return (!answer.body.is_empty()).then(|| "a body is undocumented".into());
    }
    match serde_json::from_slice(&answer.body) {
        Ok(value) => schema::offence(&place, &value),
        Err(error) => Some(format!("no JSON: {error}")),
    }
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
        if verbs.get("get").is_none() {
            continue;
        }
        let known = [("{id}", id), ("{key}", "k"), ("{method}", "task.get")];
        let unknown = [("{id}", "t-1"), ("{key}", "%ff"), ("{method}", "no.such")];
        for (names, query) in [(known, ""), (known, "?limit=x&status=x&since=x"), (unknown, "")] {
            let target =
                names.iter().fold(path.clone(), |path, (name, value)| path.replace(name, value));
            let answer = server.send("GET", &(target + query), &[], b"").await;
            let said = String::from_utf8_lossy(&answer.body);
            let wrong = offence(&document, path, "get", &answer);
            assert_eq!(wrong, None, "GET {path}{query}: {} {said}", answer.status);
            seen += usize::from(answer.status == 200);
        }
    }
    assert!(seen > 25, "only {seen} went well");
}

/// The operations under `/api` that are no GET: path, verb, and the method behind each.
fn writing(document: &Value) -> Vec<(&String, &String, &'static Entry)> {
    let mut found = Vec::new();
    for (path, verbs) in document["paths"].as_object().unwrap() {
        for (verb, operation) in
            verbs.as_object().unwrap().iter().filter(|(verb, _)| *verb != "get")
        {
            let told = operation["description"].as_str().unwrap_or_default();
            let method = told.split('`').nth(1).and_then(claudebench_services::entry);
            if path.starts_with("/api/") {
                let method = method.unwrap_or_else(|| panic!("{verb} {path} names no method"));
                found.push((path, verb, method));
            }
        }
    }
    assert!(found.len() > 30, "only {} operations write", found.len());
    found
}

/// Asks a resource route for what its method would be asked for by these params; about this task
/// where they name none.
async fn ask(server: &Server, path: &str, verb: &str, mut params: Value, task: &str) -> Answer {
    let mut target = path.to_owned();
    for (part, names) in [("{id}", ["id", "taskId"]), ("{key}", ["key", "key"])] {
        if !path.contains(part) {
            continue;
        }
        // What the path says, the body need not.
        let fields = params.as_object_mut();
        let said = fields.and_then(|fields| names.iter().find_map(|name| fields.remove(*name)));
        let said = said.unwrap_or(json!(task));
        let text = said.as_str().map_or_else(|| said.to_string(), str::to_owned);
        let name = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC);
        target = target.replace(part, &name.to_string());
    }
    // A claim of one task does not wait.
    if path.contains("{id}")
        && let Some(fields) = params.as_object_mut()
    {
        fields.remove("waitMs");
    }
    // A PATCH holds the fields to change.
    let body = match (verb, params.get("updates")) {
        ("patch", Some(updates)) => updates.to_string(),
        ("delete", _) => String::new(),
        _ => params.to_string(),
    };
    server.send(&verb.to_uppercase(), &target, &[], body.as_bytes()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resources_that_write_answer_their_examples_as_documented() {
    let document = openapi::document();
    for (path, verb, entry) in writing(&document) {
        let (server, task) = prepared(entry.name).await;
        let params = fitted(&server, entry, &task).await;
        let answer = ask(&server, path, verb, params, &task).await;
        let (status, said) = (answer.status, String::from_utf8_lossy(&answer.body));
        assert!(matches!(status, 200 | 201), "{verb} {path}: {status} {said}");
        let wrong = offence(&document, path, verb, &answer);
        assert_eq!(wrong, None, "{verb} {path}: {status} {said}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_sent_to_resources_the_answer_is_a_documented_one() {
    let server = Server::start().await;
    let document = openapi::document();
    let mut runner = TestRunner::deterministic();
    let numbers = proptest::num::u32::ANY;
    let mut draw = |below: u32| numbers.new_tree(&mut runner).unwrap().current() % below.max(1);
    server.worker("w-1").await;
    for _ in 0..6 {
        for (path, verb, entry) in writing(&document) {
            let mut params = drawn(params_of(&document, entry.name), &document, &mut draw, 0);
            // A task that is there, and one in two held.
            if path.starts_with("/api/tasks/{id}") && draw(4) > 0 && params.is_object() {
                let made = server.call("task.create", json!({ "text": "one" })).await;
                if draw(2) == 0 {
                    let claim = json!({ "workerId": "w-1", "taskId": made["id"] });
                    server.rpc("task.claim", claim).await;
                }
                params["id"] = made["id"].clone();
            }
            let shown = params.to_string();
            let answer = ask(&server, path, verb, params, "t-1").await;
            let (status, said) = (answer.status, String::from_utf8_lossy(&answer.body));
            assert!(status < 500, "{verb} {path} {shown}: {status} {said}");
            let wrong = offence(&document, path, verb, &answer);
            assert_eq!(wrong, None, "{verb} {path} {shown}: {status} {said}");
        }
    }
}
