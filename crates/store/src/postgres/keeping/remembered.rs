//! What is remembered for a while.

use claudebench_core::figures::Span;

use super::Step;
use crate::change::ENDED_LOGIN_MS;
use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::sql::{keeping as sql, metrics as figures};
use crate::session::SESSION_MS;

/// How many of a kind one step forgets.
const STEP: i64 = 1_000;
/// How long offline instances, votes, decisions, batches and servers are remembered, in milliseconds.
const REMEMBERED_MS: i64 = 24 * 3_600_000;

/// Forgets some of each kind. Rows that somebody holds stay for the next time.
pub(super) async fn forget(cx: &Step<'_>) -> Result<bool, Failed> {
    let old = cx.now.0 - REMEMBERED_MS;
    let mut more = false;
    for (statement, end) in [
        (sql::DROP_IDEMPOTENCY, cx.now.0),
        (sql::DROP_INSTANCES, old),
        (sql::DROP_VOTES, old),
        (sql::DROP_DECISIONS, old),
        (sql::DROP_BATCHES, old),
        (sql::DROP_ENDED_LOGINS, cx.now.0 - ENDED_LOGIN_MS),
        (sql::DROP_SESSIONS, cx.now.0 - SESSION_MS),
        (sql::DROP_SERVERS, old),
    ] {
        let count = cx.tx.execute_typed(statement, &params![end, STEP]).await?;
        more |= i64::try_from(count).is_ok_and(|count| count >= STEP);
    }
    Ok(forget_figures(cx).await? || more)
}

/// The same with figures.
async fn forget_figures(cx: &Step<'_>) -> Result<bool, Failed> {
    let mut most = 0;
    for span in Span::ALL {
        let (oldest, span) = (span.oldest(cx.now).0, span as i64);
        let values = params![oldest, STEP, span];
        most = cx.tx.execute_typed(figures::DROP_METRICS, &values).await?.max(most);
    }
    let oldest = Span::Day.oldest(cx.now).0;
    let values = params![oldest, STEP];
    most = cx.tx.execute_typed(figures::DROP_WORKERS, &values).await?.max(most);
    Ok(i64::try_from(most).is_ok_and(|most| most >= STEP))
}
