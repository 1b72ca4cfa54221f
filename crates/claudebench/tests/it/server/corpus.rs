//! The corpus of bad input, sent to the program as it is: each seed of `tests/corpus` whose name does
//! not begin with `ok` is refused and changes nothing, and none makes the server panic. The fuzzer
//! of `fuzz/` begins with the same seeds; what it finds goes there.

use std::net::SocketAddr;
use std::path::Path;

use claudebench::bench::peer::{Server, free_port};
use claudebench::config::Config;
use serde_json::{Value, json};

use super::ws::Socket;
use super::{Answer, exchange, send_to};

/// A seed: its name, whether it is good, and what it holds.
struct Seed {
    name: String,
    good: bool,
    bytes: Vec<u8>,
}

/// The seeds of a kind; those that are refused first, while there is nothing to be seen.
fn seeds(kind: &str) -> Vec<Seed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(kind);
    let mut seeds: Vec<Seed> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            Seed { good: name.starts_with("ok-"), name, bytes: std::fs::read(path).unwrap() }
        })
        .collect();
    seeds.sort_by(|a, b| (a.good, &a.name).cmp(&(b.good, &b.name)));
    assert!(seeds.len() >= 25, "{kind}: {} seeds", seeds.len());
    assert!(seeds.iter().any(|seed| seed.good), "{kind}: good seeds show that there is an ear");
    seeds
}

/// The program as a process of its own: what a panic says is found in its log.
struct Bed {
    server: Server,
    address: SocketAddr,
    dir: tempfile::TempDir,
}

