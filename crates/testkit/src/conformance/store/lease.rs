//! Leases: extended by signs of life, ended by the store's clock, with what a worker noted kept.

use claudebench_core::{Status, TenantId};
use claudebench_store::{Batch, Beat, ClaimTasks, NewTask, Refusal, Reports, Touch, Write};

use super::bed::Bed;
use super::given::{
    self, BACKOFF, beat, claim, completed, failed, payload, register, released, report, report_by,
    task,
};

pub(super) async fn a_heartbeat_extends_the_lease(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let length = bed.setup.lease_ms;
    for _ in 0..3 {
        bed.pass(length - 1).await;
        let beaten = bed.ok(beat(&held)).await;
        assert_eq!(beaten.lease.expires_at, bed.now().plus(length));
        assert_eq!((beaten.lease.fence, beaten.lease.attempt), (1, 1));
        assert_eq!(beaten.cancelled, None);
        assert_eq!(bed.task(held.task.id).await.lease, Some(beaten.lease));
    }
    assert_eq!(bed.kinds(held.task.id).await, ["task.created", "task.claimed"], "no change");
    bed.complete(&held).await;
}

pub(super) async fn a_heartbeat_may_ask_for_another_length(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let longer = Beat { lease_ms: Some(500_000), ..beat(&held) };
    assert_eq!(bed.ok(longer).await.lease.expires_at, bed.now().plus(500_000));
    bed.clock.advance(1_000);
    assert_eq!(bed.ok(beat(&held)).await.lease.expires_at, bed.now().plus(500_000), "from now on");
    let shorter = Beat { lease_ms: Some(10), ..beat(&held) };
    assert_eq!(bed.ok(shorter).await.lease.expires_at, bed.now().plus(10));
    bed.pass(10).await;
    assert_eq!(bed.status(held.task.id).await, Status::Pending);
}

pub(super) async fn a_heartbeat_is_the_holders(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let id = held.task.id;
    let by =
        |worker: Option<&str>| Beat { fence: None, worker: worker.map(Into::into), ..beat(&held) };
    let holder = Some("w".to_owned());
    assert_eq!(bed.submit(by(Some("v"))).await, Err(Refusal::NotHolder { task: id, holder }));
    assert!(bed.submit(by(Some("w"))).await.is_ok());
    assert!(bed.submit(by(None)).await.is_ok());
    bed.end_attempt(&held, released()).await;
    assert_eq!(bed.submit(by(Some("w"))).await, Err(Refusal::NotAssigned(id)));
    let again = bed.claim("w").await;
    bed.complete(&again).await;
    let status = Status::Completed;
    assert_eq!(bed.submit(by(Some("w"))).await, Err(Refusal::Finished { task: id, status }));
}

pub(super) async fn a_lease_that_ends_gives_the_task_back(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let id = held.task.id;
    bed.pass(bed.setup.lease_ms - 1).await;
    assert_eq!(bed.status(id).await, Status::InProgress, "a millisecond is left");
    bed.pass(1).await;
    let row = bed.row(id).await;
    assert_eq!((row.status, row.assigned_to.as_deref()), (Status::Pending, None));
    assert_eq!((row.attempt, row.losses, row.fence), (0, 1, 1), "a loss is no attempt");
    assert_eq!(row.reason.as_deref(), Some("lease_expired"));
    let lost = bed.history(id).await.pop().unwrap();
    let fields = payload(&lost);
    assert_eq!((&*lost.kind, &fields["reason"]), ("task.attempt_failed", &"lease_expired".into()));
    assert_eq!((&fields["workerId"], &fields["fence"]), (&"w".into(), &1.into()));
    assert_eq!(row.run_at, Some(bed.now().plus(BACKOFF.bound_ms(1))), "after a wait");
    bed.clock.advance(BACKOFF.bound_ms(1));
    let next = bed.claim("v").await;
    assert_eq!((next.lease.fence, next.lease.attempt), (2, 1));
}

pub(super) async fn time_alone_ends_a_lease(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    bed.clock.advance(bed.setup.lease_ms);
    // Nobody has swept.
    for ending in [completed(), failed(), released()] {
        let answer = bed.report(report(&held, ending)).await;
        assert!(matches!(answer, Err(Refusal::StaleFence { holder: None, .. })), "{answer:?}");
    }
    let answer = bed.submit(beat(&held)).await;
    assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "{answer:?}");
    let answer = bed.report(report_by(held.task.id, Some("w"), completed())).await;
    assert_eq!(answer, Err(Refusal::NotAssigned(held.task.id)));
    bed.clock.advance(BACKOFF.bound_ms(1));
    assert_eq!(bed.claim("v").await.task.id, held.task.id);
}

