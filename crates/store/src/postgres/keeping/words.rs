//! The log is followed: the index learns the words of tasks, and the events of each month are
//! numbered. Both are true up to the same place.

use claudebench_core::TenantId;

use super::Step;
use crate::postgres::errors::Failed;
use crate::postgres::lexemes::lexemes;
use crate::postgres::params::params;
use crate::postgres::sql::keeping as sql;

/// The place up to which words are known.
pub(super) const MARK: &str = "words";
/// How many events one step follows.
const STEP: i64 = 2_000;

/// Follows some events.
pub(super) async fn learn(cx: &Step<'_>) -> Result<bool, Failed> {
    cx.share_structure().await?;
    let known = cx.mark(MARK).await?;
    let next = cx.tx.query_typed_one(sql::NEXT_EVENTS, &params![known, STEP]).await?;
    let (Some(upto), count): (Option<i64>, i64) = (next.try_get(0)?, next.try_get(1)?) else {
        return Ok(false);
    };
    cx.tx.query_typed(sql::NUMBER_EVENTS, &params![known, upto]).await?;
    let changed = cx.tx.query_typed(sql::CHANGED_TASKS, &params![known, upto]).await?;
    let mut gone = changed.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i64>, _>>()?;
    if !gone.is_empty() {
        // A text may be newer than the event that led to it; then that of its change comes later.
        let texts = cx.tx.query_typed(sql::TEXTS, &params![gone]).await?;
        let (mut ids, mut words) = (Vec::new(), Vec::new());
        for row in &texts {
            ids.push(row.try_get::<_, i64>(0)?);
            words.push(lexemes(TenantId(row.try_get(1)?), row.try_get(2)?));
        }
        gone.retain(|id| !ids.contains(id));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        cx.tx.query_typed(sql::LEARN_WORDS, &params![ids, words]).await?;
        cx.tx.query_typed(sql::FORGET_WORDS, &params![gone]).await?;
    }
    cx.move_mark(MARK, upto).await?;
    Ok(count == STEP)
}
