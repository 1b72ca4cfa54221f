//! Counts along the event log, with a cursor of its own. The figures and the cursor move on in one
//! transaction, which asks where the cursor stands: so each event counts once, however often a
//! server dies, and however many servers count at once.

use std::sync::Arc;
use std::time::Duration;

use claudebench_core::principal::Scopes;
use claudebench_core::{Cursor, Error, Millis};
use claudebench_store::{Counted, EventQuery, Freshness, Refold, StoreError};
use tokio::time::{Instant, sleep, sleep_until};

use super::figures::VERSION;
use super::fold::Folding;
use crate::context::{Shared, store_error, submit_error};

/// Events come in parts of so many.
const PAGE: usize = 2_000;
/// What events add is gathered for so long before it is written.
const PACE: Duration = Duration::from_secs(1);
/// Live events are looked at so often while they come: before the window has moved past them, as
/// the store is asked for those at more expense.
const STEP: Duration = Duration::from_millis(40);
/// What has been gathered is written when it adds to so many figures,
const FIGURES: usize = 4_000;
/// or comes of so many events.
const EVENTS: usize = 200_000;

/// Counts on whenever events have come, until the server stops.
pub async fn run(shared: Arc<Shared>) {
    let mut bell = shared.hub.bell();
    loop {
        bell.mark_unchanged();
        let next = Instant::now() + PACE;
        let done = count_on(&shared, Some(next)).await;
        if let Err(error) = &done {
            tracing::warn!(%error, "the figures could not be counted on; again in a second");
        }
        tokio::select! {
            () = shared.stopped() => return,
            rung = bell.changed(), if done.is_ok() => if rung.is_err() { return },
            () = std::future::ready(()), if done.is_err() => {}
        }
        // What ended early, as a newer server counts or the store failed, is not tried at each event.
        tokio::select! {
            () = shared.stopped() => return,
            () = sleep_until(next) => {}
        }
    }
}

/// Counts everything that there is; answers how far that was.
///
/// # Errors
/// A store that cannot be read or written.
pub async fn catch_up(shared: &Shared) -> Result<Counted, Error> {
    count_on(shared, None).await
}

/// Counts everything that there is, and what comes until then.
async fn count_on(shared: &Shared, until: Option<Instant>) -> Result<Counted, Error> {
    let mut counted = shared.store.counted().await.map_err(store_error)?;
    loop {
        // A newer server counts by other rules: that is left to it.
        if *shared.stopping.borrow() || counted.version > VERSION {
            return Ok(counted);
        }
        if counted.version < VERSION || counted.clearing.is_some() {
            counted = begin(shared, &counted).await?;
            continue;
        }
        let mut lot = Lot::new(shared, &counted);
        let mut all = false;
        while lot.has_room() {
            all = lot.read(shared, PAGE).await?;
            if all && !pause(shared, until).await {
                break;
            }
        }
        if lot.upto == counted.upto {
            return Ok(counted);
        }
        let end = lot.upto;
        counted = count(shared, lot).await?;
        if all && counted.upto >= end {
            return Ok(counted);
        }
    }
}

/// Waits for more events to come; not if it is time to write, or the server stops.
#[allow(clippy::disallowed_methods, reason = "the window is looked at in steps while events come")]
async fn pause(shared: &Shared, until: Option<Instant>) -> bool {
    if until.is_none_or(|until| Instant::now() >= until) {
        return false;
    }
    tokio::select! {
        () = shared.stopped() => false,
        () = sleep(STEP) => true,
    }
}

/// A part of the log, from where it was counted to.
pub struct Lot {
    folding: Folding,
    upto: Cursor,
    /// Events at its beginning were dropped before they were counted: when the first of the others
    /// happened.
    lost: Option<Millis>,
}

impl Lot {
    fn new(shared: &Shared, counted: &Counted) -> Self {
        let folding = Folding::new(counted, shared.clock.now());
        Self { folding, upto: counted.upto, lost: None }
    }

    fn has_room(&self) -> bool {
        self.folding.figures() < FIGURES && self.folding.events() < EVENTS
    }

    /// Reads on, at most so many events; answers whether those were all there are.
    async fn read(&mut self, shared: &Shared, max: usize) -> Result<bool, Error> {
        if let Some(live) = shared.hub.after(self.upto, max) {
            for event in &live {
                self.folding.add(event);
                self.upto = event.cursor;
            }
            return Ok(live.len() < max);
        }
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        let page = shared.store.events(after(self.upto, max), Freshness::Latest).await;
        let page = match page {
            Err(StoreError::CursorExpired { oldest, .. }) => {
                let from = after(Cursor(oldest), max);
                let page =
                    shared.store.events(from, Freshness::Latest).await.map_err(store_error)?;
                self.lose(page.events.first().map_or_else(|| shared.clock.now(), |first| first.at));
                page
            }
            page => page.map_err(store_error)?,
        };
        page.events.iter().for_each(|event| self.folding.add(event));
        self.upto = page.next;
        Ok(page.at_end)
    }

    fn lose(&mut self, first: Millis) {
        let from = self.folding.counted().at;
        tracing::warn!(%from, to = %first, "events were dropped before they were counted");
        self.lost = Some(first);
    }
}

/// The next part of the log, of at most so many events, if there is one.
///
/// # Errors
/// A store that cannot be read.
pub async fn read(shared: &Shared, counted: &Counted, max: usize) -> Result<Option<Lot>, Error> {
    let mut lot = Lot::new(shared, counted);
    lot.read(shared, max).await?;
    Ok((lot.upto != counted.upto).then_some(lot))
}

/// Counts a part of the log, unless somebody else has; answers how far it was counted then.
///
/// # Errors
/// A store that cannot be written.
pub async fn count(shared: &Shared, lot: Lot) -> Result<Counted, Error> {
    let mut fold = lot.folding.end(lot.upto);
    fold.lost = lot.lost;
    shared.commit_as_server(fold).await.map_err(submit_error)
}

/// Begins from the oldest event that is kept, or goes on with beginning.
async fn begin(shared: &Shared, counted: &Counted) -> Result<Counted, Error> {
    let generation = counted.generation + i64::from(counted.version < VERSION);
    rebuild(shared, generation).await
}

/// Drops the figures of all that the log still knows, a step at a time, so that it is counted
/// again. A generation that has begun already goes on; answers how far it was counted then.
///
/// # Errors
/// A store that cannot be read or written.
pub async fn rebuild(shared: &Shared, generation: i64) -> Result<Counted, Error> {
    let (after, since) = match shared.store.events(after(Cursor(0), 1), Freshness::Latest).await {
        Ok(_) => (Cursor(0), Millis(i64::MIN)),
        Err(StoreError::CursorExpired { oldest, .. }) => {
            let page = shared
                .store
                .events(after(Cursor(oldest), 1), Freshness::Latest)
                .await
                .map_err(store_error)?;
            // Others of the same millisecond may be gone.
            let first = page.events.first().map_or_else(|| shared.clock.now(), |event| event.at);
            (Cursor(oldest), first.plus(1))
        }
        Err(error) => return Err(store_error(error)),
    };
    let refold = Refold { version: VERSION, generation, after, since };
    shared.commit_as_server(refold).await.map_err(submit_error)
}

fn after(place: Cursor, limit: i64) -> EventQuery {
    EventQuery {
        tenant: None,
        scopes: Scopes::ALL,
        after: Some(place),
        task: None,
        project: None,
        session: None,
        kinds: vec!["task.*".into()],
        limit,
        newest_first: false,
    }
}
