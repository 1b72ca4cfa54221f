//! What one server does for all. Each chore is done step by step, each step in a transaction of its
//! own, and whoever comes when it is due takes the turn: an advisory lock that lasts as long as that
//! transaction. So nobody is elected, and nothing is to be taken over: a server that dies, or hangs,
//! loses its turn with its transaction, and another one does the same step. A pooler may stand
//! between.

mod counts;
mod figures;
mod lanes;
mod log;
mod remembered;
mod turn;
mod words;

use std::time::Duration;

use claudebench_core::Millis;
use tokio_postgres::Transaction;

#[cfg(test)]
pub(super) use figures::Figures;
pub(super) use figures::figures;
pub(super) use turn::Keeper;
#[cfg(test)]
pub(super) use turn::Turn;

use super::errors::Failed;
use super::migrate;
use super::params::params;
use super::sql::keeping as sql;

/// How things are kept, and by whom.
#[derive(Clone, Debug)]
pub(super) struct Keeping {
    /// The number of this server.
    pub(super) server: i64,
    /// How many events are kept.
    pub(super) events_max: i64,
    /// How long events are kept, in milliseconds.
    pub(super) events_age_ms: i64,
    /// Whether none is dropped before it is in the archive.
    pub(super) archives: bool,
    /// How long a step may wait for what others hold.
    pub(super) wait: Duration,
    /// How long a step may stand still before it is undone, so that another server goes on.
    pub(super) still: Duration,
}

/// What is to be done again and again. Their order is that of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chore {
    /// The index learns the words of tasks, and the events are numbered.
    Words,
    /// New projects get their counts.
    Groups,
    /// Changes of counts are added up.
    Counts,
    /// Months are made ahead.
    Months,
    /// Whole months of events are dropped.
    OldMonths,
    /// Events are dropped.
    OldEvents,
    /// News is dropped that everybody has heard.
    OldNews,
    /// Whatever else is remembered for a while is forgotten.
    Remembered,
    /// Lanes are looked at: which have no tasks?
    Lanes,
    /// Lanes without tasks go.
    OldLanes,
}

impl Chore {
    pub(super) const ALL: [Self; 10] = [
        Self::Words,
        Self::Groups,
        Self::Counts,
        Self::Months,
        Self::OldMonths,
        Self::OldEvents,
        Self::OldNews,
        Self::Remembered,
        Self::Lanes,
        Self::OldLanes,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Counts => "counts",
            Self::Groups => "groups",
            Self::Months => "months",
            Self::OldMonths => "old months",
            Self::OldEvents => "old events",
            Self::OldNews => "old news",
            Self::Remembered => "remembered",
            Self::Lanes => "lanes",
            Self::OldLanes => "old lanes",
        }
    }

    /// How long it rests when nothing is left to do, in milliseconds.
    pub(super) fn period_ms(self) -> i64 {
        match self {
            Self::Words => 2_000,
            Self::Counts => 5_000,
            Self::Groups | Self::OldMonths | Self::OldEvents | Self::OldNews | Self::Remembered => {
                60_000
            }
            Self::Months | Self::Lanes | Self::OldLanes => 3_600_000,
        }
    }

    /// One step; says whether there may be more to do at once.
    async fn step(self, cx: &Step<'_>, seen: &mut Seen) -> Result<bool, Failed> {
        match self {
            Self::Words => words::learn(cx).await,
            Self::Counts => counts::roll_up(cx, &mut seen.counts).await,
            Self::Groups => counts::learn_groups(cx).await,
            Self::Months => migrate::months_within(cx.tx, cx.now).await.map(|_| false),
            Self::OldMonths => log::drop_month(cx).await,
            Self::OldEvents => log::drop_events(cx).await,
            Self::OldNews => log::drop_news(cx).await,
            Self::Remembered => remembered::forget(cx).await,
            Self::Lanes => lanes::look(cx, &mut seen.lanes).await,
            Self::OldLanes => lanes::drop_old(cx).await,
        }
    }
}

/// The transaction of a step.
struct Step<'a> {
    tx: &'a Transaction<'a>,
    now: Millis,
    keeping: &'a Keeping,
}

/// How far the chores came that go through a table by its key. It may be lost: then they begin anew.
#[derive(Debug, Default)]
struct Seen {
    counts: counts::Seen,
    lanes: i64,
}

impl Step<'_> {
    async fn mark(&self, name: &str) -> Result<i64, Failed> {
        Ok(self.tx.query_typed_one(sql::MARK, &params![name]).await?.try_get(0)?)
    }

    async fn move_mark(&self, name: &str, place: i64) -> Result<(), Failed> {
        self.tx.query_typed(sql::MOVE_MARK, &params![name, place]).await?;
        Ok(())
    }

    /// Nobody deletes whole tenants, or lanes, meanwhile.
    async fn share_structure(&self) -> Result<(), Failed> {
        self.tx.query_typed(sql::SHARE_STRUCTURE, &[]).await?;
        Ok(())
    }

    /// The last time at which an event is old.
    fn last_old(&self) -> i64 {
        self.now.0.saturating_sub(self.keeping.events_age_ms)
    }

    /// The last place in the log that is older than so many milliseconds.
    fn place_before(&self, age_ms: i64) -> i64 {
        let first_kept = self.now.0.saturating_sub(age_ms).saturating_add(1).max(0);
        (first_kept << 20) - 1
    }
}
