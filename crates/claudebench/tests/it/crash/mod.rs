//! The server is killed again and again while workers of all kinds use it; then the checker proves
//! from what they saw that nothing was lost, done twice or left.

mod arena;
mod caller;
mod create;
mod disturb;
mod finish;
mod sleeper;
mod stream;
mod watch;
mod work;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use claudebench::bench::peer::{Server, free_port};
use claudebench::bench::workload::{Recipe, Workload};
use claudebench::verify::{Args, check};
use tokio::task::JoinSet;

use arena::{Arena, Phase, below, chance, pass};
use caller::Caller;
use sleeper::Sleeper;

/// How much is done to the server.
struct Schedule {
    seed: u64,
    kills: u64,
    /// The longest that it may live, in milliseconds.
    life_ms: u64,
}

#[tokio::test]
async fn crash_short() {
    run(Schedule { seed: 1, kills: 10, life_ms: 1_500 }).await;
}

/// Run by `make crash`.
#[tokio::test]
#[ignore = "takes minutes"]
async fn crash_long() {
    run(Schedule { seed: 2, kills: 220, life_ms: 2_500 }).await;
}

/// What the schedule of faults did.
#[derive(Default)]
struct Faults {
    kills: u64,
    /// Before the server had become ready.
    at_start: u64,
    /// The server was stopped in order instead.
    stopped: u64,
    ready: Vec<Duration>,
}

#[allow(clippy::print_stdout, reason = "the figures are for whoever runs it")]
async fn run(schedule: Schedule) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_owned();
    let began = Instant::now();
    let told = tokio::spawn(crash(schedule, path.clone())).await;
    let Ok(told) = told else {
        panic!("what was recorded is kept in {}", dir.keep().display());
    };
    println!("{told}, in {:.0} s", began.elapsed().as_secs_f64());
}

async fn crash(schedule: Schedule, dir: PathBuf) -> String {
    let data = dir.join("data");
    let port = free_port(u64::from(std::process::id())).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_claudebench"));
    let server = Server::start(program, &data, port).await.unwrap();
    let history = dir.join("calls.jsonl");
    let arena = Arc::new(Arena::new(server.target(), schedule.seed, &history));
    let mut makers_and_workers = people(&arena);
    let stream = tokio::spawn(watch::by_stream(arena.clone(), "stream".into()));
    let socket = tokio::spawn(watch::by_socket(arena.clone(), "socket".into()));
    let sleepers: Vec<Sleeper> =
        (0..2).map(|n| Sleeper::start(&dir, &arena.target, schedule.seed, n)).collect();
    let disturbed =
        async { tokio::join!(sleepers[0].disturb(&arena, 900), sleepers[1].disturb(&arena, 901)) };
    let killed = async {
        let killed = faults(&schedule, program, &data, port, server).await;
        arena.enter(Phase::Drain);
        killed
    };
    let ((server, faults), stops) = tokio::join!(killed, disturbed);
    let mut histories = vec![history];
    let mut last_words = Caller::new(&arena, "last", 999);
    finish::drain(&mut last_words).await;
    for sleeper in sleepers {
        histories.push(sleeper.finish().await);
    }
    finish::drain(&mut last_words).await;
    // Once more: what is there now must be there after it, too.
    let server = restart(server, program, &data, port).await;
    let state = dir.join("state.jsonl");
    let (end, counts) = finish::dump(&mut last_words, &state).await;
    pass(500).await;
    arena.enter(Phase::Over);
    while let Some(ended) = makers_and_workers.join_next().await {
        ended.unwrap();
    }
    let seen = (stream.await.unwrap(), socket.await.unwrap());
    arena.flush();
    drop(server);
    let said = std::fs::read_to_string(data.with_extension("log")).unwrap();
    assert!(!said.contains("panicked"), "{said}");
    let args = Args { histories, events: vec![state], drained: true };
    let verdict = check(&args).unwrap();
    let mut text = Vec::new();
    verdict.print(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(verdict.violations.is_empty(), "{text}");
    assert!(seen.0 >= end && seen.1 >= end, "the log ends at {end}, and {seen:?} was seen");
    assert!(verdict.counted.unknown > faults.kills, "too few calls were cut off: {text}");
    let stops = stops.0 + stops.1;
    assert!(stops > 0 && faults.kills == schedule.kills);
    let counts: Vec<String> = counts.iter().map(|(status, n)| format!("{n} {status}")).collect();
    format!(
        "{} kills ({} while starting), {} stops in order, ready again after {} ms at most, {stops} workers put to \
         sleep past their lease; {}; tasks: {}",
        faults.kills,
        faults.at_start,
        faults.stopped,
        faults.ready.iter().max().unwrap().as_millis(),
        text.trim_end(),
        counts.join(", ")
    )
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

/// Kills the server again and again, and starts it again.
async fn faults(
    schedule: &Schedule,
    program: &Path,
    data: &Path,
    port: u16,
    mut server: Server,
) -> (Server, Faults) {
    let mut random = Workload::new(Recipe { seed: schedule.seed, mixed: true }, 998);
    let mut faults = Faults::default();
    while faults.kills < schedule.kills {
        pass(below(&mut random, schedule.life_ms)).await;
        if chance(&mut random, 10) {
            faults.stopped += 1;
            assert!(server.stop().await.unwrap().success(), "it did not stop in order");
        } else {
            faults.kills += 1;
            server.kill().unwrap();
        }
        // Some die again before they are ready.
        while faults.kills < schedule.kills && chance(&mut random, 15) {
            let life = Duration::from_millis(below(&mut random, 25));
            let start = Server::start(program, data, port);
            // Giving up on the start kills it.
            match tokio::time::timeout(life, start).await {
                Ok(ready) => drop(ready.unwrap()),
                Err(_) => faults.at_start += 1,
            }
            faults.kills += 1;
        }
        server = Server::start(program, data, port).await.unwrap();
        faults.ready.push(server.ready_after());
    }
    (server, faults)
}

async fn restart(mut server: Server, program: &Path, data: &Path, port: u16) -> Server {
    server.kill().unwrap();
    Server::start(program, data, port).await.unwrap()
}
