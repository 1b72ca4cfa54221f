//! The end of a server: nobody waits in vain, nothing is lost.

use serde_json::json;
use tempfile::TempDir;

use super::Server;
use super::ws::Socket;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_answers_who_waits_closes_sockets_and_keeps_everything() {
    let server = Server::start().await;
    server.worker("w-1").await;
    let made = server.call("task.create", json!({ "text": "kept" })).await;
    server.call("task.claim", json!({ "workerId": "w-1" })).await;
    let mut socket = Socket::open(&server).await;
    socket.say(json!({ "action": "subscribe", "events": ["*"] })).await;
    socket.hear_until(|said| said["type"] == "subscribed").await;
    let waiting = json!({ "workerId": "w-1", "waitMs": 60_000 });
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "task.claim", "params": waiting });
    let mut parked = Socket::open(&server).await;
    parked.say(json!({ "action": "execute", "request": request })).await;
    // Answered after the call was begun: one client's words are taken in order.
    parked.say(json!({ "action": "ping" })).await;
    parked.hear_until(|said| said["type"] == "pong").await;
    let data = server.stop().await;
    let closed = socket.hear_until(|said| said.get("closed").is_some()).await;
    assert_eq!(closed["closed"], 1001);
    parked.hear_until(|said| said["closed"] == 1001).await;
    let server = Server::with(&[], data).await;
    let task = server.call("task.get", json!({ "id": made["id"] })).await;
    assert_eq!((&task["status"], &task["assignedTo"]), (&json!("in_progress"), &json!("w-1")));
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused() {
    let server = Server::start().await;
    let text = |text: &str| toml::Value::String(text.into());
    let settings = vec![
        ("listen", toml::Value::Array(vec![text("127.0.0.1:0")])),
        ("data", text(server.data.path().to_str().unwrap())),
    ];
    let config =
        claudebench::config::Config::from_layers(None, Vec::new(), settings).unwrap().config;
    let refused = claudebench::start::start(config).await.err().expect("one server a folder");
    assert!(refused.to_string().contains("another server uses"), "{refused}");
    let data: TempDir = server.stop().await;
    Server::with(&[], data).await.stop().await;
}
