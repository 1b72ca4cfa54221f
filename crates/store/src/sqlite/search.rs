//! The index of words. It is kept by the writer in quiet moments, behind a mark: tasks up to the
//! mark are in it, newer ones are not yet.

use claudebench_core::TaskId;
use rusqlite::{Connection, params};

use super::rows::statements as sql;
use super::words::indexed;
use crate::task::Task;

/// How many tasks one step takes in.
const STEP: i64 = 256;

/// Takes the words of a task out, if they are in.
pub(super) fn forget(db: &Connection, task: &Task) -> rusqlite::Result<()> {
    if task.row.id <= upto(db)? {
        db.prepare_cached(sql::SEARCH_DELETE)?.execute([task.row.id.0])?;
    }
    Ok(())
}

/// Puts the words of a changed task in, if its turn was before.
pub(super) fn learn(db: &Connection, task: &Task) -> rusqlite::Result<()> {
    if task.row.id <= upto(db)? {
        let values = params![task.row.id.0, indexed(&task.row.text)];
        db.prepare_cached(sql::SEARCH_ADD)?.execute(values)?;
    }
    Ok(())
}

fn upto(db: &Connection) -> rusqlite::Result<TaskId> {
    db.prepare_cached(sql::SEARCH_UPTO)?.query_row([], |row| row.get(0).map(TaskId))
}

/// Takes in the next tasks; says whether more wait.
pub(super) fn step(db: &Connection) -> rusqlite::Result<bool> {
    let from = upto(db)?;
    let next: Vec<(i64, String)> = db
        .prepare_cached(sql::SEARCH_NEXT)?
        .query_map([from.0, STEP], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let Some((last, _)) = next.last() else { return Ok(false) };
    let tx = db.unchecked_transaction()?;
    for (id, text) in &next {
        tx.prepare_cached(sql::SEARCH_ADD)?.execute(params![id, indexed(text)])?;
    }
    tx.prepare_cached(sql::SEARCH_MOVE)?.execute([last])?;
    tx.commit()?;
    Ok(i64::try_from(next.len()) == Ok(STEP))
}
