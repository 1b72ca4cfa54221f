//! What SQLite says, as what the store says.

use rusqlite::{ErrorCode, ffi};

use crate::store::StoreError;

/// An error of SQLite's, as a caller can act on it.
pub(super) fn store_error(error: &rusqlite::Error) -> StoreError {
    let what = error.to_string();
    match error.sqlite_error_code() {
        Some(_) if is_disk_full(error) => StoreError::Unavailable {
            what: "the disk is full; free some space on the disk of the data directory".into(),
        },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            StoreError::Unavailable {
                what: format!("{what}; make the data directory writable for the server"),
            }
        }
        Some(ErrorCode::SystemIoFailure) => StoreError::Unavailable {
            what: format!("{what}; look at the disk of the data directory"),
        },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Unavailable { what: format!("{what}; another program holds the database") }
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt { what },
        Some(ErrorCode::OperationInterrupted) => StoreError::TooSlow,
        _ => StoreError::Fault { what },
    }
}

/// Whether there is no space left. The log's index says so in its own way.
pub(super) fn is_disk_full(error: &rusqlite::Error) -> bool {
    let rusqlite::Error::SqliteFailure(error, _) = error else { return false };
    error.code == ErrorCode::DiskFull || error.extended_code == ffi::SQLITE_IOERR_SHMSIZE
}

/// Whether the whole store is affected, so that trying the writes one by one would not help.
pub(super) fn is_general(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable { .. } | StoreError::Corrupt { .. })
}
