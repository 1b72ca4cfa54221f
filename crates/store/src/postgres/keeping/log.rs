//! Events and news past their retention. The newest event always stays.

use super::{Step, words};
use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::sql::keeping as sql;

/// The place up to which events were dropped.
const EVENTS: &str = "events";
/// The place up to which news was dropped.
const NEWS: &str = "news";
/// The place up to which events are in the archive.
const ARCHIVED: &str = "archived";
/// How many events one step drops.
const EVENTS_STEP: i64 = 1_000;
/// How much news.
const NEWS_STEP: i64 = 5_000;
/// How long news is kept, in milliseconds. Who has not listened for longer looks at everything anew.
const NEWS_MS: i64 = 3_600_000;
/// How long everybody may wait for a month to be dropped, in milliseconds.
const WAIT_MS: &str = "100";

/// Drops the oldest month when all of it is past its time, or too much. It goes when nobody reads
/// it; whoever writes waits for a moment at most.
pub(super) async fn drop_month(cx: &Step<'_>) -> Result<bool, Failed> {
    let Some(row) = cx.tx.query_typed_opt(sql::OLDEST_MONTH, &[]).await? else { return Ok(false) };
    let (month, end, events): (&str, i64, i64) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let old = cx.place_before(cx.keeping.events_age_ms) >= end - 1;
    let too_many = kept(cx).await? - events >= cx.keeping.events_max;
    let newest = newest(cx).await?;
    if !(old || too_many) || newest.is_none_or(|newest| newest < end) {
        return Ok(false);
    }
    let dropped = cx.mark(EVENTS).await?;
    let last = cx.tx.query_typed_opt(sql::LAST_OF_MONTH, &params![dropped, end]).await?;
    if let Some(last) = last {
        // Places that were given elsewhere are no times.
        if !too_many && last.try_get::<_, i64>(1)? > cx.last_old() {
            return Ok(false);
        }
        let last = last.try_get(0)?;
        if last > droppable(cx).await? {
            return Ok(false);
        }
        cx.move_mark(EVENTS, last).await?;
    }
    cx.tx.query_typed(sql::FORGET_MONTH, &params![month]).await?;
    cx.tx.query_typed(sql::WAIT_AT_MOST, &params![WAIT_MS]).await?;
    cx.tx.query_typed(sql::DROP_MONTH, &params![month]).await?;
    Ok(true)
}

/// Drops the oldest events that are too old or too many, of those that were followed.
pub(super) async fn drop_events(cx: &Step<'_>) -> Result<bool, Failed> {
    let Some(newest) = newest(cx).await? else { return Ok(false) };
    let (dropped, known) = (cx.mark(EVENTS).await?, droppable(cx).await?);
    let limit = known.min(newest - 1);
    let too_many = kept(cx).await?.saturating_sub(cx.keeping.events_max);
    if too_many <= 0 && cx.place_before(cx.keeping.events_age_ms) <= dropped {
        return Ok(false);
    }
    let of = params![dropped, limit, EVENTS_STEP];
    let rows = cx.tx.query_typed(sql::OLDEST_EVENTS, &of).await?;
    let (mut many, mut upto) = (0, None);
    for row in &rows {
        if many >= too_many && row.try_get::<_, i64>(1)? > cx.last_old() {
            break;
        }
        (many, upto) = (many + 1, Some(row.try_get::<_, i64>(0)?));
    }
    let Some(upto) = upto else { return Ok(false) };
    cx.tx.query_typed(sql::DROP_EVENTS, &params![dropped, upto]).await?;
    cx.move_mark(EVENTS, upto).await?;
    Ok(many == EVENTS_STEP)
}

/// Drops news that is so old that everybody has heard it.
pub(super) async fn drop_news(cx: &Step<'_>) -> Result<bool, Failed> {
    let (dropped, old) = (cx.mark(NEWS).await?, cx.place_before(NEWS_MS));
    let row = cx.tx.query_typed_one(sql::OLD_NEWS, &params![dropped, old, NEWS_STEP]).await?;
    let (Some(upto), count): (Option<i64>, i64) = (row.try_get(0)?, row.try_get(1)?) else {
        return Ok(false);
    };
    cx.tx.query_typed(sql::DROP_NEWS, &params![dropped, upto]).await?;
    cx.move_mark(NEWS, upto).await?;
    Ok(count == NEWS_STEP)
}

/// The place up to which events may go: they were followed, and are in the archive if there is one.
async fn droppable(cx: &Step<'_>) -> Result<i64, Failed> {
    let followed = cx.mark(words::MARK).await?;
    if !cx.keeping.archives {
        return Ok(followed);
    }
    Ok(followed.min(cx.mark(ARCHIVED).await?))
}

/// How many events there are, of those that were followed.
async fn kept(cx: &Step<'_>) -> Result<i64, Failed> {
    Ok(cx.tx.query_typed_one(sql::EVENTS_KEPT, &[]).await?.try_get(0)?)
}

async fn newest(cx: &Step<'_>) -> Result<Option<i64>, Failed> {
    Ok(cx.tx.query_typed_one(sql::NEWEST_EVENT, &[]).await?.try_get(0)?)
}
