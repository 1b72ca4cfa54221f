//! Lanes that nobody uses any more.

use super::Step;
use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::picture::changed;
use crate::postgres::sql::keeping as sql;

/// How many lanes one step looks at.
const LOOK: i64 = 1_000;
/// How many go in one step.
const DROP: i64 = 5_000;
/// How long a lane stays without ready tasks, in milliseconds.
const IDLE_MS: i64 = 24 * 3_600_000;
/// How long everybody may wait until all who write have paused, in milliseconds.
const WAIT_MS: &str = "1000";

/// Looks which of some lanes have no ready tasks. Tasks that are not ready need no lane yet: one gets
/// its number anew when it is.
pub(super) async fn look(cx: &Step<'_>, seen: &mut i64) -> Result<bool, Failed> {
    let row = cx.tx.query_typed_one(sql::LOOK_AT_LANES, &params![*seen, LOOK, cx.now.0]).await?;
    let (last, count): (Option<i64>, i64) = (row.try_get(0)?, row.try_get(1)?);
    let more = count == LOOK;
    *seen = last.filter(|_| more).unwrap_or(0);
    Ok(more)
}

/// Drops lanes that have been without ready tasks for long. Nobody writes meanwhile, and whoever
/// writes next has been told.
pub(super) async fn drop_old(cx: &Step<'_>) -> Result<bool, Failed> {
    let old = cx.now.0 - IDLE_MS;
    let any = cx.tx.query_typed_one(sql::HAS_OLD_LANES, &params![old]).await?;
    if !any.try_get::<_, bool>(0)? {
        return Ok(false);
    }
    cx.tx.query_typed(sql::WAIT_AT_MOST, &params![WAIT_MS]).await?;
    cx.tx.query_typed(sql::OWN_STRUCTURE, &[]).await?;
    let row = cx.tx.query_typed_one(sql::DROP_LANES, &params![old, DROP]).await?;
    let (gone, used): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    if gone > 0 {
        let told = params![cx.now.0, cx.keeping.server, changed::LANES];
        cx.tx.query_typed(sql::TELL_OF_LANES, &told).await?;
    }
    Ok(gone + used == DROP)
}
