//! The index of words, which the embedded store keeps in quiet moments: what is found does not tell
//! whether it was used.

use std::path::Path;
use std::sync::Arc;

use claudebench_core::time::ManualClock;
use claudebench_core::{Millis, TaskId, TenantId};
use claudebench_store::sqlite::{DATABASE, SqliteOptions, SqliteStore};
use claudebench_store::{
    Batch, Create, DeleteTask, Flush, Freshness, Meta, NewTask, Store, TaskQuery, Update, Write,
};
use rusqlite::{Connection, OpenFlags};

const TEXTS: [&str; 12] = [
    "Fix the login page, again",
    "snake_case kebab-case v2.10 a.b@c.de",
    "Größe ĳ ﬁne ſharp ÅNGSTRÖM İstanbul",
    "Проверить ВХОД ёлка",
    "café",
    "cafe\u{301} au lait",
    "任务管理 タスク 작업",
    "हिन्दी में काम",
    "งานที่ต้องทำ",
    "שלום עולם العربية",
    "🦀 crab ① ② Ⅳ ½ x²",
    "٣ ৪ 42",
];

async fn found(store: &SqliteStore, search: &str) -> Vec<TaskId> {
    let tenant = Some(TenantId::DEFAULT);
    let search_for = Some(search.to_owned());
    let query = TaskQuery { tenant, search: search_for, limit: 100, ..TaskQuery::default() };
    let page = store.list(query, Freshness::Latest).await;
    let page = page.unwrap_or_else(|error| panic!("`{search}`: {error}"));
    page.tasks.iter().map(|found| found.task.id).collect()
}

fn open(dir: &Path) -> Arc<SqliteStore> {
    let clock = Arc::new(ManualClock::at(Millis(1_700_000_000_000)));
    SqliteStore::open(SqliteOptions::new(dir), clock).unwrap()
}

async fn submit<W: Write>(store: &SqliteStore, write: W) -> W::Reply {
    let (tenant, actor) = (TenantId::DEFAULT, "test".into());
    let mut batch = Batch::default();
    let place =
        write.put(Meta { tenant, actor, traceparent: None, session: None, key: None }, &mut batch);
    let mut outcomes = claudebench_testkit::commit(store, batch).await.unwrap();
    W::take(&mut outcomes, place).unwrap().unwrap()
}

/// Makes a task of each text.
async fn make(store: &SqliteStore, texts: &[&str]) -> Vec<TaskId> {
    let new = |text: &&str| NewTask { text: (*text).into(), ..NewTask::default() };
    let create = Create { tasks: texts.iter().map(new).collect() };
    submit(store, create).await.iter().map(|made| made.id).collect()
}

/// Waits for a quiet moment in which the index came as far as this task.
async fn indexed(dir: &Path, last: TaskId) {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = Connection::open_with_flags(dir.join(DATABASE), flags).unwrap();
    claudebench_testkit::until("the last task is in the index", || {
        let upto = db.query_row("SELECT upto FROM search_state", [], |row| row.get(0));
        std::future::ready(upto == Ok(last.0))
    })
    .await;
}

#[tokio::test]
async fn what_is_found_is_the_same_before_and_after_it_is_indexed() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let made = make(&store, &TEXTS).await;
    let mut queries: Vec<String> = TEXTS
        .iter()
        .flat_map(|text| text.split_whitespace())
        .flat_map(|word| {
            let begins: String = word.chars().take(2).collect();
            [word.to_owned(), word.to_uppercase(), format!("{begins}*")]
        })
        .filter(|query| query.chars().any(char::is_alphanumeric))
        .collect();
    queries.extend(TEXTS.map(str::to_owned));
    let mut before = Vec::new();
    for query in &queries {
        before.push(found(&store, query).await);
    }
    indexed(dir.path(), *made.last().unwrap()).await;
    for (query, before) in queries.iter().zip(before) {
        assert_eq!(found(&store, query).await, before, "`{query}`");
    }
}

#[tokio::test]
async fn words_that_were_indexed_go_with_their_text() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let made = make(&store, &["Fix the login page", "Paint the login", "login"]).await;
    indexed(dir.path(), made[2]).await;
    let text = Some("Fix the front page".into());
    submit(&store, Update { id: Some(made[0]), text, ..Update::default() }).await;
    submit(&store, DeleteTask { task: made[1] }).await;
    assert_eq!(found(&store, "login").await, [made[2]]);
    assert_eq!(found(&store, "front fix").await, [made[0]]);
    submit(&store, Flush { tasks: true }).await;
    assert_eq!(found(&store, "login").await, []);
    let again = make(&store, &["login"]).await;
    indexed(dir.path(), again[0]).await;
    assert_eq!(found(&store, "login").await, again);
}

#[tokio::test]
async fn an_index_of_the_first_format_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let db = Connection::open(dir.path().join(DATABASE)).unwrap();
    db.execute_batch(include_str!("../../src/sqlite/migrations/0001_first.sql")).unwrap();
    db.execute_batch(
        "INSERT INTO tasks (id, tenant, status, phase, lane, rank, priority, version, last_event,
             max_attempts, created_at, updated_at, created_by, text)
         VALUES (7, 1, 0, 1, 1, 0, 50, 1, 1, 1, 1, 1, 'test', 'हिन्दी में काम');
         INSERT INTO search (rowid, text) VALUES (7, 'हिन्दी में काम');
         UPDATE search_state SET upto = 7;
         PRAGMA application_id = 0x636c626e; PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(db);
    let store = open(dir.path());
    assert_eq!(found(&store, "हिन्दी").await, [TaskId(7)], "looked at one by one");
    indexed(dir.path(), TaskId(7)).await;
    assert_eq!(found(&store, "हिन्दी का*").await, [TaskId(7)]);
}
