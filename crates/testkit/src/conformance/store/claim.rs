//! Ready tasks are claimed: the best first, each by one worker, none by whom it is not for.

use std::collections::HashSet;

use claudebench_core::lane::PauseScope;
use claudebench_core::rank::Aging;
use claudebench_core::{Status, TaskId};
use claudebench_store::{
    Batch, Beat, ClaimTasks, NewTask, PAGE_BYTES, Pause, Refusal, Reports, Update, Write,
};

use super::Setup;
use super::bed::Bed;
use super::given::{
    self, after, assign, claim, claim_as, completed, meta, names, payload, register, report, task,
    wanted,
};

pub(super) async fn priority_comes_first_then_age(bed: &mut Bed) {
    let mut made = Vec::new();
    for priority in [50, 0, 100, 50, 100] {
        made.push(bed.make(NewTask { priority, ..task() }).await);
        bed.clock.advance(10);
    }
    let order = bed.claim_ids(claim("w", 5)).await;
    assert_eq!(order, [made[2], made[4], made[0], made[3], made[1]]);
}

pub(super) async fn with_aging_age_makes_up_for_priority(bed: &mut Bed) {
    bed.fresh(Setup { aging: Aging { step_ms: 100 }, ..Setup::default() }).await;
    let old = bed.make(NewTask { priority: 10, ..task() }).await;
    bed.clock.advance(1_000);
    // Ten levels are worth a second: this is as old as its priority makes up for, less a bit.
    let urgent = bed.make(NewTask { priority: 21, ..task() }).await;
    let late = bed.make(NewTask { priority: 19, ..task() }).await;
    assert_eq!(bed.claim_ids(claim("w", 3)).await, [urgent, old, late]);
}

pub(super) async fn a_task_that_was_tried_keeps_its_place(bed: &mut Bed) {
    let first = bed.held(task(), "w").await;
    bed.clock.advance(1_000);
    let second = bed.make(task()).await;
    bed.clock.advance(1_000);
    bed.end_attempt(&first, given::released()).await;
    assert_eq!(bed.claim_ids(claim("w", 2)).await, [first.task.id, second]);
}

pub(super) async fn a_claim_takes_no_more_than_it_asks_for(bed: &mut Bed) {
    let ids = bed.make_all(vec![task(); 5]).await;
    assert_eq!(bed.claim_ids(claim("w", 2)).await, ids[..2]);
    assert!(bed.claim_ids(claim("w", 0)).await.is_empty());
    assert_eq!(bed.claim_ids(claim("w", 100)).await, ids[2..]);
    assert!(bed.claim_ids(claim("w", 100)).await.is_empty());
}

