//! Bounds of the embedded store's own, and its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use claudebench_core::lane::Wanted;
use claudebench_core::time::ManualClock;
use claudebench_core::{Millis, Status, TaskId, TenantId};
use claudebench_store::sqlite::{SqliteOptions, SqliteStore};
use claudebench_store::{
    AddKey, Assign, Batch, Cancel, ClaimTasks, Committer, Create, Created, Dependency, Dependents,
    Freshness, Mark, Meta, NewTask, NoteSession, OnDuplicate, Refusal, Register, Retry,
    RetrySelection, Source, Store, StoreError, Sweep, TaskQuery, Unique, Update, Write,
};
use tempfile::TempDir;

/// A store that takes three kinds of pending tasks of one tenant.
fn open() -> (TempDir, ManualClock, Arc<SqliteStore>) {
    let dir = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(Millis(1_700_000_000_000));
    let store = open_at(&dir, &clock);
    (dir, clock, store)
}

fn open_at(dir: &TempDir, clock: &ManualClock) -> Arc<SqliteStore> {
    let options = SqliteOptions { max_lanes: 6, own_lanes: 1, ..SqliteOptions::new(dir.path()) };
    SqliteStore::open(options, Arc::new(clock.clone())).unwrap()
}

async fn submit<W: Write>(store: &SqliteStore, write: W) -> Result<W::Reply, Refusal> {
    submit_as(store, TenantId::DEFAULT, write).await
}

async fn submit_as<W: Write>(
    store: &SqliteStore,
    tenant: TenantId,
    write: W,
) -> Result<W::Reply, Refusal> {
    let actor = "test".into();
    let mut batch = Batch::default();
    let place =
        write.put(Meta { tenant, actor, traceparent: None, session: None, key: None }, &mut batch);
    let mut outcomes = claudebench_testkit::commit(store, batch).await.unwrap();
    W::take(&mut outcomes, place).unwrap()
}

fn of(project: &str) -> NewTask {
    NewTask { project: Some(project.into()), max_attempts: 1, ..NewTask::default() }
}

async fn make(store: &SqliteStore, project: &str) -> Result<Created, Refusal> {
    make_as(store, TenantId::DEFAULT, of(project)).await
}

async fn make_as(store: &SqliteStore, tenant: TenantId, new: NewTask) -> Result<Created, Refusal> {
    submit_as(store, tenant, Create { tasks: vec![new] }).await.map(|mut made| made.remove(0))
}

async fn tenant(store: &SqliteStore, name: &str) -> TenantId {
    let add = AddKey {
        id: name.into(),
        tenant_name: name.into(),
        name: "key".into(),
        hash: [0; 32],
        scopes: vec![],
        expires_at: None,
    };
    submit(store, add).await.unwrap().tenant
}

async fn claim(store: &SqliteStore, worker: &str, project: &str, max: usize) -> usize {
    let wanted = Wanted {
        tenant: TenantId::DEFAULT,
        worker: worker.into(),
        roles: vec![],
        project: Some(project.into()),
        tags: vec![],
    };
    submit(store, ClaimTasks { wanted, task: None, max, lease_ms: None }).await.unwrap().tasks.len()
}

#[tokio::test]
async fn there_are_only_so_many_kinds_of_pending_tasks() {
    let (_dir, _, store) = open();
    for project in ["a", "b", "c", "a"] {
        make(&store, project).await.unwrap();
    }
    let refused = make(&store, "d").await;
    assert!(matches!(refused, Err(Refusal::Limit { .. })), "{refused:?}");
    let register = Register { id: "w".into(), roles: vec![], metadata: None, became_leader: false };
    submit(&store, register).await.unwrap();
    let parked = make(&store, "b").await.unwrap().id;
    let assign = Assign { task: parked, instance: "w".into() };
    let refused = submit(&store, assign.clone()).await;
    let Err(Refusal::Limit { what }) = refused else { panic!("{refused:?}") };
    assert!(what.contains("may have 3 combinations"), "{what}");
    assert!(what.contains("they have 3, and this needs 1 more"), "{what}");
    assert_eq!(claim(&store, "w", "a", 9).await, 2);
    assert_eq!(claim(&store, "w", "a", 9).await, 0, "that kind is empty");
    submit(&store, assign).await.unwrap();
    assert_eq!(claim(&store, "w", "b", 9).await, 2);
}

