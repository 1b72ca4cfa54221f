//! The statements of the hot ways, prepared once: looking them up by their text for every task
//! takes longer than running some of them.

use std::cell::{RefCell, RefMut};

use rusqlite::{Connection, Statement};

use super::statements as sql;

/// How many events one statement writes: those of a batch follow each other in their table, so that
/// a statement for each would look for the end of it again and again.
pub(super) const EVENTS: usize = 16;

/// Prepared statements, each for one use at a time.
pub(in crate::sqlite) struct Hot<'c> {
    insert_event: RefCell<Statement<'c>>,
    insert_events: RefCell<Statement<'c>>,
    insert_task: RefCell<Statement<'c>>,
    save_claim: RefCell<Statement<'c>>,
    save_completion: RefCell<Statement<'c>>,
}

impl<'c> Hot<'c> {
    pub(in crate::sqlite) fn prepare(db: &'c Connection) -> rusqlite::Result<Self> {
        let prepare = |text: &str| db.prepare(text).map(RefCell::new);
        let more = sql::ANOTHER_EVENT.repeat(EVENTS - 1);
        Ok(Self {
            insert_event: prepare(sql::INSERT_EVENT)?,
            insert_events: prepare(&[sql::INSERT_EVENT, &more].concat())?,
            insert_task: prepare(sql::INSERT_TASK)?,
            save_claim: prepare(sql::SAVE_CLAIM)?,
            save_completion: prepare(sql::SAVE_COMPLETION)?,
        })
    }

    pub(super) fn insert_event(&self) -> RefMut<'_, Statement<'c>> {
        self.insert_event.borrow_mut()
    }

    /// For so many events as `EVENTS` says.
    pub(super) fn insert_events(&self) -> RefMut<'_, Statement<'c>> {
        self.insert_events.borrow_mut()
    }

    pub(super) fn insert_task(&self) -> RefMut<'_, Statement<'c>> {
        self.insert_task.borrow_mut()
    }

    pub(super) fn save_claim(&self) -> RefMut<'_, Statement<'c>> {
        self.save_claim.borrow_mut()
    }

    pub(super) fn save_completion(&self) -> RefMut<'_, Statement<'c>> {
        self.save_completion.borrow_mut()
    }
}
