//! Those who make tasks.

use serde_json::{Value, json};

use super::arena::{Phase, below, chance};
use super::caller::Caller;

/// How long a maker thinks at most, in milliseconds.
const THINK_MS: u64 = 12;

/// A task that suits the test: short leases, fast retries.
fn task(caller: &mut Caller) -> Value {
    let text = caller.unique();
    let random = &mut caller.random;
    let mut task = json!({
        "text": text,
        "priority": below(random, 101),
        "leaseMs": 1_000 + below(random, 1_000),
        "maxAttempts": 2 + below(random, 5),
        "backoff": {"baseMs": 20, "maxMs": 200},
    });
    if chance(random, 5) {
        task["delayMs"] = (below(random, 1_500)).into();
    }
    if chance(random, 10) {
        task["deadlineMs"] = (1_000 + below(random, 2_000)).into();
    }
    if chance(random, 20) {
        task["project"] = "p".into();
    }
    task
}

fn remember(caller: &mut Caller, made: &Value) {
    if let Some(id) = made["id"].as_str() {
        let id = id.to_owned();
        caller.arena.clone().know(&id, &mut caller.random);
    }
}

/// Makes tasks without a key: when no answer comes, nobody knows.
pub(super) async fn plain(mut caller: Caller) {
    while caller.arena.phase() == Phase::Faults {
        let task = task(&mut caller);
        let Some(reply) = caller.call("task.create", &task).await else { return };
        if let Some(made) = reply.ok() {
            remember(&mut caller, &made);
        }
        caller.think(THINK_MS).await;
    }
}

/// Makes tasks with a key, and asks again until it has an answer; sometimes once more after that.
pub(super) async fn keyed(mut caller: Caller) {
    while caller.arena.phase() == Phase::Faults {
        let mut task = task(&mut caller);
        task["idempotencyKey"] = format!("key-{}", task["text"]).into();
        let Some(reply) = caller.until_answered("task.create", &task).await else { return };
        if chance(&mut caller.random, 10) {
            let Some(_) = caller.call("task.create", &task).await else { return };
        } else if let Some(made) = reply.ok() {
            remember(&mut caller, &made);
        }
        caller.think(THINK_MS).await;
    }
}

/// Makes many at once, in chains: each waits for the one before.
pub(super) async fn batches(mut caller: Caller) {
    while caller.arena.phase() == Phase::Faults {
        let count = 2 + below(&mut caller.random, 20);
        let mut tasks = Vec::new();
        for place in 0..count {
            let mut task = task(&mut caller);
            task["key"] = format!("k{place}").into();
            if place % 4 != 0 {
                task["dependsOn"] = json!([format!("k{}", place - 1)]);
            }
            tasks.push(task);
        }
        let key = format!("many-{}", caller.unique());
        let args = json!({"tasks": tasks, "idempotencyKey": key});
        let Some(reply) = caller.until_answered("task.create_many", &args).await else { return };
        if let Some(made) = reply.ok() {
            remember(&mut caller, &made["tasks"][0]);
        }
        caller.think(THINK_MS * 20).await;
    }
}

/// Makes tasks that wait for others.
pub(super) async fn dependents(mut caller: Caller) {
    while caller.arena.phase() == Phase::Faults {
        let mut task = task(&mut caller);
        let arena = caller.arena.clone();
        let mut on: Vec<String> =
            (0..2).filter_map(|_| arena.any_known(&mut caller.random)).collect();
        on.dedup();
        task["dependsOn"] = on.into();
        let Some(_) = caller.call("task.create", &task).await else { return };
        caller.think(THINK_MS * 2).await;
    }
}
