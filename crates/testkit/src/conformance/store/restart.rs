//! What was answered is there after a restart, and after a crash.

use claudebench_core::lane::PauseScope;
use claudebench_core::rank::Aging;
use claudebench_core::{Status, TaskId, TenantId};
use claudebench_store::{
    AttachmentBody, AttachmentKind, Beat, Cancel, Dependents, Freshness, ListOrder, NewTask,
    OnDuplicate, OrderBy, Pause, ProcessBatch, PutAttachment, Refusal, Resume, SetConfig,
    TaskQuery, Until, Vote,
};

use super::audit::all_tasks;
use super::bed::{Bed, Stop};
use super::given::{
    self, after, assign, beat, cancel, cancel_within, claim, claim_as, completed, failed, names,
    register, released, report, task, tasks, unique,
};

pub(super) async fn everything_that_can_be_read_is_the_same(bed: &mut Bed) {
    bed.tenant("other").await;
    bed.ok(register("w")).await;
    let first = bed.held(NewTask { deadline_ms: Some(90_000), ..task() }, "w").await;
    bed.ok(Beat { progress: Some(0.5), note: Some("half".into()), ..beat(&first) }).await;
    let done = bed.held(NewTask { project: Some("a".into()), ..task() }, "w").await;
    let result = Some("{}".to_owned());
    bed.end_attempt(&done, claudebench_store::Ending::Completed { result }).await;
    let failing = bed.held(task(), "w").await;
    bed.end_attempt(&failing, failed()).await;
    bed.make(after(&[first.task.id])).await;
    bed.make(NewTask { delay_ms: Some(1), ..unique("k", OnDuplicate::Reject) }).await;
    let parked = bed.make(NewTask { roles: names(&["r"]), ..task() }).await;
    bed.ok(assign(parked, "w")).await;
    let body = AttachmentBody {
        key: "note".into(),
        kind: AttachmentKind::Markdown,
        value: None,
        content: Some("# note".into()),
        url: None,
        mime_type: None,
        size: None,
    };
    bed.ok(PutAttachment { task: parked, body }).await;
    bed.ok(SetConfig { key: "k".into(), value: "1".into() }).await;
    bed.ok(Pause { scope: PauseScope::Tag("x".into()), reason: None, until: None }).await;
    bed.ok(cancel_within(first.task.id, 5_000)).await;
    let before = everything(bed).await;
    for how in Stop::ALL {
        bed.again(how).await;
        assert_eq!(everything(bed).await, before, "{how:?}");
    }
    bed.pass(5_000).await;
    assert_eq!(bed.status(first.task.id).await, Status::Cancelled, "the grace goes on");
}

/// Everything that can be read, as text.
async fn everything(bed: &Bed) -> Vec<String> {
    let store = bed.store();
    let tenant = TenantId::DEFAULT;
    let mut all = vec![
        format!("{:?}", bed.log().await),
        format!("{:?}", bed.stats().await),
        format!("{:?}", store.stats(tenant, Some("a".into()), Freshness::Latest).await.unwrap()),
        format!("{:?}", store.instances(None).await.unwrap()),
        format!("{:?}", store.keys(None).await.unwrap()),
        format!("{:?}", store.pauses(tenant).await.unwrap()),
        format!("{:?}", store.config(tenant, "k".into()).await.unwrap()),
    ];
    for found in all_tasks(bed, tenant).await {
        let id = found.task.id;
        all.push(format!("{:?}", bed.task(id).await));
        all.push(format!("{:?}", store.explain(tenant, id, Freshness::Latest).await.unwrap()));
        all.push(format!("{:?}", bed.history(id).await));
    }
    all
}

pub(super) async fn leases_go_on(bed: &mut Bed) {
    for how in Stop::ALL {
        let done = bed.held(task(), "w").await;
        let beaten = bed.held(task(), "w").await;
        let lost = bed.held(task(), "w").await;
        bed.clock.advance(30_000);
        bed.ok(beat(&beaten)).await;
        bed.again(how).await;
        bed.complete(&done).await;
        assert!(bed.complete(&done).await.repeated, "{how:?}");
        let mut stale = beaten.clone();
        stale.lease.fence -= 1;
        let answer = bed.report(report(&stale, completed())).await;
        assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "{how:?}: {answer:?}");
        bed.pass(30_000).await;
        assert_eq!(bed.row(lost.task.id).await.losses, 1, "{how:?}: it ends when it was to end");
        bed.complete(&beaten).await;
        bed.clock.advance(8_000);
        let again = bed.claim("v").await;
        assert_eq!((again.task.id, again.lease.fence), (lost.task.id, 2));
        bed.complete(&again).await;
    }
}

