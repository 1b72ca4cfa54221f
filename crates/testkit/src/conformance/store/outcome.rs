//! What becomes of a task whose attempt ended: done, tried again, given back or dead.

use claudebench_core::backoff::Backoff;
use claudebench_core::{Int, Status};
use claudebench_store::{Ending, NewTask, Retry, RetrySelection, Update};

use super::bed::Bed;
use super::given::{
    self, BACKOFF, claim, completed, failed, failed_for_good, payload, released, task,
};

pub(super) async fn a_completion_keeps_its_result(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    bed.clock.advance(1_500);
    let result = Some(r#"{"files":["a.rs"],"ok":true}"#.to_owned());
    bed.end_attempt(&held, Ending::Completed { result: result.clone() }).await;
    let found = bed.task(held.task.id).await;
    assert_eq!(found.result.as_ref().unwrap().body.value, result);
    assert_eq!((found.task.attachment_count, found.attachment_keys), (1, vec!["result".into()]));
    let history = bed.history(held.task.id).await;
    let kinds: Vec<&str> = history.iter().map(|event| &*event.kind).collect();
    assert_eq!(kinds, ["task.created", "task.claimed", "task.completed"], "one event");
    let event = payload(&history[2]);
    assert_eq!((&event["status"], &event["duration"]), (&"completed".into(), &1_500.into()));
    assert_eq!((&event["completedBy"], &event["fence"]), (&"w".into(), &1.into()));
}

pub(super) async fn a_second_result_takes_the_place_of_the_first(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    bed.end_attempt(&held, Ending::Completed { result: Some("1".into()) }).await;
    let which = RetrySelection::Task { id: held.task.id, force: true };
    bed.ok(Retry { which, priority: None, delay_ms: None }).await;
    let held = bed.claim("w").await;
    bed.end_attempt(&held, Ending::Completed { result: Some("2".into()) }).await;
    let found = bed.task(held.task.id).await;
    assert_eq!(found.result.unwrap().body.value.as_deref(), Some("2"));
    assert_eq!(found.task.attachment_count, 1);
}

pub(super) async fn a_result_goes_with_the_end_that_is_forgotten(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let id = held.task.id;
    bed.ok(given::note_named(id, "other")).await;
    bed.end_attempt(&held, Ending::Completed { result: Some("1".into()) }).await;
    let which = RetrySelection::Task { id, force: true };
    bed.ok(Retry { which, priority: None, delay_ms: None }).await;
    let found = bed.task(id).await;
    assert_eq!((found.result, found.attachment_keys), (None, vec!["other".into()]));
    let [.., deleted, retried] = &bed.history(id).await[..] else { panic!("two events") };
    assert_eq!((&*deleted.kind, &*retried.kind), ("task.attachment.deleted", "task.retried"));
    assert_eq!(payload(deleted)["key"], "result");
    let held = bed.claim("w").await;
    let (result, error) = (Some("2".to_owned()), Some("no disk".to_owned()));
    bed.end_attempt(&held, Ending::CompletedFailed { result, error }).await;
    let status = Some(Status::Pending);
    bed.ok(Update { id: Some(id), status, ..Update::default() }).await;
    assert_eq!(bed.task(id).await.result, None, "put back by hand");
    let held = bed.claim("w").await;
    bed.end_attempt(&held, failed_for_good()).await;
    let found = bed.task(id).await;
    assert_eq!((found.result, found.task.attachment_count), (None, 1), "no end has an old one");
}

pub(super) async fn what_was_attached_is_no_completions_to_drop(bed: &mut Bed) {
    bed.ok(given::register("w")).await;
    let claimed = bed.make(task()).await;
    let parked = bed.make(task()).await;
    bed.ok(given::assign(parked, "w")).await;
    for id in [claimed, parked] {
        bed.ok(given::note_named(id, "result")).await;
    }
    bed.clock.advance(5);
    let held = bed.claim("v").await;
    assert_eq!(held.task.id, claimed);
    bed.complete(&held).await;
    bed.report(given::report_by(parked, Some("w"), completed())).await.unwrap();
    for id in [claimed, parked] {
        let found = bed.task(id).await;
        assert_eq!(found.task.status, Status::Completed);
        assert!(found.result.is_some(), "{id}: whatever was attached before stays");
    }
}

pub(super) async fn a_completion_with_an_error_is_a_failure_for_good(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let (result, error) = (Some("{}".to_owned()), Some("no disk".to_owned()));
    let settled = bed.end_attempt(&held, Ending::CompletedFailed { result, error }).await;
    assert_eq!((settled.status, settled.dead), (Status::Failed, true));
    let found = bed.task(held.task.id).await;
    assert_eq!(found.task.error.as_deref(), Some("no disk"));
    assert!(found.result.is_some());
    let event = payload(&bed.history(held.task.id).await[2]);
    assert_eq!((&event["error"], &event["deadLetter"]), (&"no disk".into(), &true.into()));
    assert!(bed.nothing_for("w").await);
}

pub(super) async fn a_failure_is_tried_again_after_a_growing_wait(bed: &mut Bed) {
    let id = bed.make(NewTask { max_attempts: 9, ..task() }).await;
    for (attempt, wait) in (1..).zip([1_000, 2_000, 4_000, 8_000, 8_000]) {
        let held = bed.claim("w").await;
        assert_eq!((held.task.id, held.lease.attempt, held.lease.fence), (id, attempt, attempt));
        let settled = bed.end_attempt(&held, failed()).await;
        assert_eq!(settled.retry_at, Some(bed.now().plus(wait)), "after attempt {attempt}");
        let row = bed.row(id).await;
        assert_eq!((row.status, row.run_at), (Status::Pending, settled.retry_at));
        assert_eq!((row.reason.as_deref(), row.assigned_to), (Some("error"), None));
        bed.clock.advance(wait - 1);
        assert!(bed.nothing_for("w").await, "a millisecond early");
        bed.clock.advance(1);
    }
}

pub(super) async fn a_failed_attempt_has_its_event(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let ending = Ending::Failed {
        reason: "tests_red".into(),
        error: Some("3 of 7".into()),
        retryable: true,
        retry_after_ms: None,
        snooze: false,
    };
    bed.end_attempt(&held, ending).await;
    let event = &bed.history(held.task.id).await[2];
    assert_eq!((&*event.kind, event.attempt), ("task.attempt_failed", Some(1)));
    let fields = payload(event);
    assert_eq!((&fields["reason"], &fields["error"]), (&"tests_red".into(), &"3 of 7".into()));
    assert_eq!((&fields["workerId"], &fields["fence"]), (&"w".into(), &1.into()));
    assert_eq!(fields["retryAt"], bed.now().plus(1_000).to_string());
    assert_eq!(bed.row(held.task.id).await.error.as_deref(), Some("3 of 7"));
}

pub(super) async fn waits_are_spread_within_their_bound(bed: &mut Bed) {
    let backoff = Backoff { base_ms: Int::clamped(60_000), jitter: true, ..BACKOFF };
    let backoff = Backoff { max_ms: Int::clamped(60_000), ..backoff };
    bed.make_all(vec![NewTask { backoff: Some(backoff), ..task() }; 40]).await;
    let mut waits = Vec::new();
    for held in bed.ok(claim("w", 40)).await.tasks {
        let retry_at = bed.end_attempt(&held, failed()).await.retry_at.unwrap();
        waits.push(retry_at.since(bed.now()));
    }
    waits.sort_unstable();
    assert!(waits.iter().all(|wait| (0..=60_000).contains(wait)), "{waits:?}");
    assert!(waits[5] < 30_000 && waits[34] > 30_000, "not all in one half: {waits:?}");
    waits.dedup();
    assert!(waits.len() > 30, "{waits:?}");
}

pub(super) async fn a_failure_may_say_when_to_come_back(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let ending = Ending::Failed {
        reason: "rate_limited".into(),
        error: None,
        retryable: true,
        retry_after_ms: Some(77_000),
        snooze: false,
    };
    let settled = bed.end_attempt(&held, ending).await;
    assert_eq!(settled.retry_at, Some(bed.now().plus(77_000)));
    assert_eq!(bed.row(held.task.id).await.attempt, 1, "it counts all the same");
}

pub(super) async fn what_cannot_help_is_not_tried_again(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let settled = bed.end_attempt(&held, failed_for_good()).await;
    assert_eq!((settled.status, settled.dead, settled.retry_at), (Status::Failed, true, None));
    let row = bed.row(held.task.id).await;
    assert_eq!((row.dead, row.reason.as_deref(), row.attempt), (true, Some("error"), 1));
    assert_eq!(bed.stats().await.dead, 1);
    bed.pass(3_600_000).await;
    assert!(bed.nothing_for("w").await);
}

pub(super) async fn the_last_attempt_is_the_end(bed: &mut Bed) {
    let id = bed.make(NewTask { max_attempts: 2, ..task() }).await;
    for left in [true, false] {
        let held = bed.claim("w").await;
        assert_eq!(bed.end_attempt(&held, failed()).await.dead, !left);
        bed.clock.advance(8_000);
    }
    assert_eq!(bed.status(id).await, Status::Failed);
    let kinds = bed.kinds(id).await;
    let expected =
        ["task.created", "task.claimed", "task.attempt_failed", "task.claimed", "task.completed"];
    assert_eq!(kinds, expected);
    assert_eq!(payload(&bed.history(id).await[4])["status"], "failed");
    assert!(bed.nothing_for("w").await);
}

pub(super) async fn a_snooze_counts_as_nothing(bed: &mut Bed) {
    let snooze = |retry_after_ms| Ending::Failed {
        reason: "rate_limited".into(),
        error: None,
        retryable: true,
        retry_after_ms,
        snooze: true,
    };
    let id = bed.make(NewTask { max_attempts: 1, ..task() }).await;
    for wait in [Some(5_000), None, Some(1)] {
        let held = bed.claim("w").await;
        assert_eq!(held.lease.attempt, 1, "the first still");
        let settled = bed.end_attempt(&held, snooze(wait)).await;
        let wait = wait.unwrap_or(bed.setup.lease_ms);
        assert_eq!((settled.retry_at, settled.attempt), (Some(bed.now().plus(wait)), 1));
        let event = bed.history(id).await.pop().unwrap();
        assert_eq!((event.attempt, &payload(&event)["attempt"]), (Some(1), &1.into()));
        let row = bed.row(id).await;
        assert_eq!((row.attempt, row.losses, row.status), (0, 0, Status::Pending));
        bed.clock.advance(wait);
    }
    let held = bed.claim("w").await;
    assert_eq!(held.lease.fence, 4, "each lease has its own fence");
    assert!(bed.end_attempt(&held, failed()).await.dead, "the one attempt is spent");
}

pub(super) async fn a_release_gives_back_at_once(bed: &mut Bed) {
    let held = bed.held(NewTask { max_attempts: 1, ..task() }, "w").await;
    let reason = Some("no time".to_owned());
    let settled = bed.end_attempt(&held, Ending::Released { reason, delay_ms: None }).await;
    assert_eq!((settled.status, settled.retry_at), (Status::Pending, Some(bed.now())));
    assert_eq!((settled.attempt, bed.row(held.task.id).await.attempt), (1, 0), "not counted");
    let event = &bed.history(held.task.id).await[2];
    assert_eq!((&*event.kind, &payload(event)["reason"]), ("task.released", &"no time".into()));
    assert_eq!(event.attempt, Some(1));
    let next = bed.claim("v").await;
    assert_eq!((next.lease.attempt, next.lease.fence), (1, 2), "not counted, but fenced");
    assert_eq!(bed.end_attempt(&next, completed()).await.status, Status::Completed);
}

pub(super) async fn a_release_may_ask_for_a_while(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let ending = Ending::Released { reason: None, delay_ms: Some(3_000) };
    let settled = bed.end_attempt(&held, ending).await;
    assert_eq!(settled.retry_at, Some(bed.now().plus(3_000)));
    assert_eq!(bed.stats().await.scheduled, 1);
    bed.clock.advance(2_999);
    assert!(bed.nothing_for("w").await);
    bed.clock.advance(1);
    let held = bed.claim("w").await;
    bed.end_attempt(&held, released()).await;
    assert_eq!(bed.row(held.task.id).await.run_at, None, "the next one asked for none");
}

pub(super) async fn a_completion_opens_what_waits_for_it_alone(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let on = held.task.id;
    let waiting = bed.make_all(vec![given::after(&[on]); 3]).await;
    bed.complete(&held).await;
    assert_eq!(bed.claim_ids(claim("w", 9)).await, waiting);
    let again = bed.report(given::report(&held, completed())).await.unwrap();
    assert!(again.repeated);
    assert_eq!(bed.kinds(waiting[0]).await.len(), 3, "made, unblocked, claimed");
}
