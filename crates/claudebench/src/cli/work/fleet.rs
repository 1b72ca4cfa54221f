//! The worker itself: it claims as many tasks as it has hands free, and stops in order.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use claudebench_core::TaskId;
use claudebench_core::time::wall_ms;
use serde::Deserialize;
use serde_json::Value;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::attempt::{Attempt, Went};
use super::job::Job;
use super::lease::reached;
use super::link::{Claim, Claimed, Link};
use super::output::{Pieces, Show};
use crate::cli::failure::{Exit, Failure, Outcome};
use crate::client::{Client, ClientError, EventFilter, Signal as Told, Since};

/// How long a claim waits at the server.
const WAIT: Duration = Duration::from_secs(30);
/// How long a claim that is taken back may take.
const TAKE_BACK: Duration = Duration::from_secs(5);
/// How long the last reports may take, once all commands are killed.
const LAST_REPORTS: Duration = Duration::from_secs(10);

/// How far a worker is with its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Phase {
    /// It works.
    Working,
    /// It takes no more tasks.
    Draining,
    /// It kills what runs.
    Killing,
    /// It goes, whatever is left.
    Leaving,
}

/// What all attempts of a worker share.
pub(super) struct Workshop {
    pub(super) link: Link,
    pub(super) job: Job,
    pub(super) show: Show,
    pub(super) pieces: Pieces,
    /// What the environment of each command holds.
    pub(super) environment: Vec<(String, String)>,
    pub(super) time_limit: Option<Duration>,
    /// How long a command has to end when it is asked to.
    pub(super) kill_grace: Duration,
    /// How long a task rests that was given back as it cannot be done now.
    pub(super) release_delay: Duration,
    /// The tasks that are called off.
    pub(super) cancels: broadcast::Sender<TaskId>,
}

/// How much a worker does.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) concurrency: usize,
    pub(super) max_tasks: Option<usize>,
    pub(super) idle_exit: Option<Duration>,
    /// How long tasks may take to end by themselves when the worker stops.
    pub(super) grace: Duration,
}

/// What was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Tally {
    pub(super) completed: usize,
    pub(super) failed: usize,
    pub(super) released: usize,
    pub(super) refused: usize,
    pub(super) untold: usize,
}

/// A claim under way.
struct Pending {
    claim: Claim,
    answer: Pin<Box<dyn Future<Output = Result<Claimed, ClientError>> + Send>>,
}

/// The worker.
pub(super) struct Fleet {
    shop: Arc<Workshop>,
    bounds: Bounds,
    about: Value,
    /// Somebody may have been here under the same name before.
    named: bool,
    phase: watch::Sender<Phase>,
    attempts: JoinSet<Went>,
    pending: Option<Pending>,
    begun: usize,
    claims: u64,
    tally: Tally,
    idle_since: Instant,
    /// When the phase ends by itself.
    phase_ends: Option<Instant>,
    failure: Option<Failure>,
}

impl Fleet {
    pub(super) fn new(shop: Arc<Workshop>, bounds: Bounds, about: Value, named: bool) -> Self {
        Self {
            shop,
            bounds,
            about,
            named,
            phase: watch::Sender::new(Phase::Working),
            attempts: JoinSet::new(),
            pending: None,
            begun: 0,
            claims: 0,
            tally: Tally::default(),
            idle_since: Instant::now(),
            phase_ends: None,
            failure: None,
        }
    }