pub(super) async fn a_task_that_loses_its_workers_is_dead(bed: &mut Bed) {
    let id = bed.make(NewTask { max_attempts: 1, ..task() }).await;
    for losses in 1..=bed.setup.max_losses {
        let held = bed.claim("w").await;
        assert_eq!(held.lease.attempt, 1, "losses use up no attempt");
        bed.pass(bed.setup.lease_ms).await;
        assert_eq!(bed.row(id).await.losses, losses);
        bed.pass(8_000).await;
    }
    let row = bed.row(id).await;
    assert_eq!((row.status, row.dead), (Status::Failed, true));
    assert_eq!(row.reason.as_deref(), Some("lease_expired"));
    let end = payload(bed.history(id).await.last().unwrap());
    assert_eq!((&end["reason"], &end["deadLetter"]), (&"lease_expired".into(), &true.into()));
}

pub(super) async fn attempts_and_losses_have_their_own_limits(bed: &mut Bed) {
    let id = bed.make(NewTask { max_attempts: 2, ..task() }).await;
    for (lost, attempt, losses) in [(true, 0, 1), (false, 1, 1), (true, 1, 2)] {
        let held = bed.claim("w").await;
        if lost {
            bed.pass(bed.setup.lease_ms).await;
        } else {
            bed.end_attempt(&held, failed()).await;
        }
        let row = bed.row(id).await;
        assert_eq!((row.attempt, row.losses, row.status), (attempt, losses, Status::Pending));
        bed.clock.advance(8_000);
    }
    let held = bed.claim("w").await;
    assert!(bed.end_attempt(&held, failed()).await.dead, "the second attempt was the last");
}

pub(super) async fn the_deadline_ends_an_attempt_heartbeats_or_not(bed: &mut Bed) {
    let length = bed.setup.lease_ms;
    let new = NewTask { deadline_ms: Some(2 * length), max_attempts: 2, ..task() };
    let id = bed.make(new).await;
    for dead in [false, true] {
        let held = bed.claim("w").await;
        assert_eq!(held.lease.deadline_at, Some(bed.now().plus(2 * length)));
        for _ in 0..3 {
            bed.pass(length / 2).await;
            bed.ok(beat(&held)).await;
        }
        bed.pass(length / 2 - 1).await;
        bed.ok(beat(&held)).await;
        bed.pass(1).await;
        let row = bed.row(id).await;
        assert_eq!((row.dead, row.losses), (dead, 0), "an attempt, not a loss");
        assert_eq!(row.reason.as_deref(), Some("deadline_exceeded"));
        let answer = bed.report(report(&held, completed())).await;
        assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "{answer:?}");
        bed.pass(8_000).await;
    }
    let row = bed.row(id).await;
    assert_eq!((row.status, row.attempt), (Status::Failed, 2));
}

