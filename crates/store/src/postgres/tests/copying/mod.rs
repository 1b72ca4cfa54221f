//! Whole stores are copied, from the embedded one to PostgreSQL and back.

mod refused;
mod working;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use claudebench_core::time::ManualClock;
use claudebench_core::{Cursor, TaskId, TenantId};
use claudebench_testkit::PATIENCE;
use claudebench_testkit::postgres::connect;
use rusqlite::Connection;
use tokio_postgres::Client;

use super::history::History;
use super::{PostgresOptions, database};
use crate::copy::{Copied, CopiedTable, CopyError, Place, Stage, copy};
use crate::postgres::PostgresStore;
use crate::sqlite::{self, DATABASE, SqliteOptions, SqliteStore};
use crate::{
    AttachmentBody, AttachmentKind, Create, Freshness, NewTask, PutAttachment, Store, StoreError,
    Sweep,
};
use working::{Working, events, events_after};

const LEASE_MS: i64 = 300_000;

fn embedded(dir: &Path) -> Place {
    Place::Embedded(dir.to_owned())
}

fn database_at(url: impl Into<super::super::DatabaseUrl>) -> Place {
    Place::Database(Box::new(PostgresOptions::new(url)))
}

async fn whole(from: &Place, to: &Place) -> Result<Copied, CopyError> {
    copy(from, to, LEASE_MS, |_| ControlFlow::Continue(())).await
}

