//! Tasks are called off: at once when nobody works on them, else after time to stop.

use claudebench_core::{Status, TaskId};
use claudebench_store::{Cancel, Dependents, NewTask, Refusal, Unassign, Update};

use super::bed::Bed;
use super::given::{
    after, assign, beat, cancel, cancel_within, claim, completed, failed, payload, register,
    released, report, report_by, retry, task,
};

pub(super) async fn what_nobody_works_on_ends_at_once(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let ready = bed.make(task()).await;
    let scheduled = bed.make(NewTask { delay_ms: Some(1_000), ..task() }).await;
    let parked = bed.make(task()).await;
    bed.ok(assign(parked, "w")).await;
    let blocked = bed.make(after(&[ready])).await;
    for id in [blocked, scheduled, parked, ready] {
        let done = bed.ok(Cancel { reason: Some("no need".into()), ..cancel_within(id, 9_000) });
        let done = done.await;
        assert_eq!((done.status, done.grace_ends_at), (Status::Cancelled, None));
        let row = bed.row(id).await;
        assert_eq!((row.status, row.reason.as_deref()), (Status::Cancelled, Some("no need")));
        let end = bed.history(id).await.pop().unwrap();
        assert_eq!((&*end.kind, &payload(&end)["reason"]), ("task.cancelled", &"no need".into()));
    }
    bed.pass(10_000).await;
    assert!(bed.nothing_for("w").await);
}

pub(super) async fn a_worker_is_told_to_stop(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let id = held.task.id;
    let ends = bed.now().plus(9_000);
    let done = bed.ok(Cancel { reason: Some("changed".into()), ..cancel_within(id, 9_000) }).await;
    assert_eq!((done.status, done.grace_ends_at), (Status::InProgress, Some(ends)));
    let asked = bed.history(id).await.pop().unwrap();
    assert_eq!(&*asked.kind, "task.cancel_requested");
    assert_eq!(payload(&asked)["graceEndsAt"], ends.to_string());
    assert_eq!(bed.row(id).await.cancel_requested_at, Some(bed.now()));
    bed.clock.advance(8_999);
    let beaten = bed.ok(beat(&held)).await;
    assert_eq!(beaten.cancelled, Some((Some("changed".into()), ends)));
    bed.pass(1).await;
    let row = bed.row(id).await;
    assert_eq!((row.status, row.reason.as_deref()), (Status::Cancelled, Some("changed")));
    let answer = bed.report(report(&held, completed())).await;
    assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "the fence moved on: {answer:?}");
    let kinds = bed.kinds(id).await;
    assert_eq!(kinds[2..], ["task.cancel_requested", "task.cancelled"], "one event each");
    assert!(bed.nothing_for("w").await);
}

pub(super) async fn nothing_completes_once_it_is_to_stop(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let id = held.task.id;
    bed.ok(cancel_within(id, 9_000)).await;
    let before = bed.task(id).await;
    for late in [report(&held, completed()), report_by(id, Some("w"), completed())] {
        let answer = bed.report(late).await;
        assert!(matches!(answer, Err(Refusal::WrongState { .. })), "{answer:?}");
    }
    for status in [Status::Completed, Status::Failed, Status::Pending] {
        let by_hand = Update { id: Some(id), status: Some(status), ..Update::default() };
        let answer = bed.submit(by_hand).await;
        assert!(matches!(answer, Err(Refusal::WrongState { .. })), "{status:?}: {answer:?}");
    }
    assert_eq!(bed.task(id).await, before, "nothing was changed");
    bed.pass(9_000).await;
    assert_eq!(bed.status(id).await, Status::Cancelled);
}