pub(super) async fn a_lease_ends_while_the_store_is_down(bed: &mut Bed) {
    for how in Stop::ALL {
        let held = bed.held(task(), "w").await;
        bed.clock.advance(bed.setup.lease_ms);
        bed.again(how).await;
        let answer = bed.report(report(&held, completed())).await;
        assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "{how:?}: {answer:?}");
        bed.pass(8_000).await;
        let next = bed.claim("v").await;
        assert_eq!(next.task.id, held.task.id);
        bed.complete(&next).await;
    }
}

pub(super) async fn what_waits_is_ready_in_its_time(bed: &mut Bed) {
    for how in Stop::ALL {
        let first = bed.held(task(), "w").await;
        let blocked = bed.make(after(&[first.task.id])).await;
        let soon = bed.make(NewTask { delay_ms: Some(1_000), ..task() }).await;
        let late = bed.make(NewTask { delay_ms: Some(9_000), ..task() }).await;
        bed.clock.advance(1_000);
        bed.again(how).await;
        assert_eq!(bed.claim_ids(claim("w", 9)).await, [soon], "{how:?}");
        bed.complete(&first).await;
        assert_eq!(bed.claim_ids(claim("w", 9)).await, [blocked], "{how:?}");
        bed.clock.advance(8_000);
        assert_eq!(bed.claim_ids(claim("w", 9)).await, [late], "{how:?}");
    }
}

pub(super) async fn the_order_and_the_lanes_are_the_same(bed: &mut Bed) {
    bed.ok(register("w")).await;
    for how in Stop::ALL {
        let low = bed.make(NewTask { priority: 1, ..task() }).await;
        let role = bed.make(NewTask { roles: names(&["r"]), priority: 70, ..task() }).await;
        let parked = bed.make(NewTask { priority: 60, ..task() }).await;
        bed.ok(assign(parked, "w")).await;
        let high = bed.make(NewTask { priority: 99, ..task() }).await;
        let given_back = bed.held(NewTask { priority: 100, ..task() }, "v").await;
        bed.end_attempt(&given_back, released()).await;
        bed.again(how).await;
        assert_eq!(bed.claim_ids(claim("v", 2)).await, [given_back.task.id, high], "{how:?}");
        assert_eq!(
            bed.claim_ids(claim("v", 2)).await,
            [low],
            "{how:?}: one is parked, one in a role"
        );
        assert_eq!(bed.claim_ids(claim_as("w", &["r"], 9)).await, [role, parked], "{how:?}");
    }
}

pub(super) async fn another_step_of_aging_is_another_order(bed: &mut Bed) {
    let steps = [(0, 100), (100, 0), (100, 200), (200, 0)];
    for ((from, to), how) in steps.into_iter().zip(Stop::ALL.into_iter().cycle()) {
        bed.setup.aging = Aging { step_ms: from };
        bed.again(how).await;
        let low = bed.held(NewTask { priority: 10, ..task() }, "v").await;
        let waits = bed.make(NewTask { priority: 10, delay_ms: Some(20_000), ..task() }).await;
        let old = bed.make(NewTask { priority: 10, ..task() }).await;
        bed.clock.advance(10_000);
        let urgent = bed.make(NewTask { priority: 90, ..task() }).await;
        bed.setup.aging = Aging { step_ms: to };
        bed.again(how).await;
        let (order_by, order) = (OrderBy::Queue, ListOrder::Asc);
        let query = TaskQuery { status: Some(Status::Pending), order_by, order, ..tasks() };
        let listed = bed.list(query).await.tasks;
        let listed: Vec<TaskId> = listed.iter().map(|found| found.task.id).collect();
        let pending = if to == 100 { [waits, old, urgent] } else { [urgent, waits, old] };
        assert_eq!(listed, pending, "from {from} to {to}: what waits is in order, too");
        let new = bed.make(NewTask { priority: 50, ..task() }).await;
        bed.end_attempt(&low, released()).await;
        bed.pass(10_000).await;
        let aged = [low.task.id, waits, old];
        let order = bed.claim_ids(claim("w", 9)).await;
        // 80 levels are worth 8 seconds, or 16; the tasks are 10 seconds apart.
        let expected = match to {
            0 => [&[urgent, new], &aged[..]].concat(),
            100 => [&aged[..], &[urgent, new]].concat(),
            _ => [&[urgent], &aged[..], &[new]].concat(),
        };
        assert_eq!(order, expected, "from {from} to {to}");
    }
}