pub(super) async fn a_claim_takes_no_more_than_an_answer_has_room_for(bed: &mut Bed) {
    let long = format!(r#"{{"x":"{}"}}"#, "x".repeat(PAGE_BYTES / 4));
    let large = || NewTask { metadata: Some(long.clone()), ..task() };
    let made = bed.make_all((0..6).map(|_| large()).collect()).await;
    assert_eq!(bed.claim_ids(claim("w", 9)).await, made[..4], "as many as fit");
    let left = bed.row(made[4]).await;
    assert_eq!((left.status, left.attempt), (Status::Pending, 0), "what does not fit is ready");
    assert_eq!(bed.claim_ids(claim("v", 9)).await, made[4..]);
    let huge = format!(r#"{{"x":"{}"}}"#, "x".repeat(PAGE_BYTES));
    let alone = bed.make(NewTask { metadata: Some(huge), ..task() }).await;
    assert_eq!(bed.claim_ids(claim("u", 9)).await, [alone], "one always does");
}

pub(super) async fn a_claim_answers_what_the_store_then_shows(bed: &mut Bed) {
    let id = bed.make(NewTask { deadline_ms: Some(90_000), ..task() }).await;
    bed.clock.advance(250);
    let held = bed.claim("w").await;
    let found = bed.task(id).await;
    assert_eq!((&held.task, Some(&held.lease)), (&found.task, found.lease.as_ref()));
    let (row, lease, now) = (&held.task, &held.lease, bed.now());
    assert_eq!((row.status, row.assigned_to.as_deref()), (Status::InProgress, Some("w")));
    assert_eq!((row.started_at, row.assigned_at, row.updated_at), (Some(now), Some(now), now));
    assert_eq!((lease.fence, lease.attempt, &*lease.worker), (1, 1, "w"));
    assert_eq!(lease.expires_at, now.plus(bed.setup.lease_ms));
    assert_eq!(lease.deadline_at, Some(now.plus(90_000)));
    let claimed = payload(&bed.history(id).await[1]);
    assert_eq!((&claimed["workerId"], &claimed["fence"]), (&"w".into(), &1.into()));
    assert_eq!(claimed["expiresAt"], lease.expires_at.to_string());
}

/// A claim of one task, by name.
fn by_name(worker: &str, id: TaskId) -> ClaimTasks {
    ClaimTasks { task: Some(id), ..claim(worker, 1) }
}

pub(super) async fn a_claim_may_name_its_task(bed: &mut Bed) {
    let ids = bed.make_all(vec![NewTask { priority: 99, ..task() }, task(), task()]).await;
    assert_eq!(bed.claim_ids(by_name("w", ids[1])).await, [ids[1]], "whatever the order");
    assert_eq!(bed.claim_ids(claim("w", 9)).await, [ids[0], ids[2]], "the order of the rest holds");
    let lease = bed.task(ids[1]).await.lease.unwrap();
    assert_eq!((&*lease.worker, lease.fence), ("w", 1));
}

pub(super) async fn a_named_task_that_cannot_be_claimed_is_refused(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let held = bed.held(task(), "v").await;
    let done = bed.held(task(), "v").await;
    bed.complete(&done).await;
    let parked = bed.make(task()).await;
    bed.ok(assign(parked, "w")).await;
    let (holder, status) = (|name: &str| name.to_owned(), Status::Completed);
    for (id, refused) in [
        (TaskId(7), Refusal::NoTask(TaskId(7))),
        (done.task.id, Refusal::Finished { task: done.task.id, status }),
        (held.task.id, Refusal::AlreadyAssigned { task: held.task.id, holder: holder("v") }),
        (parked, Refusal::AlreadyAssigned { task: parked, holder: holder("w") }),
    ] {
        assert_eq!(bed.submit(by_name("x", id)).await, Err(refused));
    }
    let blocked = bed.make(after(&[held.task.id])).await;
    let later = bed.make(NewTask { delay_ms: Some(9_000), ..task() }).await;
    let role = bed.make(NewTask { roles: names(&["r"]), ..task() }).await;
    let paused = bed.make(NewTask { tags: names(&["t"]), ..task() }).await;
    bed.ok(Pause { scope: PauseScope::Tag("t".into()), reason: None, until: None }).await;
    for id in [blocked, later, role, paused] {
        let before = bed.task(id).await;
        let answer = bed.submit(by_name("x", id)).await;
        assert!(matches!(answer, Err(Refusal::WrongState { .. })), "{answer:?}");
        assert_eq!(bed.task(id).await, before);
    }
    assert_eq!(bed.claim_ids(by_name("w", parked)).await, [parked], "by whom it is parked on");
    let in_role = ClaimTasks { task: Some(role), ..claim_as("x", &["r"], 1) };
    assert_eq!(bed.claim_ids(in_role).await, [role]);
}

pub(super) async fn a_named_task_that_is_nobodys_is_refused_without_a_holder(bed: &mut Bed) {
    let id = bed.make(task()).await;
    let status = Some(Status::InProgress);
    bed.ok(Update { id: Some(id), status, ..Update::default() }).await;
    let answer = bed.submit(by_name("w", id)).await;
    let Err(Refusal::WrongState { hint, .. }) = answer else { panic!("{answer:?}") };
    assert!(hint.contains("nobody's"), "{hint}");
    bed.ok(Update { id: Some(id), status: Some(Status::Completed), ..Update::default() }).await;
}

pub(super) async fn whatever_happened_before_a_claim_answers_the_task_as_it_is(bed: &mut Bed) {
    let on = bed.held(task(), "w").await;
    let waited = NewTask { delay_ms: Some(1_000), ..after(&[on.task.id]) };
    bed.make_all(vec![waited, NewTask { delay_ms: Some(1_000), ..task() }]).await;
    let failing = bed.held(task(), "w").await;
    bed.ok(Beat { note: Some("half".into()), progress: Some(0.5), ..given::beat(&failing) }).await;
    bed.end_attempt(&failing, given::failed()).await;
    let parked = bed.make(NewTask { metadata: Some("{}".into()), ..task() }).await;
    bed.ok(register("w")).await;
    bed.ok(assign(parked, "w")).await;
    bed.clock.advance(2_000);
    bed.complete(&on).await;
    let claimed = bed.ok(claim("w", 9)).await.tasks;
    assert_eq!(claimed.len(), 4);
    for held in claimed {
        let found = bed.task(held.task.id).await;
        assert_eq!((held.task, Some(held.lease)), (found.task, found.lease));
    }
}

pub(super) async fn a_lease_is_as_long_as_asked(bed: &mut Bed) {
    bed.make_all(vec![task(), NewTask { lease_ms: Some(5_000), ..task() }]).await;
    bed.make_all(vec![NewTask { lease_ms: Some(5_000), ..task() }]).await;
    let mut lengths = Vec::new();
    for lease_ms in [None, None, Some(7_000)] {
        let claimed = bed.ok(ClaimTasks { lease_ms, ..claim("w", 1) }).await.tasks;
        lengths.push(claimed[0].lease.expires_at.since(bed.now()));
    }
    assert_eq!(lengths, [bed.setup.lease_ms, 5_000, 7_000], "default, the task's, the claim's");
}

pub(super) async fn roles_decide_who_may_claim(bed: &mut Bed) {
    let both = bed.make(NewTask { roles: names(&["back", "front"]), ..task() }).await;
    assert!(bed.nothing_for("w").await, "a worker without roles");
    assert!(bed.claim_ids(claim_as("w", &["docs"], 9)).await.is_empty(), "in another role");
    let anybody = bed.make(task()).await;
    assert_eq!(bed.claim_ids(claim_as("w", &["docs"], 9)).await, [anybody]);
    assert_eq!(bed.claim_ids(claim_as("w", &["docs", "front"], 9)).await, [both], "one will do");
}

pub(super) async fn project_and_tags_narrow_a_claim(bed: &mut Bed) {
    let tagged = NewTask { project: Some("a".into()), tags: names(&["x", "y"]), ..task() };
    let plain = NewTask { project: Some("b".into()), ..task() };
    let ids = bed.make_all(vec![tagged, plain, task()]).await;
    let narrow = |project: Option<&str>, tags: &[&str]| {
        let project = project.map(Into::into);
        let wanted = claudebench_core::lane::Wanted { project, tags: names(tags), ..wanted("w") };
        ClaimTasks { wanted, task: None, max: 9, lease_ms: None }
    };
    for (project, tags) in [(Some("c"), &[][..]), (None, &["x", "z"]), (Some("b"), &["x"])] {
        assert!(bed.claim_ids(narrow(project, tags)).await.is_empty(), "{project:?} {tags:?}");
    }
    assert_eq!(bed.claim_ids(narrow(None, &["y"])).await, [ids[0]]);
    assert_eq!(bed.claim_ids(narrow(Some("b"), &[])).await, [ids[1]]);
    assert_eq!(bed.claim_ids(narrow(None, &[])).await, [ids[2]]);
}

pub(super) async fn the_best_over_all_kinds_of_tasks_come_in_order(bed: &mut Bed) {
    let projects = [None, Some("a"), Some("b")];
    let mut made: Vec<(i64, TaskId)> = Vec::new();
    for n in 0..120_usize {
        let new = NewTask {
            priority: i64::try_from(n / 7 % 3).unwrap(),
            project: projects[n % 3].map(Into::into),
            tags: if n % 4 == 0 { names(&["x"]) } else { vec![] },
            roles: if n % 5 == 0 { names(&["r"]) } else { vec![] },
            ..task()
        };
        made.push((-new.priority, bed.make(new).await));
        // Several of each priority share their time, in different lanes: then the ids decide.
        bed.clock.advance(i64::from(n % 20 == 0));
    }
    made.sort_unstable();
    let expected: Vec<TaskId> = made.into_iter().map(|(_, id)| id).collect();
    let mut got = Vec::new();
    for max in [1, 2, 3, 50, 1, 13, 100] {
        got.extend(bed.claim_ids(claim_as("w", &["r"], max)).await);
    }
    assert_eq!(got, expected);
}

pub(super) async fn tasks_parked_on_one_worker_starve_nobody(bed: &mut Bed) {
    bed.ok(register("busy")).await;
    let parked = bed.make_all(vec![NewTask { priority: 100, ..task() }; 100]).await;
    for id in &parked {
        bed.ok(assign(*id, "busy")).await;
    }
    let free = bed.make_all(vec![task(); 3]).await;
    assert_eq!(bed.claim_ids(claim("idle", 9)).await, free);
    let both = bed.make(NewTask { priority: 0, ..task() }).await;
    let got = bed.claim_ids(claim("busy", 101)).await;
    assert_eq!(got[..100], parked, "what is parked on it, best first");
    assert_eq!(got[100..], [both], "and what is for everybody");
}

pub(super) async fn a_parked_task_needs_no_role(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let id = bed.make(NewTask { roles: names(&["back"]), ..task() }).await;
    bed.ok(assign(id, "w")).await;
    assert!(bed.claim_ids(claim_as("v", &["back"], 9)).await.is_empty(), "it is w's");
    assert_eq!(bed.claim("w").await.task.id, id);
}

pub(super) async fn racing_workers_share_all_and_nothing_twice(bed: &mut Bed) {
    for _ in 0..4 {
        bed.make_all(vec![task(); 80]).await;
    }
    let mut workers = tokio::task::JoinSet::new();
    for n in 0..32 {
        let committer = bed.committer().clone();
        let one = claim(&format!("w-{n}"), 1 + n % 3);
        workers.spawn(async move {
            let mut got = Vec::new();
            loop {
                let claimed = committer.submit(meta(), one.clone()).await.unwrap().tasks;
                if claimed.is_empty() {
                    return got;
                }
                got.extend(claimed.into_iter().map(|claimed| claimed.task.id));
            }
        });
    }
    let shares = workers.join_all().await;
    let all: Vec<TaskId> = shares.into_iter().flatten().collect();
    let different: HashSet<TaskId> = all.iter().copied().collect();
    assert_eq!((all.len(), different.len()), (320, 320), "each task went to one worker");
    assert_eq!(bed.stats().await.of(Status::InProgress), 320);
}

pub(super) async fn what_a_report_frees_can_be_claimed_at_once(bed: &mut Bed) {
    let done = bed.held(task(), "w").await;
    let given_back = bed.held(task(), "w").await;
    let next = bed.make(after(&[done.task.id])).await;
    let mut batch = Batch::default();
    let claims = claim("v", 9).put(meta(), &mut batch);
    let items = vec![report(&done, completed()), report(&given_back, given::released())];
    Reports { items }.put(meta(), &mut batch);
    let mut outcomes = bed.commit(batch).await.unwrap();
    let claimed = ClaimTasks::take(&mut outcomes, claims).unwrap().unwrap();
    let ids: Vec<TaskId> = claimed.tasks.iter().map(|claimed| claimed.task.id).collect();
    assert_eq!(ids, [given_back.task.id, next], "both, in the same transaction");
}

pub(super) async fn a_commit_tells_what_became_ready(bed: &mut Bed) {
    let site = NewTask { project: Some("site".into()), ..task() };
    let later = NewTask { delay_ms: Some(1_000), ..site.clone() };
    bed.make_all(vec![site.clone(), site, later, NewTask { roles: names(&["r"]), ..task() }]).await;
    let mut told: Vec<(Option<String>, usize, usize)> = told(bed);
    told.sort();
    assert_eq!(told, [(None, 1, 1), (Some("site".into()), 0, 2)]);
    let held = bed.claim("w").await;
    assert_eq!(told_count(bed), 0, "a claim makes nothing ready");
    bed.end_attempt(&held, given::released()).await;
    assert_eq!(told_count(bed), 1, "a task that was given back");
    bed.pass(1_000).await;
    assert_eq!(told_count(bed), 1, "a task whose time came");
}

/// The project, the number of roles and of tasks of each lane that was told of.
fn told(bed: &Bed) -> Vec<(Option<String>, usize, usize)> {
    bed.told_ready()
        .into_iter()
        .map(|(lane, count)| (lane.project.as_deref().map(Into::into), lane.roles.len(), count))
        .collect()
}

fn told_count(bed: &Bed) -> usize {
    told(bed).iter().map(|(_, _, count)| count).sum()
}
