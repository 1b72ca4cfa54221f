//! Sessions of agents.

use std::sync::Arc;

use claudebench_core::TenantId;
use rusqlite::{OptionalExtension, params};

use super::{SqliteRows, statements as sql};
use crate::session::SessionRow;
use crate::sqlite::row::session;
use crate::write::{Base, Done, SessionRows, Stop};

impl SessionRows for SqliteRows<'_, '_> {
    fn session(&mut self, tenant: TenantId, id: &Arc<str>) -> Done<Option<SessionRow>, Self> {
        let mut statement = self.db.prepare_cached(sql::SESSION)?;
        Ok(statement.query_row(params![tenant.0, id], session).optional()?)
    }

    fn put_session(&mut self, row: SessionRow) -> Done<(), Self> {
        let state = serde_json::to_string(&row.state);
        let state = state.map_err(|error| Stop::Failed(Self::fault(error.into())))?;
        self.db.prepare_cached(sql::PUT_SESSION)?.execute(params![
            row.tenant.0,
            row.id,
            row.instance,
            row.started_at.0,
            row.seen_at.0,
            row.ended_at.map(|at| at.0),
            row.events,
            state,
        ])?;
        Ok(())
    }

    fn count_sessions(&mut self, tenant: TenantId) -> Done<i64, Self> {
        let mut statement = self.db.prepare_cached(sql::COUNT_SESSIONS)?;
        Ok(statement.query_row([tenant.0], |row| row.get(0))?)
    }
}
