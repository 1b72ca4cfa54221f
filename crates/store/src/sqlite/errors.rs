//! What SQLite says, as what the store says.

use rusqlite::ErrorCode;

use crate::store::StoreError;

/// An error of SQLite's, as a caller can act on it.
pub(super) fn store_error(error: &rusqlite::Error) -> StoreError {
    let what = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Unavailable {
            what: format!("{what}; free some space on the disk of the data directory"),
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

/// Whether the whole store is affected, so that trying the writes one by one would not help.
pub(super) fn is_general(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable { .. } | StoreError::Corrupt { .. })
}
