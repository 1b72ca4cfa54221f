//! Servers are killed again and again while workers of all kinds use them, and so are their database and
//! their Redis; then the checker proves from what they saw that nothing was lost, done twice or left.

mod alone;
mod arena;
mod caller;
mod chaos;
mod cluster;
mod create;
mod disturb;
mod finish;
mod sleeper;
mod stream;
mod watch;
mod work;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use claudebench::bench::load::http::Target;
use claudebench::verify::{Args, Call, Verdict, check};
use tempfile::TempDir;
use tokio::task::JoinSet;

use alone::Alone;
use arena::{Arena, Phase, pass};
use caller::Caller;
use cluster::Cluster;
use sleeper::Sleeper;

/// How long those who watch may take to see what there is at the end.
const CATCH_UP: Duration = Duration::from_secs(30);

/// How much is done to the servers.
struct Schedule {
    seed: u64,
    kills: u64,
    /// The longest that nothing happens, in milliseconds.
    life_ms: u64,
}

/// Servers, and what can be done to them.
trait House: Send {
    fn targets(&self) -> Vec<Target>;
    /// Everything that goes wrong; then all is well.
    fn faults(&mut self, schedule: &Schedule) -> impl Future<Output = ()> + Send;
    /// All servers, once more.
    fn restart(&mut self) -> impl Future<Output = ()> + Send;
    fn logs(&self) -> Vec<PathBuf>;
    fn kills(&self) -> u64;
    /// So many calls at the least had no answer.
    fn cut_off(&self) -> u64;
    fn told(&self) -> String;
    /// Who else uses them, until everybody stops.
    fn guests(&self, _arena: &Arc<Arena>) -> JoinSet<()> {
        JoinSet::new()
    }
    /// What is wrong by what was recorded in this process, and by the places of all events, besides what the
    /// checker finds.
    fn judge(&mut self, _calls: &[Call], _log: &[i64]) -> Vec<String> {
        Vec::new()
    }
}

#[tokio::test]
async fn crash_short() {
    let dir = tempfile::tempdir().unwrap();
    let house = Alone::new(dir.path()).await;
    run(dir, house, Schedule { seed: 1, kills: 10, life_ms: 1_500 }).await;
}

