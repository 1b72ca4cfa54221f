//! Figures: each part of the log counts once, whoever counts it, and how often a server dies.

use claudebench_core::figures::{Latencies, Span};
use claudebench_core::{Cursor, Millis, TenantId};
use claudebench_store::{
    Counted, Flush, Fold, Gap, MAX_WORKERS, Metric, MetricKey, MetricQuery, MetricRow, Refold,
    WORKERS, WorkerKey, WorkerMetric, WorkerQuery, WorkersFound,
};

use super::bed::{Bed, Stop};
use super::given::EPOCH;

const MINE: TenantId = TenantId::DEFAULT;

/// The day in which all beds begin.
fn day() -> Millis {
    Span::Day.start(EPOCH)
}

fn metric(count: i64, value: i64, at: i64) -> Metric {
    let mut latencies = Latencies::default();
    (0..count).for_each(|_| latencies.record(value));
    let (first, last) = (EPOCH.plus(at), EPOCH.plus(at + 1));
    Metric { count, valued: count, sum: count * value, first, last, latencies }
}

fn key(tenant: TenantId, span: Span, name: &str, start: Millis) -> MetricKey {
    MetricKey { tenant, span, name: name.into(), start }
}

fn did(completed: i64, worked_ms: i64, at: i64) -> WorkerMetric {
    let (first, last) = (EPOCH.plus(at), EPOCH.plus(at));
    let started = completed + 1;
    WorkerMetric {
        started,
        completed,
        worked: completed,
        worked_ms,
        first,
        last,
        ..Default::default()
    }
}

fn worker(tenant: TenantId, worker: &str) -> WorkerKey {
    WorkerKey { tenant, day: day(), worker: worker.into() }
}

/// Adds to two metrics and a worker of the default tenant.
fn fold(after: i64, upto: i64) -> Fold {
    let metrics = vec![
        (key(MINE, Span::Day, "made", day()), metric(2, 50, upto)),
        (key(MINE, Span::Hour, "took", day()), metric(3, 700, upto)),
    ];
    Fold {
        generation: 0,
        after: Cursor(after),
        upto: Cursor(upto),
        at: Some(EPOCH.plus(upto)),
        lost: None,
        metrics,
        workers: vec![(worker(MINE, "w-1"), did(2, 90, upto))],
    }
}

async fn counted(bed: &Bed) -> Counted {
    bed.store().counted().await.unwrap()
}

async fn days(bed: &Bed, tenant: TenantId, span: Span) -> Vec<MetricRow> {
    let to = day().plus(10 * Span::Day.ms());
    let names = vec!["took", "made", "none"];
    bed.store().metrics(MetricQuery { tenant, span, from: day(), to, names }).await.unwrap()
}

async fn workers(bed: &Bed, tenant: TenantId, limit: i64) -> WorkersFound {
    let to = day().plus(Span::Day.ms());
    let query = WorkerQuery { tenant, from: day(), to, limit };
    bed.store().worker_metrics(query).await.unwrap()
}

pub(super) async fn what_is_counted_adds_up(bed: &mut Bed) {
    assert_eq!(counted(bed).await, Counted::default());
    assert_eq!((days(bed, MINE, Span::Day).await.len(), workers(bed, MINE, 9).await.known), (0, 0));
    assert_eq!(bed.ok(fold(0, 10)).await.upto, Cursor(10));
    let after = bed.ok(fold(10, 25)).await;
    let expected = Counted { upto: Cursor(25), at: EPOCH.plus(25), ..Counted::default() };
    assert_eq!((&after, counted(bed).await), (&expected, expected.clone()));
    let mut sum = metric(2, 50, 10);
    sum.add(&metric(2, 50, 25));
    assert_eq!((sum.count, sum.first, sum.last), (4, EPOCH.plus(10), EPOCH.plus(26)));
    let made = MetricRow { start: day(), name: "made".into(), metric: sum };
    assert_eq!(days(bed, MINE, Span::Day).await, [made]);
    let took = &days(bed, MINE, Span::Hour).await[0];
    assert_eq!((&*took.name, took.metric.latencies.count(), took.metric.sum), ("took", 6, 4_200));
    assert!(days(bed, MINE, Span::Minute).await.is_empty());
    let mut both = did(2, 90, 10);
    both.add(&did(2, 90, 25));
    let found = workers(bed, MINE, 9).await;
    assert_eq!(found.workers, [("w-1".into(), both.clone())]);
    assert_eq!((found.all, found.known), (both, 1));
}

