//! Figures, counted along the event log.

use std::collections::HashMap;

use claudebench_coordination::HubOptions;
use claudebench_core::figures::Latencies;
use claudebench_core::{Code, Principal, Scope};
use claudebench_services::analytics::consumer::{self, catch_up, count, read};
use claudebench_store::Counted;
use claudebench_store::Sweep;
use claudebench_store::sqlite::SqliteOptions;
use serde_json::{Value, json};

use crate::server::{PATIENCE, Server, somebody, text_of, until};

const DAY: i64 = 24 * 3_600_000;

async fn counted(server: &Server) -> Counted {
    catch_up(&server.shared).await.unwrap()
}

/// Begins from the oldest event again, and counts everything.
async fn count_anew(server: &Server) -> Counted {
    let generation = counted(server).await.generation + 1;
    let begun = consumer::rebuild(&server.shared, generation).await.unwrap();
    assert!(begun.rebuilding(), "{begun:?}");
    counted(server).await
}

/// Claims, and answers the task's id and fence.
async fn claim(server: &Server, worker: &str) -> Option<(String, Value)> {
    let claimed = server.ok("task.claim", json!({"workerId": worker})).await;
    let id = claimed["taskId"].as_str()?.to_owned();
    Some((id, claimed["task"]["lease"]["fence"].clone()))
}

/// Two tasks are made: one is completed; one is given back, fails, is put back and called off.
async fn eventful() -> Server {
    let server = Server::new();
    for worker in ["w-1", "w-2"] {
        server.register(worker, &[]).await;
    }
    for priority in [90, 60] {
        server.make(json!({"text": "a", "priority": priority, "leaseMs": 86_400_000})).await;
    }
    server.clock.advance(3_000);
    let (id, fence) = claim(&server, "w-1").await.unwrap();
    server.clock.advance(20_000);
    server.ok("task.complete", json!({"id": id, "fence": fence})).await;
    let (id, fence) = claim(&server, "w-2").await.unwrap();
    server.ok("task.release", json!({"taskId": id, "fence": fence})).await;
    let (id, fence) = claim(&server, "w-1").await.unwrap();
    server.clock.advance(3_600_000);
    let failed = json!({"taskId": id, "fence": fence, "reason": "error", "retryable": false});
    server.ok("task.fail", failed).await;
    server.ok("task.retry", json!({"id": id})).await;
    server.ok("task.cancel", json!({"id": id})).await;
    server
}

#[tokio::test]
async fn figures_tell_what_happened() {
    let server = eventful().await;
    let back = "2025-11-23T17:00:23.000Z";
    let before = server.ok("analytics.tasks", json!({})).await;
    assert_eq!((&before["buckets"], before.get("countedUpTo")), (&json!([]), None), "{before}");
    counted(&server).await;

    let tasks = server.ok("analytics.tasks", json!({"bucket": "day"})).await;
    assert_eq!(tasks["from"], "2025-11-22T00:00:00.000Z");
    assert_eq!(tasks["to"], "2025-11-24T00:00:00.000Z");
    assert_eq!(tasks["countedUpTo"], "2025-11-23T17:00:23.000Z");
    let first = json!({
        "at": "2025-11-23T00:00:00.000Z", "status": "pending", "count": 3, "averagePriority": 70,
        "firstAt": "2025-11-23T16:00:00.000Z", "lastAt": back,
    });
    assert_eq!(tasks["buckets"][0], first);
    let counts: Vec<_> = tasks["totals"].as_array().unwrap().iter().map(|t| &t["count"]).collect();
    assert_eq!(json!(counts), json!([3, 3, 1, 1, 1]));

    let went = server.ok("analytics.throughput", json!({"bucket": "hour"})).await;
    let hour = |at: &str, flows: [i64; 7]| {
        let [created, started, completed, failed, cancelled, retried, returned] = flows;
        json!({
            "at": at, "created": created, "started": started, "completed": completed,
            "failed": failed, "cancelled": cancelled, "retried": retried, "returned": returned,
        })
    };
    let expected = json!([
        hour("2025-11-23T16:00:00.000Z", [2, 3, 1, 0, 0, 0, 1]),
        hour("2025-11-23T17:00:00.000Z", [0, 0, 0, 1, 1, 1, 0]),
    ]);
    assert_eq!(went["buckets"], expected);
    let methods = went["methods"].as_array().unwrap().iter();
    let methods: Vec<_> = methods.map(|m| (text_of(&m["method"]), m["count"].clone())).collect();
    let done = [("cancel", 1), ("claim", 3), ("complete", 1), ("create", 2), ("fail", 1)];
    let done = done.into_iter().chain([("release", 1), ("retry", 1)]);
    let done: Vec<_> = done.map(|(name, n)| (format!("task.{name}"), json!(n))).collect();
    assert_eq!(methods, done);
}

