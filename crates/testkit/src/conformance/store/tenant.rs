//! Tenants never see each other, whatever they read or write.

use claudebench_core::lane::{PauseScope, Wanted};
use claudebench_core::{Status, TaskId, TenantId};
use claudebench_store::{
    AttachmentQuery, Batch, Beat, Change, ClaimTasks, ConfigPage, Create, DeleteAttachment,
    DeleteTask, EdgeEnd, EdgeQuery, EventQuery, FailInstances, Flush, Freshness, InstancePage,
    InstanceQuery, Item, NewTask, OnDuplicate, Pause, ProcessBatch, ProjectPage, Refusal, Reports,
    Resume, RetrySelection, RevokeKey, SetConfig, TaskQuery, Unassign, Unregister, Until, Update,
    Vote, Which,
};

use super::bed::Bed;
use super::given::{
    self, add_key, after, assign, beat, cancel, claim, completed, events, meta_of, names, register,
    report, report_by, retry, task, unique, wanted,
};

pub(super) async fn no_read_shows_what_is_anothers(bed: &mut Bed) {
    let other = bed.tenant("other").await;
    let parent = bed.make(task()).await;
    let new = NewTask {
        text: "secret".into(),
        project: Some("site".into()),
        roles: names(&["r"]),
        tags: names(&["x"]),
        parent: Some(parent),
        ..task()
    };
    let id = bed.make(new).await;
    let waiting = bed.make(after(&[id])).await;
    bed.ok(register("w")).await;
    bed.ok(given::note(id)).await;
    bed.ok(SetConfig { key: "k".into(), value: "1".into() }).await;
    bed.ok(Pause { scope: PauseScope::All, reason: None, until: None }).await;
    let store = bed.store();
    assert_eq!(store.tasks(other, vec![id], Freshness::Latest).await.unwrap(), []);
    assert!(store.explain(other, id, Freshness::Latest).await.unwrap().is_none());
    assert_eq!(store.config(other, "k".into()).await.unwrap(), None);
    assert_eq!(store.config_page(other, None, 9).await.unwrap(), ConfigPage::default());
    for (ids, end) in [(vec![waiting], EdgeEnd::Dependent), (vec![id], EdgeEnd::Dependency)] {
        let query = EdgeQuery { tenant: other, ids, end, limit: 9 };
        assert_eq!(store.edges(query, Freshness::Latest).await.unwrap(), (vec![], false));
    }
    let projects = store.projects(other, None, 9, Freshness::Latest).await.unwrap();
    assert_eq!(projects, ProjectPage::default());
    for which in [Which::All, Which::Named(names(&["w"])), Which::Others(vec![])] {
        let query = InstanceQuery { tenant: other, which, after: None, limit: 9 };
        assert_eq!(store.instance_page(query).await.unwrap(), InstancePage::default());
    }
    assert_eq!(store.pauses(other).await.unwrap(), []);
    assert_eq!(store.instances(Some(other)).await.unwrap(), []);
    assert!(store.keys(Some(other)).await.unwrap().iter().all(|key| key.tenant == other));
    for project in [None, Some("site".to_owned())] {
        assert_eq!(store.stats(other, project, Freshness::Latest).await.unwrap().total(), 0);
    }
    let tenant = other;
    for query in [
        AttachmentQuery::OfTask { tenant, task: id, kind: None, limit: 9, offset: 0 },
        AttachmentQuery::Named { tenant, names: vec![(id, "note".into())] },
    ] {
        assert_eq!(store.attachments(query, Freshness::Latest).await.unwrap(), (vec![], 0));
    }
    let text = |text: &str| Some(text.to_owned());
    let all = TaskQuery { tenant: Some(other), ..given::tasks() };
    for query in [
        TaskQuery { project: text("site"), ..all.clone() },
        TaskQuery { tag: text("x"), ..all.clone() },
        TaskQuery { role: text("r"), ..all.clone() },
        TaskQuery { parent: Some(parent), ..all.clone() },
        TaskQuery { search: text("secret"), ..all.clone() },
        all,
    ] {
        let page = bed.list(query.clone()).await;
        assert_eq!((page.tasks.len(), page.total), (0, 0), "{query:?}");
    }
    let theirs = EventQuery { tenant: Some(other), ..events() };
    for query in [
        EventQuery { task: Some(id), ..theirs.clone() },
        EventQuery { project: text("site"), ..theirs.clone() },
        theirs,
    ] {
        assert!(bed.events(query.clone()).await.events.is_empty(), "{query:?}");
    }
}

