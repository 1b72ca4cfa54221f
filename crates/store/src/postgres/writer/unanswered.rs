//! What became of a transaction whose answer was lost.

use super::{Undone, Writer};
use crate::postgres::asks::{Asks, Link, values};
use crate::postgres::connect::{self, Connected};
use crate::postgres::load::Transaction;
use crate::postgres::save::{Saved, Telling, position};
use crate::postgres::sql::{ground, load as sql};
use crate::store::StoreError;

/// A place in the log is a time and this many bits.
const PLACES: u32 = 20;

/// What is known of a transaction whose answer was lost.
#[derive(Default)]
struct Ended {
    /// Its backend did not end.
    works: bool,
    /// The last place of its commit.
    last: Option<i64>,
    saved: Saved,
}

impl Writer {
    /// The connection broke while the transaction was ended: whether it stands, up to which place
    /// in the log (as its base), and a connection that can say more. Only the row that it has left can
    /// tell. Its number cannot: one that was given before a crash or a promotion, and had not reached
    /// the disk, or the other server, is given anew.
    pub(super) async fn what_became_of(
        &self,
        transaction: Option<Transaction>,
        telling: &Telling<'_>,
        error: StoreError,
    ) -> Result<(Saved, Link), Undone> {
        let unknown = || {
            let what = error.to_string();
            Undone::Not(StoreError::Unknown { what })
        };
        let Transaction { id, backend } = transaction.ok_or_else(unknown)?;
        let connected = connect::connected(&self.shared.config, None).await;
        let Connected { client, timeline } = connected.map_err(|_| unknown())?;
        let client = self.link(client);
        let mut asks: Asks<'_, Ended> = Asks::new();
        if timeline == self.timeline {
            // Should its backend still be at work, it ends now, one way or the other.
            asks.tell(sql::END_BACKEND, values![backend, &*id]);
            asks.ask(sql::IS_AT_WORK, values![backend, &*id], |ended, rows| {
                ended.works =
                    rows.first().map(|row| row.try_get::<_, i64>(0)).transpose()? > Some(0);
                Ok(())
            });
        }
        // Its place begins with this time at the earliest.
        let after = telling.now.0 << PLACES;
        asks.ask(sql::COMMITTED, values![after, telling.server, telling.batch], |ended, rows| {
            ended.last = rows.first().map(|row| row.try_get(0)).transpose()?;
            Ok(())
        });
        // Its wait for replicas may have been broken off by this.
        asks.tell(ground::REPLICATED, values![]);
        asks.ask(ground::POSITION, values![], |ended, rows| {
            ended.saved.position = rows.first().map(position).transpose()?;
            Ok(())
        });
        let mut ended = Ended::default();
        asks.run(&client, &mut ended).await.map_err(|_| unknown())?;
        match ended {
            Ended { last: Some(base), saved, .. } => Ok((Saved { base, ..saved }, client)),
            Ended { works: true, .. } => Err(unknown()),
            Ended { .. } => Err(Undone::Lost(error)),
        }
    }
}