#[tokio::test]
async fn figures_tell_how_long_it_took_and_who_did_it() {
    let server = eventful().await;
    counted(&server).await;
    let took = server.ok("analytics.latency", json!({})).await;
    let (waiting, working) = (&took["totals"]["waiting"], &took["totals"]["working"]);
    assert_eq!((&waiting["count"], &waiting["averageMs"]), (&json!(2), &json!(13_000)));
    assert_eq!((&working["count"], &working["averageMs"]), (&json!(2), &json!(1_810_000)));
    let near = |told: &Value, exact: f64| {
        assert!((told.as_f64().unwrap() - exact).abs() <= exact * Latencies::ERROR, "{told}");
    };
    near(&waiting["p50Ms"], 3_000.0);
    near(&waiting["p99Ms"], 23_000.0);
    near(&working["p50Ms"], 20_000.0);
    near(&took["buckets"][1]["working"]["p95Ms"], 3_600_000.0);

    let workers = server.ok("analytics.workers", json!({})).await;
    let first = json!({
        "workerId": "w-1", "started": 2, "completed": 1, "failed": 1, "returned": 0, "lost": 0,
        "averageMs": 1_810_000, "firstAt": "2025-11-23T16:00:03.000Z",
        "lastAt": "2025-11-23T17:00:23.000Z",
    });
    assert_eq!(workers["workers"][0], first);
    assert_eq!(workers["workers"][1]["returned"], 1);
    assert_eq!((&workers["total"], &workers["totals"]["started"]), (&json!(2), &json!(3)));
    let one = server.ok("analytics.workers", json!({"limit": 1})).await;
    assert_eq!((one["workers"].as_array().unwrap().len(), &one["total"]), (1, &json!(2)));
}

#[tokio::test]
async fn ranges_are_bounded_and_nobody_sees_the_figures_of_others() {
    let server = Server::new();
    server.task("mine").await;
    counted(&server).await;
    for method in ["tasks", "throughput", "latency", "workers"] {
        let method = format!("analytics.{method}");
        let other = somebody(2, &[Scope::TasksRead]);
        let seen = server.call_as(other, &method, json!({})).await.unwrap();
        let shown = seen["buckets"].as_array().or(seen["workers"].as_array()).unwrap();
        assert!(shown.is_empty(), "{seen}");
        let bad = json!({"from": "2025-11-23T16:00:00Z", "to": "2025-11-23T16:00:00Z"});
        server.refuses(Code::InvalidParams, &method, bad).await;
        let old = json!({"from": "1990-01-01T00:00:00Z"});
        server.refuses(Code::InvalidParams, &method, old).await;
    }
    let long = json!({"from": "2020-01-01T00:00:00Z"});
    server.refuses(Code::InvalidParams, "analytics.workers", long).await;
}

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

#[tokio::test]
async fn it_counts_by_itself_and_stops_with_the_server() {
    let server = Server::new();
    server.task("before").await;
    let running = tokio::spawn(consumer::run(server.shared.clone()));
    let created = async || {
        let seen = server.ok("analytics.throughput", json!({})).await;
        seen["totals"]["created"].clone()
    };
    until(|| async { created().await == 1 }).await;
    server.task("after").await;
    until(|| async { created().await == 2 }).await;
    server.stop.send_replace(true);
    tokio::time::timeout(PATIENCE, running).await.unwrap().unwrap();
}

