//! Who may report on a task: the holder of its current lease, once.

use claudebench_core::{Status, TaskId};
use claudebench_store::{ClaimedTask, Ending, NewTask, Refusal, Reports};

use super::bed::Bed;
use super::given::{
    self, assign, beat, completed, failed, failed_for_good, payload, register, released, report,
    report_by, task,
};

pub(super) async fn the_current_fence_is_taken(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    bed.clock.advance(500);
    let settled = bed.complete(&held).await;
    assert_eq!((settled.status, settled.at), (Status::Completed, bed.now()));
    assert_eq!((settled.attempt, settled.repeated, settled.dead), (1, false, false));
    assert_eq!((settled.task, settled.retry_at), (held.task.id, None));
    let row = bed.row(held.task.id).await;
    assert_eq!((row.completed_by.as_deref(), row.completed_at), (Some("w"), Some(bed.now())));
    assert_eq!(bed.task(held.task.id).await.lease, None);
}

/// A task whose first lease has ended, and that another worker holds now.
async fn overtaken(bed: &Bed) -> (ClaimedTask, ClaimedTask) {
    let first = bed.held(task(), "sleeper").await;
    bed.pass(bed.setup.lease_ms).await;
    bed.clock.advance(10_000);
    let second = bed.claim("awake").await;
    assert_eq!(second.task.id, first.task.id);
    (first, second)
}

pub(super) async fn an_old_fence_is_refused_and_told_who_holds_the_task(bed: &mut Bed) {
    let (first, second) = overtaken(bed).await;
    assert!(second.lease.fence > first.lease.fence);
    let id = first.task.id;
    let stale = Refusal::StaleFence {
        task: id,
        given: first.lease.fence,
        current: second.lease.fence,
        holder: Some("awake".into()),
        status: Status::InProgress,
    };
    let before = bed.task(id).await;
    for ending in [completed(), failed(), failed_for_good(), released()] {
        assert_eq!(bed.report(report(&first, ending)).await, Err(stale.clone()));
    }
    assert_eq!(bed.submit(beat(&first)).await, Err(stale));
    assert_eq!(bed.task(id).await, before, "nothing was changed");
    bed.complete(&second).await;
    let Err(Refusal::StaleFence { holder, status, .. }) =
        bed.report(report(&first, completed())).await
    else {
        panic!("the sleeper completed it");
    };
    assert_eq!((holder, status), (None, Status::Completed), "nobody holds it now");
}

pub(super) async fn a_fence_that_was_never_given_is_refused(bed: &mut Bed) {
    let mut held = bed.held(task(), "w").await;
    held.lease.fence += 1;
    let answer = bed.report(report(&held, completed())).await;
    assert!(matches!(answer, Err(Refusal::StaleFence { given: 2, current: 1, .. })), "{answer:?}");
    let mut waiting = bed.held(task(), "w").await;
    bed.end_attempt(&waiting, released()).await;
    waiting.lease.fence += 1;
    let answer = bed.report(report(&waiting, completed())).await;
    assert!(matches!(answer, Err(Refusal::StaleFence { holder: None, .. })), "{answer:?}");
}

pub(super) async fn the_fence_decides_whoever_reports(bed: &mut Bed) {
    let (first, second) = overtaken(bed).await;
    let by_name = |held: &ClaimedTask, worker: &str| claudebench_store::Report {
        worker: Some(worker.into()),
        ..report(held, completed())
    };
    let answer = bed.report(by_name(&first, "awake")).await;
    assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "{answer:?}");
    assert_eq!(bed.report(by_name(&second, "another")).await.unwrap().status, Status::Completed);
    let row = bed.row(first.task.id).await;
    assert_eq!(row.completed_by.as_deref(), Some("another"), "who reported");
}

pub(super) async fn a_report_that_comes_twice_is_one(bed: &mut Bed) {
    for (priority, ending) in (60..).zip([completed(), failed(), failed_for_good(), released()]) {
        let held = bed.held(NewTask { priority, ..task() }, "w").await;
        let id = held.task.id;
        let first = bed.end_attempt(&held, ending.clone()).await;
        let (before, events) = (bed.task(id).await, bed.kinds(id).await);
        bed.clock.advance(100);
        let again = bed.end_attempt(&held, ending.clone()).await;
        assert!(!first.repeated && again.repeated, "{ending:?}");
        assert_eq!((again.status, again.dead), (first.status, first.dead), "{ending:?}");
        assert_eq!((again.at, first.attempt), (first.at, 1), "{ending:?}");
        assert_eq!(bed.task(id).await, before, "{ending:?} was not done again");
        assert_eq!(bed.kinds(id).await, events, "{ending:?} has one event");
    }
}

