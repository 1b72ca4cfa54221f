//! Tasks with all that belongs to them, and leases.

use claudebench_core::TaskId;

use super::super::asks::{Asks, values};
use super::super::columns::columns;
use super::super::sheet::{Attached, Body, LeaseRow, Sheet, ready_place};
use super::super::sql::save as sql;
use super::{Saved, Telling, Told, check_at};
use crate::row::{AttachmentKind, names_text};
use crate::task::{Phase, Task};

columns! {
    /// Tasks that were made.
    New of new: (&'a Task, Option<i64>);
    id: i64 = new.0.row.id.0;
    tenant: i64 = new.0.tenant.0;
    status: i64 = new.0.row.status as i64;
    phase: i64 = new.0.phase as i64;
    lane: Option<i64> = new.1;
    rank: i64 = new.0.rank;
    priority: i64 = new.0.row.priority;
    version: i64 = new.0.row.version;
    max_attempts: i64 = new.0.row.max_attempts;
    open_dependencies: i64 = new.0.row.open_dependencies;
    created_at: i64 = new.0.row.created_at.0;
    updated_at: i64 = new.0.row.updated_at.0;
    run_at: Option<i64> = new.0.row.run_at.map(|at| at.0);
    lease_ms: Option<i64> = new.0.row.lease_ms;
    deadline_ms: Option<i64> = new.0.row.deadline_ms;
    backoff: Option<&'a str> = new.0.row.backoff.as_deref();
    parent: Option<i64> = new.0.row.parent.map(|id| id.0);
    project: Option<&'a str> = new.0.row.project.as_deref();
    roles: Option<String> = names_text(&new.0.row.roles);
    tags: Option<String> = names_text(&new.0.row.tags);
    unique_key: Option<&'a str> = new.0.row.unique_key.as_deref();
    created_by: &'a str = &new.0.row.created_by;
    traceparent: Option<&'a str> = new.0.row.traceparent.as_deref();
    text: &'a str = &new.0.row.text;
    metadata: Option<&'a str> = new.0.row.metadata.as_deref();
    fence: i64 = new.0.row.fence;
    attempt: i64 = new.0.row.attempt;
    losses: i64 = new.0.row.losses;
    settled: i64 = new.0.settled;
    attachment_count: i64 = new.0.row.attachment_count;
    started_at: Option<i64> = new.0.row.started_at.map(|at| at.0);
    completed_at: Option<i64> = new.0.row.completed_at.map(|at| at.0);
    assigned_at: Option<i64> = new.0.row.assigned_at.map(|at| at.0);
    assigned_to: Option<&'a str> = new.0.row.assigned_to.as_deref();
    completed_by: Option<&'a str> = new.0.row.completed_by.as_deref();
    error: Option<&'a str> = new.0.row.error.as_deref();
    reason: Option<&'a str> = new.0.row.reason.as_deref();
    progress: Option<f64> = new.0.row.progress;
    note: Option<&'a str> = new.0.row.note.as_deref();
    checkpoint: Option<&'a str> = new.0.row.checkpoint.as_deref();
    held_ms: Option<i64> = new.0.held.map(|(ms, _)| ms);
    held_explicit: bool = new.0.held.is_some_and(|(_, explicit)| explicit);
    has_dependents: bool = new.0.has_dependents;
}

columns! {
    /// What claims and completions change.
    Moved of task: (&'a Task, Option<i64>);
    status: i64 = task.0.row.status as i64;
    phase: i64 = task.0.phase as i64;
    lane: Option<i64> = task.1;
    rank: i64 = task.0.rank;
    version: i64 = task.0.row.version;
    fence: i64 = task.0.row.fence;
    attempt: i64 = task.0.row.attempt;
    settled: i64 = task.0.settled;
    attachment_count: i64 = task.0.row.attachment_count;
    updated_at: i64 = task.0.row.updated_at.0;
    started_at: Option<i64> = task.0.row.started_at.map(|at| at.0);
    completed_at: Option<i64> = task.0.row.completed_at.map(|at| at.0);
    run_at: Option<i64> = task.0.row.run_at.map(|at| at.0);
    assigned_at: Option<i64> = task.0.row.assigned_at.map(|at| at.0);
    assigned_to: Option<&'a str> = task.0.row.assigned_to.as_deref();
    completed_by: Option<&'a str> = task.0.row.completed_by.as_deref();
    held_ms: Option<i64> = task.0.held.map(|(ms, _)| ms);
    held_explicit: bool = task.0.held.is_some_and(|(_, explicit)| explicit);
}

columns! {
    /// What else can change.
    Changed of task: &'a Task;
    priority: i64 = task.row.priority;
    losses: i64 = task.row.losses;
    open_dependencies: i64 = task.row.open_dependencies;
    has_dependents: bool = task.has_dependents;
    progress: Option<f64> = task.row.progress;
    error: Option<&'a str> = task.row.error.as_deref();
    reason: Option<&'a str> = task.row.reason.as_deref();
    note: Option<&'a str> = task.row.note.as_deref();
    checkpoint: Option<&'a str> = task.row.checkpoint.as_deref();
    text: &'a str = &task.row.text;
    metadata: Option<&'a str> = task.row.metadata.as_deref();
}

columns! {
    Leases of lease: &'a LeaseRow;
    task: i64 = lease.held.task.0;
    tenant: i64 = lease.held.tenant.0;
    worker: &'a str = &lease.held.worker;
    fence: i64 = lease.held.fence;
    attempt: i64 = lease.held.attempt;
    lease_ms: i64 = lease.held.lease_ms;
    explicit: bool = lease.held.explicit;
    expires_at: i64 = lease.held.expires_at.0;
    deadline_at: Option<i64> = lease.held.deadline_at.map(|at| at.0);
    cancel_at: Option<i64> = lease.held.cancel_at.map(|at| at.0);
    progress: Option<f64> = lease.progress;
    note: Option<&'a str> = lease.note.as_deref();
    checkpoint: Option<&'a str> = lease.checkpoint.as_deref();
    cancel_asked_at: Option<i64> = lease.cancel_asked_at.map(|at| at.0);
    cancel_note: Option<&'a str> = lease.cancel_note.as_deref();
    cancel_dependents: i64 = lease.cancel_dependents;
    check_at: i64 = check_at(lease);
}

columns! {
    Labels of label: (&'a Task, i64, &'a str);
    task: i64 = label.0.row.id.0;
    tenant: i64 = label.0.tenant.0;
    kind: i64 = label.1;
    name: &'a str = label.2;
}

columns! {
    Attachments of new: (TaskId, &'a Attached, &'a Body);
    task: i64 = new.0.0;
    key: &'a str = &new.2.body.key;
    id: i64 = new.1.id;
    tenant: i64 = new.2.tenant.0;
    kind: i64 = kind_number(new.2.body.kind);
    created_by: &'a str = &new.2.by;
    created_at: i64 = new.1.created_at.0;
    updated_at: i64 = new.2.at.0;
    mime_type: Option<&'a str> = new.2.body.mime_type.as_deref();
    size: Option<i64> = new.2.body.size;
    url: Option<&'a str> = new.2.body.url.as_deref();
    value: Option<&'a str> = new.2.body.value.as_deref();
    content: Option<&'a str> = new.2.body.content.as_deref();
}

fn kind_number(kind: AttachmentKind) -> i64 {
    (0..).zip(AttachmentKind::ALL).find(|(_, known)| *known == kind).map_or(0, |(number, _)| number)
}

pub(super) fn save<'a>(
    asks: &mut Asks<'a, Saved>,
    sheet: &'a Sheet,
    telling: &Telling<'_>,
) -> Told {
    rows(asks, sheet, telling);
    belongings(asks, sheet);
    let mut told = queues(asks, sheet, telling);
    leases(asks, sheet, &mut told);
    told
}

fn rows<'a>(asks: &mut Asks<'a, Saved>, sheet: &'a Sheet, telling: &Telling<'_>) {
    let (mut new, mut labels) = (New::default(), Labels::default());
    let (mut moved_ids, mut moved) = (Vec::new(), Moved::default());
    let (mut changed_ids, mut changed) = (Vec::new(), Changed::default());
    let mut changed_moves = Moved::default();
    let (mut erased, mut tenants): (Vec<i64>, Vec<i64>) = (Vec::new(), Vec::new());
    let (mut is_new, mut is_labelled) = (false, false);
    for (id, before, now) in sheet.tasks.changes() {
        match (before, now) {
            (None, Some(task)) => {
                is_new = true;
                new.push((task, task.lane.map(|lane| telling.lane(lane))));
                for (kind, name) in labels_of(task) {
                    is_labelled = true;
                    labels.push((task, kind, name));
                }
            }
            (Some(before), Some(task)) => {
                let lane = task.lane.map(|lane| telling.lane(lane));
                if Changed::are_alike(before, task) {
                    // Only what claims and completions change.
                    moved_ids.push(id.0);
                    moved.push((task, lane));
                } else {
                    changed_ids.push(id.0);
                    changed.push(task);
                    changed_moves.push((task, lane));
                }
            }
            (Some(before), None) => {
                erased.push(id.0);
                tenants.push(before.tenant.0);
            }
            (None, None) => {}
        }
    }
    if is_new {
        asks.tell(sql::INSERT_TASKS, new.values());
    }
    if !moved_ids.is_empty() {
        let mut all = values![moved_ids];
        all.extend(moved.values());
        asks.tell(sql::MOVE_TASKS, all);
    }
    if !changed_ids.is_empty() {
        let mut all = values![changed_ids];
        all.extend(changed.values());
        all.extend(changed_moves.values());
        asks.tell(sql::CHANGE_TASKS, all);
    }
    if !erased.is_empty() {
        asks.tell(sql::ERASE_LABELS, values![erased.clone(), tenants]);
        asks.tell(sql::ERASE_ATTACHMENTS, values![erased.clone()]);
        asks.tell(sql::ERASE_DEPENDENCIES, values![erased.clone()]);
        asks.tell(sql::ERASE_TASKS, values![erased]);
    }
    if is_labelled {
        asks.tell(sql::INSERT_LABELS, labels.values());
    }
}

