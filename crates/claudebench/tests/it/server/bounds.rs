//! Clients that do not read: the server takes on no more than they let it give.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::Server;
use super::ws::Socket;

/// How often the server is asked about itself meanwhile: each time it may do what it can.
const LOOKS: usize = 200;

/// A client with little room, so that what it does not read stays with the server.
async fn narrow(server: &Server) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    socket.connect(server.address).await.unwrap()
}

/// Makes 20,000 tasks, whose events are some 20 MB: more than sockets and the window hold.
async fn fill(server: &Server) {
    let text = "x".repeat(500);
    let tasks: Vec<Value> = (0..1_000).map(|_| json!({ "text": text })).collect();
    for _ in 0..20 {
        server.call("task.create_many", json!({ "tasks": tasks })).await;
    }
}

/// Reads until a text has come so many times.
async fn read_all(stream: &mut TcpStream, wanted: &str, times: usize) {
    let mut seen = 0;
    let mut rest: Vec<u8> = Vec::new();
    let mut buffer = vec![0; 1 << 20];
    while seen < times {
        let read = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut buffer));
        let count = read.await.expect("more in time").unwrap();
        assert_ne!(count, 0, "ended after {seen}");
        rest.extend_from_slice(&buffer[..count]);
        seen += rest.windows(wanted.len()).filter(|part| *part == wanted.as_bytes()).count();
        let keep = rest.len().min(wanted.len() - 1);
        rest.drain(..rest.len() - keep);
    }
    assert_eq!(seen, times);
}

#[tokio::test]
async fn requests_behind_answers_that_nobody_reads_wait() {
    let server = Server::start().await;
    let mut client = narrow(&server).await;
    let request = format!("GET /openapi.json HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    client.write_all(request.repeat(100).as_bytes()).await.unwrap();
    let mut taken = 0.0;
    for look in 0..LOOKS {
        // Less those by which it is asked.
        taken = server.metric("http_requests_total").await - (look + 1) as f64;
    }
    assert!(taken >= 1.0, "at least one was taken");
    assert!(taken < 50.0, "{taken} answers of half a megabyte were made for nobody");
    read_all(&mut client, "HTTP/1.1 200 OK", 100).await;
}

#[tokio::test]
async fn a_stream_that_nobody_reads_takes_no_more_events() {
    let server = Server::start().await;
    fill(&server).await;
    let mut client = narrow(&server).await;
    let request = format!("GET /events?since=0 HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    client.write_all(request.as_bytes()).await.unwrap();
    let mut taken = 0.0;
    for _ in 0..LOOKS {
        taken = server.metric("events_sent_total").await;
    }
    assert!(taken >= 1.0, "at least one was taken");
    assert!(taken < 12_000.0, "{taken} events were taken for nobody");
    read_all(&mut client, "event: task.created", 20_000).await;
    assert_eq!(server.metric("events_sent_total").await, 20_000.0);
}

#[tokio::test]
async fn a_socket_that_nobody_reads_is_told_where_to_go_on_when_somebody_does() {
    let settings = [("limits.unread_ms", toml::Value::Integer(200))];
    let server = Server::with(&settings, tempfile::TempDir::new().unwrap()).await;
    let mut slow = Socket::open(&server).await;
    slow.say(json!({ "action": "subscribe", "events": ["task.created"], "since": "0" })).await;
    slow.hear_until(|said| said["type"] == "subscribed").await;
    fill(&server).await;
    let unread = async { while server.metric("websockets_unread_total").await < 1.0 {} };
    tokio::time::timeout(Duration::from_secs(60), unread)
        .await
        .expect("that it does not read shows");

    let mut last = 0;
    let lagged = loop {
        let said = slow.hear().await;
        if said["type"] != "event" {
            break said;
        }
        assert_eq!(said["id"], json!((last + 1).to_string()), "whole, and in order");
        last += 1;
    };
    assert_eq!((&lagged["type"], &lagged["error"]["code"]), (&json!("lagged"), &json!("timeout")));
    assert_eq!(lagged["cursor"], json!(last.to_string()));
    assert!(last > 0 && last < 20_000, "{last}");
    assert_eq!(slow.hear().await["closed"], 1008);

    let mut again = Socket::open(&server).await;
    let from = json!({ "action": "subscribe", "events": ["task.*"], "since": lagged["cursor"] });
    again.say(from).await;
    let next = again.hear_until(|said| said["type"] == "event").await;
    assert_eq!(next["id"], json!((last + 1).to_string()), "nothing is missed");
}