pub(super) async fn each_part_of_the_log_counts_once(bed: &mut Bed) {
    // Who has read it does not know that another has counted it meanwhile.
    let (one, other) = tokio::join!(bed.ok(fold(0, 10)), bed.ok(fold(0, 10)));
    assert_eq!((one.upto, &one), (Cursor(10), &other));
    for late in [fold(0, 10), fold(0, 40), fold(9, 11), fold(11, 12)] {
        assert_eq!(bed.ok(late).await.upto, Cursor(10));
    }
    let of_another_time = Fold { generation: 1, ..fold(10, 20) };
    assert_eq!(bed.ok(of_another_time).await.upto, Cursor(10));
    assert_eq!(days(bed, MINE, Span::Day).await[0].metric.count, 2);
    assert_eq!(workers(bed, MINE, 9).await.all.completed, 2);
}

pub(super) async fn what_was_counted_is_there_after_any_end(bed: &mut Bed) {
    for (n, stop) in (0..).zip(Stop::ALL) {
        bed.ok(fold(n * 10, n * 10 + 10)).await;
        let before = (counted(bed).await, days(bed, MINE, Span::Day).await);
        let worked = workers(bed, MINE, 9).await;
        bed.again(stop).await;
        assert_eq!((counted(bed).await, days(bed, MINE, Span::Day).await), before, "{stop:?}");
        assert_eq!(workers(bed, MINE, 9).await, worked);
    }
    assert_eq!(counted(bed).await.upto, Cursor(20));
}

pub(super) async fn figures_are_their_tenants(bed: &mut Bed) {
    let other = bed.tenant("other").await;
    let mut all = fold(0, 10);
    all.metrics.push((key(other, Span::Day, "made", day()), metric(7, 1, 0)));
    all.workers.push((worker(other, "w-1"), did(5, 1, 0)));
    bed.ok(all).await;
    for (tenant, made, completed) in [(MINE, 2, 2), (other, 7, 5)] {
        let rows = days(bed, tenant, Span::Day).await;
        assert_eq!((rows.len(), rows[0].metric.count), (1, made));
        assert_eq!(workers(bed, tenant, 9).await.all.completed, completed);
    }
    // What happened has happened.
    bed.ok(Flush { tasks: true }).await;
    assert_eq!(days(bed, MINE, Span::Day).await.len(), 1);
}

pub(super) async fn figures_are_read_in_order_and_only_of_the_range(bed: &mut Bed) {
    let mut all = fold(0, 10);
    for n in [3, 1, 10, 2, -1] {
        let start = day().plus(n * Span::Day.ms());
        for name in ["took", "other", "made"] {
            all.metrics.push((key(MINE, Span::Day, name, start), metric(1, n.abs(), 0)));
        }
    }
    bed.ok(all).await;
    let rows = days(bed, MINE, Span::Day).await;
    let told: Vec<_> =
        rows.iter().map(|row| (row.start.since(day()) / Span::Day.ms(), &*row.name)).collect();
    let expected =
        [(0, "made"), (1, "made"), (1, "took"), (2, "made"), (2, "took"), (3, "made"), (3, "took")];
    assert_eq!(told, expected);
}

