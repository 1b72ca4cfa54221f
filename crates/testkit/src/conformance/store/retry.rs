//! Ended tasks are put back: the one way out of an end.

use claudebench_core::{Status, TaskId};
use claudebench_store::{
    Ending, NewTask, OnDuplicate, Refusal, Retry, RetryOutcome, RetrySelection, Update,
};

use super::bed::Bed;
use super::given::{
    after, cancel, claim, completed, failed, failed_for_good, names, payload, report, retry, task,
    unique,
};

pub(super) async fn a_dead_letter_lives_again(bed: &mut Bed) {
    let id = bed.make(NewTask { max_attempts: 1, ..task() }).await;
    let lost = bed.claim("w").await;
    bed.pass(bed.setup.lease_ms).await;
    bed.clock.advance(8_000);
    let held = bed.claim("w").await;
    bed.end_attempt(&held, failed()).await;
    assert_eq!((bed.row(id).await.attempt, bed.row(id).await.losses), (1, 1));
    let again = Retry { priority: Some(99), delay_ms: Some(500), ..retry(id) };
    let retried = bed.ok(again).await;
    let retried = &retried.retried[0];
    assert_eq!((retried.id, retried.previous), (id, Status::Failed));
    let row = bed.row(id).await;
    assert_eq!((row.status, row.priority, row.dead), (Status::Pending, 99, false));
    assert_eq!((row.attempt, row.losses, row.fence), (0, 0, 2), "forgotten, but for the fence");
    assert_eq!((row.error, row.reason, row.completed_at), (None, None, None));
    assert_eq!(row.run_at, Some(bed.now().plus(500)));
    let event = bed.history(id).await.pop().unwrap();
    assert_eq!(
        (&*event.kind, &payload(&event)["previousStatus"]),
        ("task.retried", &"failed".into())
    );
    bed.clock.advance(500);
    let third = bed.claim("w").await;
    assert_eq!((third.lease.fence, third.lease.attempt), (3, 1));
    for old in [lost, held] {
        let answer = bed.report(report(&old, completed())).await;
        assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "{answer:?}");
    }
    bed.complete(&third).await;
}

pub(super) async fn a_cancelled_task_lives_again(bed: &mut Bed) {
    let first = bed.make(task()).await;
    let second = bed.make(after(&[first])).await;
    bed.ok(cancel(second)).await;
    assert_eq!(bed.ok(retry(second)).await.retried[0].previous, Status::Cancelled);
    let held = bed.claim("w").await;
    assert_eq!(held.task.id, first, "it still waits for what it waited for");
    assert!(bed.nothing_for("w").await);
    bed.complete(&held).await;
    assert_eq!(bed.claim("w").await.task.id, second);
}

pub(super) async fn what_is_not_ended_or_was_done_is_refused(bed: &mut Bed) {
    let id = bed.make(task()).await;
    let refused = |status, answer: Result<_, Refusal>| {
        let matches =
            matches!(&answer, Err(Refusal::WrongState { status: at, .. }) if *at == status);
        assert!(matches, "{status:?}: {answer:?}");
    };
    refused(Status::Pending, bed.submit(retry(id)).await);
    let held = bed.claim("w").await;
    refused(Status::InProgress, bed.submit(retry(id)).await);
    bed.complete(&held).await;
    refused(Status::Completed, bed.submit(retry(id)).await);
    assert_eq!(bed.submit(retry(TaskId(7))).await, Err(Refusal::NoTask(TaskId(7))));
    let version = bed.row(id).await.version;
    assert_eq!(version, 3, "nothing happened");
    let which = RetrySelection::Task { id, force: true };
    bed.ok(Retry { which, ..retry(id) }).await;
    assert_eq!(bed.status(id).await, Status::Pending, "unless it is forced");
}

pub(super) async fn done_again_it_opens_nothing_twice(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let next = bed.make(after(&[held.task.id])).await;
    bed.complete(&held).await;
    let which = RetrySelection::Task { id: held.task.id, force: true };
    bed.ok(Retry { which, ..retry(held.task.id) }).await;
    assert_eq!(bed.row(next).await.open_dependencies, 0, "it was done once");
    let again = bed.claim("w").await;
    assert_eq!(again.task.id, held.task.id);
    bed.complete(&again).await;
    assert_eq!(bed.kinds(next).await, ["task.created", "task.unblocked"]);
}

/// A dead letter.
async fn dead(bed: &Bed, new: NewTask, reason: &str) -> TaskId {
    let id = bed.make(NewTask { priority: 100, ..new }).await;
    let held = bed.claim("w").await;
    let ending = Ending::Failed {
        reason: reason.into(),
        error: None,
        retryable: false,
        retry_after_ms: None,
        snooze: false,
    };
    bed.end_attempt(&held, ending).await;
    bed.clock.advance(10);
    id
}

/// Dead letters, all of them.
fn redrive() -> RetrySelection {
    RetrySelection::Dead { ids: None, project: None, tag: None, reason: None, limit: 100 }
}

async fn redriven(bed: &Bed, which: RetrySelection) -> Vec<TaskId> {
    let retry = Retry { which, priority: None, delay_ms: None };
    let done = bed.ok(retry).await;
    assert_eq!(done.refused, [], "nothing that was named");
    done.retried.iter().map(|retried| retried.id).collect()
}

