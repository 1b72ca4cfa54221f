//! What apalis is asked to do by ../run.py: `apalis-peer COMMAND SETTINGS`, with the database in `DATABASE_URL`.
//! The work goes on until the driver ends the process.
//!
//! apalis at its best: jobs are put in by `queries::push_tasks` on a connection of its own (`push` wraps the
//! same statement in `BEGIN` and `COMMIT`, two round trips more); workers have `lock_tasks(false)`, which spares a
//! second update when a job starts, as its own example of a worker has it. `persist_results` stays on: without
//! it no job is ever marked as done.

use std::convert::Infallible;
use std::error::Error;
use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use apalis::prelude::*;
use apalis_postgres::{Config, PgTask, PostgresStorage, queries};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

const QUEUE: &str = "work";

const WORDS: [&str; 16] = [
    "review", "parser", "release", "notes", "flaky", "test", "index", "schema", "retry", "upload",
    "docs", "cache", "login", "export", "worker", "budget",
];

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The payload of a job: as long as the task that `claudebench bench` sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Payload {
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent: Option<i64>,
}

impl Payload {
    fn new(sent: Option<i64>) -> Self {
        static MADE: AtomicU64 = AtomicU64::new(1);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        // Any spread over the words will do.
        let drawn = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let words = (0..5).map(|place| WORDS[((drawn >> (40 + 4 * place)) & 15) as usize]);
        let text = words.fold(format!("{number:08} "), |text, word| text + word + " ");
        Self { text, sent }
    }

    fn task(&self) -> Result<PgTask> {
        Ok(TaskBuilder::new(serde_json::to_vec(self)?).build())
    }
}

/// How the work is to be done. What a command does not need is left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Settings {
    callers: usize,
    workers: usize,
    batch: usize,
    jobs: i64,
    /// Whether a worker is woken by notifications, rather than by its own acknowledgements alone.
    listen: bool,
}

/// Microseconds of the clock that all processes of the machine share.
fn now() -> i64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
}

async fn pool(connections: usize) -> Result<PgPool> {
    let url = std::env::var("DATABASE_URL")?;
    let options = PgPoolOptions::new().max_connections(u32::try_from(connections)?);
    // The pool would ask each connection whether it is well before it lends it: a round trip more.
    Ok(options.test_before_acquire(false).connect(&url).await?)
}

/// Lets so many callers put in so many jobs at once, again and again, as long as there are any left.
async fn callers(count: usize, batch: usize, jobs: i64) -> Result<Infallible> {
    let pool = pool(count).await?;
    let left = Arc::new(AtomicI64::new(jobs));
    let callers: Vec<_> = (0..count)
        .map(|_| {
            let (pool, left) = (pool.clone(), left.clone());
            tokio::spawn(async move {
                let mut connection = pool.acquire().await?;
                while left.fetch_sub(batch as i64, Ordering::Relaxed) > 0 {
                    let tasks = (0..batch).map(|_| Payload::new(None).task());
                    let tasks = tasks.collect::<Result<_>>()?;
                    queries::push_tasks(&mut *connection, QUEUE, tasks).await?;
                }
                Result::Ok(())
            })
        })
        .collect();
    for caller in callers {
        caller.await??;
    }
    std::process::exit(0)
}

/// Runs workers that do nothing with their jobs but tell of those that say when they were sent.
async fn work(settings: Settings) -> Result<Infallible> {
    async fn told(payload: Payload) -> std::result::Result<(), BoxDynError> {
        if let Some(sent) = payload.sent {
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}", now() - sent)?;
            out.flush()?;
        }
        Ok(())
    }
    let pool = pool(2 * settings.workers).await?;
    let config = Config::default().queue(QUEUE).batch_size(settings.batch).lock_tasks(false);
    let mut running = tokio::task::JoinSet::new();
    for number in 0..settings.workers {
        let storage = PostgresStorage::<Payload>::new(&pool).with_config(config.clone());
        let name = format!("worker-{}-{number}", std::process::id());
        let builder = WorkerBuilder::new(name);
        if settings.listen {
            let worker = builder.backend(storage.with_pubsub()).build(told);
            running.spawn(async move { worker.run().await });
        } else {
            let worker = builder.backend(storage).build(told);
            running.spawn(async move { worker.run().await });
        }
    }
    println!("ready");
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Err("all workers have ended".into())
}

async fn send() -> Result<Infallible> {
    let pool = pool(1).await?;
    let mut connection = pool.acquire().await?;
    println!("ready");
    // A job for each line of the input.
    for line in std::io::stdin().lock().lines() {
        line?;
        let task = Payload::new(Some(now())).task()?;
        queries::push_tasks(&mut *connection, QUEUE, vec![task]).await?;
    }
    std::process::exit(0)
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let command = args.next().ok_or("a command")?;
    let settings: Settings = serde_json::from_str(&args.next().ok_or("settings")?)?;
    match command.as_str() {
        "setup" => return Ok(PostgresStorage::setup(&pool(1).await?).await?),
        "fill" => callers(settings.callers, settings.batch, settings.jobs).await?,
        "enqueue" => callers(settings.callers, 1, i64::MAX).await?,
        "bulk" => callers(settings.callers, settings.batch, i64::MAX).await?,
        "drain" | "wait" => work(settings).await?,
        "send" => send().await?,
        other => return Err(format!("unknown command {other}").into()),
    };
    Ok(())
}
