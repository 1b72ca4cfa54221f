//! Words in texts, for statements of the embedded store.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

pub(super) use crate::words::{indexed, matches};

/// Makes `words_match(text, expression)` known to a connection.
pub(super) fn register(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("words_match", 2, flags, |call| {
        let text = call.get_raw(0).as_str()?;
        let expression = call.get_raw(1).as_str()?;
        Ok(matches(text, expression))
    })
}