    /// Works until there is nothing more to do, or it is told to stop.
    pub(super) async fn run(mut self) -> Outcome<Tally> {
        let mut signals = Signals::new()?;
        let enter = enter(self.shop.clone(), self.about.clone(), self.named);
        tokio::select! {
            entered = enter => entered?,
            () = signals.next() => return Ok(self.tally),
        }
        let listen = listen(self.shop.link.client.clone(), self.shop.cancels.clone());
        let listener = tokio::spawn(listen);
        self.idle_since = Instant::now();
        loop {
            self.claim_more();
            if self.is_over() {
                break;
            }
            let idle_ends = self.idle_ends();
            tokio::select! {
                biased;
                () = signals.next() => self.harder("a signal"),
                () = reached(self.phase_ends) => self.harder("the time is over"),
                Some(went) = self.attempts.join_next() => {
                    self.idle_since = Instant::now();
                    self.count(went.unwrap_or(Went::Nothing));
                }
                answer = answered(&mut self.pending) => self.begin(answer),
                () = reached(idle_ends) => self.drain("there is nothing to do"),
            }
        }
        listener.abort();
        self.attempts.shutdown().await;
        self.leave().await;
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok(self.tally),
        }
    }

    fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    fn is_over(&self) -> bool {
        match self.phase() {
            Phase::Working => false,
            Phase::Draining | Phase::Killing => self.attempts.is_empty(),
            Phase::Leaving => true,
        }
    }

    /// Claims as many tasks as there are hands free.
    fn claim_more(&mut self) {
        if self.phase() != Phase::Working || self.pending.is_some() {
            return;
        }
        if self.shop.job.is_spent() {
            return self.drain("the cost limit of this worker is reached");
        }
        let left = self.bounds.max_tasks.map_or(usize::MAX, |most| most - self.begun.min(most));
        if left == 0 {
            return self.drain("as many tasks are done as were asked for");
        }
        let room = self.bounds.concurrency.saturating_sub(self.attempts.len()).min(left).min(100);
        if room == 0 {
            return;
        }
        self.claims += 1;
        let wait = self.bounds.idle_exit.map_or(WAIT, |idle| idle.min(WAIT));
        let key = self.shop.link.key(format_args!("claim-{}", self.claims));
        let claim = Claim { key, most: room, wait };
        let (shop, about, its) = (self.shop.clone(), self.about.clone(), claim.clone());
        let answer = Box::pin(async move { shop.link.claim(&its, &about).await });
        self.pending = Some(Pending { claim, answer });
    }

    fn begin(&mut self, answer: Result<Claimed, ClientError>) {
        self.pending = None;
        let claimed = match answer {
            Ok(claimed) => claimed,
            Err(error) => {
                self.failure = Some(error.into());
                return self.drain("the server takes no claims");
            }
        };
        for task in claimed.tasks {
            let phase = self.phase.subscribe();
            if let Some(attempt) = Attempt::new(self.shop.clone(), task, phase) {
                self.begun += 1;
                let fresh = claimed.fresh;
                self.attempts.spawn(async move { attempt.run(fresh).await });
            }
        }
    }

    fn count(&mut self, went: Went) {
        let tally = &mut self.tally;
        match went {
            Went::Completed => tally.completed += 1,
            Went::Failed => tally.failed += 1,
            Went::Released => tally.released += 1,
            Went::Refused => tally.refused += 1,
            Went::Untold => tally.untold += 1,
            Went::Nothing => {}
            Went::Broken(what) => {
                tally.released += 1;
                if self.failure.is_none() {
                    let next = "mend it, then start the worker again; the task went back";
                    self.failure = Some(Failure::advise(what, next));
                }
                self.drain("it can do no task");
            }
        }
    }

    fn idle_ends(&self) -> Option<Instant> {
        let idle = self.bounds.idle_exit?;
        let is_idle = self.phase() == Phase::Working && self.attempts.is_empty();
        is_idle.then(|| self.idle_since + idle)
    }

    /// Takes no more tasks. Those under way go on for as long as they take.
    fn drain(&mut self, why: &str) {
        if self.phase() != Phase::Working {
            return;
        }
        tracing::info!(why, running = self.attempts.len(), "takes no more tasks");
        self.phase.send_replace(Phase::Draining);
        let Some(Pending { claim, answer }) = self.pending.take() else { return };
        drop(answer);
        // What it may have got just now would be kept by the heartbeats of the others. If there are
        // none, all goes back with the end of the registration.
        if !self.attempts.is_empty() {
            let (shop, phase) = (self.shop.clone(), self.phase.subscribe());
            self.attempts.spawn(take_back(shop, claim, phase));
        }
    }

    /// The next step of a stop: those who were told once mean it.
    fn harder(&mut self, why: &str) {
        let now = Instant::now();
        match self.phase() {
            Phase::Working => {
                self.drain(why);
                self.phase_ends = Some(now + self.bounds.grace);
            }
            // It is about to end by itself: now it has so long.
            Phase::Draining if self.phase_ends.is_none() => {
                self.phase_ends = Some(now + self.bounds.grace);
            }
            Phase::Draining => {
                tracing::info!(why, running = self.attempts.len(), "kills what runs");
                self.phase.send_replace(Phase::Killing);
                self.phase_ends = Some(now + self.shop.kill_grace + LAST_REPORTS);
            }
            Phase::Killing | Phase::Leaving => {
                tracing::warn!(why, running = self.attempts.len(), "goes");
                self.phase.send_replace(Phase::Leaving);
                self.phase_ends = None;
                self.tally.untold += self.attempts.len();
            }
        }
    }

    /// Ends the registration.
    async fn leave(&mut self) {
        let link = &self.shop.link;
        let gone = tokio::time::timeout(TAKE_BACK, link.unregister(wall_ms())).await;
        if let Ok(Err(error)) = gone {
            tracing::warn!(%error, "the server was not told that this worker ends");
        }
        if self.tally.untold > 0 && self.failure.is_none() {
            tracing::error!(tasks = self.tally.untold, "reports were lost; the tasks come back");
            self.failure = Some(Failure::Said(Exit::NoServer));
        }
    }
}

