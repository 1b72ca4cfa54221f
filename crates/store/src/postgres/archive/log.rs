//! Events past their retention: they are in a file before they are dropped.

use std::sync::Arc;

use super::{Archiver, Moved, Stepped, chunk, keyed, record, shelve, sizes, take_turn};
use crate::archive::{Kind, Lines};
use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::sql::{archive as sql, keeping};

/// How many events a file holds at most.
const CHUNK: i64 = 10_000;

impl Archiver {
    /// Writes a chunk of the log to a file. Dropping is left to who drops what is past its retention.
    pub(super) async fn move_events(&mut self) -> Result<Stepped, Failed> {
        let (now, rules, waits) = (self.clock.now(), self.rules, self.waits);
        let shelf = Arc::clone(&self.shelf);
        let client = self.client().await?;
        let tx = client.transaction().await?;
        if !take_turn(&tx, waits).await? {
            return Ok(Stepped::NotOurs);
        }
        let mark = async |name: &str| -> Result<i64, Failed> {
            Ok(tx.query_typed_one(keeping::MARK, &params![name]).await?.try_get(0)?)
        };
        let (dropped, followed) = (mark("events").await?, mark("words").await?);
        let archived = mark("archived").await?.max(dropped);
        let newest: Option<i64> =
            tx.query_typed_one(keeping::NEWEST_EVENT, &[]).await?.try_get(0)?;
        // The newest event always stays.
        let limit = followed.min(newest.unwrap_or(0) - 1);
        let old = ((now.0 - rules.events_age_ms + 1).max(0) << 20) - 1;
        let kept: i64 = tx.query_typed_one(keeping::EVENTS_KEPT, &[]).await?.try_get(0)?;
        let mut too_many = (kept - rules.events_max).max(0);
        if too_many > 0 {
            let of = params![dropped, archived, too_many];
            let waiting: i64 = tx.query_typed_one(sql::NOT_DROPPED_YET, &of).await?.try_get(0)?;
            too_many -= waiting;
        }
        let mut sizes = sizes(&tx.query_typed(sql::LOG_SIZES, &params![archived, CHUNK]).await?)?;
        let goes = |(at, place): (i64, i64)| place <= limit && (place <= old || at < too_many);
        let going = (0..).zip(&sizes).take_while(|(at, (place, ..))| goes((*at, *place))).count();
        sizes.truncate(going);
        sizes.truncate(chunk(&sizes));
        let Some((last, month, _)) = sizes.pop() else { return Ok(Stepped::Done) };
        let events = tx.query_typed(sql::LOG_LINES, &params![archived, last]).await?;
        let lines = Lines { events: keyed(&events)?, ..Lines::default() };
        let (packed, lines) = shelve(&shelf, lines, month).await?;
        record(&tx, (Kind::Events, &packed, &lines), now.0).await?;
        tx.query_typed(keeping::MOVE_MARK, &params!["archived", last]).await?;
        tx.commit().await?;
        let events = i64::try_from(lines.events.len()).unwrap_or(i64::MAX);
        Ok(Stepped::More(Moved { events, files: 1, ..Moved::default() }))
    }
}
