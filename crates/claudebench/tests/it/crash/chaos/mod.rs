//! Three servers over one database that share a Redis, or a cluster of six. Redis is killed, paused, emptied, cut
//! off and made slow; servers and, in the long runs, the database are killed beside that. Nothing but speed may be
//! lost.

mod beside;
mod guests;
mod rules;
mod tests;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use claudebench::bench::load::http::{Connection, Target};
use claudebench::bench::workload::{Recipe, Workload};
use claudebench::verify::Call;
use claudebench_testkit::until;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::arena::{Arena, SharedClock, below, pass};
use super::caller::Caller;
use super::cluster::{Cluster, SERVERS};
use super::{House, Schedule, run, watch, work};
use beside::{BLOWS, Beside, Blow};
use guests::Standing;
use rules::{Limit, Trouble};

/// How long a call may take at a server, besides the time it was asked to wait.
const REQUEST_MS: u64 = 8_000;
/// A machine that has much else to do hands an answer over so much later.
const SLACK_MS: u64 = 4_000;
/// How long servers may disagree about who is there once all is well.
const AGREED: Duration = Duration::from_secs(30);
/// What callers with the key may do: little at once, so that a bucket that is lost now and then allows little.
const LIMIT: Limit = Limit { per_minute: 900, burst: 3 };
/// Of three servers two are without Redis, while the third has it.
const BESIDE: f64 = 2.0 / 3.0;
/// A server that has started counts for itself until it has reached Redis and heard of the others.
const STARTED_US: u64 = 3_000_000;
/// A long run with this variable set to a number does the same as the one before that has told it.
const SEED: &str = "CRASH_SEED";

/// What may happen next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Next {
    Redis(Blow),
    /// A server is killed, and started again.
    Server,
    /// One of the database's processes ends, or all of them do.
    Backend,
    Backends,
    /// The standby takes the place of the primary.
    Promotion,
    /// The way to the database goes wrong.
    Network,
}

/// The servers, and all that is beneath them.
struct Chaos {
    servers: Cluster,
    beside: Beside,
    /// What happens: all of it, in another order each time.
    all: Vec<Next>,
    clock: SharedClock,
    troubles: Vec<Trouble>,
    done: BTreeMap<Next, u64>,
    standing: Arc<Standing>,
    key: String,
    /// How long it took until servers agreed about who is there.
    agreed: Duration,
    /// Reads that were answered from what is kept, since the servers started last.
    kept: u64,
    /// What was seen besides.
    figures: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_short_redis() {
    let dir = tempfile::tempdir().unwrap();
    let beside = Beside::one().await;
    let servers = Cluster::calm(dir.path(), settings(&beside)).await;
    let house = Chaos::new(servers, beside, &[Next::Server]).await;
    run(dir, house, Schedule { seed: 5, kills: 7, life_ms: 1_300 }).await;
}

const DATABASE: [Next; 6] =
    [Next::Server, Next::Server, Next::Backend, Next::Backends, Next::Promotion, Next::Network];

/// Run by `make crash`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn crash_long_redis() {
    let dir = tempfile::tempdir().unwrap();
    let beside = Beside::one().await;
    let servers = Cluster::new(dir.path(), settings(&beside)).await;
    let house = Chaos::new(servers, beside, &DATABASE).await;
    run(dir, house, Schedule { seed: seed(), kills: 60, life_ms: 2_000 }).await;
}

/// Run by `make crash`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn crash_long_redis_cluster() {
    let dir = tempfile::tempdir().unwrap();
    let beside = Beside::cluster().await;
    let servers = Cluster::new(dir.path(), settings(&beside)).await;
    let house = Chaos::new(servers, beside, &DATABASE).await;
    run(dir, house, Schedule { seed: seed(), kills: 60, life_ms: 2_500 }).await;
}

/// The seed that was given, or another one each time.
#[allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "whoever runs it may want the same again"
)]
fn seed() -> u64 {
    let given = std::env::var(SEED).ok().map(|text| text.parse().expect("a number"));
    let seed = given.unwrap_or_else(|| SharedClock::start().now() % 1_000_000);
    println!("the same again: {SEED}={seed}");
    seed
}

