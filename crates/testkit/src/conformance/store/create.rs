//! Tasks are made: all of a call or none, each once, none before its time.

use std::sync::Arc;

use claudebench_core::{Millis, Status, TaskId, TenantId};
use claudebench_store::{
    Create, DeleteTask, Dependency, Edge, EdgeEnd, EdgeQuery, Freshness, Meta, NewTask,
    OnDuplicate, Refusal, TaskRow, Unique,
};

use super::Setup;
use super::bed::Bed;
use super::given::{self, EPOCH, after, claim, meta, names, payload, task, unique};

pub(super) async fn a_task_is_kept_as_it_was_given(bed: &mut Bed) {
    let parent = bed.make(task()).await;
    let new = NewTask {
        text: "Größe: 2 × 3\n\"quoted\" — 任务 🦀".into(),
        priority: 0,
        metadata: Some(r#"{"a":[1,null],"b":"ü"}"#.into()),
        run_at: Some(EPOCH.plus(5_000)),
        depends_on: vec![Dependency::Task(parent)],
        parent: Some(parent),
        project: Some("site".into()),
        roles: names(&["back", "front"]),
        tags: names(&["x", "y"]),
        unique: Some(Unique { key: "only".into(), on_duplicate: OnDuplicate::Reject }),
        max_attempts: 7,
        lease_ms: Some(1_000),
        deadline_ms: Some(9_000),
        ..task()
    };
    let meta = Meta { actor: "ada".into(), traceparent: Some("00-ab-cd-01".into()), ..meta() };
    let made = bed.submit_as(meta, Create { tasks: vec![new.clone()] }).await.unwrap().remove(0);
    assert_eq!((made.created_at, made.existing), (EPOCH, None));
    let found = bed.task(made.id).await;
    assert_eq!(found.depends_on, [parent]);
    assert_eq!((found.lease, found.result, found.attachment_keys.len()), (None, None, 0));
    assert_eq!(found.task, as_made(made.id, new));
}

/// A new task as a row, made now by Ada.
fn as_made(id: TaskId, new: NewTask) -> TaskRow {
    TaskRow {
        id,
        text: new.text,
        status: Status::Pending,
        priority: new.priority,
        metadata: new.metadata,
        assigned_to: None,
        assigned_at: None,
        completed_by: None,
        error: None,
        reason: None,
        created_at: EPOCH,
        updated_at: EPOCH,
        started_at: None,
        completed_at: None,
        run_at: new.run_at,
        version: 1,
        fence: 0,
        attempt: 0,
        losses: 0,
        max_attempts: new.max_attempts,
        lease_ms: new.lease_ms,
        deadline_ms: new.deadline_ms,
        backoff: new.backoff.map(|backoff| serde_json::to_string(&backoff).unwrap()),
        open_dependencies: i64::try_from(new.depends_on.len()).unwrap(),
        parent: new.parent,
        project: new.project,
        roles: new.roles,
        tags: new.tags,
        unique_key: new.unique.map(|unique| unique.key),
        progress: None,
        note: None,
        checkpoint: None,
        cancel_requested_at: None,
        dead: false,
        attachment_count: 0,
        created_by: "ada".into(),
        traceparent: Some("00-ab-cd-01".into()),
    }
}

pub(super) async fn tasks_are_read_in_the_order_asked_for(bed: &mut Bed) {
    let ids = bed.make_all(vec![task(), task(), task()]).await;
    let asked = vec![ids[2], TaskId(1), ids[0], ids[2]];
    let found = bed.store().tasks(TenantId::DEFAULT, asked, Freshness::Latest).await.unwrap();
    let found: Vec<TaskId> = found.iter().map(|found| found.task.id).collect();
    assert_eq!(found, [ids[2], ids[0], ids[2]], "what does not exist is left out");
}

pub(super) async fn all_of_a_call_or_none(bed: &mut Bed) {
    let tasks = vec![task(), after(&[TaskId(7)]), task()];
    assert_eq!(bed.submit(Create { tasks }).await, Err(Refusal::NoTask(TaskId(7))));
    assert_eq!(bed.list(given::tasks()).await.total, 0);
    assert!(bed.log().await.is_empty(), "nothing happened");
    assert!(bed.nothing_for("w").await);
    bed.make(task()).await;
    assert_eq!(bed.stats().await.total(), 1);
}

pub(super) async fn an_empty_call_makes_nothing(bed: &mut Bed) {
    assert_eq!(bed.ok(Create { tasks: vec![] }).await, []);
    assert!(bed.log().await.is_empty());
}

pub(super) async fn an_unknown_dependency_or_parent_is_refused(bed: &mut Bed) {
    let gone = TaskId(99);
    assert_eq!(
        bed.submit(Create { tasks: vec![after(&[gone])] }).await,
        Err(Refusal::NoTask(gone))
    );
    let child = NewTask { parent: Some(gone), ..task() };
    assert_eq!(bed.submit(Create { tasks: vec![child] }).await, Err(Refusal::NoTask(gone)));
    let beyond = NewTask { depends_on: vec![Dependency::Place(2)], ..task() };
    let answer = bed.submit(Create { tasks: vec![task(), beyond] }).await;
    assert!(matches!(answer, Err(Refusal::Invalid { .. })), "{answer:?}");
    assert!(bed.log().await.is_empty(), "nothing happened");
}

pub(super) async fn a_task_waits_for_what_it_depends_on(bed: &mut Bed) {
    let first = bed.make(task()).await;
    let second = bed.make(NewTask { priority: 100, ..after(&[first]) }).await;
    assert_eq!((bed.stats().await.ready, bed.stats().await.blocked), (1, 1));
    let held = bed.claim("w").await;
    assert_eq!(held.task.id, first, "the other waits, whatever its priority");
    assert!(bed.nothing_for("w").await);
    bed.complete(&held).await;
    assert_eq!(bed.kinds(second).await, ["task.created", "task.unblocked"]);
    let unblocked = payload(&bed.history(second).await[1]);
    assert_eq!(unblocked["unblockedBy"], first.to_string());
    assert_eq!(bed.row(second).await.open_dependencies, 0);
    assert_eq!(bed.claim("w").await.task.id, second);
    assert_eq!(bed.task(second).await.depends_on, [first], "what it depended on is still known");
}

pub(super) async fn a_dependency_that_is_completed_is_met(bed: &mut Bed) {
    let done = bed.held(task(), "w").await;
    bed.complete(&done).await;
    let next = bed.make(after(&[done.task.id])).await;
    assert_eq!(bed.row(next).await.open_dependencies, 0);
    assert_eq!(bed.kinds(next).await, ["task.created"], "it never was blocked");
    assert_eq!(bed.claim("w").await.task.id, next);
}

pub(super) async fn a_dependency_that_failed_holds_back(bed: &mut Bed) {
    let held = bed.held(task(), "w").await;
    let next = bed.make(after(&[held.task.id])).await;
    bed.end_attempt(&held, given::failed_for_good()).await;
    assert!(bed.nothing_for("w").await);
    let late = bed.make(after(&[held.task.id])).await;
    assert_eq!(bed.row(late).await.open_dependencies, 1, "a failure is not what it waits for");
    bed.ok(given::retry(held.task.id)).await;
    let again = bed.claim("w").await;
    bed.complete(&again).await;
    let freed = bed.claim_ids(claim("w", 9)).await;
    assert_eq!(freed, [next, late]);
}

pub(super) async fn a_task_may_depend_on_any_place_of_its_call(bed: &mut Bed) {
    let on = |places: &[usize]| NewTask {
        depends_on: places.iter().copied().map(Dependency::Place).collect(),
        ..task()
    };
    // The first depends on a later one.
    let ids = bed.make_all(vec![on(&[1]), task(), on(&[0, 1, 0])]).await;
    let open = [bed.row(ids[0]).await, bed.row(ids[2]).await].map(|row| row.open_dependencies);
    assert_eq!(open, [1, 2], "a dependency that comes twice counts once");
    let mut order = Vec::new();
    for _ in 0..3 {
        let held = bed.claim("w").await;
        assert!(bed.nothing_for("w").await, "one after the other");
        bed.complete(&held).await;
        order.push(held.task.id);
    }
    assert_eq!(order, [ids[1], ids[0], ids[2]]);
}

pub(super) async fn the_last_of_several_opens_a_task(bed: &mut Bed) {
    let ids = bed.make_all(vec![task(), task(), task()]).await;
    let last = bed.make(after(&ids)).await;
    for left in [2, 1, 0] {
        assert_eq!(bed.kinds(last).await, ["task.created"]);
        let held = bed.claim("w").await;
        bed.complete(&held).await;
        assert_eq!(bed.row(last).await.open_dependencies, left);
    }
    assert_eq!(bed.kinds(last).await, ["task.created", "task.unblocked"], "one event, at the end");
    assert_eq!(bed.claim("w").await.task.id, last);
}

pub(super) async fn tasks_that_wait_for_each_other_are_refused(bed: &mut Bed) {
    let on = |place| NewTask { depends_on: vec![Dependency::Place(place)], ..task() };
    assert_eq!(bed.submit(Create { tasks: vec![on(0)] }).await, Err(Refusal::Cycle(vec![0])));
    let ring = vec![task(), on(3), on(1), on(2)];
    let Err(Refusal::Cycle(mut along)) = bed.submit(Create { tasks: ring }).await else {
        panic!("a ring was taken");
    };
    along.sort_unstable();
    assert_eq!(along, [1, 2, 3], "the places along the ring");
    assert!(bed.log().await.is_empty(), "nothing happened");
}

pub(super) async fn a_unique_key_lives_once(bed: &mut Bed) {
    let first = bed.make(unique("k", OnDuplicate::Reject)).await;
    let second = Create { tasks: vec![task(), unique("k", OnDuplicate::Reject)] };
    let refused = Err(Refusal::DuplicateUniqueKey { key: "k".into(), task: first });
    assert_eq!(bed.submit(second.clone()).await, refused);
    let held = bed.claim("w").await;
    assert_eq!(bed.submit(second.clone()).await, refused, "also while it is worked on");
    bed.complete(&held).await;
    assert_eq!(bed.submit(second).await.unwrap().len(), 2, "an ended task keeps no key");
    assert_eq!(bed.stats().await.total(), 3);
}

pub(super) async fn a_unique_key_may_answer_the_task_that_lives(bed: &mut Bed) {
    let live = bed.make(unique("k", OnDuplicate::Reject)).await;
    let found = NewTask { text: "never made".into(), ..unique("k", OnDuplicate::Return) };
    let next = NewTask { depends_on: vec![Dependency::Place(0)], ..task() };
    let made = bed.ok(Create { tasks: vec![found, next] }).await;
    assert_eq!(made[0].id, live);
    assert_eq!(made[0].existing, Some(Box::new(bed.row(live).await)));
    assert_eq!(bed.task(made[1].id).await.depends_on, [live], "it waits for the one that lives");
    assert_eq!(bed.kinds(live).await, ["task.created"], "nothing was done to that");
    let held = bed.claim("w").await;
    assert!(bed.nothing_for("w").await);
    bed.complete(&held).await;
    assert_eq!(bed.claim("w").await.task.id, made[1].id);
    let made = bed.ok(Create { tasks: vec![unique("k", OnDuplicate::Return)] }).await;
    assert_eq!(made[0].existing, None, "nothing lives under the key any more");
}

pub(super) async fn a_unique_key_may_replace_the_task_that_waits(bed: &mut Bed) {
    let old = bed.make(unique("k", OnDuplicate::Reject)).await;
    let new = bed.make(unique("k", OnDuplicate::Replace)).await;
    assert_ne!(new, old);
    let row = bed.row(old).await;
    assert_eq!((row.status, row.reason.as_deref()), (Status::Cancelled, Some("replaced")));
    assert_eq!(bed.kinds(old).await, ["task.created", "task.cancelled"]);
    let held = bed.claim("w").await;
    assert_eq!(held.task.id, new);
    let again = Create { tasks: vec![unique("k", OnDuplicate::Replace)] };
    let refused = Err(Refusal::DuplicateUniqueKey { key: "k".into(), task: new });
    assert_eq!(bed.submit(again).await, refused, "one that is worked on is not replaced");
    assert_eq!(bed.status(new).await, Status::InProgress);
}

pub(super) async fn what_waits_for_a_replaced_task_waits_for_the_new_one(bed: &mut Bed) {
    let old = bed.make(unique("k", OnDuplicate::Reject)).await;
    let next = bed.make(after(&[old])).await;
    let new = bed.make(unique("k", OnDuplicate::Replace)).await;
    assert_eq!(bed.task(next).await.depends_on, [new]);
    assert_eq!(bed.row(next).await.open_dependencies, 1);
    let circle =
        NewTask { depends_on: vec![Dependency::Task(next)], ..unique("k", OnDuplicate::Replace) };
    let answer = bed.submit(Create { tasks: vec![circle] }).await;
    assert_eq!(answer, Err(Refusal::Cycle(vec![0])), "it would wait for what waits for it");
    assert_eq!(bed.status(new).await, Status::Pending, "nothing was replaced");
    let held = bed.claim("w").await;
    assert_eq!(held.task.id, new);
    assert!(bed.nothing_for("w").await);
    bed.complete(&held).await;
    assert_eq!(bed.claim("w").await.task.id, next);
}

pub(super) async fn what_waits_for_a_held_task_under_its_unique_key_goes_on(bed: &mut Bed) {
    let held = bed.held(unique("k", OnDuplicate::Return), "w").await;
    let waits = NewTask { depends_on: vec![Dependency::Place(0)], ..task() };
    let made = bed.make_all(vec![unique("k", OnDuplicate::Return), waits]).await;
    assert_eq!(made[0], held.task.id, "it lives");
    assert!(bed.nothing_for("v").await);
    bed.complete(&held).await;
    assert_eq!(bed.claim("v").await.task.id, made[1]);
}

pub(super) async fn a_unique_key_comes_once_in_a_call(bed: &mut Bed) {
    let twice = vec![unique("k", OnDuplicate::Return), unique("k", OnDuplicate::Return)];
    let answer = bed.submit(Create { tasks: twice }).await;
    assert!(matches!(answer, Err(Refusal::Invalid { .. })), "{answer:?}");
    assert!(bed.log().await.is_empty());
}

pub(super) async fn racing_makers_of_a_unique_key_make_one(bed: &mut Bed) {
    let mut makers = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let committer = bed.committer().clone();
        let create = Create { tasks: vec![unique("k", OnDuplicate::Return)] };
        makers.spawn(async move { committer.submit(meta(), create).await.unwrap()[0].id });
    }
    let mut ids = makers.join_all().await;
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(bed.stats().await.total(), 1);
}

