//! Pauses hold claims back, and nothing else.

use claudebench_core::lane::PauseScope;
use claudebench_core::{Millis, TenantId};
use claudebench_store::{ClaimTasks, NewTask, Pause, PauseRow, Paused, Refusal, Resume, Until};

use super::bed::Bed;
use super::given::{assign, beat, claim, claim_as, names, payload, register, released, task};

fn pause(scope: PauseScope, until: Option<Millis>) -> Pause {
    Pause { scope, reason: Some("release".into()), until: until.map(Until::At) }
}

async fn pauses(bed: &Bed) -> Vec<PauseRow> {
    bed.store().pauses(TenantId::DEFAULT).await.unwrap()
}

pub(super) async fn each_scope_holds_its_tasks_back(bed: &mut Bed) {
    let tags = NewTask { tags: names(&["x"]), ..task() };
    let site = NewTask { project: Some("site".into()), ..task() };
    let role = NewTask { roles: names(&["r"]), ..task() };
    let ids = bed.make_all(vec![task(), tags, site, role]).await;
    for (scope, held) in [
        (PauseScope::All, &ids[..]),
        (PauseScope::Tag("x".into()), &ids[1..2]),
        (PauseScope::Project("site".into()), &ids[2..3]),
        (PauseScope::Role("r".into()), &ids[3..]),
    ] {
        bed.ok(pause(scope.clone(), None)).await;
        let free = bed.ok(claim_as("w", &["r"], 9)).await.tasks;
        let expected: Vec<_> = ids.iter().filter(|id| !held.contains(id)).copied().collect();
        let got: Vec<_> = free.iter().map(|claimed| claimed.task.id).collect();
        assert_eq!(got, expected, "{scope:?}");
        for claimed in free {
            bed.end_attempt(&claimed, released()).await;
        }
        bed.ok(Resume { scope: scope.clone() }).await;
        let all = bed.ok(claim_as("w", &["r"], 9)).await.tasks;
        assert_eq!(all.len(), 4, "after {scope:?}");
        for claimed in all {
            bed.end_attempt(&claimed, released()).await;
        }
    }
}

pub(super) async fn a_paused_role_stops_claims_in_that_role_alone(bed: &mut Bed) {
    let both = bed.make(NewTask { roles: names(&["a", "b"]), ..task() }).await;
    bed.ok(pause(PauseScope::Role("a".into()), None)).await;
    assert!(bed.claim_ids(claim_as("w", &["a"], 9)).await.is_empty());
    assert_eq!(bed.claim_ids(claim_as("w", &["a", "b"], 9)).await, [both], "as b");
}

pub(super) async fn a_paused_worker_gets_nothing_and_keeps_what_it_has(bed: &mut Bed) {
    for worker in ["w", "v"] {
        bed.ok(register(worker)).await;
    }
    let has = bed.held(task(), "w").await;
    let [free, parked] = [bed.make(task()).await, bed.make(task()).await];
    bed.ok(assign(parked, "w")).await;
    let worker = PauseScope::Worker("w".into());
    bed.ok(pause(worker.clone(), None)).await;
    assert!(bed.claim_ids(claim("w", 9)).await.is_empty(), "not what is parked on it either");
    for id in [free, parked] {
        let named = ClaimTasks { task: Some(id), ..claim("w", 1) };
        let refused = bed.submit(named).await;
        assert!(
            matches!(&refused, Err(Refusal::WrongState { hint, .. }) if hint.contains("worker")),
            "{refused:?}"
        );
    }
    assert_eq!(bed.claim_ids(claim("v", 9)).await, [free], "others go on");
    bed.ok(beat(&has)).await;
    bed.complete(&has).await;
    assert_eq!(pauses(bed).await[0].scope, worker);
    bed.told_to_look_again();
    bed.ok(Resume { scope: worker }).await;
    assert!(bed.told_to_look_again());
    assert_eq!(bed.claim_ids(claim("w", 9)).await, [parked]);
}

pub(super) async fn running_work_goes_on(bed: &mut Bed) {
    let [done, lost] = [bed.held(task(), "w").await, bed.held(task(), "v").await];
    bed.ok(pause(PauseScope::All, None)).await;
    bed.ok(beat(&done)).await;
    bed.complete(&done).await;
    bed.pass(bed.setup.lease_ms).await;
    assert_eq!(bed.row(lost.task.id).await.losses, 1, "leases end all the same");
    bed.pass(8_000).await;
    assert!(bed.nothing_for("w").await);
    bed.make(task()).await;
    assert_eq!(bed.stats().await.ready, 2, "held back, but ready");
}

