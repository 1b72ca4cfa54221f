//! The socket: calls and live events.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async};

use super::Server;

/// A client's end.
pub(super) struct Socket(WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>);

impl Socket {
    /// Connects, and hears the greeting.
    pub(super) async fn open(server: &Server) -> Self {
        Self::open_with(server, &[]).await
    }

    /// The same with headers of its own.
    pub(super) async fn open_with(server: &Server, headers: &[(&'static str, &str)]) -> Self {
        Self::at(server.address, headers).await
    }

    /// The same with any server.
    pub(super) async fn at(address: SocketAddr, headers: &[(&'static str, &str)]) -> Self {
        Self::over(tokio::net::TcpStream::connect(address).await.unwrap(), headers).await
    }

    /// The same over a connection that is there.
    pub(super) async fn over(
        stream: tokio::net::TcpStream,
        headers: &[(&'static str, &str)],
    ) -> Self {
        let address = stream.peer_addr().unwrap();
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = MaybeTlsStream::Plain(stream);
        let (stream, _) = client_async(request, stream).await.unwrap();
        let mut socket = Self(stream);
        let greeting = socket.hear().await;
        assert_eq!(greeting["type"], "connected");
        assert!(greeting["clientId"].as_str().unwrap().starts_with("ws-"));
        socket
    }

    pub(super) async fn say(&mut self, what: Value) {
        self.say_text(&what.to_string()).await;
    }

    pub(super) async fn say_text(&mut self, text: &str) {
        self.0.send(Message::Text(text.into())).await.unwrap();
    }

    /// Says in a text message what may be no text.
    pub(super) async fn say_bytes(&mut self, bytes: &[u8]) {
        let frame = Frame::message(bytes.to_vec(), OpCode::Data(Data::Text), true);
        self.0.send(Message::Frame(frame)).await.unwrap();
    }

    /// Sends a frame of a kind that there is not.
    async fn say_nonsense(&mut self) {
        let frame = Frame::message(Vec::new(), OpCode::Data(Data::Reserved(3)), true);
        self.0.send(Message::Frame(frame)).await.unwrap();
    }

    /// The next thing said, or `Null` with the close code when it is over.
    pub(super) async fn hear(&mut self) -> Value {
        loop {
            let heard = tokio::time::timeout(Duration::from_secs(30), self.0.next());
            match heard.await.expect("something in time") {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Close(frame))) => {
                    let (code, reason) = frame.map_or((0, String::new()), |frame| {
                        (u16::from(frame.code), frame.reason.to_string())
                    });
                    return json!({ "closed": code, "reason": reason });
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Value::Null,
            }
        }
    }

    pub(super) async fn hear_until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let said = self.hear().await;
            assert_ne!(said, Value::Null, "the socket ended before what was waited for");
            if wanted(&said) {
                return said;
            }
        }
    }
}

#[tokio::test]
async fn what_is_said_is_answered_as_the_public_protocol_has_it() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server).await;
    socket.say(json!({ "action": "ping" })).await;
    let pong = socket.hear().await;
    assert!(pong["type"] == "pong" && pong["timestamp"].is_i64());
    socket.say(json!({ "action": "subscribe", "events": ["task.*"] })).await;
    let subscribed = socket.hear().await;
    assert_eq!(
        (&subscribed["type"], &subscribed["events"]),
        (&json!("subscribed"), &json!(["task.*"]))
    );
    let request =
        json!({ "jsonrpc": "2.0", "id": 5, "method": "task.create", "params": { "text": "x" } });
    socket.say(json!({ "action": "execute", "request": request })).await;
    let (mut event, mut answer) = (Value::Null, Value::Null);
    while event.is_null() || answer.is_null() {
        let said = socket.hear().await;
        if said["type"] == "event" { event = said } else { answer = said }
    }
    assert_eq!((&event["event"], &answer["id"]), (&json!("task.created"), &json!(5)));
    assert_eq!(event["data"]["payload"]["id"], answer["result"]["id"]);
    assert_eq!((&event["data"]["version"], &event["data"]["actor"]), (&json!(1), &json!("local")));
    assert_eq!(event["id"], event["data"]["id"]);
    socket.say(json!({ "action": "unsubscribe", "events": ["task.*", "never"] })).await;
    let unsubscribed = socket.hear().await;
    assert_eq!(
        (&unsubscribed["type"], &unsubscribed["events"]),
        (&json!("unsubscribed"), &json!(["task.*", "never"])),
        "all that were asked for are held no longer"
    );
    socket.say(json!({ "action": "subscribe", "events": [] })).await;
    let subscribed = socket.hear().await;
    assert_eq!(
        (&subscribed["type"], &subscribed["events"]),
        (&json!("subscribed"), &json!([])),
        "nothing is something to ask for"
    );
    for (text, code) in [
        ("{", -32603),
        (r#"{"action":"dance"}"#, -32602),
        (r#"{"action":"subscribe"}"#, -32602),
        (r#"{"action":"execute"}"#, -32602),
        ("[1]", -32602),
        (r#"{"action":"subscribe","events":["*"],"since":"x"}"#, -32602),
    ] {
        socket.say_text(text).await;
        let said = socket.hear().await;
        assert_eq!(
            (&said["type"], &said["error"]["code"]),
            (&json!("error"), &json!(code)),
            "{text}"
        );
    }
}

#[tokio::test]
async fn whoever_keeps_a_cursor_misses_nothing_and_filters_hold() {
    let server = Server::start().await;
    let first = server.call("task.create", json!({ "text": "a", "project": "p" })).await;
    server.call("task.create", json!({ "text": "b" })).await;
    let mut socket = Socket::open(&server).await;
    let wanted = json!({ "action": "subscribe", "events": ["*"], "since": "0", "project": "p" });
    socket.say(wanted).await;
    let old = socket.hear_until(|said| said["type"] == "event").await;
    assert_eq!(old["data"]["payload"]["id"], first["id"]);
    server.call("task.create", json!({ "text": "c" })).await;
    let third = server.call("task.create", json!({ "text": "d", "project": "p" })).await;
    let live = socket.hear().await;
    assert_eq!(
        live["data"]["payload"]["id"], third["id"],
        "the one outside the project is left out"
    );
    let mut other = Socket::open(&server).await;
    other
        .say(json!({ "action": "subscribe", "events": ["task.created"], "since": old["id"] }))
        .await;
    let mut seen = Vec::new();
    while seen.len() < 3 {
        let said = other.hear().await;
        if said["type"] == "event" {
            seen.push(said["data"]["payload"]["text"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(seen, ["b", "c", "d"]);
}

#[tokio::test]
async fn a_subscriber_that_does_not_read_misses_nothing_and_holds_up_nobody() {
    let server = Server::start().await;
    let mut slow = Socket::open(&server).await;
    slow.say(json!({ "action": "subscribe", "events": ["task.created"] })).await;
    slow.hear_until(|said| said["type"] == "subscribed").await;
    let text = "x".repeat(500);
    let tasks: Vec<Value> = (0..1_000).map(|_| json!({ "text": text })).collect();
    for _ in 0..20 {
        // More than sockets and the window in memory hold.
        server.call("task.create_many", json!({ "tasks": tasks })).await;
    }
    let mut last = 0;
    for _ in 0..20_000 {
        let said = slow.hear().await;
        assert_eq!(said["type"], "event", "{said}");
        let cursor: i64 = said["id"].as_str().unwrap().parse().unwrap();
        assert!(cursor > last, "in order, once");
        last = cursor;
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_message_is_told_with_its_field() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server).await;
    for (text, message) in [
        (r#"{"action":"subscribe","events":["*"],"since":5}"#, "since: invalid type: integer `5`"),
        (r#" {"action":"subscribe","events":["*",7]}"#, "events.1: invalid type: integer `7`"),
        (r#"{"action":"unsubscribe"}"#, "events: required but missing"),
        (r#"{"action":"dance"}"#, "action: unknown variant `dance`, expected one of `subscribe`"),
        ("{}", "action: required but missing"),
    ] {
        socket.say_text(text).await;
        let said = socket.hear().await;
        let told = said["error"]["message"].as_str().unwrap();
        assert!(told.starts_with(message), "{text}: {told}");
        assert!(said["error"]["issues"][0]["path"].is_array(), "{said}");
    }
}

#[tokio::test]
async fn a_pattern_counts_once_however_often_it_is_asked_for() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server).await;
    for _ in 0..150 {
        socket.say(json!({ "action": "subscribe", "events": ["task.*", "task.*"] })).await;
        assert_eq!(socket.hear().await["type"], "subscribed");
    }
    let many: Vec<String> = (0..99).map(|n| format!("domain{n}.*")).collect();
    socket.say(json!({ "action": "subscribe", "events": many })).await;
    assert_eq!(socket.hear().await["type"], "subscribed", "a hundred in all");
    socket.say(json!({ "action": "subscribe", "events": ["one.more"] })).await;
    assert_eq!(socket.hear().await["type"], "error");
    socket.say(json!({ "action": "subscribe", "events": ["task.*"], "project": "p" })).await;
    assert_eq!(socket.hear().await["type"], "error", "of a project, it is another");
}

#[tokio::test]
async fn after_its_answer_an_unsubscription_holds_for_what_lies_behind_too() {
    let server = Server::start().await;
    let tasks: Vec<Value> = (0..1_000).map(|n| json!({ "text": n.to_string() })).collect();
    for _ in 0..5 {
        server.call("task.create_many", json!({ "tasks": tasks })).await;
    }
    let mut socket = Socket::open(&server).await;
    socket.say(json!({ "action": "subscribe", "events": ["config.*"] })).await;
    socket.say(json!({ "action": "subscribe", "events": ["task.*"], "since": "0" })).await;
    socket.say(json!({ "action": "unsubscribe", "events": ["task.*"] })).await;
    socket.hear_until(|said| said["type"] == "unsubscribed").await;
    server.call("config.set", json!({ "key": "k", "value": 1 })).await;
    // What lies behind goes first, so this comes after all of it.
    assert_eq!(socket.hear().await["event"], "config.changed");
}

#[tokio::test]
async fn a_key_on_the_upgrade_stands_for_no_call() {
    let server = Server::start().await;
    let mut socket = Socket::open_with(&server, &[("Idempotency-Key", "k")]).await;
    for id in 1..=2 {
        let request = json!({
            "jsonrpc": "2.0", "id": id, "method": "task.create", "params": { "text": id.to_string() },
        });
        socket.say(json!({ "action": "execute", "request": request })).await;
        let answer = socket.hear_until(|said| said["id"] == id).await;
        assert_eq!(answer["error"], Value::Null, "{answer}");
    }
    assert_eq!(server.call("task.list", json!({})).await["totalCount"], 2);
}

#[tokio::test]
async fn a_message_that_is_too_long_ends_the_socket_with_its_code() {
    let settings = [("limits.body_bytes", toml::Value::Integer(1_024))];
    let server = Server::with(&settings, tempfile::TempDir::new().unwrap()).await;
    let mut socket = Socket::open(&server).await;
    socket.say_text(&"x".repeat(1_025)).await;
    assert_eq!(socket.hear().await["closed"], 1009);
}

#[tokio::test]
async fn what_is_no_message_ends_the_socket_with_its_code() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server).await;
    socket.say_bytes(b"\xff").await;
    assert_eq!(socket.hear().await["closed"], 1007);
    let mut socket = Socket::open(&server).await;
    socket.say_nonsense().await;
    assert_eq!(socket.hear().await["closed"], 1002);
}

#[tokio::test]
async fn a_goodbye_is_answered() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server).await;
    let frame = CloseFrame { code: CloseCode::Away, reason: "enough".into() };
    socket.0.close(Some(frame)).await.unwrap();
    assert_eq!(socket.hear().await, json!({ "closed": 1001, "reason": "enough" }));
    assert!(socket.0.next().await.is_none(), "a clean end");
}
