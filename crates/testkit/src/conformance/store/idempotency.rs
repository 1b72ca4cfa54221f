//! Idempotency keys: the same call again gets the answer of the first, and nothing is done twice.

use std::fmt::Debug;

use claudebench_core::lane::PauseScope;
use claudebench_core::{Status, TenantId};
use claudebench_store::{
    AddKey, Batch, Beat, ClaimTasks, ClaimedTask, Create, DeleteTask, Flush, Meta, Pause, Refusal,
    Reports, SetConfig, Unregister, Until, Update, Write,
};

use super::Setup;
use super::bed::{Bed, Stop};
use super::given::{
    self, add_key, assign, beat, cancel, claim, completed, keyed, register, released, report,
    retry, task,
};

/// Does a write twice under one key: the second is answered as the first was and changes nothing.
async fn replays<W>(bed: &Bed, key: &str, write: W) -> W::Reply
where
    W: Write + Clone,
    W::Reply: PartialEq + Debug,
{
    let first = bed.submit_as(keyed(key, 1), write.clone()).await.expect(key);
    let end = bed.end_of_log().await;
    bed.clock.advance(10);
    let again = bed.submit_as(keyed(key, 1), write.clone()).await.expect(key);
    assert_eq!(again, first, "{key} again");
    assert_eq!(bed.end_of_log().await, end, "{key} was not done again");
    let other = bed.submit_as(keyed(key, 2), write).await;
    assert_eq!(other, Err(Refusal::IdempotencyConflict { key: key.into() }), "another body");
    assert_eq!(bed.end_of_log().await, end, "{key} with another body did nothing");
    first
}

/// Makes and claims a task, each twice.
async fn claimed(bed: &Bed, n: usize) -> ClaimedTask {
    replays(bed, &format!("create {n}"), Create { tasks: vec![task()] }).await;
    replays(bed, &format!("claim {n}"), claim("w", 1)).await.tasks.remove(0)
}

pub(super) async fn hot_writes_are_done_once(bed: &mut Bed) {
    let held = claimed(bed, 1).await;
    assert_eq!(bed.stats().await.total(), 1);
    let lease = bed.task(held.task.id).await.lease;
    assert_eq!(lease, Some(held.lease.clone()), "the claim answered the same lease");
    replays(bed, "beat", Beat { progress: Some(0.5), ..beat(&held) }).await;
    let items = vec![report(&held, completed())];
    let answers = replays(bed, "complete", Reports { items }).await;
    assert!(!answers[0].as_ref().unwrap().repeated, "the answer of the first");
    assert_eq!(bed.row(held.task.id).await.status, Status::Completed);
    let second = claimed(bed, 2).await;
    replays(bed, "release", Reports { items: vec![report(&second, released())] }).await;
    let third = bed.claim("w").await;
    assert_eq!(third.lease.fence, 2);
    let again = bed.submit_as(keyed("claim 2", 1), claim("w", 1)).await.unwrap();
    assert_eq!(again.tasks[0].lease, second.lease, "an old answer, whatever came since");
}

pub(super) async fn other_writes_are_done_once(bed: &mut Bed) {
    let [id, other] = [bed.make(task()).await, bed.make(task()).await];
    replays(bed, "register", register("w")).await;
    replays(bed, "update", Update { id: Some(id), priority: Some(1), ..Update::default() }).await;
    replays(bed, "assign", assign(id, "w")).await;
    replays(bed, "cancel", cancel(id)).await;
    replays(bed, "retry", retry(id)).await;
    replays(bed, "delete", DeleteTask { task: other }).await;
    replays(bed, "pause", Pause { scope: PauseScope::All, reason: None, until: None }).await;
    let pause = |until| Pause { scope: PauseScope::All, reason: None, until: Some(until) };
    let first = replays(bed, "pause for", pause(Until::For(7))).await;
    assert_eq!(first.until, Some(first.at.plus(7)), "its end as it was, though that is past");
    replays(bed, "pause until", pause(Until::At(bed.now().plus(7)))).await;
    let ends = AddKey { expires_at: Some(Until::At(bed.now().plus(7))), ..add_key("k", "default") };
    replays(bed, "add key that ends", ends).await;
    replays(bed, "config", SetConfig { key: "k".into(), value: "1".into() }).await;
    replays(bed, "session", super::event::note_session()).await;
    replays(bed, "add key", add_key("key", "default")).await;
    replays(bed, "attach", given::note(id)).await;
    replays(bed, "flush", Flush { tasks: true }).await;
}

pub(super) async fn a_registration_that_is_repeated_brings_back_who_has_gone(bed: &mut Bed) {
    let first = bed.submit_as(keyed("k", 1), register("w")).await.unwrap();
    bed.ok(Unregister { id: "w".into(), session: "s".into() }).await;
    bed.clock.advance(10);
    let again = bed.submit_as(keyed("k", 1), register("w")).await.unwrap();
    assert!(again.online && again.registered_at > first.registered_at, "{again:?}");
    assert_eq!(bed.store().instances(None).await.unwrap(), std::slice::from_ref(&again));
    assert_eq!(bed.submit_as(keyed("k", 1), register("w")).await.unwrap(), again, "once");
}

