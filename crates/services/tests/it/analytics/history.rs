//! Histories drawn by chance: what is counted bit by bit is what a whole count finds, and what the log says.

use std::collections::HashMap;

use claudebench_coordination::HubOptions;
use claudebench_core::figures::Latencies;
use claudebench_services::analytics::consumer::{catch_up, count, read};
use claudebench_store::sqlite::SqliteOptions;
use serde_json::{Value, json};

use super::{DAY, claim, count_anew, counted, narrow};
use crate::server::Server;

/// Draws numbers from a seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

/// A history that a seed decides, and what it must come to.
struct History {
    server: Server,
    chance: Chance,
    /// Who holds which task, since when, under which fence.
    held: Vec<(String, String, i64, Value)>,
    /// Tasks that were never claimed, and when they were made.
    made: HashMap<String, i64>,
    ended: Vec<String>,
    waited: Vec<i64>,
    worked: Vec<i64>,
    done: HashMap<&'static str, i64>,
}

impl History {
    async fn of(seed: u64) -> Self {
        let window = if seed.is_multiple_of(2) { HubOptions::default() } else { narrow() };
        let server = Server::with_window(SqliteOptions::new(""), window);
        for worker in ["w-0", "w-1", "w-2"] {
            server.register(worker, &[]).await;
        }
        let (chance, done) = (Chance(seed), HashMap::new());
        let (held, ended, waited, worked) = (vec![], vec![], vec![], vec![]);
        Self { server, chance, held, made: HashMap::new(), ended, waited, worked, done }
    }

    fn did(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }

    fn now(&self) -> i64 {
        self.server.shared.clock.now().0
    }

    /// Something happens.
    async fn step(&mut self) {
        // From milliseconds to some hours.
        let reach = 1 << self.chance.below(24);
        self.server.clock.advance(i64::try_from(self.chance.below(reach)).unwrap());
        match self.chance.below(8) {
            0..=2 => self.make().await,
            3..=4 => self.claim().await,
            5..=6 => self.end().await,
            _ => self.put_back().await,
        }
    }

    async fn make(&mut self) {
        let task = json!({
            "text": "a", "priority": self.chance.below(100), "leaseMs": 86_400_000, "maxAttempts": 50,
            "backoff": {"baseMs": 0},
        });
        let id = self.server.make(task).await;
        self.did("created");
        self.made.insert(id, self.now());
    }

    async fn claim(&mut self) {
        let worker = format!("w-{}", self.chance.below(3));
        let Some((id, fence)) = claim(&self.server, &worker).await else { return };
        self.did("started");
        let now = self.now();
        if let Some(at) = self.made.remove(&id) {
            self.waited.push(now - at);
        }
        self.held.push((id, worker, now, fence));
    }

    async fn end(&mut self) {
        if self.held.is_empty() {
            return;
        }
        let at = self.chance.below(self.held.len() as u64);
        let (id, worker, since, fence) = self.held.swap_remove(usize::try_from(at).unwrap());
        if self.server.status(&id).await != "in_progress" {
            return;
        }
        let worked = self.now() - since;
        let task = json!({"id": id, "taskId": id, "workerId": worker, "fence": fence});
        let with = |more: Value| {
            let mut task = task.clone();
            task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            task
        };
        match self.chance.below(6) {
            0..=2 => {
                self.server.ok("task.complete", task).await;
                self.did("completed");
            }
            3 => {
                let failed = with(json!({"reason": "error", "retryable": false}));
                self.server.ok("task.fail", failed).await;
                self.did("failed");
            }
            4 => {
                self.server.ok("task.release", task).await;
                return self.did("returned");
            }
            _ => {
                self.server.ok("task.cancel", json!({"id": id, "graceMs": 0})).await;
                self.ended.push(id);
                return self.did("cancelled");
            }
        }
        self.worked.push(worked);
        self.ended.push(id);
    }

    async fn put_back(&mut self) {
        if self.chance.below(3) > 0 {
            return;
        }
        let Some(id) = self.ended.pop() else { return };
        self.server.ok("task.retry", json!({"id": id, "force": true})).await;
        self.did("retried");
    }

    /// Some of the log is counted: by one or by two at once, or by one that dies over it.
    async fn count(&mut self) {
        let shared = self.server.shared.clone();
        let mut counted = shared.store.counted().await.unwrap();
        if counted.version == 0 {
            counted = catch_up(&shared).await.unwrap();
        }
        let most = 1 + usize::try_from(self.chance.below(40)).unwrap();
        let Some(part) = read(&shared, &counted, most).await.unwrap() else { return };
        match self.chance.below(3) {
            0 => {}
            1 => drop(count(&shared, part).await.unwrap()),
            _ => {
                // The other has read more.
                let more = read(&shared, &counted, most + 5).await.unwrap().unwrap();
                let one = count(&shared, part);
                let (one, other) = tokio::join!(one, count(&shared, more));
                assert_eq!(one.unwrap(), other.unwrap(), "one of them has counted");
            }
        }
    }
}

/// Everything that is shown.
async fn shown(server: &Server) -> Vec<Value> {
    let mut all = Vec::new();
    let to = json!(server.shared.clock.now().plus(1));
    for (bucket, back) in [("minute", DAY), ("hour", 30 * DAY), ("day", 30 * DAY)] {
        let from = json!(server.shared.clock.now().plus(-back));
        let range = json!({"bucket": bucket, "from": from, "to": to});
        for method in ["analytics.tasks", "analytics.throughput", "analytics.latency"] {
            all.push(server.ok(method, range.clone()).await);
        }
        all.push(server.ok("analytics.workers", json!({"from": from, "to": to})).await);
    }
    all
}

/// The percentiles are near those of the times that the test has seen.
fn check_times(told: &Value, times: &mut [i64]) {
    times.sort_unstable();
    assert_eq!(told["count"], times.len(), "{told}");
    for (name, percent) in [("p50Ms", 50), ("p95Ms", 95), ("p99Ms", 99)] {
        let rank = (times.len() * percent).div_ceil(100).max(1);
        let exact = times[rank - 1] as f64;
        let error = (told[name].as_f64().unwrap() - exact).abs();
        assert!(error <= exact * Latencies::ERROR, "{name}: {told}, exact {exact}");
    }
}

#[tokio::test]
async fn what_is_counted_bit_by_bit_is_what_is_counted_anew() {
    for seed in 0..8 {
        let mut history = History::of(seed).await;
        for _ in 0..250 {
            history.step().await;
            if history.chance.below(4) == 0 {
                history.count().await;
            }
        }
        counted(&history.server).await;
        let bit_by_bit = shown(&history.server).await;
        let flows = &bit_by_bit[9]["totals"];
        for (name, count) in &history.done {
            assert_eq!(flows[name], *count, "{name} of seed {seed}: {flows}");
        }
        let times = &bit_by_bit[10]["totals"];
        check_times(&times["waiting"], &mut history.waited);
        check_times(&times["working"], &mut history.worked);
        assert!(history.worked.len() > 20, "seed {seed} hardly works");
        count_anew(&history.server).await;
        let anew = shown(&history.server).await;
        assert_eq!(anew, bit_by_bit, "seed {seed}");
    }
}
