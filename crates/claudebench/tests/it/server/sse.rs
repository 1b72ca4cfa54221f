//! Server-sent events: the log from a cursor on.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Server;

/// Reads a stream until it holds what is waited for.
pub(super) async fn read_until(server: &Server, path: &str, headers: &str, wanted: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", server.address);
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut text = String::new();
    let mut buffer = vec![0; 65_536];
    while !text.contains(wanted) {
        let read = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut buffer));
        let count = read.await.expect("something in time").unwrap();
        assert_ne!(count, 0, "the stream ended: {text}");
        text += &String::from_utf8_lossy(&buffer[..count]);
    }
    text
}

#[tokio::test]
async fn a_stream_goes_on_where_it_was_left() {
    let server = Server::start().await;
    server.call("task.create", json!({ "text": "first" })).await;
    server.call("task.create", json!({ "text": "second" })).await;
    let text = read_until(&server, "/events?since=0&types=task.*", "", "second").await;
    assert!(text.contains("text/event-stream") && text.contains("event: task.created"));
    assert!(text.find("first").unwrap() < text.find("second").unwrap());
    let text = read_until(&server, "/events?since=0", "Last-Event-ID: 1\r\n", "second").await;
    assert!(!text.contains("first"), "the header says what was seen: {text}");
}

#[tokio::test]
async fn bad_cursors_and_filters_are_refused() {
    let server = Server::start().await;
    for path in ["/events?since=x", "/events?task=7", "/events?since=99"] {
        let answer = server.send("GET", path, &[], b"").await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (400, &json!("invalid_params")),
            "{path}"
        );
    }
}
