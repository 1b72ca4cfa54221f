//! Looking at the primary and at its replicas.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, timeout};
use tokio_postgres::Client;

use super::{Known, Replica, Seen, locked};
use crate::position::Position;
use crate::postgres::connect;
use crate::postgres::errors::{Failed, damaged};
use crate::postgres::options::Target;
use crate::postgres::params::params;
use crate::postgres::save::position;
use crate::postgres::sql::ground as sql;
use crate::store::StoreError;

/// How often one looks while a read waits, while reads come, and else.
const WAITED_FOR: Duration = Duration::from_millis(5);
const USED: Duration = Duration::from_millis(100);
const IDLE: Duration = Duration::from_secs(1);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks at the primary.
pub(super) async fn primary(known: Arc<Known>) {
    let mut client = None;
    let mut marked = None;
    loop {
        match within(look_at_primary(&known, &mut client, &mut marked)).await {
            Ok(()) => {}
            Err(error) => {
                tracing::debug!(%error, "the primary cannot be looked at; tried again");
                client = None;
            }
        }
        tokio::time::sleep_until(Instant::now() + known.pause()).await;
    }
}

async fn look_at_primary(
    known: &Known,
    client: &mut Option<Client>,
    marked: &mut Option<u32>,
) -> Result<(), StoreError> {
    let client = connected(client, &known.primary).await?;
    let at = ask_primary(client).await.map_err(|failed| failed.0)?;
    if *marked != Some(at.timeline) {
        let timeline = i64::from(at.timeline);
        let mark = params![timeline];
        client.query_typed(sql::MARK_TIMELINE, &mark).await.map_err(|e| Failed::from(e).0)?;
        *marked = Some(at.timeline);
    }
    locked(&known.track).saw(at, Instant::now());
    Ok(())
}

async fn ask_primary(client: &Client) -> Result<Position, Failed> {
    position(&client.query_typed_one(sql::POSITION, &[]).await?)
}

/// Looks at a replica.
pub(super) async fn replica(known: Arc<Known>, number: usize) {
    let Some(replica) = known.all.get(number) else { return };
    let mut client = None;
    loop {
        let looked = within(look_at_replica(replica, &mut client)).await;
        if looked.is_err() {
            client = None;
        }
        judge(&known, replica, looked);
        let pause =
            if known.waiting.load(Ordering::Acquire) > 0 { WAITED_FOR } else { known.pause() };
        // A bell that has rung is no reason to look all the time.
        let soonest = Instant::now() + WAITED_FOR;
        let _ = timeout(pause, replica.bell.notified()).await;
        tokio::time::sleep_until(soonest).await;
    }
}

/// Where it stands, and how far behind it says it is.
async fn look_at_replica(
    replica: &Replica,
    client: &mut Option<Client>,
) -> Result<(Position, Option<u64>), StoreError> {
    let client = connected(client, &replica.to).await?;
    let asked = async {
        let row = client.query_typed_one(sql::SEEN, &[]).await?;
        let (timeline, lsn): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        let said: Option<i64> = row.try_get(2)?;
        let timeline = u32::try_from(timeline).map_err(|_| damaged("it has no timeline"))?;
        let at = Position { timeline, lsn: lsn.cast_unsigned() };
        Ok((at, said.map(|ms| ms.max(0).unsigned_abs())))
    };
    asked.await.map_err(|failed: Failed| failed.0)
}

async fn connected<'c>(
    client: &'c mut Option<Client>,
    to: &Target,
) -> Result<&'c Client, StoreError> {
    match client {
        Some(client) => Ok(client),
        none => {
            let made = connect::connect(to).await;
            let made = made.map_err(|error| StoreError::Unavailable { what: error.to_string() })?;
            Ok(none.insert(made))
        }
    }
}

async fn within<T>(look: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    timeout(PATIENCE, look).await.unwrap_or_else(|_| {
        Err(StoreError::Unavailable { what: "it has not answered in time".into() })
    })
}

