//! Those who work on tasks: with fences and without, fast, slow and forgetful.

use serde_json::{Value, json};

use super::arena::{Phase, below, chance, pass};
use super::caller::{Caller, Reply};

/// How long a worker works at most, in milliseconds.
const THINK_MS: u64 = 20;

/// Whether there may be something to do.
fn goes_on(caller: &Caller) -> bool {
    caller.arena.phase() < Phase::Over
}

/// Registers; done again whenever the server says that it does not know the worker.
async fn register(caller: &mut Caller) -> Option<()> {
    let args = json!({"id": caller.name, "roles": ["crash"]});
    caller.until_answered("system.register", &args).await.map(drop)
}

/// Claims; empty when nothing came.
async fn claim(caller: &mut Caller, most: u64, wait_ms: u64) -> Option<Vec<Value>> {
    let args = json!({"workerId": caller.name, "maxTasks": most, "waitMs": wait_ms});
    match caller.call("task.claim", &args).await? {
        Reply::Ok(mut answer) => match answer["tasks"].take() {
            Value::Array(tasks) => Some(tasks),
            other => panic!("a claim answered with tasks {other}"),
        },
        Reply::Err(error) => {
            if error["code"] == "not_found" {
                register(caller).await?;
            }
            Some(Vec::new())
        }
        Reply::Unknown => Some(Vec::new()),
    }
}

/// What is sent with a report on a claimed task.
fn report(caller: &Caller, task: &Value) -> Value {
    json!({"id": task["id"], "workerId": caller.name, "fence": task["lease"]["fence"]})
}

/// A careful worker: heartbeats, reports with the fence, repeats a report until it is answered.
pub(super) async fn fenced(mut caller: Caller) {
    let Some(()) = register(&mut caller).await else { return };
    while goes_on(&caller) {
        let most = 1 + below(&mut caller.random, 4);
        let wait = if chance(&mut caller.random, 50) { 300 } else { 0 };
        let Some(tasks) = claim(&mut caller, most, wait).await else { return };
        if tasks.is_empty() {
            caller.think(THINK_MS * 2).await;
        }
        for task in &tasks {
            let Some(()) = work(&mut caller, task).await else { return };
        }
    }
}

async fn work(caller: &mut Caller, task: &Value) -> Option<()> {
    caller.think(THINK_MS).await;
    if chance(&mut caller.random, 30) {
        let mut beat = report(caller, task);
        beat["progress"] = json!(0.5);
        if let Some(answer) = caller.call("task.heartbeat", &beat).await?.ok()
            && answer["cancelled"] == true
        {
            let release = report(caller, task);
            caller.until_answered("task.release", &release).await?;
            return Some(());
        }
    }
    let mut report = report(caller, task);
    let calm = caller.arena.phase() > Phase::Faults;
    let op = match below(&mut caller.random, 100) {
        0..=9 if !calm => {
            report["retryable"] = chance(&mut caller.random, 80).into();
            report["error"] = "it broke".into();
            "task.fail"
        }
        10..=16 if !calm => "task.release",
        _ => {
            report["result"] = json!({"by": caller.name});
            "task.complete"
        }
    };
    caller.until_answered(op, &report).await?;
    if chance(&mut caller.random, 3) {
        caller.call(op, &report).await?;
    }
    Some(())
}

/// One of today's clients: it knows no fences.
pub(super) async fn fenceless(mut caller: Caller) {
    let Some(()) = register(&mut caller).await else { return };
    while goes_on(&caller) {
        let Some(tasks) = claim(&mut caller, 1, 0).await else { return };
        let Some(task) = tasks.first() else {
            caller.think(THINK_MS * 4).await;
            continue;
        };
        caller.think(THINK_MS).await;
        let args = json!({"id": task["id"], "workerId": caller.name, "result": "done"});
        let Some(_) = caller.until_answered("task.complete", &args).await else { return };
    }
}

