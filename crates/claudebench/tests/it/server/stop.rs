//! The end of a server: nobody waits in vain, nothing is lost.

use serde_json::json;
use tempfile::TempDir;

use super::limits::Kept;
use super::ws::Socket;
use super::{Server, send_to};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_over_sockets_are_answered_before_the_end() {
    let server = Server::start().await;
    let tasks: Vec<_> = (0..1_000).map(|n| json!({ "text": format!("{n}") })).collect();
    server.call("task.create_many", json!({ "tasks": tasks })).await;
    server.worker("w-1").await;
    let claim = |id: usize, wait: u64| {
        let params =
            json!({ "workerId": "w-1", "waitMs": wait, "project": (wait > 0).then_some("none") });
        let request =
            json!({ "jsonrpc": "2.0", "id": id, "method": "task.claim", "params": params });
        json!({ "action": "execute", "request": request })
    };
    let mut sockets = Vec::new();
    for _ in 0..16 {
        let mut socket = Socket::open(&server).await;
        socket.say(claim(1_000, 60_000)).await;
        socket.say(json!({ "action": "ping" })).await;
        socket.hear_until(|said| said["type"] == "pong").await;
        for id in 0..40 {
            socket.say(claim(id, 0)).await;
        }
        sockets.push(socket);
    }
    let stopped = tokio::spawn(server.stop());
    let mut told = 0;
    for socket in &mut sockets {
        let mut parked = None;
        let closed = loop {
            let said = socket.hear().await;
            if said["id"] == 1_000 {
                parked = Some(said["result"]["claimed"].clone());
            } else if said["result"]["claimed"] == true {
                told += 1;
            } else if said.get("closed").is_some() || said.is_null() {
                break said;
            }
        };
        assert_eq!(parked, Some(json!(false)), "a claim that waits is answered");
        assert_eq!(closed, json!({ "closed": 1001, "reason": "the server is stopping" }));
    }
    let server = Server::with(&[], stopped.await.unwrap()).await;
    let stats = server.call("task.stats", json!({})).await;
    assert_eq!(stats["inProgress"], told, "whoever got a task was told: {stats}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_says_so_until_what_is_under_way_has_ended() {
    let server = Server::start().await;
    let address = server.address;
    let mut kept = Kept::open(address).await;
    assert_eq!(kept.ask("/healthz").await.status, 200);
    let mut slow = Kept::open(address).await;
    slow.say("POST /task/stats HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{").await;
    while !metrics_of(address).await.contains("claudebench_http_requests_in_flight 2\n") {}
    let stopped = tokio::spawn(server.stop());
    let ready = async || send_to(address, "GET", "/readyz", &[], b"").await;
    while ready().await.status == 200 {}
    let said = ready().await;
    assert_eq!((said.status, &said.json()["problem"]), (503, &json!("the server is stopping")));
    assert!(said.header("retry-after").is_some());
    assert_eq!(send_to(address, "GET", "/healthz", &[], b"").await.status, 200);
    let refused = kept.ask("/api/tasks").await;
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (503, &json!("shutting_down")));
    assert_eq!(refused.header("connection").as_deref(), Some("close"));
    assert!(refused.header("retry-after").is_some());
    let refused = send_to(address, "POST", "/rpc", &[], b"{}").await;
    assert_eq!(
        (refused.status, &refused.json()["error"]["data"]["code"]),
        (503, &json!("shutting_down"))
    );
    slow.say("}").await;
    slow.hear().await;
    stopped.await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_balancer_gets_the_time_to_notice_that_was_set() {
    let drain = ("stop.drain_ms", toml::Value::Integer(1_000));
    let server = Server::with(&[drain], TempDir::new().unwrap()).await;
    let address = server.address;
    let began = std::time::Instant::now();
    let stopped = tokio::spawn(server.stop());
    while send_to(address, "GET", "/readyz", &[], b"").await.status == 200 {}
    assert_eq!(send_to(address, "GET", "/readyz", &[], b"").await.status, 503);
    stopped.await.unwrap();
    assert!(began.elapsed() >= std::time::Duration::from_secs(1));
}

async fn metrics_of(address: std::net::SocketAddr) -> String {
    String::from_utf8(send_to(address, "GET", "/metrics", &[], b"").await.body).unwrap()
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
