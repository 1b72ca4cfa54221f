//! The log, told in its order to whoever follows it on this server: own commits as they come, and
//! in between what other servers have committed. That comes from the database, or by a quicker way: then
//! each commit says where the log ended before it, so that a gap is seen.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as Lock, OnceLock, PoisonError};
use std::time::Duration;

use claudebench_core::event::Event;
use tokio::sync::{Mutex, Notify};
use tokio::time::Instant;

use super::asks::{Asks, Link, Stopped, values};
use super::read::events::event;
use super::sql::follow as sql;
use crate::committer::{Committed, OnCommit, OnSent, Span};

/// So many events are read at a time.
const PAGE: i64 = 1_000;
/// So many commits that came too early wait for those before them.
const EARLY: usize = 256;

/// What was told of the log, and to whom.
#[derive(Default)]
pub(super) struct Log {
    follower: OnceLock<Follower>,
    sent: OnceLock<OnSent>,
    told: Mutex<Told>,
    /// An own commit was answered that was not told, as what lies before it could not be read.
    behind: AtomicBool,
    /// When other servers were last heard of by the quicker way.
    heard: Lock<Option<Instant>>,
    /// Rings when what came by it shows that something before it did not.
    pub(super) gap: Notify,
}

/// Who follows, and from where on.
struct Follower {
    from: i64,
    heard: OnCommit,
}

/// Up to where the log was told, and what came too early.
#[derive(Default)]
struct Told {
    upto: i64,
    /// Whether something came of which no more is known than that it is in the database.
    unread: bool,
    /// By where the log ended before each.
    early: BTreeMap<i64, Early>,
}

/// A commit that came by the quicker way.
struct Early {
    events: Vec<Arc<Event>>,
    end: i64,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

impl Log {
    /// Somebody follows from here on. There is one follower.
    pub(super) fn follow(&self, from: i64, heard: OnCommit) {
        if self.follower.set(Follower { from, heard }).is_err() {
            tracing::error!("the log is followed by somebody already");
        }
    }

    /// Somebody takes own commits to other servers. There is one way.
    pub(super) fn send_by(&self, sent: OnSent) {
        if self.sent.set(sent).is_err() {
            tracing::error!("commits are taken to other servers already");
        }
    }

    /// Tells of an own commit, and of all before it. Gives the events back when nobody follows.
    /// What cannot be read now is told later, by who follows the log.
    pub(super) async fn tell(&self, client: &Link, own: Span) -> Vec<Arc<Event>> {
        if let Some(sent) = self.sent.get() {
            sent(&own);
        }
        let Some(Follower { from, heard }) = self.follower.get() else { return own.events };
        let mut told = self.told.lock().await;
        told.upto = told.upto.max(*from);
        let Some(first) = own.events.first().map(|event| event.cursor.0) else {
            // Nothing is to be told; where nothing is missing, the log has gone on.
            if own.before.is_some_and(|before| before.0 <= told.upto) {
                told.reach(own.end.0, heard);
            }
            return own.events;
        };
        if own.before.is_none_or(|before| before.0 > told.upto)
            && let Err(error) = told.catch_up(client, heard, first - 1).await
        {
            tracing::warn!(?error, "the log could not be followed; tried again");
            told.unread = true;
            self.behind.store(true, Ordering::Release);
            self.gap.notify_one();
            return Vec::new();
        }
        if own.end.0 > told.upto {
            heard(Committed { events: own.events, ..Committed::default() });
            told.reach(own.end.0, heard);
        }
        Vec::new()
    }

    /// Tells of all that was committed, up to a place.
    pub(super) async fn advance(&self, client: &Link) -> Result<(), Stopped> {
        let Some(Follower { from, heard }) = self.follower.get() else { return Ok(()) };
        let mut told = self.told.lock().await;
        told.upto = told.upto.max(*from);
        told.catch_up(client, heard, i64::MAX).await?;
        told.unread = false;
        self.behind.store(false, Ordering::Release);
        // They were committed before the read, and all before them.
        let ends = std::mem::take(&mut told.early).into_values().map(|early| early.end);
        told.upto = ends.fold(told.upto, i64::max);
        Ok(())
    }

    /// Tells of another server's commit that did not come from the database, as soon as all before it was told.
    pub(super) async fn hear(&self, span: Span) {
        let Some(Follower { from, heard }) = self.follower.get() else { return };
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        let mut told = self.told.lock().await;
        told.upto = told.upto.max(*from);
        let Span { before: Some(before), events, end } = span else {
            told.unread = true;
            return self.gap.notify_one();
        };
        told.early.insert(before.0, Early { events, end: end.0 });
        told.tell_early(heard);
        if told.early.len() > EARLY {
            told.early.pop_last();
        }
        if !told.early.is_empty() {
            self.gap.notify_one();
        }
    }