/// Registers the worker. What somebody of the same name has left goes back first: his tasks would live
/// by the heartbeats of this one.
async fn enter(shop: Arc<Workshop>, about: Value, named: bool) -> Outcome {
    if named {
        match shop.link.unregister(wall_ms()).await {
            Err(error) if !super::link::may_pass(&error) => return Err(error.into()),
            _ => {}
        }
    }
    match shop.link.client.get("/healthz").await {
        // Whoever answers is no server of ours: the address is wrong.
        Err(error @ ClientError::Foreign { .. }) => return Err(error.into()),
        _ => shop.link.register(&about).await?,
    }
    tracing::info!(worker = shop.link.worker, server = %shop.link.client.address(), "ready");
    Ok(())
}

/// Waits for the claim under way; for ever without one.
async fn answered(pending: &mut Option<Pending>) -> Result<Claimed, ClientError> {
    match pending {
        Some(pending) => pending.answer.as_mut().await,
        None => std::future::pending().await,
    }
}

/// Asks once more what a claim has got that nobody waits for any more, and gives it back.
async fn take_back(shop: Arc<Workshop>, claim: Claim, phase: watch::Receiver<Phase>) -> Went {
    let claim = Claim { wait: Duration::ZERO, ..claim };
    let asked = shop.link.claim(&claim, &Value::Null);
    let Ok(Ok(claimed)) = tokio::time::timeout(TAKE_BACK, asked).await else {
        return Went::Nothing;
    };
    for task in claimed.tasks {
        if let Some(attempt) = Attempt::new(shop.clone(), task, phase.clone()) {
            attempt.give_back().await;
        }
    }
    Went::Nothing
}

/// Hears of tasks that are called off. Whoever may not hear events learns it by the heartbeats.
async fn listen(client: Arc<Client>, cancels: broadcast::Sender<TaskId>) {
    #[derive(Deserialize)]
    struct Event {
        #[serde(rename = "taskId")]
        task: Option<TaskId>,
    }
    let types = vec!["task.cancel_requested".to_owned()];
    let filter = EventFilter { types, ..EventFilter::default() };
    let mut events = client.events(Since::Now, filter);
    loop {
        match events.next().await {
            Ok(Told::Event { json, .. }) => {
                if let Ok(Event { task: Some(task) }) = serde_json::from_str(&json) {
                    // Nothing may be under way.
                    let _ = cancels.send(task);
                }
            }
            Ok(Told::Lost { .. } | Told::Resumed) => {}
            Err(error) if super::link::may_pass(&error) => super::link::rest(WAIT).await,
            Err(error) => {
                tracing::debug!(%error, "heartbeats alone tell what is called off");
                return;
            }
        }
    }
}

/// What the system says to the worker.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Outcome<Self> {
        let open = |kind| signal(kind).map_err(|e| Failure::local(format!("no signals: {e}")));
        Ok(Self {
            terminate: open(SignalKind::terminate())?,
            interrupt: open(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Where the files of attempts go.
pub(super) fn folder(path: PathBuf) -> Outcome<PathBuf> {
    let cannot = |e| Failure::advise(format!("{}: {e}", path.display()), "give another folder");
    std::fs::create_dir_all(&path).map_err(cannot)?;
    path.canonicalize().map_err(cannot)
}
