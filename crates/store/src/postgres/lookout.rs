//! Looks at the hosts of the database all the time: whether the primary answers, whether another one was
//! promoted, and what time it is there. What hangs without a word is found out so, and whoever waits
//! for it is told.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_postgres::{Client, Error};

use super::Shared;
use super::clock::DbClock;
use super::connect::{Unconnected, silent};
use super::errors::Failed;
use super::primary::Primary;
use super::sql::ground as sql;
use crate::store::StoreError;

/// How often one looks.
const EVERY: Duration = Duration::from_secs(1);
/// How long an answer over an open connection may take.
const SOON: Duration = Duration::from_secs(2);
/// How long a new connection may take then, with its first answer.
const ANEW: Duration = Duration::from_secs(3);

/// What is done with what is seen.
#[derive(Clone)]
pub(super) struct Lookout {
    pub(super) primary: Arc<Primary>,
    /// Who goes by the time of the primary.
    pub(super) clock: Option<Arc<DbClock>>,
    /// Whether connections to one that does not answer are cut. Behind a pooler, others may have
    /// taken all that it has.
    pub(super) cuts: bool,
}

/// Begins to look at the hosts of the database.
pub(super) fn begin(shared: &Shared, clock: Option<Arc<DbClock>>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    if let Some(primary) = &shared.config.primary {
        let cuts = !shared.options.pooler;
        Lookout { primary: primary.clone(), clock, cuts }.start(&mut tasks);
    }
    // The other way has hosts of its own.
    let apart = shared.options.direct_url.as_ref().and(shared.direct.as_ref());
    if let Some(primary) = apart.and_then(|to| to.primary.clone()) {
        Lookout { primary, clock: None, cuts: true }.start(&mut tasks);
    }
    tasks
}

impl Lookout {
    /// Begins to look; it ends with the set.
    pub(super) fn start(&self, tasks: &mut JoinSet<()>) {
        for host in 0..self.primary.hosts() {
            tasks.spawn(self.clone().follow(host));
        }
    }

    async fn follow(self, host: usize) {
        let mut open = None;
        loop {
            let began = Instant::now();
            match self.look(host, &mut open).await {
                Ok(Some(timeline)) => {
                    self.primary.is_primary(host, timeline, false);
                }
                Ok(None) => self.primary.is_none(host, began, "it follows another server"),
                Err(Unconnected { error, said: true }) => {
                    self.primary.doubt(host, began, &error.to_string());
                }
                Err(Unconnected { error, said: false }) if self.cuts => {
                    self.primary.is_none(host, began, &error.to_string());
                }
                Err(Unconnected { error, said: false }) => {
                    self.primary.doubt(host, began, &error.to_string());
                }
            }
            sleep_until(began + EVERY).await;
        }
    }

    /// Asks over the connection that is open, and if that does not answer over another one.
    async fn look(
        &self,
        host: usize,
        open: &mut Option<Client>,
    ) -> Result<Option<i64>, Unconnected> {
        let began = Instant::now();
        if let Some(client) = open.take() {
            match patiently(SOON, self.ask(&client)).await {
                Some(Ok(timeline)) => {
                    *open = Some(client);
                    return Ok(timeline);
                }
                Some(Err(_)) => {}
                None => self.primary.doubt(host, began, &silent(SOON).to_string()),
            }
        }
        let anew = async {
            let connected = self.primary.open(host, None, None).await?;
            let timeline = self.ask(&connected.client).await;
            let timeline = timeline.map_err(|error| {
                let error = Failed::from(error).0.into();
                Unconnected { error, said: false }
            })?;
            *open = Some(connected.client);
            Ok(timeline)
        };
        patiently(ANEW, anew).await.unwrap_or_else(|| {
            let error: StoreError = silent(ANEW);
            Err(Unconnected { error: error.into(), said: false })
        })
    }

    /// Whose history it goes on with, if it is a primary.
    async fn ask(&self, client: &Client) -> Result<Option<i64>, Error> {
        let sent = std::time::Instant::now();
        let row = client.query_typed_one(sql::ROLE, &[]).await?;
        let came = std::time::Instant::now();
        let timeline: Option<i64> = row.try_get(0)?;
        if let (Some(_), Some(clock)) = (timeline, &self.clock) {
            clock.measure(sent, came, row.try_get(1)?);
        }
        Ok(timeline)
    }
}

/// What comes within a time during which this process itself went on. Where it was held up, by other work or
/// by its machine, an answer that it did not take yet says nothing of who gave it.
async fn patiently<T>(patience: Duration, answer: impl Future<Output = T>) -> Option<T> {
    /// As much as it loses by one standstill, however long that is.
    const STEPS: u32 = 20;
    let mut answer = pin!(answer);
    for _ in 0..STEPS {
        if let Ok(answer) = timeout(patience / STEPS, &mut answer).await {
            return Some(answer);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_was_held_up_waits_on() {
        let (answer, answered) = oneshot::channel();
        let waiting = tokio::spawn(patiently(SOON, answered));
        tokio::task::yield_now().await;
        advance(10 * SOON).await;
        answer.send("here").unwrap();
        assert_eq!(waiting.await.unwrap(), Some(Ok("here")));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_in_its_time() {
        let began = Instant::now();
        assert_eq!(patiently(SOON, std::future::pending::<()>()).await, None);
        let took = began.elapsed();
        assert!((SOON..SOON + SOON / 10).contains(&took), "{took:?}");
    }
}