    /// Whether something is not told that was answered here.
    pub(super) fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Acquire)
    }

    /// Whether something came by the quicker way since then.
    pub(super) fn has_heard_since(&self, then: Instant) -> bool {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.is_some_and(|heard| heard >= then)
    }

    /// Whether something came by it of late.
    pub(super) fn has_heard_of_late(&self, within: Duration) -> bool {
        Instant::now().checked_sub(within).is_some_and(|then| self.has_heard_since(then))
    }

    /// Whether something waits for what should have come before it.
    pub(super) async fn has_a_gap(&self) -> bool {
        let told = self.told.lock().await;
        told.unread || !told.early.is_empty()
    }
}

impl Told {
    /// All up to here was told.
    fn reach(&mut self, end: i64, heard: &OnCommit) {
        self.upto = self.upto.max(end);
        self.tell_early(heard);
    }

    /// Tells of what came early, as far as nothing is missing before it.
    fn tell_early(&mut self, heard: &OnCommit) {
        while let Some(first) = self.early.first_entry().filter(|first| *first.key() <= self.upto) {
            let Early { mut events, end } = first.remove();
            events.retain(|event| event.cursor.0 > self.upto);
            if !events.is_empty() {
                heard(Committed { events, foreign: true, ..Committed::default() });
            }
            self.upto = self.upto.max(end);
        }
    }

    async fn catch_up(
        &mut self,
        client: &Link,
        heard: &OnCommit,
        last: i64,
    ) -> Result<(), Stopped> {
        loop {
            let mut asks: Asks<'_, Vec<Arc<Event>>> = Asks::new();
            asks.ask(sql::EVENTS, values![self.upto, last, PAGE], |events, rows| {
                for row in &rows {
                    events.push(Arc::new(event(row)?));
                }
                Ok(())
            });
            let mut events = Vec::new();
            asks.run(client, &mut events).await?;
            let full = i64::try_from(events.len()).unwrap_or(i64::MAX) >= PAGE;
            if let Some(end) = events.last() {
                self.upto = end.cursor.0;
                heard(Committed { events, foreign: true, ..Committed::default() });
            }
            if !full {
                // There is nothing more up to there.
                self.upto = if last == i64::MAX { self.upto } else { self.upto.max(last) };
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use claudebench_core::Cursor;
    use claudebench_testkit::event;

    use super::*;

    fn span(before: i64, places: std::ops::RangeInclusive<i64>) -> Span {
        let event = |place| event(place, "task.created", None);
        let end = Cursor(*places.end());
        Span { before: Some(Cursor(before)), events: places.map(event).collect(), end }
    }

    #[tokio::test]
    async fn what_comes_early_waits_and_what_comes_twice_is_told_once() {
        let told = Arc::new(Lock::new(Vec::new()));
        let log = Log::default();
        let seen = told.clone();
        log.follow(
            10,
            Arc::new(move |committed: Committed| {
                assert!(committed.foreign);
                seen.lock().unwrap().extend(committed.events.iter().map(|event| event.cursor.0));
            }),
        );
        let began = Instant::now();
        assert!(!log.has_heard_since(began));
        log.hear(span(14, 15..=16)).await;
        log.hear(span(12, 13..=14)).await;
        assert!(told.lock().unwrap().is_empty() && log.has_a_gap().await);
        log.hear(span(10, 11..=12)).await;
        assert_eq!(*told.lock().unwrap(), [11, 12, 13, 14, 15, 16]);
        log.hear(span(12, 13..=14)).await;
        // One that was cut otherwise: what is new in it is told.
        log.hear(span(14, 15..=17)).await;
        assert_eq!(told.lock().unwrap().last(), Some(&17));
        assert_eq!(told.lock().unwrap().len(), 7);
        assert!(!log.has_a_gap().await && log.has_heard_since(began));
        // One without events takes a place as well, and is missed.
        log.hear(span(18, 19..=19)).await;
        assert!(log.has_a_gap().await);
        log.hear(Span { events: Vec::new(), ..span(17, 18..=18) }).await;
        assert_eq!(told.lock().unwrap().last(), Some(&19));
        assert!(!log.has_a_gap().await);
    }

    #[tokio::test]
    async fn what_waits_has_a_bound() {
        let log = Log::default();
        log.follow(0, Arc::new(|_| {}));
        for n in 1..1_000 {
            log.hear(span(n * 10, n * 10 + 1..=n * 10 + 1)).await;
        }
        assert_eq!(log.told.lock().await.early.len(), EARLY);
    }
}
