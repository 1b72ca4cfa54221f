//! The bed of a case: a store, a committer in front of it, the clock, and short names for what
//! cases do all the time.

use std::sync::{Arc, Mutex};

use claudebench_core::event::Event;
use claudebench_core::lane::Lane;
use claudebench_core::time::ManualClock;
use claudebench_core::{Clock, Cursor, Millis, Status, TaskId, TenantId};
use claudebench_store::{
    Batch, ClaimTasks, ClaimedTask, Committed, Committer, CommitterOptions, Create, Ending,
    EventPage, EventQuery, Freshness, Meta, NewTask, Outcomes, Page, Refusal, Report, Reports,
    Settled, Stats, Store, StoreError, SubmitError, Sweep, Swept, TaskQuery, TaskRow,
    TaskWithExtras, Write,
};
use tokio::task::JoinSet;

use super::given::{self, EPOCH, meta};
use super::{Backend, Setup};

/// How a store ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stop {
    /// In order.
    Closed,
    /// Without being asked.
    Crashed,
}

impl Stop {
    /// Each way.
    pub(super) const ALL: [Self; 2] = [Self::Closed, Self::Crashed];
}

/// What commits have told.
#[derive(Default)]
struct Told {
    /// All events.
    events: Vec<Arc<Event>>,
    /// Lanes that gained ready tasks since this was asked last.
    ready: Vec<(Arc<Lane>, usize)>,
    /// Whether all who wait should have looked again since this was asked last.
    reopened: bool,
}

impl Told {
    fn add(&mut self, committed: Committed) {
        self.events.extend(committed.events);
        let ready = committed.ready.into_iter();
        self.ready.extend(ready.map(|gained| (gained.lane, gained.count)));
        self.reopened |= committed.reopened;
    }
}

/// A store that is open.
struct Open {
    store: Arc<dyn Store>,
    committer: Committer,
    writers: JoinSet<()>,
}

/// What a case works on.
pub struct Bed {
    make: fn() -> Box<dyn Backend>,
    backend: Box<dyn Backend>,
    open: Option<Open>,
    told: Arc<Mutex<Told>>,
    pub(super) clock: ManualClock,
    pub(super) setup: Setup,
}

impl Bed {
    /// A store from an empty place.
    pub(super) async fn new(make: fn() -> Box<dyn Backend>, setup: Setup) -> Self {
        let mut bed = Self {
            make,
            backend: make(),
            open: None,
            told: Arc::default(),
            clock: ManualClock::at(EPOCH),
            setup,
        };
        bed.start().await;
        bed
    }

    /// Another store from another empty place, with another clock.
    pub(super) async fn another(&self, setup: Setup) -> Self {
        Self::new(self.make, setup).await
    }

    /// From an empty place again, with another setup.
    pub(super) async fn fresh(&mut self, setup: Setup) {
        self.close().await;
        *self = self.another(setup).await;
    }

    async fn start(&mut self) {
        let clock = Arc::new(self.clock.clone());
        let store = self.backend.open(&self.setup, clock).await;
        self.serve(store);
    }

    fn serve(&mut self, store: Arc<dyn Store>) {
        let told = self.told.clone();
        let (committer, writers) = Committer::start(
            store.clone(),
            CommitterOptions::default(),
            Arc::new(move |committed| told.lock().unwrap().add(committed)),
        );
        self.open = Some(Open { store, committer, writers });
    }

    async fn end(&mut self, how: Stop) {
        let Some(Open { store, committer, writers }) = self.open.take() else { return };
        drop(committer);
        writers.join_all().await;
        drop(store);
        match how {
            Stop::Closed => self.backend.close().await,
            Stop::Crashed => self.backend.crash().await,
        }
    }

    /// The same place, opened anew.
    pub(super) async fn again(&mut self, how: Stop) {
        self.end(how).await;
        self.start().await;
    }

    /// The same place, opened anew by a server whose clock stands at `now`.
    pub(super) async fn again_at(&mut self, now: Millis) {
        self.end(Stop::Closed).await;
        self.clock = ManualClock::at(now);
        self.start().await;
    }

    /// Ends the store for good.
    pub(super) async fn close(&mut self) {
        self.end(Stop::Closed).await;
    }

    pub(super) fn store(&self) -> &Arc<dyn Store> {
        &self.open.as_ref().expect("the bed is open").store
    }

    pub(super) fn committer(&self) -> &Committer {
        &self.open.as_ref().expect("the bed is open").committer
    }

    pub(super) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// All events that commits have told.
    pub(super) fn told_events(&self) -> Vec<Arc<Event>> {
        self.told.lock().unwrap().events.clone()
    }

    /// The lanes that gained ready tasks since this was asked last, and how many.
    pub(super) fn told_ready(&self) -> Vec<(Arc<Lane>, usize)> {
        std::mem::take(&mut self.told.lock().unwrap().ready)
    }

    /// Whether all who wait were told to look again since this was asked last.
    pub(super) fn told_to_look_again(&self) -> bool {
        std::mem::take(&mut self.told.lock().unwrap().reopened)
    }

    /// One transaction, past the committer.
    pub(super) async fn commit(&mut self, batch: Batch) -> Result<Outcomes, StoreError> {
        // A writer serves one source at a time.
        let Open { store, committer, writers } = self.open.take().expect("the bed is open");
        drop(committer);
        writers.join_all().await;
        let done = super::commit(&*store, batch).await;
        self.serve(store);
        let mut outcomes = done?;
        self.told.lock().unwrap().add(Committed {
            events: outcomes.events.clone(),
            ready: std::mem::take(&mut outcomes.ready),
            reopened: outcomes.reopened,
            foreign: false,
        });
        Ok(outcomes)
    }

