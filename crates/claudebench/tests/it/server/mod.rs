//! The server over the wire, as its clients meet it.

mod auth;
mod bounds;
mod corpus;
mod database;
mod decoders;
mod every_method;
mod forwarded;
mod limits;
mod mcp;
mod nul;
mod openapi;
pub(crate) mod processes;
mod rates;
mod replicas;
mod rest;
mod rpc;
mod schema;
mod sse;
mod stop;
mod ws;

use std::net::SocketAddr;
use std::time::Duration;

use claudebench::config::Config;
use claudebench::start::{Running, start};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A server in this process, on a free port, with an empty data directory.
pub(super) struct Server {
    running: Running,
    pub(super) address: SocketAddr,
    pub(super) data: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }
}

impl Server {
    pub(super) async fn start() -> Self {
        Self::with(&[], TempDir::new().unwrap()).await
    }

    /// With settings of its own.
    pub(super) async fn with(settings: &[(&'static str, toml::Value)], data: TempDir) -> Self {
        let text = |text: &str| toml::Value::String(text.into());
        let mut all = vec![
            ("listen", toml::Value::Array(vec![text("127.0.0.1:0")])),
            ("data", text(data.path().to_str().unwrap())),
        ];
        all.extend(settings.iter().cloned());
        let config = Config::from_layers(None, Vec::new(), all).unwrap().config;
        let running = start(config).await.unwrap();
        let address = running.addresses[0];
        Self { running, address, data }
    }

    /// Stops it, and hands back its data.
    pub(super) async fn stop(self) -> TempDir {
        self.running.stop().await;
        self.data
    }

    /// Sends a request as it stands, and reads the whole answer.
    pub(super) async fn send(
        &self,
        verb: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        send_to(self.address, verb, path, headers, body).await
    }

    /// A call over JSON-RPC: the whole answer.
    pub(super) async fn rpc(&self, method: &str, params: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.send("POST", "/rpc", &[], request.to_string().as_bytes()).await.json()
    }

    /// A number of `/metrics`.
    pub(super) async fn metric(&self, name: &str) -> f64 {
        let text = String::from_utf8(self.send("GET", "/metrics", &[], b"").await.body).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("claudebench_{name} ")));
        line.unwrap_or_else(|| panic!("no {name}: {text}")).parse().unwrap()
    }

    /// A call that goes well: its result.
    pub(super) async fn call(&self, method: &str, params: Value) -> Value {
        let answer = self.rpc(method, params).await;
        assert_eq!(answer["error"], Value::Null, "{method}");
        answer["result"].clone()
    }

    /// A worker that may claim.
    pub(super) async fn worker(&self, id: &str) {
        self.call("system.register", json!({ "id": id, "roles": ["worker"] })).await;
    }
}

/// Sends a request as it stands to whoever listens there, and reads the whole answer.
pub(super) async fn send_to(
    address: SocketAddr,
    verb: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut head = format!("{verb} {path} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        head += &format!("Host: {address}\r\n");
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", body.len());
    exchange(address, head.as_bytes(), body).await
}

/// Sends bytes as they stand, and reads the whole answer.
pub(super) async fn exchange(address: SocketAddr, head: &[u8], body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head).await.unwrap();
    // A server may answer, and close, before it has read all of what it refuses.
    let _ = stream.write_all(body).await;
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(90), stream.read_to_end(&mut bytes));
    let _ = read.await.expect("an answer in time");
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap();
    Answer { status, head, body: bytes[end + 4..].to_vec() }
}
