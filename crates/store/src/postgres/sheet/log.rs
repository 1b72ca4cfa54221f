//! The log and the numbers of tasks: both are put together in a pass, and written with the commit.

use std::sync::Arc;

use claudebench_core::event::{Event, Text};
use claudebench_core::{Cursor, Millis, TaskId, TenantId};
use serde_json::value::RawValue;

use super::SheetRows;
use crate::write::{CountedTask, Done, LogRows, NewEvent};

/// An event that has no place in the log yet.
pub(in crate::postgres) struct Noted {
    pub(in crate::postgres) kind: Arc<str>,
    pub(in crate::postgres) tenant: TenantId,
    pub(in crate::postgres) at: Millis,
    pub(in crate::postgres) task: Option<TaskId>,
    pub(in crate::postgres) version: Option<i64>,
    pub(in crate::postgres) attempt: Option<i64>,
    pub(in crate::postgres) project: Option<Arc<str>>,
    pub(in crate::postgres) actor: Arc<str>,
    pub(in crate::postgres) traceparent: Option<Arc<str>>,
    pub(in crate::postgres) session: Option<Arc<str>>,
    pub(in crate::postgres) payload: Box<RawValue>,
}

impl Noted {
    /// With its place in the log.
    pub(in crate::postgres) fn placed(self, place: i64) -> Event {
        Event {
            cursor: Cursor(place),
            tenant: self.tenant,
            kind: self.kind,
            at: self.at,
            task: self.task,
            version: self.version,
            attempt: self.attempt,
            project: self.project,
            actor: self.actor,
            traceparent: self.traceparent,
            session: self.session,
            payload: self.payload,
            text: Text::default(),
        }
    }
}

impl LogRows for SheetRows<'_> {
    /// A task's events are found by its number and version: no mark is kept.
    fn append(&mut self, new: NewEvent<'_>, _: Option<&mut i64>) -> Done<(), Self> {
        self.sheet.events.push(Noted {
            kind: self.picture.kind(new.name),
            tenant: new.tenant,
            at: new.at,
            task: new.task,
            version: new.version,
            attempt: new.attempt,
            project: new.project,
            actor: new.actor.clone(),
            traceparent: new.traceparent.cloned(),
            session: new.session.cloned(),
            payload: new.payload,
        });
        Ok(())
    }

    fn number(&mut self) -> Done<i64, Self> {
        Ok(self.sheet.draw(1)?[0])
    }

    fn count(&mut self, of: &CountedTask<'_>, kind: usize, by: i64) {
        self.sheet.counted += 1;
        // Names of projects have at least one character; the empty one is the whole tenant.
        self.sheet.counts.entry((of.tenant, Arc::default())).or_default()[kind] += by;
        if let Some(project) = of.project {
            self.sheet.counts.entry((of.tenant, project.clone())).or_default()[kind] += by;
        }
    }

    /// One server does it for all.
    fn clean(&mut self, _: Millis) -> Done<i64, Self> {
        Ok(0)
    }

    fn more_due(&mut self, now: Millis) -> bool {
        self.picture.due.next() <= now.0
    }
}
