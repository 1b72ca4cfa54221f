//! The rows of one transaction in SQLite: each method of the seam is a statement, or a look into
//! the writer's memory.

#[cfg(test)]
mod forgetful;
mod graph;
mod hot;
#[cfg(test)]
mod late;
mod leases;
mod log;
pub(super) mod metrics;
mod numbers;
mod sessions;
mod shared;
pub(super) mod statements;
mod tasks;

use std::sync::Arc;

use claudebench_core::event::Event;
use rusqlite::Connection;

pub(super) use hot::Hot;
use numbers::Numbers;

use super::memory::Memory;
use super::options::SqliteOptions;
use crate::batch::Outcomes;
use crate::write::{Base, Stop};

/// The rows under one transaction.
pub(super) struct SqliteRows<'a, 'c> {
    db: &'a Connection,
    hot: &'a Hot<'c>,
    memory: &'a mut Memory,
    options: &'a SqliteOptions,
    /// The events of this batch, each with the place of the same task's one before.
    events: Vec<(Arc<Event>, Option<i64>)>,
    /// How many of them are written.
    logged: usize,
    numbers: Numbers,
}

impl From<rusqlite::Error> for Stop<rusqlite::Error> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

impl<'a, 'c> SqliteRows<'a, 'c> {
    pub(super) fn new(
        (db, hot): (&'a Connection, &'a Hot<'c>),
        memory: &'a mut Memory,
        options: &'a SqliteOptions,
    ) -> Self {
        let (events, numbers) = (Vec::new(), Numbers::default());
        Self { db, hot, memory, options, events, logged: 0, numbers }
    }

    /// The last before the commit: writes the events and the numbers, and says what was told.
    pub(super) fn end(mut self, outcomes: &mut Outcomes) -> rusqlite::Result<()> {
        self.write_events()?;
        self.numbers.write(self.db)?;
        outcomes.events = self.events.into_iter().map(|(event, _)| event).collect();
        Ok(())
    }
}

impl Base for SqliteRows<'_, '_> {
    type Error = rusqlite::Error;

    fn fault(what: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
        rusqlite::Error::ToSqlConversionFailure(what)
    }

    fn traces(&self) -> [u64; 3] {
        let own = self.db.total_changes() - self.numbers.written();
        [own, self.numbers.changes() + self.events.len() as u64, self.memory.leases.len() as u64]
    }

    fn name(&mut self, name: &'static str) -> Arc<str> {
        self.memory.kind(name)
    }
}

#[cfg(test)]
mod tests {
    use claudebench_core::{Millis, TaskId, TenantId};

    use super::*;
    use crate::refusal::Refusal;
    use crate::sqlite::open;
    use crate::write::Tx;

    /// All rows, but for the numbers of lanes: those of empty ones are given again after a start.
    pub(super) fn tables(db: &Connection) -> Vec<String> {
        let mut names = db
            .prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'search%'",
            )
            .unwrap();
        let names: Vec<String> =
            names.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        let mut all = Vec::new();
        for name in names {
            let mut rows = db.prepare(&format!("SELECT * FROM {name}")).unwrap();
            let columns: Vec<String> = rows.column_names().map(str::to_owned).collect();
            let mut found = rows.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let values = columns.iter().enumerate().filter(|(_, column)| *column != "lane");
                let values = values.map(|(place, column)| {
                    let value: rusqlite::types::Value = row.get(place).unwrap();
                    format!("{column}={value:?}")
                });
                all.push(format!("{name}: {}", values.collect::<Vec<_>>().join(" ")));
            }
        }
        all
    }

    #[test]
    fn a_refusal_that_comes_too_late_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let options = SqliteOptions::new(dir.path());
        let db = open::writer(&options).unwrap();
        let hot = Hot::prepare(&db).unwrap();
        let mut memory = Memory::load(&db, &options, Millis(0)).unwrap();
        let mut seed = 1;
        let mut rows = SqliteRows::new((&db, &hot), &mut memory, &options);
        let mut tx = Tx::new(&mut rows, options.rules(), Millis(0), &mut seed);
        let refusal = || Stop::Refused(Refusal::NoTask(TaskId(7)));
        let early = tx.whole(|_| Err::<(), _>(refusal()));
        assert!(matches!(early, Err(Stop::Refused(_))), "{early:?}");
        let counted = tx.whole(|tx| {
            tx.count_completed(TenantId::DEFAULT, TaskId(7), None);
            Err::<(), _>(refusal())
        });
        assert!(matches!(counted, Err(Stop::Failed(_))), "{counted:?}");
        let written = tx.whole(|tx| {
            tx.rows.db.execute("INSERT INTO tenants (name) VALUES ('other')", [])?;
            Err::<(), _>(refusal())
        });
        assert!(matches!(written, Err(Stop::Failed(_))), "{written:?}");
    }
}
