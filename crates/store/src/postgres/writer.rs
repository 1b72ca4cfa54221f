//! One writer: each batch is loaded, run, and written in one transaction.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use claudebench_core::{Cursor, Millis, TaskId};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error};

use super::Shared;
use super::asks::{Link, Stopped};
use super::connect::{self, Connected};
use super::errors::{Failed, is_conflict, store_error};
use super::foresee::{Demand, demands, foresee};
use super::load::{self, Bounds, First, Found, Loading, Transaction};
use super::lost;
use super::migrate;
use super::number::number_lanes;
use super::picture::Picture;
use super::save::{Saved, Telling, Told, places, save};
use super::sheet::{Sheet, SheetRows};
use super::slow;
use super::sql::load as sql;
use crate::attempt;
use crate::batch::{Batch, Outcomes, Reported};
use crate::change::{Change, Flush};
use crate::committer::{Source, Span};
use crate::memory::LaneId;
use crate::refusal::Refusal;
use crate::store::StoreError;
use crate::write::{Rules, Stop, Tx, Waiting};

mod unanswered;
mod unchanged;

/// How often a batch is begun anew when others were in its way.
const TRIES: usize = 8;
/// How often rows are loaded for one try.
const ROUNDS: usize = 64;
/// Months are made when the time is so near to the end of those that are known.
const NEAR_MS: i64 = 7 * 24 * 3_600_000;

/// Statements are planned anew so often: an index that was chosen for an empty month, which somebody had
/// analysed, may not be right for a full one.
const PLANNED_MS: i64 = 10_000;

/// News are kept for longer than this.
const FRESH_MS: i64 = 15 * 60_000;

/// A writer of the store.
pub(super) struct Writer {
    shared: Arc<Shared>,
    client: Option<Link>,
    /// Whose history the database went on with when it was last connected to.
    timeline: Option<i64>,
    /// What was to be told of reports whose commit broke.
    untold: Vec<Option<Result<Reported, Refusal>>>,
    picture: Option<Picture>,
    /// When its statements were planned.
    planned_at: Millis,
    rules: Rules,
    bounds: Bounds,
    seed: u64,
    /// How many round trips the batch that is under way has taken.
    rounds: usize,
}

/// Why a batch was not done.
pub(super) enum Undone {
    /// Others were in the way: it is begun anew, with these tasks first.
    Again(Vec<TaskId>),
    /// The connection broke before the end was asked for.
    Lost(StoreError),
    /// The server takes no writes: another one may.
    Moved(StoreError),
    /// It cannot be done.
    Not(StoreError),
}

impl From<Stopped> for Undone {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Found(Failed(error)) => Self::Not(error),
            Stopped::Silence(patience) => Self::Lost(connect::silent(patience)),
            Stopped::Said(error) => match error.code() {
                Some(_) if is_conflict(&error) => Self::Again(Vec::new()),
                Some(code) if is_end_of_connection(code) => Self::Lost(store_error(&error)),
                Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => Self::Moved(store_error(&error)),
                Some(_) => Self::Not(store_error(&error)),
                None => Self::Lost(store_error(&error)),
            },
        }
    }
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Stopped::Said(error).into()
    }
}