pub(super) async fn those_that_completed_most_come_first(bed: &mut Bed) {
    let named = [("b", 3), ("a", 3), ("C", 9), ("d", 1)];
    let workers_of = |named: &[(&str, i64)]| {
        named.iter().map(|(name, done)| (worker(MINE, name), did(*done, 10, 0))).collect()
    };
    bed.ok(Fold { workers: workers_of(&named), ..fold(0, 1) }).await;
    let yesterday = WorkerKey { day: day().plus(-1), ..worker(MINE, "d") };
    bed.ok(Fold { workers: vec![(yesterday, did(90, 0, 0))], ..fold(1, 2) }).await;
    let found = workers(bed, MINE, 3).await;
    let names: Vec<&str> = found.workers.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["C", "a", "b"]);
    assert_eq!((found.known, found.all.completed, found.all.started), (4, 16, 20));
}

pub(super) async fn workers_beyond_the_bound_share_their_figures(bed: &mut Bed) {
    let names: Vec<String> = (0..MAX_WORKERS + 3).map(|n| format!("w-{n}")).collect();
    let of = |names: &[String]| {
        names.iter().map(|name| (worker(MINE, name), did(1, 5, 0))).collect::<Vec<_>>()
    };
    bed.ok(Fold { workers: of(&names[..490]), ..fold(0, 1) }).await;
    bed.ok(Fold { workers: of(&names[480..]), ..fold(1, 2) }).await;
    bed.ok(Fold { workers: of(&names[500..]), ..fold(2, 3) }).await;
    let found = workers(bed, MINE, 1_000).await;
    assert_eq!((found.known, found.workers.len()), (MAX_WORKERS, 500));
    let first: Vec<_> = found.workers.iter().filter(|(_, did)| did.completed == 2).collect();
    assert_eq!(first.len(), 10);
    assert_eq!(found.all.completed, 490 + 23 + 3);
    assert!(found.workers.iter().all(|(name, _)| names[..500].contains(&name.to_string())));
    let names = vec![WORKERS];
    let query =
        MetricQuery { tenant: MINE, span: Span::Day, from: day(), to: day().plus(1), names };
    assert_eq!(bed.store().metrics(query).await.unwrap()[0].metric.count, MAX_WORKERS);
}

pub(super) async fn what_was_lost_is_said(bed: &mut Bed) {
    bed.ok(fold(0, 10)).await;
    let lost = Some(EPOCH.plus(77));
    let after = bed.ok(Fold { lost, at: Some(EPOCH.plus(90)), ..fold(10, 100) }).await;
    assert_eq!(after.gaps, [Gap { from: EPOCH.plus(10), to: EPOCH.plus(77) }]);
    bed.again(Stop::Closed).await;
    assert_eq!(counted(bed).await.gaps, after.gaps);
    // One that comes too late says nothing.
    bed.ok(Fold { lost, ..fold(10, 100) }).await;
    assert_eq!(counted(bed).await, after);
}

fn refold(generation: i64, after: i64, since: Millis) -> Refold {
    Refold { version: 7, generation, after: Cursor(after), since }
}

async fn cleared(bed: &Bed, refold: Refold) -> Counted {
    loop {
        let counted = bed.ok(refold.clone()).await;
        if counted.clearing.is_none() {
            return counted;
        }
    }
}

pub(super) async fn everything_is_counted_anew(bed: &mut Bed) {
    bed.ok(fold(0, 10)).await;
    let begun = cleared(bed, refold(1, 0, Millis(i64::MIN))).await;
    let expected = Counted {
        version: 7,
        generation: 1,
        redo_upto: Cursor(10),
        since: Millis(i64::MIN),
        ..Counted::default()
    };
    assert_eq!(begun, expected);
    assert!(begun.rebuilding() && begun.wants(Cursor(3), Millis(0)));
    assert!(days(bed, MINE, Span::Day).await.is_empty());
    assert_eq!(workers(bed, MINE, 9).await, WorkersFound::default());
    // Of the time before.
    assert_eq!(bed.ok(fold(0, 10)).await, begun);
    let again = bed.ok(Fold { generation: 1, ..fold(0, 10) }).await;
    assert!(!again.rebuilding() && again.upto == Cursor(10));
    // Begun twice is begun once.
    assert_eq!(bed.ok(refold(1, 0, Millis(i64::MIN))).await, again);
    assert_eq!(days(bed, MINE, Span::Day).await[0].metric.count, 2);
}

