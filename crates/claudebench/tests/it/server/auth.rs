//! Who may call: keys, names of this machine, pages of others.

use claudebench::config::Config;
use claudebench::start::{StartError, start};
use serde_json::json;
use tempfile::TempDir;

use super::Server;

#[tokio::test]
async fn pages_of_others_cannot_drive_a_loopback_server() {
    let server = Server::start().await;
    let own = format!("http://{}", server.address);
    for (headers, status) in [
        (vec![("Origin", "http://evil.example")], 403),
        (vec![("Origin", "null")], 403),
        (vec![("Host", "evil.example")], 403),
        (vec![("Host", "127.0.0.1.evil.example:3000")], 403),
        (vec![("Origin", own.as_str())], 200),
        (vec![("Host", "localhost:1")], 200),
    ] {
        let answer = server.send("POST", "/system/health", &headers, b"{}").await;
        assert_eq!(answer.status, status, "{headers:?}");
    }
    let upgrade = [("Origin", "http://evil.example"), ("Upgrade", "websocket")];
    assert_eq!(server.send("GET", "/ws", &upgrade, b"").await.status, 403);
}

#[tokio::test]
async fn keys_open_what_they_name_until_they_are_revoked() {
    let server = Server::start().await;
    let make = |name: &str, tenant: &str| json!({ "name": name, "scopes": ["tasks:read", "tasks:write"], "tenant": tenant });
    let ours = server.call("key.create", make("ours", "default")).await;
    let theirs = server.call("key.create", make("theirs", "acme")).await;
    let list = async |key: &str| {
        let bearer = format!("Bearer {key}");
        server.send("GET", "/api/tasks", &[("Authorization", &bearer)], b"").await
    };
    let made = format!("Bearer {}", theirs["key"].as_str().unwrap());
    let task = server
        .send("POST", "/api/tasks", &[("Authorization", &made)], br#"{"text":"secret plan"}"#)
        .await;
    assert_eq!(task.status, 201);
    let id = task.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(list(theirs["key"].as_str().unwrap()).await.json()["totalCount"], 1);
    assert_eq!(list(ours["key"].as_str().unwrap()).await.json()["totalCount"], 0, "another tenant");
    let answer = server.rpc("task.get", json!({ "id": id })).await;
    assert_eq!(answer["error"]["code"], -32004, "not even its existence shows");
    let log = server.call("event.list", json!({ "limit": 100 })).await.to_string();
    assert!(!log.contains("secret plan") && !log.contains(theirs["key"].as_str().unwrap()));
    let mut wrong = ours["key"].as_str().unwrap().to_owned();
    let last = if wrong.pop() == Some('0') { '1' } else { '0' };
    wrong.push(last);
    assert_eq!(list(&wrong).await.status, 401, "even on loopback a wrong key is refused");
    assert_eq!(list("nonsense").await.status, 401);
    server.call("key.revoke", json!({ "id": ours["id"] })).await;
    assert_eq!(list(ours["key"].as_str().unwrap()).await.status, 401);
}

#[tokio::test]
async fn off_loopback_there_must_be_keys() {
    let data = TempDir::new().unwrap();
    let text = |text: &str| toml::Value::String(text.into());
    let config = |data: &TempDir| {
        let settings = vec![
            ("listen", toml::Value::Array(vec![text("0.0.0.0:0")])),
            ("data", text(data.path().to_str().unwrap())),
        ];
        Config::from_layers(None, Vec::new(), settings).unwrap().config
    };
    let refused = start(config(&data)).await.err().expect("no key, no start");
    assert!(matches!(refused, StartError::NoKeys { .. }), "{refused}");
    assert!(refused.to_string().contains("no API key yet"), "{refused}");
}