pub(super) async fn a_second_report_of_another_kind_is_stale(bed: &mut Bed) {
    let endings = [completed(), failed_for_good(), released()];
    for (priority, (place, first)) in (60..).zip(endings.iter().enumerate()) {
        let held = bed.held(NewTask { priority, ..task() }, "w").await;
        bed.end_attempt(&held, first.clone()).await;
        for second in endings.iter().skip(place + 1).chain(endings.iter().take(place)) {
            let answer = bed.report(report(&held, second.clone())).await;
            let stale = matches!(answer, Err(Refusal::StaleFence { .. }));
            assert!(stale, "{first:?}, then {second:?}: {answer:?}");
        }
    }
}

pub(super) async fn a_repetition_is_known_until_the_task_goes_on(bed: &mut Bed) {
    let first = bed.held(task(), "w").await;
    bed.end_attempt(&first, failed()).await;
    let again = bed.end_attempt(&first, failed()).await;
    assert_eq!((again.repeated, again.status), (true, Status::Pending));
    let for_good = Ending::CompletedFailed { result: None, error: None };
    let answer = bed.report(report(&first, for_good)).await;
    assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "that is another end: {answer:?}");
    bed.clock.advance(1_000);
    let second = bed.claim("v").await;
    bed.complete(&second).await;
    for held in [&first, &second] {
        let answer = bed.report(report(held, failed())).await;
        assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "only the last is: {answer:?}");
    }
}

pub(super) async fn without_a_fence_the_holder_reports(bed: &mut Bed) {
    for worker in [Some("w"), None] {
        let held = bed.held(task(), "w").await;
        let id = held.task.id;
        let answer = bed.report(report_by(id, Some("v"), completed())).await;
        let holder = Some("w".into());
        assert_eq!(answer, Err(Refusal::NotHolder { task: id, holder }));
        let settled = bed.report(report_by(id, worker, completed())).await.unwrap();
        assert_eq!((settled.status, settled.repeated), (Status::Completed, false));
        assert_eq!(bed.row(id).await.completed_by.as_deref(), Some("w"));
    }
}

pub(super) async fn without_a_fence_nothing_ends_that_nobody_holds(bed: &mut Bed) {
    let given_back = bed.held(task(), "w").await;
    bed.end_attempt(&given_back, released()).await;
    let waiting = given_back.task.id;
    for ending in [completed(), failed(), released()] {
        let answer = bed.report(report_by(waiting, Some("w"), ending)).await;
        assert_eq!(answer, Err(Refusal::NotAssigned(waiting)));
    }
    let held = bed.claim("w").await;
    bed.complete(&held).await;
    let status = Status::Completed;
    for ending in [completed(), failed(), released()] {
        let answer = bed.report(report_by(waiting, Some("w"), ending)).await;
        assert_eq!(answer, Err(Refusal::Finished { task: waiting, status }));
    }
}

pub(super) async fn a_parked_task_may_be_ended_by_its_instance(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let ids = bed.make_all(vec![task(); 2]).await;
    for id in &ids {
        bed.ok(assign(*id, "w")).await;
    }
    let answer = bed.report(report_by(ids[0], Some("v"), completed())).await;
    assert!(matches!(answer, Err(Refusal::NotHolder { .. })), "{answer:?}");
    let answer = bed.report(report_by(ids[0], Some("w"), released())).await;
    assert_eq!(answer, Err(Refusal::NotAssigned(ids[0])), "there is no attempt to give back");
    let parked = bed.row(ids[0]).await;
    bed.clock.advance(7);
    let done = bed.report(report_by(ids[0], Some("w"), completed())).await.unwrap();
    assert_eq!(done.status, Status::Completed);
    let row = bed.row(ids[0]).await;
    assert!(parked.assigned_at.is_some() && parked.assigned_at < row.started_at);
    assert_eq!((row.assigned_at, row.started_at), (parked.assigned_at, row.completed_at));
    let dead = bed.report(report_by(ids[1], None, failed_for_good())).await.unwrap();
    assert_eq!((dead.status, dead.dead), (Status::Failed, true));
}

