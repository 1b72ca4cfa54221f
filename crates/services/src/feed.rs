//! A subscriber's way along the event log: from the window in memory while it keeps up, from the
//! store when it does not, and told when it was too late for that.

use std::sync::Arc;

use claudebench_core::event::{Event, scope};
use claudebench_core::principal::Scopes;
use claudebench_core::{Cursor, Error, Principal, TaskId, TenantId};
use claudebench_store::{EventPage, EventQuery, Freshness, StoreError};
use tokio::sync::watch;

use crate::context::{Shared, store_error};

/// How many events are taken at once.
const PAGE: usize = 256;

/// Which events a subscriber wants.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Whose.
    pub tenant: TenantId,
    /// What the subscriber may see.
    pub scopes: Scopes,
    /// Patterns of types; all types if empty.
    pub kinds: Vec<String>,
    /// Only of this task.
    pub task: Option<TaskId>,
    /// Only of this project.
    pub project: Option<String>,
}

impl Filter {
    /// Every event that somebody may see.
    #[must_use]
    pub fn of(principal: &Principal) -> Self {
        Self {
            tenant: principal.tenant,
            scopes: principal.scopes,
            kinds: Vec::new(),
            task: None,
            project: None,
        }
    }

    /// Whether an event is wanted.
    #[must_use]
    pub fn wants(&self, event: &Event) -> bool {
        event.tenant == self.tenant
            && self.scopes.allow(scope(&event.kind))
            && (self.kinds.is_empty() || self.kinds.iter().any(|pattern| event.is(pattern)))
            && (self.task.is_none() || event.task == self.task)
            && (self.project.is_none() || event.project.as_deref() == self.project.as_deref())
    }
}

/// What comes next.
#[derive(Debug)]
pub enum Next {
    /// Events, in the order of the log; at least one.
    Events(Vec<Arc<Event>>),
    /// Some were missed: they are past their retention. The feed goes on with the oldest kept.
    Lagged {
        /// Which cursor was too old, and where the log begins now.
        error: Error,
        /// Where the feed goes on.
        cursor: Cursor,
    },
    /// The server stops.
    Closed,
}

/// A place in the log, and what is wanted from there on.
pub struct Feed {
    shared: Arc<Shared>,
    filter: Filter,
    cursor: Cursor,
    bell: watch::Receiver<Cursor>,
    stopping: watch::Receiver<bool>,
}

impl Feed {
    /// A feed from a cursor on; from now on without one.
    ///
    /// # Errors
    /// A cursor that is older than the events kept, or beyond the end of the log.
    pub async fn open(
        shared: Arc<Shared>,
        filter: Filter,
        since: Option<Cursor>,
    ) -> Result<Self, Error> {
        let bell = shared.hub.bell();
        let head = *bell.borrow();
        let cursor = since.unwrap_or(head);
        if cursor > head {
            let message = format!("the cursor {cursor} is beyond the end of the log at {head}");
            return Err(Error::invalid(&["since"], message));
        }
        let stopping = shared.stopping.clone();
        let feed = Self { shared, filter, cursor, bell, stopping };
        if feed.shared.hub.after(cursor, 0).is_none() {
            // Only whether the cursor is still good: nothing is taken.
            let query = EventQuery { limit: 1, ..feed.query() };
            feed.shared.store.events(query, Freshness::Any).await.map_err(store_error)?;
        }
        Ok(feed)
    }

    /// Everything up to here was seen.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Wants events of these patterns no more; false when nothing else was wanted.
    pub fn forget(&mut self, patterns: &[String]) -> bool {
        self.filter.kinds.retain(|kind| !patterns.contains(kind));
        !self.filter.kinds.is_empty()
    }

    /// Waits for what comes next.
    pub async fn next(&mut self) -> Next {
        loop {
            if *self.stopping.borrow() {
                return Next::Closed;
            }
            self.bell.mark_unchanged();
            match self.step(None).await {
                Some(next) => return next,
                None if self.cursor < self.shared.hub.head() => {}
                None => tokio::select! {
                    rung = self.bell.changed() => if rung.is_err() { return Next::Closed },
                    _ = self.stopping.changed() => {}
                },
            }
        }
    }

    /// What there is up to a place, without waiting; `None` when nothing of it is wanted. The
    /// cursor moves on in any case.
    pub async fn step(&mut self, until: Option<Cursor>) -> Option<Next> {
        let (events, seen) = match self.page_of_window() {
            Some(page) => page,
            None => match self.page_of_store().await {
                Ok(page) => page,
                Err(next) => return Some(next),
            },
        };
        let reach = until.unwrap_or(Cursor(i64::MAX));
        let events = events.into_iter().take_while(|event| event.cursor <= reach);
        let wanted: Vec<_> = events.filter(|event| self.filter.wants(event)).collect();
        // Up to what was looked at, not to the last event found: where others' events or none lie
        // between that and `until`, it would never be reached.
        self.cursor = self.cursor.max(seen.min(reach));
        (!wanted.is_empty()).then_some(Next::Events(wanted))
    }

    /// What the window holds, and up to where that is all there is; `None` if it has moved past.
    fn page_of_window(&self) -> Option<(Vec<Arc<Event>>, Cursor)> {
        // Before the events: the window holds everything up to the head, and may hold more.
        let head = self.shared.hub.head();
        let events = self.shared.hub.after(self.cursor, PAGE)?;
        let last = events.last().map_or(head, |event| event.cursor);
        let seen = if events.len() < PAGE { last.max(head) } else { last };
        Some((events, seen))
    }

    fn query(&self) -> EventQuery {
        EventQuery {
            tenant: Some(self.filter.tenant),
            scopes: self.filter.scopes,
            after: Some(self.cursor),
            task: None,
            project: None,
            session: None,
            kinds: Vec::new(),
            limit: i64::try_from(PAGE).unwrap_or(i64::MAX),
            newest_first: false,
        }
    }

    /// A page of the log. What a replica does not have yet is asked of the primary: the feed knows
    /// that there is more.
    async fn read(&self) -> Result<EventPage, StoreError> {
        let store = &self.shared.store;
        let page = store.events(self.query(), Freshness::Any).await?;
        if page.next > self.cursor {
            return Ok(page);
        }
        store.events(self.query(), Freshness::Latest).await
    }

    /// A page of the log, and up to where it was looked at.
    async fn page_of_store(&mut self) -> Result<(Vec<Arc<Event>>, Cursor), Next> {
        match self.read().await {
            Ok(page) => Ok((page.events, page.next)),
            Err(StoreError::CursorExpired { cursor, oldest }) => {
                self.cursor = Cursor(oldest);
                let error = store_error(StoreError::CursorExpired { cursor, oldest });
                Err(Next::Lagged { error, cursor: self.cursor })
            }
            Err(error) => {
                tracing::warn!(%error, "a subscriber's events cannot be read");
                Err(Next::Closed)
            }
        }
    }
}
