//! What PostgreSQL says, as what the store says.

use std::error::Error as _;

use deadpool::managed::{PoolError, TimeoutType};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::tls;
use crate::store::StoreError;

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is wrong.
    #[error("the url of the database cannot be used: {what}")]
    Url {
        /// What is wrong with it.
        what: String,
    },
    /// Connections cannot be made as safe as is asked for.
    #[error("TLS to the database cannot be set up: {what}")]
    Tls {
        /// What stands in the way.
        what: String,
    },
    /// It cannot be reached, or says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server is older than what we need.
    #[error("the server is PostgreSQL {found}; 14 or newer is needed")]
    Old {
        /// Its version.
        found: String,
    },
    /// Texts would not be what they were.
    #[error(
        "the database keeps texts as {found}; make one with `CREATE DATABASE .. ENCODING 'UTF8'`"
    )]
    Encoding {
        /// How it keeps texts.
        found: String,
    },
    /// Statements are prepared, and wake-ups heard, by connections that stay the same.
    #[error(
        "a pooler in transaction mode stands between this server and the database (PgBouncer?); set \
         `store.pooler = true`, and `store.direct_url` to the way past it"
    )]
    Pooled,
    /// A newer version of the program has changed it so that this one cannot use it.
    #[error(
        "the database was made by a newer ClaudeBench (format {found}, this one knows {known}); \
         use that version"
    )]
    Newer {
        /// Its format.
        found: i64,
        /// The newest known.
        known: i64,
    },
    /// A migration that was done is not the one that this program has.
    #[error(
        "migration {version} of the database is not the one of this ClaudeBench; use the version \
         that made the database"
    )]
    Altered {
        /// The migration.
        version: i64,
    },
    /// A copy into it has begun, and is not finished.
    #[error(
        "the database holds the unfinished copy of {source_of}; run `claudebench store copy` from \
         there to here again: it goes on where it stopped"
    )]
    Unfinished {
        /// Where the copy comes from.
        source_of: String,
    },
    /// A migration did not go through. Nothing of it was done, or, if it runs outside a transaction,
    /// nothing that hurts: it is tried again.
    #[error("migration {version} ({name}) cannot be done: {source}")]
    Migration {
        /// Its number.
        version: i64,
        /// Its name.
        name: &'static str,
        /// Why.
        source: StoreError,
    },
}

impl OpenError {
    /// Whether it may pass by itself, or be mended in the database: it is not there yet, is full,
    /// takes no writes, does not let this user in.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Store(StoreError::Unavailable { .. } | StoreError::TooSlow))
    }
}

impl From<Error> for OpenError {
    fn from(error: Error) -> Self {
        Self::Store(store_error(&error))
    }
}

/// Why something has no answer.
#[derive(Debug)]
pub(super) struct Failed(pub(super) StoreError);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(store_error(&error))
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl From<OpenError> for StoreError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Store(error) => error,
            other => Self::Unavailable { what: other.to_string() },
        }
    }
}

impl From<PoolError<OpenError>> for Failed {
    fn from(error: PoolError<OpenError>) -> Self {
        Self(match error {
            PoolError::Backend(error) => error.into(),
            PoolError::Timeout(TimeoutType::Wait) => StoreError::Overloaded,
            PoolError::Closed => StoreError::Unavailable { what: "the store is closed".into() },
            other => StoreError::Unavailable { what: other.to_string() },
        })
    }
}

/// An error of PostgreSQL's, as a caller can act on it.
pub(super) fn store_error(error: &Error) -> StoreError {
    let Some(said) = error.as_db_error() else { return unsaid(error) };
    let what = format!("{} ({})", said.message(), said.code().code());
    let advice = |advice| StoreError::Unavailable { what: format!("{what}; {advice}") };
    match *said.code() {
        SqlState::QUERY_CANCELED => StoreError::TooSlow,
        SqlState::DISK_FULL => advice("free some space on the disk of the database"),
        SqlState::READ_ONLY_SQL_TRANSACTION => {
            advice("the url must lead to the primary, and the primary must take writes")
        }
        SqlState::TOO_MANY_CONNECTIONS => {
            advice("raise `max_connections` of PostgreSQL, or open fewer connections")
        }
        SqlState::UNDEFINED_PSTATEMENT | SqlState::DUPLICATE_PSTATEMENT => advice(
            "a pooler in transaction mode stands between: set `store.pooler = true`, and \
             `store.direct_url`, if any, to the way past it",
        ),
        SqlState::INVALID_CATALOG_NAME => advice("create the database first"),
        SqlState::INSUFFICIENT_PRIVILEGE => {
            advice("the user must own the database, or what ClaudeBench made in it")
        }
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => StoreError::Corrupt { what },
        _ if is_general_class(&said.code().code()[..2]) => StoreError::Unavailable { what },
        _ => StoreError::Fault { what },
    }
}

/// Tables whose keys are looked for, but not locked, before they are taken: another transaction may
/// take one in between. In all others a key that is there already is a fault of ours.
const RACED: [&str; 4] = ["idempotency", "unique_keys", "decisions", "batches"];

/// Whether another transaction was in the way, so that another try may go well.
pub(super) fn is_conflict(error: &Error) -> bool {
    let Some(said) = error.as_db_error() else { return false };
    match *said.code() {
        SqlState::UNIQUE_VIOLATION => said.table().is_some_and(|table| RACED.contains(&table)),
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::LOCK_NOT_AVAILABLE => true,
        _ => false,
    }
}

/// Whether errors of a class meet everybody: connections, authorization, conflicts of
/// transactions, resources, the operator, the system.
fn is_general_class(class: &str) -> bool {
    matches!(class, "08" | "28" | "40" | "53" | "55" | "57" | "58")
}

/// What went wrong before the server said anything.
fn unsaid(error: &Error) -> StoreError {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    let advice = tls::advice(error).map(|advice| format!("; {advice}")).unwrap_or_default();
    let what = format!("{error}{cause}{advice}");
    // A value that could not be written or read: no connection has this.
    let own = error.source().is_some_and(|cause| {
        cause.is::<tokio_postgres::types::WrongType>()
            || cause.is::<tokio_postgres::types::WasNull>()
    });
    if own { StoreError::Fault { what } } else { StoreError::Unavailable { what } }
}

/// A value that cannot be what it is read as: the database is damaged.
pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Corrupt { what: what.to_owned() }
}
