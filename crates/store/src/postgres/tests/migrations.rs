//! Opening: migrations, months, the clock, the places in the log.

use claudebench_core::Millis;
use claudebench_testkit::postgres::{Database, PgBouncer, Postgres, connect};
use tokio_postgres::Client;

use super::{EPOCH, PostgresOptions, PostgresStore, database, manual, open};
use crate::postgres::connect::connect as connect_checked;
use crate::postgres::errors::{OpenError, store_error};
use crate::postgres::migrate::{MIGRATIONS, Migration, check, migrate, months};
use crate::postgres::options::Target;

async fn numbers(client: &Client, statement: &str) -> Vec<i64> {
    let rows = client.query(statement, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn client(database: &Database) -> Client {
    connect(&database.url()).await.unwrap()
}

const DONE: &str = "SELECT version FROM migrations ORDER BY version";

/// The number of the migration that comes next.
const NEXT: i64 = MIGRATIONS.len() as i64 + 1;

#[tokio::test]
async fn an_empty_database_is_brought_up_to_date_once() {
    let database = Postgres::shared().await.database().await;
    let looking = client(&database).await;
    let missing = check(&looking, MIGRATIONS).await.unwrap();
    assert_eq!(missing.len(), MIGRATIONS.len());
    assert_eq!(check(&looking, MIGRATIONS).await.unwrap().len(), missing.len(), "it only looks");
    let options = || PostgresOptions::new(database.url());
    let (a, b) = tokio::join!(open(options()), open(options()));
    drop((a, b, open(options()).await));
    assert_eq!(numbers(&looking, DONE).await, (1..NEXT).collect::<Vec<_>>());
    assert!(check(&looking, MIGRATIONS).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_database_that_is_up_to_date_waits_for_no_migration() {
    let database = database().await;
    let held = client(&database).await;
    held.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(7771, 1)").await.unwrap();
    let to = target(&database);
    let mut looking = connect_checked(&to).await.unwrap();
    looking.batch_execute("SET lock_timeout = '1s'").await.unwrap();
    migrate(&mut looking, &to, MIGRATIONS).await.unwrap();
}

fn target(database: &Database) -> Target {
    PostgresOptions::new(database.url()).config().unwrap()
}

/// Migrations with one more.
fn with(next: Migration) -> &'static [Migration] {
    Box::leak([MIGRATIONS, &[next]].concat().into_boxed_slice())
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_and_can_be_tried_again() {
    let database = database().await;
    let (mut client, to) = (client(&database).await, target(&database));
    let bad = Migration {
        version: NEXT,
        name: "bad",
        needs: 1,
        text: "CREATE TABLE half (a bigint); SELECT 1 / 0;",
    };
    for _ in 0..2 {
        let error = migrate(&mut client, &to, with(bad)).await.unwrap_err();
        assert!(
            matches!(error, OpenError::Migration { version: NEXT, name: "bad", .. }),
            "{error}"
        );
    }
    assert_eq!(numbers(&client, DONE).await, (1..NEXT).collect::<Vec<_>>());
    let good = Migration { text: "CREATE TABLE half (a bigint)", ..bad };
    migrate(&mut client, &to, with(good)).await.unwrap();
    assert_eq!(numbers(&client, DONE).await, (1..=NEXT).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_newer_database_is_served_when_it_says_so() {
    let database = database().await;
    let (mut client, to) = (client(&database).await, target(&database));
    let text = "ALTER TABLE tasks ADD COLUMN later bigint DEFAULT 7";
    let more = Migration { version: NEXT, name: "later", needs: 1, text };
    migrate(&mut client, &to, with(more)).await.unwrap();
    assert!(check(&client, MIGRATIONS).await.unwrap().is_empty());
    drop(open(PostgresOptions::new(database.url())).await);
    let needs = "UPDATE migrations SET needs = version WHERE version = $1";
    client.execute(needs, &[&NEXT]).await.unwrap();
    let error =
        PostgresStore::open(PostgresOptions::new(database.url()), Some(manual(EPOCH))).await;
    let error = error.unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: NEXT, .. }), "{error}");
}

#[tokio::test]
async fn a_migration_that_was_another_one_is_refused() {
    let database = database().await;
    let client = client(&database).await;
    client.batch_execute("UPDATE migrations SET digest = '\\x00'").await.unwrap();
    let error = check(&client, MIGRATIONS).await.unwrap_err();
    assert!(matches!(error, OpenError::Altered { version: 1 }), "{error}");
}

#[tokio::test]
async fn months_are_made_ahead_and_may_be_asked_for_again() {
    let database = database().await;
    let mut client = client(&database).await;
    let of_tasks = "SELECT substr(c.relname, 7) FROM pg_inherits AS i JOIN pg_class AS c \
                    ON c.oid = i.inhrelid WHERE i.inhparent = 'tasks'::regclass ORDER BY 1";
    let names = async |client: &Client| -> Vec<String> {
        let rows = client.query(of_tasks, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    };
    assert_eq!(names(&client).await, ["2023_11", "2023_12", "2024_01"]);
    // The 1st of February 2024, at midnight.
    assert_eq!(months(&mut client, EPOCH).await.unwrap(), Millis(1_706_745_600_000));
    months(&mut client, Millis(1_706_745_600_000)).await.unwrap();
    assert_eq!(names(&client).await.last().unwrap(), "2024_04");
    // The places in the log are ahead of the clock: their month is there, too.
    client.batch_execute("SELECT setval('log_place', 1721000000000 << 20)").await.unwrap();
    months(&mut client, EPOCH).await.unwrap();
    assert_eq!(names(&client).await.last().unwrap(), "2024_09");
    let insert = "INSERT INTO words SELECT 1721000000000 << 20, ''";
    client.batch_execute(insert).await.unwrap();
}

#[tokio::test]
async fn new_months_wait_for_nobody_who_writes() {
    let database = database().await;
    let writing = client(&database).await;
    let write = "BEGIN; INSERT INTO words SELECT 1700000000000 << 20, ''; SELECT * FROM words";
    writing.batch_execute(write).await.unwrap();
    let mut client = client(&database).await;
    client.batch_execute("SET lock_timeout = '2s'").await.unwrap();
    months(&mut client, Millis(1_800_000_000_000)).await.unwrap();
    writing.batch_execute("INSERT INTO words SELECT 1800000000000 << 20, ''").await.unwrap();
}

#[tokio::test]
async fn places_in_the_log_are_drawn_by_one_transaction_at_a_time() {
    let database = database().await;
    let (a, b) = (client(&database).await, client(&database).await);
    let draw = |n: i64, ms: i64| format!("SELECT next_places({n}, {ms})");
    let base = EPOCH.0 << 20;
    a.batch_execute("BEGIN").await.unwrap();
    assert_eq!(numbers(&a, &draw(3, EPOCH.0)).await, [base]);
    let waits = format!("SET lock_timeout = '50ms'; {}", draw(1, EPOCH.0));
    let refused = b.batch_execute(&waits).await.unwrap_err();
    assert_eq!(refused.code(), Some(&tokio_postgres::error::SqlState::LOCK_NOT_AVAILABLE));
    a.batch_execute("ROLLBACK").await.unwrap();
    // What was drawn is not drawn again, and a clock that stands or runs back does no harm.
    assert_eq!(numbers(&b, &draw(2, EPOCH.0 - 1)).await, [base + 3]);
    assert_eq!(numbers(&a, &draw(1, EPOCH.0)).await, [base + 5]);
    assert_eq!(numbers(&a, &draw(1, EPOCH.0 + 1)).await, [base + (1 << 20)]);
}

#[tokio::test]
async fn time_is_the_given_clocks_or_the_databases_and_never_before_the_newest_event() {
    let database = database().await;
    let looking = client(&database).await;
    let now = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    let store = PostgresStore::open(PostgresOptions::new(database.url()), None).await.unwrap();
    let before = numbers(&looking, now).await[0];
    let shown = store.shared.clock.now().0;
    let after = numbers(&looking, now).await[0];
    // To within the round trips by which it was measured.
    assert!((before - 1_000..=after + 1_000).contains(&shown), "{before} {shown} {after}");
    let event = format!(
        "INSERT INTO events (seq, tenant, at, kind, actor, payload) \
         VALUES ({}, 1, {}, 'x', 'y', '{{}}')",
        EPOCH.0 << 20,
        EPOCH.0 + 5
    );
    looking.batch_execute(&event).await.unwrap();
    let store = open(PostgresOptions::new(database.url())).await;
    assert_eq!(store.shared.clock.now(), Millis(EPOCH.0 + 5));
}

#[tokio::test]
async fn it_opens_through_a_pooler() {
    let server = Postgres::shared().await;
    let database = server.database().await;
    let bouncer = PgBouncer::before(server, 4).await;
    let options = PostgresOptions::new(bouncer.url(database.name()));
    let store = open(PostgresOptions { pooler: true, ..options }).await;
    let snapshot = store.quick.snapshot().await.unwrap();
    let found = snapshot.query(DONE, &[]).await;
    assert_eq!(snapshot.end(found).unwrap().len(), MIGRATIONS.len());
}

#[tokio::test]
async fn a_pooler_that_is_not_known_of_is_named_with_its_setting() {
    let server = Postgres::shared().await;
    let database = database().await;
    let bouncer = PgBouncer::before(server, 4).await;
    let pooled = || PostgresOptions::new(bouncer.url(database.name()));
    let opened = PostgresStore::open(pooled(), Some(manual(EPOCH))).await;
    let looked = crate::postgres::look(&pooled()).await.map(drop);
    for error in [opened.err().unwrap(), looked.unwrap_err()] {
        let said = error.to_string();
        assert!(said.contains("`store.pooler = true`") && !error.may_pass(), "{said}");
    }
    let direct = PostgresOptions::new(database.url());
    assert!(crate::postgres::look(&direct).await.is_ok());

    // One that comes later is known by what the database says of statements that it has not.
    let own = connect(&bouncer.url(database.name())).await.unwrap();
    let other = connect(&bouncer.url(database.name())).await.unwrap();
    let prepared = own.prepare("SELECT 1").await.unwrap();
    other.batch_execute("BEGIN").await.unwrap();
    let error = own.query(&prepared, &[]).await.unwrap_err();
    let said = store_error(&error).to_string();
    assert!(said.contains("26000") && said.contains("`store.pooler = true`"), "{said}");
}

#[tokio::test]
async fn what_stands_in_the_way_is_said() {
    let server = Postgres::shared().await;
    let error = async |url: String| {
        let options = PostgresOptions { connect_ms: 2_000, ..PostgresOptions::new(url) };
        let opened = PostgresStore::open(options, Some(manual(EPOCH))).await;
        opened.unwrap_err().to_string()
    };
    let missing = error(server.url("no_such_database")).await;
    assert!(missing.contains("3D000") && missing.contains("create the database"), "{missing}");
    let wrong = server.url("postgres").replace("//postgres:", "//nobody:");
    let wrong = error(wrong).await;
    assert!(wrong.contains("28P01"), "{wrong}");
    let closed = error("postgres://u:p@127.0.0.1:1/d".into()).await;
    assert!(closed.contains("refused"), "{closed}");
    let foreign = server.database().await;
    let client = client(&foreign).await;
    client.batch_execute("CREATE TABLE tasks (a text)").await.unwrap();
    let foreign = error(foreign.url()).await;
    assert!(foreign.contains("\"tasks\" already exists"), "{foreign}");
}