pub(super) async fn what_the_log_has_forgotten_keeps_its_figures(bed: &mut Bed) {
    let mut first = fold(0, 10);
    let next = day().plus(Span::Day.ms());
    first.metrics.push((key(MINE, Span::Day, "made", next), metric(4, 1, 0)));
    first.workers.push((WorkerKey { day: next, ..worker(MINE, "w-1") }, did(9, 9, 0)));
    bed.ok(first).await;
    let begun = cleared(bed, refold(1, 8, day().plus(5))).await;
    assert!(!begun.wants(Cursor(10), day()) && begun.wants(Cursor(10), next));
    assert!(begun.wants(Cursor(11), day()), "what comes next counts in any case");
    assert_eq!((begun.upto, begun.redo_upto, begun.gaps.len()), (Cursor(8), Cursor(10), 0));
    let rows = days(bed, MINE, Span::Day).await;
    assert_eq!((rows.len(), rows[0].start, rows[0].metric.count), (1, day(), 2));
    assert_eq!(workers(bed, MINE, 9).await.all.completed, 2);
    // Something that was not counted yet is gone: that is lost.
    let later = cleared(bed, refold(2, 30, EPOCH.plus(99))).await;
    assert_eq!(later.gaps, [Gap { from: day().plus(5), to: EPOCH.plus(99) }]);
}

pub(super) async fn what_was_begun_goes_on_after_any_end(bed: &mut Bed) {
    let mut large = fold(0, 10);
    for n in 0..6_000 {
        let start = day().plus(n * Span::Minute.ms());
        large.metrics.push((key(MINE, Span::Minute, "made", start), metric(1, 1, 0)));
    }
    bed.ok(large).await;
    let begun = bed.ok(refold(1, 0, Millis(0))).await;
    assert_eq!((begun.clearing, begun.rebuilding()), (Some(Cursor(0)), true));
    bed.again(Stop::Crashed).await;
    let counting = Fold { generation: 1, after: Cursor(10), ..fold(10, 20) };
    assert_eq!(bed.ok(counting).await, begun, "nothing is counted meanwhile");
    // Whoever goes on has a log of its own in mind; the one that was begun with counts.
    let done = cleared(bed, refold(1, 5, EPOCH)).await;
    assert_eq!((done.clearing, done.upto, done.since), (None, Cursor(0), Millis(0)));
    assert!(days(bed, MINE, Span::Minute).await.is_empty());
}

pub(super) async fn figures_past_their_retention_are_dropped(bed: &mut Bed) {
    let mut all = fold(0, 10);
    all.metrics.clear();
    for span in Span::ALL {
        for start in [span.oldest(bed.now()), span.oldest(bed.now()).plus(span.ms())] {
            all.metrics.push((key(MINE, span, "made", start), metric(1, 1, 0)));
        }
    }
    bed.ok(all).await;
    let count = async |bed: &Bed, span| {
        let (from, to, names) = (Millis(0), EPOCH.plus(Span::Day.ms()), vec!["made"]);
        let query = MetricQuery { tenant: MINE, span, from, to, names };
        bed.store().metrics(query).await.unwrap().len()
    };
    bed.pass(0).await;
    for span in Span::ALL {
        assert_eq!(count(bed, span).await, 2, "{span:?}");
        bed.pass(span.ms()).await;
        assert_eq!(count(bed, span).await, 1, "{span:?}");
    }
}
