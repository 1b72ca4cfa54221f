//! Files that hold what was moved out of a database: zstd over JSON lines, so that every tool reads them.

mod file;
mod shelf;

use std::path::PathBuf;

use serde::Serialize;

pub(crate) use file::{Keyed, Kind, Lines, Packed, list, pack, unpack};
pub(crate) use shelf::{Folder, Shelf};

use crate::store::StoreError;

/// Where and when tasks and events are moved to files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArchiveOptions {
    /// The folder.
    pub dir: PathBuf,
    /// Tasks are moved when so many whole months lie between this month and theirs.
    pub after_months: i64,
    /// How often servers do it, in milliseconds; 0: never by themselves.
    pub every_ms: i64,
}

/// A file of the archive, as the database knows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArchivedFile {
    /// Its number.
    #[serde(skip)]
    pub id: i64,
    /// Its name in the folder.
    pub name: String,
    /// How many tasks it was made of.
    pub tasks: i64,
    /// How many attachments.
    pub attachments: i64,
    /// How many events, if it is a part of the log.
    pub events: i64,
    /// How many of its tasks are not back in the database.
    pub archived: i64,
    /// Its size.
    pub bytes: i64,
    /// When it was made, in milliseconds.
    pub at: i64,
    /// The ids of tasks, or the places in the log, that it reaches from and to.
    #[serde(skip)]
    pub(crate) range: (i64, i64),
    /// SHA-256.
    #[serde(skip)]
    pub(crate) digest: Vec<u8>,
}

/// The archive cannot be read or written.
pub(crate) fn broken(name: &str, what: impl std::fmt::Display) -> StoreError {
    StoreError::Archive { what: format!("{name}: {what}") }
}
