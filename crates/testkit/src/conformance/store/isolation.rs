//! A batch is one transaction of many writes: what is wrong with one is its own affair.

use claudebench_core::{Status, TaskId};
use claudebench_store::{
    Batch, ClaimTasks, Claimed, Create, DeleteTask, NewTask, Outcomes, Refusal, Report, Reports,
    SetConfig, Sweep, Update, Write,
};

use super::bed::Bed;
use super::given::{
    self, add_key, after, beat, cancel, claim, completed, keyed, meta, report, report_by, task,
};

fn put<W: Write>(batch: &mut Batch, write: W) -> usize {
    write.put(meta(), batch)
}

/// The answer to the write that was put at a place.
fn answer<W: Write>(outcomes: &mut Outcomes, place: usize) -> Result<W::Reply, Refusal> {
    W::take(outcomes, place).expect("each write has its answer")
}

pub(super) async fn a_refused_write_fails_alone(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let mut batch = Batch::default();
    let nobody = TaskId(7);
    let bad = Create { tasks: vec![task(), after(&[nobody])] };
    let good = Create { tasks: vec![task()] };
    let creates = [good.clone(), bad, good].map(|create| put(&mut batch, create));
    let stale = Report { fence: Some(99), ..report(&held, completed()) };
    let reports = [stale, report_by(nobody, None, completed()), report(&held, completed())]
        .map(|report| put(&mut batch, Reports { items: vec![report] }));
    let update = |id| Update { id: Some(id), priority: Some(1), ..Update::default() };
    let changes = [nobody, held.task.id].map(|id| put(&mut batch, update(id)));
    let beats = put(&mut batch, beat(&held));
    assert_eq!(batch.len(), 9);
    let mut outcomes = bed.commit(batch).await.unwrap();
    let made: Vec<bool> =
        creates.map(|place| answer::<Create>(&mut outcomes, place).is_ok()).to_vec();
    assert_eq!(made, [true, false, true]);
    let reported = reports.map(|place| answer::<Reports>(&mut outcomes, place).unwrap().remove(0));
    assert!(matches!(reported[0], Err(Refusal::StaleFence { .. })), "{reported:?}");
    assert_eq!(reported[1], Err(Refusal::NoTask(nobody)));
    assert!(reported[2].is_ok(), "{reported:?}");
    let updated = changes.map(|place| answer::<Update>(&mut outcomes, place).is_ok());
    assert_eq!(updated, [false, true]);
    let beaten = answer::<claudebench_store::Beat>(&mut outcomes, beats);
    assert!(matches!(beaten, Err(Refusal::StaleFence { .. })), "the report came before it");
    assert_eq!(bed.stats().await.by_status, [2, 0, 1, 0, 0]);
}

pub(super) async fn a_write_that_meets_an_error_fails_alone(bed: &mut Bed) {
    bed.ok(add_key("twice", "default")).await;
    let held = bed.held(task(), "w").await;
    let mut batch = Batch::default();
    let first = put(&mut batch, Create { tasks: vec![task()] });
    let reports = put(&mut batch, Reports { items: vec![report(&held, completed())] });
    // Ids of keys are drawn at random: that one comes twice is a fault of whoever drew it.
    let bad = put(&mut batch, add_key("twice", "new tenant"));
    let config = put(&mut batch, SetConfig { key: "k".into(), value: "1".into() });
    let second = put(&mut batch, Create { tasks: vec![task()] });
    let claims = put(&mut batch, claim("w", 9));
    let mut outcomes = bed.commit(batch).await.unwrap();
    let refused = answer::<claudebench_store::AddKey>(&mut outcomes, bad);
    assert!(matches!(refused, Err(Refusal::Fault(_))), "{refused:?}");
    let made = [first, second].map(|place| answer::<Create>(&mut outcomes, place).unwrap()[0].id);
    assert!(answer::<Reports>(&mut outcomes, reports).unwrap()[0].is_ok());
    answer::<SetConfig>(&mut outcomes, config).unwrap();
    let Claimed { tasks } = answer::<ClaimTasks>(&mut outcomes, claims).unwrap();
    let claimed: Vec<TaskId> = tasks.iter().map(|claimed| claimed.task.id).collect();
    assert_eq!(claimed, made);
    let keys = bed.store().keys(None).await.unwrap();
    assert_eq!(keys.len(), 1, "nothing of the bad one is left: {keys:?}");
    assert_eq!(bed.status(held.task.id).await, Status::Completed);
}

