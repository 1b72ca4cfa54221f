//! Why a copy did not come to its end.

use crate::store::StoreError;
use crate::{postgres, sqlite};

/// Why a copy did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The data directory cannot be used.
    #[error(transparent)]
    Embedded(#[from] sqlite::OpenError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] postgres::OpenError),
    /// There is nothing to copy from.
    #[error("there is no data in {place}")]
    Missing {
        /// The source.
        place: String,
    },
    /// The target has data.
    #[error("{place} is not empty: its table {table} has rows; nothing was changed")]
    NotEmpty {
        /// The target.
        place: String,
        /// The first table that has rows.
        table: &'static str,
    },
    /// The target was begun from another source.
    #[error("{place} holds the unfinished copy of {source_of}; nothing was changed")]
    Another {
        /// The target.
        place: String,
        /// Where that copy came from.
        source_of: String,
    },
    /// The source is itself the target of a copy that was not finished.
    #[error("{place} is itself the unfinished copy of {source_of}")]
    Unfinished {
        /// The source.
        place: String,
        /// Where that copy came from.
        source_of: String,
    },
    /// The source's schema is not the one of this version.
    #[error("the database {place} is not up to date")]
    Behind {
        /// The database.
        place: String,
    },
    /// Some of the source's tasks are in files.
    #[error("tasks of {place} are in its archive, which does not go along")]
    Archived {
        /// The source.
        place: String,
    },
    /// The source is not as it was when the copy began.
    #[error("{place} was written to after the copy into {target} had begun")]
    Moved {
        /// The source.
        place: String,
        /// The target.
        target: String,
    },
    /// Somebody else uses a database.
    #[error("{place} is in use by a server, or by another copy")]
    InUse {
        /// The database.
        place: String,
    },
    /// Rows could not be read or written.
    #[error("{what} {table} of {place}: {cause}")]
    Rows {
        /// What was done.
        what: &'static str,
        /// Which rows.
        table: &'static str,
        /// Where.
        place: String,
        /// Why it failed.
        cause: StoreError,
    },
    /// What was read back is not what was copied.
    #[error(
        "{table} differ: {from_rows} rows in the source, {to_rows} in the target; the first \
         difference lies behind {after}, up to {upto}"
    )]
    Differ {
        /// The table.
        table: &'static str,
        /// How many rows the source has.
        from_rows: u64,
        /// How many the target has.
        to_rows: u64,
        /// The last key up to which all is the same.
        after: String,
        /// The key up to which something differs.
        upto: String,
    },
    /// It was stopped by whoever asked for it.
    #[error("the copy was stopped")]
    Stopped,
}