#[tokio::test]
async fn a_kind_whose_tasks_were_all_taken_is_none() {
    let (_dir, clock, store) = open();
    for round in ["x", "y", "z"] {
        for n in 0..3 {
            // Taken once, and never asked for again.
            let project = format!("{round}-{n}");
            make(&store, &project).await.unwrap();
            assert_eq!(claim(&store, "w", &project, 1).await, 1);
        }
        clock.advance(1_000);
    }
    for project in ["a", "b", "c"] {
        make(&store, project).await.unwrap();
    }
    clock.advance(1_000);
    assert!(make(&store, "d").await.is_err(), "these have tasks");
    for project in ["a", "b", "c"] {
        assert_eq!(claim(&store, "w", project, 9).await, 1, "{project} was not forgotten");
    }
}

#[tokio::test]
async fn a_call_makes_no_more_kinds_than_there_may_be() {
    let (_dir, _, store) = open();
    let tasks = |projects: &[&str]| projects.iter().map(|project| of(project)).collect();
    let refused = submit(&store, Create { tasks: tasks(&["a", "b", "c", "d"]) }).await;
    let Err(Refusal::Limit { what }) = refused else { panic!("{refused:?}") };
    assert!(what.contains("may have 3 combinations"), "{what}");
    assert!(what.contains("they have 0, and this needs 4 more"), "{what}");
    submit(&store, Create { tasks: tasks(&["a", "b", "c", "a", "c"]) }).await.unwrap();
}

#[tokio::test]
async fn what_waits_counts_from_the_start() {
    let (dir, clock, store) = open();
    let first = make(&store, "a").await.unwrap().id;
    let blocked = NewTask { depends_on: vec![Dependency::Task(first)], ..of("b") };
    make_as(&store, TenantId::DEFAULT, blocked).await.unwrap();
    let later = NewTask { delay_ms: Some(10_000), ..of("c") };
    make_as(&store, TenantId::DEFAULT, later.clone()).await.unwrap();
    let late = |project| NewTask { project: Some(project), ..later.clone() };
    let refused = make_as(&store, TenantId::DEFAULT, late("d".into())).await;
    assert!(matches!(refused, Err(Refusal::Limit { .. })), "{refused:?}");
    store.close();
    let store = open_at(&dir, &clock);
    let refused = make(&store, "d").await;
    assert!(matches!(refused, Err(Refusal::Limit { .. })), "after a restart: {refused:?}");
    make_as(&store, TenantId::DEFAULT, late("c".into())).await.unwrap();
    clock.advance(10_000);
    submit(&store, Sweep).await.unwrap();
    assert_eq!(claim(&store, "w", "c", 9).await, 2, "their time has come");
    clock.advance(1_000);
    make(&store, "d").await.expect("one kind is free again");
    assert!(make(&store, "e").await.is_err(), "what is blocked counts still");
}

#[tokio::test]
async fn what_is_put_back_counts_as_what_is_made() {
    let (_dir, _, store) = open();
    let gone = make(&store, "z").await.unwrap().id;
    let cancel = Cancel { task: gone, reason: None, grace_ms: 0, dependents: None };
    submit(&store, cancel).await.unwrap();
    assert_eq!(claim(&store, "w", "z", 1).await, 0);
    for project in ["a", "b", "c"] {
        make(&store, project).await.unwrap();
    }
    let which = RetrySelection::Task { id: gone, force: false };
    let retry = Retry { which, priority: None, delay_ms: None };
    let refused = submit(&store, retry.clone()).await;
    assert!(matches!(refused, Err(Refusal::Limit { .. })), "{refused:?}");
    assert_eq!(claim(&store, "w", "a", 9).await, 1);
    assert_eq!(claim(&store, "w", "a", 9).await, 0, "that kind is empty");
    assert_eq!(submit(&store, retry).await.unwrap().retried.len(), 1);
}

