//! A clock that jumps, forwards and back, while the server runs and between two runs.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use claudebench::bench::load::http::Target;
use claudebench::config::Config;
use claudebench::start::{Running, start_with};
use claudebench_core::time::Monotone;
use claudebench_core::{Clock, Millis};
use serde_json::{Value, json};

use super::ask;

const HOUR: i64 = 3_600_000;
const NOON: i64 = 1_763_985_600_000;

/// A wall clock that is set by hand, under the rule of the real one.
#[derive(Debug)]
struct SetByHand {
    wall: AtomicI64,
    passed: AtomicI64,
    state: Mutex<Monotone>,
}

impl SetByHand {
    fn at(wall: i64) -> Arc<Self> {
        let (wall_ms, passed) = (AtomicI64::new(wall), AtomicI64::new(0));
        Arc::new(Self { wall: wall_ms, passed, state: Mutex::new(Monotone::new(wall)) })
    }

    /// Somebody sets the clock.
    fn jump(&self, ms: i64) {
        self.wall.fetch_add(ms, Ordering::SeqCst);
    }

    /// Time truly passes.
    fn pass(&self, ms: i64) {
        self.wall.fetch_add(ms, Ordering::SeqCst);
        self.passed.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for SetByHand {
    fn now(&self) -> Millis {
        let mut state = self.state.lock().unwrap();
        let passed = self.passed.swap(0, Ordering::SeqCst);
        Millis(state.step(self.wall.load(Ordering::SeqCst), passed * 1_000))
    }

    fn not_before(&self, time: Millis) {
        self.state.lock().unwrap().raise(time.0);
    }
}

async fn serve(data: &Path, clock: &Arc<SetByHand>) -> (Running, Target) {
    let mut config = Config::from_layers(None, Vec::new(), Default::default()).unwrap().config;
    config.listen = vec!["127.0.0.1:0".parse().unwrap()];
    config.data = data.to_owned();
    let running = start_with(config, clock.clone()).await.unwrap();
    let target = Target::local(running.addresses[0]);
    (running, target)
}

/// A task under a lease of a minute: its id and its fence.
async fn claimed(target: &Target) -> (Value, Value) {
    ask(target, "task.create", json!({"text": "x", "leaseMs": 60_000})).await.unwrap();
    let claim = claim(target).await;
    let task = &claim["tasks"][0];
    (task["id"].clone(), task["lease"]["fence"].clone())
}

async fn claim(target: &Target) -> Value {
    ask(target, "system.register", json!({"id": "w", "roles": []})).await.unwrap();
    ask(target, "task.claim", json!({"workerId": "w"})).await.unwrap()
}

async fn beat(target: &Target, (id, fence): &(Value, Value)) -> Result<Value, Value> {
    ask(target, "task.heartbeat", json!({"id": id, "fence": fence})).await
}

/// Until the task can be claimed again, a few seconds of its clock later at most.
async fn comes_back(
    target: &Target,
    clock: &SetByHand,
    (id, fence): &(Value, Value),
) -> (Value, Value) {
    let end = Instant::now() + Duration::from_secs(10);
    let slack = clock.now().plus(5_000);
    loop {
        // The wait after a lost worker is up to a second.
        if clock.now() < slack {
            clock.pass(50);
        }
        let claim = claim(target).await;
        let task = &claim["tasks"][0];
        if task["id"] == *id {
            let next = task["lease"]["fence"].clone();
            assert!(next.as_i64() > fence.as_i64());
            return (id.clone(), next);
        }
        assert!(Instant::now() < end, "it does not come back");
    }
}

/// No event stands before the one that came before it.
async fn assert_events_in_order(target: &Target) {
    let page = ask(target, "event.list", json!({"limit": 1_000})).await.unwrap();
    let events = page["events"].as_array().unwrap();
    let times: Vec<i64> = events.iter().map(|e| e["timestamp"].as_i64().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[tokio::test]
async fn a_jump_back_neither_prolongs_nor_breaks_leases() {
    let dir = tempfile::tempdir().unwrap();
    let clock = SetByHand::at(NOON);
    let (running, target) = serve(&dir.path().join("data"), &clock).await;
    let held = claimed(&target).await;
    clock.jump(-HOUR);
    clock.pass(1_000);
    beat(&target, &held).await.unwrap();
    assert_eq!(claim(&target).await["claimed"], false);
    // Until the wall clock has caught up, time goes at half its speed; it does not stand still.
    for _ in 0..130 {
        clock.pass(1_000);
        clock.now();
    }
    let (id, fence) = comes_back(&target, &clock, &held).await;
    assert_eq!(beat(&target, &held).await.unwrap_err()["code"], "stale_fence");
    let done = ask(&target, "task.complete", json!({"id": id, "fence": fence})).await.unwrap();
    assert_eq!(done["status"], "completed");
    assert_events_in_order(&target).await;
    running.stop().await;
}

#[tokio::test]
async fn a_jump_forward_ends_leases_at_once_and_loses_no_task() {
    let dir = tempfile::tempdir().unwrap();
    let clock = SetByHand::at(NOON);
    let (running, target) = serve(&dir.path().join("data"), &clock).await;
    let held = claimed(&target).await;
    clock.jump(24 * HOUR);
    let again = comes_back(&target, &clock, &held).await;
    assert_eq!(beat(&target, &held).await.unwrap_err()["code"], "stale_fence");
    // And back: the new lease is not touched by it.
    clock.jump(-24 * HOUR);
    clock.pass(1_000);
    beat(&target, &again).await.unwrap();
    assert_events_in_order(&target).await;
    running.stop().await;
}

#[tokio::test]
async fn a_clock_that_was_set_back_between_two_runs_keeps_no_task_for_long() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let clock = SetByHand::at(NOON);
    let (running, target) = serve(&data, &clock).await;
    let held = claimed(&target).await;
    running.stop().await;
    let clock = SetByHand::at(NOON - 24 * HOUR);
    let (running, target) = serve(&data, &clock).await;
    // Ids still grow, and the lease still holds.
    let later = ask(&target, "task.create", json!({"text": "later"})).await.unwrap();
    let number = |id: &Value| id.as_str().unwrap()[2..].parse::<i64>().unwrap();
    assert!(number(&later["id"]) > number(&held.0));
    beat(&target, &held).await.unwrap();
    // Time goes on from where the first run left it, at half speed: the lease ends a minute after
    // its last sign of life, which takes two, and not a day later.
    assert!(clock.now() >= Millis(NOON));
    clock.pass(124_000);
    comes_back(&target, &clock, &held).await;
    running.stop().await;
}
