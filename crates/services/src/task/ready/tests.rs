//! Every order of events that matters, step by step, and random ones against a model.

use std::collections::HashMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use claudebench_core::TaskId;
use claudebench_core::lane::{Lane, PauseScope, Wanted};
use claudebench_store::{IdempotencyKey, Meta};

use super::*;

fn names(names: &[&str]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(*name)).collect()
}

fn wanted(worker: &str, roles: &[&str], project: Option<&str>) -> Wanted {
    Wanted {
        tenant: TenantId::DEFAULT,
        worker: worker.into(),
        roles: names(roles),
        project: project.map(Arc::from),
        tags: Vec::new(),
    }
}

fn lane(assignee: Option<&str>, roles: &[&str], project: Option<&str>) -> Arc<Lane> {
    Arc::new(Lane {
        tenant: TenantId::DEFAULT,
        assignee: assignee.map(Arc::from),
        project: project.map(Arc::from),
        roles: names(roles),
        tags: Vec::new(),
    })
}

fn open() -> Arc<Lane> {
    lane(None, &[], None)
}

fn claim(wanted: Wanted) -> Item<ClaimTasks> {
    let meta = Meta {
        tenant: wanted.tenant,
        actor: "t".into(),
        traceparent: None,
        session: None,
        key: None,
    };
    Item { meta, body: ClaimTasks { wanted, task: None, max: 1, lease_ms: None } }
}

fn gained(lane: Arc<Lane>, count: usize) -> Gained {
    Gained { lane, count, pauses: Arc::new([]) }
}

fn ready() -> Arc<Ready> {
    Arc::new(Ready::new(400))
}

fn waiter(ready: &Arc<Ready>, roles: &[&str]) -> Waiter {
    ready.wait_for(claim(wanted("w", roles, None))).unwrap()
}

/// A waiter's wait, looked at only when the test says so.
type Wait<'a> = Pin<Box<dyn Future<Output = News> + 'a>>;

/// The waiter's look found nothing.
fn park(waiter: &Waiter) -> Wait<'_> {
    let mut wait: Wait<'_> = Box::pin(waiter.again());
    assert!(!woken(&mut wait), "there is nothing to look for");
    wait
}

