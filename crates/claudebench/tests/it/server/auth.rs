//! Who may call: keys, names of this machine, pages of others.

use claudebench::config::Config;
use claudebench::start::{StartError, start};
use serde_json::json;
use tempfile::TempDir;

use super::Server;
use super::limits::Kept;
use super::sse::read_until;
use super::ws::Socket;

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
async fn what_a_key_opened_ends_with_the_key() {
    let server = Server::start().await;
    let params = json!({ "name": "ours", "scopes": ["tasks:read", "tasks:write"] });
    let key = server.call("key.create", params).await;
    let text = key["key"].as_str().unwrap();
    let mut socket = Socket::open_with(&server, &[("x-api-key", text)]).await;
    socket.say(json!({ "action": "subscribe", "events": ["*"] })).await;
    socket.hear_until(|said| said["type"] == "subscribed").await;
    let mut stream = Kept::open(server.address).await;
    // The connection ends with the stream, not when it has been idle for long enough.
    let head = "GET /events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    stream.say(&format!("{head}X-Api-Key: {text}\r\n\r\n")).await;
    assert_eq!(stream.hear().await.status, 200);
    server.call("key.revoke", json!({ "id": key["id"] })).await;
    server.call("task.create", json!({ "text": "not for them" })).await;
    let closed = socket.hear().await;
    assert_eq!(closed, json!({ "closed": 1008, "reason": "the API key was revoked" }));
    let rest = String::from_utf8(stream.ended().await).unwrap();
    assert!(rest.contains("event: closed") && rest.contains("the API key was revoked"), "{rest}");
    assert!(!rest.contains("not for them") && !rest.contains("key.revoked"), "{rest}");
}

#[tokio::test]
async fn a_socket_ends_when_its_key_expires() {
    let server = Server::start().await;
    let params = json!({ "name": "brief", "scopes": ["tasks:read"], "forMs": 1_000 });
    let key = server.call("key.create", params).await;
    let mut socket =
        Socket::open_with(&server, &[("x-api-key", key["key"].as_str().unwrap())]).await;
    let closed = socket.hear().await;
    assert_eq!(closed, json!({ "closed": 1008, "reason": "the API key has expired" }));
}

#[tokio::test]
async fn off_loopback_there_must_be_keys() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let text = |text: &str| toml::Value::String(text.into());
    let config = |listen: &str| {
        let settings = vec![
            ("listen", toml::Value::Array(vec![text(listen)])),
            ("data", text(data.to_str().unwrap())),
        ];
        Config::from_layers(None, Vec::new(), settings).unwrap().config
    };
    let refused = start(config("0.0.0.0:0")).await.err().expect("no key, no start");
    assert!(matches!(refused, StartError::NoKeys { .. }), "{refused}");
    assert!(!data.exists(), "nothing is made for a server that does not start");
    start(config("127.0.0.1:0")).await.unwrap().stop().await;
    let refused = start(config("0.0.0.0:0")).await.err().expect("data without a key");
    assert!(matches!(refused, StartError::NoKeys { .. }), "{refused}");
    assert!(refused.to_string().contains("no API key yet"), "{refused}");
}

#[tokio::test]
async fn events_show_over_no_way_what_a_key_may_not_read() {
    let server = Server::start().await;
    server.call("config.set", json!({ "key": "k", "value": "not for you" })).await;
    let made = json!({ "name": "reader", "scopes": ["tasks:read"] });
    let key = server.call("key.create", made).await["key"].as_str().unwrap().to_owned();
    server.call("task.create", json!({ "text": "for you" })).await;
    let bearer = format!("Bearer {key}");
    let reader = [("Authorization", bearer.as_str())];

    let log = server.send("GET", "/api/events", &reader, b"").await;
    let types: Vec<_> =
        log.json()["events"].as_array().unwrap().iter().map(|e| e["type"].clone()).collect();
    assert_eq!(types, ["task.created"]);

    let headers = format!("Authorization: {bearer}\r\n");
    let stream = read_until(&server, "/events?since=0", &headers, "event: task.created").await;
    assert_eq!(stream.matches("\nevent: ").count(), 1, "{stream}");

    let mut socket = Socket::open_with(&server, &[("Authorization", bearer.as_str())]).await;
    socket.say(json!({ "action": "subscribe", "events": ["*"], "since": "0" })).await;
    let first = socket.hear_until(|said| said["type"] == "event").await;
    assert_eq!(first["event"], "task.created");
    server.call("config.set", json!({ "key": "k", "value": "nor live" })).await;
    server.call("task.create", json!({ "text": "live" })).await;
    assert_eq!(socket.hear().await["event"], "task.created");

    // Who asks for them by name is told, on each way.
    let page = server.send("GET", "/api/events?types=config.*", &reader, b"").await;
    let stream = server.send("GET", "/events?types=key.created", &reader, b"").await;
    for refused in [page, stream] {
        assert_eq!((refused.status, &refused.json()["error"]["code"]), (403, &json!("forbidden")));
    }
    socket.say(json!({ "action": "subscribe", "events": ["config.changed"] })).await;
    let refused = socket.hear().await;
    assert_eq!((&refused["type"], &refused["error"]["code"]), (&json!("error"), &json!(-32002)));
    assert_eq!(refused["error"]["scope"], "system:read");
}