fn labels_of(task: &Task) -> impl Iterator<Item = (i64, &str)> {
    let tags = task.row.tags.iter().map(|name| (0, &**name));
    tags.chain(task.row.roles.iter().map(|name| (1, &**name)))
}

/// Attachments and dependencies.
fn belongings<'a>(asks: &mut Asks<'a, Saved>, sheet: &'a Sheet) {
    let is_gone = |id: &TaskId| sheet.tasks.is_written(id) && sheet.tasks.known(id).is_none();
    let (mut put, mut is_put) = (Attachments::default(), false);
    let (mut of, mut keys): (Vec<i64>, Vec<&str>) = (Vec::new(), Vec::new());
    for ((task, key), _, now) in sheet.shared.attachments.changes() {
        match now {
            _ if is_gone(task) => {}
            Some(row) => {
                if let Some(body) = &row.new {
                    is_put = true;
                    put.push((*task, row, body));
                }
            }
            None => {
                of.push(task.0);
                keys.push(key);
            }
        }
    }
    if !of.is_empty() {
        asks.tell(sql::DELETE_ATTACHMENTS, values![of, keys]);
    }
    if is_put {
        asks.tell(sql::PUT_ATTACHMENTS, put.values());
    }
    let (mut gone, mut gone_on): (Vec<i64>, Vec<i64>) = (Vec::new(), Vec::new());
    let (mut tasks, mut on, mut tenants, mut done) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (target, task, edge) in sheet.graph.changes() {
        match edge {
            _ if is_gone(&task) => {}
            None => {
                gone.push(task.0);
                gone_on.push(target.0);
            }
            Some(edge) => {
                tasks.push(task.0);
                on.push(target.0);
                tenants.push(edge.tenant.0);
                done.push(edge.done);
            }
        }
    }
    if !gone.is_empty() {
        asks.tell(sql::DROP_DEPENDENCIES, values![gone, gone_on]);
    }
    if !tasks.is_empty() {
        asks.tell(sql::PUT_DEPENDENCIES, values![tasks, on, tenants, done]);
    }
}

