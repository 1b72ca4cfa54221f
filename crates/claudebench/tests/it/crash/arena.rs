//! What all parts of a crash test share: where the server is, what is recorded, how far it is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use claudebench::bench::load::http::Target;
use claudebench::bench::workload::Workload;
use claudebench::verify::Call;
use tokio::sync::watch;

/// How many task ids are remembered for others to act on.
const REMEMBERED: usize = 2_000;

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Phase {
    /// The server is killed again and again.
    Faults,
    /// Faults are over: nothing new is made, workers take what is left.
    Drain,
    /// Everybody stops.
    Over,
}

/// One clock for all processes of a test.
#[derive(Clone, Copy, Debug)]
pub(super) struct SharedClock {
    wall_us: u64,
    began: Instant,
}

impl SharedClock {
    pub(super) fn start() -> Self {
        #[allow(clippy::disallowed_methods, reason = "processes share no other clock")]
        let wall = std::time::SystemTime::now();
        let began = Instant::now();
        let wall = wall.duration_since(std::time::UNIX_EPOCH).unwrap();
        Self { wall_us: u64::try_from(wall.as_micros()).unwrap(), began }
    }

    /// Microseconds.
    pub(super) fn now(&self) -> u64 {
        self.wall_us + u64::try_from(self.began.elapsed().as_micros()).unwrap()
    }
}

/// What all parts share.
pub(super) struct Arena {
    /// The servers.
    targets: Vec<Target>,
    pub(super) clock: SharedClock,
    pub(super) seed: u64,
    phase: watch::Sender<Phase>,
    history: Mutex<BufWriter<File>>,
    /// Tasks that were acknowledged: the newest.
    known: Mutex<Vec<String>>,
    /// How far in the log each of those who watch has come.
    seen: Mutex<BTreeMap<String, i64>>,
}

impl Arena {
    pub(super) fn new(targets: Vec<Target>, seed: u64, history: &Path) -> Self {
        Self {
            targets,
            clock: SharedClock::start(),
            seed,
            phase: watch::Sender::new(Phase::Faults),
            history: Mutex::new(BufWriter::new(File::create(history).unwrap())),
            known: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// One of the servers: the next is another one, where there are several.
    pub(super) fn target(&self, number: usize) -> &Target {
        &self.targets[number % self.targets.len()]
    }

    /// Where all of them are.
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        self.targets.iter().map(|target| target.address).collect()
    }

    pub(super) fn record(&self, call: &Call) {
        call.write(&mut *self.history.lock().unwrap()).unwrap();
    }

    pub(super) fn flush(&self) {
        self.history.lock().unwrap().flush().unwrap();
    }

    pub(super) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.phase.send_replace(phase);
    }

    /// Until this phase, or a later one, has come.
    pub(super) async fn reached(&self, phase: Phase) {
        let mut seen = self.phase.subscribe();
        seen.wait_for(|now| *now >= phase).await.unwrap();
    }

    /// One of those who watch has come so far.
    pub(super) fn saw(&self, name: &str, cursor: i64) {
        self.seen.lock().unwrap().insert(name.to_owned(), cursor);
    }

    /// Whether all who watch have come so far.
    pub(super) fn all_have_seen(&self, cursor: i64) -> bool {
        self.seen.lock().unwrap().values().all(|seen| *seen >= cursor)
    }

    pub(super) fn know(&self, task: &str, random: &mut Workload) {
        let mut known = self.known.lock().unwrap();
        if known.len() == REMEMBERED {
            let place = usize::try_from(below(random, REMEMBERED as u64)).unwrap();
            known.swap_remove(place);
        }
        known.push(task.to_owned());
    }

    /// One of those that were acknowledged last: it may not have been worked on.
    pub(super) fn newly_known(&self, random: &mut Workload) -> Option<String> {
        let known = self.known.lock().unwrap();
        let back = usize::try_from(below(random, 5)).unwrap();
        known.len().checked_sub(1 + back).and_then(|place| known.get(place).cloned())
    }

    /// One of the tasks that were acknowledged.
    pub(super) fn any_known(&self, random: &mut Workload) -> Option<String> {
        let known = self.known.lock().unwrap();
        let place = below(random, known.len().max(1) as u64);
        known.get(usize::try_from(place).unwrap()).cloned()
    }
}

/// Drawn evenly from 0 to `bound`, which is left out.
pub(super) fn below(random: &mut Workload, bound: u64) -> u64 {
    random.draw() % bound
}

/// With this probability, in percent.
pub(super) fn chance(random: &mut Workload, percent: u64) -> bool {
    below(random, 100) < percent
}

/// Time passes: a worker thinks, or the schedule of faults waits. Nothing is awaited by this.
#[allow(clippy::disallowed_methods, reason = "thinking time is part of the load")]
pub(super) async fn pass(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}
