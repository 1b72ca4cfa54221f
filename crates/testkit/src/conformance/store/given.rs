//! Writes and queries with everything filled in that a case does not care about.

use std::sync::Arc;

use claudebench_core::backoff::Backoff;
use claudebench_core::event::Event;
use claudebench_core::lane::Wanted;
use claudebench_core::principal::Scopes;
use claudebench_core::{Int, Millis, TaskId, TenantId};
use claudebench_store::{
    AddKey, Assign, AttachmentBody, AttachmentKind, Beat, Cancel, ClaimTasks, ClaimedTask,
    Dependency, Ending, EventQuery, IdempotencyKey, Meta, NewTask, OnDuplicate, PutAttachment,
    Register, Report, Retry, RetrySelection, TaskQuery, Unique,
};
use serde_json::Value;

/// When every bed begins.
pub const EPOCH: Millis = Millis(1_700_000_000_000);

/// 1, 2, 4 and 8 seconds, exactly.
pub(super) const BACKOFF: Backoff = Backoff {
    base_ms: Int::clamped(1_000),
    factor: Int::clamped(2),
    max_ms: Int::clamped(8_000),
    jitter: false,
};

pub(super) fn meta() -> Meta {
    meta_of(TenantId::DEFAULT)
}

pub(super) fn meta_of(tenant: TenantId) -> Meta {
    Meta { tenant, actor: "tester".into(), traceparent: None, session: None, key: None }
}

/// Under an idempotency key, for a body that this number stands for.
pub(super) fn keyed(key: &str, body: u8) -> Meta {
    let key = IdempotencyKey { key: key.into(), fingerprint: [body; 32] };
    Meta { key: Some(Arc::new(key)), ..meta() }
}

pub(super) fn task() -> NewTask {
    NewTask {
        text: "a task".into(),
        priority: 50,
        max_attempts: 3,
        backoff: Some(BACKOFF),
        ..NewTask::default()
    }
}

/// A task that waits for others.
pub(super) fn after(ids: &[TaskId]) -> NewTask {
    NewTask { depends_on: ids.iter().copied().map(Dependency::Task).collect(), ..task() }
}

/// A task that alone may live under a key.
pub(super) fn unique(key: &str, on_duplicate: OnDuplicate) -> NewTask {
    NewTask { unique: Some(Unique { key: key.into(), on_duplicate }), ..task() }
}

pub(super) fn names(names: &[&str]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(*name)).collect()
}

pub(super) fn wanted(worker: &str) -> Wanted {
    Wanted {
        tenant: TenantId::DEFAULT,
        worker: worker.into(),
        roles: Vec::new(),
        project: None,
        tags: Vec::new(),
    }
}

pub(super) fn claim(worker: &str, max: usize) -> ClaimTasks {
    ClaimTasks { wanted: wanted(worker), task: None, max, lease_ms: None }
}

/// A claim in some roles.
pub(super) fn claim_as(worker: &str, roles: &[&str], max: usize) -> ClaimTasks {
    let wanted = Wanted { roles: names(roles), ..wanted(worker) };
    ClaimTasks { wanted, task: None, max, lease_ms: None }
}

pub(super) fn report(held: &ClaimedTask, ending: Ending) -> Report {
    Report { task: held.task.id, fence: Some(held.lease.fence), worker: None, ending }
}

/// A report of a client that knows no fences.
pub(super) fn report_by(task: TaskId, worker: Option<&str>, ending: Ending) -> Report {
    Report { task, fence: None, worker: worker.map(Arc::from), ending }
}

pub(super) fn completed() -> Ending {
    Ending::Completed { result: None }
}

pub(super) fn failed() -> Ending {
    Ending::Failed {
        reason: "error".into(),
        error: None,
        retryable: true,
        retry_after_ms: None,
        snooze: false,
    }
}

pub(super) fn failed_for_good() -> Ending {
    Ending::Failed {
        reason: "error".into(),
        error: None,
        retryable: false,
        retry_after_ms: None,
        snooze: false,
    }
}

pub(super) fn released() -> Ending {
    Ending::Released { reason: None, delay_ms: None }
}

pub(super) fn beat(held: &ClaimedTask) -> Beat {
    Beat {
        task: held.task.id,
        fence: Some(held.lease.fence),
        worker: None,
        lease_ms: None,
        progress: None,
        note: None,
        checkpoint: None,
    }
}

/// Called off at once, with those that wait for it left as they are.
pub(super) fn cancel(task: TaskId) -> Cancel {
    Cancel { task, reason: None, grace_ms: 0, dependents: None }
}

/// Called off, with time to stop.
pub(super) fn cancel_within(task: TaskId, grace_ms: i64) -> Cancel {
    Cancel { grace_ms, ..cancel(task) }
}

pub(super) fn retry(id: TaskId) -> Retry {
    let which = RetrySelection::Task { id, force: false };
    Retry { which, priority: None, delay_ms: None }
}

pub(super) fn register(id: &str) -> Register {
    Register { id: id.into(), roles: Vec::new(), metadata: None, became_leader: false }
}

/// A key of a tenant, which is made when there is none of that name.
pub(super) fn add_key(id: &str, tenant_name: &str) -> AddKey {
    AddKey {
        id: id.into(),
        tenant_name: tenant_name.into(),
        name: "agent".into(),
        hash: [7; 32],
        scopes: vec!["tasks:work".into()],
        expires_at: None,
    }
}

pub(super) fn assign(task: TaskId, instance: &str) -> Assign {
    Assign { task, instance: instance.into() }
}

/// Every event, of all tenants, oldest first.
pub(super) fn events() -> EventQuery {
    EventQuery {
        tenant: None,
        scopes: Scopes::ALL,
        after: None,
        task: None,
        project: None,
        session: None,
        kinds: Vec::new(),
        limit: 500,
        newest_first: false,
    }
}

/// Every task of the default tenant.
pub(super) fn tasks() -> TaskQuery {
    TaskQuery { tenant: Some(TenantId::DEFAULT), limit: 1_000, ..TaskQuery::default() }
}

/// The fields of an event.
pub(super) fn payload(event: &Event) -> Value {
    serde_json::from_str(event.payload.get()).unwrap()
}

/// An attachment with a text, under the key `note`.
pub(super) fn note(task: TaskId) -> PutAttachment {
    note_named(task, "note")
}

pub(super) fn note_named(task: TaskId, key: impl Into<String>) -> PutAttachment {
    let body = AttachmentBody {
        key: key.into(),
        kind: AttachmentKind::Text,
        value: None,
        content: Some("text".into()),
        url: None,
        mime_type: None,
        size: None,
    };
    PutAttachment { task, body }
}