#[tokio::test]
async fn what_is_opened_again_by_hand_counts_as_what_is_made() {
    let (_dir, _, store) = open();
    let project = NewTask { metadata: Some(r#"{"projectId":"z"}"#.into()), ..of("z") };
    let done = make_as(&store, TenantId::DEFAULT, project).await.unwrap().id;
    let to = |status| Update { id: Some(done), status: Some(status), ..Update::default() };
    submit(&store, to(Status::Completed)).await.unwrap();
    assert_eq!(claim(&store, "w", "z", 1).await, 0);
    for project in ["a", "b", "c"] {
        make(&store, project).await.unwrap();
    }
    for status in [Status::Pending, Status::InProgress] {
        let refused = submit(&store, to(status)).await;
        assert!(matches!(refused, Err(Refusal::Limit { .. })), "{status:?}: {refused:?}");
    }
}

#[tokio::test]
async fn what_others_have_no_longer_is_no_reason_to_refuse() {
    let (_dir, clock, store) = open();
    let second = tenant(&store, "second").await;
    for project in ["a", "b", "c"] {
        make(&store, project).await.unwrap();
        // Taken once, and never asked for again.
        assert_eq!(claim(&store, "w", project, 1).await, 1);
    }
    for project in ["a", "b", "c"] {
        make_as(&store, second, of(project)).await.unwrap();
    }
    make(&store, "d").await.unwrap();
    clock.advance(1_000);
    assert!(make_as(&store, second, of("d")).await.is_err(), "half of all");
}

#[tokio::test]
async fn dead_letters_without_room_are_told() {
    let (_dir, _, store) = open();
    let update = |id, status| Update { id: Some(id), status: Some(status), ..Update::default() };
    let mut dead = Vec::new();
    for project in ["z", "a"] {
        let id = make(&store, project).await.unwrap().id;
        submit(&store, update(id, Status::Failed)).await.unwrap();
        assert_eq!(claim(&store, "w", project, 1).await, 0);
        dead.push(id);
    }
    for project in ["a", "b", "c"] {
        make(&store, project).await.unwrap();
    }
    let which =
        RetrySelection::Dead { ids: None, project: None, tag: None, reason: None, limit: 9 };
    let done = submit(&store, Retry { which, priority: None, delay_ms: None }).await.unwrap();
    let retried: Vec<TaskId> = done.retried.iter().map(|task| task.id).collect();
    assert_eq!(retried, [dead[1]], "its kind is there");
    let [(refused, Refusal::Limit { .. })] = &done.refused[..] else { panic!("{done:?}") };
    assert_eq!(*refused, dead[0]);
}

#[tokio::test]
async fn no_tenant_takes_all_kinds_from_the_others() {
    let (_dir, clock, store) = open();
    let (second, third) = (tenant(&store, "second").await, tenant(&store, "third").await);
    for project in ["a", "b", "c"] {
        make(&store, project).await.unwrap();
    }
    assert!(make(&store, "d").await.is_err(), "half of all");
    make_as(&store, second, of("a")).await.unwrap();
    make_as(&store, second, of("b")).await.unwrap();
    assert!(make_as(&store, second, of("c")).await.is_err(), "half of what the first leaves");
    make_as(&store, third, of("a")).await.unwrap();
    assert!(make_as(&store, third, of("b")).await.is_err());
    let fourth = tenant(&store, "fourth").await;
    make_as(&store, fourth, of("a")).await.expect("one is there in any case");
    for project in ["a", "b", "c"] {
        assert_eq!(claim(&store, "w", project, 9).await, 1);
        assert_eq!(claim(&store, "w", project, 9).await, 0);
    }
    clock.advance(1_000);
    make_as(&store, third, of("b")).await.expect("the first has none any more");
}

#[tokio::test]
async fn a_total_that_is_not_kept_is_counted_to_ten_thousand() {
    let (_dir, _, store) = open();
    let tasks =
        vec![NewTask { tags: vec!["x".into()], max_attempts: 1, ..NewTask::default() }; 1_000];
    let query = TaskQuery { tag: Some("x".into()), limit: 1, ..TaskQuery::default() };
    for _ in 0..10 {
        submit(&store, Create { tasks: tasks.clone() }).await.unwrap();
    }
    let page = store.list(query.clone(), Freshness::Latest).await.unwrap();
    assert_eq!((page.total, page.total_capped), (10_000, false));
    submit(&store, Create { tasks: tasks[..1].to_vec() }).await.unwrap();
    let page = store.list(query, Freshness::Latest).await.unwrap();
    assert_eq!((page.total, page.total_capped), (10_000, true));
    let all = TaskQuery { limit: 1, ..TaskQuery::default() };
    let page = store.list(all, Freshness::Latest).await.unwrap();
    assert_eq!((page.total, page.total_capped), (10_001, false), "this one is kept");
}

#[tokio::test]
async fn a_session_is_heard_where_no_more_instances_have_room() {
    let (_dir, _, store) = open();
    let instance = |n: usize| Register {
        id: format!("i-{n}").into(),
        roles: vec![],
        metadata: None,
        became_leader: false,
    };
    for thousand in 0..10 {
        let mut batch = Batch::default();
        for n in 0..1_000 {
            let (tenant, actor) = (TenantId::DEFAULT, "test".into());
            let meta = Meta { tenant, actor, traceparent: None, session: None, key: None };
            instance(thousand * 1_000 + n).put(meta, &mut batch);
        }
        claudebench_testkit::commit(&*store, batch).await.unwrap();
    }
    let refused = submit(&store, instance(10_000)).await;
    assert!(matches!(refused, Err(Refusal::Limit { .. })), "{refused:?}");
    let note = NoteSession {
        session: Some("s".into()),
        instance: Some(instance(10_000)),
        told: vec![],
        marks: vec![Mark::Prompt { text: "go on".into(), tells: true }],
        lease_ms: 600_000,
    };
    let noted = submit(&store, note).await.unwrap();
    assert_eq!((noted.events, noted.registered), (1, false));
    let session = store.session(TenantId::DEFAULT, "s".into()).await.unwrap().unwrap();
    assert_eq!(session.state.prompts.len(), 1);
}

#[tokio::test]
async fn a_store_that_was_closed_says_so() {
    let (_dir, _, store) = open();
    store.close();
    let unavailable = |error: StoreError| matches!(error, StoreError::Unavailable { .. });
    let (source, answer) = Source::of(Batch::default());
    store.write(source).await;
    assert!(answer.await.is_err(), "nobody takes it");
    assert!(unavailable(
        store.stats(TenantId::DEFAULT, None, Freshness::Latest).await.unwrap_err()
    ));
    store.close();
}

/// A task that waits for another.
fn after(on: Dependency) -> NewTask {
    NewTask { depends_on: vec![on], max_attempts: 1, ..NewTask::default() }
}

fn off(task: TaskId, dependents: Dependents) -> Cancel {
    Cancel { task, reason: None, grace_ms: 0, dependents: Some(dependents) }
}

#[tokio::test]
async fn as_many_wait_for_one_task_as_may() {
    let (_dir, _, store) = open();
    let first = make(&store, "a").await.unwrap().id;
    let on_first = || after(Dependency::Task(first));
    let mut behind = Vec::new();
    for _ in 0..10 {
        behind = submit(&store, Create { tasks: vec![on_first(); 1_000] }).await.unwrap();
    }
    let one_more = || Create { tasks: vec![NewTask::default(), on_first()] };
    let refused = submit(&store, one_more()).await;
    assert!(matches!(refused, Err(Refusal::Limit { .. })), "{refused:?}");
    let all = store.stats(TenantId::DEFAULT, None, Freshness::Latest).await.unwrap();
    assert_eq!(all.total(), 10_001, "nothing was made");

    // One that waits for one of them is one too many to be called off at once.
    let last = after(Dependency::Task(behind[0].id));
    let last = submit(&store, Create { tasks: vec![last] }).await.unwrap()[0].id;
    let refused = submit(&store, off(first, Dependents::Cancel)).await;
    assert!(matches!(refused, Err(Refusal::Limit { .. })), "{refused:?}");
    assert_eq!(
        store
            .stats(TenantId::DEFAULT, None, Freshness::Latest)
            .await
            .unwrap()
            .of(Status::Cancelled),
        0
    );
    submit(&store, off(last, Dependents::Keep)).await.unwrap();
    let done = submit(&store, off(first, Dependents::Cancel)).await.unwrap();
    assert_eq!(done.also_cancelled.len(), 10_000);
}

#[tokio::test]
async fn those_that_were_called_off_leave_room() {
    let (_dir, _, store) = open();
    let first = make(&store, "a").await.unwrap().id;
    let middle = make_as(&store, TenantId::DEFAULT, after(Dependency::Task(first))).await.unwrap();
    let on_both = || NewTask {
        depends_on: vec![Dependency::Task(first), Dependency::Task(middle.id)],
        ..after(Dependency::Task(first))
    };
    for count in [1_000; 9].into_iter().chain([999]) {
        submit(&store, Create { tasks: vec![on_both(); count] }).await.unwrap();
    }
    let one = || Create { tasks: vec![after(Dependency::Task(first))] };
    assert!(submit(&store, one()).await.is_err());
    submit(&store, off(middle.id, Dependents::Cancel)).await.unwrap();
    submit(&store, one()).await.unwrap();
}

#[tokio::test]
async fn what_waits_for_a_replaced_task_counts_for_the_new_one() {
    let (_dir, _, store) = open();
    let unique = || Some(Unique { key: "k".into(), on_duplicate: OnDuplicate::Replace });
    let keyed = || NewTask { unique: unique(), ..of("a") };
    let first = make_as(&store, TenantId::DEFAULT, keyed()).await.unwrap().id;
    for _ in 0..10 {
        let tasks = vec![after(Dependency::Task(first)); 1_000];
        submit(&store, Create { tasks }).await.unwrap();
    }
    for on in [Dependency::Place(0), Dependency::Task(first)] {
        let refused = submit(&store, Create { tasks: vec![keyed(), after(on)] }).await;
        assert!(matches!(refused, Err(Refusal::Limit { .. })), "{refused:?}");
    }
    submit(&store, Create { tasks: vec![keyed()] }).await.unwrap();
}

#[tokio::test]
async fn those_that_wait_no_longer_leave_room() {
    let (_dir, _, store) = open();
    let first = make(&store, "a").await.unwrap().id;
    for _ in 0..10 {
        let tasks = vec![after(Dependency::Task(first)); 1_000];
        submit(&store, Create { tasks }).await.unwrap();
    }
    let done = submit(&store, off(first, Dependents::Release)).await.unwrap();
    assert_eq!(done.released.len(), 10_000);
    submit(&store, Create { tasks: vec![after(Dependency::Task(first))] }).await.unwrap();
}

#[test]
fn a_store_whose_last_owner_goes_on_its_own_thread_is_closed() {
    let panics = Arc::new(AtomicUsize::new(0));
    let (before, count) = (std::panic::take_hook(), panics.clone());
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() == Some("store-writer") {
            count.fetch_add(1, Ordering::SeqCst);
        }
        before(panic);
    }));
    let (dir, _, store) = open();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let owner = store.clone();
        let tell = Arc::new(move |_| drop(owner.clone()));
        let (committer, writers) = Committer::start(store.clone(), Default::default(), tell);
        drop(store);
        let meta = Meta {
            tenant: TenantId::DEFAULT,
            actor: "test".into(),
            traceparent: None,
            session: None,
            key: None,
        };
        committer.submit(meta, Create { tasks: vec![NewTask::default()] }).await.unwrap();
        drop(committer);
        // Its source goes on the writer's thread, and with it the last owner.
        writers.join_all().await;
    });
    let deadline = Instant::now() + Duration::from_secs(20);
    let clock = || Arc::new(ManualClock::at(Millis(1_700_000_000_000)));
    while let Err(error) = SqliteStore::open(SqliteOptions::new(dir.path()), clock()) {
        assert!(Instant::now() < deadline, "the directory is free again: {error}");
        std::thread::yield_now();
    }
    assert_eq!(panics.load(Ordering::SeqCst), 0);
}