pub(super) async fn a_task_waits_for_its_time(bed: &mut Bed) {
    let at = bed.make(NewTask { run_at: Some(EPOCH.plus(5_000)), ..task() }).await;
    let in_a_while = bed.make(NewTask { delay_ms: Some(5_000), ..task() }).await;
    let past = bed.make(NewTask { run_at: Some(Millis(1)), ..task() }).await;
    assert_eq!(bed.row(in_a_while).await.run_at, Some(EPOCH.plus(5_000)));
    assert_eq!(bed.row(past).await.run_at, None, "a time that has passed is no time to wait for");
    assert_eq!((bed.stats().await.scheduled, bed.stats().await.ready), (2, 1));
    assert_eq!(bed.claim_ids(claim("w", 9)).await, [past]);
    bed.clock.advance(4_999);
    assert!(bed.nothing_for("w").await, "a millisecond early");
    bed.clock.advance(1);
    assert_eq!(bed.claim_ids(claim("w", 9)).await, [at, in_a_while], "no sweep is needed");
    assert_eq!(bed.kinds(at).await, ["task.created", "task.claimed"], "being due is no change");
}

pub(super) async fn time_and_dependencies_both_hold_a_task_back(bed: &mut Bed) {
    let first = bed.held(task(), "w").await;
    let [soon, late] =
        [1_000, 9_000].map(|ms| NewTask { delay_ms: Some(ms), ..after(&[first.task.id]) });
    let ids = bed.make_all(vec![soon, late]).await;
    bed.clock.advance(2_000);
    assert!(bed.nothing_for("w").await, "its time has come, but not what it depends on");
    bed.complete(&first).await;
    assert_eq!(bed.claim_ids(claim("w", 9)).await, [ids[0]], "the other waits for its time");
    bed.clock.advance(7_000);
    assert_eq!(bed.claim_ids(claim("w", 9)).await, [ids[1]]);
}

