//! Those who use servers that share a Redis: they read what they wrote at other servers, call as often as they
//! may, come and go.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use claudebench::bench::load::http::{Connection, Target};
use claudebench::verify::{Call, Outcome};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::super::arena::{Arena, Phase, below, chance, pass};
use super::super::caller::Caller;
use super::wire;

/// How long a task of a reader stays out of the reach of workers.
const HIDDEN_MS: u64 = 3_000_000;
/// By so many names one comes and goes.
const NAMES: u64 = 3;
/// How long whoever is refused thinks, in milliseconds.
const LIMITED_MS: u64 = 20;

/// Changes a task of its own again and again, and reads it at any server. It carries what its last change has
/// answered.
pub(super) async fn reads_own_writes(mut caller: Caller) {
    let (arena, name) = (caller.arena.clone(), caller.name.clone());
    let task = json!({"text": text(&name, 0), "delayMs": HIDDEN_MS, "idempotencyKey": name});
    let Some(made) = caller.until_answered("task.create", &task).await else { return };
    let id = made.ok().unwrap()["id"].clone();
    let mut position: Option<String> = None;
    for nth in 1.. {
        let key = caller.unique();
        let updates = json!({"text": text(&name, nth)});
        let change = json!({"id": id, "updates": updates, "idempotencyKey": key});
        while arena.phase() == Phase::Faults {
            let server = draw_server(&mut caller);
            let asked = ("task.update", &change);
            if let Some(at) = wire::call(&arena, (&name, server), asked, position.as_deref()).await
            {
                position = at.or(position);
                break;
            }
            pass(20).await;
        }
        for _ in 0..3 {
            let server = draw_server(&mut caller);
            let asked = ("task.get", &json!({"id": id}));
            wire::call(&arena, (&name, server), asked, position.as_deref()).await;
        }
        if arena.phase() > Phase::Faults {
            break;
        }
        caller.think(30).await;
    }
    let cancel = json!({"id": id, "graceMs": 0});
    caller.until_answered("task.cancel", &cancel).await;
}

/// The text of a task after so many changes.
fn text(name: &str, nth: u64) -> String {
    format!("{name} {nth}")
}

fn draw_server(caller: &mut Caller) -> usize {
    usize::try_from(below(&mut caller.random, 1 << 20)).unwrap()
}

/// Calls one server with a key, more often than the key may.
pub(super) async fn calls_too_often(arena: Arc<Arena>, name: String, server: usize, key: String) {
    let target = Target { key: Some(key), ..arena.target(server).clone() };
    while arena.phase() < Phase::Over {
        let Ok(mut connection) = Connection::open(&target).await else {
            pass(LIMITED_MS).await;
            continue;
        };
        let mut open = true;
        while open && arena.phase() < Phase::Over {
            let start = arena.clock.now();
            let answer = connection.rpc("task.stats", "{}").await.map(serde_json::from_slice);
            let end = arena.clock.now();
            let (outcome, answer) = match answer {
                Ok(Ok(Value::Object(said))) if said.contains_key("result") => {
                    (Outcome::Ok, Value::Null)
                }
                Ok(Ok(said)) => (Outcome::Err, said["error"]["data"].clone()),
                Ok(Err(error)) => (Outcome::Unknown, error.to_string().into()),
                Err(error) if error.to_string().contains("HTTP 429") => {
                    (Outcome::Err, json!({"code": "rate_limited"}))
                }
                Err(error) => (Outcome::Unknown, error.to_string().into()),
            };
            open = outcome != Outcome::Unknown;
            let (process, op, args) = (name.clone(), "task.stats".to_owned(), Value::Null);
            arena.record(&Call { process, op, args, start, end, outcome, answer });
            pass(LIMITED_MS).await;
        }
    }
}

/// Who is registered, as those know who come and go.
pub(super) struct Standing {
    there: Mutex<BTreeMap<String, bool>>,
    calm: watch::Sender<bool>,
}

impl Standing {
    pub(super) fn new() -> Self {
        Self { there: Mutex::default(), calm: watch::Sender::new(false) }
    }

    /// Nobody comes or goes any more.
    pub(super) fn settle(&self) {
        self.calm.send_replace(true);
    }

    /// Who is there, and who has gone.
    pub(super) fn names(&self) -> (Vec<String>, Vec<String>) {
        let all = self.there.lock().unwrap();
        let of = |wanted: bool| {
            let some = all.iter().filter(move |(_, there)| **there == wanted);
            some.map(|(id, _)| id.clone()).collect()
        };
        (of(true), of(false))
    }

    fn is_there(&self, id: &str) -> bool {
        self.there.lock().unwrap().get(id).copied().unwrap_or(false)
    }

    fn set(&self, id: &str, there: bool) {
        self.there.lock().unwrap().insert(id.to_owned(), there);
    }
}

/// Registers and unregisters instances, each time at another server, and keeps those alive that are there.
pub(super) async fn comes_and_goes(mut caller: Caller, standing: Arc<Standing>) {
    let mine: Vec<String> = (0..NAMES).map(|nth| format!("{}-{nth}", caller.name)).collect();
    while caller.arena.phase() < Phase::Over {
        for id in &mine {
            if !*standing.calm.borrow() && chance(&mut caller.random, 50) {
                let goes = standing.is_there(id);
                let (op, args) = if goes {
                    let ends = json!({"instanceId": id, "sessionId": "s", "timestamp": 1});
                    ("system.unregister", ends)
                } else {
                    ("system.register", json!({"id": id, "roles": ["guest"]}))
                };
                let Some(_) = caller.until_answered(op, &args).await else { return };
                standing.set(id, !goes);
            } else if standing.is_there(id) {
                let beat = json!({"instanceId": id});
                let Some(_) = caller.call("system.heartbeat", &beat).await else { return };
            }
            caller.turn();
        }
        caller.think(400).await;
    }
}