pub(super) async fn what_ends_a_parked_task_is_an_attempt(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let id = bed.make(NewTask { max_attempts: 2, ..task() }).await;
    for attempt in 1..=2 {
        bed.ok(assign(id, "w")).await;
        let settled = bed.report(report_by(id, Some("w"), failed())).await.unwrap();
        assert_eq!((settled.attempt, settled.dead), (attempt, attempt == 2));
        let row = bed.row(id).await;
        assert_eq!((row.attempt, row.fence), (attempt, attempt), "with a fence of its own");
    }
    let event = payload(bed.history(id).await.last().unwrap());
    assert_eq!((&event["status"], &event["fence"]), (&"failed".into(), &2.into()));
    let snoozed = bed.make(NewTask { max_attempts: 1, ..task() }).await;
    bed.ok(assign(snoozed, "w")).await;
    let Ending::Failed { reason, error, retryable, .. } = failed() else { unreachable!() };
    let snooze = Ending::Failed { reason, error, retryable, retry_after_ms: None, snooze: true };
    let settled = bed.report(report_by(snoozed, Some("w"), snooze)).await.unwrap();
    assert_eq!((settled.status, bed.row(snoozed).await.attempt), (Status::Pending, 0));
}

pub(super) async fn nobody_repeats_what_another_has_reported(bed: &mut Bed) {
    bed.ok(register("x")).await;
    // The task was parked on another when its first worker was done with it.
    for ending in [failed(), released()] {
        let held = bed.held(NewTask { priority: 60, ..task() }, "w").await;
        let id = held.task.id;
        bed.end_attempt(&held, ending.clone()).await;
        bed.ok(assign(id, "x")).await;
        bed.report(report_by(id, Some("x"), completed())).await.unwrap();
        let answer = bed.report(report(&held, completed())).await;
        assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "{ending:?}: {answer:?}");
        assert_eq!(bed.row(id).await.completed_by.as_deref(), Some("x"));
    }
    // Another has ended it under the very lease, which a heartbeat has made a row or not.
    for beaten in [false, true] {
        for ending in [completed(), failed(), failed_for_good(), released()] {
            let held = bed.held(NewTask { priority: 60, ..task() }, "w").await;
            if beaten {
                bed.ok(beat(&held)).await;
            }
            bed.report(report_by(held.task.id, None, ending.clone())).await.unwrap();
            let answer = bed.report(report(&held, ending.clone())).await;
            assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "{ending:?}: {answer:?}");
            bed.submit(given::cancel(held.task.id)).await.ok();
        }
    }
}

pub(super) async fn reports_of_one_call_stand_alone(bed: &mut Bed) {
    let ids = bed.make_all(vec![task(); 3]).await;
    let mut held = bed.ok(given::claim("w", 3)).await.tasks;
    held[1].lease.fence = 0;
    let nobody = report_by(TaskId(7), None, completed());
    let mut items: Vec<_> = held.iter().map(|held| report(held, completed())).collect();
    items.push(nobody);
    items.push(report(&held[2], completed()));
    let answers = bed.ok(Reports { items }).await;
    assert_eq!(answers.len(), 5);
    assert!(matches!(answers[1], Err(Refusal::StaleFence { .. })), "{answers:?}");
    assert_eq!(answers[3], Err(Refusal::NoTask(TaskId(7))));
    assert!(answers[4].as_ref().unwrap().repeated, "it came twice in the call");
    let mut statuses = Vec::new();
    for id in ids {
        statuses.push(bed.status(id).await);
    }
    assert_eq!(statuses, [Status::Completed, Status::InProgress, Status::Completed]);
}

pub(super) async fn racing_reports_of_one_attempt_end_it_once(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let committer = bed.committer().clone();
        let items = vec![report(&held, completed())];
        racers.spawn(async move {
            let mut answers = committer.submit(given::meta(), Reports { items }).await.unwrap();
            answers.remove(0).unwrap().repeated
        });
    }
    let repeated = racers.join_all().await;
    assert_eq!(repeated.iter().filter(|repeated| !**repeated).count(), 1, "one did it");
    assert_eq!(bed.kinds(held.task.id).await.len(), 3);
}

pub(super) async fn a_full_task_still_takes_its_result(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let id = held.task.id;
    let mut full = claudebench_store::Batch::default();
    for n in 0..1_000 {
        let put = given::note_named(id, format!("note-{n}"));
        claudebench_store::Write::put(put, given::meta(), &mut full);
    }
    bed.commit(full).await.unwrap();
    assert_eq!(bed.task(id).await.task.attachment_count, 1_000);
    let done = bed.report(report(&held, Ending::Completed { result: Some("{}".into()) })).await;
    assert_eq!(done.unwrap().status, Status::Completed);
    assert_eq!(bed.task(id).await.task.attachment_count, 1_001);
    let one_more = given::note_named(id, "one more");
    assert!(matches!(bed.submit(one_more).await, Err(Refusal::Limit { .. })));
}