fn woken(wait: &mut Wait<'_>) -> bool {
    wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

fn who(waits: &mut [Wait<'_>]) -> Vec<usize> {
    (0..waits.len()).filter(|place| woken(&mut waits[*place])).collect()
}

#[test]
fn as_many_wake_as_there_are_tasks_first_come_first_served() {
    let ready = ready();
    // Two groups, arriving in turns.
    let waiters: Vec<Waiter> =
        (0..5).map(|n| waiter(&ready, if n % 2 == 0 { &["a"] } else { &["b"] })).collect();
    let mut waits: Vec<Wait<'_>> = waiters.iter().map(park).collect();
    ready.notify(&[gained(open(), 2)], false);
    assert_eq!(who(&mut waits[..]), [0, 1]);
    let mut rest: Vec<Wait<'_>> = waits.drain(2..).collect();
    ready.notify(&[gained(lane(None, &["b"], None), 1)], false);
    assert_eq!(who(&mut rest), [1], "only one of the three has the role");
}

#[test]
fn project_and_assignee_decide() {
    let ready = ready();
    let a = ready.wait_for(claim(wanted("a", &[], Some("site")))).unwrap();
    let b = ready.wait_for(claim(wanted("b", &[], None))).unwrap();
    let mut waits = [park(&a), park(&b)];
    ready.notify(&[gained(lane(Some("b"), &["x"], None), 3)], false);
    assert_eq!(who(&mut waits), [1], "parked on b, whatever the roles");
    let [mut on_a, _] = waits;
    ready.notify(&[gained(lane(None, &[], Some("shop")), 1)], false);
    assert!(!woken(&mut on_a));
    ready.notify(&[gained(lane(None, &[], Some("site")), 1)], false);
    assert!(woken(&mut on_a));
}

#[test]
fn whoever_found_nothing_keeps_its_place() {
    let ready = ready();
    let (first, second) = (waiter(&ready, &[]), waiter(&ready, &[]));
    let (mut one, mut two) = (park(&first), park(&second));
    ready.notify(&[gained(open(), 1)], false);
    assert!(woken(&mut one));
    drop(one);
    // Somebody who did not wait took the task.
    let mut one = park(&first);
    ready.notify(&[gained(open(), 1)], false);
    assert!(woken(&mut one) && !woken(&mut two));
}

#[test]
fn a_wake_up_passes_on_when_its_waiter_goes_without_having_used_it() {
    let ready = ready();
    let (first, second, third) = (waiter(&ready, &[]), waiter(&ready, &[]), waiter(&ready, &[]));
    let (one, mut two, mut three) = (park(&first), park(&second), park(&third));
    ready.notify(&[gained(open(), 1)], false);
    // Gone before it looked.
    drop(one);
    drop(first);
    assert!(woken(&mut two) && !woken(&mut three));
    // Gone while it looked: its claim failed.
    drop(two);
    drop(second);
    assert!(woken(&mut three));
    drop(three);
    third.found();
    assert_eq!(ready.waiting(), 0);
}

#[test]
fn a_wake_up_that_was_used_does_not_pass_on() {
    let ready = ready();
    let (first, second) = (waiter(&ready, &[]), waiter(&ready, &[]));
    let (mut one, mut two) = (park(&first), park(&second));
    ready.notify(&[gained(open(), 1)], false);
    assert!(woken(&mut one));
    drop(one);
    first.found();
    assert!(!woken(&mut two));
}

#[test]
fn what_comes_during_a_look_is_looked_for_again() {
    let ready = ready();
    let waiter = waiter(&ready, &[]);
    // It looks for the first time, finds nothing; meanwhile a task became ready.
    ready.notify(&[gained(open(), 1)], false);
    let mut wait: Wait<'_> = Box::pin(waiter.again());
    assert!(woken(&mut wait), "it must look again");
    drop(wait);
    drop(park(&waiter));
}

#[test]
fn what_came_during_a_look_that_found_something_passes_on() {
    let ready = ready();
    let first = waiter(&ready, &[]);
    // Two tasks, one waiter, which still looks; then another comes and finds nothing, because its
    // look was over before the second task was ready.
    ready.notify(&[gained(open(), 1)], false);
    let second = waiter(&ready, &[]);
    let mut two = park(&second);
    first.found();
    assert!(woken(&mut two));
}

#[test]
fn those_that_are_parked_are_woken_before_those_that_look() {
    let ready = ready();
    let (looking, parked) = (waiter(&ready, &[]), waiter(&ready, &[]));
    let mut wait = park(&parked);
    ready.notify(&[gained(open(), 1)], false);
    assert!(woken(&mut wait));
    drop(park(&looking));
}

#[test]
fn the_end_of_a_pause_wakes_everybody() {
    let ready = ready();
    let waiters: Vec<Waiter> = (0..3).map(|_| waiter(&ready, &[])).collect();
    let (looking, parked) = waiters.split_last().unwrap();
    let mut waits: Vec<Wait<'_>> = parked.iter().map(park).collect();
    ready.notify(&[], true);
    assert_eq!(who(&mut waits), [0, 1]);
    assert!(woken(&mut (Box::pin(looking.again()) as Wait<'_>)));
}

/// A claim that a transaction answered: nothing more is looked at than that it came.
fn answer() -> Handed {
    Some(Err(claudebench_store::Refusal::NoTask(TaskId(1))))
}

#[test]
fn a_transaction_serves_parked_claims_first_come_first_served() {
    let ready = ready();
    let (first, second) = (waiter(&ready, &[]), waiter(&ready, &[]));
    assert!(ready.take(&gained(open(), 1)).is_none(), "they look for themselves");
    let (mut one, mut two) = (park(&first), park(&second));
    let (ticket, _) = ready.take(&gained(open(), 1)).unwrap();
    assert!(!woken(&mut one), "nothing is durable yet");
    let (other, _) = ready.take(&gained(open(), 1)).unwrap();
    assert!(ready.take(&gained(open(), 1)).is_none(), "both are taken");
    // The second transaction was undone: it has to look, as something may have come meanwhile.
    ready.settle(other, None);
    assert!(woken(&mut two));
    ready.settle(ticket, answer());
    let heard = one.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(heard, Poll::Ready(News::Given(Err(_)))), "{heard:?}");
}

#[test]
fn a_pause_leaves_the_task_to_whoever_may_have_it() {
    let ready = ready();
    let (held, free) = (waiter(&ready, &["a"]), waiter(&ready, &["b"]));
    let (mut one, mut two) = (park(&held), park(&free));
    let pauses = Arc::new([PauseScope::Role("a".into())]);
    let gained = Gained { pauses, ..gained(lane(None, &["a", "b"], None), 1) };
    ready.notify(std::slice::from_ref(&gained), false);
    assert!(!woken(&mut one) && woken(&mut two));
    assert!(ready.take(&gained).is_none());
}

#[test]
fn a_paused_worker_is_passed_over_whoever_came_first() {
    let ready = ready();
    let waits = ["w", "v"].map(|w| ready.wait_for(claim(wanted(w, &[], None))).unwrap());
    let (mut one, mut two) = (park(&waits[0]), park(&waits[1]));
    let pauses: Arc<[PauseScope]> = Arc::new([PauseScope::Worker("w".into())]);
    let lanes = [lane(Some("w"), &[], None), open()];
    let [theirs, free] = lanes.map(|lane| Gained { pauses: pauses.clone(), ..gained(lane, 1) });
    assert!(ready.take(&theirs).is_none(), "not what is parked on it either");
    ready.notify(&[theirs, free.clone()], false);
    assert!(!woken(&mut one) && woken(&mut two));
    assert!(ready.take(&free).is_none());
    assert!(ready.take(&gained(open(), 1)).is_some(), "the pause is over");
}

#[test]
fn whoever_gives_up_hears_of_what_is_being_claimed_for_it() {
    let ready = ready();
    let (first, second) = (waiter(&ready, &[]), waiter(&ready, &[]));
    let (one, two) = (park(&first), park(&second));
    let (ticket, _) = ready.take(&gained(open(), 1)).unwrap();
    drop((one, two));
    let mut last: Wait<'_> = Box::pin(first.give_up());
    assert!(!woken(&mut last), "a transaction has taken it");
    ready.settle(ticket, answer());
    let heard = last.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(heard, Poll::Ready(News::Given(_))), "{heard:?}");
    assert!(woken(&mut (Box::pin(second.give_up()) as Wait<'_>)));
    assert!(ready.take(&gained(open(), 1)).is_none(), "it waits no more");
}

#[tokio::test]
async fn what_is_handed_to_somebody_who_has_gone_is_given_back() {
    let ready = ready();
    let claimed = || Some(Ok(Claimed::default()));
    let (first, second) = (waiter(&ready, &[]), waiter(&ready, &[]));
    let waits = (park(&first), park(&second));
    let (one, _) = ready.take(&gained(open(), 1)).unwrap();
    let (two, _) = ready.take(&gained(open(), 1)).unwrap();
    drop(waits);
    // Gone before its transaction was durable, and after.
    drop(first);
    ready.settle(one, claimed());
    ready.settle(two, claimed());
    assert_eq!(ready.abandoned().await.len(), 1);
    drop(second);
    assert_eq!(ready.abandoned().await, [(TenantId::DEFAULT, Claimed::default())]);
    assert_eq!(ready.waiting(), 0);
}

#[test]
fn the_claims_of_one_worker_look_again_when_it_changes() {
    let ready = ready();
    let (first, second) = (
        ready.wait_for(claim(wanted("v", &[], None))).unwrap(),
        ready.wait_for(claim(wanted("w", &[], None))).unwrap(),
    );
    let mut waits = [park(&first), park(&second)];
    ready.look_again(TenantId::DEFAULT, &"v".into());
    assert_eq!(who(&mut waits), [0]);
}

#[test]
fn no_more_wait_than_may() {
    let ready = Arc::new(Ready::new(1));
    let only = waiter(&ready, &[]);
    let error = ready.wait_for(claim(wanted("v", &[], None))).unwrap_err();
    assert_eq!(error.code, Code::Overloaded);
    drop(only);
    assert!(ready.wait_for(claim(wanted("v", &[], None))).is_ok());
}

#[tokio::test]
async fn a_wait_ends_when_a_task_becomes_ready() {
    let ready = ready();
    let waiter = waiter(&ready, &[]);
    let waker = ready.clone();
    let wait = pin!(waiter.again());
    let (_, ()) = tokio::join!(wait, async move { waker.notify(&[gained(open(), 1)], false) });
}

/// A waiter of the model: what it does, and what it saw when its look began.
struct Actor {
    waiter: Waiter,
    looking: bool,
}

/// A store of ready tasks by role, and claims that look at it in two steps, so that everything
/// else can happen between the two.
#[derive(Default)]
struct Model {
    ready: HashMap<&'static str, usize>,
    actors: Vec<(&'static str, Actor)>,
}

impl Model {
    fn poll(actor: &Actor) -> bool {
        matches!(
            pin!(actor.waiter.again()).poll(&mut Context::from_waker(Waker::noop())),
            Poll::Ready(News::Look)
        )
    }

    /// Ends the look of an actor: it takes a task, or waits.
    fn look(&mut self, place: usize) {
        let (role, actor) = &mut self.actors[place];
        let count = self.ready.entry(role).or_default();
        if *count > 0 {
            *count -= 1;
            self.actors.remove(place).1.waiter.found();
        } else {
            actor.looking = Self::poll(actor);
        }
    }

    /// Lets a parked actor see whether it was woken.
    fn wake(&mut self, place: usize) {
        let actor = &mut self.actors[place].1;
        actor.looking = actor.looking || Self::poll(actor);
    }

    /// Everybody goes on until nothing moves any more.
    fn settle(&mut self) {
        for _ in 0..10_000 {
            let count = self.actors.len();
            (0..count).for_each(|place| self.wake(place));
            match self.actors.iter().position(|(_, actor)| actor.looking) {
                Some(place) => self.look(place),
                None => return,
            }
        }
        panic!("they never come to rest");
    }
}

proptest::proptest! {
    /// However arrivals, looks, departures and new tasks interleave: once all is quiet, no task
    /// is ready that somebody waits for.
    #[test]
    fn no_task_stays_ready_while_somebody_waits_for_it(
        steps in proptest::collection::vec((0_u8..7, 0_usize..8), 1..120),
    ) {
        let ready = ready();
        let mut model = Model::default();
        for (step, place) in steps {
            let role = ["a", "b"][place % 2];
            let count = model.actors.len();
            match step {
                0 | 1 => {
                    let waiter = waiter(&ready, &[role]);
                    model.actors.push((role, Actor { waiter, looking: true }));
                }
                2 => {
                    *model.ready.entry(role).or_default() += 1;
                    ready.notify(&[gained(lane(None, &[role], None), 1)], false);
                }
                3 if count > 0 => drop(model.actors.remove(place % count)),
                4 if count > 0 => model.wake(place % count),
                // Somebody who does not wait takes a task.
                5 => { model.ready.entry(role).and_modify(|n| *n = n.saturating_sub(1)); }
                _ if count > 0 && model.actors[place % count].1.looking => model.look(place % count),
                _ => {}
            }
        }
        model.settle();
        for (role, _) in &model.actors {
            proptest::prop_assert_eq!(model.ready.get(role).copied().unwrap_or(0), 0);
        }
        drop(model);
        proptest::prop_assert_eq!(ready.waiting(), 0);
    }
}

/// A claim of somebody, under an idempotency key or none.
fn claim_of(tenant: i64, actor: &str, key: Option<&str>) -> Item<ClaimTasks> {
    let tenant = TenantId(tenant);
    let key = key.map(|key| Arc::new(IdempotencyKey { key: key.into(), fingerprint: [0; 32] }));
    let mut claim = claim(Wanted { tenant, ..wanted("w", &[], None) });
    claim.meta = Meta { tenant, actor: actor.into(), key, ..claim.meta };
    claim
}

#[test]
fn nobody_waits_in_the_room_of_the_others() {
    let ready = ready();
    let fill = |tenant: i64, actor: &str| -> Vec<Waiter> {
        std::iter::from_fn(|| ready.wait_for(claim_of(tenant, actor, None)).ok()).collect()
    };
    let greedy = fill(2, "greedy");
    assert_eq!(greedy.len(), 100);
    let error = ready.wait_for(claim_of(2, "greedy", None)).unwrap_err();
    assert_eq!(error.code, Code::Overloaded);
    assert!(!fill(2, "another").is_empty() && !fill(3, "greedy").is_empty());
    drop(greedy);
    assert_eq!(fill(2, "greedy").len(), 100, "each place is given back");
}

#[test]
fn what_one_gets_under_a_key_is_heard_by_all_that_wait_under_it() {
    let ready = ready();
    let wait = |key| ready.wait_for(claim_of(1, "t", key)).unwrap();
    let (first, same, other) = (wait(Some("k")), wait(Some("k")), wait(Some("l")));
    let other_tenant = ready.wait_for(claim_of(2, "t", Some("k"))).unwrap();
    let (one, mut two) = (park(&first), park(&same));
    let mut others = [park(&other), park(&other_tenant)];
    let (ticket, _) = ready.take(&gained(open(), 1)).unwrap();
    ready.settle(ticket, answer());
    drop(one);
    let mut given: Wait<'_> = Box::pin(first.again());
    assert!(woken(&mut given));
    drop(given);
    first.found();
    assert!(woken(&mut two), "its look finds the answer");
    assert!(who(&mut others).is_empty());
    // One that goes with nothing wakes nobody.
    let (third, fourth) = (wait(Some("m")), wait(Some("m")));
    let (three, mut four) = (park(&third), park(&fourth));
    drop(three);
    drop(third);
    assert!(!woken(&mut four));
}
