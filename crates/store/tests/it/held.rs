//! Other transactions stand in the way: of claims, and of the end of the log.

use std::sync::Arc;
use std::time::Duration;

use claudebench_core::lane::Wanted;
use claudebench_core::principal::Scopes;
use claudebench_core::time::ManualClock;
use claudebench_core::{TaskId, TenantId};
use claudebench_store::postgres::PostgresStore;
use claudebench_store::{
    Batch, ClaimTasks, Create, EventQuery, Freshness, Meta, NewTask, Outcomes, Store, Write,
};
use claudebench_testkit::conformance::store::{EPOCH, Setup, commit};
use claudebench_testkit::postgres::{Database, connect};
use tokio_postgres::Client;

use super::postgres::{database, options};

struct Open {
    database: Database,
    store: Arc<PostgresStore>,
}

async fn open() -> Open {
    let database = database().await;
    let clock = Arc::new(ManualClock::at(EPOCH));
    let options = options(&Setup::default(), database.url());
    let store = PostgresStore::open(options, Some(clock)).await.unwrap();
    Open { database, store }
}

fn one(write: impl Write) -> Batch {
    let mut batch = Batch::default();
    let actor = "test".into();
    let meta =
        Meta { tenant: TenantId::DEFAULT, actor, traceparent: None, session: None, key: None };
    write.put(meta, &mut batch);
    batch
}

fn create(count: usize) -> Batch {
    let task = NewTask { text: "a task".into(), max_attempts: 1, ..NewTask::default() };
    one(Create { tasks: vec![task; count] })
}

fn claim(max: usize) -> Batch {
    let wanted = Wanted {
        tenant: TenantId::DEFAULT,
        worker: "w".into(),
        roles: Vec::new(),
        project: None,
        tags: Vec::new(),
    };
    one(ClaimTasks { wanted, task: None, max, lease_ms: None })
}

async fn made(store: &PostgresStore, count: usize) -> Vec<TaskId> {
    let mut outcomes = commit(store, create(count)).await.unwrap();
    let made = outcomes.creates[0].take().unwrap().unwrap();
    made.iter().map(|made| made.id).collect()
}

fn claimed(mut outcomes: Outcomes) -> Vec<TaskId> {
    let claimed = outcomes.claims[0].take().unwrap().unwrap();
    claimed.tasks.iter().map(|claimed| claimed.task.id).collect()
}

/// Until the database says so.
async fn until(client: &Client, question: &str) {
    let asked = async {
        while !client.query_one(question, &[]).await.unwrap().get::<_, bool>(0) {
            tokio::task::yield_now().await;
        }
    };
    let answered = tokio::time::timeout(Duration::from_secs(20), asked).await;
    answered.unwrap_or_else(|_| panic!("never: {question}"));
}

#[tokio::test]
async fn a_claim_passes_by_what_others_have_in_hand_and_finds_it_when_they_let_go() {
    let Open { database, store } = open().await;
    let ids = made(&store, 2_000).await;
    let other = connect(&database.url()).await.unwrap();
    other.batch_execute("BEGIN").await.unwrap();
    let held = "SELECT t.id FROM ready AS r JOIN tasks AS t ON t.id = r.task \
                ORDER BY r.rank, r.task LIMIT 1500 FOR NO KEY UPDATE OF t";
    assert_eq!(other.query(held, &[]).await.unwrap().len(), 1_500);
    assert_eq!(claimed(commit(&*store, claim(10)).await.unwrap()), ids[1_500..1_510]);
    other.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(claimed(commit(&*store, claim(10)).await.unwrap()), ids[..10]);
    store.close().await;
}

#[tokio::test]
async fn whoever_comes_late_to_the_log_is_not_passed_by() {
    let Open { database, store } = open().await;
    made(&store, 1).await;
    let query = |after| EventQuery {
        tenant: Some(TenantId::DEFAULT),
        scopes: Scopes::ALL,
        after,
        task: None,
        project: None,
        session: None,
        kinds: Vec::new(),
        limit: 100,
        newest_first: false,
    };
    let first = Store::events(&*store, query(None), Freshness::Latest).await.unwrap();
    let late = connect(&database.url()).await.unwrap();
    let look = connect(&database.url()).await.unwrap();
    // It has its place, and takes its time to commit.
    late.batch_execute(&format!(
        "BEGIN; INSERT INTO events (seq, tenant, at, kind, actor, payload) \
         SELECT next_places(1, {now}) + 1, 1, {now}, 'task.created', 'late', '{{}}'",
        now = EPOCH.0
    ))
    .await
    .unwrap();
    let own = tokio::spawn({
        let store = store.clone();
        async move { made(&store, 1).await }
    });
    let waits = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                 AND classid = 7771 AND objid = 2 AND database = \
                 (SELECT oid FROM pg_database WHERE datname = current_database()))";
    until(&look, waits).await;
    let between = Store::events(&*store, query(Some(first.next)), Freshness::Latest).await.unwrap();
    assert!(between.events.is_empty() && between.next == first.next, "{between:?}");
    late.batch_execute("COMMIT").await.unwrap();
    own.await.unwrap();
    let after = Store::events(&*store, query(Some(between.next)), Freshness::Latest).await.unwrap();
    let actors: Vec<&str> = after.events.iter().map(|event| &*event.actor).collect();
    assert_eq!(actors, ["late", "test"]);
    store.close().await;
}

#[tokio::test]
async fn racing_claimers_over_two_servers_share_the_tasks() {
    let Open { database, store } = open().await;
    let clock = Arc::new(ManualClock::at(EPOCH));
    let other = options(&Setup::default(), database.url());
    let other = PostgresStore::open(other, Some(clock)).await.unwrap();
    let mut ids = made(&store, 1_000).await;
    let mut claimers = tokio::task::JoinSet::new();
    for n in 0..32 {
        let store = if n % 2 == 0 { store.clone() } else { other.clone() };
        claimers.spawn(async move {
            let mut all = Vec::new();
            loop {
                let got = claimed(commit(&*store, claim(7)).await.unwrap());
                if got.is_empty() {
                    return all;
                }
                all.extend(got);
            }
        });
    }
    let mut all: Vec<TaskId> = claimers.join_all().await.into_iter().flatten().collect();
    all.extend(claimed(commit(&*store, claim(1_000)).await.unwrap()));
    all.sort_unstable();
    ids.sort_unstable();
    assert_eq!(all, ids, "each once");
    store.close().await;
    other.close().await;
}