pub(super) async fn pauses_go_on(bed: &mut Bed) {
    for how in Stop::ALL {
        let id = bed.make(task()).await;
        let until = bed.now().plus(5_000);
        bed.ok(Pause { scope: PauseScope::All, reason: None, until: Some(Until::At(until)) }).await;
        let role = PauseScope::Role("r".into());
        bed.ok(Pause { scope: role.clone(), reason: None, until: None }).await;
        bed.again(how).await;
        assert!(bed.nothing_for("w").await, "{how:?}");
        bed.clock.advance(5_000);
        assert_eq!(bed.claim("w").await.task.id, id, "{how:?}: it ends when it was to end");
        let scopes: Vec<_> = bed.store().pauses(TenantId::DEFAULT).await.unwrap();
        assert_eq!(scopes.iter().map(|row| &row.scope).collect::<Vec<_>>(), [&role]);
        bed.ok(Resume { scope: role }).await;
    }
}

pub(super) async fn a_cancellation_goes_on(bed: &mut Bed) {
    for how in Stop::ALL {
        let held = bed.held(task(), "w").await;
        let next = bed.make(after(&[held.task.id])).await;
        let dependents = Dependents::Cancel;
        let reason = Some("off".to_owned());
        bed.ok(Cancel {
            dependents: Some(dependents),
            reason,
            ..cancel_within(held.task.id, 9_000)
        })
        .await;
        bed.again(how).await;
        let told = bed.ok(beat(&held)).await.cancelled.unwrap();
        assert_eq!(told, (Some("off".into()), bed.now().plus(9_000)), "{how:?}");
        let answer = bed.report(report(&held, completed())).await;
        assert!(matches!(answer, Err(Refusal::WrongState { .. })), "{how:?}: {answer:?}");
        bed.pass(9_000).await;
        for id in [held.task.id, next] {
            assert_eq!(bed.status(id).await, Status::Cancelled, "{how:?}");
        }
    }
}

pub(super) async fn what_is_known_once_is_known(bed: &mut Bed) {
    let (mut last, mut cursor) = (TaskId(0), bed.end_of_log().await);
    for how in Stop::ALL {
        let id = bed.make(unique("k", OnDuplicate::Reject)).await;
        assert!(id > last, "{how:?}: ids are not given twice");
        let decision = format!("{how:?}");
        let vote = |instance: &str| Vote {
            decision: decision.clone(),
            instance: instance.into(),
            value: "yes".into(),
            total: 3,
        };
        bed.ok(vote("a")).await;
        let take = ProcessBatch { batch: decision.clone(), instance: "a".into(), items: 1 };
        bed.ok(take.clone()).await;
        let held = bed.claim("w").await;
        bed.end_attempt(&held, failed()).await;
        bed.again(how).await;
        assert_eq!(bed.ok(vote("b")).await.decided.as_deref(), Some("yes"), "{how:?}");
        assert!(!bed.ok(take).await.taken, "{how:?}");
        assert!(bed.end_attempt(&held, failed()).await.repeated, "{how:?}");
        let twice = claudebench_store::Create { tasks: vec![unique("k", OnDuplicate::Reject)] };
        let refused = Err(Refusal::DuplicateUniqueKey { key: "k".into(), task: id });
        assert_eq!(bed.submit(twice).await, refused, "{how:?}");
        bed.ok(cancel(id)).await;
        let end = bed.end_of_log().await;
        assert!(end > cursor, "{how:?}: nor are places in the log");
        (last, cursor) = (id, end);
    }
}

pub(super) async fn time_goes_on_from_the_newest_event(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    bed.clock.advance(40_000);
    bed.ok(beat(&held)).await;
    bed.make(task()).await;
    let newest = bed.now();
    bed.again_at(given::EPOCH).await;
    assert_eq!(bed.now(), newest, "the clock was set back while the store was down");
    bed.make(task()).await;
    let log = bed.log().await;
    assert!(log.is_sorted_by(|a, b| a.at <= b.at), "{log:?}");
    bed.pass(bed.setup.lease_ms).await;
    assert_eq!(bed.row(held.task.id).await.losses, 1, "no lease is longer than it was");
}

pub(super) async fn a_store_that_is_opened_often_is_the_same(bed: &mut Bed) {
    for n in 0..4_i64 {
        bed.again(Stop::ALL[usize::try_from(n % 2).unwrap()]).await;
        bed.make_all(vec![task(); 3]).await;
        let held = bed.claim("w").await;
        bed.complete(&held).await;
        assert_eq!(bed.stats().await.by_status, [2 * (n + 1), 0, n + 1, 0, 0]);
    }
    assert_eq!(bed.claim_ids(claim("w", 99)).await.len(), 8);
}