pub(super) async fn ids_grow_with_time(bed: &mut Bed) {
    let mut last = TaskId(0);
    for n in 0..5 {
        let now = bed.now();
        for id in bed.make_all(vec![task(); 3]).await {
            assert!(id > last, "{id} after {last}");
            assert_eq!(id.millis(), now.0, "the time of an id");
            last = id;
        }
        // The clock stands still once.
        bed.clock.advance(n % 2 * 10);
    }
}

pub(super) async fn a_thousand_tasks_in_one_call(bed: &mut Bed) {
    let project: Arc<str> = "big".into();
    let tasks: Vec<NewTask> = (0..1_000)
        .map(|n: usize| NewTask {
            text: format!("task {n}"),
            project: Some(project.clone()),
            // A chain of tens: the first of each is ready.
            depends_on: (!n.is_multiple_of(10))
                .then(|| Dependency::Place(n - 1))
                .into_iter()
                .collect(),
            ..task()
        })
        .collect();
    let ids = bed.make_all(tasks).await;
    assert!(ids.is_sorted());
    let stats =
        bed.store().stats(TenantId::DEFAULT, Some("big".into()), Freshness::Latest).await.unwrap();
    assert_eq!((stats.ready, stats.blocked), (100, 900));
    let heads: Vec<TaskId> = ids.iter().copied().step_by(10).collect();
    assert_eq!(bed.claim_ids(claim("w", 1_000)).await, heads);
}

