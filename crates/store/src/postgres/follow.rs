//! What other servers have committed is heard of: their events, and ready tasks that they left for
//! whoever waits here. A notification wakes it; beneath it lies a poll.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use claudebench_core::lane::Lane;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::Shared;
use super::asks::{Asks, Link, Stopped, values};
use super::connect::{self, Connected, Hear, silent};
use super::errors::store_error;
use super::load::{self, Found};
use super::picture::{News, Picture};
use super::sheet::Sheet;
use super::sql::follow as sql;
use super::sql::ground;
use crate::batch::Gained;
use crate::committer::{Committed, OnCommit};
use crate::memory::LaneId;
use crate::store::StoreError;

/// How often it looks although it is notified, and how often when it cannot be.
const LISTENING: Duration = Duration::from_millis(1_000);
const POLLING: Duration = Duration::from_millis(100);
/// For so long what a notification tells of may come by a quicker way, and what came too early may be followed
/// by what belongs before it; then the log is read.
const SOON: Duration = Duration::from_millis(25);
/// Where nothing came by that way for so long, there is none.
const QUICK: Duration = Duration::from_secs(5);
/// How long it rests after a failure.
const AGAIN: Duration = Duration::from_millis(500);
/// Every so many looks this server says that it is there, and looks whether somebody waits for
/// what is ready though nobody told.
const ROUND: u32 = 5;

/// What wakes who follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Woken {
    /// The store is closed.
    Closed,
    /// Another server says that it has committed.
    Told,
    /// Something is missing before what came by the quicker way.
    Gap,
    /// Nobody: it is time to look.
    Time,
}

/// Follows the commits of other servers until the store is closed.
pub(super) async fn run(shared: Arc<Shared>, heard: OnCommit) {
    let bell = Arc::new(Notify::new());
    let mut following: Option<Following> = None;
    let (mut failing, mut woken) = (false, Woken::Time);
    // When the log is read, though something may come by a quicker way until then.
    let mut reads_at: Option<Instant> = None;
    while woken != Woken::Closed {
        let now = Instant::now();
        let is_due = reads_at.is_some_and(|at| now >= at);
        let reads = if woken == Woken::Time || is_due || !shared.log.has_heard_of_late(QUICK) {
            // What a notification told of may have come before that.
            let told_of = reads_at.take().and_then(|at| at.checked_sub(2 * SOON));
            told_of.is_none_or(|then| !shared.log.has_heard_since(then))
                || shared.log.has_a_gap().await
        } else {
            false
        };
        if woken != Woken::Time && !reads {
            reads_at.get_or_insert(now + SOON);
        }
        if woken == Woken::Gap && !reads && following.is_some() {
            // That says nothing of ready tasks: what is missing comes, or the log is read soon.
            let rest = reads_at.map_or(SOON, |at| at.saturating_duration_since(now));
            woken = wait(&shared, &bell, &shared.log.gap, rest).await;
            continue;
        }
        let step = async {
            let mut at_work = match following.take() {
                Some(at_work) => at_work,
                None => Following::begin(&shared, bell.clone()).await?,
            };
            at_work.step(&shared, &heard, reads).await?;
            // What came by a quicker way comes without a gap, or the log is read soon.
            if reads || !shared.log.has_a_gap().await {
                shared.has_followed(now, at_work.history.number());
            }
            Ok::<_, StoreError>(at_work)
        };
        let rest = match step.await {
            Ok(at_work) => {
                failing = false;
                let every = if at_work.listens { LISTENING } else { POLLING };
                following = Some(at_work);
                jittered(every, &shared)
            }
            Err(error) => {
                shared.has_failed(&error);
                if !failing {
                    tracing::warn!(%error, "the commits of other servers cannot be followed; tried again");
                }
                failing = true;
                AGAIN
            }
        };
        if failing {
            // Nothing that is heard meanwhile makes the database answer sooner.
            reads_at = None;
            woken = wait(&shared, &Notify::new(), &Notify::new(), rest).await;
            continue;
        }
        let rest =
            reads_at.map_or(rest, |at| rest.min(at.saturating_duration_since(Instant::now())));
        woken = wait(&shared, &bell, &shared.log.gap, rest).await;
    }
}

async fn wait(shared: &Shared, bell: &Notify, gap: &Notify, rest: Duration) -> Woken {
    let mut closed = shared.closed.subscribe();
    let woken = async {
        tokio::select! {
            biased;
            ended = closed.wait_for(|closed| *closed) => {
                if ended.is_ok() { Woken::Closed } else { Woken::Time }
            }
            () = bell.notified() => Woken::Told,
            () = gap.notified() => Woken::Gap,
        }
    };
    tokio::time::timeout(rest, woken).await.unwrap_or(Woken::Time)
}

/// Servers that were started together do not look together for ever.
fn jittered(every: Duration, shared: &Shared) -> Duration {
    let share = u32::try_from(shared.server.cast_unsigned() % 512).unwrap_or(0);
    every.mul_f64(0.75 + f64::from(share) / 1_024.0)
}

/// What a round has seen: lanes with ready tasks, and when something is due.
#[derive(Default)]
struct Seen {
    ready: Vec<(LaneId, i64, i64)>,
    due: Option<i64>,
    timeline: Option<i64>,
}

struct Following {
    client: Link,
    listens: bool,
    /// Of the database, by which another one is told from it.
    history: History,
    picture: Picture,
    looks: u32,
}

