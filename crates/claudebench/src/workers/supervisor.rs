//! Who starts the workers, hears whether they live, and replaces them one by one.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::WorkersError;
use super::channel::{self, Order, Parcel, Word};
use super::sockets::Sockets;
use crate::config::Config;

/// The pause before a worker that ended soon is started again, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));
/// One that served for so long and ends is no sign that the next one will.
const STEADY: Duration = Duration::from_secs(10);
/// How much longer than its grace a worker may take to go.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a worker said.
pub(super) type Words = mpsc::UnboundedReceiver<(u64, Word)>;

struct Worker {
    id: u64,
    place: usize,
    child: Child,
    orders: OwnedWriteHalf,
    ready_at: Option<Instant>,
    heard_at: Instant,
    /// After so many requests it is replaced.
    most: Option<u64>,
    leaving: bool,
    /// When it is killed, as it should have gone.
    until: Option<Instant>,
}

impl Worker {
    fn serves(&self) -> bool {
        self.ready_at.is_some() && !self.leaving
    }

    fn tell(&mut self, order: Order, patience: Duration) {
        self.leaving = true;
        self.until = Some(Instant::now() + patience);
        // One that cannot be told is killed when its time is over.
        let _ = self.orders.try_write(order.line().as_bytes());
    }
}

/// How often the workers of a place ended soon, and when the next one may come.
#[derive(Clone, Copy, Default)]
struct Luck {
    failures: u32,
    next: Option<Instant>,
}

impl Luck {
    fn fails(&mut self) {
        self.failures = self.failures.saturating_add(1);
        let (first, longest) = PAUSES;
        let doubled = 2_u32.saturating_pow(self.failures.min(16) - 1);
        let pause = first.saturating_mul(doubled).min(longest);
        // Half of it to all of it: those that ended together do not come together.
        self.next = Some(Instant::now() + pause / 2 + pause.mul_f64(share() / 2.0));
    }

    fn may_start(&self, now: Instant) -> bool {
        self.next.is_none_or(|next| next <= now)
    }
}