pub(super) async fn a_worker_that_has_stopped_says_so(bed: &mut Bed) {
    for (priority, ending) in (60..).zip([released(), failed()]) {
        let held = bed.held(NewTask { priority, ..task() }, "w").await;
        let id = held.task.id;
        bed.ok(Cancel { reason: Some("off".into()), ..cancel_within(id, 9_000) }).await;
        let settled = bed.end_attempt(&held, ending.clone()).await;
        assert_eq!(settled.status, Status::Cancelled, "{ending:?}");
        assert_eq!(bed.row(id).await.reason.as_deref(), Some("off"));
        assert_eq!(bed.task(id).await.lease, None);
        let again = bed.end_attempt(&held, ending.clone()).await;
        assert!(again.repeated, "{ending:?}");
        assert_eq!(bed.kinds(id).await.last().unwrap(), "task.cancelled");
    }
    let held = bed.held(task(), "w").await;
    bed.ok(cancel_within(held.task.id, 9_000)).await;
    bed.ok(Unassign { task: held.task.id }).await;
    assert_eq!(bed.status(held.task.id).await, Status::Cancelled, "taken away, and called off");
}

pub(super) async fn a_lease_that_ends_before_the_grace_ends_it(bed: &mut Bed) {
    let held = bed.held(NewTask { lease_ms: Some(2_000), ..task() }, "w").await;
    bed.ok(cancel_within(held.task.id, 60_000)).await;
    bed.pass(2_000).await;
    let row = bed.row(held.task.id).await;
    assert_eq!((row.status, row.losses), (Status::Cancelled, 0), "called off, not lost");
}

pub(super) async fn without_grace_a_held_task_ends_at_once(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let done = bed.ok(cancel(held.task.id)).await;
    assert_eq!((done.status, done.grace_ends_at), (Status::Cancelled, None));
    for answer in [
        bed.report(report(&held, completed())).await.map(drop),
        bed.submit(beat(&held)).await.map(drop),
    ] {
        assert!(matches!(answer, Err(Refusal::StaleFence { holder: None, .. })), "{answer:?}");
    }
}

pub(super) async fn cancelling_again_is_no_second_change(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let id = held.task.id;
    let first = bed.ok(cancel_within(id, 9_000)).await;
    bed.clock.advance(1_000);
    assert_eq!(bed.ok(cancel_within(id, 9_000)).await, first, "the first end stands");
    assert_eq!(bed.ok(cancel(id)).await.status, Status::Cancelled, "no more grace");
    let version = bed.row(id).await.version;
    assert_eq!(bed.ok(cancel(id)).await.status, Status::Cancelled);
    assert_eq!(bed.row(id).await.version, version);
    let done = bed.held(task(), "w").await;
    bed.complete(&done).await;
    let (task, status) = (done.task.id, Status::Completed);
    assert_eq!(bed.submit(cancel(task)).await, Err(Refusal::Finished { task, status }));
    assert_eq!(bed.submit(cancel(TaskId(7))).await, Err(Refusal::NoTask(TaskId(7))));
}

/// A task, one that waits for it, and one that waits for that.
async fn chain(bed: &Bed) -> [TaskId; 3] {
    let first = bed.make(task()).await;
    let second = bed.make(after(&[first])).await;
    [first, second, bed.make(after(&[second])).await]
}

pub(super) async fn dependents_may_keep_waiting(bed: &mut Bed) {
    let [first, second, _] = chain(bed).await;
    let done = bed.ok(cancel(first)).await;
    assert_eq!((done.also_cancelled, done.released), (vec![], vec![]));
    assert!(bed.nothing_for("w").await);
    bed.ok(retry(first)).await;
    let held = bed.claim("w").await;
    bed.complete(&held).await;
    assert_eq!(bed.claim("w").await.task.id, second, "until it is done after all");
}

