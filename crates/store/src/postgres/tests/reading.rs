//! How reads get their turn, and how they end.

use claudebench_testkit::postgres::connect;
use claudebench_testkit::until;

use super::{PostgresOptions, database, open};
use crate::postgres::params::params;
use crate::postgres::pool::{Bounds, Reads};
use crate::store::{Store, StoreError};

const PLACE: &str = "SELECT place FROM marks WHERE name = $1";

#[tokio::test]
async fn a_snapshot_is_one_state_and_the_next_one_is_newer() {
    let database = database().await;
    let options = PostgresOptions { readers: 1, ..PostgresOptions::new(database.url()) };
    let store = open(options).await;
    let writing = connect(&database.url()).await.unwrap();
    let snapshot = store.quick.snapshot().await.unwrap();
    let read = async |snapshot: &crate::postgres::pool::Snapshot| {
        let found = snapshot.one(PLACE, &params!["words"]).await.unwrap().unwrap();
        found.get::<_, i64>(0)
    };
    assert_eq!(read(&snapshot).await, 0);
    writing.batch_execute("UPDATE marks SET place = 5 WHERE name = 'words'").await.unwrap();
    assert_eq!(read(&snapshot).await, 0);
    snapshot.end(Ok(())).unwrap();
    let snapshot = store.quick.snapshot().await.unwrap();
    assert_eq!(read(&snapshot).await, 5);
    let refused = snapshot.query("UPDATE marks SET place = 6", &[]).await;
    let refused = snapshot.end(refused).unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable { .. }), "{refused}");
    // A transaction that was undone hides nothing, either.
    let snapshot = store.quick.snapshot().await.unwrap();
    assert_eq!(read(&snapshot).await, 5);
    snapshot.end(Ok(())).unwrap();
}

#[tokio::test]
async fn as_many_reads_wait_as_may_and_a_slow_one_is_cut_off() {
    let database = database().await;
    let options = PostgresOptions {
        list_readers: 1,
        list_queue: 1,
        read_ms: 300,
        ..PostgresOptions::new(database.url())
    };
    let store = open(options).await;
    let slow = store.lists.snapshot().await.unwrap();
    let (waiting, refused) = tokio::join!(store.lists.snapshot(), async {
        let refused = store.lists.snapshot().await;
        let found = slow.query("SELECT pg_sleep(30)", &[]).await;
        let error = slow.end(found).unwrap_err();
        assert!(matches!(error, StoreError::TooSlow), "{error}");
        refused
    });
    assert!(matches!(refused, Err(StoreError::Overloaded)));
    // Its turn came, or it had waited for as long as a read may take.
    assert!(matches!(waiting, Ok(_) | Err(StoreError::Overloaded)));
    assert!(store.quick.snapshot().await.is_ok(), "the other way is free");
    store.close().await;
    assert!(matches!(store.quick.snapshot().await, Err(StoreError::Unavailable { .. })));
}

#[tokio::test]
async fn a_read_that_nobody_waits_for_is_called_off() {
    let database = database().await;
    let options = PostgresOptions { readers: 1, ..PostgresOptions::new(database.url()) };
    let store = open(options).await;
    let looking = connect(&database.url()).await.unwrap();
    let active = async || {
        let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                        AND wait_event = 'PgSleep'";
        looking.query_one(sleeping, &[]).await.unwrap().get::<_, i64>(0)
    };
    let snapshot = store.quick.snapshot().await.unwrap();
    {
        let mut read = std::pin::pin!(snapshot.query("SELECT pg_sleep(60)", &[]));
        tokio::select! {
            _ = &mut read => panic!("it sleeps"),
            () = until("the read began", async || active().await == 1) => {}
        }
    }
    drop(snapshot);
    let next = store.quick.snapshot().await.unwrap();
    let found = next.query(PLACE, &params!["words"]).await;
    assert_eq!(next.end(found).unwrap().len(), 1);
    until("the read was called off", async || active().await == 0).await;
}

#[tokio::test]
async fn connections_that_nobody_uses_are_closed_but_for_a_few() {
    let database = database().await;
    let options = PostgresOptions { idle_ms: 100, ..PostgresOptions::new(database.url()) };
    let bounds = Bounds { connections: 4, idle: 1, queue: 4 };
    let quick = Reads::new(options.config().unwrap(), bounds, &options).unwrap();
    let looking = connect(&database.url()).await.unwrap();
    let count = async || {
        let count = "SELECT count(*) FROM pg_stat_activity \
                     WHERE datname = current_database() AND application_name = 'claudebench'";
        looking.query_one(count, &[]).await.unwrap().get::<_, i64>(0)
    };
    let all = [quick.snapshot().await, quick.snapshot().await, quick.snapshot().await];
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(count().await, 3);
    for snapshot in all {
        snapshot.unwrap().end(Ok(())).unwrap();
    }
    until("one is left", async || count().await == 1).await;
}

#[tokio::test]
async fn a_connection_that_is_old_is_replaced_and_one_that_is_not_to_be_had_is_not_waited_for() {
    let database = database().await;
    let options = PostgresOptions {
        readers: 1,
        lifetime_ms: 0,
        acquire_ms: 50,
        ..PostgresOptions::new(database.url())
    };
    let store = open(options).await;
    let by = async || {
        let snapshot = store.quick.snapshot().await.unwrap();
        let found = snapshot.query("SELECT pg_backend_pid()", &[]).await;
        let found: i32 = snapshot.end(found).unwrap()[0].get(0);
        found
    };
    assert_ne!(by().await, by().await);
    let held = store.quick.snapshot().await.unwrap();
    assert!(matches!(store.quick.snapshot().await, Err(StoreError::Overloaded)));
    held.end(Ok(())).unwrap();
}

#[tokio::test]
async fn what_a_slow_statement_is_thought_to_cost_is_known() {
    let database = database().await;
    let store = open(PostgresOptions::new(database.url())).await;
    let snapshot = store.quick.snapshot().await.unwrap();
    snapshot.one(PLACE, &params!["words"]).await.unwrap();
    let cost = snapshot.cost(PLACE, &params!["words"]).await;
    assert!(cost.is_some_and(|cost| cost > 0.0), "{cost:?}");
    snapshot.end(Ok(())).unwrap();
    store.close().await;
}

#[tokio::test]
async fn who_shares_the_database_is_named_and_who_was_silent_for_long_is_not() {
    let database = database().await;
    let store = open(PostgresOptions::new(database.url())).await;
    let alone = store.servers().await.unwrap();
    let now = store.clock().now().0;
    let writing = connect(&database.url()).await.unwrap();
    let there = format!(
        "INSERT INTO servers VALUES (7, '10.0.0.7/32:5000', '0.2.0', {now}), \
             (8, '10.0.0.8/32:5000', '0.1.0', {now} - 70000)"
    );
    writing.batch_execute(&there).await.unwrap();
    let found = store.servers().await.unwrap();
    let [own, other] = &found[..] else { panic!("{found:?}") };
    assert_eq!((alone.len(), &alone[0].id, own.own), (1, &own.id, true));
    assert_eq!((&*other.id, &*other.version, other.own), ("0000000000000007", "0.2.0", false));
    assert_eq!(other.address.as_deref(), Some("10.0.0.7:5000"));
}
