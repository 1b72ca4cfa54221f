//! Lists find their tasks by blocks of ids; a database of a format that had none gets them.

use std::path::Path;
use std::sync::Arc;

use claudebench_core::time::ManualClock;
use claudebench_core::{Millis, Status, TenantId};
use claudebench_store::sqlite::{DATABASE, SqliteOptions, SqliteStore};
use claudebench_store::{Freshness, ListOrder, Store, TaskQuery};
use rusqlite::{Connection, params};

const BEFORE: &[&str] = &[
    include_str!("../../src/sqlite/migrations/0001_first.sql"),
    include_str!("../../src/sqlite/migrations/0002_words.sql"),
    include_str!("../../src/sqlite/migrations/0003_phases.sql"),
    include_str!("../../src/sqlite/migrations/0004_ranks.sql"),
    include_str!("../../src/sqlite/migrations/0005_lanes.sql"),
];

/// Three blocks of tasks of a tenant, each in turn ready, scheduled, blocked, in progress, completed,
/// failed and cancelled; every third of a project; all that ever began are somebody's. Every fifth
/// is another tenant's.
fn make(dir: &Path) -> Vec<(i64, i64, bool)> {
    let db = Connection::open(dir.join(DATABASE)).unwrap();
    BEFORE.iter().for_each(|migration| db.execute_batch(migration).unwrap());
    db.execute_batch(
        "INSERT INTO tenants (name) VALUES ('other');
         PRAGMA application_id = 0x636c626e; PRAGMA user_version = 5;",
    )
    .unwrap();
    let mut made = Vec::new();
    for id in 64..256_i64 {
        let kind = id % 7;
        let (status, phase) = if kind < 3 { (0, kind + 1) } else { (kind - 2, 0) };
        let (own, of_project) = (id % 5 != 0, id % 3 == 0);
        db.execute(
            "INSERT INTO tasks (id, tenant, status, phase, lane, rank, priority, version,
                 last_event, max_attempts, created_at, updated_at, created_by, text, project,
                 assigned_to)
             VALUES (?1, ?2, ?3, ?4, 1, ?1, 50, 1, 1, 1, ?1, 1, 'test', 'x', ?5, ?6)",
            params![
                id,
                if own { 1 } else { 2 },
                status,
                phase,
                of_project.then_some("p"),
                (kind > 2).then_some("w"),
            ],
        )
        .unwrap();
        if own {
            made.push((id, kind, of_project));
        }
    }
    made
}

async fn list(store: &SqliteStore, query: TaskQuery) -> Vec<i64> {
    let query = TaskQuery { tenant: Some(TenantId::DEFAULT), limit: 500, ..query };
    let page = store.list(query, Freshness::Latest).await.unwrap();
    page.tasks.iter().map(|task| task.task.id.0).collect()
}

#[tokio::test]
async fn an_old_database_gets_its_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let made = make(dir.path());
    let clock = Arc::new(ManualClock::at(Millis(1_700_000_000_000)));
    let store = SqliteStore::open(SqliteOptions::new(dir.path()), clock).unwrap();
    let ids = |which: &dyn Fn(i64, bool) -> bool| -> Vec<i64> {
        let found = made.iter().filter(|(_, kind, of_project)| which(*kind, *of_project));
        found.map(|(id, ..)| *id).collect()
    };
    let asc = || TaskQuery { order: ListOrder::Asc, ..TaskQuery::default() };
    let (project, worker) = (|| Some("p".to_owned()), || Some("w".to_owned()));
    assert_eq!(list(&store, asc()).await, ids(&|_, _| true));
    let statuses =
        [Status::Pending, Status::InProgress, Status::Completed, Status::Failed, Status::Cancelled];
    for (status, kind) in statuses.into_iter().zip([0, 3, 4, 5, 6]) {
        let is = move |of: i64| of == kind || kind == 0 && of < 3;
        let query = TaskQuery { status: Some(status), ..asc() };
        assert_eq!(list(&store, query).await, ids(&|kind, _| is(kind)), "{status:?}");
        let query = TaskQuery { status: Some(status), project: project(), ..asc() };
        assert_eq!(list(&store, query).await, ids(&|kind, p| p && is(kind)), "{status:?} of p");
    }
    let query = TaskQuery { assigned_to: worker(), ..asc() };
    assert_eq!(list(&store, query).await, ids(&|kind, _| kind > 2));
    let mut newest = ids(&|kind, _| kind > 2);
    newest.reverse();
    let query = TaskQuery { assigned_to: worker(), ..TaskQuery::default() };
    assert_eq!(list(&store, query).await, newest);
    let stats = store.stats(TenantId::DEFAULT, project(), Freshness::Latest).await.unwrap();
    assert_eq!(stats.oldest_ready, Some(Millis(ids(&|kind, p| p && kind == 0)[0])));
    let held = (64..256).filter(|id| id % 7 == 3).count();
    let leases = store.health().await.unwrap().leases;
    assert_eq!(usize::try_from(leases), Ok(held), "of both tenants");
}