pub(super) async fn dead_letters_are_redriven_by_what_they_have(bed: &mut Bed) {
    let site = NewTask { project: Some("site".into()), ..task() };
    let tagged = NewTask { tags: names(&["x"]), ..site.clone() };
    let ids = [
        dead(bed, task(), "a").await,
        dead(bed, site.clone(), "a").await,
        dead(bed, tagged.clone(), "b").await,
        dead(bed, site, "b").await,
        dead(bed, tagged, "c").await,
    ];
    let cancelled = bed.make(task()).await;
    bed.ok(cancel(cancelled)).await;
    let by = |project: Option<&str>, tag: Option<&str>, reason: Option<&str>, limit| {
        RetrySelection::Dead {
            ids: None,
            project: project.map(Into::into),
            tag: tag.map(Into::into),
            reason: reason.map(Into::into),
            limit,
        }
    };
    assert!(redriven(bed, by(Some("site"), Some("x"), Some("a"), 9)).await.is_empty());
    assert!(redriven(bed, by(None, None, None, 0)).await.is_empty());
    assert_eq!(redriven(bed, by(Some("site"), None, Some("b"), 1)).await, [ids[2]], "oldest first");
    assert_eq!(redriven(bed, by(None, None, Some("a"), 9)).await, [ids[0], ids[1]]);
    assert_eq!(redriven(bed, by(None, Some("x"), None, 9)).await, [ids[4]], "one lives already");
    assert_eq!(redriven(bed, redrive()).await, [ids[3]], "a cancelled task is none");
    assert_eq!(bed.stats().await.ready, 5);
}

pub(super) async fn dead_letters_are_redriven_by_id(bed: &mut Bed) {
    let ids = [dead(bed, task(), "a").await, dead(bed, task(), "b").await];
    let waiting = bed.make(task()).await;
    let some = vec![ids[1], waiting, TaskId(7), ids[0]];
    let by_id = |reason: Option<&str>, limit| Retry {
        which: RetrySelection::Dead {
            ids: Some(some.clone()),
            project: None,
            tag: None,
            reason: reason.map(Into::into),
            limit,
        },
        priority: None,
        delay_ms: None,
    };
    let told = |done: RetryOutcome| {
        let back: Vec<TaskId> = done.retried.iter().map(|retried| retried.id).collect();
        let refused = done.refused.into_iter().map(|(id, refusal)| match refusal {
            Refusal::WrongState { task, status, .. } => {
                assert_eq!(task, id);
                (id, Some(status))
            }
            refusal => {
                assert_eq!(refusal, Refusal::NoTask(id));
                (id, None)
            }
        });
        (back, refused.collect::<Vec<_>>())
    };
    let done = told(bed.ok(by_id(Some("b"), 9)).await);
    let of_other_reason = (ids[0], Some(Status::Failed));
    let waiting_one = (waiting, Some(Status::Pending));
    assert_eq!(done, (vec![ids[1]], vec![(TaskId(7), None), of_other_reason, waiting_one]));
    let alive = (ids[1], Some(Status::Pending));
    let done = told(bed.ok(by_id(None, 9)).await);
    assert_eq!(done, (vec![ids[0]], vec![(TaskId(7), None), alive, waiting_one]));
    assert_eq!(bed.kinds(waiting).await, ["task.created"]);
    assert_eq!(told(bed.ok(by_id(None, 0)).await), (vec![], vec![]), "none is wanted");
}

pub(super) async fn who_cannot_live_again_stands_in_nobodys_way(bed: &mut Bed) {
    let kept = dead(bed, unique("k", OnDuplicate::Reject), "a").await;
    let later = NewTask { delay_ms: Some(1_000_000), ..unique("k", OnDuplicate::Reject) };
    let live = bed.make(later).await;
    let next = dead(bed, task(), "a").await;
    let one =
        || RetrySelection::Dead { ids: None, project: None, tag: None, reason: None, limit: 1 };
    assert_eq!(redriven(bed, one()).await, [next], "the limit counts those that can");
    assert_eq!(redriven(bed, one()).await, []);
    let mut named = retry(kept);
    named.which = RetrySelection::Dead {
        ids: Some(vec![kept]),
        project: None,
        tag: None,
        reason: None,
        limit: 1,
    };
    let taken = Refusal::DuplicateUniqueKey { key: "k".into(), task: live };
    assert_eq!(bed.ok(named).await.refused, [(kept, taken)]);
}

pub(super) async fn of_dead_letters_with_one_key_one_lives_again(bed: &mut Bed) {
    let ids = [
        dead(bed, unique("k", OnDuplicate::Reject), "a").await,
        dead(bed, unique("k", OnDuplicate::Reject), "a").await,
    ];
    assert_eq!(redriven(bed, redrive()).await, [ids[0]]);
    assert_eq!(bed.status(ids[1]).await, Status::Failed);
}

pub(super) async fn a_unique_key_that_was_taken_keeps_a_task_dead(bed: &mut Bed) {
    let first = bed.make(unique("k", OnDuplicate::Reject)).await;
    let held = bed.claim("w").await;
    bed.end_attempt(&held, failed_for_good()).await;
    let second = bed.make(unique("k", OnDuplicate::Reject)).await;
    let taken = Refusal::DuplicateUniqueKey { key: "k".into(), task: second };
    assert_eq!(bed.submit(retry(first)).await, Err(taken.clone()));
    let status = Some(Status::Pending);
    let by_hand = Update { id: Some(first), status, ..Update::default() };
    assert_eq!(bed.submit(by_hand).await, Err(taken), "nor by hand");
    let other = dead(bed, task(), "a").await;
    assert_eq!(redriven(bed, redrive()).await, [other], "it is passed over");
    assert_eq!(bed.status(first).await, Status::Failed);
    bed.ok(cancel(second)).await;
    bed.ok(retry(first)).await;
    let new = unique("k", OnDuplicate::Return);
    let made = bed.ok(claudebench_store::Create { tasks: vec![new] }).await;
    assert_eq!(made[0].id, first, "it lives again under its key");
    assert_eq!(bed.claim_ids(claim("w", 9)).await.len(), 2);
}
