//! What holds for every method, seen over every transport.

use claudebench_services::{Entry, methods};
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Server;
use super::openapi::output_offence;
use super::ws::Socket;

/// The example in the documentation of a method.
fn example(entry: &Entry) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let (params, _) = (entry.schemas)(&mut settings.into_generator());
    let text = params.get("description").and_then(Value::as_str).unwrap_or("");
    let json = text.split("```json").nth(1).and_then(|rest| rest.split("```").next());
    let json = json.unwrap_or_else(|| panic!("{} has no example", entry.name));
    serde_json::from_str(json).unwrap_or_else(|e| panic!("{}: {e}", entry.name))
}

/// A server in which the examples mean something: `t-1` is a task that `w-1` holds (or that has
/// ended, where that is what the method is for), `site` is paused.
pub(super) async fn prepared(method: &str) -> (Server, String) {
    let server = Server::start().await;
    server.worker("w-1").await;
    let made = server.call("task.create", json!({ "text": "an example" })).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let attachment = json!({ "taskId": id, "key": "notes", "type": "text", "content": "hello" });
    server.call("task.create_attachment", attachment).await;
    server.call("queue.pause", json!({ "project": "site" })).await;
    if !matches!(method, "task.assign" | "task.claim" | "task.explain") {
        server.call("task.claim", json!({ "workerId": "w-1" })).await;
    }
    if method == "task.retry" || method == "task.redrive" {
        let fail = json!({ "id": id, "reason": "error", "retryable": false });
        server.call("task.fail", fail).await;
    }
    (server, id)
}

/// The example with what this server has in place of its names.
pub(super) async fn fitted(server: &Server, entry: &Entry, task: &str) -> Value {
    let mut text = example(entry).to_string().replace("\"t-1\"", &format!("\"{task}\""));
    if entry.name == "key.revoke" {
        let made = json!({ "name": "gone soon", "scopes": ["tasks:read"] });
        let made = server.call("key.create", made).await;
        text = text.replace("0123456789abcdef", made["id"].as_str().unwrap());
    }
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_example_works_over_each_transport() {
    for entry in methods() {
        for transport in ["rpc", "rest", "socket"] {
            let (server, task) = prepared(entry.name).await;
            let mut params = fitted(&server, entry, &task).await;
            // A field that nobody knows changes nothing.
            params["neverHeardOf"] = json!({ "deep": [1] });
            let request =
                json!({ "jsonrpc": "2.0", "id": 7, "method": entry.name, "params": params });
            let answer = match transport {
                "rpc" => {
                    server.send("POST", "/rpc", &[], request.to_string().as_bytes()).await.json()
                }
                "rest" => {
                    let path = format!("/{}", entry.name.replacen('.', "/", 1));
                    let body = params.to_string();
                    let answer = server.send("POST", &path, &[], body.as_bytes()).await.json();
                    assert_eq!(answer["event"], entry.name);
                    json!({ "result": answer["data"], "error": answer["error"] })
                }
                _ => {
                    let mut socket = Socket::open(&server).await;
                    socket.say(json!({ "action": "execute", "request": request })).await;
                    socket.hear_until(|said| said["id"] == 7).await
                }
            };
            assert_eq!(answer["error"], Value::Null, "{} over {transport}", entry.name);
            assert!(answer["result"].is_object(), "{} over {transport}: {answer}", entry.name);
            let wrong = output_offence(entry.name, &answer["result"]);
            assert_eq!(wrong, None, "{} over {transport}: {answer}", entry.name);
            server.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_refused_without_credentials_without_the_right_and_when_too_large() {
    let data = TempDir::new().unwrap();
    let server = Server::with(&[], data).await;
    let made = json!({ "name": "nobody", "scopes": ["system:write"] });
    let writer = server.call("key.create", made).await["key"].as_str().unwrap().to_owned();
    let made = json!({ "name": "reader", "scopes": ["tasks:read"] });
    let reader = server.call("key.create", made).await["key"].as_str().unwrap().to_owned();
    let data = server.stop().await;
    let always = toml::Value::String("always".into());
    let small = toml::Value::Integer(65_536);
    let server =
        Server::with(&[("auth.required", always), ("limits.body_bytes", small)], data).await;
    let large = format!("{{\"x\":\"{}\"}}", "y".repeat(70_000));
    for entry in methods() {
        let path = format!("/{}", entry.name.replacen('.', "/", 1));
        let anonymous = server.send("POST", &path, &[], b"{}").await;
        assert_eq!(anonymous.status, 401, "{}", entry.name);
        assert_eq!(anonymous.header("www-authenticate").as_deref(), Some("Bearer"));
        let told = anonymous.json();
        assert_eq!((&told["success"], &told["event"]), (&json!(false), &json!(entry.name)));
        assert!(told["error"].is_string(), "{told}");
        let scope = entry.access.scope();
        let other = if scope.name() == "system:write" { &reader } else { &writer };
        let bearer = format!("Bearer {other}");
        let wrong = server.send("POST", &path, &[("Authorization", &bearer)], b"{}").await;
        assert_eq!(wrong.status, 403, "{}", entry.name);
        assert_eq!(wrong.json()["code"], "forbidden", "{}", entry.name);
        let too_large =
            server.send("POST", &path, &[("Authorization", &bearer)], large.as_bytes()).await;
        assert_eq!(too_large.status, 413, "{}", entry.name);
        assert_eq!(too_large.json()["event"], entry.name);
    }
}