pub(super) async fn what_a_worker_noted_is_there_for_the_next(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let id = held.task.id;
    let noted = Beat {
        progress: Some(0.25),
        note: Some("reading".into()),
        checkpoint: Some(r#"{"line":7}"#.into()),
        ..beat(&held)
    };
    bed.ok(noted).await;
    bed.ok(Beat { progress: Some(0.5), ..beat(&held) }).await;
    let seen = |row: claudebench_store::TaskRow| (row.progress, row.note, row.checkpoint);
    let expected = (Some(0.5), Some("reading".into()), Some(r#"{"line":7}"#.into()));
    assert_eq!(seen(bed.row(id).await), expected, "what is not given stays");
    bed.pass(bed.setup.lease_ms).await;
    assert_eq!(seen(bed.row(id).await), expected, "after a loss");
    bed.clock.advance(8_000);
    let next = bed.claim("v").await;
    assert_eq!(seen(next.task.clone()), expected, "with the next lease");
    bed.ok(Beat { note: Some("writing".into()), ..beat(&next) }).await;
    bed.end_attempt(&next, failed()).await;
    bed.clock.advance(8_000);
    let last = bed.claim("w").await;
    let expected = (expected.0, Some("writing".into()), expected.2);
    assert_eq!(seen(last.task.clone()), expected, "after a failure");
    bed.ok(Beat { progress: Some(1.0), ..beat(&last) }).await;
    bed.complete(&last).await;
    let expected = (Some(1.0), expected.1, expected.2);
    assert_eq!(seen(bed.row(id).await), expected, "and at the end");
}

pub(super) async fn the_store_knows_what_is_due_next(bed: &mut Bed) {
    bed.pass(0).await;
    let due = |bed: &Bed| bed.store().next_due();
    let held = bed.held(task(), "w").await;
    assert_eq!(due(bed), Some(held.lease.expires_at));
    bed.clock.advance(20);
    let short = bed.held(NewTask { lease_ms: Some(5_000), ..task() }, "w").await;
    assert_eq!(due(bed), Some(short.lease.expires_at), "the lease that ends first");
    bed.make(NewTask { delay_ms: Some(3_000), ..task() }).await;
    assert_eq!(due(bed), Some(bed.now().plus(3_000)), "a task whose time comes before");
    bed.pass(3_000).await;
    assert!(due(bed).unwrap() <= short.lease.expires_at);
    if !bed.knows_what_is_due() {
        return;
    }
    assert_eq!(due(bed), Some(short.lease.expires_at), "that is done");
    bed.complete(&short).await;
    // A store may look once more at what was due then.
    bed.pass(short.lease.expires_at.since(bed.now())).await;
    assert!(due(bed).unwrap() > short.lease.expires_at);
}

pub(super) async fn a_sweep_says_what_it_did(bed: &mut Bed) {
    bed.pass(0).await;
    assert_eq!(bed.pass(0).await, claudebench_store::Swept::default(), "nothing is due");
    bed.make_all(vec![task(); 3]).await;
    bed.claim_ids(claim("w", 3)).await;
    bed.make_all(vec![NewTask { delay_ms: Some(1_000), ..task() }; 2]).await;
    let swept = bed.pass(1_000).await;
    assert_eq!((swept.due, swept.expired), (2, 0));
    let swept = bed.pass(bed.setup.lease_ms).await;
    assert_eq!((swept.due, swept.expired), (0, 3));
}

pub(super) async fn however_many_end_together_none_is_saved(bed: &mut Bed) {
    bed.ok(register("w")).await;
    for _ in 0..3 {
        bed.make_all(vec![task(); 500]).await;
    }
    let mut held = bed.ok(claim("w", 1_500)).await.tasks;
    bed.clock.advance(bed.setup.lease_ms);
    // The last of them, in case a transaction does not deal with all.
    let [completing, beating, by_name] = [1_499, 1_498, 1_497].map(|n| held.swap_remove(n));
    let mut batch = Batch::default();
    let items =
        vec![report(&completing, completed()), report_by(by_name.task.id, Some("w"), completed())];
    let reports = Reports { items }.put(given::meta(), &mut batch);
    let beats = beat(&beating).put(given::meta(), &mut batch);
    let instances = vec![(TenantId::DEFAULT, "w".into(), bed.now())];
    Touch { instances }.put(given::meta(), &mut batch);
    let mut outcomes = bed.commit(batch).await.unwrap();
    let answers = Reports::take(&mut outcomes, reports).unwrap().unwrap();
    assert!(matches!(answers[0], Err(Refusal::StaleFence { .. })), "{answers:?}");
    assert_eq!(answers[1], Err(Refusal::NotAssigned(by_name.task.id)));
    let beaten = Beat::take(&mut outcomes, beats).unwrap();
    assert!(matches!(beaten, Err(Refusal::StaleFence { .. })), "{beaten:?}");
    bed.pass(0).await;
    assert_eq!(bed.stats().await.of(Status::InProgress), 0, "nor by its instance");
}

pub(super) async fn many_leases_end_together(bed: &mut Bed) {
    for _ in 0..3 {
        bed.make_all(vec![task(); 500]).await;
    }
    let first = bed.ok(ClaimTasks { lease_ms: Some(5_000), ..claim("w", 1_300) }).await.tasks;
    bed.pass(5_000).await;
    let stats = bed.stats().await;
    assert_eq!((stats.scheduled, stats.ready, stats.of(Status::InProgress)), (1_300, 200, 0));
    bed.pass(BACKOFF.bound_ms(1)).await;
    assert_eq!(bed.stats().await.ready, 1_500);
    let second = bed.claim_ids(claim("v", 1_300)).await;
    let first: Vec<_> = first.iter().map(|held| held.task.id).collect();
    assert_eq!(second, first, "in their old order");
}
