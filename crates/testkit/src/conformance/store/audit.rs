//! What must hold of every store at any time: looked at after each case.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use claudebench_core::event::Event;
use claudebench_core::{Millis, Status, TaskId, TenantId};
use claudebench_store::{Freshness, Stats, TaskQuery, TaskWithExtras};

use super::bed::Bed;
use super::given;

/// Looks at the log, the counts, the tasks and the leases of all tenants.
pub(super) async fn audit(bed: &mut Bed) {
    // What time has brought about by now is done first.
    bed.pass(0).await;
    let log = bed.log().await;
    assert!(log.is_sorted_by(|a, b| a.cursor < b.cursor), "the log is read in its order");
    let last = last_versions(&log, bed.setup.keeps_all());
    if bed.setup.keeps_all() {
        let mut told = bed.told_events();
        told.sort_by_key(|event| event.cursor);
        assert_eq!(texts(&told), texts(&log), "commits tell what is in the log, once");
    }
    let mut tenants: BTreeSet<TenantId> = log.iter().map(|event| event.tenant).collect();
    tenants.insert(TenantId::DEFAULT);
    let mut leases = 0;
    for tenant in tenants {
        let tasks = all_tasks(bed, tenant).await;
        counts_are_true(bed, tenant, &tasks).await;
        for found in &tasks {
            row_is_sound(found);
            let version = last.get(&found.task.id).copied();
            // Retention may have dropped all events of a task.
            let known = version.or((!bed.setup.keeps_all()).then_some(found.task.version));
            assert_eq!(known, Some(found.task.version), "{} has its events", found.task.id);
            leases += i64::from(found.lease.is_some());
        }
    }
    let health = bed.store().health().await.unwrap();
    assert_eq!(health.leases, leases, "the leases that the store knows of");
    assert!(health.writable && health.problem.is_none(), "{health:?}");
}

fn texts(events: &[Arc<Event>]) -> Vec<String> {
    events.iter().map(|event| format!("{event:?}")).collect()
}

/// The last version of each task in the log. They must be 1..n without gaps, or the end of that.
fn last_versions(log: &[Arc<Event>], whole: bool) -> HashMap<TaskId, i64> {
    let mut last = HashMap::new();
    for event in log {
        let (Some(task), Some(version)) = (event.task, event.version) else {
            assert_eq!((event.task, event.version), (None, None), "{event:?}");
            continue;
        };
        let before = last.insert(task, version);
        let expected = match before {
            Some(before) => before + 1,
            None if whole => 1,
            None => version,
        };
        assert_eq!(version, expected, "the versions of {task} have no gap: {event:?}");
    }
    last
}

pub(super) async fn all_tasks(bed: &Bed, tenant: TenantId) -> Vec<TaskWithExtras> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let query = TaskQuery { tenant: Some(tenant), after, limit: 300, ..given::tasks() };
        let page = bed.store().list(query, Freshness::Latest).await.unwrap();
        all.extend(page.tasks);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

async fn counts_are_true(bed: &Bed, tenant: TenantId, tasks: &[TaskWithExtras]) {
    let mut expected: BTreeMap<Option<String>, Stats> = BTreeMap::from([(None, Stats::default())]);
    for found in tasks {
        let project = found.task.project.as_deref().map(str::to_owned);
        for of in BTreeSet::from([None, project]) {
            count(expected.entry(of).or_default(), found, bed.now());
        }
    }
    for (project, expected) in expected {
        let mut stats =
            bed.store().stats(tenant, project.clone(), Freshness::Latest).await.unwrap();
        stats.oldest_ready = None;
        assert_eq!(stats, expected, "the counts of {tenant:?}, project {project:?}");
    }
}

fn count(stats: &mut Stats, found: &TaskWithExtras, now: Millis) {
    let row = &found.task;
    stats.by_status[row.status as usize] += 1;
    stats.dead += i64::from(row.dead);
    if row.status == Status::Pending {
        match (row.open_dependencies, row.run_at) {
            (1.., _) => stats.blocked += 1,
            (_, Some(at)) if at > now => stats.scheduled += 1,
            _ => stats.ready += 1,
        }
    }
}

/// What the fields of a task must say together.
fn row_is_sound(found: &TaskWithExtras) {
    let row = &found.task;
    let id = row.id;
    assert_eq!(row.dead, row.status == Status::Failed, "{id}: every failed task is a dead letter");
    assert_eq!(row.completed_at.is_some(), row.status.is_final(), "{id}: an end has its time");
    assert!(row.attempt <= row.fence, "{id}: no attempt without a fence");
    assert!((0..=row.max_attempts).contains(&row.attempt), "{id}: attempts within their limit");
    assert!(row.open_dependencies >= 0, "{id}: {}", row.open_dependencies);
    if let Some(lease) = &found.lease {
        assert_eq!(row.status, Status::InProgress, "{id}: who has a lease works");
        assert_eq!((lease.fence, lease.attempt), (row.fence, row.attempt), "{id}");
        assert_eq!(row.assigned_to.as_deref(), Some(&*lease.worker), "{id}");
        assert_eq!(row.open_dependencies, 0, "{id}: no task starts before what it depends on");
    }
    assert_eq!(found.attachment_keys.is_empty(), row.attachment_count == 0, "{id}: attachments");
}
