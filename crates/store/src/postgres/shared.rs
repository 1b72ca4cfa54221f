//! What the writers and the readers of a server share.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use claudebench_core::{Clock, Millis};
use tokio::sync::watch;
use tokio::time::Instant;

use super::foresee::Demand;
use super::log::Log;
use super::options::{PostgresOptions, Target};
use super::picture::{NextDue, Picture};
use crate::batch::Outcomes;
use crate::position::Position;
use crate::store::StoreError;

/// Who has heard nothing of other servers for so long does not know what they commit.
const FOLLOWED: Duration = Duration::from_secs(3);

/// What the writers and the readers of a server share.
pub(super) struct Shared {
    pub(super) options: PostgresOptions,
    pub(super) config: Target,
    /// The way past any pooler.
    pub(super) direct: Option<Target>,
    pub(super) clock: Arc<dyn Clock>,
    /// By what others know this server.
    pub(super) server: i64,
    pub(super) due: Arc<NextDue>,
    pub(super) log: Log,
    pub(super) closed: watch::Sender<bool>,
    /// How many ready tasks the claims under way want.
    in_hand: AtomicUsize,
    /// How many commits have been begun.
    batches: AtomicI64,
    /// Where the newest event stands that was acknowledged here.
    placed: AtomicI64,
    /// How much of what was acknowledged promotions have lost, in milliseconds.
    lost_ms: AtomicI64,
    /// Where the months end that are known to be there.
    months: AtomicI64,
    /// When the first pause ends by itself.
    pause_ends: AtomicI64,
    /// Where the database stood when this server last wrote.
    position: Mutex<Option<Position>>,
    /// When it was last known what other servers had committed, and in which history.
    followed: Mutex<Option<(Instant, u64)>>,
    problem: Mutex<Option<String>>,
    has_problem: AtomicBool,
}

/// Ready tasks that claims want.
pub(super) struct Wanting<'a> {
    in_hand: &'a AtomicUsize,
    tasks: usize,
}

impl Drop for Wanting<'_> {
    fn drop(&mut self) {
        self.in_hand.fetch_sub(self.tasks, Ordering::Relaxed);
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared(server {})", self.server)
    }
}

impl Shared {
    pub(super) fn new(
        options: PostgresOptions,
        (config, direct): (Target, Option<Target>),
        clock: Arc<dyn Clock>,
        months: Millis,
        server: i64,
    ) -> Self {
        Self {
            options,
            config,
            direct,
            clock,
            server,
            due: Arc::new(NextDue::new(i64::MAX)),
            log: Log::default(),
            closed: watch::Sender::new(false),
            in_hand: AtomicUsize::new(0),
            batches: AtomicI64::new(0),
            placed: AtomicI64::new(0),
            lost_ms: AtomicI64::new(0),
            months: AtomicI64::new(months.0),
            pause_ends: AtomicI64::new(i64::MAX),
            position: Mutex::new(None),
            followed: Mutex::new(None),
            problem: Mutex::new(None),
            has_problem: AtomicBool::new(false),
        }
    }

    /// Claims want these, until what this answers is dropped. They learn how many the other writers
    /// may have in hand.
    pub(super) fn wants(&self, mut demands: Vec<Demand>) -> (Vec<Demand>, Wanting<'_>) {
        let tasks = demands.iter().map(|demand| demand.tasks).sum();
        let others = self.in_hand.fetch_add(tasks, Ordering::Relaxed);
        demands.iter_mut().for_each(|demand| demand.others = others);
        (demands, Wanting { in_hand: &self.in_hand, tasks })
    }

    /// A number by which a commit of this server is known again.
    pub(super) fn next_batch(&self) -> i64 {
        self.batches.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn months_end(&self) -> Millis {
        Millis(self.months.load(Ordering::Acquire))
    }

    pub(super) fn months_reach(&self, end: Millis) {
        self.months.fetch_max(end.0, Ordering::AcqRel);
    }

    /// Another server of the database may lack some.
    pub(super) fn months_forget(&self) {
        self.months.store(i64::MIN, Ordering::Release);
    }

    /// Shows what a writer knows.
    pub(super) fn show(&self, picture: &Picture) {
        let end = picture.pauses.next_end().map_or(i64::MAX, |end| end.0);
        self.pause_ends.store(end, Ordering::Release);
    }

    /// When time alone brings something about.
    pub(super) fn next_due(&self) -> Option<Millis> {
        let due = self.due.next().min(self.pause_ends.load(Ordering::Acquire));
        (due != i64::MAX).then_some(Millis(due))
    }

    /// The database has what this server wrote, up to here.
    pub(super) fn wrote_up_to(&self, at: Position) {
        let mut position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        *position = (*position).max(Some(at));
    }

    /// Where the database stood when this server last wrote. As the commits of a server have one
    /// order, this covers each write that it has answered.
    pub(super) fn position(&self) -> Option<Position> {
        *self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What other servers had committed then is known.
    pub(super) fn has_followed(&self, at: Instant, history: u64) {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        *followed = Some((at, history));
    }

    /// The history that is followed, while what others commit is known.
    pub(super) fn history(&self) -> Option<u64> {
        if self.log.is_behind() {
            return None;
        }
        let followed = *self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        followed.filter(|(at, _)| at.elapsed() < FOLLOWED).map(|(_, history)| history)
    }

    /// What became of a batch.
    pub(super) fn done(&self, done: &Result<Outcomes, StoreError>) {
        if let Err(error) = done {
            self.has_failed(error);
        }
    }

    /// Something could not be written, or heard.
    pub(super) fn has_failed(&self, error: &StoreError) {
        let mut problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        *problem = Some(error.to_string());
        self.has_problem.store(true, Ordering::Release);
    }

    /// Where the newest event stands that was acknowledged here, if there is one.
    pub(super) fn placed(&self) -> Option<i64> {
        Some(self.placed.load(Ordering::Acquire)).filter(|place| *place > 0)
    }

    /// A promotion has lost some; both writers notice, and it counts once.
    pub(super) fn has_lost(&self, ms: i64) {
        if self.placed.swap(0, Ordering::AcqRel) > 0 {
            self.lost_ms.fetch_add(ms, Ordering::AcqRel);
        }
    }

    /// How much promotions have lost, in milliseconds.
    pub(super) fn lost_ms(&self) -> i64 {
        self.lost_ms.load(Ordering::Acquire)
    }

    /// An event was written at this place.
    pub(super) fn wrote_at(&self, place: i64) {
        self.placed.fetch_max(place, Ordering::AcqRel);
    }

    /// Something was written.
    pub(super) fn wrote(&self) {
        if self.has_problem.swap(false, Ordering::AcqRel) {
            *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// What stands in the way of writes.
    pub(super) fn problem(&self) -> Option<String> {
        let away = self.config.primary.as_ref().and_then(|primary| primary.problem());
        away.or_else(|| self.failed())
    }

    fn failed(&self) -> Option<String> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