fn settings(beside: &Beside) -> Vec<super::cluster::Settings> {
    let mut all = beside.settings();
    for settings in &mut all {
        settings.extend([
            ("CLAUDEBENCH_LIMITS_REQUEST_MS", REQUEST_MS.to_string()),
            ("CLAUDEBENCH_RATES_PRINCIPAL", LIMIT.per_minute.to_string()),
            ("CLAUDEBENCH_RATES_BURST", LIMIT.burst.to_string()),
            ("CLAUDEBENCH_RATES_GLOBAL", "0".to_owned()),
        ]);
    }
    all
}

/// A call that must go well, on a connection of its own.
async fn ask(target: &Target, op: &str, args: Value) -> Option<Value> {
    let mut connection = Connection::open(target).await.ok()?;
    let answer: Value =
        serde_json::from_slice(connection.rpc(op, &args.to_string()).await.ok()?).ok()?;
    answer.get("result").cloned()
}

/// A figure of a server; nothing where it does not answer.
async fn metric(target: &Target, name: &str) -> Option<u64> {
    let mut connection = Connection::open(target).await.ok()?;
    let (_, text) = connection.get("/metrics").await.ok()?;
    let name = format!("claudebench_{name} ");
    String::from_utf8_lossy(text).lines().find_map(|line| line.strip_prefix(&name)?.parse().ok())
}

impl Chaos {
    async fn new(servers: Cluster, beside: Beside, others: &[Next]) -> Self {
        let target = &servers.targets()[0];
        let made = json!({"name": "often", "scopes": ["admin"]});
        let made = ask(target, "key.create", made).await.expect("a key");
        for target in servers.targets() {
            until("a server counts the others", async || {
                metric(&target, "rate_limits{figure=\"servers\"}").await == Some(SERVERS as u64)
            })
            .await;
        }
        let redis = BLOWS.into_iter().map(Next::Redis);
        Self {
            servers,
            beside,
            all: redis.chain(others.iter().copied()).collect(),
            clock: SharedClock::start(),
            troubles: Vec::new(),
            done: BTreeMap::new(),
            standing: Arc::new(Standing::new()),
            key: made["key"].as_str().expect("a key").to_owned(),
            agreed: Duration::ZERO,
            kept: 0,
            figures: String::new(),
        }
    }

    async fn happen(&mut self, next: Next, longest_ms: u64, random: &mut Workload) {
        let from = self.clock.now();
        let draw = u32::try_from(below(random, 1 << 30)).unwrap();
        match next {
            Next::Redis(blow) => self.beside.strike(blow, longest_ms, random).await,
            Next::Server => self.servers.kill_server(random).await,
            Next::Backend => self.servers.end_backend(draw).await,
            Next::Backends => self.servers.kill_backend(draw).await,
            Next::Promotion => self.servers.promote(random).await,
            Next::Network => self.servers.network(random).await,
        }
        *self.done.entry(next).or_default() += 1;
        match next {
            Next::Redis(_) => self.trouble(from, self.beside.after_us(), BESIDE),
            Next::Server => self.trouble(from, STARTED_US, 2.0),
            _ => {}
        }
    }

    fn trouble(&mut self, from: u64, after: u64, beside: f64) {
        self.troubles.push(Trouble { from, to: self.clock.now() + after, beside });
    }

    /// Who is there, as each server says.
    async fn said(&self) -> Option<Vec<BTreeSet<String>>> {
        let mut answers = Vec::new();
        for target in self.servers.targets() {
            let state = ask(&target, "system.get_state", json!({})).await?;
            let instances = state["instances"].as_array().into_iter().flatten();
            let there = instances.filter(|one| one["status"] == "ACTIVE");
            let ids = there.filter_map(|one| one["id"].as_str().map(str::to_owned));
            let mut said: BTreeSet<String> = ids.collect();
            let methods = ask(&target, "system.discover", json!({})).await?;
            let methods = methods["methods"].as_array().into_iter().flatten();
            said.extend(methods.filter_map(|one| one["name"].as_str().map(str::to_owned)));
            answers.push(said);
        }
        Some(answers)
    }