/// What the window has moved past is in the store alone.
fn narrow() -> HubOptions {
    HubOptions { events: 4, ..HubOptions::default() }
}

/// A server that keeps few events.
fn forgetful() -> Server {
    let options = SqliteOptions { events_max: 10, ..SqliteOptions::new("") };
    Server::with_window(options, narrow())
}

/// Makes so many tasks; what is past its retention is dropped.
async fn make(server: &Server, count: usize) {
    for n in 0..count {
        server.task(&format!("{n}")).await;
    }
    server.clock.advance(60_000);
    server.shared.commit_as_server(Sweep).await.unwrap();
}

#[tokio::test]
async fn what_was_dropped_before_it_was_counted_is_lost_and_said_to_be() {
    let server = forgetful();
    make(&server, 3).await;
    let whole = counted(&server).await;
    assert_eq!(whole.gaps, []);
    server.clock.advance(3_600_000);
    make(&server, 30).await;
    let lost = counted(&server).await;
    let gap = json!([{"from": "2025-11-23T16:00:00.000Z", "to": "2025-11-23T17:01:00.000Z"}]);
    assert_eq!((lost.gaps.len(), lost.at.to_string()), (1, text_of(&gap[0]["to"])));
    let told = server.ok("analytics.throughput", json!({})).await;
    assert_eq!((&told["lost"], &told["totals"]["created"]), (&gap, &json!(3 + 10)));
    server.clock.advance(3_600_000);
    make(&server, 1).await;
    counted(&server).await;
    let later = json!({"from": "2025-11-23T18:00:00Z", "to": "2025-11-23T19:00:00Z"});
    let later = server.ok("analytics.throughput", later).await;
    assert_eq!((&later["lost"], &later["totals"]["created"]), (&json!([]), &json!(1)));
}

#[tokio::test]
async fn a_log_whose_beginning_is_gone_is_counted_from_where_it_begins() {
    let server = forgetful();
    make(&server, 30).await;
    let first = counted(&server).await;
    assert_eq!((first.gaps.len(), first.gaps[0].from.0, first.rebuilding()), (1, 0, false));
    let told = server.ok("analytics.throughput", json!({})).await;
    assert_eq!(
        (&told["lost"][0]["from"], &told["totals"]["created"]),
        (&json!("1970-01-01T00:00:00.000Z"), &json!(10))
    );
}

#[tokio::test]
async fn what_the_log_has_forgotten_keeps_its_figures_when_it_is_counted_anew() {
    let server = forgetful();
    make(&server, 8).await;
    counted(&server).await;
    server.clock.advance(DAY);
    make(&server, 8).await;
    counted(&server).await;
    server.clock.advance(DAY);
    make(&server, 6).await;
    counted(&server).await;
    let days = json!({"from": "2025-11-23T00:00:00Z", "bucket": "day"});
    let before = server.ok("analytics.throughput", days.clone()).await;
    let created = before["buckets"].as_array().unwrap().iter().map(|day| &day["created"]);
    assert_eq!(json!(created.collect::<Vec<_>>()), json!([8, 8, 6]));
    // Of the second day four events are left.
    let anew = count_anew(&server).await;
    assert_eq!((anew.gaps.len(), anew.rebuilding()), (0, false));
    assert_eq!(server.ok("analytics.throughput", days).await, before);
}

#[tokio::test]
async fn tenants_count_for_themselves() {
    let server = Server::new();
    let make = |tenant, count: usize| {
        let server = &server;
        async move {
            for _ in 0..count {
                let who: Principal = somebody(tenant, &[Scope::TasksWrite, Scope::TasksRead]);
                server.call_as(who, "task.create", json!({"text": "a"})).await.unwrap();
            }
        }
    };
    make(2, 2).await;
    make(3, 5).await;
    counted(&server).await;
    for (tenant, count) in [(1, 0), (2, 2), (3, 5)] {
        let who = somebody(tenant, &[Scope::TasksRead]);
        let seen = server.call_as(who, "analytics.tasks", json!({})).await.unwrap();
        assert_eq!(seen["totals"][0]["count"], count, "{seen}");
    }
}
