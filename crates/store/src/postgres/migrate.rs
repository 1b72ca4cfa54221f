//! Migrations, and the months that tables are divided into.

use std::time::Duration;

use claudebench_core::Millis;
use tokio_postgres::{Client, Error, GenericClient, Transaction};

use super::errors::{Failed, OpenError, is_conflict};
use super::options::Target;
use super::params::params;
use super::sql::ground as sql;

mod alone;

/// The first line of a step that cannot run in a transaction. Each of its statements ends with a
/// line, may have been done before, and runs by itself; a `SELECT` answers with statements to run.
const ALONE: &str = "-- no transaction";

/// A step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number; they follow each other.
    pub version: i64,
    /// What it is for.
    pub name: &'static str,
    /// Who uses the database afterwards must know this step: itself, or an earlier one when it
    /// takes nothing away that an older program needs.
    pub needs: i64,
    /// Its statements.
    pub text: &'static str,
}

impl Migration {
    /// Whether it runs outside a transaction.
    fn is_alone(&self) -> bool {
        self.text.lines().next() == Some(ALONE)
    }
}

/// In order, forward only; each runs in one transaction, unless it says otherwise.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "first",
        needs: 1,
        text: include_str!("migrations/0001_first.sql"),
    },
    Migration {
        version: 2,
        name: "archive",
        needs: 1,
        text: include_str!("migrations/0002_archive.sql"),
    },
    Migration {
        version: 3,
        name: "batches",
        needs: 1,
        text: include_str!("migrations/0003_batches.sql"),
    },
    Migration {
        version: 4,
        name: "sessions",
        needs: 1,
        text: include_str!("migrations/0004_sessions.sql"),
    },
    Migration {
        version: 5,
        name: "events_of_session",
        needs: 1,
        text: include_str!("migrations/0005_events_of_session.sql"),
    },
    Migration {
        version: 6,
        name: "names",
        needs: 1,
        text: include_str!("migrations/0006_names.sql"),
    },
    Migration {
        version: 7,
        name: "ended_logins",
        needs: 1,
        text: include_str!("migrations/0007_ended_logins.sql"),
    },
];

/// So often a step is begun that others are in the way of.
const TRIES: usize = 100;
/// How long it rests before it looks again what others do.
const AGAIN: Duration = Duration::from_millis(200);

/// So many months are made ahead of the one that it is.
const AHEAD: i32 = 2;

/// What of `known` the database has not had yet. Looks, and changes nothing.
///
/// # Errors
/// [`OpenError::Newer`] and [`OpenError::Altered`] when the database is not one for this program.
pub(super) async fn check(
    client: &impl GenericClient,
    known: &'static [Migration],
) -> Result<&'static [Migration], OpenError> {
    let table = client.query_typed_one(sql::HAS_MIGRATIONS, &[]).await?;
    if !table.try_get::<_, bool>(0)? {
        return Ok(known);
    }
    let (versions, texts): (Vec<i64>, Vec<&str>) =
        known.iter().map(|migration| (migration.version, migration.text)).unzip();
    let newest = versions.last().copied().unwrap_or(0);
    let done = client.query_typed(sql::MIGRATIONS, &params![versions, texts]).await?;
    let mut found = 0;
    for row in done {
        let (version, needs, same): (i64, i64, bool) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        found = version;
        if needs > newest {
            return Err(OpenError::Newer { found: version, known: newest });
        }
        if version <= newest && !same {
            return Err(OpenError::Altered { version });
        }
    }
    let next = known.iter().position(|migration| migration.version > found);
    Ok(next.map_or(&[], |next| &known[next..]))
}

/// Does what is missing. Servers that start at the same time do it one after the other.
pub(super) async fn migrate(
    client: &mut Client,
    to: &Target,
    known: &'static [Migration],
) -> Result<(), OpenError> {
    let mut tries = 0;
    while let [next, ..] = check(client, known).await? {
        if next.is_alone() {
            alone::run(client, to, known).await?;
            continue;
        }
        let step = locked(client).await?;
        // Whoever comes after this one in the queue for a table waits for it, too: so it waits for
        // a moment, and then lets them pass.
        step.query_typed(sql::WAIT_BRIEFLY, &[]).await?;
        // Another one may have done it while this one waited.
        let done = match check(&step, known).await? {
            [next, ..] if !next.is_alone() => together(&step, next).await,
            _ => Ok(()),
        };
        match done {
            Ok(()) => step.commit().await?,
            Err(error) if is_conflict(&error) && tries < TRIES => {
                tries += 1;
                step.rollback().await?;
                rest().await;
            }
            Err(error) => return Err(failed(next, error.into())),
        }
    }
    Ok(())
}

async fn together(step: &Transaction<'_>, migration: &Migration) -> Result<(), Error> {
    step.batch_execute(migration.text).await?;
    note(step, migration).await
}

#[allow(clippy::disallowed_methods, reason = "what others do ends without a word")]
async fn rest() {
    tokio::time::sleep(AGAIN).await;
}

fn failed(migration: &Migration, error: Failed) -> OpenError {
    let Migration { version, name, .. } = *migration;
    OpenError::Migration { version, name, source: error.0 }
}

/// It was done.
async fn note(step: &Transaction<'_>, migration: &Migration) -> Result<(), Error> {
    let Migration { version, name, needs, text } = *migration;
    step.batch_execute(sql::MAKE_MIGRATIONS).await?;
    step.query_typed(sql::MIGRATED, &params![version, name, needs, text]).await?;
    Ok(())
}

/// Makes the months from the clock's to the last that is needed; those that are there stay. Answers
/// where they end.
pub(super) async fn months(client: &mut Client, now: Millis) -> Result<Millis, Failed> {
    let step = client.transaction().await?;
    let end = months_within(&step, now).await?;
    step.commit().await?;
    Ok(end)
}

/// The same within a transaction.
pub(super) async fn months_within(step: &Transaction<'_>, now: Millis) -> Result<Millis, Failed> {
    step.query_typed(sql::LOCK_SCHEMA, &[]).await?;
    let more = i64::from(AHEAD);
    let made = step.query_typed_one(sql::ADD_MONTHS, &params![now.0, more]).await?;
    Ok(Millis(made.try_get(0)?))
}

/// A transaction that changes the schema: one at a time, over all servers. The lock goes with the
/// transaction, so that a pooler may stand between.
async fn locked(client: &mut Client) -> Result<Transaction<'_>, Error> {
    let step = client.transaction().await?;
    step.query_typed(sql::LOCK_SCHEMA, &[]).await?;
    Ok(step)
}
