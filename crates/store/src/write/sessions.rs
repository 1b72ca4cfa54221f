//! Sessions of agents: what their hooks tell, in one transaction with what follows from it.

use claudebench_core::Millis;
use claudebench_core::event::{
    ContextPreCompact, SessionEnded, SessionRehydrated, SessionSnapshotCreated,
};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use super::instances::Leave;
use super::rows::Rows;
use super::tx::{About, Done, Stop, Tx, fault};
use crate::batch::Meta;
use crate::change::Register;
use crate::refusal::Refusal;
use crate::session::{Mark, NoteSession, Noted, SessionRow, SnapshotNote, Told};

/// The most sessions of a tenant that are remembered.
const MAX_SESSIONS: i64 = 100_000;
/// After so many hooks of a session, what it needs to go on is kept.
const EVERY: i64 = 100;
/// How many of its tasks a snapshot names.
const NAMED_TASKS: usize = 50;

/// A snapshot that is to be made.
struct Wanted<'a> {
    id: String,
    reason: &'a str,
    metadata: Option<&'a RawValue>,
}

impl<R: Rows> Tx<'_, R> {
    pub(super) fn note_session(&mut self, meta: &Meta, note: NoteSession) -> Done<Noted, R> {
        let Some(id) = note.session else {
            self.tell(meta, &note.told)?;
            return Ok(Noted::default());
        };
        let known = self.rows.session(meta.tenant, &id)?;
        if known.is_none() && self.rows.count_sessions(meta.tenant)? >= MAX_SESSIONS {
            let what = format!(
                "There are {MAX_SESSIONS} sessions already; those that are silent are forgotten \
                 after some days."
            );
            return Err(Refusal::Limit { what }.into());
        }
        let meta = &Meta { session: Some(id.clone()), ..meta.clone() };
        let instance = note.instance.as_ref().map(|register| register.id.clone());
        let mut session = known.unwrap_or_else(|| {
            let instance = instance.clone().unwrap_or_else(|| id.clone());
            SessionRow::new(meta.tenant, id, instance, self.now)
        });
        if let Some(instance) = instance {
            session.instance = instance;
        }
        session.seen_at = self.now;
        session.events += 1;
        let ends = note.marks.iter().any(|mark| matches!(mark, Mark::Ended { .. }));
        let mut noted = Noted {
            registered: !ends && self.be_there(meta, note.instance.as_ref())?,
            ..Noted::default()
        };
        session.ended_at = ends.then_some(self.now);
        self.tell(meta, &note.told)?;
        for mark in note.marks {
            self.mark(meta, &mut session, mark, note.lease_ms, &mut noted)?;
        }
        if session.events % EVERY == 0 {
            let id = format!("snap-{}-{}", session.id, self.now.0);
            self.snapshot(meta, &mut session, Wanted { id, reason: "threshold", metadata: None })?;
        }
        noted.events = session.events;
        self.rows.put_session(session)?;
        Ok(noted)
    }

    fn mark(
        &mut self,
        meta: &Meta,
        session: &mut SessionRow,
        mark: Mark,
        lease_ms: i64,
        noted: &mut Noted,
    ) -> Done<(), R> {
        match mark {
            Mark::Seen => {}
            Mark::Started { folder } => {
                session.state.folder = folder.or(session.state.folder.take())
            }
            Mark::Ended { reason, shares } => {
                noted.reassigned = self.end_session(meta, session, (&reason, shares))?
            }
            Mark::Tool(tool) => session.state.used(tool, self.now),
            Mark::Prompt { text, tells } => {
                session.state.prompted(text, self.now);
                if tells {
                    noted.apart = self.gone_apart(meta, session)?;
                }
            }
            Mark::Todos(write) => self.write_todos(meta, session, write, lease_ms, noted)?,
            Mark::Snapshot { id, reason, metadata, compacting } => {
                let metadata = metadata.map(RawValue::from_string).transpose();
                let metadata = metadata.map_err(fault::<R>)?;
                let wanted = Wanted { id, reason: &reason, metadata: metadata.as_deref() };
                let (made, tasks) = self.snapshot(meta, session, wanted)?;
                if let Some(size) = compacting {
                    session.state.compactions += 1;
                    self.compacts(meta, session, (&made.id, tasks), size)?;
                }
                noted.snapshot = Some(made);
            }
            Mark::Rehydrated { snapshot } => {
                noted.snapshot = self.go_on(meta, session, snapshot.as_deref())?;
            }
        }
        Ok(())
    }

    /// Registers the instance of a session, if it is not there and there is room for it; says whether it
    /// did.
    fn be_there(&mut self, meta: &Meta, instance: Option<&Register>) -> Done<bool, R> {
        let Some(register) = instance else { return Ok(false) };
        if self.rows.online(meta.tenant, &register.id)? == Some(true) {
            return Ok(false);
        }
        match self.whole(|tx| tx.register(meta, register)) {
            Ok(_) => Ok(true),
            // It is judged and remembered all the same: what it holds ends by its own leases.
            Err(Stop::Refused(Refusal::Limit { .. })) => Ok(false),
            Err(stop) => Err(stop),
        }
    }

    fn tell(&mut self, meta: &Meta, told: &[Told]) -> Done<(), R> {
        for Told { kind, payload } in told {
            self.append_written(meta, kind, payload.clone(), About::default())?;
        }
        Ok(())
    }

    fn end_session(
        &mut self,
        meta: &Meta,
        session: &SessionRow,
        (reason, shares): (&str, bool),
    ) -> Done<i64, R> {
        let instance = &session.instance;
        let mut tasks_reassigned = 0;
        if shares {
            tasks_reassigned = self.give_todos_back(meta, session)?;
        } else {
            let there = self.take_offline(meta.tenant, instance, None)?;
            tasks_reassigned += self.leave(meta, instance, Leave::Goodbye)?;
            if there {
                self.unregistered_event(meta, instance, &session.id, tasks_reassigned)?;
            }
        }
        let fact = SessionEnded {
            session_id: &session.id,
            instance_id: instance,
            reason,
            tasks_reassigned,
            timestamp: self.now.0,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)?;
        Ok(tasks_reassigned)
    }

    /// Keeps what a session needs to go on, in the log; says also how many tasks it names.
    fn snapshot(
        &mut self,
        meta: &Meta,
        session: &mut SessionRow,
        wanted: Wanted<'_>,
    ) -> Done<(SnapshotNote, i64), R> {
        let held: Vec<_> = self.rows.leases_of(meta.tenant, &session.instance)?;
        let mut tasks = Vec::new();
        for id in held.into_iter().take(NAMED_TASKS) {
            if let Some(task) = self.rows.task(meta.tenant, id)? {
                let (text, status) = (task.row.text, task.row.status);
                tasks.push(json!({"id": id, "text": text, "status": status}));
            }
        }
        let count = i64::try_from(tasks.len()).unwrap_or(i64::MAX);
        let state = &session.state;
        let context = to_raw_value(&json!({
            "lastTasks": tasks,
            "lastTools": state.recent_tools,
            "lastPrompt": state.prompts.front().map(|said| &said.text),
            "activeTodos": state.todos,
            "projectDir": state.folder,
        }))
        .map_err(fault::<R>)?;
        // Two may be made in one millisecond, after which they are called.
        let is_taken = state.snapshots.iter().any(|of| of.id == wanted.id);
        let id = if is_taken { format!("{}-{}", wanted.id, session.events) } else { wanted.id };
        let note = SnapshotNote {
            id,
            at: self.now,
            reason: wanted.reason.to_owned(),
            events: session.events,
            size: i64::try_from(context.get().len()).unwrap_or(i64::MAX),
        };
        let fact = SessionSnapshotCreated {
            snapshot_id: &note.id,
            session_id: &session.id,
            instance_id: &session.instance,
            reason: wanted.reason,
            event_count: note.events,
            size: note.size,
            timestamp: self.now.0,
            context: &context,
            metadata: wanted.metadata,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)?;
        session.state.kept(note.clone());
        Ok((note, count))
    }

    fn compacts(
        &mut self,
        meta: &Meta,
        session: &SessionRow,
        (snapshot, tasks_preserved): (&str, i64),
        context_size: f64,
    ) -> Done<(), R> {
        let fact = ContextPreCompact {
            session_id: &session.id,
            instance_id: &session.instance,
            context_size,
            compaction_count: session.state.compactions,
            snapshot_key: snapshot,
            tasks_preserved,
            timestamp: self.now.0,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)
    }

    /// A session goes on: with the snapshot that is named, or its last one.
    fn go_on(
        &mut self,
        meta: &Meta,
        session: &SessionRow,
        named: Option<&str>,
    ) -> Done<Option<SnapshotNote>, R> {
        let mut all = session.state.snapshots.iter();
        let snapshot = all.find(|of| named.is_none_or(|id| of.id == id)).cloned();
        let fact = SessionRehydrated {
            session_id: &session.id,
            instance_id: &session.instance,
            snapshot_id: snapshot.as_ref().map(|of| &*of.id),
            event_count: session.events,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)?;
        Ok(snapshot)
    }
}

/// The earlier of two times, if there are any.
pub(super) fn earlier(a: Option<Millis>, b: Millis) -> Option<Millis> {
    Some(a.map_or(b, |a: Millis| a.min(b)))
}