/// What follows from a look.
fn judge(known: &Known, replica: &Replica, looked: Result<(Position, Option<u64>), StoreError>) {
    let now = Instant::now();
    let before = locked(&replica.seen).clone();
    let answers = looked.is_ok();
    let seen = {
        let track = locked(&known.track);
        let said = looked.as_ref().ok().and_then(|(_, said)| *said);
        let at = looked.as_ref().map_or(before.at, |(at, _)| Some(*at));
        let behind = at.map(|at| track.behind(at.lsn, said, now));
        let problem = match (looked, track.timeline()) {
            (Err(error), _) => Some(error.to_string()),
            (Ok(_), None) => Some("the primary was not seen yet".to_owned()),
            (Ok((at, _)), Some(timeline)) if at.timeline != timeline => {
                Some("it has not followed the promotion of the primary".to_owned())
            }
            _ => None,
        };
        Seen {
            at,
            lag_ms: behind.map(|behind| behind.ms),
            lag_bytes: behind.map(|behind| behind.bytes),
            problem,
            serves: before.serves,
            lagging: before.lagging,
            out_since: before.out_since,
        }
    };
    let seen = settled(seen, &before, known.lag_ms, now);
    let turned = (seen.serves, seen.lagging) != (before.serves, before.lagging);
    if seen.lagging != before.lagging {
        let (name, lag_ms) = (&*replica.name, seen.lag_ms);
        match &seen.problem {
            _ if !seen.lagging => tracing::info!(replica = name, "a replica serves reads again"),
            problem => tracing::warn!(
                replica = name,
                lag_ms,
                problem = problem.as_deref(),
                "a replica is too far behind, or away; reads go elsewhere"
            ),
        }
    }
    *locked(&replica.seen) = seen;
    if *replica.answers.borrow() != answers {
        replica.answers.send_replace(answers);
    }
    known.shown.send_if_modified(|shown| {
        *shown = known.health();
        turned
    });
    known.news.send_modify(|count| *count = count.wrapping_add(1));
}

/// Whether reads go there. One that was too far behind must have caught up well before it serves
/// again; one that is away for a moment is no alarm.
fn settled(seen: Seen, before: &Seen, limit: u64, now: Instant) -> Seen {
    let lag = seen.lag_ms.unwrap_or(u64::MAX);
    let enough = if before.serves { limit } else { limit / 2 };
    let serves = seen.problem.is_none() && lag <= enough;
    let out_since = (!serves).then(|| before.out_since.unwrap_or(now));
    let out_for = out_since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
    let far = seen.at.is_some() && lag > limit;
    let lagging = !serves && (before.lagging || far || out_for.as_millis() > u128::from(limit));
    Seen { serves, lagging, out_since, ..seen }
}

impl Known {
    fn pause(&self) -> Duration {
        if locked(&self.asked).elapsed() < IDLE { USED } else { IDLE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_lags_serves_again_when_it_has_caught_up_well() {
        let now = Instant::now();
        let lag = |ms: u64, before: &Seen, at: Instant| {
            let place = Some(Position { timeline: 1, lsn: 1 });
            let seen = Seen { at: place, lag_ms: Some(ms), problem: None, ..before.clone() };
            settled(seen, before, 1_000, at)
        };
        let good = lag(3, &Seen::default(), now);
        assert!(good.serves && !good.lagging);
        let good = lag(1_000, &good, now);
        assert!(good.serves, "it may be so far behind");
        let bad = lag(1_001, &good, now);
        assert!(!bad.serves && bad.lagging);
        let bad = lag(600, &bad, now);
        assert!(!bad.serves && bad.lagging, "it would be out again at once");
        let good = lag(500, &bad, now);
        assert!(good.serves && !good.lagging && good.out_since.is_none());
    }

    #[test]
    fn one_that_is_away_for_a_moment_is_no_alarm() {
        let now = Instant::now();
        let away = |before: &Seen, at: Instant| {
            let seen = Seen { problem: Some("refused".into()), ..before.clone() };
            settled(seen, before, 1_000, at)
        };
        let first = away(&Seen::default(), now);
        assert!(!first.serves && !first.lagging);
        let later = away(&first, now + Duration::from_millis(900));
        assert!(!later.lagging);
        let later = away(&later, now + Duration::from_millis(1_001));
        assert!(later.lagging);
    }
}