/// What is ready, and what waits for its time.
fn queues<'a>(asks: &mut Asks<'a, Saved>, sheet: &'a Sheet, telling: &Telling<'_>) -> Told {
    let mut told = Told::default();
    let (mut left, mut entered): ([Vec<i64>; 3], [Vec<i64>; 3]) = Default::default();
    let (mut unscheduled, mut scheduled): ([Vec<i64>; 2], [Vec<i64>; 2]) = Default::default();
    for (id, before, now) in sheet.tasks.changes() {
        let place = |task: &Task| ready_place(task).map(|(lane, rank)| (telling.lane(lane), rank));
        let (was, is) = (before.and_then(place), now.and_then(place));
        if was != is {
            if let Some((lane, rank)) = was {
                push(&mut left, [lane, rank, id.0]);
            }
            if let Some((lane, rank)) = is {
                push(&mut entered, [lane, rank, id.0]);
                told.gains(lane, rank);
            }
        }
        let (was, is) = (before.and_then(time_of), now.and_then(time_of));
        if was != is {
            if let Some(at) = was {
                push(&mut unscheduled, [at, id.0]);
            }
            if let Some(at) = is {
                push(&mut scheduled, [at, id.0]);
                told.due_at(at);
            }
        }
    }
    for (text, [lanes, ranks, tasks]) in [(sql::LEAVE_READY, left), (sql::ENTER_READY, entered)] {
        if !lanes.is_empty() {
            asks.tell(text, values![lanes, ranks, tasks]);
        }
    }
    for (text, [times, tasks]) in [(sql::UNSCHEDULE, unscheduled), (sql::SCHEDULE, scheduled)] {
        if !times.is_empty() {
            asks.tell(text, values![times, tasks]);
        }
    }
    told
}