    /// All is well from here on: servers agree about who is there soon.
    async fn agree(&mut self) {
        let began = Instant::now();
        self.standing.settle();
        loop {
            let wrong = match self.said().await {
                Some(answers) => {
                    let (there, gone) = self.standing.names();
                    rules::disagree(&answers, (&there, &gone))
                }
                None => Some("a server says nothing".to_owned()),
            };
            let Some(wrong) = wrong else { break };
            assert!(began.elapsed() < AGREED, "after {AGREED:?}: {wrong}");
            pass(50).await;
        }
        self.agreed = began.elapsed();
        for target in self.servers.targets() {
            for layer in ["memory", "redis"] {
                let name = format!("cache{{figure=\"{layer}\"}}");
                self.kept += metric(&target, &name).await.expect("a server that answers");
            }
        }
    }
}

impl House for Chaos {
    fn targets(&self) -> Vec<Target> {
        self.servers.targets()
    }

    async fn faults(&mut self, schedule: &Schedule) {
        let mut random = Workload::new(Recipe { seed: schedule.seed, mixed: true }, 998);
        let mut deck = Vec::new();
        for _ in 0..schedule.kills {
            if deck.is_empty() {
                deck.clone_from(&self.all);
            }
            let nth = usize::try_from(below(&mut random, deck.len() as u64)).unwrap();
            let next = deck.swap_remove(nth);
            pass(below(&mut random, schedule.life_ms)).await;
            self.happen(next, schedule.life_ms, &mut random).await;
        }
        self.servers.is_whole().await;
        self.beside.is_well().await;
        self.agree().await;
    }

    async fn restart(&mut self) {
        let from = self.clock.now();
        self.servers.restart().await;
        self.trouble(from, STARTED_US, 2.0);
    }

    fn logs(&self) -> Vec<PathBuf> {
        self.servers.logs()
    }

    fn kills(&self) -> u64 {
        self.done.values().sum()
    }

    fn cut_off(&self) -> u64 {
        self.servers.cut_off()
    }

    fn told(&self) -> String {
        let mut told = String::new();
        for (what, count) in &self.done {
            let _ = write!(told, "{count} {what:?}, ");
        }
        let ms = self.agreed.as_millis();
        told + &format!("servers agreed about who is there after {ms} ms; {}", self.figures)
    }

    fn guests(&self, arena: &Arc<Arena>) -> JoinSet<()> {
        let mut guests = JoinSet::new();
        let caller = |name: String, stream: usize| Caller::new(arena, name, stream);
        for nth in 0..SERVERS {
            let name = follower(nth);
            let following = watch::at_one(arena.clone(), name, nth);
            guests.spawn(async move {
                following.await;
            });
            guests.spawn(guests::calls_too_often(
                arena.clone(),
                format!("often-{nth}"),
                nth,
                self.key.clone(),
            ));
            guests.spawn(guests::reads_own_writes(caller(format!("reader-{nth}"), 400 + nth)));
            guests.spawn(work::keyed(caller(format!("worker-{nth}"), 420 + nth)));
            let standing = self.standing.clone();
            guests
                .spawn(guests::comes_and_goes(caller(format!("guest-{nth}"), 440 + nth), standing));
        }
        guests
    }

    fn judge(&mut self, calls: &[Call], log: &[i64]) -> Vec<String> {
        let names: Vec<_> = (0..SERVERS).map(follower).collect();
        let mut wrong = rules::late(calls, REQUEST_MS + SLACK_MS);
        wrong.extend(rules::followed(calls, log, &names));
        wrong.extend(rules::reads(calls));
        wrong.extend(rules::exceeded(LIMIT, calls, &self.troubles));
        if self.kept == 0 {
            wrong.push("no read was answered from what is kept".to_owned());
        }
        self.figures = format!("{}, {} from what is kept", rules::figures(calls), self.kept);
        if let Some(fullest) = rules::fullest(LIMIT, calls, &self.troubles) {
            self.figures += &format!(", at the most {fullest}");
        }
        wrong
    }
}

/// Those who follow, one at each server.
fn follower(nth: usize) -> String {
    format!("follower-{nth}")
}
