//! Whatever comes in: no panic, no 5xx, and nothing changed.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use super::Server;
use super::ws::Socket;

/// A good request, with some of its bytes changed, cut off or repeated.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let good = prop_oneof![
        Just(r#"{"jsonrpc":"2.0","id":1,"method":"task.list","params":{"limit":5,"search":"a"}}"#),
        Just(r#"[{"jsonrpc":"2.0","id":1,"method":"task.get","params":{"id":"t-1"}},{"id":2}]"#),
        Just(r#"{"action":"subscribe","events":["task.*"],"since":"1","task":"t-7"}"#),
        Just(r#"{"action":"execute","request":{"jsonrpc":"2.0","id":1,"method":"system.health"}}"#),
    ];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..6);
    (good, edits).prop_map(|(good, edits)| {
        let mut bytes = good.as_bytes().to_vec();
        for (place, byte, how) in edits {
            let at = place.index(bytes.len().max(1));
            match how {
                0 if at < bytes.len() => bytes[at] = byte,
                1 => bytes.truncate(at),
                2 => bytes.insert(at.min(bytes.len()), byte),
                _ => bytes.extend_from_within(at.min(bytes.len())..),
            }
        }
        bytes
    })
}

fn cases<T>(strategy: impl Strategy<Value = T>, count: u32) -> Vec<T> {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_bodies_are_refused_and_change_nothing() {
    let server = Server::start().await;
    let any_bytes = prop::collection::vec(any::<u8>(), 0..200);
    let mut bodies = cases(damaged(), 400);
    bodies.extend(cases(any_bytes, 100));
    for body in bodies {
        for path in ["/rpc", "/rpc/batch", "/task/list", "/api/tasks/t-1/heartbeat"] {
            let answer = server.send("POST", path, &[], &body).await;
            let shown = String::from_utf8_lossy(&body);
            assert!(answer.status < 500, "{path}: {} for {shown}", answer.status);
            let said = String::from_utf8_lossy(&answer.body);
            assert!(!said.contains("-32603"), "{path}: {shown}: {said}");
        }
    }
    assert_eq!(server.call("task.list", json!({})).await["totalCount"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_queries_are_refused() {
    let server = Server::start().await;
    let query = "[a-zA-Z&=%+0-9,._-]{0,60}";
    for query in cases(query, 300) {
        for path in ["/api/tasks", "/api/events", "/events", "/api/tasks/t-1", "/api/docs/x"] {
            if path == "/events" && !query.contains("since=") {
                continue; // An endless stream is a right answer.
            }
            let answer = server.send("GET", &format!("{path}?{query}"), &[], b"").await;
            assert!(answer.status < 500, "{path}?{query}: {}", answer.status);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_messages_leave_the_socket_alive() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server).await;
    for bytes in cases(damaged(), 300) {
        socket.say_text(&String::from_utf8_lossy(&bytes)).await;
    }
    socket.say(json!({ "action": "ping" })).await;
    socket.hear_until(|said| said["type"] == "pong").await;
}

#[test]
fn any_configuration_file_is_read_or_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("claudebench.toml");
    for text in cases("[a-z.\\[\\]=\" 0-9\n]{0,80}", 500) {
        std::fs::write(&path, &text).unwrap();
        if let Err(error) =
            claudebench::config::Config::from_layers(Some(path.clone()), Vec::new(), Vec::new())
        {
            assert!(!error.to_string().is_empty(), "{text}");
        }
    }
}
