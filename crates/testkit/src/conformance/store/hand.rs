//! Tasks are changed by hand: their fields, on whom they are parked, whether they exist.

use claudebench_core::{Status, TaskId};
use claudebench_store::{
    AttachmentQuery, DeleteTask, Ending, Freshness, NewTask, Refusal, Unassign, Unregister, Update,
};
use serde_json::{Value, json};

use super::bed::Bed;
use super::given::{
    self, BACKOFF, after, assign, cancel, claim, completed, failed_for_good, payload, register,
    report, task,
};

fn update(id: TaskId) -> Update {
    Update { id: Some(id), ..Update::default() }
}

fn to(id: TaskId, status: Status) -> Update {
    Update { status: Some(status), ..update(id) }
}

pub(super) async fn fields_are_changed_and_the_event_names_them(bed: &mut Bed) {
    let id = bed.make(NewTask { metadata: Some(r#"{"a":1,"b":{"x":1}}"#.into()), ..task() }).await;
    bed.clock.advance(5);
    let change = Update {
        text: Some("another text".into()),
        priority: Some(7),
        metadata: Some(r#"{"b":{"y":2},"c":null}"#.into()),
        ..update(id)
    };
    let row = *bed.ok(change).await;
    assert_eq!(row, bed.row(id).await);
    assert_eq!((row.text.as_str(), row.priority, row.version), ("another text", 7, 2));
    assert_eq!((row.updated_at, row.status), (bed.now(), Status::Pending));
    let merged: Value = serde_json::from_str(row.metadata.as_deref().unwrap()).unwrap();
    assert_eq!(merged, json!({"a": 1, "b": {"y": 2}, "c": null}), "merged one level deep");
    let event = bed.history(id).await.pop().unwrap();
    assert_eq!(&*event.kind, "task.updated");
    let mut changes: Vec<String> =
        serde_json::from_value(payload(&event)["changes"].clone()).unwrap();
    changes.sort_unstable();
    assert_eq!(changes, ["metadata", "priority", "text"]);
    assert_eq!(payload(&event)["text"], "another text");
}

pub(super) async fn an_update_that_is_refused_changes_nothing(bed: &mut Bed) {
    let id = bed.make(NewTask { metadata: Some(r#"{"a":1}"#.into()), ..task() }).await;
    let before = bed.task(id).await;
    bed.ok(update(id)).await;
    assert_eq!(bed.task(id).await, before, "nothing to change");
    let list = Update { text: Some("new".into()), metadata: Some("[1]".into()), ..update(id) };
    let answer = bed.submit(list).await;
    assert!(matches!(answer, Err(Refusal::Invalid { .. })), "no object: {answer:?}");
    let large = Update {
        priority: Some(1),
        metadata: Some(r#"{"b":"0123456789"}"#.into()),
        metadata_bytes: Some(20),
        ..update(id)
    };
    let answer = bed.submit(large.clone()).await;
    assert!(matches!(answer, Err(Refusal::Limit { .. })), "too large when merged: {answer:?}");
    assert_eq!(bed.task(id).await, before);
    let version = before.task.version;
    let stale = Update { if_version: Some(version - 1), ..large.clone() };
    let answer = bed.submit(stale).await;
    assert_eq!(answer, Err(Refusal::Changed { task: id, given: version - 1, version }));
    assert_eq!(bed.task(id).await, before);
    bed.ok(Update { metadata_bytes: Some(24), if_version: Some(version), ..large }).await;
    let nobody = Update { text: Some("new".into()), ..update(TaskId(7)) };
    assert_eq!(bed.submit(nobody).await, Err(Refusal::NoTask(TaskId(7))));
}

pub(super) async fn another_priority_is_another_place(bed: &mut Bed) {
    let ids = bed.make_all(vec![task(); 3]).await;
    let later = bed.make(NewTask { delay_ms: Some(10), ..task() }).await;
    bed.ok(Update { priority: Some(90), ..update(ids[1]) }).await;
    bed.ok(Update { priority: Some(10), ..update(ids[0]) }).await;
    bed.ok(Update { priority: Some(95), ..update(later) }).await;
    bed.clock.advance(10);
    assert_eq!(bed.claim_ids(claim("w", 9)).await, [later, ids[1], ids[2], ids[0]]);
}

pub(super) async fn a_task_may_be_begun_and_ended_by_hand(bed: &mut Bed) {
    let id = bed.make(task()).await;
    let next = bed.make(after(&[id])).await;
    let row = *bed.ok(to(id, Status::InProgress)).await;
    assert_eq!((row.status, row.assigned_to), (Status::InProgress, None));
    assert_eq!(bed.task(id).await.lease, None, "nobody holds it");
    assert!(bed.nothing_for("w").await);
    bed.ok(to(id, Status::Completed)).await;
    assert_eq!(bed.row(id).await.completed_by.as_deref(), Some("tester"));
    assert_eq!(bed.kinds(id).await[1..], ["task.updated", "task.updated"], "one event each");
    assert_eq!(bed.claim("w").await.task.id, next, "it opens what waited for it");
}

pub(super) async fn a_task_that_nobody_holds_is_not_in_progress_for_ever(bed: &mut Bed) {
    let id = bed.make(task()).await;
    bed.ok(to(id, Status::InProgress)).await;
    bed.pass(bed.setup.lease_ms - 1).await;
    assert_eq!(bed.status(id).await, Status::InProgress);
    bed.pass(1).await;
    let row = bed.row(id).await;
    assert_eq!((row.status, row.losses), (Status::Pending, 1));
    bed.pass(BACKOFF.bound_ms(1)).await;
    assert_eq!(bed.claim("w").await.task.id, id);
}

pub(super) async fn a_parked_task_that_is_begun_by_hand_is_held(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let id = bed.make(task()).await;
    bed.ok(assign(id, "w")).await;
    bed.ok(to(id, Status::InProgress)).await;
    let lease = bed.task(id).await.lease.unwrap();
    assert_eq!((&*lease.worker, lease.fence, lease.attempt), ("w", 1, 1));
    bed.pass(bed.setup.lease_ms).await;
    let row = bed.row(id).await;
    assert_eq!((row.status, row.losses), (Status::Pending, 1), "under a lease like any other");
}

pub(super) async fn a_held_task_that_is_moved_by_hand_is_taken_away(bed: &mut Bed) {
    for (priority, status) in (60..).zip([Status::Pending, Status::Completed, Status::Failed]) {
        let held = bed.held(NewTask { priority, ..task() }, "w").await;
        let id = held.task.id;
        bed.ok(to(id, status)).await;
        let found = bed.task(id).await;
        assert_eq!((found.task.status, found.lease), (status, None));
        assert_eq!(found.task.attempt, i64::from(status != Status::Pending));
        let answer = bed.report(report(&held, completed())).await;
        assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "{status:?}: {answer:?}");
        bed.ok(DeleteTask { task: id }).await;
    }
}

pub(super) async fn some_moves_by_hand_are_refused(bed: &mut Bed) {
    let first = bed.make(task()).await;
    let blocked = bed.make(after(&[first])).await;
    let called_off = bed.make(task()).await;
    bed.ok(cancel(called_off)).await;
    let done = bed.make(NewTask { priority: 99, ..task() }).await;
    let held = bed.claim("w").await;
    bed.complete(&held).await;
    for (id, status) in [
        (blocked, Status::InProgress),
        (first, Status::Cancelled),
        (called_off, Status::Pending),
        (done, Status::Pending),
        (done, Status::InProgress),
    ] {
        let before = bed.task(id).await;
        let answer = bed.submit(to(id, status)).await;
        assert!(
            matches!(answer, Err(Refusal::WrongState { .. })),
            "{id} to {status:?}: {answer:?}"
        );
        assert_eq!(bed.task(id).await, before);
    }
}

pub(super) async fn ended_tasks_that_may_be_opened_again_by_hand(bed: &mut Bed) {
    let failed = bed.held(task(), "w").await;
    bed.end_attempt(&failed, failed_for_good()).await;
    let row = *bed.ok(to(failed.task.id, Status::Pending)).await;
    assert_eq!((row.dead, row.attempt, row.completed_at), (false, 0, None));
    assert_eq!(bed.claim("w").await.task.id, failed.task.id);
    let metadata = Some(r#"{"type":"project"}"#.into());
    let project = bed.held(NewTask { metadata, ..task() }, "w").await;
    bed.complete(&project).await;
    bed.ok(to(project.task.id, Status::Pending)).await;
    assert_eq!(bed.claim("w").await.task.id, project.task.id);
}

pub(super) async fn a_failed_task_that_is_completed_by_hand_has_no_error(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let error = Some("boom".to_owned());
    bed.end_attempt(&held, Ending::CompletedFailed { result: None, error }).await;
    let failed = bed.row(held.task.id).await;
    assert_eq!((failed.error.as_deref(), failed.reason.as_deref()), (Some("boom"), Some("failed")));
    let row = *bed.ok(to(held.task.id, Status::Completed)).await;
    assert_eq!((row.status, row.dead), (Status::Completed, false));
    assert_eq!((&row.error, &row.reason), (&None, &None));
    assert_eq!(row, bed.row(held.task.id).await);
}

pub(super) async fn a_parked_task_is_its_instances_alone(bed: &mut Bed) {
    bed.ok(register("w")).await;
    bed.ok(register("gone")).await;
    bed.ok(Unregister { id: "gone".into(), session: "s".into() }).await;
    let id = bed.make(task()).await;
    let (what, name) = ("Instance".to_owned(), "nobody".to_owned());
    let absent = Err(Refusal::NotFound { what, name });
    assert_eq!(bed.submit(assign(id, "nobody")).await, absent);
    let offline = Err(Refusal::InstanceOffline("gone".into()));
    assert_eq!(bed.submit(assign(id, "gone")).await, offline);
    let assigned = bed.ok(assign(id, "w")).await;
    assert_eq!((assigned.previous, assigned.at), (None, bed.now()));
    assert!(bed.nothing_for("v").await);
    bed.clock.advance(5);
    let again = bed.ok(assign(id, "w")).await;
    assert_eq!(again.previous.as_deref(), Some("w"));
    assert_eq!(bed.kinds(id).await, ["task.created", "task.assigned"], "no second change");
    let holder = "w".to_owned();
    bed.ok(register("v")).await;
    let taken = Err(Refusal::AlreadyAssigned { task: id, holder });
    assert_eq!(bed.submit(assign(id, "v")).await, taken);
    let held = bed.claim("w").await;
    bed.complete(&held).await;
    let ended = Err(Refusal::Finished { task: id, status: Status::Completed });
    assert_eq!(bed.submit(assign(id, "w")).await, ended);
}

pub(super) async fn a_task_is_taken_from_whoever_has_it(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let id = bed.make(task()).await;
    let unassign = Unassign { task: id };
    assert_eq!(bed.submit(unassign.clone()).await, Err(Refusal::NotAssigned(id)));
    bed.ok(assign(id, "w")).await;
    assert_eq!(bed.ok(unassign.clone()).await.previous.as_deref(), Some("w"));
    let held = bed.claim("v").await;
    assert_eq!(held.task.id, id, "it is for everybody again");
    assert_eq!(bed.ok(unassign.clone()).await.previous.as_deref(), Some("v"));
    let found = bed.task(id).await;
    assert_eq!((found.task.status, found.task.attempt), (Status::Pending, 0), "not counted");
    assert_eq!(found.lease, None);
    let answer = bed.report(report(&held, completed())).await;
    assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "{answer:?}");
    let again = bed.claim("w").await;
    bed.complete(&again).await;
    let ended = Err(Refusal::Finished { task: id, status: Status::Completed });
    assert_eq!(bed.submit(unassign).await, ended);
}

pub(super) async fn a_deleted_task_is_gone_but_for_its_history(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let id = held.task.id;
    bed.ok(given::note(id)).await;
    assert_eq!(bed.ok(DeleteTask { task: id }).await, bed.now());
    let tenant = claudebench_core::TenantId::DEFAULT;
    assert_eq!(bed.task_of(tenant, id).await, None);
    assert_eq!((bed.list(given::tasks()).await.total, bed.stats().await.total()), (0, 0));
    let names = vec![(id, "note".to_owned())];
    let (left, _) = bed
        .store()
        .attachments(AttachmentQuery::Named { tenant, names }, Freshness::Latest)
        .await
        .unwrap();
    assert_eq!(left, []);
    assert_eq!(bed.report(report(&held, completed())).await, Err(Refusal::NoTask(id)));
    assert_eq!(bed.submit(DeleteTask { task: id }).await, Err(Refusal::NoTask(id)));
    let kinds = bed.kinds(id).await;
    assert_eq!(kinds[2..], ["task.attachment.created", "task.deleted"]);
    bed.pass(bed.setup.lease_ms).await;
    assert_eq!(bed.kinds(id).await, kinds, "its lease went with it");
}

pub(super) async fn what_others_wait_for_is_not_deleted(bed: &mut Bed) {
    let first = bed.make(task()).await;
    let second = bed.make(after(&[first])).await;
    let answer = bed.submit(DeleteTask { task: first }).await;
    assert!(matches!(answer, Err(Refusal::WrongState { .. })), "{answer:?}");
    bed.ok(DeleteTask { task: second }).await;
    bed.ok(DeleteTask { task: first }).await;
    let last = bed.make(task()).await;
    assert!(last > second, "ids of deleted tasks do not come back");
}
