//! The log: each event gets its place as it is told; all are written before the commit, as the
//! numbers of tasks are.

use std::sync::Arc;

use claudebench_core::event::{Event, Text};
use claudebench_core::{Cursor, Millis};
use rusqlite::{Row, Statement, ToSql};

use super::hot::EVENTS;
use super::{SqliteRows, statements as sql};
use crate::change::ENDED_LOGIN_MS;
use crate::session::SESSION_MS;
use crate::sqlite::memory::Memory;
use crate::write::{CountedTask, Done, LogRows, NewEvent};

/// How many of a kind one step of cleaning takes.
const STEP: i64 = 500;
/// How often rows past their retention are looked for, in milliseconds.
const CLEANING_MS: i64 = 60_000;
/// How long offline instances, votes and batches are remembered, in milliseconds.
const REMEMBERED_MS: i64 = 24 * 3_600_000;

impl LogRows for SqliteRows<'_, '_> {
    fn append(&mut self, new: NewEvent<'_>, last_event: Option<&mut i64>) -> Done<(), Self> {
        let seq = self.memory.head + 1;
        let prev = last_event.as_ref().map(|last| **last).filter(|event| *event != 0);
        let event = Event {
            cursor: Cursor(seq),
            tenant: new.tenant,
            kind: self.memory.kind(new.name),
            at: new.at,
            task: new.task,
            version: new.version,
            attempt: new.attempt,
            project: new.project,
            actor: new.actor.clone(),
            traceparent: new.traceparent.cloned(),
            session: new.session.cloned(),
            payload: new.payload,
            text: Text::default(),
        };
        if let Some(last) = last_event {
            *last = seq;
        }
        self.memory.head = seq;
        self.events.push((Arc::new(event), prev));
        Ok(())
    }

    /// The place of the event that tells of it.
    fn number(&mut self) -> Done<i64, Self> {
        Ok(self.memory.head + 1)
    }

    fn count(&mut self, of: &CountedTask<'_>, kind: usize, by: i64) {
        self.numbers.add(of, kind, by);
    }

    /// Again soon when there was as much as one step takes.
    fn clean(&mut self, now: Millis) -> Done<i64, Self> {
        if self.memory.next_cleaning > now.0 {
            return Ok(0);
        }
        let old = now.0 - REMEMBERED_MS;
        let (mut most, mut dropped) = (0, 0);
        for (statement, end) in [
            (sql::DROP_IDEMPOTENCY, now.0),
            (sql::DROP_INSTANCES, old),
            (sql::DROP_VOTES, old),
            (sql::DROP_DECISIONS, old),
            (sql::DROP_BATCHES, old),
            (sql::DROP_ENDED_LOGINS, now.0 - ENDED_LOGIN_MS),
            (sql::DROP_SESSIONS, now.0 - SESSION_MS),
        ] {
            let count = self.db.prepare_cached(statement)?.execute([end, STEP])?;
            most = most.max(count);
            dropped += count;
        }
        let (figures, most_figures) = self.drop_metrics(now, STEP)?;
        (most, dropped) = (most.max(most_figures), dropped + figures);
        let events = self.drop_events(now)?;
        let full = most.max(events) >= 500;
        self.memory.next_cleaning = if full { now.0 } else { now.0 + CLEANING_MS };
        Ok(i64::try_from(dropped + events).unwrap_or(i64::MAX))
    }

    fn more_due(&mut self, now: Millis) -> bool {
        self.memory.next_due() <= now.0
    }
}

impl SqliteRows<'_, '_> {
    /// Writes the events that are not written yet.
    pub(super) fn write_events(&mut self) -> rusqlite::Result<()> {
        let (many, few) = self.events[self.logged..].as_chunks::<EVENTS>();
        let mut statement = self.hot.insert_events();
        for events in many {
            for (row, (event, prev)) in events.iter().enumerate() {
                bind_event(&mut statement, row, event, *prev)?;
            }
            statement.raw_execute()?;
        }
        let mut statement = self.hot.insert_event();
        for (event, prev) in few {
            bind_event(&mut statement, 0, event, *prev)?;
            statement.raw_execute()?;
        }
        self.logged = self.events.len();
        Ok(())
    }

    /// The newest event always stays: the next one's place follows from it.
    fn drop_events(&mut self, now: Millis) -> rusqlite::Result<usize> {
        self.write_events()?;
        let &mut Memory { head, dropped, gaps, .. } = &mut *self.memory;
        let too_many = (head - dropped - gaps - self.options.events_max).clamp(0, 2 * STEP);
        let last = |row: &Row<'_>| row.get::<_, Option<i64>>(0);
        let mut statement = self.db.prepare_cached(sql::FIRST_EVENTS)?;
        let too_many = statement.query_row([dropped, too_many], last)?;
        let mut statement = self.db.prepare_cached(sql::NEWEST_BEFORE)?;
        let end = now.0 - self.options.events_age_ms;
        let too_old = statement.query_row([dropped, 2 * STEP, end], last)?;
        let upto = too_many.max(too_old).unwrap_or(dropped).min(head - 1);
        if upto <= dropped {
            return Ok(0);
        }
        let count = self.db.prepare_cached(sql::DROP_EVENTS)?.execute([upto])?;
        self.db.prepare_cached(sql::DROP_DELETED)?.execute([upto])?;
        let gaps = gaps - (upto - dropped - i64::try_from(count).unwrap_or(0));
        self.db.prepare_cached(sql::SAVE_LOG)?.execute([upto, gaps])?;
        (self.memory.dropped, self.memory.gaps) = (upto, gaps);
        Ok(count)
    }
}

/// Gives a statement the values of an event, for the row of this place.
fn bind_event(
    statement: &mut Statement<'_>,
    row: usize,
    event: &Event,
    prev: Option<i64>,
) -> rusqlite::Result<()> {
    let values: [&dyn ToSql; 13] = [
        &event.cursor.0,
        &event.tenant.0,
        &event.kind,
        &event.at.0,
        &event.task.map(|id| id.0),
        &event.version,
        &event.attempt,
        &prev,
        &event.project,
        &event.actor,
        &event.traceparent,
        &event.session,
        &event.payload.get(),
    ];
    for (column, value) in values.into_iter().enumerate() {
        statement.raw_bind_parameter(row * values.len() + column + 1, value)?;
    }
    Ok(())
}