fn push<const N: usize>(columns: &mut [Vec<i64>; N], row: [i64; N]) {
    for (column, value) in columns.iter_mut().zip(row) {
        column.push(value);
    }
}

/// When a scheduled task is ready.
fn time_of(task: &Task) -> Option<i64> {
    (task.phase == Phase::Scheduled).then(|| task.row.run_at.map_or(0, |at| at.0))
}

fn leases<'a>(asks: &mut Asks<'a, Saved>, sheet: &'a Sheet, told: &mut Told) {
    let (mut new, mut is_new) = (Leases::default(), false);
    let (mut changed, mut is_changed) = (Leases::default(), false);
    let mut ended: Vec<i64> = Vec::new();
    for (task, before, now) in sheet.leases.changes() {
        match (before, now) {
            (None, Some(row)) => {
                is_new = true;
                told.due_at(check_at(row));
                new.push(row);
            }
            (Some(_), Some(row)) => {
                is_changed = true;
                told.due_at(check_at(row));
                changed.push(row);
            }
            (Some(_), None) => ended.push(task.0),
            (None, None) => {}
        }
    }
    if !ended.is_empty() {
        asks.tell(sql::END_LEASES, values![ended]);
    }
    if is_new {
        asks.tell(sql::INSERT_LEASES, new.values());
    }
    if is_changed {
        asks.tell(sql::CHANGE_LEASES, changed.values());
    }
    let (mut looked, mut at): (Vec<i64>, Vec<i64>) = (Vec::new(), Vec::new());
    for task in sheet.looked.iter().filter(|task| !sheet.leases.is_written(task)) {
        if let Some(row) = sheet.leases.known(task) {
            looked.push(task.0);
            at.push(row.held.due());
            told.due_at(row.held.due());
        }
    }
    if !looked.is_empty() {
        asks.tell(sql::LOOKED_AT_LEASES, values![looked, at]);
    }
}