impl Following {
    async fn begin(shared: &Shared, bell: Arc<Notify>) -> Result<Self, StoreError> {
        let listens = shared.direct.is_some();
        let target = shared.direct.as_ref().unwrap_or(&shared.config);
        let own = shared.server.to_string();
        let hear: Hear = Arc::new(move |said| {
            if said != own {
                bell.notify_one();
            }
        });
        let Connected { client, timeline } = connect::connected(target, Some(hear)).await?;
        let row = client.query_typed_one(sql::HISTORY, &[]).await;
        let row = row.map_err(|error| store_error(&error))?;
        let part = |column| row.try_get::<_, i64>(column).map_err(|error| store_error(&error));
        let database = [part(0)?, part(1)?, part(2)?];
        let history = History { timeline: timeline.unwrap_or(0), database };
        if listens {
            client.batch_execute(sql::LISTEN).await.map_err(|error| store_error(&error))?;
        }
        let options = &shared.options;
        let client = Link::new(client, listens, options.answers_within(options.write_ms));
        let due = &shared.due;
        let now = shared.clock.now();
        let picture = load::whole(&client, &shared.options, due, now).await.map_err(said)?;
        // What has come since it was last looked at may be ready for who waits here.
        Ok(Self { client, listens, history, picture, looks: 0 })
    }

    /// What came since the last look; events only if the log is to be read.
    async fn step(
        &mut self,
        shared: &Shared,
        heard: &OnCommit,
        reads: bool,
    ) -> Result<(), StoreError> {
        if reads {
            shared.log.advance(&self.client).await.map_err(said)?;
        }
        let mut told = Committed { foreign: true, ..Committed::default() };
        let news = self.news().await.map_err(said)?;
        let others: Vec<&News> = news.iter().filter(|news| news.server != shared.server).collect();
        told.reopened = others.iter().any(|news| news.reopened);
        told.ready = self.gained(shared, others.iter().flat_map(|news| &news.lanes));
        if self.looks.is_multiple_of(ROUND) {
            self.round(shared, &mut told).await.map_err(said)?;
        }
        self.looks = self.looks.wrapping_add(1);
        if told.reopened || !told.ready.is_empty() {
            heard(told);
        }
        Ok(())
    }

    /// News since the last look; lanes and pauses are in step with it then.
    async fn news(&mut self) -> Result<Vec<News>, Stopped> {
        let (mut sheet, mut found) = (Sheet::default(), Found::default());
        let mut into =
            load::Loading { sheet: &mut sheet, picture: &mut self.picture, found: &mut found };
        load::news_alone(&self.client, &mut into).await?;
        Ok(found.news)
    }

    fn gained<'n>(
        &self,
        shared: &Shared,
        lanes: impl Iterator<Item = &'n (LaneId, i64, i64)>,
    ) -> Vec<Gained> {
        let mut counts: HashMap<LaneId, i64> = HashMap::new();
        lanes.for_each(|(lane, _, count)| *counts.entry(*lane).or_default() += count);
        let now = shared.clock.now();
        let gained = counts.into_iter().filter_map(|(id, count)| {
            let lane: Arc<Lane> = self.picture.lanes.lane(id)?;
            let pauses = self.picture.pauses.in_force(lane.tenant, now);
            Some(Gained { lane, count: usize::try_from(count).unwrap_or(0), pauses })
        });
        gained.collect()
    }

    /// Once in a while: what nobody has told is found all the same.
    async fn round(&mut self, shared: &Shared, told: &mut Committed) -> Result<(), Stopped> {
        let mut asks: Asks<'_, Seen> = Asks::new();
        let now = shared.clock.now().0;
        let mark = shared.due.mark();
        asks.tell(sql::HERE, values![shared.server, env!("CARGO_PKG_VERSION"), now]);
        asks.ask(sql::READY, values![], |seen, rows| {
            for row in rows {
                seen.ready.push((
                    row.try_get::<_, i32>(0)?.into(),
                    row.try_get(1)?,
                    row.try_get(2)?,
                ));
            }
            Ok(())
        });
        let problem = shared.problem();
        if problem.is_some() {
            // Whether it has passed, also where a little can still be written.
            asks.tell(sql::ROOM, values![]);
        }
        asks.ask(super::sql::load::FIRST_DUE, values![], |seen, rows| {
            seen.due = rows.first().map(|row| row.try_get(0)).transpose()?.flatten();
            Ok(())
        });
        // Behind a pooler this may be another server by now, and the connection goes on.
        asks.ask(ground::POSITION, values![], |seen, rows| {
            seen.timeline = rows.first().map(|row| row.try_get(0)).transpose()?;
            Ok(())
        });
        let mut seen = Seen::default();
        asks.run(&self.client, &mut seen).await?;
        self.history.timeline = seen.timeline.unwrap_or(self.history.timeline);
        if problem.is_some() {
            shared.wrote();
        }
        shared.due.raise(seen.due.unwrap_or(i64::MAX), mark);
        told.ready.extend(self.gained(shared, seen.ready.iter()));
        Ok(())
    }
}

/// Which database it is, and which of its pasts it goes on with.
struct History {
    timeline: i64,
    /// The database, its table of tasks, and when its server was started.
    database: [i64; 3],
}

impl History {
    /// As one number.
    fn number(&self) -> u64 {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let parts = std::iter::once(&self.timeline).chain(&self.database);
        parts.fold(0, |all: u64, part| {
            (all.rotate_left(23) ^ part.cast_unsigned()).wrapping_mul(ODD)
        })
    }
}

fn said(stopped: Stopped) -> StoreError {
    match stopped {
        Stopped::Said(error) => store_error(&error),
        Stopped::Found(failed) => failed.0,
        Stopped::Silence(patience) => silent(patience),
    }
}
