//! Bounds of the embedded store's own, and its end.

use std::sync::Arc;

use claudebench_core::lane::Wanted;
use claudebench_core::time::ManualClock;
use claudebench_core::{Millis, TenantId};
use claudebench_store::sqlite::{SqliteOptions, SqliteStore};
use claudebench_store::{
    Assign, Batch, ClaimTasks, Create, Created, Freshness, Meta, NewTask, Refusal, Register,
    Source, Store, StoreError, TaskQuery, Write,
};
use tempfile::TempDir;

/// A store that takes three kinds of ready tasks.
fn open() -> (TempDir, ManualClock, Arc<SqliteStore>) {
    let dir = tempfile::tempdir().unwrap();
    let options = SqliteOptions { max_lanes: 3, ..SqliteOptions::new(dir.path()) };
    let clock = ManualClock::at(Millis(1_700_000_000_000));
    let store = SqliteStore::open(options, Arc::new(clock.clone())).unwrap();
    (dir, clock, store)
}

async fn submit<W: Write>(store: &SqliteStore, write: W) -> Result<W::Reply, Refusal> {
    let (tenant, actor) = (TenantId::DEFAULT, "test".into());
    let mut batch = Batch::default();
    let place = write.put(Meta { tenant, actor, traceparent: None, key: None }, &mut batch);
    let mut outcomes = claudebench_testkit::commit(store, batch).await.unwrap();
    W::take(&mut outcomes, place).unwrap()
}

async fn make(store: &SqliteStore, project: &str) -> Result<Created, Refusal> {
    let new = NewTask { project: Some(project.into()), max_attempts: 1, ..NewTask::default() };
    submit(store, Create { tasks: vec![new] }).await.map(|mut made| made.remove(0))
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
async fn there_are_only_so_many_kinds_of_ready_tasks() {
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
    submit(&store, assign).await.expect("what is there already is not refused for its kind");
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
async fn a_store_that_was_closed_says_so() {
    let (_dir, _, store) = open();
    store.close();
    let unavailable = |error: StoreError| matches!(error, StoreError::Unavailable { .. });
    let (source, answer) = Source::of(Batch::default());
    store.write(source).await;
    assert!(answer.await.is_err(), "nobody takes it");
    assert!(unavailable(store.stats(TenantId::DEFAULT, None).await.unwrap_err()));
    store.close();
}
