//! Claims that wait for work are served by the transaction that makes it ready.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use claudebench_core::lane::{PauseScope, Wanted};
use claudebench_core::{Status, TaskId, TenantId};
use claudebench_store::{
    Batch, ClaimTasks, Claimed, Create, Gained, Handed, Item, NewTask, Outcomes, Parked, Pause,
    Refusal, Reports, Resume, Sweep, Ticket, Write,
};

use super::bed::Bed;
use super::given::{
    add_key, after, cancel, claim, claim_as, completed, meta, names, register, released, report,
    task, wanted,
};

/// Claims that wait, in the order in which they came.
#[derive(Debug, Default)]
struct Waiting {
    claims: Mutex<VecDeque<(Ticket, ClaimTasks)>>,
    /// Tickets that the store gave back because their transaction was undone.
    given_back: Mutex<Vec<Ticket>>,
}

impl Parked for Waiting {
    fn take(&self, gained: &Gained) -> Option<(Ticket, Item<ClaimTasks>)> {
        let mut claims = self.claims.lock().unwrap();
        let open = |claim: &ClaimTasks| gained.lane.open_to(&claim.wanted, &gained.pauses).is_ok();
        let place = claims.iter().position(|(_, claim)| open(claim))?;
        let (ticket, body) = claims.remove(place)?;
        Some((ticket, Item { meta: meta(), body }))
    }

    fn settle(&self, ticket: Ticket, answer: Handed) {
        assert_eq!(answer, None, "what was got is told with the outcomes");
        self.given_back.lock().unwrap().push(ticket);
    }

    fn abandon(&self, _: TenantId, claimed: Claimed) {
        panic!("nobody has gone: {claimed:?}");
    }
}

/// A batch under which these claims wait; their tickets are their places.
fn under(claims: Vec<ClaimTasks>) -> (Batch, Arc<Waiting>) {
    let claims = (0..).zip(claims).collect();
    let waiting = Arc::new(Waiting { claims: Mutex::new(claims), ..Waiting::default() });
    (Batch { parked: Some(waiting.clone()), ..Batch::default() }, waiting)
}

fn put<W: Write>(batch: &mut Batch, write: W) -> usize {
    write.put(meta(), batch)
}

/// Which tasks each ticket got, in the order of the tickets; nothing for one that waits on.
fn handed(outcomes: &Outcomes) -> Vec<(Ticket, Vec<TaskId>)> {
    let mut handed: Vec<(Ticket, Vec<TaskId>)> = outcomes
        .handed
        .iter()
        .map(|(ticket, answer)| {
            let tasks = answer.iter().flat_map(|answer| &answer.as_ref().unwrap().tasks);
            (*ticket, tasks.map(|claimed| claimed.task.id).collect())
        })
        .collect();
    handed.sort_unstable();
    handed
}

/// How many ready tasks nobody got.
async fn told(bed: &Bed) -> usize {
    bed.told_ready().iter().map(|(_, count)| count).sum()
}

pub(super) async fn who_waits_gets_what_the_transaction_makes(bed: &mut Bed) {
    let (mut batch, _) = under(vec![claim("w", 1)]);
    let created = put(&mut batch, Create { tasks: vec![task(), task()] });
    let mut outcomes = bed.commit(batch).await.unwrap();
    let made = Create::take(&mut outcomes, created).unwrap().unwrap();
    assert_eq!(handed(&outcomes), [(0, vec![made[0].id])]);
    let (_, answer) = outcomes.handed.remove(0);
    let held = answer.unwrap().unwrap().tasks.remove(0);
    let found = bed.task(made[0].id).await;
    assert_eq!((Some(&held.lease), &held.task), (found.lease.as_ref(), &found.task));
    assert_eq!(told(bed).await, 1, "the other waits for somebody");
    assert_eq!(bed.kinds(made[0].id).await, ["task.created", "task.claimed"]);
    bed.complete(&held).await;
}