/// Run by `make crash`.
#[tokio::test]
#[ignore = "takes minutes"]
async fn crash_long() {
    let dir = tempfile::tempdir().unwrap();
    let house = Alone::new(dir.path()).await;
    run(dir, house, Schedule { seed: 2, kills: 220, life_ms: 2_500 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_short_postgres() {
    let dir = tempfile::tempdir().unwrap();
    let house = Cluster::new(dir.path(), Vec::new()).await;
    run(dir, house, Schedule { seed: 3, kills: 10, life_ms: 1_500 }).await;
}

/// Run by `make crash`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn crash_long_postgres() {
    let dir = tempfile::tempdir().unwrap();
    let house = Cluster::new(dir.path(), Vec::new()).await;
    run(dir, house, Schedule { seed: 4, kills: 120, life_ms: 2_500 }).await;
}

#[allow(clippy::print_stdout, reason = "the figures are for whoever runs it")]
async fn run(dir: TempDir, house: impl House + 'static, schedule: Schedule) {
    let path = dir.path().to_owned();
    let began = Instant::now();
    let told = tokio::spawn(crash(schedule, house, path)).await;
    let Ok(told) = told else {
        panic!("what was recorded is kept in {}", dir.keep().display());
    };
    println!("{told}, in {:.0} s", began.elapsed().as_secs_f64());
}

async fn crash(schedule: Schedule, mut house: impl House, dir: PathBuf) -> String {
    let history = dir.join("calls.jsonl");
    let arena = Arc::new(Arena::new(house.targets(), schedule.seed, &history));
    let (mut makers_and_workers, mut guests) = (people(&arena), house.guests(&arena));
    let stream = tokio::spawn(watch::by_stream(arena.clone(), "stream".into()));
    let socket = tokio::spawn(watch::by_socket(arena.clone(), "socket".into()));
    let sleepers: Vec<Sleeper> = (0..2).map(|n| Sleeper::start(&dir, &arena, n)).collect();
    let disturbed =
        async { tokio::join!(sleepers[0].disturb(&arena, 900), sleepers[1].disturb(&arena, 901)) };
    let killed = async {
        house.faults(&schedule).await;
        arena.enter(Phase::Drain);
    };
    let ((), stops) = tokio::join!(killed, disturbed);
    let mut histories = vec![history.clone()];
    let mut last_words = Caller::new(&arena, "last", 999);
    finish::drain(&mut last_words).await;
    for sleeper in sleepers {
        histories.push(sleeper.finish().await);
    }
    finish::drain(&mut last_words).await;
    // Once more: what is there now must be there after it, too.
    house.restart().await;
    let state = dir.join("state.jsonl");
    let (end, counts) = finish::dump(&mut last_words, &state).await;
    let until = Instant::now() + CATCH_UP;
    while !arena.all_have_seen(end) && Instant::now() < until {
        pass(10).await;
    }
    arena.enter(Phase::Over);
    for everybody in [&mut makers_and_workers, &mut guests] {
        while let Some(ended) = everybody.join_next().await {
            ended.unwrap();
        }
    }
    let seen = (stream.await.unwrap(), socket.await.unwrap());
    arena.flush();
    let wrong = house.judge(&finish::calls(&history), &finish::places(&state));
    let (logs, kills, told) = (house.logs(), house.kills(), house.told());
    let cut_off = house.cut_off();
    drop(house);
    for log in logs {
        let said = std::fs::read_to_string(log).unwrap();
        assert!(!said.contains("panicked"), "{said}");
    }
    let args = Args { histories, events: vec![state], drained: true };
    let verdict = check(&args).unwrap();
    let text = text_of(&verdict);
    assert!(wrong.is_empty(), "{}\n{text}", wrong.join("\n"));
    assert!(verdict.violations.is_empty(), "{text}");
    assert!(seen.0 >= end && seen.1 >= end, "the log ends at {end}, and {seen:?} was seen");
    assert!(verdict.counted.unknown > cut_off, "too few calls were cut off: {text}");
    let stops = stops.0 + stops.1;
    assert!(stops > 0 && kills >= schedule.kills);
    let counts: Vec<String> = counts.iter().map(|(status, n)| format!("{n} {status}")).collect();
    format!(
        "{told}, {stops} workers put to sleep past their lease; {}; tasks: {}",
        text.trim_end(),
        counts.join(", ")
    )
}

fn text_of(verdict: &Verdict) -> String {
    let mut text = Vec::new();
    verdict.print(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// Those who use the server from this process.
fn people(arena: &Arc<Arena>) -> JoinSet<()> {
    let mut people = JoinSet::new();
    let mut stream = 0;
    let mut add = |name: &str, count: usize, part: fn(Caller) -> Part| {
        for number in 0..count {
            stream += 1;
            people.spawn(part(Caller::new(arena, format!("{name}-{number}"), stream)));
        }
    };
    add("plain", 3, |c| Box::pin(create::plain(c)));
    add("keyed", 3, |c| Box::pin(create::keyed(c)));
    add("batch", 1, |c| Box::pin(create::batches(c)));
    add("dependent", 2, |c| Box::pin(create::dependents(c)));
    add("fenced", 6, |c| Box::pin(work::fenced(c)));
    add("fenceless", 3, |c| Box::pin(work::fenceless(c)));
    add("bulk", 1, |c| Box::pin(work::in_bulk(c)));
    add("slow", 14, |c| Box::pin(work::slow(c)));
    add("forgetful", 2, |c| Box::pin(work::forgetful(c)));
    add("cancel", 1, |c| Box::pin(disturb::cancels(c)));
    add("retry", 1, |c| Box::pin(disturb::retries(c)));
    people
}

type Part = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;