/// A number from 0 to 1. Without random numbers, always the same.
fn share() -> f64 {
    f64::from(getrandom::u32().unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

pub(super) struct Supervisor {
    program: PathBuf,
    args: Vec<OsString>,
    sockets: Sockets,
    grace: Duration,
    silence: Duration,
    max_requests: u64,
    workers: Vec<Worker>,
    luck: Vec<Luck>,
    /// Places whose workers are to be replaced, and the one whose worker is.
    queue: VecDeque<usize>,
    replacing: Option<usize>,
    /// One of them has been ready.
    served: bool,
    stopping: bool,
    last_end: Option<ExitStatus>,
    started: u64,
    looked_at: Instant,
    words: mpsc::UnboundedSender<(u64, Word)>,
}

impl Supervisor {
    /// Starts a worker in each place.
    pub(super) fn start(config: &Config, sockets: Sockets) -> Result<(Self, Words), WorkersError> {
        let (words, heard) = mpsc::unbounded_channel();
        let program = std::env::current_exe().map_err(WorkersError::Start)?;
        let places = sockets.places.len();
        let mut supervisor = Self {
            program,
            args: std::env::args_os().skip(1).collect(),
            sockets,
            grace: Duration::from_millis(config.stop.grace_ms),
            silence: Duration::from_millis(config.workers.silence_ms),
            max_requests: config.workers.max_requests,
            workers: Vec::new(),
            luck: vec![Luck::default(); places],
            queue: VecDeque::new(),
            replacing: None,
            served: false,
            stopping: false,
            last_end: None,
            started: 0,
            looked_at: Instant::now(),
            words,
        };
        for place in 0..places {
            supervisor.begin(place).map_err(WorkersError::Start)?;
        }
        Ok((supervisor, heard))
    }

    /// Starts a worker; it has what waits in the sockets of its place.
    fn begin(&mut self, place: usize) -> io::Result<()> {
        let Some(own) = self.sockets.places.get(place) else { return Ok(()) };
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        let told_after = match self.workers.iter().any(|worker| worker.place == place) {
            // The one that is replaced answers until the new one can do better.
            true => None,
            // Who connects need not hear of a start that takes a moment.
            false => Some(usize::from(self.served)),
        };
        let addresses = own.addresses.clone();
        let parcel = Parcel { worker: place + 1, addresses, told_after };
        channel::send(&ours, &parcel, &own.sockets)?;
        let child = Command::new(&self.program)
            .args(&self.args)
            .arg("--as-worker")
            .stdin(OwnedFd::from(theirs))
            // What is typed at a terminal is for the supervisor alone.
            .process_group(0)
            .spawn()?;
        ours.set_nonblocking(true)?;
        let (from, orders) = UnixStream::from_std(ours)?.into_split();
        self.started += 1;
        let id = self.started;
        tokio::spawn(listen(from, id, self.words.clone()));
        let now = Instant::now();
        // Up to a quarter more, so that not all are replaced at the same time.
        let more = getrandom::u64().unwrap_or(0) % (self.max_requests / 4 + 1);
        let most = (self.max_requests > 0).then(|| self.max_requests.saturating_add(more));
        tracing::debug!(worker = place + 1, pid = child.id(), "a worker starts");
        self.workers.push(Worker {
            id,
            place,
            child,
            orders,
            ready_at: None,
            heard_at: now,
            most,
            leaving: false,
            until: None,
        });
        Ok(())
    }

    /// A worker said something.
    pub(super) fn hear(&mut self, id: u64, word: Word) {
        let now = Instant::now();
        let Some(worker) = self.workers.iter_mut().find(|worker| worker.id == id) else { return };
        worker.heard_at = now;
        let place = worker.place;
        let wanted = match word {
            Word::Ready => {
                worker.ready_at = Some(now);
                self.served = true;
                self.replaced(place, id);
                false
            }
            Word::Alive(requests) => {
                let full = worker.most.is_some_and(|most| requests >= most);
                // One that could not be replaced goes on for a while.
                full && self.luck.get(place).is_some_and(|luck| luck.may_start(now))
            }
            Word::Replace => true,
        };
        if wanted && self.replacing != Some(place) && !self.queue.contains(&place) {
            self.queue.push_back(place);
        }
    }

    /// A worker is ready: who was in its place before goes.
    fn replaced(&mut self, place: usize, by: u64) {
        let patience = self.grace + PATIENCE;
        if self.stopping {
            return;
        }
        let before = |worker: &&mut Worker| worker.place == place && worker.id != by;
        for old in self.workers.iter_mut().filter(before).filter(|worker| !worker.leaving) {
            old.tell(Order::Leave, patience);
        }
    }

    /// Replaces all of them, one by one.
    pub(super) fn reload(&mut self) {
        tracing::info!("the workers are replaced one by one");
        self.queue = (0..self.sockets.places.len()).collect();
    }

    /// Stops all of them; asked twice, at once: what was acknowledged is safe.
    pub(super) fn stop(&mut self) {
        let (again, patience) = (self.stopping, self.grace + PATIENCE);
        self.stopping = true;
        for worker in &mut self.workers {
            if again {
                let _ = worker.child.kill();
            } else {
                worker.tell(Order::Stop, patience);
            }
        }
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping
    }

    /// Whether each place is served.
    pub(super) fn all_ready(&self) -> bool {
        let served = |place| self.workers.iter().any(|one| one.place == place && one.serves());
        (0..self.sockets.places.len()).all(served)
    }

    /// Does what is due; true when all is over.
    pub(super) fn look(&mut self) -> Result<bool, WorkersError> {
        let now = Instant::now();
        // Who was held up itself has heard nobody meanwhile.
        if now - self.looked_at > self.silence / 4 {
            self.workers.iter_mut().for_each(|worker| worker.heard_at = now);
        }
        self.looked_at = now;
        self.bury(now);
        if self.stopping {
            self.kill_late(now);
            return Ok(self.workers.is_empty());
        }
        if self.workers.is_empty() && !self.served {
            let count = self.sockets.places.len();
            let last = self.last_end.map_or_else(String::new, |status| status.to_string());
            return Err(WorkersError::AllEnded { count, last });
        }
        self.kill_late(now);
        self.fill(now);
        self.go_on_replacing();
        Ok(false)
    }

    /// Takes note of those that have ended.
    fn bury(&mut self, now: Instant) {
        let mut at = 0;
        while let Some(worker) = self.workers.get_mut(at) {
            match worker.child.try_wait() {
                Ok(None) | Err(_) => at += 1,
                Ok(Some(status)) => {
                    let worker = self.workers.swap_remove(at);
                    self.last_end = Some(status);
                    self.ended(&worker, status, now);
                }
            }
        }
    }

    fn ended(&mut self, worker: &Worker, status: ExitStatus, now: Instant) {
        let (number, pid) = (worker.place + 1, worker.child.id());
        if worker.leaving {
            return tracing::info!(worker = number, pid, %status, "a worker has gone");
        }
        let steady = worker.ready_at.is_some_and(|ready| now - ready >= STEADY);
        tracing::warn!(worker = number, pid, %status, "a worker ended");
        let serves = self.workers.iter().any(|one| one.place == worker.place && one.serves());
        if let Some(luck) = self.luck.get_mut(worker.place) {
            if steady {
                *luck = Luck::default();
            } else if worker.ready_at.is_some() && luck.failures == 0 {
                // Once may be chance.
                luck.failures = 1;
            } else {
                luck.fails();
            }
        }
        if serves && worker.ready_at.is_none() {
            tracing::error!("a new worker did not get ready; the old ones go on");
            self.queue.clear();
            self.replacing = None;
        }
    }

    /// Kills those that say nothing any more, or should have gone.
    fn kill_late(&mut self, now: Instant) {
        for worker in &mut self.workers {
            let silent = now - worker.heard_at > self.silence;
            let late = worker.until.is_some_and(|until| until < now);
            if silent || late {
                let (number, pid) = (worker.place + 1, worker.child.id());
                tracing::warn!(worker = number, pid, silent, "a worker hangs; it is killed");
                // Its end is heard of by itself.
                let _ = worker.child.kill();
                worker.heard_at = now;
            }
        }
    }

    /// Starts workers where there are none. Before one was ready it is not tried again: what stands
    /// in the way does not pass by itself.
    fn fill(&mut self, now: Instant) {
        for place in 0..self.sockets.places.len() {
            let taken = self.workers.iter().any(|one| one.place == place && !one.leaving);
            let lucky = self.luck.get(place).is_some_and(|luck| luck.may_start(now));
            if taken || !lucky || !self.served {
                continue;
            }
            if let Err(error) = self.begin(place) {
                tracing::error!(%error, "a worker cannot be started; tried again");
                self.luck.iter_mut().skip(place).take(1).for_each(Luck::fails);
            }
        }
    }

    /// The next one is replaced when the one before has gone, so that there is one more at most.
    fn go_on_replacing(&mut self) {
        if let Some(place) = self.replacing {
            let mut there = self.workers.iter().filter(|worker| worker.place == place);
            let alone = (there.next(), there.next());
            if !matches!(alone, (Some(worker), None) if worker.serves()) {
                return;
            }
            self.replacing = None;
        }
        // Where nobody serves, somebody new comes anyway.
        while let Some(place) = self.queue.pop_front() {
            if self.workers.iter().any(|worker| worker.place == place && worker.serves()) {
                match self.begin(place) {
                    Ok(()) => self.replacing = Some(place),
                    Err(error) => tracing::error!(%error, "a worker cannot be replaced"),
                }
                return;
            }
        }
    }
}

/// Passes on what a worker says.
async fn listen(from: OwnedReadHalf, id: u64, words: mpsc::UnboundedSender<(u64, Word)>) {
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(word) = Word::read(&line)
            && words.send((id, word)).is_err()
        {
            return;
        }
    }
}