pub(super) async fn however_a_task_becomes_ready(bed: &mut Bed) {
    let [on, given_back] = [bed.held(task(), "v").await, bed.held(task(), "v").await];
    let next = bed.make(after(&[on.task.id])).await;
    let later = bed.make(NewTask { delay_ms: Some(1_000), ..task() }).await;
    let (mut batch, _) = under(vec![claim("w", 9)]);
    put(&mut batch, Reports { items: vec![report(&on, completed())] });
    assert_eq!(handed(&bed.commit(batch).await.unwrap()), [(0, vec![next])], "unblocked");
    let (mut batch, _) = under(vec![claim("w", 9)]);
    put(&mut batch, Reports { items: vec![report(&given_back, released())] });
    let got = handed(&bed.commit(batch).await.unwrap());
    assert_eq!(got, [(0, vec![given_back.task.id])], "given back");
    bed.clock.advance(1_000);
    let (mut batch, _) = under(vec![claim("w", 9)]);
    put(&mut batch, Sweep);
    assert_eq!(handed(&bed.commit(batch).await.unwrap()), [(0, vec![later])], "its time came");
}

pub(super) async fn who_waited_longer_comes_first_and_before_who_comes_now(bed: &mut Bed) {
    let (mut batch, waiting) = under(["a", "b", "c"].map(|worker| claim(worker, 1)).to_vec());
    let now = put(&mut batch, claim("d", 9));
    let created = put(&mut batch, Create { tasks: vec![task(), task()] });
    let mut outcomes = bed.commit(batch).await.unwrap();
    let made = Create::take(&mut outcomes, created).unwrap().unwrap();
    assert_eq!(handed(&outcomes), [(0, vec![made[0].id]), (1, vec![made[1].id])]);
    assert!(ClaimTasks::take(&mut outcomes, now).unwrap().unwrap().tasks.is_empty());
    assert_eq!(waiting.claims.lock().unwrap().len(), 1, "the third waits on, unasked");
    assert_eq!(told(bed).await, 0);
}

pub(super) async fn who_may_not_take_waits_on(bed: &mut Bed) {
    bed.ok(Pause { scope: PauseScope::Tag("x".into()), reason: None, until: None }).await;
    let (mut batch, waiting) = under(vec![claim("w", 1), claim_as("v", &["r"], 1)]);
    let role = NewTask { roles: names(&["r"]), ..task() };
    let paused = NewTask { tags: names(&["x"]), ..task() };
    let created = put(&mut batch, Create { tasks: vec![paused, role] });
    let mut outcomes = bed.commit(batch).await.unwrap();
    let made = Create::take(&mut outcomes, created).unwrap().unwrap();
    assert_eq!(handed(&outcomes), [(1, vec![made[1].id])], "in its role");
    assert_eq!(waiting.claims.lock().unwrap().len(), 1);
    assert_eq!(bed.status(made[0].id).await, Status::Pending, "paused, and nobody's");
    bed.ok(Resume { scope: PauseScope::Tag("x".into()) }).await;
    assert!(bed.told_to_look_again());
}

pub(super) async fn a_paused_worker_waits_on(bed: &mut Bed) {
    let worker = PauseScope::Worker("w".into());
    bed.ok(Pause { scope: worker.clone(), reason: None, until: None }).await;
    let (mut batch, waiting) = under(vec![claim("w", 1), claim("v", 1)]);
    let created = put(&mut batch, Create { tasks: vec![task()] });
    let mut outcomes = bed.commit(batch).await.unwrap();
    let made = Create::take(&mut outcomes, created).unwrap().unwrap();
    assert_eq!(handed(&outcomes), [(1, vec![made[0].id])], "it came later");
    assert_eq!(waiting.claims.lock().unwrap().len(), 1);
    bed.ok(Resume { scope: worker }).await;
    let (mut batch, _) = under(vec![claim("w", 1)]);
    put(&mut batch, Create { tasks: vec![task()] });
    assert_eq!(handed(&bed.commit(batch).await.unwrap()).len(), 1);
}

pub(super) async fn no_task_is_left_over_while_somebody_waits_for_it(bed: &mut Bed) {
    for n in 0..12 {
        let project = format!("p-{n}");
        let narrow = Wanted { project: Some(project.as_str().into()), ..wanted("narrow") };
        let narrow = ClaimTasks { wanted: narrow, task: None, max: 1, lease_ms: None };
        let (mut batch, waiting) = under(vec![claim("anything", 1), narrow]);
        let theirs = NewTask { priority: 10, project: Some(project.into()), ..task() };
        let better = NewTask { priority: 90, ..task() };
        let created = put(&mut batch, Create { tasks: vec![theirs, better] });
        let mut outcomes = bed.commit(batch).await.unwrap();
        let made = Create::take(&mut outcomes, created).unwrap().unwrap();
        let expected = [(0, vec![made[1].id]), (1, vec![made[0].id])];
        assert_eq!(handed(&outcomes), expected, "the best one, and the one that is left");
        assert_eq!(waiting.claims.lock().unwrap().len(), 0);
        assert_eq!(told(bed).await, 0);
    }
}