pub(super) async fn a_refused_write_keeps_nothing(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let id = held.task.id;
    let key = || keyed("k", 1);
    bed.submit_as(key(), retry(id)).await.unwrap_err();
    bed.ok(cancel(id)).await;
    let retried = bed.submit_as(key(), retry(id)).await.unwrap();
    assert_eq!(retried.retried[0].previous, Status::Cancelled, "now it is done");
    let refused = Reports { items: vec![report(&held, completed())] };
    let answers = bed.submit_as(keyed("r", 1), refused).await.unwrap();
    assert!(matches!(answers[0], Err(Refusal::StaleFence { .. })), "{answers:?}");
    let again = bed.claim("w").await;
    let other = Reports { items: vec![report(&again, completed())] };
    let answers = bed.submit_as(keyed("r", 2), other).await.unwrap();
    assert!(answers[0].is_ok(), "the key is free: nothing was done under it");
}

pub(super) async fn a_report_that_was_partly_taken_is_kept(bed: &mut Bed) {
    bed.make_all(vec![task(); 2]).await;
    let mut held = bed.ok(claim("w", 2)).await.tasks;
    held[1].lease.fence += 5;
    let items: Vec<_> = held.iter().map(|held| report(held, completed())).collect();
    let answers = replays(bed, "both", Reports { items }).await;
    assert!(answers[0].is_ok() && answers[1].is_err(), "{answers:?}");
}

pub(super) async fn a_claim_that_got_nothing_keeps_nothing(bed: &mut Bed) {
    let one = || bed.submit_as(keyed("k", 1), claim("w", 1));
    assert!(one().await.unwrap().tasks.is_empty());
    let id = bed.make(task()).await;
    let claimed = one().await.unwrap().tasks;
    assert_eq!(claimed[0].task.id, id, "asking again is no repetition");
    bed.make(task()).await;
    assert_eq!(one().await.unwrap().tasks, claimed);
}

pub(super) async fn answers_survive_a_restart(bed: &mut Bed) {
    for how in Stop::ALL {
        let name = format!("{how:?}");
        let create = Create { tasks: vec![task()] };
        let first = bed.submit_as(keyed(&name, 1), create.clone()).await.unwrap();
        let claimed = bed.submit_as(keyed("claim", 1), claim("w", 1)).await.unwrap();
        bed.again(how).await;
        assert_eq!(bed.submit_as(keyed(&name, 1), create.clone()).await.unwrap(), first);
        assert_eq!(bed.submit_as(keyed("claim", 1), claim("w", 1)).await.unwrap(), claimed);
        let other = bed.submit_as(keyed(&name, 2), create).await;
        assert_eq!(other, Err(Refusal::IdempotencyConflict { key: name }));
    }
    assert_eq!(bed.stats().await.total(), 2);
}

pub(super) async fn a_key_is_remembered_as_long_as_is_said(bed: &mut Bed) {
    bed.fresh(Setup { idempotency_ms: 10_000, ..Setup::default() }).await;
    let create = || bed.submit_as(keyed("k", 1), Create { tasks: vec![task()] });
    let first = create().await.unwrap();
    bed.clock.advance(9_999);
    assert_eq!(create().await.unwrap(), first);
    bed.clock.advance(1);
    let second = create().await.unwrap();
    assert_ne!(second[0].id, first[0].id, "it is a new call now");
    assert_eq!(create().await.unwrap(), second, "and is remembered anew");
    assert_eq!(bed.kept().await, 1);
    bed.pass(60_000).await;
    assert_eq!(bed.kept().await, 0, "what is forgotten is dropped");
    create().await.unwrap();
    assert_eq!(bed.stats().await.total(), 3);
}

pub(super) async fn racing_repetitions_do_it_once(bed: &mut Bed) {
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let committer = bed.committer().clone();
        let create = Create { tasks: vec![task()] };
        racers.spawn(async move { committer.submit(keyed("k", 1), create).await.unwrap()[0].id });
    }
    let mut ids = racers.join_all().await;
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(bed.stats().await.total(), 1);
}

pub(super) async fn a_key_holds_within_one_transaction(bed: &mut Bed) {
    bed.make_all(vec![task(); 3]).await;
    let mut batch = Batch::default();
    let places = [1, 1, 2].map(|body| claim("w", 1).put(keyed("k", body), &mut batch));
    let mut outcomes = bed.commit(batch).await.unwrap();
    let [first, again, other] = places.map(|place| ClaimTasks::take(&mut outcomes, place).unwrap());
    assert_eq!((first.as_ref(), again.as_ref()), (again.as_ref(), first.as_ref()));
    assert_eq!(first.unwrap().tasks.len(), 1);
    assert_eq!(other, Err(Refusal::IdempotencyConflict { key: "k".into() }));
    assert_eq!(bed.stats().await.of(Status::InProgress), 1);
}

pub(super) async fn keys_of_two_tenants_are_two_keys(bed: &mut Bed) {
    let other = bed.tenant("other").await;
    let create = || Create { tasks: vec![task()] };
    let ours = bed.submit_as(keyed("k", 1), create()).await.unwrap()[0].id;
    let meta = Meta { tenant: other, ..keyed("k", 2) };
    let theirs = bed.submit_as(meta, create()).await.unwrap()[0].id;
    assert_ne!(ours, theirs);
    assert!(bed.task_of(TenantId::DEFAULT, theirs).await.is_none());
    assert!(bed.task_of(other, theirs).await.is_some());
}
