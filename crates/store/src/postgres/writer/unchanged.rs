//! A transaction that changes nothing.

use super::{Undone, Writer};
use crate::postgres::asks::{Asks, Link, values};
use crate::postgres::save::{Saved, ask_position};
use crate::postgres::sql::{ground, load as sql};

impl Writer {
    /// Ends it. What it `answers`, if it does, may be what another server wrote, and who waited for that to be
    /// replicated may have been broken off. Who is answered has been told of it: so is this server, with all that
    /// it keeps.
    pub(super) async fn leave(&self, client: &Link, answers: bool) -> Result<(), Undone> {
        let (mut asks, mut saved) = (Asks::new(), Saved::default());
        asks.tell(sql::ROLLBACK, values![]);
        if answers {
            asks.tell(ground::REPLICATED, values![]);
            ask_position(&mut asks);
        }
        asks.run(client, &mut saved).await?;
        saved.position.into_iter().for_each(|at| self.shared.wrote_up_to(at));
        if answers {
            self.shared.log.advance(client).await?;
        }
        Ok(())
    }
}
