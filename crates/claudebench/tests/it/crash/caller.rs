//! A caller: one call at a time, each recorded with what came of it.

use std::sync::Arc;
use std::time::Duration;

use claudebench::bench::load::http::Connection;
use claudebench::bench::workload::{Recipe, Workload};
use claudebench::verify::{Call, Outcome};
use serde_json::Value;

use super::arena::{Arena, Phase, pass};

/// The longest that a call may take, besides what it asks to wait.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long to wait before the server is tried again.
const AGAIN_MS: u64 = 20;

/// What came of a call.
#[derive(Debug)]
pub(super) enum Reply {
    /// The result.
    Ok(Value),
    /// The error's `data`.
    Err(Value),
    /// Nobody knows.
    Unknown,
}

impl Reply {
    pub(super) fn ok(self) -> Option<Value> {
        match self {
            Self::Ok(value) => Some(value),
            Self::Err(_) | Self::Unknown => None,
        }
    }
}

/// A process of the history.
pub(super) struct Caller {
    pub(super) arena: Arc<Arena>,
    pub(super) name: String,
    pub(super) random: Workload,
    connection: Option<Connection>,
    /// Which server it calls.
    at: usize,
    calls: u64,
}

impl Caller {
    pub(super) fn new(arena: &Arc<Arena>, name: impl Into<String>, stream: usize) -> Self {
        Self {
            arena: arena.clone(),
            name: name.into(),
            random: Workload::new(Recipe { seed: arena.seed, mixed: true }, stream),
            connection: None,
            at: stream,
            calls: 0,
        }
    }

    /// A text that nobody else uses.
    pub(super) fn unique(&mut self) -> String {
        self.calls += 1;
        format!("{}-{}", self.name, self.calls)
    }

    /// Calls a method. `None` when everything is over.
    pub(super) async fn call(&mut self, op: &str, args: &Value) -> Option<Reply> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let wait = args["waitMs"].as_u64().unwrap_or(0);
        let patience = PATIENCE + Duration::from_millis(wait);
        let params = args.to_string();
        let start = self.arena.clock.now();
        let answer = tokio::time::timeout(patience, connection.rpc(op, &params)).await;
        let end = self.arena.clock.now();
        let (outcome, answer) = match answer {
            Ok(Ok(body)) => read(body),
            Ok(Err(error)) => (Outcome::Unknown, Value::from(error.to_string())),
            Err(_) => (Outcome::Unknown, Value::from("no answer came")),
        };
        if outcome == Outcome::Unknown {
            // Another server may do better.
            self.at += 1;
        } else {
            self.connection = Some(connection);
        }
        let (process, op, args) = (self.name.clone(), op.to_owned(), args.clone());
        let call = Call { process, op, args, start, end, outcome, answer };
        self.arena.record(&call);
        Some(match outcome {
            Outcome::Ok => Reply::Ok(call.answer),
            Outcome::Err => Reply::Err(call.answer),
            Outcome::Unknown => Reply::Unknown,
        })
    }

    /// Repeats a call that is safe to repeat until it is answered.
    pub(super) async fn until_answered(&mut self, op: &str, args: &Value) -> Option<Reply> {
        loop {
            match self.call(op, args).await? {
                Reply::Unknown => pass(AGAIN_MS).await,
                // Refused for now.
                Reply::Err(error) if is_passing(&error) => pass(AGAIN_MS).await,
                answered => return Some(answered),
            }
        }
    }

    async fn connect(&mut self) -> Option<Connection> {
        while self.arena.phase() < Phase::Over {
            if let Ok(connection) = Connection::open(self.arena.target(self.at)).await {
                return Some(connection);
            }
            self.at += 1;
            pass(AGAIN_MS).await;
        }
        None
    }

    /// From now on it calls the next server.
    pub(super) fn turn(&mut self) {
        self.connection = None;
        self.at += 1;
    }

    /// Thinks for up to `ms`.
    pub(super) async fn think(&mut self, ms: u64) {
        let ms = super::arena::below(&mut self.random, ms);
        if ms > 0 {
            pass(ms).await;
        }
    }
}

/// Errors that say: come back.
fn is_passing(error: &Value) -> bool {
    matches!(
        error["code"].as_str(),
        Some("overloaded" | "unavailable" | "shutting_down" | "timeout")
    )
}

fn read(body: &[u8]) -> (Outcome, Value) {
    let Ok(mut answer) = serde_json::from_slice::<Value>(body) else {
        return (Outcome::Unknown, Value::from(String::from_utf8_lossy(body).into_owned()));
    };
    match answer.get_mut("error") {
        Some(error) => {
            let error = error.take();
            assert!(error["data"]["code"].is_string(), "an error without its code: {error}");
            (Outcome::Err, error["data"].clone())
        }
        None => (Outcome::Ok, answer["result"].take()),
    }
}