pub(super) async fn so_many_tasks_wait_for_one_and_not_more(bed: &mut Bed) {
    bed.fresh(Setup { max_dependents: 3, ..Setup::default() }).await;
    let on = bed.make(task()).await;
    let waiting = |count: usize| {
        let waits = NewTask { depends_on: vec![Dependency::Task(on)], ..task() };
        Create { tasks: vec![waits; count] }
    };
    let is_limit = |answer: &Result<_, Refusal>| matches!(answer, Err(Refusal::Limit { .. }));
    let answer = bed.submit(waiting(4)).await;
    assert!(is_limit(&answer), "as one call: {answer:?}");
    // Those that have ended leave room.
    let mut ended = Vec::new();
    for round in 0..5 {
        let made = bed.ok(waiting(3)).await;
        let answer = bed.submit(waiting(1)).await;
        assert!(is_limit(&answer), "one more, in round {round}: {answer:?}");
        for task in made {
            bed.ok(given::cancel(task.id)).await;
            ended.push(task.id);
        }
    }
    // Put back, they wait again, and the end of the one is the end of it for all: so that is bounded, too.
    let answer = bed.submit(waiting(1)).await;
    assert!(is_limit(&answer), "as many have waited as may: {answer:?}");
    for id in &ended {
        bed.ok(given::retry(*id)).await;
    }
    assert_eq!(bed.stats().await.blocked, 15);
    let held = bed.claim("w").await;
    assert_eq!(held.task.id, on);
    bed.complete(&held).await;
    assert_eq!(bed.stats().await.ready, 15);
}

