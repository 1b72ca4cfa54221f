//! What is done to a database without serving it: looking at it, and bringing it up to date.

use std::time::{Duration, Instant};

use tokio_postgres::{Client, Row};

use super::connect::{connect, is_pooled};
use super::copying;
use super::errors::{Failed, OpenError};
use super::migrate::{self, MIGRATIONS, Migration};
use super::options::PostgresOptions;
use super::sql::ground as sql;

/// A step of the schema that a database has not had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// Its number.
    pub version: i64,
    /// Its name.
    pub name: &'static str,
    /// Whether servers of the version that the database is at go on beside it; `None` when it is
    /// empty, so that there can be none.
    pub beside: Option<bool>,
}

/// How a database is.
#[derive(Clone, Debug)]
pub struct Found {
    /// The version of PostgreSQL.
    pub version: String,
    /// Its size, in bytes.
    pub bytes: i64,
    /// How many connections all its users may have.
    pub connections: i64,
    /// Whether the connection is safe from being read by others.
    pub tls: bool,
    /// How long a question and its answer take.
    pub round_trip: Duration,
    /// The steps that it has not had.
    pub missing: Vec<Step>,
}

/// Looks at a database, and changes nothing.
///
/// # Errors
/// Why no server of this version could use it.
pub async fn look(options: &PostgresOptions) -> Result<Found, OpenError> {
    let to = options.config()?;
    let client = connect(&to).await?;
    if !options.pooler && is_pooled(&client, &to).await? {
        return Err(OpenError::Pooled);
    }
    copying::refuse(&client).await?;
    let (row, round_trip) = ask(&client).await.map_err(|failed| failed.0)?;
    Ok(Found {
        version: row.try_get(0)?,
        bytes: row.try_get(1)?,
        connections: row.try_get(2)?,
        tls: row.try_get(3)?,
        round_trip,
        missing: steps(MIGRATIONS, migrate::check(&client, MIGRATIONS).await?),
    })
}

/// Looks at the replicas: the name of each, and what is wrong with it.
///
/// # Errors
/// A URL that cannot be used.
pub async fn look_at_replicas(
    options: &PostgresOptions,
) -> Result<Vec<(String, Option<OpenError>)>, OpenError> {
    let mut found = Vec::new();
    for target in options.to_replicas()? {
        let looked = async {
            let client = connect(&target).await?;
            client.query_typed(sql::SEEN, &[]).await.map(drop).map_err(OpenError::from)
        };
        found.push((target.name(), looked.await.err()));
    }
    Ok(found)
}

async fn ask(client: &Client) -> Result<(Row, Duration), Failed> {
    let row = client.query_typed_one(sql::LOOK, &[]).await?;
    let asked = Instant::now();
    client.query_typed_one(sql::TIME, &[]).await?;
    Ok((row, asked.elapsed()))
}

/// Brings a database up to date, as the start of a server does. Answers what was missing. The steps
/// are [`MIGRATIONS`], and in tests those of versions to come.
///
/// # Errors
/// What stands in the way; what was begun and not ended is done when this is called again.
pub async fn bring_up_to_date(
    options: &PostgresOptions,
    known: &'static [Migration],
) -> Result<Vec<Step>, OpenError> {
    let to = options.config()?;
    let mut client = connect(&to).await?;
    let missing = steps(known, migrate::check(&client, known).await?);
    migrate::migrate(&mut client, &to, known).await?;
    Ok(missing)
}

/// The last steps of those that are known.
fn steps(known: &[Migration], missing: &[Migration]) -> Vec<Step> {
    let newest = known.len().checked_sub(missing.len() + 1).and_then(|at| known.get(at));
    let step = |migration: &Migration| {
        let beside = newest.map(|newest| migration.needs <= newest.version);
        Step { version: migration.version, name: migration.name, beside }
    };
    missing.iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_goes_beside_servers_that_know_what_it_needs() {
        let known = [(1, 1), (2, 1), (3, 3), (4, 3)];
        let known = known.map(|(version, needs)| Migration { version, name: "", needs, text: "" });
        let beside = |done: usize| -> Vec<Option<bool>> {
            steps(&known, &known[done..]).iter().map(|step| step.beside).collect()
        };
        assert_eq!(beside(0), [None; 4]);
        assert_eq!(beside(1), [Some(true), Some(false), Some(false)]);
        assert_eq!(beside(2), [Some(false), Some(false)]);
        assert_eq!(beside(3), [Some(true)]);
        assert_eq!(beside(4), []);
    }
}
