//! What a copy is refused for, and what stops it.

use std::ops::ControlFlow;

use claudebench_testkit::postgres::connect;
use tokio_postgres::Client;

use super::super::history::History;
use super::super::{PostgresOptions, database};
use super::working::Working;
use super::{LEASE_MS, database_at, embedded, open_embedded, rows, unchecked, whole};
use crate::SetConfig;
use crate::copy::{CopyError, copy};
use crate::postgres::{OpenError, PostgresStore};
use crate::sqlite;

#[tokio::test]
async fn a_failure_is_named_and_nothing_before_it_is_lost() {
    let (history, to) = tokio::join!(History::new(), database());
    let from = history.backup();
    let client = connect(&to.url()).await.unwrap();
    let fails = "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION 'the disk is gone'; END $$; \
                 CREATE TRIGGER fails BEFORE INSERT ON instances EXECUTE FUNCTION fails()";
    client.batch_execute(fails).await.unwrap();
    let place = database_at(to.url());
    let error = whole(&embedded(from.path()), &place).await.unwrap_err().to_string();
    assert!(error.contains("instances") && error.contains("the disk is gone"), "{error}");
    let options = PostgresOptions::new(to.url());
    let refused = PostgresStore::open(options.clone(), None).await.unwrap_err();
    assert!(matches!(refused, OpenError::Unfinished { .. }) && !refused.may_pass(), "{refused}");
    assert!(refused.to_string().contains("claudebench store copy"), "{refused}");
    assert!(matches!(crate::postgres::look(&options).await, Err(OpenError::Unfinished { .. })));
    let halfway = whole(&place, &embedded(tempfile::tempdir().unwrap().path())).await;
    assert!(matches!(halfway, Err(CopyError::Unfinished { .. })));
    // Not from somewhere else, and not once the source has moved on.
    let other = history.backup();
    let another = whole(&embedded(other.path()), &place).await.unwrap_err();
    assert!(matches!(another, CopyError::Another { .. }), "{another}");
    client.batch_execute("DROP TRIGGER fails ON instances").await.unwrap();
    assert!(whole(&embedded(from.path()), &place).await.unwrap().resumed);
    PostgresStore::open(options, None).await.unwrap().close().await;
}

#[tokio::test]
async fn a_source_that_moved_on_is_not_mixed_with_what_it_was() {
    let (history, to) = tokio::join!(History::new(), database());
    let from = history.backup();
    let place = database_at(to.url());
    unchecked(&embedded(from.path()), &place).await;
    let store = open_embedded(from.path(), &history.clock, 100_000);
    Working::over(store.clone()).does(SetConfig { key: "later".into(), value: "1".into() }).await;
    store.close();
    let moved = whole(&embedded(from.path()), &place).await.unwrap_err();
    assert!(matches!(moved, CopyError::Moved { .. }), "{moved}");
}

async fn state(client: &Client) -> Vec<i64> {
    let state = "SELECT count(*) FROM tenants UNION ALL SELECT count(*) FROM config \
                 UNION ALL SELECT count(*) FROM counted UNION ALL SELECT count(*) FROM pg_class";
    client.query(state, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_target_that_is_not_empty_is_refused_and_unchanged() {
    let (history, to) = tokio::join!(History::new(), database());
    let from = history.backup();
    let client = connect(&to.url()).await.unwrap();
    client.batch_execute("INSERT INTO config VALUES (1, 'k', '1', 1)").await.unwrap();
    let before = state(&client).await;
    let refused = whole(&embedded(from.path()), &database_at(to.url())).await.unwrap_err();
    assert!(matches!(refused, CopyError::NotEmpty { table: "config", .. }), "{refused}");
    assert_eq!(state(&client).await, before);
    let dir = history.backup();
    let before = rows(dir.path());
    let refused = whole(&embedded(from.path()), &embedded(dir.path())).await.unwrap_err();
    assert!(matches!(refused, CopyError::NotEmpty { table: "tenants", .. }), "{refused}");
    assert_eq!(rows(dir.path()), before);
    let nothing = tempfile::tempdir().unwrap();
    let missing = nothing.path().join("none");
    let refused = whole(&embedded(&missing), &database_at(to.url())).await.unwrap_err();
    assert!(matches!(refused, CopyError::Missing { .. }) && !missing.exists(), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_to_either_side_meanwhile() {
    let (history, one) = tokio::join!(History::new(), database());
    let from = history.backup();
    let other = database().await;
    let url = one.url();
    whole(&embedded(from.path()), &database_at(url.clone())).await.unwrap();
    let client = connect(&url).await.unwrap();
    let clients = [client, connect(&other.url()).await.unwrap()];
    let lock = "SELECT pg_try_advisory_xact_lock_shared(7771, 3)";
    let mut free = Vec::new();
    let (from_one, to_other) = (database_at(url.clone()), database_at(other.url()));
    let copied = copy(&from_one, &to_other, LEASE_MS, |_| {
        if free.is_empty() {
            tokio::task::block_in_place(|| {
                for client in &clients {
                    let asked = client.query_one(lock, &[]);
                    let answer = tokio::runtime::Handle::current().block_on(asked).unwrap();
                    free.push(answer.get::<_, bool>(0));
                }
            });
        }
        ControlFlow::Continue(())
    });
    copied.await.unwrap();
    assert_eq!(free, [false, false]);
    // Whoever writes is waited for, and then it is said.
    let writer = connect(&url).await.unwrap();
    let write = "BEGIN; SELECT pg_advisory_xact_lock_shared(7771, 3)";
    writer.batch_execute(write).await.unwrap();
    let empty = tempfile::tempdir().unwrap();
    let refused = whole(&database_at(url), &embedded(empty.path())).await.unwrap_err();
    assert!(matches!(refused, CopyError::InUse { .. }), "{refused}");
    let _store = open_embedded(from.path(), &history.clock, 9);
    let refused = whole(&embedded(from.path()), &embedded(empty.path())).await.unwrap_err();
    assert!(matches!(refused, CopyError::Embedded(sqlite::OpenError::InUse { .. })), "{refused}");
}

#[tokio::test]
async fn what_is_in_the_archive_is_not_left_behind_unsaid() {
    let (history, base) = tokio::join!(History::new(), database());
    let client = connect(&base.url()).await.unwrap();
    let file = "INSERT INTO archives \
                (name, kind, first, last, rows, attachments, bytes, digest, at, tasks) \
                VALUES ('tasks', 0, 7, 7, 1, 0, 1, '', 1, '{7}')";
    client.batch_execute(file).await.unwrap();
    let to = tempfile::tempdir().unwrap();
    let place = database_at(base.url());
    let refused = whole(&place, &embedded(&to.path().join("new"))).await.unwrap_err();
    assert!(matches!(refused, CopyError::Archived { .. }), "{refused}");
    let refused = whole(&embedded(history.backup().path()), &place).await.unwrap_err();
    assert!(matches!(refused, CopyError::NotEmpty { table: "archives", .. }), "{refused}");
    // What was put back is in the database again.
    client.batch_execute("UPDATE archives SET tasks = '{}'").await.unwrap();
    whole(&place, &embedded(&to.path().join("new"))).await.unwrap();
}