/// A copy that is stopped where the rows are compared.
async fn unchecked(from: &Place, to: &Place) {
    let stopped = copy(from, to, LEASE_MS, |at| match at.stage {
        Stage::Checking => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    assert!(matches!(stopped.await, Err(CopyError::Stopped)));
}

/// Copies a history into a database.
pub(super) async fn copied(history: &History, url: String) {
    whole(&embedded(history.backup().path()), &database_at(url)).await.unwrap();
}

/// Counts that were changed since they were added up.
pub(super) const COUNTED_LATER: &str = "
    UPDATE counts SET upto = 10, n[1] = n[1] - 2, n[7] = n[7] + 1;
    INSERT INTO count_changes (tenant, project, seq, by)
    SELECT c.tenant, c.project, s.seq, s.by::integer[] FROM counts AS c, (VALUES
        (10, '{100,100,0,0,0,0,0}'), (11, '{3,0,0,0,0,0,0}'), (12, '{-1,0,0,0,0,0,-1}')
    ) AS s (seq, by)";

/// The index of words knows what had happened up to a time.
pub(super) async fn index_up_to(client: &Client, at: i64) {
    let forget = format!(
        "DELETE FROM words WHERE task IN (SELECT id FROM tasks WHERE created_at > {at});
         DELETE FROM events_kept;
         UPDATE marks SET place = coalesce((SELECT max(seq) FROM events WHERE at <= {at}), 0)
         WHERE name = 'words'"
    );
    client.batch_execute(&forget).await.unwrap();
}

/// All that a data directory has, row by row, but for what is made anew: numbers of lanes, leases
/// that stand in the rows of their tasks, and what a start sees to.
fn rows(dir: &Path) -> Vec<String> {
    let db = Connection::open(dir.join(DATABASE)).unwrap();
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'search%' \
                 AND name NOT IN ('leases', 'ranks') ORDER BY name";
    let mut names = db.prepare(names).unwrap();
    let names: Vec<String> =
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut all = Vec::new();
    for name in names {
        let mut found = db.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns: Vec<String> = found.column_names().map(str::to_owned).collect();
        let mut found = found.query([]).unwrap();
        let mut of = Vec::new();
        while let Some(row) = found.next().unwrap() {
            let values = columns.iter().enumerate();
            let values = values.filter(|(_, column)| *column != "lane" && *column != "room");
            let values = values.map(|(place, column)| {
                let value: rusqlite::types::Value = row.get(place).unwrap();
                format!("{column}={value:?}")
            });
            of.push(format!("{name}: {}", values.collect::<Vec<_>>().join(" ")));
        }
        of.sort();
        all.extend(of);
    }
    // Counts of what was there once.
    all.retain(|row| !row.starts_with("counts:") || row.matches("=Integer(0)").count() < 7);
    all
}

fn open_embedded(dir: &Path, clock: &ManualClock, events_max: i64) -> Arc<SqliteStore> {
    let options = SqliteOptions { events_max, seed: Some(1), ..SqliteOptions::new(dir) };
    SqliteStore::open(options, Arc::new(clock.clone())).unwrap()
}

async fn open_database(url: String, clock: &ManualClock) -> Arc<PostgresStore> {
    let options = PostgresOptions { keeps: false, ..PostgresOptions::new(url) };
    PostgresStore::open(options, Some(Arc::new(clock.clone()))).await.unwrap()
}

fn rows_of(tables: &[CopiedTable], name: &str) -> u64 {
    tables.iter().find(|table| table.name == name).unwrap().rows
}

#[tokio::test]
async fn a_store_goes_there_and_back_and_is_what_it_was() {
    let (history, between) = tokio::join!(History::new(), database());
    let (from, back) = (history.backup(), tempfile::tempdir().unwrap());
    let there = whole(&embedded(from.path()), &database_at(between.url())).await.unwrap();
    let returned = whole(&database_at(between.url()), &embedded(back.path())).await.unwrap();
    assert_eq!(there.tables, returned.tables);
    assert!(there.tables.iter().all(|table| table.rows > 0), "{there:?}");
    assert!(!there.to.contains("postgres:postgres") && there.to.starts_with("postgres://"));
    assert_eq!(rows(from.path()), rows(back.path()));
    let [first, second] = [&from, &back].map(|dir| open_embedded(dir.path(), &history.clock, 999));
    for id in &history.tasks {
        let of = |store: &Arc<SqliteStore>| {
            let store = store.clone();
            async move { store.tasks(TenantId::DEFAULT, vec![*id], Freshness::Latest).await.unwrap() }
        };
        assert_eq!(of(&first).await, of(&second).await);
    }
    let health = second.health().await.unwrap();
    assert_eq!((health.leases, health.lanes), {
        let health = first.health().await.unwrap();
        (health.leases, health.lanes)
    });
    assert!(health.leases > 5);
}

#[tokio::test]
async fn a_server_goes_on_from_a_copy_wherever_it_lies() {
    let (history, first) = tokio::join!(History::new(), database());
    let second = database().await;
    let from = history.backup();
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    history.clock.advance(1);
    // The same kind.
    whole(&embedded(from.path()), &embedded(dirs[0].path())).await.unwrap();
    let store = open_embedded(dirs[0].path(), &history.clock, 100_000);
    Working::over(store.clone()).goes_on().await;
    store.close();
    // Places that were dense go on as times.
    whole(&embedded(from.path()), &database_at(first.url())).await.unwrap();
    let store = open_database(first.url(), &history.clock).await;
    Working::over(store.clone()).goes_on().await;
    let leases = store.health().await.unwrap().leases;
    let all = events(&*store, Cursor(0)).await;
    store.keep().await.unwrap();
    assert_eq!(events(&*store, Cursor(0)).await, all, "nothing is old, or too much");
    store.close().await;
    whole(&database_at(first.url()), &database_at(second.url())).await.unwrap();
    // Places that were times go on one by one, and their gaps are not taken for events.
    let back = whole(&database_at(second.url()), &embedded(dirs[1].path())).await.unwrap();
    assert!(rows_of(&back.tables, "events") > 100);
    history.clock.advance(1);
    let store = open_embedded(dirs[1].path(), &history.clock, 100_000);
    assert_eq!(store.health().await.unwrap().leases, leases);
    Working::over(store.clone()).does(Sweep).await;
    assert_eq!(events(&*store, Cursor(0)).await.len() as u64, rows_of(&back.tables, "events"));
    store.close();
    let store = open_embedded(dirs[1].path(), &history.clock, 60);
    let working = Working::over(store.clone());
    working.does(Sweep).await;
    let oldest = store.health().await.unwrap().oldest;
    let kept = events(&*store, Cursor(oldest.0 - 1)).await;
    assert!((60..=61).contains(&kept.len()), "{}", kept.len());
    let expired = events_after(&*store, Cursor(3)).await.unwrap_err();
    assert!(matches!(expired, StoreError::CursorExpired { .. }), "{expired}");
}

/// Each call goes one page on, as if it were killed after it.
async fn page_by_page(from: &Place, to: &Place, each: &mut dyn FnMut()) -> (usize, Copied) {
    for stops in 0..1_000 {
        let mut seen = false;
        let copied = copy(from, to, LEASE_MS, |at| {
            if at.stage == Stage::Checking || !std::mem::replace(&mut seen, true) {
                return ControlFlow::Continue(());
            }
            ControlFlow::Break(())
        });
        match copied.await {
            Err(CopyError::Stopped) => each(),
            done => return (stops, done.unwrap()),
        }
    }
    panic!("it does not end");
}

#[tokio::test]
async fn a_copy_that_was_cut_off_goes_on_and_nobody_takes_half_of_it() {
    let (history, between) = tokio::join!(History::new(), database());
    let (from, back) = (history.backup(), tempfile::tempdir().unwrap());
    let whole_one = tempfile::tempdir().unwrap();
    let straight = whole(&embedded(from.path()), &embedded(whole_one.path())).await.unwrap();
    let place = database_at(between.url());
    let (stops, there) = page_by_page(&embedded(from.path()), &place, &mut || {}).await;
    assert!(stops > 15 && there.resumed && there.tables == straight.tables, "{stops}");
    let mut refused = 0;
    let refuse = &mut || {
        let clock = Arc::new(history.clock.clone());
        let error = SqliteStore::open(SqliteOptions::new(back.path()), clock).unwrap_err();
        assert!(matches!(error, sqlite::OpenError::Unfinished { .. }), "{error}");
        assert!(error.to_string().contains("claudebench store copy"), "{error}");
        refused += 1;
    };
    let (stops, back_again) = page_by_page(&place, &embedded(back.path()), refuse).await;
    assert!(stops > 15 && back_again.tables == straight.tables);
    assert_eq!(refused, stops);
    assert_eq!(rows(from.path()), rows(back.path()));
}

#[tokio::test]
async fn what_was_changed_on_the_way_is_found() {
    let (history, to) = tokio::join!(History::new(), database());
    let from = history.backup();
    let (from, place) = (embedded(from.path()), database_at(to.url()));
    unchecked(&from, &place).await;
    let client = connect(&to.url()).await.unwrap();
    let id = history.tasks[7].0;
    for (table, change, back) in [
        (
            "tasks",
            format!("SET note = 'x' WHERE id = {id}"),
            format!("SET note = NULL WHERE id = {id}"),
        ),
        ("keys", "SET hash = hash || '\\x00'".into(), "SET hash = substr(hash, 1, 32)".into()),
        (
            "events",
            "SET actor = actor || ' ' WHERE seq = 9".into(),
            "SET actor = rtrim(actor) WHERE seq = 9".into(),
        ),
    ] {
        client.batch_execute(&format!("UPDATE {table} {change}")).await.unwrap();
        let error = whole(&from, &place).await.unwrap_err();
        let CopyError::Differ { table: found, .. } = &error else { panic!("{error}") };
        assert_eq!(*found, table, "{error}");
        client.batch_execute(&format!("UPDATE {table} {back}")).await.unwrap();
    }
    client.batch_execute("DELETE FROM labels WHERE name = 'x'").await.unwrap();
    let error = whole(&from, &place).await.unwrap_err();
    let CopyError::Differ { table: "labels", from_rows, to_rows, .. } = error else {
        panic!("{error}")
    };
    assert!(from_rows > to_rows);
}

#[tokio::test]
async fn many_rows_and_large_ones_go_page_by_page() {
    let (dir, back) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let to = database().await;
    let clock = ManualClock::at(super::EPOCH);
    let store = open_embedded(dir.path(), &clock, 100_000);
    let working = Working::over(store.clone());
    let task = |n: usize| NewTask { text: format!("n {n}"), max_attempts: 1, ..NewTask::default() };
    let mut last = TaskId(0);
    for _ in 0..5 {
        last = working.does(Create { tasks: (0..1_000).map(task).collect() }).await[999].id;
    }
    for n in 0..7 {
        let body = AttachmentBody {
            key: format!("k{n}"),
            kind: AttachmentKind::Text,
            value: None,
            content: Some("0123456789abcdef".repeat(60_000)),
            url: None,
            mime_type: None,
            size: None,
        };
        working.does(PutAttachment { task: last, body }).await;
    }
    drop(working);
    store.close();
    let from = embedded(dir.path());
    let place = database_at(to.url());
    let pages = |from: Place, place: Place| async move {
        let mut pages = Vec::new();
        let copied = copy(&from, &place, LEASE_MS, |at| {
            if at.stage == Stage::Copying {
                pages.push(at.table);
            }
            ControlFlow::Continue(())
        });
        let copied = tokio::time::timeout(PATIENCE, copied).await.unwrap().unwrap();
        assert_eq!(rows_of(&copied.tables, "tasks"), 5_000);
        let of = |name| pages.iter().filter(|page| **page == name).count();
        // The last one is empty.
        (of("tasks"), of("attachments"))
    };
    assert_eq!(pages(from, place.clone()).await, (4, 3));
    assert_eq!(pages(place, embedded(back.path())).await, (4, 3));
    assert_eq!(rows(dir.path()), rows(back.path()));
}
