//! Which tasks wait for which.

use claudebench_core::{TaskId, TenantId};
use rusqlite::params;

use super::{SqliteRows, statements as sql};
use crate::write::{Done, GraphRows};

impl GraphRows for SqliteRows<'_, '_> {
    fn add_dependency(
        &mut self,
        tenant: TenantId,
        task: TaskId,
        on: TaskId,
        done: bool,
    ) -> Done<(), Self> {
        let values = params![task.0, tenant.0, on.0, done];
        self.db.prepare_cached(sql::INSERT_DEPENDENCY)?.execute(values)?;
        Ok(())
    }

    fn open_dependents(&mut self, on: TaskId) -> Done<Vec<TaskId>, Self> {
        Ok(self.ids_by(sql::OPEN_DEPENDENTS, on)?)
    }

    fn pending_dependents(&mut self, on: TaskId) -> Done<Vec<TaskId>, Self> {
        Ok(self.ids_by(sql::PENDING_DEPENDENTS, on)?)
    }

    fn count_dependents(&mut self, on: TaskId) -> Done<i64, Self> {
        let mut statement = self.db.prepare_cached(sql::COUNT_DEPENDENTS)?;
        Ok(statement.query_row([on.0], |row| row.get(0))?)
    }

    fn open_dependencies(&mut self, task: TaskId) -> Done<Vec<TaskId>, Self> {
        Ok(self.ids_by(sql::OPEN_DEPENDENCIES, task)?)
    }

    fn move_dependencies(&mut self, from: TaskId, to: TaskId) -> Done<(), Self> {
        self.db.prepare_cached(sql::MOVE_DEPENDENCIES)?.execute([from.0, to.0])?;
        Ok(())
    }

    fn close_dependencies(&mut self, on: TaskId) -> Done<(), Self> {
        self.db.prepare_cached(sql::CLOSE_DEPENDENCIES_ON)?.execute([on.0])?;
        Ok(())
    }
}

impl SqliteRows<'_, '_> {
    fn ids_by(&self, statement: &str, of: TaskId) -> rusqlite::Result<Vec<TaskId>> {
        let mut statement = self.db.prepare_cached(statement)?;
        let ids = statement.query_map([of.0], |row| row.get(0).map(TaskId))?;
        ids.collect()
    }
}
