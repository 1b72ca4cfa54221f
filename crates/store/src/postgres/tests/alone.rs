//! Migrations outside a transaction, as they are killed, and as several servers do them.

use claudebench_testkit::postgres::{Database, PgBouncer, Postgres, connect};
use claudebench_testkit::{PATIENCE, until};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::Client;

use super::{PostgresOptions, database};
use crate::postgres::connect::connect as connect_checked;
use crate::postgres::errors::OpenError;
use crate::postgres::migrate::{MIGRATIONS, Migration, migrate};

const LATER: Migration = Migration {
    version: MIGRATIONS.len() as i64 + 1,
    name: "later",
    needs: 1,
    text: "-- no transaction\n\
           CREATE INDEX CONCURRENTLY IF NOT EXISTS later ON instances (seen_at);\n",
};

/// How an index is made on something that is divided into months.
const OF_MONTHS: Migration = Migration {
    text: "-- no transaction\n\
           CREATE INDEX IF NOT EXISTS later ON ONLY tasks (updated_at);\n\
           -- The months that have no part of it yet.\n\
           SELECT format('CREATE INDEX CONCURRENTLY IF NOT EXISTS %I ON %s (updated_at)',\n\
               i.inhrelid::regclass || '_later', i.inhrelid::regclass)\n\
           FROM pg_inherits AS i WHERE i.inhparent = 'tasks'::regclass AND NOT EXISTS (\n\
               SELECT 1 FROM pg_index AS x JOIN pg_inherits AS p ON p.inhrelid = x.indexrelid\n\
               WHERE x.indrelid = i.inhrelid AND p.inhparent = 'later'::regclass);\n\
           SELECT format('ALTER INDEX later ATTACH PARTITION %s', x.indexrelid::regclass)\n\
           FROM pg_inherits AS i JOIN pg_index AS x ON x.indrelid = i.inhrelid\n\
           WHERE i.inhparent = 'tasks'::regclass AND x.indexrelid::regclass::text LIKE '%_later';\n",
    ..LATER
};

/// Brings a database up to date, as a server does that knows one more migration.
fn bring(url: String, next: Migration) -> JoinHandle<Result<(), OpenError>> {
    tokio::spawn(async move {
        let known = Box::leak([MIGRATIONS, &[next]].concat().into_boxed_slice());
        let to = PostgresOptions { pooler: true, ..PostgresOptions::new(url) }.config().unwrap();
        let mut client = connect_checked(&to).await?;
        migrate(&mut client, &to, known).await
    })
}

/// How one ended. If it does not, what goes on in the database is told.
async fn end(one: JoinHandle<Result<(), OpenError>>, looking: &Client) -> Result<(), OpenError> {
    if let Ok(joined) = timeout(PATIENCE, one).await {
        return joined.unwrap();
    }
    let ask = "SELECT concat_ws(' ', pid, state, wait_event, pg_blocking_pids(pid), query) \
               FROM pg_stat_activity WHERE datname = current_database()";
    let rows = looking.query(ask, &[]).await.unwrap();
    let said: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    panic!("still not after {PATIENCE:?}:\n{}", said.join("\n"));
}

/// Whether the index is there: valid or not.
async fn index(client: &Client) -> Option<bool> {
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('later')";
    client.query_opt(valid, &[]).await.unwrap().map(|row| row.get(0))
}

/// Which one it is: another one after it was built again.
async fn oid(client: &Client) -> i64 {
    let oid = "SELECT to_regclass('later')::oid::bigint";
    client.query_one(oid, &[]).await.unwrap().get(0)
}

/// Somebody who has written and does not end: no index can be built beside that.
async fn in_the_way(database: &Database) -> Client {
    let client = connect(&database.url()).await.unwrap();
    let write = "BEGIN; INSERT INTO instances VALUES (1, 'a', '{}', NULL, false, 0, 0)";
    client.batch_execute(write).await.unwrap();
    client
}

#[tokio::test]
async fn what_a_killed_one_leaves_is_dropped_and_built_again() {
    let database = database().await;
    let looking = connect(&database.url()).await.unwrap();
    let writing = in_the_way(&database).await;
    let killed = bring(database.url(), LATER);
    until("it is being built", async || index(&looking).await == Some(false)).await;
    let kill = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
                WHERE datname = current_database() AND application_name = 'claudebench'";
    looking.batch_execute(kill).await.unwrap();
    let error = end(killed, &looking).await.unwrap_err();
    assert!(error.to_string().contains("later"), "{error}");
    assert_eq!(index(&looking).await, Some(false));
    writing.batch_execute("COMMIT").await.unwrap();
    end(bring(database.url(), LATER), &looking).await.unwrap();
    assert_eq!(index(&looking).await, Some(true));
}