pub(super) async fn what_tasks_depend_on_is_told_edge_by_edge(bed: &mut Bed) {
    let at = async |bed: &Bed, ids: &[TaskId], end, limit| {
        let query = EdgeQuery { tenant: TenantId::DEFAULT, ids: ids.to_vec(), end, limit };
        bed.store().edges(query, Freshness::Latest).await.unwrap()
    };
    let edges =
        async |bed: &Bed, ids: &[TaskId], limit| at(bed, ids, EdgeEnd::Dependent, limit).await;
    let waiting =
        async |bed: &Bed, ids: &[TaskId], limit| at(bed, ids, EdgeEnd::Dependency, limit).await;
    let first = bed.make(task()).await;
    let second = bed.make(task()).await;
    let both = bed.make(after(&[second, first])).await;
    let last = bed.make(after(&[both])).await;
    let edge = |task, on, done| Edge { task, on, done };
    let asked = [last, first, TaskId(5), both];
    let expected = [edge(last, both, false), edge(both, first, false), edge(both, second, false)];
    assert_eq!(edges(bed, &asked, 9).await, (expected.to_vec(), false));
    assert_eq!(edges(bed, &asked, 3).await, (expected.to_vec(), false));
    assert_eq!(edges(bed, &asked, 2).await, (expected[..2].to_vec(), true));
    assert_eq!(edges(bed, &[], 9).await, (vec![], false));
    let other = bed.make(after(&[second])).await;
    let expected =
        [edge(both, second, false), edge(other, second, false), edge(both, first, false)];
    assert_eq!(waiting(bed, &[second, TaskId(5), first], 9).await, (expected.to_vec(), false));
    assert_eq!(waiting(bed, &[second, first], 3).await, (expected.to_vec(), false));
    assert_eq!(waiting(bed, &[second, first], 2).await, (expected[..2].to_vec(), true));
    let held = bed.claim("w").await;
    assert_eq!(held.task.id, first);
    bed.complete(&held).await;
    assert_eq!(
        waiting(bed, &[first, last], 9).await,
        (vec![], false),
        "nothing waits for what is done"
    );
    let met = vec![edge(both, first, true), edge(both, second, false)];
    assert_eq!(edges(bed, &[both], 9).await, (met, false));
    bed.ok(DeleteTask { task: last }).await;
    assert_eq!(edges(bed, &[last], 9).await, (vec![], false), "it is gone");
}