pub(super) async fn dependents_may_be_called_off_too(bed: &mut Bed) {
    let [first, second, third] = chain(bed).await;
    let [ended, both] = [bed.make(after(&[first])).await, bed.make(after(&[first, second])).await];
    bed.ok(cancel(ended)).await;
    let apart = bed.make(task()).await;
    let done = bed.ok(Cancel { dependents: Some(Dependents::Cancel), ..cancel(first) }).await;
    let mut also = done.also_cancelled.clone();
    also.sort_unstable();
    assert_eq!((also, done.released), (vec![second, third, both], vec![]));
    for id in [second, third, both] {
        assert_eq!(bed.status(id).await, Status::Cancelled);
        assert_eq!(bed.kinds(id).await, ["task.created", "task.cancelled"], "one event each");
    }
    let reason = bed.row(third).await.reason;
    assert_eq!(reason, Some(format!("{second} was cancelled")));
    assert_eq!(bed.claim_ids(claim("w", 9)).await, [apart]);
}

pub(super) async fn dependents_may_go_on(bed: &mut Bed) {
    let [first, second, _] = chain(bed).await;
    let other = bed.make(task()).await;
    let both = bed.make(after(&[first, other])).await;
    let done = bed.ok(Cancel { dependents: Some(Dependents::Release), ..cancel(first) }).await;
    assert_eq!((done.also_cancelled, done.released), (vec![], vec![second]));
    assert_eq!(bed.row(both).await.open_dependencies, 1, "it still waits for the other");
    assert_eq!(bed.kinds(second).await, ["task.created", "task.unblocked"]);
    let mut ready = bed.claim_ids(claim("w", 9)).await;
    ready.sort_unstable();
    assert_eq!(ready, [second, other]);
}

pub(super) async fn what_was_said_first_holds_unless_it_is_said_anew(bed: &mut Bed) {
    for (anew, expected) in [(None, Status::Cancelled), (Some(Dependents::Keep), Status::Pending)] {
        let held = bed.held(NewTask { priority: 99, ..task() }, "w").await;
        let id = held.task.id;
        let next = bed.make(after(&[id])).await;
        let first = Cancel {
            dependents: Some(Dependents::Cancel),
            reason: Some("first".into()),
            ..cancel_within(id, 9_000)
        };
        bed.ok(first).await;
        bed.ok(Cancel { dependents: anew, ..cancel_within(id, 9_000) }).await;
        let told = bed.ok(beat(&held)).await.cancelled.unwrap();
        assert_eq!(told.0.as_deref(), Some("first"));
        bed.ok(cancel(id)).await;
        assert_eq!(bed.status(next).await, expected, "{anew:?}");
    }
}

pub(super) async fn dependents_that_were_left_may_be_settled_later(bed: &mut Bed) {
    let [first, second, third] = chain(bed).await;
    bed.ok(cancel(first)).await;
    let again = |dependents| Cancel { dependents: Some(dependents), ..cancel(first) };
    let done = bed.ok(again(Dependents::Release)).await;
    assert_eq!((done.status, done.released), (Status::Cancelled, vec![second]));
    assert_eq!(bed.kinds(first).await.len(), 2, "made and called off, once");
    bed.ok(cancel(second)).await;
    let later = Cancel { dependents: Some(Dependents::Cancel), ..cancel(second) };
    assert_eq!(bed.ok(later).await.also_cancelled, [third]);
}

pub(super) async fn the_choice_for_dependents_waits_for_the_end_of_the_grace(bed: &mut Bed) {
    for (dependents, expected) in [
        (Dependents::Keep, Status::Pending),
        (Dependents::Cancel, Status::Cancelled),
        (Dependents::Release, Status::InProgress),
    ] {
        let held = bed.held(task(), "w").await;
        let next = bed.make(after(&[held.task.id])).await;
        let done = bed
            .ok(Cancel { dependents: Some(dependents), ..cancel_within(held.task.id, 5_000) })
            .await;
        assert_eq!((done.also_cancelled, done.released), (vec![], vec![]));
        assert_eq!(bed.row(next).await.open_dependencies, 1, "{dependents:?}: not yet");
        bed.pass(5_000).await;
        bed.ok(claim("w", 9)).await;
        assert_eq!(bed.status(next).await, expected, "{dependents:?}");
    }
}
