//! Instances come, give signs of life, and go; what they have goes back.

use claudebench_core::{Millis, Status, TenantId};
use claudebench_store::{
    Batch, ClaimTasks, FailInstances, InstanceHolding, InstanceQuery, InstanceRow, NewTask,
    PAGE_BYTES, Refusal, Register, Touch, Unregister, Which, Write,
};

use super::bed::Bed;
use super::given::{
    BACKOFF, assign, beat, cancel_within, claim, completed, meta, names, payload, register, report,
    task,
};

fn unregister(id: &str) -> Unregister {
    Unregister { id: id.into(), session: "s-1".into() }
}

fn touch(id: &str, seen: Millis) -> Touch {
    Touch { instances: vec![(TenantId::DEFAULT, id.into(), seen)] }
}

fn silent(id: &str, seen: Millis) -> FailInstances {
    FailInstances { instances: vec![(TenantId::DEFAULT, id.into(), seen)] }
}

async fn instance(bed: &Bed, id: &str) -> InstanceRow {
    let all = bed.store().instances(Some(TenantId::DEFAULT)).await.unwrap();
    all.into_iter().find(|row| &*row.id == id).unwrap_or_else(|| panic!("there is no {id}"))
}

pub(super) async fn an_instance_is_kept_as_it_registered(bed: &mut Bed) {
    let metadata = Some(r#"{"host":"a"}"#.to_owned());
    let first = Register {
        roles: names(&["back", "docs"]),
        metadata: metadata.clone(),
        became_leader: true,
        ..register("w")
    };
    let row = bed.ok(first).await;
    let expected = InstanceRow {
        tenant: TenantId::DEFAULT,
        id: "w".into(),
        roles: names(&["back", "docs"]),
        metadata,
        online: true,
        registered_at: bed.now(),
        seen_at: bed.now(),
    };
    assert_eq!((&row, &instance(bed, "w").await), (&expected, &expected));
    let event = bed.log().await.pop().unwrap();
    assert_eq!((&*event.kind, event.task), ("instance.registered", None));
    assert_eq!(payload(&event)["becameLeader"], true);
    bed.clock.advance(10);
    let again = bed.ok(Register { roles: names(&["ops"]), ..register("w") }).await;
    assert_eq!((&again.roles, again.metadata.as_deref()), (&names(&["ops"]), None));
    assert_eq!(again.registered_at, bed.now());
    assert_eq!(bed.store().instances(None).await.unwrap(), [again], "one of each id");
}

pub(super) async fn a_sign_of_life_is_stamped(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let registered = bed.now();
    bed.clock.advance(5_000);
    bed.ok(touch("w", bed.now())).await;
    assert_eq!(instance(bed, "w").await.seen_at, bed.now());
    bed.ok(touch("w", registered)).await;
    assert_eq!(instance(bed, "w").await.seen_at, bed.now(), "an older one comes too late");
    bed.ok(touch("nobody", bed.now())).await;
    assert_eq!(bed.store().instances(None).await.unwrap().len(), 1);
    assert_eq!(bed.log().await.len(), 1, "no change of state");
}

pub(super) async fn a_sign_of_life_extends_what_the_instance_holds(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let length = bed.setup.lease_ms;
    let held = [bed.held(task(), "w").await, bed.held(task(), "w").await];
    let other = bed.held(task(), "v").await;
    bed.clock.advance(length * 3 / 4);
    bed.ok(touch("w", bed.now())).await;
    for held in &held {
        let lease = bed.task(held.task.id).await.lease.unwrap();
        assert_eq!(lease.expires_at, bed.now().plus(length));
    }
    assert_eq!(bed.task(other.task.id).await.lease, Some(other.lease), "another's is not");
    bed.pass(length / 2).await;
    assert_eq!(bed.status(other.task.id).await, Status::Pending);
    for held in held {
        bed.complete(&held).await;
    }
}

pub(super) async fn a_sign_of_life_answers_the_shortest_lease(bed: &mut Bed) {
    bed.ok(register("w")).await;
    assert_eq!(bed.ok(touch("w", bed.now())).await, [None], "it holds nothing");
    bed.make_all(vec![task(), NewTask { lease_ms: Some(7_000), ..task() }]).await;
    let held = bed.ok(claim("w", 2)).await.tasks;
    let both = Touch {
        instances: vec![
            (TenantId::DEFAULT, "v".into(), bed.now()),
            (TenantId::DEFAULT, "w".into(), bed.now()),
        ],
    };
    assert_eq!(bed.ok(both).await, [None, Some(7_000)]);
    bed.complete(&held[1]).await;
    assert_eq!(bed.ok(touch("w", bed.now())).await, [Some(bed.setup.lease_ms)]);
}

pub(super) async fn what_a_lost_instance_had_goes_back(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let held = bed.held(task(), "w").await;
    let parked = bed.make(task()).await;
    bed.ok(assign(parked, "w")).await;
    let apart = bed.held(task(), "v").await;
    let seen = bed.now();
    bed.clock.advance(30_000);
    let failed = bed.ok(silent("w", seen)).await;
    assert_eq!((&*failed[0].id, failed[0].reassigned), ("w", 2));
    assert!(!instance(bed, "w").await.online);
    let row = bed.row(held.task.id).await;
    assert_eq!((row.status, row.losses, row.attempt), (Status::Pending, 1, 0));
    assert_eq!(row.reason.as_deref(), Some("instance_failed"));
    assert_eq!(row.run_at, Some(bed.now().plus(BACKOFF.bound_ms(1))), "after a wait");
    assert_eq!(bed.kinds(parked).await.last().unwrap(), "task.unassigned");
    assert_eq!(bed.claim("x").await.task.id, parked, "for everybody, at once");
    assert_eq!(bed.task(apart.task.id).await.lease, Some(apart.lease));
    let event = bed.log().await.into_iter().find(|event| &*event.kind == "instance.failed");
    let fields = payload(&event.unwrap());
    assert_eq!((&fields["lastSeen"], &fields["tasksReassigned"]), (&seen.0.into(), &2.into()));
    let answer = bed.report(report(&held, completed())).await;
    assert!(matches!(answer, Err(Refusal::StaleFence { .. })), "{answer:?}");
    let end = bed.end_of_log().await;
    assert_eq!(bed.ok(silent("w", seen)).await, [], "it is gone already");
    assert_eq!(bed.ok(silent("nobody", seen)).await, []);
    assert_eq!(bed.end_of_log().await, end);
}

pub(super) async fn one_that_was_heard_of_since_is_not_given_up(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let held = bed.held(task(), "w").await;
    let seen = bed.now();
    bed.clock.advance(30_000);
    let mut batch = Batch::default();
    register("w").put(meta(), &mut batch);
    let place = silent("w", seen).put(meta(), &mut batch);
    let mut outcomes = bed.commit(batch).await.unwrap();
    assert_eq!(FailInstances::take(&mut outcomes, place).unwrap(), Ok(Vec::new()));
    assert!(instance(bed, "w").await.online, "it has registered again meanwhile");
    bed.complete(&held).await;
    bed.clock.advance(30_000);
    bed.ok(touch("w", bed.now())).await;
    assert_eq!(bed.ok(silent("w", bed.now().plus(-1))).await, [], "a sign of life counts, too");
    // Written before the clock was set back.
    bed.ok(touch("w", bed.now().plus(3_600_000))).await;
    assert_eq!(bed.ok(silent("w", bed.now())).await.len(), 1, "nobody was heard of in the future");
}

pub(super) async fn as_many_instances_are_shown_as_there_is_room_for(bed: &mut Bed) {
    for id in ["a", "b", "c", "d"] {
        bed.ok(register(id)).await;
    }
    for id in ["a", "d"] {
        bed.ok(unregister(id)).await;
    }
    let shown = async |named: &[&str], limit| {
        let named = names(named);
        let rows = bed.store().instances_shown(TenantId::DEFAULT, named, limit).await.unwrap();
        rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&["c", "b"], 9).await, ["c", "b", "a", "d"], "those named, those that went");
    assert_eq!(shown(&["c", "nobody", "d"], 9).await, ["c", "d", "a"], "each once");
    assert_eq!(shown(&["b", "c"], 1).await, ["b"]);
    assert_eq!(shown(&["b"], 2).await, ["b", "a"]);
    let long = format!(r#"{{"x":"{}"}}"#, "x".repeat(PAGE_BYTES / 3));
    for id in ["a", "b", "c", "d"] {
        bed.ok(Register { metadata: Some(long.clone()), ..register(id) }).await;
    }
    assert_eq!(shown(&["a", "b", "c", "d"], 9).await, ["a", "b"], "the third does not fit");
    let other = bed.store().instances_shown(TenantId(77), names(&["a"]), 9).await.unwrap();
    assert_eq!(other, [], "another tenant's");
}

pub(super) async fn a_lease_that_was_asked_for_outlasts_silence(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let by_task = bed.held(NewTask { lease_ms: Some(500_000), ..task() }, "w").await;
    bed.make(task()).await;
    let asked = ClaimTasks { lease_ms: Some(400_000), ..claim("w", 1) };
    let by_claim = bed.ok(asked).await.tasks.remove(0);
    let failed = bed.ok(silent("w", bed.now())).await;
    assert_eq!(failed[0].reassigned, 0);
    bed.pass(300_000).await;
    for held in [by_task, by_claim] {
        bed.ok(beat(&held)).await;
        bed.complete(&held).await;
    }
}

pub(super) async fn an_instance_that_says_goodbye_gives_back_at_once(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let held = bed.held(NewTask { lease_ms: Some(500_000), ..task() }, "w").await;
    let parked = bed.make(task()).await;
    bed.ok(assign(parked, "w")).await;
    assert_eq!(bed.ok(unregister("w")).await, 2, "a lease that was asked for, too");
    let row = bed.row(held.task.id).await;
    assert_eq!((row.status, row.losses, row.attempt), (Status::Pending, 0, 0), "no loss");
    assert_eq!(bed.claim_ids(claim("v", 9)).await, [held.task.id, parked]);
    let event = bed.log().await.into_iter().find(|event| &*event.kind == "instance.unregistered");
    assert_eq!(payload(&event.unwrap())["tasksReassigned"], 2);
    let (what, name) = ("Instance".to_owned(), "w".to_owned());
    let gone = Err(Refusal::NotFound { what, name });
    assert_eq!(bed.submit(unregister("w")).await, gone);
    bed.ok(register("w")).await;
    assert!(instance(bed, "w").await.online, "it may come back");
}

pub(super) async fn what_is_to_stop_ends_with_its_instance(bed: &mut Bed) {
    for (goodbye, name) in [(true, "w"), (false, "v")] {
        bed.ok(register(name)).await;
        let held = bed.held(task(), name).await;
        bed.ok(cancel_within(held.task.id, 30_000)).await;
        if goodbye {
            bed.ok(unregister(name)).await;
        } else {
            bed.ok(silent(name, bed.now())).await;
        }
        assert_eq!(bed.status(held.task.id).await, Status::Cancelled, "{name}");
    }
}

pub(super) async fn an_offline_instance_is_forgotten_after_a_day(bed: &mut Bed) {
    for name in ["gone", "here"] {
        bed.ok(register(name)).await;
    }
    bed.ok(unregister("gone")).await;
    bed.pass(23 * 3_600_000).await;
    assert!(!instance(bed, "gone").await.online, "known for a day");
    bed.pass(2 * 3_600_000).await;
    let left = bed.store().instances(None).await.unwrap();
    assert_eq!(left.iter().map(|row| &*row.id).collect::<Vec<_>>(), ["here"]);
}

pub(super) async fn instances_are_paged_by_id_with_what_they_hold(bed: &mut Bed) {
    for id in ["d", "b", "a", "c"] {
        bed.ok(register(id)).await;
    }
    let page = async |bed: &Bed, which: Which, after: Option<&str>, limit| {
        let (tenant, after) = (TenantId::DEFAULT, after.map(str::to_owned));
        let page = bed.store().instance_page(InstanceQuery { tenant, which, after, limit });
        let page = page.await.unwrap();
        let shown = page.instances.into_iter().map(|of| (of.row.id.to_string(), of.leases));
        (shown.collect::<Vec<_>>(), page.next)
    };
    let expected = |shown: &[(&str, i64)], next: Option<&str>| {
        let shown = shown.iter().map(|(id, leases)| ((*id).to_owned(), *leases));
        (shown.collect::<Vec<_>>(), next.map(str::to_owned))
    };
    bed.make_all(vec![task(); 3]).await;
    let held = bed.ok(claim("b", 2)).await.tasks;
    bed.ok(claim("stranger", 1)).await;
    bed.ok(unregister("c")).await;
    let all = page(bed, Which::All, None, 4).await;
    assert_eq!(all, expected(&[("a", 0), ("b", 2), ("c", 0), ("d", 0)], None));
    assert_eq!(
        page(bed, Which::All, Some("a"), 2).await,
        expected(&[("b", 2), ("c", 0)], Some("c"))
    );
    let named = || Which::Named(names(&["a", "c", "nobody"]));
    assert_eq!(page(bed, named(), None, 1).await, expected(&[("a", 0)], Some("a")));
    assert_eq!(page(bed, named(), Some("a"), 1).await, expected(&[("c", 0)], None));
    let others = || Which::Others(names(&["a", "c"]));
    assert_eq!(page(bed, others(), None, 1).await, expected(&[("b", 2)], Some("b")));
    assert_eq!(page(bed, others(), Some("b"), 1).await, expected(&[("d", 0)], None));
    bed.complete(&held[0]).await;
    assert_eq!(page(bed, Which::All, Some("a"), 1).await, expected(&[("b", 1)], Some("b")));
    let long = format!(r#"{{"x":"{}"}}"#, "x".repeat(PAGE_BYTES / 3));
    for id in ["a", "b", "c", "d"] {
        bed.ok(Register { metadata: Some(long.clone()), ..register(id) }).await;
    }
    assert_eq!(page(bed, Which::All, None, 4).await, expected(&[("a", 0), ("b", 1)], Some("b")));
}

pub(super) async fn what_an_instance_holds_is_counted_to_a_bound(bed: &mut Bed) {
    bed.ok(register("w")).await;
    let found = async |bed: &Bed| {
        let (tenant, which) = (TenantId::DEFAULT, Which::All);
        let page =
            bed.store().instance_page(InstanceQuery { tenant, which, after: None, limit: 1 });
        let of = page.await.unwrap().instances.remove(0);
        (of.leases, of.leases_capped)
    };
    bed.make_all(vec![task(); 1_000]).await;
    bed.ok(claim("w", 1_000)).await;
    assert_eq!(found(bed).await, (InstanceHolding::COUNTED, false));
    bed.held(task(), "w").await;
    assert_eq!(found(bed).await, (InstanceHolding::COUNTED, true));
}