    /// Writes as somebody, and answers what the store says.
    pub(super) async fn submit_as<W: Write>(
        &self,
        meta: Meta,
        write: W,
    ) -> Result<W::Reply, Refusal> {
        match self.committer().submit(meta, write).await {
            Ok(reply) => Ok(reply),
            Err(SubmitError::Refused(refusal)) => Err(refusal),
            Err(error) => panic!("no answer: {error}"),
        }
    }

    pub(super) async fn submit<W: Write>(&self, write: W) -> Result<W::Reply, Refusal> {
        self.submit_as(meta(), write).await
    }

    /// Writes what must be taken.
    pub(super) async fn ok<W: Write>(&self, write: W) -> W::Reply {
        self.submit(write).await.expect("the write is refused")
    }

    /// Another tenant than the default one.
    pub(super) async fn tenant(&self, name: &str) -> TenantId {
        self.ok(given::add_key(&format!("key of {name}"), name)).await.tenant
    }

    pub(super) async fn make(&self, task: NewTask) -> TaskId {
        self.make_all(vec![task]).await[0]
    }

    pub(super) async fn make_all(&self, tasks: Vec<NewTask>) -> Vec<TaskId> {
        self.ok(Create { tasks }).await.iter().map(|made| made.id).collect()
    }

    /// Claims the best task, which must be there.
    pub(super) async fn claim(&self, worker: &str) -> ClaimedTask {
        let mut claimed = self.ok(given::claim(worker, 1)).await.tasks;
        claimed.pop().unwrap_or_else(|| panic!("there is nothing to claim for {worker}"))
    }

    /// Claims, and answers which tasks came, in order.
    pub(super) async fn claim_ids(&self, claim: ClaimTasks) -> Vec<TaskId> {
        self.ok(claim).await.tasks.iter().map(|claimed| claimed.task.id).collect()
    }

    /// Whether a worker would get nothing.
    pub(super) async fn nothing_for(&self, worker: &str) -> bool {
        self.ok(given::claim(worker, 1)).await.tasks.is_empty()
    }

    pub(super) async fn report(&self, report: Report) -> Result<Settled, Refusal> {
        self.ok(Reports { items: vec![report] }).await.remove(0)
    }

    /// Ends an attempt under its fence, which must be taken.
    pub(super) async fn end_attempt(&self, held: &ClaimedTask, ending: Ending) -> Settled {
        self.report(given::report(held, ending)).await.expect("the report is refused")
    }

    pub(super) async fn complete(&self, held: &ClaimedTask) -> Settled {
        self.end_attempt(held, given::completed()).await
    }

    /// Makes a task and claims it.
    pub(super) async fn held(&self, task: NewTask, worker: &str) -> ClaimedTask {
        let id = self.make(task).await;
        let held = self.claim(worker).await;
        assert_eq!(held.task.id, id, "another task came first");
        held
    }

    pub(super) async fn task_of(&self, tenant: TenantId, id: TaskId) -> Option<TaskWithExtras> {
        self.store().tasks(tenant, vec![id], Freshness::Latest).await.unwrap().pop()
    }

    pub(super) async fn task(&self, id: TaskId) -> TaskWithExtras {
        self.task_of(TenantId::DEFAULT, id).await.unwrap_or_else(|| panic!("{id} is gone"))
    }

    pub(super) async fn row(&self, id: TaskId) -> TaskRow {
        self.task(id).await.task
    }

    pub(super) async fn status(&self, id: TaskId) -> Status {
        self.row(id).await.status
    }

    pub(super) async fn stats(&self) -> Stats {
        self.store().stats(TenantId::DEFAULT, None, Freshness::Latest).await.unwrap()
    }

    pub(super) async fn list(&self, query: TaskQuery) -> Page {
        self.store().list(query, Freshness::Latest).await.unwrap()
    }

    pub(super) async fn events(&self, query: EventQuery) -> EventPage {
        self.store().events(query, Freshness::Latest).await.unwrap()
    }

    /// A task's events, oldest first.
    pub(super) async fn history(&self, id: TaskId) -> Vec<Arc<Event>> {
        let tenant = Some(TenantId::DEFAULT);
        self.events(EventQuery { tenant, task: Some(id), ..given::events() }).await.events
    }

    /// The types of a task's events, oldest first.
    pub(super) async fn kinds(&self, id: TaskId) -> Vec<String> {
        self.history(id).await.iter().map(|event| event.kind.to_string()).collect()
    }

    /// The whole log of all tenants, read page by page from the oldest event kept.
    pub(super) async fn log(&self) -> Vec<Arc<Event>> {
        self.log_after(None).await
    }

    pub(super) async fn log_after(&self, mut after: Option<Cursor>) -> Vec<Arc<Event>> {
        let mut log = Vec::new();
        loop {
            let page = self.events(EventQuery { after, ..given::events() }).await;
            log.extend(page.events);
            if page.at_end {
                return log;
            }
            after = Some(page.next);
        }
    }

    /// Where the log ends now.
    pub(super) async fn end_of_log(&self) -> Cursor {
        self.store().health().await.unwrap().head
    }

    /// Time passes, and what it brings about is done; answers that, added up.
    pub(super) async fn pass(&self, ms: i64) -> Swept {
        self.clock.advance(ms);
        let mut all = Swept::default();
        loop {
            let swept = self.ok(Sweep).await;
            all.expired += swept.expired;
            all.due += swept.due;
            all.dropped += swept.dropped;
            if !swept.more {
                break;
            }
        }
        self.backend.keep().await;
        all
    }

    /// Whether the store knows at once what is due next.
    pub(super) fn knows_what_is_due(&self) -> bool {
        self.backend.knows_what_is_due()
    }

    /// How many answers are kept under idempotency keys.
    pub(super) async fn kept(&self) -> i64 {
        self.backend.kept().await
    }
}
