//! What a promotion has lost: with asynchronous replication, the one that is promoted may lack what was
//! acknowledged last. Places in the log hold the time, so each server can tell how much of its own.

use super::asks::{Asks, Link, Stopped, values};
use super::shared::Shared;
use super::sql::follow as sql;

/// Looks whether the newest write that this server has acknowledged is there, and tells if not.
pub(super) async fn look(shared: &Shared, client: &Link) -> Result<(), Stopped> {
    let Some(last) = shared.placed() else { return Ok(()) };
    let mut asks: Asks<'_, Option<i64>> = Asks::new();
    asks.ask(sql::NEWEST_UPTO, values![last], |newest, rows| {
        *newest = rows.first().map(|row| row.try_get(0)).transpose()?;
        Ok(())
    });
    let mut newest = None;
    asks.run(client, &mut newest).await?;
    let newest = newest.unwrap_or(0);
    if newest >= last {
        return Ok(());
    }
    // A place begins with milliseconds.
    let ms = ((last >> 20) - (newest >> 20)).max(1);
    tracing::error!(
        ms,
        "who was promoted lacks the last of what was acknowledged; synchronous replication would \
         have kept it"
    );
    shared.has_lost(ms);
    Ok(())
}