#[tokio::test]
async fn one_that_goes_on_without_its_server_is_waited_for() {
    let database = database().await;
    let looking = connect(&database.url()).await.unwrap();
    let writing = in_the_way(&database).await;
    let gone = bring(database.url(), LATER);
    until("it is being built", async || index(&looking).await == Some(false)).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    let first = oid(&looking).await;
    let next = bring(database.url(), LATER);
    let turn = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4 AND granted \
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    until("the next one has the turn", async || {
        looking.query_one(turn, &[]).await.unwrap().get::<_, i64>(0) == 1
    })
    .await;
    writing.batch_execute("COMMIT").await.unwrap();
    end(next, &looking).await.unwrap();
    assert_eq!((index(&looking).await, oid(&looking).await), (Some(true), first));
}

#[tokio::test]
async fn one_that_begins_or_ends_is_at_work_although_no_progress_says_so() {
    let database = database().await;
    let looking = connect(&database.url()).await.unwrap();
    let unseen = "CREATE INDEX later ON instances (seen_at); SELECT pg_advisory_lock(9); \
                  UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'later'::regclass";
    looking.batch_execute(unseen).await.unwrap();
    let first = oid(&looking).await;
    let building = connect(&database.url()).await.unwrap();
    let work = "CREATE TEMPORARY TABLE later_work (); SELECT pg_advisory_lock(9)";
    let work = tokio::spawn(async move { building.batch_execute(work).await });
    database.until_held_up().await;
    let next = bring(database.url(), LATER);
    let asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND query LIKE '%pg_stat_progress_create_index%' AND pid <> pg_backend_pid()";
    until("the next one has asked", async || {
        looking.query_one(asked, &[]).await.unwrap().get::<_, i64>(0) == 1
    })
    .await;
    let done = "UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'later'::regclass; \
                SELECT pg_advisory_unlock(9)";
    looking.batch_execute(done).await.unwrap();
    work.await.unwrap().unwrap();
    end(next, &looking).await.unwrap();
    assert_eq!((index(&looking).await, oid(&looking).await), (Some(true), first));
}

#[tokio::test]
async fn several_servers_do_it_once_also_behind_a_pooler_and_do_not_block_each_other() {
    let database = database().await;
    let looking = connect(&database.url()).await.unwrap();
    let writing = in_the_way(&database).await;
    let bouncer = PgBouncer::before(Postgres::shared().await, 8).await;
    let first = bring(database.url(), LATER);
    until("it is being built", async || index(&looking).await == Some(false)).await;
    let others = [
        bring(bouncer.url(database.name()), LATER),
        bring(database.url(), LATER),
        bring(bouncer.url(database.name()), LATER),
    ];
    let asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND application_name = 'claudebench' AND query LIKE '%pg_try_advisory_xact_lock%'";
    until("another one has asked", async || {
        looking.query_one(asked, &[]).await.unwrap().get::<_, i64>(0) > 1
    })
    .await;
    writing.batch_execute("COMMIT").await.unwrap();
    end(first, &looking).await.unwrap();
    for other in others {
        end(other, &looking).await.unwrap();
    }
    assert_eq!(index(&looking).await, Some(true));
}

#[tokio::test]
async fn an_index_of_all_months_is_built_month_by_month() {
    let database = database().await;
    let looking = connect(&database.url()).await.unwrap();
    // One month was done, and another one was made meanwhile.
    let half = "CREATE INDEX later ON ONLY tasks (updated_at); \
         CREATE INDEX tasks_2023_12_later ON tasks_2023_12 (updated_at); \
         ALTER INDEX later ATTACH PARTITION tasks_2023_12_later; \
         SELECT add_months(1707000000000, 1707000000000, 0)";
    looking.batch_execute(half).await.unwrap();
    assert_eq!(index(&looking).await, Some(false));
    end(bring(database.url(), OF_MONTHS), &looking).await.unwrap();
    assert_eq!(index(&looking).await, Some(true));
    looking.batch_execute("SELECT add_months(1711000000000, 1711000000000, 0)").await.unwrap();
}
