//! What is bounded, and what answers all the same.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::ws::Socket;
use super::{Answer, Server, send_to};

/// A connection that stays open.
pub(super) struct Kept(TcpStream);

impl Kept {
    pub(super) async fn open(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    pub(super) async fn say(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// One answer, by its length.
    pub(super) async fn hear(&mut self) -> Answer {
        let mut bytes = Vec::new();
        loop {
            let mut buffer = [0; 4_096];
            let read = tokio::time::timeout(Duration::from_secs(10), self.0.read(&mut buffer));
            let count = read.await.expect("an answer in time").unwrap();
            assert_ne!(count, 0, "closed: {}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&buffer[..count]);
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap();
            let answer = Answer { status, head, body: bytes[end + 4..].to_vec() };
            let length = answer.header("content-length").map_or(0, |text| text.parse().unwrap());
            if answer.body.len() >= length {
                return answer;
            }
        }
    }

    /// Asks without ending the connection.
    pub(super) async fn ask(&mut self, path: &str) -> Answer {
        self.say(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
        self.hear().await
    }

    /// Waits for the end of the connection: what still came.
    pub(super) async fn ended(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(10), self.0.read_to_end(&mut rest));
        let _ = read.await.expect("the connection ends");
        rest
    }
}

fn number(n: i64) -> toml::Value {
    toml::Value::Integer(n)
}

#[tokio::test]
async fn one_connection_too_many_is_refused_at_once_and_health_answers() {
    let settings = [("limits.connections", number(2))];
    let server = Server::with(&settings, TempDir::new().unwrap()).await;
    let mut held = [Kept::open(server.address).await, Kept::open(server.address).await];
    for kept in &mut held {
        assert_eq!(kept.ask("/api/tasks").await.status, 200);
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(server.send("GET", path, &[], b"").await.status, 200, "{path}");
    }
    let refused = server.send("POST", "/system/health", &[], b"{}").await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.json()["code"], "overloaded");
    assert_eq!(refused.header("retry-after").as_deref(), Some("1"));
    let mut third = Kept::open(server.address).await;
    let answer = third.ask("/healthz").await;
    assert_eq!(
        answer.header("connection").as_deref(),
        Some("close"),
        "it is there for one request"
    );
    third.ended().await;
    drop(held);
    let deadline = Instant::now() + Duration::from_secs(10);
    while server.send("GET", "/api/tasks", &[], b"").await.status != 200 {
        assert!(Instant::now() < deadline, "a place that was left is free");
    }
}

#[tokio::test]
async fn a_socket_is_a_connection() {
    let settings = [("limits.connections", number(1))];
    let server = Server::with(&settings, TempDir::new().unwrap()).await;
    let mut socket = Socket::open(&server).await;
    assert_eq!(server.send("GET", "/api/tasks", &[], b"").await.status, 503);
    let metrics = server.send("GET", "/metrics", &[], b"").await;
    let text = String::from_utf8(metrics.body).unwrap();
    assert!(text.contains("claudebench_http_connections 2\n"), "{text}");
    socket.say(json!({ "action": "ping" })).await;
    assert_eq!(socket.hear().await["type"], "pong");
}

#[tokio::test]
async fn whoever_takes_nothing_of_the_answers_is_let_go() {
    let settings = [("limits.write_ms", number(300))];
    let server = Server::with(&settings, TempDir::new().unwrap()).await;
    let mut deaf = Kept::open(server.address).await;
    assert_eq!(deaf.ask("/healthz").await.status, 200);
    let request = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200);
    deaf.say(&request).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let metrics = server.send("GET", "/metrics", &[], b"").await;
        let text = String::from_utf8(metrics.body).unwrap();
        // The one that asks is the only one left.
        if text.contains("claudebench_http_connections 1\n") {
            return;
        }
        assert!(Instant::now() < deadline, "it is still open");
    }
}

#[tokio::test]
async fn a_body_that_says_itself_that_it_is_too_large_is_refused_at_once() {
    let server = Server::start().await;
    let mut kept = Kept::open(server.address).await;
    kept.say("POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n").await;
    let refused = kept.hear().await;
    assert_eq!(refused.json()["error"]["data"]["code"], "too_large");
    // What it sends all the same does not cost it the answer.
    let body = vec![b' '; 8 << 20];
    assert_eq!(server.send("POST", "/task/create", &[], &body).await.status, 413);
}

#[tokio::test]
async fn a_batch_has_one_time_for_all_its_calls() {
    let settings = [("limits.request_ms", number(2_000))];
    let server = Server::with(&settings, TempDir::new().unwrap()).await;
    server.worker("w-1").await;
    let calls: Vec<_> = (0..100)
        .map(|id| {
            let params = json!({ "workerId": "w-1", "waitMs": 1_500 });
            json!({ "jsonrpc": "2.0", "id": id, "method": "task.claim", "params": params })
        })
        .collect();
    let began = Instant::now();
    let batch = json!(calls).to_string();
    let answers = server.send("POST", "/rpc/batch", &[], batch.as_bytes()).await.json();
    let answers = answers.as_array().unwrap();
    assert!(began.elapsed() < Duration::from_secs(7), "seven waits would take more than ten");
    assert_eq!(answers.len(), 100);
    assert_eq!(answers[0]["result"]["claimed"], false);
    let last = &answers[99]["error"];
    assert_eq!(last["data"]["code"], "timeout", "{last}");
    assert!(last["message"].as_str().unwrap().contains("nothing was done"), "{last}");
}

#[tokio::test]
async fn metrics_are_for_those_who_look_after_the_server_and_count_all_tenants() {
    let server = Server::start().await;
    let key = async |tenant: &str, scopes: &[&str]| {
        let params = json!({ "name": "k", "tenant": tenant, "scopes": scopes });
        let made = server.call("key.create", params).await;
        format!("Bearer {}", made["key"].as_str().unwrap())
    };
    let acme = key("acme", &["tasks:write", "system:read"]).await;
    let (watch, work) =
        (key("default", &["system:read"]).await, key("default", &["tasks:work"]).await);
    server.call("task.create", json!({ "text": "ours" })).await;
    for _ in 0..3 {
        let made = server
            .send("POST", "/api/tasks", &[("Authorization", &acme)], br#"{"text":"theirs"}"#)
            .await;
        assert_eq!(made.status, 201);
    }
    let own = server.send("GET", "/api/system/metrics", &[("Authorization", &acme)], b"").await;
    assert_eq!(own.json()["eventsProcessed"], 3, "what others do does not show");
    let text = String::from_utf8(server.send("GET", "/metrics", &[], b"").await.body).unwrap();
    assert!(text.contains("claudebench_task_queue_depth 4\n"), "{text}");
    let evil = [("Host", "evil.example")];
    assert_eq!(server.send("GET", "/metrics", &evil, b"").await.status, 403);
    let data = server.stop().await;
    let always = ("auth.required", toml::Value::String("always".into()));
    let server = Server::with(&[always], data).await;
    let get = async |path: &str, key: &str| {
        let headers = [("Authorization", key)];
        let headers = if key.is_empty() { &headers[..0] } else { &headers[..] };
        send_to(server.address, "GET", path, headers, b"").await.status
    };
    assert_eq!(get("/metrics", "").await, 401);
    assert_eq!(get("/metrics", &acme).await, 403);
    assert_eq!(get("/metrics", &work).await, 403);
    assert_eq!(get("/metrics", &watch).await, 200);
    assert_eq!(get("/healthz", "").await, 200);
    assert_eq!(get("/readyz", "").await, 200);
}