/// Each change of what is another's.
fn changes(id: TaskId) -> Vec<Change> {
    let all = RetrySelection::Dead {
        ids: Some(vec![id]),
        project: None,
        tag: None,
        reason: None,
        limit: 9,
    };
    let redrive = claudebench_store::Retry { which: all, priority: None, delay_ms: None };
    vec![
        Change::Update(Update { id: Some(id), priority: Some(1), ..Update::default() }),
        Change::Assign(assign(id, "w")),
        Change::Unassign(Unassign { task: id }),
        Change::DeleteTask(DeleteTask { task: id }),
        Change::Cancel(cancel(id)),
        Change::Retry(retry(id)),
        Change::Retry(redrive),
        Change::PutAttachment(given::note(id)),
        Change::DeleteAttachment(DeleteAttachment { task: id, key: "note".into() }),
        Change::Unregister(Unregister { id: "w".into(), session: "s".into() }),
        Change::Resume(Resume { scope: PauseScope::Tag("x".into()) }),
        Change::RevokeKey(RevokeKey { id: "ours".into() }),
    ]
}

pub(super) async fn no_write_reaches_what_is_anothers(bed: &mut Bed) {
    let other = bed.tenant("other").await;
    bed.ok(add_key("ours", "default")).await;
    bed.ok(register("w")).await;
    bed.ok(Pause { scope: PauseScope::Tag("x".into()), reason: None, until: None }).await;
    let held = bed.held(task(), "w").await;
    let dead = bed.held(task(), "w").await;
    bed.end_attempt(&dead, given::failed_for_good()).await;
    let waiting = bed.make(task()).await;
    let before = [bed.task(held.task.id).await, bed.task(dead.task.id).await];
    let meta = || meta_of(other);
    for id in [held.task.id, dead.task.id, waiting] {
        for change in changes(id) {
            let items = vec![Item { meta: meta(), body: change.clone() }];
            let outcomes = bed.commit(Batch { changes: items, ..Batch::default() }).await.unwrap();
            assert!(outcomes.events.is_empty(), "{change:?}: {outcomes:?}");
            let nothing = matches!(&outcomes.changes[0],
                Some(Ok(claudebench_store::Changed::Retry(done))) if done.retried.is_empty()
                    && done.refused == [(id, Refusal::NoTask(id))]);
            assert!(nothing || matches!(outcomes.changes[0], Some(Err(_))), "{change:?}");
        }
        for create in [after(&[id]), NewTask { parent: Some(id), ..task() }] {
            let answer = bed.submit_as(meta(), Create { tasks: vec![create] }).await;
            assert_eq!(answer, Err(Refusal::NoTask(id)));
        }
        let items = vec![report_by(id, Some("w"), completed()), report_by(id, None, completed())];
        for answer in bed.submit_as(meta(), Reports { items }).await.unwrap() {
            assert_eq!(answer, Err(Refusal::NoTask(id)));
        }
    }
    let items = vec![report(&held, completed())];
    let answers = bed.submit_as(meta(), Reports { items }).await.unwrap();
    assert_eq!(answers, [Err(Refusal::NoTask(held.task.id))], "not even with the fence");
    for beat in [beat(&held), Beat { fence: None, worker: Some("w".into()), ..beat(&held) }] {
        assert_eq!(bed.submit_as(meta(), beat).await, Err(Refusal::NoTask(held.task.id)));
    }
    let claim = ClaimTasks {
        wanted: Wanted { tenant: other, ..wanted("w") },
        task: None,
        max: 9,
        lease_ms: None,
    };
    assert!(bed.submit_as(meta(), claim).await.unwrap().tasks.is_empty());
    let now = [bed.task(held.task.id).await, bed.task(dead.task.id).await];
    assert_eq!(now, before);
    assert_eq!(bed.store().keys(Some(TenantId::DEFAULT)).await.unwrap().len(), 1);
    assert_eq!(bed.store().pauses(TenantId::DEFAULT).await.unwrap().len(), 1);
    bed.complete(&held).await;
}

pub(super) async fn the_default_tenant_looks_after_all_keys(bed: &mut Bed) {
    let theirs = bed.ok(add_key("theirs", "other")).await;
    bed.submit_as(meta_of(theirs.tenant), add_key("second", "other")).await.unwrap();
    bed.submit_as(meta_of(theirs.tenant), RevokeKey { id: "second".into() }).await.unwrap();
    bed.ok(RevokeKey { id: "theirs".into() }).await;
    assert_eq!(bed.store().keys(None).await.unwrap(), []);
}

