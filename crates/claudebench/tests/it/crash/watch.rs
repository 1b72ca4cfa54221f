//! Those who watch: each keeps a cursor, and must miss nothing.

use std::io;
use std::sync::Arc;

use claudebench::bench::load::websocket::WebSocket;
use claudebench::verify::{Call, Outcome};
use serde_json::{Value, json};

use super::arena::{Arena, Phase, pass};
use super::stream::Stream;

/// One connection: where it began, and what came.
struct Watching {
    start: u64,
    since: i64,
    seen: Vec<i64>,
}

impl Watching {
    fn begin(arena: &Arena, since: i64) -> Self {
        Self { start: arena.clock.now(), since, seen: Vec::new() }
    }

    /// An event came: never one that was seen before, and always the next.
    fn saw(&mut self, id: i64, data: &Value) {
        assert_eq!(data["id"].as_str(), Some(id.to_string().as_str()), "{data}");
        self.seen.push(id);
    }

    /// Where to go on from.
    fn last(&self) -> i64 {
        self.seen.last().copied().unwrap_or(self.since)
    }

    fn record(&self, arena: &Arena, process: &str) {
        arena.record(&Call {
            process: process.to_owned(),
            op: "watch".to_owned(),
            args: json!({"since": self.since}),
            start: self.start,
            end: arena.clock.now(),
            outcome: Outcome::Unknown,
            answer: json!({"seen": self.seen}),
        });
    }
}

/// Follows by server-sent events, from the beginning, until all of `upto` has come.
pub(super) async fn by_stream(arena: Arc<Arena>, name: String) -> i64 {
    let mut last = 0;
    arena.saw(&name, last);
    for at in 0.. {
        let mut watching = Watching::begin(&arena, last);
        let ended = tokio::select! {
            error = stream(&arena, at, (&name, &mut watching)) => error,
            () = arena.reached(Phase::Over) => None,
        };
        watching.record(&arena, &name);
        last = watching.last();
        if ended.is_none() {
            return last;
        }
        pass(20).await;
    }
    last
}

async fn stream(
    arena: &Arena,
    at: usize,
    (name, watching): (&str, &mut Watching),
) -> Option<io::Error> {
    let mut stream = match Stream::open(arena.target(at), watching.since).await {
        Ok(stream) => stream,
        Err(error) => return Some(error),
    };
    loop {
        match stream.next().await {
            Ok(event) => match event.told {
                Some((kind, _)) if kind == "lagged" => {
                    return Some(io::Error::other("lagged"));
                }
                Some((_, data)) => {
                    watching.saw(event.id, &serde_json::from_str(&data).unwrap());
                    arena.saw(name, event.id);
                }
                None => {}
            },
            Err(error) => return Some(error),
        }
    }
}

/// Follows by WebSocket, each time at another server.
pub(super) async fn by_socket(arena: Arc<Arena>, name: String) -> i64 {
    at_servers(arena, name, 0..).await
}

/// Follows at one server by WebSocket, however often that ends.
pub(super) async fn at_one(arena: Arc<Arena>, name: String, server: usize) -> i64 {
    at_servers(arena, name, std::iter::repeat(server)).await
}

async fn at_servers(
    arena: Arc<Arena>,
    name: String,
    servers: impl IntoIterator<Item = usize>,
) -> i64 {
    let mut last = 0;
    arena.saw(&name, last);
    for at in servers {
        let mut watching = Watching::begin(&arena, last);
        let ended = tokio::select! {
            ended = socket(&arena, at, (&name, &mut watching)) => ended.err(),
            () = arena.reached(Phase::Over) => None,
        };
        watching.record(&arena, &name);
        last = watching.last();
        if ended.is_none() {
            return last;
        }
        pass(20).await;
    }
    last
}

async fn socket(
    arena: &Arena,
    at: usize,
    (name, watching): (&str, &mut Watching),
) -> io::Result<()> {
    let mut socket = WebSocket::open(arena.target(at), "/ws").await?;
    let since = watching.since.to_string();
    let subscribe = json!({"action": "subscribe", "events": ["*"], "since": since});
    socket.send(&subscribe.to_string()).await?;
    loop {
        let message: Value = serde_json::from_slice(socket.next().await?)?;
        match message["type"].as_str() {
            Some("event") => {
                let id = message["data"]["id"].as_str().unwrap_or_default();
                let id = id.parse().map_err(io::Error::other)?;
                watching.saw(id, &message["data"]);
                arena.saw(name, id);
            }
            Some("connected" | "subscribed") => {}
            _ => return Err(io::Error::other(message.to_string())),
        }
    }
}
