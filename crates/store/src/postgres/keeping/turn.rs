//! Taking turns.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use claudebench_core::Clock;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_postgres::Client;

use super::{Chore, Keeping, Seen, Step};
use crate::postgres::connect::connect;
use crate::postgres::errors::Failed;
use crate::postgres::options::Target;
use crate::postgres::params::params;
use crate::postgres::sql::keeping as sql;
use crate::store::StoreError;

/// So many steps of one chore are done before the others have their turn.
const STEPS: usize = 100;
/// Between two steps it rests for so many times as long as a step took: what can wait does not keep
/// the database from what is asked for.
const RESTS: u32 = 3;
/// But no longer.
const REST: Duration = Duration::from_secs(1);

/// How a turn went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::postgres) enum Turn {
    /// Somebody else has it, or it is not due.
    NotOurs,
    /// A step is done, and there may be more to do at once.
    More,
    /// It is done until it is due again.
    Done,
}

/// Does chores, over a connection of its own.
pub(in crate::postgres) struct Keeper {
    config: Target,
    clock: Arc<dyn Clock>,
    keeping: Keeping,
    stopping: watch::Receiver<bool>,
    client: Option<Client>,
    seen: Seen,
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keeper({:?})", self.keeping)
    }
}

impl Keeper {
    pub(in crate::postgres) fn new(
        config: Target,
        clock: Arc<dyn Clock>,
        keeping: Keeping,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self { config, clock, keeping, stopping, client: None, seen: Seen::default() }
    }

    /// Does all that is due, as far as nobody else is at it, until it is stopping. One chore that
    /// fails does not keep the others from being done.
    ///
    /// # Errors
    /// The first failure.
    pub(in crate::postgres) async fn round(&mut self) -> Result<(), StoreError> {
        let due = match self.due(&Chore::ALL).await {
            Ok(due) => due,
            Err(Failed(error)) => {
                self.drop_broken().await;
                return Err(error);
            }
        };
        let mut failed = Ok(());
        for chore in due {
            let Err(error) = self.do_one(chore).await else { continue };
            if self.client.is_none() {
                return Err(error);
            }
            tracing::warn!(chore = chore.name(), %error, "a chore over the database failed");
            self.postpone(chore).await?;
            failed = failed.and(Err(error));
        }
        failed
    }

    async fn do_one(&mut self, chore: Chore) -> Result<(), StoreError> {
        for _ in 0..STEPS {
            let begun = Instant::now();
            if self.stops() || self.turn(chore).await? != Turn::More {
                break;
            }
            let rest = (begun.elapsed() * RESTS).min(REST);
            let _ = tokio::time::timeout(rest, self.stopping.wait_for(|stop| *stop)).await;
        }
        Ok(())
    }

    fn stops(&self) -> bool {
        *self.stopping.borrow() || self.stopping.has_changed().is_err()
    }

    /// Gives the connection back.
    pub(in crate::postgres) fn leave(&mut self) {
        self.client = None;
    }

    /// Which of some chores are due.
    async fn due(&mut self, chores: &[Chore]) -> Result<Vec<Chore>, Failed> {
        let now = self.clock.now();
        let client = self.client().await?;
        let (names, periods) = named(chores);
        let rows = client.query_typed(sql::DUE_CHORES, &params![names, periods, now.0]).await?;
        let due = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<&str>, _>>()?;
        Ok(chores.iter().copied().filter(|chore| due.contains(&chore.name())).collect())
    }

    /// One step of a chore, if it is due and nobody else is at it.
    pub(in crate::postgres) async fn turn(&mut self, chore: Chore) -> Result<Turn, StoreError> {
        match self.try_turn(chore).await {
            Ok(turn) => Ok(turn),
            Err(Failed(error)) => {
                self.drop_broken().await;
                Err(error)
            }
        }
    }

    /// Gives up a connection that does not work any more.
    async fn drop_broken(&mut self) {
        if let Some(client) = self.client.take()
            && client.check_connection().await.is_ok()
        {
            self.client = Some(client);
        }
    }

    async fn try_turn(&mut self, chore: Chore) -> Result<Turn, Failed> {
        let now = self.clock.now();
        let Self { keeping, seen, .. } = self;
        let [wait, still] = [keeping.wait, keeping.still].map(|time| time.as_millis().to_string());
        let keeping = keeping.clone();
        let mut seen = std::mem::take(seen);
        let client = self.client().await?;
        let tx = client.transaction().await?;
        if !tx
            .query_typed_one(sql::TAKE_TURN, &params![wait, still])
            .await?
            .try_get::<_, bool>(0)?
        {
            return Ok(Turn::NotOurs);
        }
        // Somebody else may have done it since.
        let (names, periods) = named(&[chore]);
        if tx.query_typed(sql::DUE_CHORES, &params![names, periods, now.0]).await?.is_empty() {
            return Ok(Turn::NotOurs);
        }
        let step = Step { tx: &tx, now, keeping: &keeping };
        let more = chore.step(&step, &mut seen).await?;
        if !more {
            let due = now.plus(chore.period_ms());
            tx.query_typed(sql::CHORE_DONE, &params![chore.name(), due.0, keeping.server]).await?;
        }
        tx.commit().await?;
        self.seen = seen;
        Ok(if more { Turn::More } else { Turn::Done })
    }

    /// A chore that cannot be done rests as if it were, but for a minute at most. Without a
    /// connection all are tried again soon.
    async fn postpone(&mut self, chore: Chore) -> Result<(), StoreError> {
        let due = self.clock.now().plus(chore.period_ms().min(60_000));
        let server = self.keeping.server;
        let client = self.client().await?;
        let done = client.query_typed(sql::CHORE_DONE, &params![chore.name(), due.0, server]).await;
        done.map(|_| ()).map_err(|error| Failed::from(error).0)
    }

    /// The connection; a new one when there is none that works.
    async fn client(&mut self) -> Result<&mut Client, StoreError> {
        let client = match self.client.take().filter(|client| !client.is_closed()) {
            Some(client) => client,
            None => connect(&self.config).await?,
        };
        Ok(self.client.insert(client))
    }
}

/// Names and periods.
fn named(chores: &[Chore]) -> (Vec<&'static str>, Vec<i64>) {
    chores.iter().map(|chore| (chore.name(), chore.period_ms())).unzip()
}