pub(super) async fn an_error_leaves_the_store_as_it_was(bed: &mut Bed) {
    bed.ok(add_key("twice", "default")).await;
    let held = bed.held(task(), "w").await;
    bed.make(NewTask { delay_ms: Some(5_000), ..task() }).await;
    bed.make(task()).await;
    let before = (bed.stats().await, bed.end_of_log().await, bed.task(held.task.id).await);
    let mut alone = Batch::default();
    put(&mut alone, add_key("twice", "default"));
    assert!(bed.commit(alone).await.is_err(), "there is nobody else to answer");
    let after = (bed.stats().await, bed.end_of_log().await, bed.task(held.task.id).await);
    assert_eq!(after, before);
    bed.ok(beat(&held)).await;
    bed.complete(&held).await;
    bed.pass(5_000).await;
    assert_eq!(bed.claim_ids(claim("w", 9)).await.len(), 2, "and it goes on");
    assert!(bed.store().health().await.unwrap().writable);
}

pub(super) async fn writes_of_a_kind_are_done_in_their_order(bed: &mut Bed) {
    let id = bed.make(task()).await;
    let mut batch = Batch::default();
    let set = |priority| Update { id: Some(id), priority: Some(priority), ..Update::default() };
    for priority in [1, 2, 3] {
        put(&mut batch, set(priority));
    }
    put(&mut batch, cancel(id));
    put(&mut batch, given::retry(id));
    let claims = put(&mut batch, claim("w", 1));
    let mut outcomes = bed.commit(batch).await.unwrap();
    assert_eq!(answer::<ClaimTasks>(&mut outcomes, claims).unwrap().tasks[0].task.priority, 3);
    let kinds = bed.kinds(id).await;
    assert_eq!(kinds[4..], ["task.cancelled", "task.retried", "task.claimed"]);
    let told: Vec<i64> = outcomes.events.iter().filter_map(|event| event.version).collect();
    assert_eq!(told, [2, 3, 4, 5, 6, 7], "told in the order of the log");
}

pub(super) async fn two_claims_of_one_batch_get_different_tasks(bed: &mut Bed) {
    let ids = bed.make_all(vec![task(); 3]).await;
    let mut batch = Batch::default();
    let places = ["a", "b", "c"].map(|worker| put(&mut batch, claim(worker, 2)));
    let mut outcomes = bed.commit(batch).await.unwrap();
    let mut got = Vec::new();
    for place in places {
        let claimed = answer::<ClaimTasks>(&mut outcomes, place).unwrap().tasks;
        got.push(claimed.iter().map(|claimed| claimed.task.id).collect::<Vec<_>>());
    }
    assert_eq!(got, [ids[..2].to_vec(), ids[2..].to_vec(), vec![]]);
}

pub(super) async fn an_empty_batch_is_nothing(bed: &mut Bed) {
    let outcomes = bed.commit(Batch::default()).await.unwrap();
    assert!(outcomes.events.is_empty() && outcomes.ready.is_empty() && !outcomes.reopened);
    let mut batch = Batch::default();
    let sweep = put(&mut batch, Sweep);
    let mut outcomes = bed.commit(batch).await.unwrap();
    answer::<Sweep>(&mut outcomes, sweep).unwrap();
    assert!(outcomes.events.is_empty());
}

pub(super) async fn a_large_batch_of_everything_at_once(bed: &mut Bed) {
    for _ in 0..2 {
        bed.make_all(vec![task(); 300]).await;
    }
    let held = bed.ok(claim("w", 400)).await.tasks;
    let mut batch = Batch::default();
    let mut reports = Vec::new();
    for (n, held) in held.iter().enumerate() {
        match n % 4 {
            0 => {
                put(&mut batch, beat(held));
            }
            1 => {
                put(&mut batch, DeleteTask { task: held.task.id });
            }
            _ => reports.push(report(held, completed())),
        }
        let body = u8::try_from(n % 200).unwrap();
        let create = Create { tasks: vec![task()] };
        create.put(keyed(&format!("k-{n}"), body), &mut batch);
    }
    put(&mut batch, Reports { items: reports });
    put(&mut batch, claim("v", 1_000));
    let outcomes = bed.commit(batch).await.unwrap();
    assert!(outcomes.changes.iter().all(|answer| matches!(answer, Some(Ok(_)))));
    assert!(outcomes.beats.iter().all(|answer| matches!(answer, Some(Ok(_)))));
    // 100 were beaten and are held still, 100 deleted, 200 completed; 200 waited and 400 came.
    assert_eq!(bed.stats().await.by_status, [0, 700, 200, 0, 0]);
}