/// Completes many at once.
pub(super) async fn in_bulk(mut caller: Caller) {
    let Some(()) = register(&mut caller).await else { return };
    while goes_on(&caller) {
        let Some(tasks) = claim(&mut caller, 20, 100).await else { return };
        if tasks.is_empty() {
            caller.think(THINK_MS * 4).await;
            continue;
        }
        let items: Vec<Value> = tasks
            .iter()
            .map(|task| json!({"id": task["id"], "fence": task["lease"]["fence"]}))
            .collect();
        let args = json!({"workerId": caller.name, "items": items});
        let Some(_) = caller.until_answered("task.complete_many", &args).await else { return };
        caller.think(THINK_MS * 10).await;
    }
}

/// Works for longer than its lease, and extends it; some tasks have a deadline before that.
pub(super) async fn slow(mut caller: Caller) {
    let Some(()) = register(&mut caller).await else { return };
    while caller.arena.phase() == Phase::Faults {
        let Some(tasks) = claim(&mut caller, 1, 500).await else { return };
        let Some(task) = tasks.first() else { continue };
        let report = report(&caller, task);
        let mut held = true;
        for _ in 0..2 + below(&mut caller.random, 8) {
            pass(300).await;
            let mut beat = report.clone();
            if chance(&mut caller.random, 20) {
                beat["leaseMs"] = (1_000 + below(&mut caller.random, 2_000)).into();
            }
            let Some(beat) = caller.call("task.heartbeat", &beat).await else { return };
            held = !matches!(beat, Reply::Err(_));
            if !held {
                break;
            }
        }
        // One that was told to stop believes it, most of the time.
        if held || chance(&mut caller.random, 20) {
            let Some(_) = caller.until_answered("task.complete", &report).await else { return };
        }
    }
}

/// Claims, and dies over it, as far as the server can tell; or comes back when it is too late.
pub(super) async fn forgetful(mut caller: Caller) {
    let Some(()) = register(&mut caller).await else { return };
    while caller.arena.phase() == Phase::Faults {
        let Some(tasks) = claim(&mut caller, 2, 0).await else { return };
        for task in &tasks {
            if chance(&mut caller.random, 50) {
                // Longer than any lease of this test.
                pass(2_200).await;
                let late = report(&caller, task);
                let Some(_) = caller.call("task.complete", &late).await else { return };
            }
        }
        caller.think(1_000).await;
    }
}

/// Whatever it does has a key and is repeated until it is answered, each time at another server.
pub(super) async fn keyed(mut caller: Caller) {
    let Some(()) = register(&mut caller).await else { return };
    while goes_on(&caller) {
        let key = caller.unique();
        let args = json!({"workerId": caller.name, "maxTasks": 2, "idempotencyKey": key});
        let Some(reply) = caller.until_answered("task.claim", &args).await else { return };
        let tasks = match reply {
            Reply::Ok(mut answer) => answer["tasks"].take(),
            Reply::Err(error) if error["code"] == "not_found" => {
                let Some(()) = register(&mut caller).await else { return };
                continue;
            }
            Reply::Err(_) | Reply::Unknown => Value::Null,
        };
        let tasks = tasks.as_array().map(Vec::as_slice).unwrap_or_default();
        if tasks.is_empty() {
            caller.think(THINK_MS * 4).await;
        }
        for task in tasks {
            let Some(()) = with_keys(&mut caller, task).await else { return };
        }
    }
}

async fn with_keys(caller: &mut Caller, task: &Value) -> Option<()> {
    caller.turn();
    caller.think(THINK_MS).await;
    let beat = report(caller, task);
    caller.call("task.heartbeat", &beat).await?;
    caller.turn();
    let mut report = report(caller, task);
    report["idempotencyKey"] = caller.unique().into();
    let fails = caller.arena.phase() == Phase::Faults && chance(&mut caller.random, 10);
    let op = if fails { "task.fail" } else { "task.complete" };
    if fails {
        report["error"] = "it broke".into();
        report["retryable"] = true.into();
    } else {
        report["result"] = json!({"by": caller.name});
    }
    caller.until_answered(op, &report).await.map(drop)
}
