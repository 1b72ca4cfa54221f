//! Clients that use a server all the time, and whom nothing may happen to: no connection is refused, no
//! request is lost, and whoever waits or follows hears in time to go elsewhere.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{PATIENCE, rpc_with, until};

/// What all of them share.
#[derive(Default)]
struct Shared {
    over: AtomicBool,
    made: AtomicUsize,
    connected: AtomicUsize,
    waited: AtomicUsize,
}

impl Shared {
    fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }
}

/// A connection that is kept as long as the server keeps it.
struct Kept {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
    shared: Arc<Shared>,
}

impl Kept {
    async fn call(&mut self, method: &str, params: Value) -> Value {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let body = call.to_string();
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                self.shared.connected.fetch_add(1, Ordering::AcqRel);
                BufReader::new(TcpStream::connect(self.address).await.expect("nobody is refused"))
            }
        };
        let head = format!(
            "POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).await.expect("nobody is cut off");
        let (mut length, mut close, mut first) = (0, false, String::new());
        loop {
            let mut line = String::new();
            let read = tokio::time::timeout(PATIENCE, stream.read_line(&mut line)).await;
            assert_ne!(read.expect("an answer in time").unwrap(), 0, "a request was lost");
            let line = line.trim_end().to_ascii_lowercase();
            if first.is_empty() {
                first.clone_from(&line);
            }
            match line.split_once(": ") {
                Some(("content-length", text)) => length = text.parse().unwrap(),
                Some(("connection", text)) => close = text == "close",
                _ if line.is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.expect("a whole answer");
        assert!(first.contains(" 200 "), "{first}: {}", String::from_utf8_lossy(&body));
        let answer: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(answer["error"], Value::Null);
        self.stream = (!close).then_some(stream);
        answer["result"].clone()
    }
}

/// Clients of all kinds.
pub(super) struct Crowd {
    shared: Arc<Shared>,
    people: JoinSet<()>,
    stream: tokio::task::JoinHandle<usize>,
    address: SocketAddr,
}

impl Crowd {
    pub(super) async fn gather(address: SocketAddr) -> Self {
        let shared = Arc::new(Shared::default());
        let mut people = JoinSet::new();
        let kept = || Kept { address, stream: None, shared: shared.clone() };
        for _ in 0..3 {
            people.spawn(creates(kept()));
        }
        for _ in 0..2 {
            people.spawn(comes_anew(address, shared.clone()));
        }
        kept().call("system.register", json!({ "id": "w", "roles": ["worker"] })).await;
        for _ in 0..3 {
            people.spawn(waits(kept()));
        }
        let stream = tokio::spawn(follows(address, shared.clone()));
        Self { shared, people, stream, address }
    }

    /// How many tasks they have made.
    pub(super) fn made(&self) -> usize {
        self.shared.made.load(Ordering::Acquire)
    }

    /// They go on for a while.
    pub(super) async fn goes_on(&mut self) {
        let made = self.made();
        until("they go on", async || self.is_well() && self.made() > made + 50).await;
    }

    /// Whether something has happened to one of them.
    pub(super) fn is_well(&mut self) -> bool {
        self.people.try_join_next().is_none() && !self.stream.is_finished()
    }

    /// All of them stop; nothing was lost.
    pub(super) async fn leave(mut self) {
        self.shared.over.store(true, Ordering::Release);
        while let Some(ended) = self.people.join_next().await {
            ended.unwrap();
        }
        let made = self.made();
        assert!(self.shared.waited.load(Ordering::Acquire) > 0);
        let stats = rpc_with(self.address, &[], "task.stats", json!({ "project": "crowd" })).await;
        assert_eq!(stats["result"]["pending"], made, "{stats}");
        let last = json!({ "text": "last", "project": "crowd" });
        let last = rpc_with(self.address, &[], "task.create", last).await;
        assert_eq!(last["error"], Value::Null);
        let seen = tokio::time::timeout(PATIENCE, self.stream).await.unwrap().unwrap();
        assert_eq!(seen, made + 1, "who follows has heard of each once");
    }
}

/// Makes tasks over one connection after the other, each as long as it lasts.
async fn creates(mut kept: Kept) {
    while !kept.shared.is_over() {
        kept.call("task.create", json!({ "text": "kept", "project": "crowd" })).await;
        kept.shared.made.fetch_add(1, Ordering::AcqRel);
    }
}

/// Makes tasks, over a new connection each.
async fn comes_anew(address: SocketAddr, shared: Arc<Shared>) {
    while !shared.is_over() {
        let made =
            rpc_with(address, &[], "task.create", json!({ "text": "new", "project": "crowd" }))
                .await;
        assert_eq!(made["error"], Value::Null);
        shared.made.fetch_add(1, Ordering::AcqRel);
    }
}

/// Waits for work that never comes.
async fn waits(mut kept: Kept) {
    while !kept.shared.is_over() {
        let claim = json!({ "workerId": "w", "waitMs": 1_000, "project": "none" });
        let claimed = kept.call("task.claim", claim).await;
        assert_eq!(claimed["claimed"], false);
        kept.shared.waited.fetch_add(1, Ordering::AcqRel);
    }
}

/// Follows what is made, until the last.
async fn follows(address: SocketAddr, shared: Arc<Shared>) -> usize {
    let (mut since, mut seen) = ("0".to_owned(), HashSet::new());
    loop {
        let stream = TcpStream::connect(address).await.expect("nobody is refused");
        shared.connected.fetch_add(1, Ordering::AcqRel);
        let mut stream = BufReader::new(stream);
        let ask = format!(
            "GET /events?types=task.created&project=crowd HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {since}\r\n\r\n"
        );
        stream.write_all(ask.as_bytes()).await.unwrap();
        let mut line = String::new();
        while stream.read_line(&mut line).await.expect("it ends in order") > 0 {
            if let Some(id) = line.strip_prefix("id: ") {
                id.trim().clone_into(&mut since);
            } else if line.trim_end() == "0" {
                // The last chunk: the stream has ended.
                break;
            } else if line.starts_with("data: ") {
                assert!(seen.insert(since.clone()), "{since} came twice");
                if line.contains("\"last\"") {
                    return seen.len();
                }
            }
            line.clear();
        }
    }
}
