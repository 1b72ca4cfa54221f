//! The log, told in its order to whoever follows it on this server: own commits as they come, and
//! in between what other servers have committed.

use std::fmt;
use std::sync::{Arc, OnceLock};

use claudebench_core::event::Event;
use tokio::sync::Mutex;

use super::asks::{Asks, Link, Stopped, values};
use super::read::events::event;
use super::sql::follow as sql;
use crate::committer::{Committed, OnCommit};

/// So many events are read at a time.
const PAGE: i64 = 1_000;

/// What was told of the log, and to whom.
#[derive(Default)]
pub(super) struct Log {
    follower: OnceLock<Follower>,
    /// Up to where it was told since then.
    upto: Mutex<i64>,
}

/// Who follows, and from where on.
struct Follower {
    from: i64,
    heard: OnCommit,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

/// A commit of this server: where the log ended before, and its events.
pub(super) struct Own {
    pub(super) before: Option<i64>,
    pub(super) events: Vec<Arc<Event>>,
}

impl Log {
    /// Somebody follows from here on. There is one follower.
    pub(super) fn follow(&self, from: i64, heard: OnCommit) {
        if self.follower.set(Follower { from, heard }).is_err() {
            tracing::error!("the log is followed by somebody already");
        }
    }

    /// Tells of an own commit, and of all before it. Gives the events back when nobody follows.
    /// What cannot be read now is told later, by who follows the log.
    pub(super) async fn tell(&self, client: &Link, own: Own) -> Vec<Arc<Event>> {
        let Some(Follower { from, heard }) = self.follower.get() else { return own.events };
        let Some(last) = own.events.last().map(|event| event.cursor.0) else { return own.events };
        let mut upto = self.upto.lock().await;
        *upto = (*upto).max(*from);
        if own.before.is_none_or(|before| before > *upto) {
            let first = own.events.first().map_or(last, |event| event.cursor.0);
            if let Err(error) = catch_up(&mut upto, client, heard, first - 1).await {
                tracing::warn!(?error, "the log could not be followed; tried again");
                return Vec::new();
            }
        }
        if last > *upto {
            *upto = last;
            heard(Committed { events: own.events, ..Committed::default() });
        }
        Vec::new()
    }

    /// Tells of all that was committed, up to a place.
    pub(super) async fn advance(&self, client: &Link) -> Result<(), Stopped> {
        let Some(Follower { from, heard }) = self.follower.get() else { return Ok(()) };
        let mut upto = self.upto.lock().await;
        *upto = (*upto).max(*from);
        catch_up(&mut upto, client, heard, i64::MAX).await
    }
}

async fn catch_up(
    upto: &mut i64,
    client: &Link,
    heard: &OnCommit,
    last: i64,
) -> Result<(), Stopped> {
    loop {
        let mut asks: Asks<'_, Vec<Arc<Event>>> = Asks::new();
        asks.ask(sql::EVENTS, values![*upto, last, PAGE], |events, rows| {
            for row in &rows {
                events.push(Arc::new(event(row)?));
            }
            Ok(())
        });
        let mut events = Vec::new();
        asks.run(client, &mut events).await?;
        let full = i64::try_from(events.len()).unwrap_or(i64::MAX) >= PAGE;
        if let Some(end) = events.last() {
            *upto = end.cursor.0;
            heard(Committed { events, foreign: true, ..Committed::default() });
        }
        if !full {
            return Ok(());
        }
    }
}
