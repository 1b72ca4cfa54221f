//! What is copied: the tables and their columns, said once for both backends. What else a schema
//! has follows from these rows, and is made anew by whoever takes them.

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A whole number.
    Int,
    /// Yes or no: 1 or 0.
    Bool,
    /// Any number.
    Real,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
    /// A list of texts.
    List,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// A table, or what is read like one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// So many of the columns, from the first on, are its key, by which it is read.
    pub(crate) key: usize,
    pub(crate) columns: &'static [Column],
    /// A new database has rows of it already.
    pub(crate) seeded: bool,
}

impl Table {
    /// Where a column stands.
    pub(crate) fn place(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column.name == name).unwrap_or(usize::MAX)
    }
}

macro_rules! tables {
    ($($name:ident $key:literal $seeded:literal: $($column:ident $kind:ident),*;)*) => {
        /// All of them, in the order in which they are copied: what follows from several rows comes
        /// with the last.
        pub(crate) const TABLES: &[Table] = &[$(Table {
            name: stringify!($name),
            key: $key,
            seeded: $seeded,
            columns: &[$(Column { name: stringify!($column), kind: Kind::$kind }),*],
        }),*];
    };
}

tables! {
    tenants 1 true: id Int, name Text;
    tasks 1 false:
        id Int, tenant Int, rank Int, fence Int, settled Int, version Int, created_at Int,
        updated_at Int, started_at Int, completed_at Int, run_at Int, assigned_at Int, parent Int,
        held_ms Int, lease_ms Int, deadline_ms Int, priority Int, status Int, phase Int, attempt Int,
        losses Int, max_attempts Int, open_dependencies Int, attachment_count Int,
        has_dependents Bool, held_explicit Bool, progress Real, assigned_to Text, completed_by Text,
        error Text, reason Text, backoff Text, project Text, roles List, tags List, unique_key Text,
        note Text, checkpoint Text, created_by Text, traceparent Text, text Text, metadata Text;
    leases 1 false:
        task Int, tenant Int, worker Text, fence Int, attempt Int, deadline_at Int, expires_at Int,
        lease_ms Int, explicit Bool, cancel_at Int, cancel_asked_at Int, cancel_dependents Int,
        cancel_note Text, progress Real, note Text, checkpoint Text;
    dependencies 2 false: task Int, on_id Int, tenant Int, done Bool;
    labels 4 false: tenant Int, kind Int, name Text, task Int;
    attachments 2 false:
        task Int, key Text, id Int, tenant Int, kind Int, created_by Text, created_at Int,
        updated_at Int, mime_type Text, size Int, url Text, value Text, content Text;
    events 1 false:
        seq Int, tenant Int, at Int, task Int, version Int, attempt Int, kind Text, project Text,
        actor Text, traceparent Text, payload Text, session Text;
    log 1 true: one Int, dropped Int;
    idempotency 2 false:
        tenant Int, key Text, fingerprint Bytes, outcome Text, expires_at Int;
    instances 2 false:
        tenant Int, id Text, roles List, metadata Text, online Bool, registered_at Int, seen_at Int;
    sessions 2 false:
        tenant Int, id Text, instance Text, started_at Int, seen_at Int, ended_at Int, events Int,
        state Text;
    config 2 false: tenant Int, key Text, value Text, updated_at Int;
    pauses 2 false:
        tenant Int, scope Text, reason Text, until Int, paused_at Int, paused_by Text;
    keys 1 false:
        id Text, tenant Int, name Text, hash Bytes, scopes List, created_at Int, expires_at Int;
    votes 3 false: tenant Int, decision Text, instance Text, value Text, at Int;
    decisions 2 false: tenant Int, decision Text, value Text, votes Int, at Int;
    batches 2 false: tenant Int, id Text, processor Text, items Int, at Int;
    counted 1 true:
        one Int, version Int, generation Int, upto Int, at Int, redo_upto Int, since Int,
        clearing Int, gaps Text;
    task_metrics 4 false:
        tenant Int, span Int, name Text, start Int, count Int, valued Int, sum Int, first Int,
        last Int, buckets Text;
    worker_metrics 3 false:
        tenant Int, day Int, worker Text, started Int, completed Int, failed Int, returned Int,
        lost Int, worked Int, worked_ms Int, first Int, last Int;
    ended_logins 2 false: tenant Int, login Text, at Int;
}