impl Bed {
    async fn start(kind: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let salt = kind.bytes().fold(u64::from(std::process::id()), |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        let port = free_port(salt).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_claudebench"));
        let server = Server::start(program, &dir.path().join("data"), port).await.unwrap();
        let bed = Self { server, address: SocketAddr::from(([127, 0, 0, 1], port)), dir };
        bed.call("config.set", json!({ "key": "corpus", "value": 7 })).await;
        bed
    }

    async fn post(&self, path: &str, body: &[u8]) -> Answer {
        let answer = send_to(self.address, "POST", path, &[], body).await;
        assert!(!String::from_utf8_lossy(&answer.body).contains("-32603"), "{answer:?}");
        answer
    }

    async fn call(&self, method: &str, params: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = self.post("/rpc", request.to_string().as_bytes()).await.json();
        assert!(answer["result"].is_object(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// All that a request could change: tasks, events, configuration, keys, queues.
    async fn state(&self) -> Value {
        let mut state = vec![
            self.call("task.list", json!({ "limit": 100 })).await,
            self.call("event.list", json!({})).await,
            self.call("config.get", json!({ "key": "corpus" })).await,
        ];
        for path in ["/api/keys", "/api/queue"] {
            let answer = send_to(self.address, "GET", path, &[], b"").await;
            assert_eq!(answer.status, 200, "{path}");
            state.push(answer.json());
        }
        Value::Array(state)
    }

    /// It answers, its log tells of no panic, and it stops as it should.
    async fn end(self) {
        self.call("system.health", json!({})).await;
        self.server.stop().await.unwrap();
        let log = std::fs::read_to_string(self.dir.path().join("data.log")).unwrap();
        assert!(log.contains("stopped"), "the log is there: {log}");
        assert!(!log.contains("panicked"), "{log}");
    }
}

/// Does an answer in JSON refuse all that was asked? What is no answer, neither refuses nor takes.
fn refuses(answer: &Value) -> bool {
    match answer {
        Value::Array(answers) => !answers.is_empty() && answers.iter().all(refuses),
        answer => {
            let (error, result) = (answer.get("error"), answer.get("result"));
            assert!(error.is_some() != result.is_some(), "one or the other: {answer}");
            error.is_some()
        }
    }
}

/// The same of a body: of none, as it answers a notification, or of one that every client can read.
fn body_refuses(answer: &Answer) -> bool {
    if answer.status == 204 {
        assert!(answer.body.is_empty(), "{answer:?}");
        return false;
    }
    let read = serde_json::from_slice(&answer.body);
    refuses(&read.unwrap_or_else(|error| panic!("{error}: {answer:?}")))
}

async fn replay_bodies(kind: &str, path: &str) {
    let bed = Bed::start(kind).await;
    let mut before = bed.state().await;
    for Seed { name, good, bytes } in seeds(kind) {
        let answer = bed.post(path, &bytes).await;
        let shown = String::from_utf8_lossy(&answer.body);
        assert!(matches!(answer.status, 200 | 204), "{kind}/{name}: {} {shown}", answer.status);
        assert_eq!(body_refuses(&answer), !good, "{kind}/{name}: {shown}");
        let after = bed.state().await;
        assert!(good || before == after, "{kind}/{name} changed something: {after:#}");
        before = after;
    }
    bed.end().await;
}

#[tokio::test]
async fn bodies_of_one_request() {
    replay_bodies("rpc", "/rpc").await;
}

#[tokio::test]
async fn bodies_of_a_batch() {
    replay_bodies("batch", "/rpc/batch").await;
}

/// What is said to `/rpc` is said to the other paths, too, which expect something else.
#[tokio::test]
async fn bodies_where_they_do_not_belong() {
    let bed = Bed::start("elsewhere").await;
    let before = bed.state().await;
    for seed in seeds("rpc").into_iter().chain(seeds("batch")).filter(|seed| !seed.good) {
        for path in ["/task/create", "/api/tasks", "/api/tasks/t-1/fail", "/key/create"] {
            let answer = bed.post(path, &seed.bytes).await;
            let refused = (400..500).contains(&answer.status);
            assert!(refused, "{path}: {}: {}", seed.name, answer.status);
        }
    }
    assert_eq!(before, bed.state().await);
    bed.end().await;
}

#[tokio::test]
async fn messages_over_a_socket() {
    let bed = Bed::start("ws").await;
    let mut before = bed.state().await;
    for Seed { name, good, bytes } in seeds("ws") {
        let mut socket = Socket::at(bed.address, &[]).await;
        socket.say_bytes(&bytes).await;
        let said = socket.hear().await;
        let broken_off = said.is_null() || said.get("closed").is_some();
        let no_text = std::str::from_utf8(&bytes).is_err();
        assert!(!broken_off || no_text, "ws/{name}: {said}");
        // What is no answer to a call has a type.
        let refused = match said.get("type") {
            Some(kind) => kind == "error",
            None => broken_off || refuses(&said),
        };
        assert_eq!(refused, !good, "ws/{name}: {said}");
        // The public protocol has this number for what is no JSON.
        let blamed = said["error"]["code"] == -32603;
        assert!(!blamed || said["error"]["message"].as_str().unwrap().starts_with("no JSON"));
        let after = bed.state().await;
        assert!(good || before == after, "ws/{name} changed something: {after:#}");
        before = after;
    }
    bed.end().await;
}

#[tokio::test]
async fn paths_and_queries() {
    let bed = Bed::start("query").await;
    let before = bed.state().await;
    for Seed { name, good, bytes } in seeds("query") {
        let rest = format!(" HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", bed.address);
        let head = [b"GET ", bytes.as_slice(), rest.as_bytes()].concat();
        let answer = exchange(bed.address, &head, b"").await;
        let (shown, status) = (String::from_utf8_lossy(&answer.body), answer.status);
        let right = if good { status == 200 } else { (400..500).contains(&status) };
        assert!(right, "query/{name}: {status} {shown}");
        let read = serde_json::from_slice::<Value>(&answer.body);
        assert!(!good || read.is_ok(), "query/{name}: no JSON: {shown}");
    }
    assert_eq!(before, bed.state().await);
    bed.end().await;
}

#[test]
fn configuration_files() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("claudebench.toml");
    for Seed { name, good, bytes } in seeds("config") {
        std::fs::write(&path, &bytes).unwrap();
        match Config::from_layers(Some(path.clone()), Vec::new(), Vec::new()) {
            Ok(_) => assert!(good, "config/{name} was taken"),
            Err(error) => {
                let said = error.to_string();
                assert!(!good, "config/{name}: {said}");
                assert!(said.contains("claudebench.toml"), "config/{name} names no file: {said}");
            }
        }
    }
}