/// The server has said goodbye.
fn is_end_of_connection(code: &SqlState) -> bool {
    matches!(&code.code()[..2], "08") || code.code().starts_with("57P")
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, seed: u64) -> Self {
        let options = &shared.options;
        let rules = options.rules();
        let bounds = Bounds {
            lock: options.stalled_ms.to_string(),
            statement: options.write_ms.to_string(),
            idle: options.stalled_ms.to_string(),
            // Through a pooler each is planned when it is asked.
            plans: if options.pooler { "auto" } else { "force_generic_plan" },
        };
        let (client, picture, timeline, untold) = Default::default();
        let planned_at = Millis(0);
        Self {
            shared,
            client,
            timeline,
            untold,
            picture,
            planned_at,
            rules,
            bounds,
            seed,
            rounds: 0,
        }
    }

    /// One more, beside others.
    pub(super) fn another(shared: Arc<Shared>) -> Self {
        // It is the first one's that is asked for.
        let seed = shared.options.seed.unwrap_or_default() ^ shared.server.cast_unsigned();
        Self::new(shared, seed)
    }

    /// Gets ready before it is needed.
    pub(super) async fn begin(&mut self) -> Result<(), StoreError> {
        self.ready().await.map_err(|undone| match undone {
            Undone::Again(_) => closed(),
            Undone::Lost(error) | Undone::Moved(error) | Undone::Not(error) => error,
        })?;
        if let Some(picture) = &self.picture {
            self.shared.show(picture);
        }
        Ok(())
    }

    /// Commits what a source gives, until it ends.
    pub(super) async fn serve(&mut self, source: &mut Source) {
        let mut closed = self.shared.closed.subscribe();
        loop {
            let end = async { closed.wait_for(|closed| *closed).await.is_ok() };
            let batch = tokio::select! {
                biased;
                _ = end => return,
                batch = source.next() => batch,
            };
            let Some(batch) = batch else { return };
            let done = self.commit(batch).await;
            self.shared.done(&done);
            source.settle(done);
        }
    }

    async fn commit(&mut self, batch: Batch) -> Result<Outcomes, StoreError> {
        let flushes = batch.changes.iter().any(|item| is_flush(&item.body));
        if flushes && batch.len() > 1 {
            return Ok(self.one_by_one(batch, None).await);
        }
        let error = match self.attempt(&batch).await {
            Ok(outcomes) => return Ok(outcomes),
            Err(error) => error,
        };
        tracing::error!(%error, writes = batch.len(), "a transaction failed");
        match error {
            StoreError::Unknown { .. } => Ok(self.one_by_one(batch, Some(error)).await),
            StoreError::Unavailable { .. } => Err(error),
            _ if batch.len() == 1 => Err(error),
            _ => Ok(self.one_by_one(batch, None).await),
        }
    }

    /// Names the write that cannot be done. What may have been done is done again if that is safe.
    async fn one_by_one(&mut self, batch: Batch, unknown: Option<StoreError>) -> Outcomes {
        let mut all = Outcomes::default();
        let untold = unknown.as_ref().map(|_| std::mem::take(&mut self.untold)).unwrap_or_default();
        for one in attempt::one_by_one(batch) {
            let done = match &unknown {
                Some(error) if !attempt::is_repeatable(&one) => Err(error.clone()),
                Some(error) => self.attempt(&one).await.map_err(|_| error.clone()),
                None => self.attempt(&one).await,
            };
            attempt::add(&mut all, &one, done);
        }
        attempt::tell_once(&mut all, untold);
        all
    }

    /// The batch in one transaction, begun anew while others are in its way.
    async fn attempt(&mut self, batch: &Batch) -> Result<Outcomes, StoreError> {
        let parked = batch.parked.clone();
        let mut waiting = Waiting::new(parked.as_deref());
        let began = Instant::now();
        self.rounds = 0;
        let done = self.tries(batch, &mut waiting).await;
        let took = began.elapsed();
        if took >= Duration::from_millis(self.shared.options.slow_ms) {
            slow::tell(batch, took, self.rounds);
        }
        match done {
            Ok(_) => waiting.keep(),
            Err(_) => waiting.undo(),
        }
        done
    }

    async fn tries(
        &mut self,
        batch: &Batch,
        waiting: &mut Waiting<'_>,
    ) -> Result<Outcomes, StoreError> {
        let mut first: Vec<TaskId> = Vec::new();
        let mut lost = 0;
        // Nothing of it was done: it is tried for as long as a connection may take, and twice in any case.
        let until = Instant::now() + Duration::from_millis(self.shared.options.connect_ms);
        let seed = self.seed;
        for tried in 1..=TRIES {
            self.seed = seed;
            let undone = match self.ready().await {
                Ok(()) => match self.once(batch, waiting, &first).await {
                    Ok(outcomes) => return Ok(outcomes),
                    Err(undone) => undone,
                },
                Err(undone) => undone,
            };
            if matches!(undone, Undone::Lost(_) | Undone::Moved(_)) {
                self.client = None;
            }
            self.back().await;
            match undone {
                Undone::Again(more) => first.extend(more),
                Undone::Lost(error) | Undone::Moved(error) => {
                    lost += 1;
                    if tried == TRIES || (lost > 1 && Instant::now() >= until) {
                        return Err(error);
                    }
                }
                Undone::Not(error) => return Err(error),
            }
        }
        let what = "other transactions were in the way of this one, again and again".to_owned();
        Err(StoreError::Unavailable { what })
    }

    /// What a try has left behind is undone.
    async fn back(&mut self) {
        if let Some(picture) = &mut self.picture {
            picture.lanes.back();
        }
        if let Some(client) = self.client.as_ref().filter(|client| !client.is_closed())
            && client.batch_execute(sql::ROLLBACK).await.is_ok()
        {
            return;
        }
        self.client = None;
    }

    /// A connection, what there is to know, and the months that are needed.
    async fn ready(&mut self) -> Result<(), Undone> {
        if self.client.as_ref().is_none_or(|client| client.is_closed()) {
            self.client = None;
            let connected = connect::connected(&self.shared.config, None).await;
            let Connected { client, timeline } =
                connected.map_err(|error| Undone::Lost(error.into()))?;
            let client = self.link(client);
            if self.timeline != timeline && self.timeline.is_some() {
                lost::look(&self.shared, &client).await?;
                // Who was promoted may lack what was seen last.
                self.picture = None;
                self.shared.months_forget();
            }
            self.timeline = timeline;
            self.client = Some(client);
        }
        let Some(client) = &mut self.client else { return Ok(()) };
        let now = self.shared.clock.now();
        if now.plus(NEAR_MS) > self.shared.months_end() {
            let end = migrate::months(client, now).await.map_err(|Failed(e)| Undone::Not(e))?;
            self.shared.months_reach(end);
        }
        let fresh = |picture: &Picture| now.since(picture.as_of) < FRESH_MS;
        if !self.picture.as_ref().is_some_and(fresh) {
            let Shared { options, due, .. } = &*self.shared;
            self.picture = Some(load::whole(client, options, due, now).await?);
        }
        Ok(())
    }

    /// Whether it is time to plan the statements anew.
    fn replans(&mut self) -> bool {
        let now = self.shared.clock.now();
        let replans = !self.shared.options.pooler && now.since(self.planned_at) >= PLANNED_MS;
        if replans {
            self.planned_at = now;
        }
        replans
    }

    fn link(&self, client: Client) -> Link {
        let options = &self.shared.options;
        Link::new(client, !options.pooler, options.answers_within(options.write_ms))
    }

    async fn once(
        &mut self,
        batch: &Batch,
        waiting: &mut Waiting<'_>,
        first: &[TaskId],
    ) -> Result<Outcomes, Undone> {
        let (shared, replan) = (self.shared.clone(), self.replans());
        let (Some(client), Some(picture)) = (&self.client, &mut self.picture) else {
            return Err(Undone::Lost(closed()));
        };
        let clock = &shared.clock;
        let (mut sheet, mut found) = (Sheet::default(), Found::default());
        let asked_at = clock.now();
        foresee(batch, &mut sheet, picture, asked_at);
        first.iter().for_each(|id| sheet.tasks.want(*id));
        first.iter().for_each(|id| sheet.leases.want(*id));
        let (demands, _wanting) = shared.wants(demands(batch, picture, asked_at));
        let begin = First::Begin {
            bounds: &self.bounds,
            replan,
            alone: batch.changes.iter().any(|item| is_flush(&item.body)),
            writes: batch.len() > batch.claims.len(),
        };
        let mut into = Loading { sheet: &mut sheet, picture, found: &mut found };
        self.rounds += 1;
        load::load(client, &mut into, begin, &demands, asked_at).await?;
        let (seed, first) = (self.seed, self.rounds);
        let mut outcomes = None;
        let (outcomes, pauses, now) = loop {
            while load::is_wanting(&into) {
                self.rounds += 1;
                more(client, &mut into, clock.now(), self.rounds - first).await?;
            }
            self.seed = seed;
            let now = clock.now();
            let mut rows = SheetRows::new(into.sheet, into.picture);
            let done = Tx::new(&mut rows, self.rules, now, &mut self.seed).apply(batch, waiting);
            let pauses = rows.pauses.take();
            match done {
                Ok(done) => break (outcomes.insert(done), pauses, now),
                Err(Stop::Missing) => into.picture.lanes.back(),
                Err(Stop::Failed(error)) => return Err(Undone::Not(error)),
                Err(Stop::Refused(refusal)) => {
                    let what = format!("a batch was refused as a whole: {refusal:?}");
                    return Err(Undone::Not(StoreError::Fault { what }));
                }
            }
            self.rounds += 1;
            more(client, &mut into, now, self.rounds - first).await?;
        };
        let outcomes = std::mem::take(outcomes);
        let keyed = batch.claims.iter().any(|item| item.meta.key.is_some());
        let answers = keyed || batch.len() > batch.claims.len();
        let done = Done { outcomes, now, transaction: found.transaction.take(), answers };
        let numbers = number_lanes(client, picture).await?;
        let (outcomes, told) = self.end(&mut sheet, done, &numbers).await?;
        let Some(picture) = &mut self.picture else { return Ok(outcomes) };
        picture.committed(&found, &numbers, &told.lanes);
        picture.as_of = now;
        if let Some(pauses) = pauses {
            picture.pauses = pauses;
        }
        if let Some((at, mark)) = found.due {
            picture.due.raise(at, mark);
        }
        told.due.into_iter().for_each(|at| picture.due.lower(at));
        self.shared.show(picture);
        Ok(outcomes)
    }

    /// Writes it all, and ends the transaction.
    async fn end(
        &mut self,
        sheet: &mut Sheet,
        done: Done,
        numbers: &HashMap<LaneId, LaneId>,
    ) -> Result<(Outcomes, Told), Undone> {
        self.rounds += 1;
        let Some(client) = &self.client else { return Err(Undone::Lost(closed())) };
        let Done { mut outcomes, now, transaction, answers } = done;
        if !sheet.is_changed() {
            self.leave(client, answers).await?;
            return Ok((outcomes, Told::default()));
        }
        let telling = Telling {
            server: self.shared.server,
            batch: self.shared.next_batch(),
            numbers,
            reopened: outcomes.reopened,
            due: &self.shared.due,
            now,
        };
        let (asks, told) = save(sheet, &telling);
        let (mut saved, mut other) = (Saved::default(), None);
        if let Err(stopped) = asks.run(client, &mut saved).await {
            match Undone::from(stopped) {
                Undone::Lost(error) => {
                    self.untold.clone_from(&outcomes.reports);
                    let became = self.what_became_of(transaction, &telling, error).await;
                    let (stands, link) = match became {
                        Ok(stands) => stands,
                        Err(undone) => {
                            self.client = None;
                            return Err(undone);
                        }
                    };
                    saved = Saved { base: stands.base - places(sheet), ..stands };
                    other = Some(link);
                }
                undone => return Err(undone),
            }
        }
        let count = i64::try_from(sheet.events.len()).unwrap_or(0);
        self.shared.wrote();
        if count > 0 {
            self.shared.wrote_at(saved.base + count);
        }
        // Before anybody is answered: what is answered is covered.
        saved.position.into_iter().for_each(|at| self.shared.wrote_up_to(at));
        let end = Cursor(saved.base + places(sheet));
        let events = std::mem::take(&mut sheet.events).into_iter();
        let placed = (saved.base + 1..).zip(events);
        let events = placed.map(|(place, event)| Arc::new(event.placed(place))).collect();
        let own = Span { before: saved.before.map(Cursor), events, end };
        outcomes.events = self.shared.log.tell(other.as_ref().unwrap_or(client), own).await;
        if other.is_some() {
            // Whoever answered there was not asked all that a writer must know.
            self.client = None;
        }
        Ok((outcomes, told))
    }
}

/// What a pass has come to.
struct Done {
    outcomes: Outcomes,
    now: Millis,
    transaction: Option<Transaction>,
    /// Whether it is told what was done, now or before.
    answers: bool,
}

fn is_flush(change: &Change) -> bool {
    matches!(change, Change::Flush(Flush { tasks: true }))
}

/// Loads what turned out to be missing.
async fn more(
    client: &Link,
    into: &mut Loading<'_>,
    now: Millis,
    rounds: usize,
) -> Result<(), Undone> {
    if rounds > ROUNDS {
        let what = "a batch asked for ever more rows".to_owned();
        return Err(Undone::Not(StoreError::Fault { what }));
    }
    let none: &[Demand] = &[];
    load::load(client, into, First::Later, none, now).await?;
    match std::mem::take(&mut into.found.busy) {
        busy if busy.is_empty() => Ok(()),
        busy => Err(Undone::Again(busy.into_iter().collect())),
    }
}

pub(super) fn closed() -> StoreError {
    StoreError::Unavailable { what: "the store is closed".into() }
}
