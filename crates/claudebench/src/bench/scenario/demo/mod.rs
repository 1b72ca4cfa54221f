//! A fleet to look at: nothing is measured. Twenty workers do the work of three projects on a server
//! that runs already, at a pace that people can follow, as agents would: with progress, failures,
//! attachments, sessions and hooks.

mod agent;
mod chance;
mod fleet;
mod foreman;
mod made;
mod projects;
mod stage;
mod tidy;
mod work;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::bench::bed::{BenchError, During};
use crate::client::Client;
use stage::Stage;

/// How often it says what it has done.
const TELLS: Duration = Duration::from_secs(10);

/// How the demonstration goes.
#[derive(Clone, Copy, Debug)]
pub struct Demo {
    /// For so long; until it is told to stop if absent.
    pub seconds: Option<f64>,
    /// So many times faster than people work.
    pub speed: f64,
    /// The same seed makes the same work.
    pub seed: u64,
}

/// Shows a fleet at work until the time is over, or an interrupt or SIGTERM comes; leaves nothing
/// behind but what was done. Exits with 2 if the server cannot be worked with.
pub async fn run(
    demo: Demo,
    client: Client,
    json: bool,
    out: &mut (dyn Write + Send),
    err: &mut (dyn Write + Send),
) -> ExitCode {
    match shown(demo, client, err).await {
        Ok(stage) => {
            let sums = stage.counts.sums();
            let text = if json { json!(sums).to_string() } else { sums.to_string() };
            // Nobody is left to tell when this fails.
            let _ = writeln!(out, "{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(err, "{error}");
            ExitCode::from(2)
        }
    }
}

async fn shown(
    demo: Demo,
    client: Client,
    err: &mut (dyn Write + Send),
) -> Result<Arc<Stage>, BenchError> {
    // Before there is anything that would be left behind.
    let handler = |kind| signal(kind).during("signals cannot be waited for");
    let (mut interrupt, mut terminate) =
        (handler(SignalKind::interrupt())?, handler(SignalKind::terminate())?);
    let (tell, mut told) = mpsc::channel(1_000);
    let (stage, stop) = Stage::new(demo, client, tell);
    let mut say = |line: &str| drop(writeln!(err, "{line}"));
    say(&format!("a fleet of {} works at {}", fleet::WORKERS.len(), stage.address()));
    let mut at_work = JoinSet::new();
    fleet::begin(&stage, &mut at_work).await?;
    at_work.spawn(foreman::direct(stage.clone()));
    let end = demo.seconds.map(|seconds| Instant::now() + Duration::from_secs_f64(seconds));
    let mut next = Instant::now() + TELLS;
    let mut broken = None;
    while broken.is_none() {
        let over = async {
            match end {
                Some(end) => tokio::time::sleep_until(end).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = over => break,
            _ = interrupt.recv() => break,
            _ = terminate.recv() => break,
            Some(line) = told.recv() => say(&line),
            () = tokio::time::sleep_until(next) => {
                say(&stage.counts.sums().to_string());
                next += TELLS;
            }
            Some(ended) = at_work.join_next() => {
                let broke = |error: JoinError| Err(BenchError::Asked(error.to_string()));
                broken = ended.unwrap_or_else(broke).err();
            }
        }
    }
    stop.send_replace(true);
    say("stopping: what is open is called off, and the fleet goes");
    while at_work.join_next().await.is_some() {}
    let tidied = tidy::up(&stage).await;
    match broken {
        Some(error) => Err(error),
        None => tidied.map(|()| stage),
    }
}