pub(super) async fn the_same_name_is_not_the_same_thing(bed: &mut Bed) {
    let other = bed.tenant("other").await;
    let meta = || meta_of(other);
    let create = || Create { tasks: vec![unique("k", OnDuplicate::Reject)] };
    let ours = bed.ok(create()).await[0].id;
    let theirs = bed.submit_as(meta(), create()).await.unwrap()[0].id;
    for tenant in [TenantId::DEFAULT, other] {
        let meta = || meta_of(tenant);
        bed.submit_as(meta(), register("w")).await.unwrap();
        let set = SetConfig { key: "k".into(), value: tenant.0.to_string() };
        bed.submit_as(meta(), set).await.unwrap();
        let vote = Vote { decision: "d".into(), instance: "w".into(), value: "v".into(), total: 2 };
        assert_eq!(bed.submit_as(meta(), vote).await.unwrap().votes, 1);
        let take = ProcessBatch { batch: "b".into(), instance: "w".into(), items: 1 };
        assert!(bed.submit_as(meta(), take).await.unwrap().taken);
    }
    for tenant in [TenantId::DEFAULT, other] {
        let value = bed.store().config(tenant, "k".into()).await.unwrap();
        assert_eq!(value, Some(tenant.0.to_string()));
        assert_eq!(bed.store().instances(Some(tenant)).await.unwrap().len(), 1);
    }
    bed.ok(assign(ours, "w")).await;
    bed.ok(Unregister { id: "w".into(), session: "s".into() }).await;
    bed.submit_as(meta(), assign(theirs, "w")).await.expect("their instance is there still");
    let silent = FailInstances { instances: vec![(TenantId::DEFAULT, "w".into(), bed.now())] };
    assert_eq!(bed.submit_as(meta(), silent).await.unwrap(), [], "ours has gone already");
    let wanted = Wanted { tenant: other, ..wanted("w") };
    let claimed =
        bed.submit_as(meta(), ClaimTasks { wanted, task: None, max: 9, lease_ms: None }).await;
    assert_eq!(claimed.unwrap().tasks[0].task.id, theirs);
    assert_eq!(bed.status(ours).await, Status::Pending);
}

pub(super) async fn each_tenant_has_its_own_order_and_pauses(bed: &mut Bed) {
    let other = bed.tenant("other").await;
    let meta = || meta_of(other);
    let high = Create { tasks: vec![NewTask { priority: 99, ..task() }; 2] };
    let theirs = bed.submit_as(meta(), high).await.unwrap()[0].id;
    let ours = bed.make(task()).await;
    let explained =
        bed.store().explain(TenantId::DEFAULT, ours, Freshness::Latest).await.unwrap().unwrap();
    assert_eq!(explained.ahead, Some(0), "theirs are in another order");
    bed.submit_as(meta(), Pause { scope: PauseScope::All, reason: None, until: None })
        .await
        .unwrap();
    assert_eq!(bed.claim_ids(claim("w", 9)).await, [ours]);
    let wanted = Wanted { tenant: other, ..wanted("w") };
    let claim = ClaimTasks { wanted, task: None, max: 1, lease_ms: None };
    assert!(bed.submit_as(meta(), claim.clone()).await.unwrap().tasks.is_empty());
    bed.submit_as(meta(), Resume { scope: PauseScope::All }).await.unwrap();
    let claimed = bed.submit_as(meta(), claim).await.unwrap().tasks;
    assert_eq!(claimed[0].task.id, theirs);
}

pub(super) async fn what_time_brings_about_is_told_to_whom_it_belongs(bed: &mut Bed) {
    let other = bed.tenant("other").await;
    let meta = || meta_of(other);
    let create = Create { tasks: vec![task()] };
    let theirs = bed.submit_as(meta(), create).await.unwrap()[0].id;
    let wanted = Wanted { tenant: other, ..wanted("w") };
    bed.submit_as(meta(), ClaimTasks { wanted, task: None, max: 1, lease_ms: None }).await.unwrap();
    let until = Some(Until::For(1_000));
    bed.submit_as(meta(), Pause { scope: PauseScope::All, reason: None, until }).await.unwrap();
    let end = bed.end_of_log().await;
    bed.pass(bed.setup.lease_ms).await;
    let told = bed.log_after(Some(end)).await;
    assert!(told.iter().all(|event| event.tenant == other), "{told:?}");
    let mut kinds: Vec<&str> = told.iter().map(|event| &*event.kind).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["queue.resumed", "task.attempt_failed"]);
    bed.ok(Flush { tasks: true }).await;
    assert!(bed.task_of(other, theirs).await.is_some());
}