pub(super) async fn the_best_task_finds_its_worker_first(bed: &mut Bed) {
    let priorities = [30, 80, 10, 60, 90, 20, 70, 40];
    let project = |priority: i64| Some(format!("p-{priority}").as_str().into());
    let tasks = || priorities.map(|p| NewTask { priority: p, project: project(p), ..task() });
    let narrow = priorities.map(|p| {
        let wanted = Wanted { project: project(p), ..wanted("w") };
        ClaimTasks { wanted, task: None, max: 1, lease_ms: None }
    });
    let (mut batch, _) = under(narrow.to_vec());
    put(&mut batch, Create { tasks: tasks().to_vec() });
    let outcomes = bed.commit(batch).await.unwrap();
    let got = outcomes.handed.iter().flat_map(|(_, answer)| answer);
    let got: Vec<i64> = got.map(|got| got.as_ref().unwrap().tasks[0].task.priority).collect();
    assert_eq!(got, [90, 80, 70, 60, 40, 30, 20, 10]);
    bed.make_all(tasks().to_vec()).await;
    let told = bed.told_ready();
    let told: Vec<&str> = told.iter().filter_map(|(lane, _)| lane.project.as_deref()).collect();
    let expected = ["p-90", "p-80", "p-70", "p-60", "p-40", "p-30", "p-20", "p-10"];
    assert_eq!(told, expected, "what nobody got is told in this order, too");
}

pub(super) async fn a_task_that_is_gone_again_is_handed_to_nobody(bed: &mut Bed) {
    let held = bed.held(task(), "v").await;
    let (mut batch, waiting) = under(vec![claim("w", 1)]);
    put(&mut batch, Reports { items: vec![report(&held, released())] });
    put(&mut batch, cancel(held.task.id));
    let outcomes = bed.commit(batch).await.unwrap();
    let got = handed(&outcomes);
    assert!(got.iter().all(|(_, tasks)| tasks.is_empty()), "{got:?}");
    assert_eq!(got.len() + waiting.claims.lock().unwrap().len(), 1, "it waits on, or is told so");
    assert_eq!(bed.status(held.task.id).await, Status::Cancelled);
}

pub(super) async fn a_batch_that_meets_an_error_loses_nobody_who_waits(bed: &mut Bed) {
    bed.ok(add_key("twice", "default")).await;
    let (mut batch, waiting) = under(["a", "b", "c"].map(|worker| claim(worker, 1)).to_vec());
    let created = put(&mut batch, Create { tasks: vec![task(), task()] });
    let bad = put(&mut batch, add_key("twice", "default"));
    put(&mut batch, register("w"));
    let mut outcomes = bed.commit(batch).await.unwrap();
    let refused = claudebench_store::AddKey::take(&mut outcomes, bad).unwrap();
    assert!(matches!(refused, Err(Refusal::Fault(_))), "{refused:?}");
    let made = Create::take(&mut outcomes, created).unwrap().unwrap();
    let mut tickets: Vec<Ticket> = handed(&outcomes).iter().map(|(ticket, _)| *ticket).collect();
    tickets.extend(waiting.given_back.lock().unwrap().iter());
    tickets.extend(waiting.claims.lock().unwrap().iter().map(|(ticket, _)| *ticket));
    tickets.sort_unstable();
    assert_eq!(tickets, [0, 1, 2], "each is served, given back or still waits, once");
    let got: Vec<TaskId> = handed(&outcomes).into_iter().flat_map(|(_, tasks)| tasks).collect();
    let left = told(bed).await;
    assert_eq!(got.len() + left, made.len(), "what nobody got is told");
    for made in made {
        let held = bed.status(made.id).await == Status::InProgress;
        assert_eq!(held, got.contains(&made.id));
    }
}