pub(super) async fn a_pause_is_shown_and_told(bed: &mut Bed) {
    let (scope, until) = (PauseScope::Project("site".into()), Some(bed.now().plus(9_000)));
    let paused = Paused { at: bed.now(), until };
    assert_eq!(bed.ok(pause(scope.clone(), until)).await, paused);
    let row = PauseRow {
        scope: scope.clone(),
        reason: Some("release".into()),
        until,
        paused_at: bed.now(),
        paused_by: "tester".into(),
    };
    assert_eq!(pauses(bed).await, [row]);
    let event = bed.log().await.pop().unwrap();
    assert_eq!((&*event.kind, event.task), ("queue.paused", None));
    assert_eq!(payload(&event)["scope"], serde_json::json!({"project": "site"}));
    bed.ok(Resume { scope: scope.clone() }).await;
    assert_eq!(&*bed.log().await.pop().unwrap().kind, "queue.resumed");
    assert!(pauses(bed).await.is_empty());
    let answer = bed.submit(Resume { scope: scope.clone() }).await;
    assert_eq!(answer, Err(Refusal::NotPaused(scope)));
}

pub(super) async fn over_a_pause_at_the_same_scope_the_new_one_stands(bed: &mut Bed) {
    bed.ok(pause(PauseScope::All, Some(bed.now().plus(1_000)))).await;
    bed.ok(Pause { scope: PauseScope::All, reason: None, until: None }).await;
    bed.ok(pause(PauseScope::Tag("x".into()), None)).await;
    let rows = pauses(bed).await;
    assert_eq!(rows.len(), 2);
    let all = rows.iter().find(|row| row.scope == PauseScope::All).unwrap();
    assert_eq!((all.until, all.reason.as_deref()), (None, None));
    bed.make(task()).await;
    bed.pass(1_000).await;
    assert!(bed.nothing_for("w").await, "the end of the first is forgotten");
    bed.ok(Resume { scope: PauseScope::All }).await;
    bed.claim("w").await;
}

pub(super) async fn a_pause_ends_by_itself(bed: &mut Bed) {
    bed.pass(0).await;
    let id = bed.make(task()).await;
    let until = bed.now().plus(5_000);
    bed.ok(pause(PauseScope::All, Some(until))).await;
    assert_eq!(bed.store().next_due(), Some(until));
    bed.clock.advance(4_999);
    assert!(bed.nothing_for("w").await, "a millisecond early");
    bed.clock.advance(1);
    assert!(pauses(bed).await.is_empty(), "no sweep is needed");
    let held = bed.claim("w").await;
    assert_eq!(held.task.id, id);
    let before = bed.end_of_log().await;
    bed.told_to_look_again();
    bed.pass(0).await;
    let told = bed.log_after(Some(before)).await;
    let kinds: Vec<&str> = told.iter().map(|event| &*event.kind).collect();
    assert_eq!(kinds, ["queue.resumed"], "the sweep tells of it, once");
    assert!(bed.told_to_look_again(), "and those who wait look again");
    bed.pass(5_000).await;
    assert_eq!(bed.log_after(Some(before)).await.len(), 1);
}

pub(super) async fn who_waits_is_told_to_look_again(bed: &mut Bed) {
    bed.make(task()).await;
    bed.ok(pause(PauseScope::All, None)).await;
    bed.ok(claim("w", 1)).await;
    assert!(!bed.told_to_look_again(), "a pause gives nobody anything");
    bed.ok(Resume { scope: PauseScope::All }).await;
    assert!(bed.told_to_look_again());
}

pub(super) async fn several_pauses_hold_until_the_last_has_ended(bed: &mut Bed) {
    let new = NewTask { project: Some("site".into()), tags: names(&["x"]), ..task() };
    let id = bed.make(new).await;
    for scope in [PauseScope::Project("site".into()), PauseScope::Tag("x".into())] {
        bed.ok(pause(scope, None)).await;
    }
    bed.ok(pause(PauseScope::All, Some(bed.now().plus(100)))).await;
    bed.ok(Resume { scope: PauseScope::Tag("x".into()) }).await;
    bed.pass(100).await;
    assert!(bed.nothing_for("w").await);
    bed.ok(Resume { scope: PauseScope::Project("site".into()) }).await;
    assert_eq!(bed.claim("w").await.task.id, id);
    assert_eq!(payload(bed.log().await.last().unwrap())["taskId"], id.to_string());
}
