//! The statements, checked against the schema; the readers, held up; the index of words.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Poll, Waker};

use claudebench_core::time::ManualClock;
use claudebench_core::{Cursor, Millis, TenantId};

use super::readers::Readers;
use super::{SqliteOptions, SqliteStore, open, read, rows, search, sql, words};
use crate::{
    BoxFuture, Committer, CommitterOptions, Create, Freshness, Meta, NewTask, OrderBy, Store,
    StoreError, TaskQuery,
};

/// Every statement prepares, and none walks over a table that grows; those that may, with the
/// reason.
const WALKS: &[(&str, &str)] = &[
    ("last_task", "one step from the end"),
    ("last_event", "one step from the end"),
    ("first_events", "a step of cleaning"),
    ("newest_before", "a step of cleaning"),
    ("event_bounds", "one step from either end"),
    ("all_leases", "at start, every current lease"),
    ("all_pauses", "at start, at most a thousand a tenant"),
    ("ready_lanes", "bounded by the number of lanes"),
    ("search_upto", "one row"),
    ("search_move", "one row"),
    ("flush_words", "deletes everything"),
    ("flush_leases", "deletes everything"),
    ("flush_dependencies", "deletes everything"),
    ("flush_attachments", "deletes everything"),
    ("instances", "every instance is asked for"),
    ("keys", "every key is asked for"),
    ("count_keys", "at most ten thousand"),
    ("drop_instances", "at most ten thousand a tenant"),
    ("dead_among", "a list that is given"),
    ("tally", "the votes on one decision"),
    ("attachments_of", "at most a thousand of one task"),
    ("pauses", "at most a thousand of a tenant"),
    ("ahead_in_lane", "counted to a bound"),
    ("role_queues", "bounded by lanes, each counted to a bound"),
    ("totals", "a row for each tenant"),
    ("counted", "one row"),
    ("top_workers", "at most 500 of a tenant and a day"),
    ("pending_after", "of three lists in order, as many as one step takes"),
];

#[test]
fn every_statement_prepares_and_uses_an_index() {
    let dir = tempfile::tempdir().unwrap();
    let db = open::writer(&SqliteOptions::new(dir.path())).unwrap();
    words::register(&db).unwrap();
    let mut walking = Vec::new();
    for (name, text) in
        rows::statements::ALL.iter().chain(read::statements::ALL).chain(sql::metrics::ALL)
    {
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {text}")).expect(name);
        let values = vec![rusqlite::types::Null; plan.parameter_count()];
        let steps: Vec<String> = plan
            .query_map(rusqlite::params_from_iter(values), |row| row.get(3))
            .unwrap()
            .collect::<Result<_, _>>()
            .expect(name);
        let walks = steps.iter().any(|step| {
            let by_row = step.contains("CONSTANT ROW") || step.ends_with("VIRTUAL TABLE INDEX 0:=");
            (step.starts_with("SCAN") && !by_row) || step.contains("TEMP B-TREE FOR ORDER BY")
        });
        let excused = WALKS.iter().any(|(excused, _)| excused == name);
        if walks && !excused {
            walking.push(format!("{name}: {steps:#?}"));
        }
    }
    assert!(walking.is_empty(), "{}", walking.join("\n"));
}

/// The writer believes what it remembers of a held task: a statement that writes such a row is used
/// where the memory is told so (`save` and `mark_depended_on` of the rows), or by who changes the
/// memory.
#[test]
fn few_statements_write_the_row_of_a_task() {
    let writes = |text: &str| {
        ["UPDATE tasks SET", "INTO tasks (", "DELETE FROM tasks "].iter().any(|w| text.contains(w))
    };
    let all = rows::statements::ALL.iter().filter(|(_, text)| writes(text));
    let names: Vec<&str> = all.map(|(name, _)| *name).collect();
    let known = [
        // Before there is a memory.
        "set_rank",
        "insert_task",
        "save_task",
        "save_claim",
        "save_completion",
        "delete_task",
        "mark_depended_on",
        "flush_tasks",
    ];
    assert_eq!(names, known);
}

#[test]
fn a_quick_page_is_read_from_an_index_that_has_it_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let db = open::writer(&SqliteOptions::new(dir.path())).unwrap();
    words::register(&db).unwrap();
    let statements = read::list::quick_statements();
    assert_eq!(statements.len(), 10);
    for text in statements {
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        let steps: Vec<String> =
            plan.raw_query().mapped(|row| row.get(3)).collect::<Result<_, _>>().unwrap();
        let walks = steps
            .iter()
            .any(|step| step.starts_with("SCAN tasks") || step.starts_with("SCAN labels"));
        let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(!walks && !sorts, "{text}\n{steps:#?}");
    }
}

#[test]
fn what_is_parked_on_an_instance_is_found_apart_from_what_it_has_done() {
    let dir = tempfile::tempdir().unwrap();
    let db = open::writer(&SqliteOptions::new(dir.path())).unwrap();
    let (_, text) = rows::statements::ALL.iter().find(|(name, _)| *name == "parked_on").unwrap();
    let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
    let steps: Vec<String> =
        plan.raw_query().mapped(|row| row.get(3)).collect::<Result<_, _>>().unwrap();
    let step = "SEARCH tasks USING COVERING INDEX tasks_parked (tenant=? AND assigned_to=?)";
    assert_eq!(steps, [step]);
    let whole = "SELECT sql FROM sqlite_schema WHERE name = 'tasks_parked'";
    let whole: String = db.query_row(whole, [], |row| row.get(0)).unwrap();
    assert!(whole.contains("WHERE status = 0"), "nothing else is in it: {whole}");
}

fn meta() -> Meta {
    Meta {
        tenant: TenantId::DEFAULT,
        actor: "test".into(),
        traceparent: None,
        session: None,
        key: None,
    }
}

fn open_store(dir: &Path) -> Arc<SqliteStore> {
    let clock = ManualClock::at(Millis(1_700_000_000_000));
    SqliteStore::open(SqliteOptions::new(dir), Arc::new(clock)).unwrap()
}

async fn make(store: &Arc<SqliteStore>, texts: &[&str]) {
    let tasks = texts
        .iter()
        .map(|text| NewTask { text: (*text).into(), max_attempts: 5, ..NewTask::default() })
        .collect();
    let (committer, _writers) =
        Committer::start(store.clone(), CommitterOptions::default(), Arc::new(|_| {}));
    committer.submit(meta(), Create { tasks }).await.unwrap();
}

fn sorted() -> TaskQuery {
    TaskQuery { order_by: OrderBy::UpdatedAt, limit: 10, ..TaskQuery::default() }
}

/// Holds up all threads that read one way, until what this answers is dropped. The reads are kept:
/// for whoever is gone, nothing is read.
fn hold(readers: &Readers, threads: usize) -> Vec<(Sender<()>, BoxFuture<'static, ()>)> {
    let mut held = Vec::new();
    for _ in 0..threads {
        let (go, waiting) = channel::<()>();
        let (began, begins) = channel();
        let read = readers.read(move |_| {
            let _ = began.send(());
            let _ = waiting.recv();
            Ok(())
        });
        begins.recv().unwrap();
        held.push((go, read));
    }
    held
}

/// The answer of something that must not wait.
fn at_once<T>(mut answer: BoxFuture<'_, T>) -> Result<T, StoreError> {
    let mut cx = Context::from_waker(Waker::noop());
    match answer.as_mut().poll(&mut cx) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("it waits"),
    }
}

#[tokio::test]
async fn lists_that_sort_hold_up_nothing_else_and_are_refused_early() {
    let dir = tempfile::tempdir().unwrap();
    let store = open_store(dir.path());
    make(&store, &["a", "b"]).await;
    let readers = store.readers.lock().unwrap().clone().unwrap();
    let held = hold(&readers.lists, 1);
    let waiting: Vec<_> = (0..16).map(|_| store.list(sorted(), Freshness::Latest)).collect();
    let refused = store.list(sorted(), Freshness::Latest).await;
    assert!(matches!(refused, Err(StoreError::Overloaded)), "{refused:?}");
    let search = TaskQuery { search: Some("a".into()), limit: 10, ..TaskQuery::default() };
    assert!(matches!(store.list(search, Freshness::Latest).await, Err(StoreError::Overloaded)));
    let newest = TaskQuery { limit: 10, ..TaskQuery::default() };
    let page = store.list(newest, Freshness::Latest).await.unwrap();
    assert_eq!((page.tasks.len(), page.total), (2, 2), "what an index has in order goes on");
    drop(held);
    for list in waiting {
        assert_eq!(list.await.unwrap().tasks.len(), 2);
    }
}

#[tokio::test]
async fn how_the_store_is_waits_for_no_read() {
    let dir = tempfile::tempdir().unwrap();
    let store = open_store(dir.path());
    make(&store, &["a", "b"]).await;
    let readers = store.readers.lock().unwrap().clone().unwrap();
    let held = [hold(&readers.quick, 2), hold(&readers.lists, 1)];
    let health = at_once(store.health()).unwrap();
    assert!(health.writable);
    assert_eq!((health.head, health.oldest, health.lanes), (Cursor(2), Cursor(1), 1));
    drop(held);
    drop(readers);
    store.close();
    assert!(at_once(store.health()).is_err());
    let again = open_store(dir.path());
    assert_eq!(again.health().await.unwrap().head, Cursor(2), "from the start on");
}

#[tokio::test]
async fn a_read_that_left_its_state_open_hides_no_later_write() {
    let dir = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(Millis(1_700_000_000_000));
    let options = SqliteOptions { readers: 1, ..SqliteOptions::new(dir.path()) };
    let store = SqliteStore::open(options, Arc::new(clock)).unwrap();
    make(&store, &["a"]).await;
    let readers = store.readers.lock().unwrap().clone().unwrap();
    let cut_off = readers.quick.read(|db| {
        std::mem::forget(db.unchecked_transaction()?);
        read::tasks::stats_of(db, TenantId::DEFAULT, None)?;
        Err::<(), _>(StoreError::TooSlow.into())
    });
    assert!(matches!(cut_off.await, Err(StoreError::TooSlow)));
    make(&store, &["b"]).await;
    let newest = TaskQuery { limit: 10, ..TaskQuery::default() };
    assert_eq!(store.list(newest, Freshness::Latest).await.unwrap().tasks.len(), 2);
}

#[tokio::test]
async fn a_search_finds_the_same_before_and_after_the_index_knows_the_texts() {
    let texts = ["Fly to İstanbul", "Cafe\u{301} menu", "ΟΔΟΣ map", "Straße 12", "हिन्दी text"];
    let searches = [
        "istanbul",
        "İstanbul",
        "i\u{307}stanbul",
        "café",
        "CAFE\u{301}",
        "caf*",
        "οδος",
        "οδοσ*",
        "strasse",
        "STRAẞE",
        "हिन्दी",
        "हिन*",
        "x",
    ];
    let dir = tempfile::tempdir().unwrap();
    let find = async |store: &Arc<SqliteStore>| {
        let mut found = Vec::new();
        for search in searches {
            let query =
                TaskQuery { search: Some(search.into()), limit: 10, ..TaskQuery::default() };
            let page = store.list(query, Freshness::Latest).await.unwrap();
            let texts: Vec<String> = page.tasks.into_iter().map(|task| task.task.text).collect();
            found.push((search, texts));
        }
        found
    };
    let store = open_store(dir.path());
    make(&store, &texts).await;
    store.close();
    let db = open::writer(&SqliteOptions::new(dir.path())).unwrap();
    while search::step(&db).unwrap() {}
    drop(db);
    let store = open_store(dir.path());
    let by_index = find(&store).await;
    for (search, found) in &by_index {
        let expression = crate::words::expression(search).unwrap();
        let expected: Vec<&str> =
            texts.iter().rev().copied().filter(|text| words::matches(text, &expression)).collect();
        assert_eq!(*found, expected, "{search}");
    }
    assert_eq!(by_index[1].1, [texts[0]]);
    assert_eq!((&*by_index[3].1, &*by_index[4].1), (&[texts[1].to_owned()][..], &*by_index[5].1));
}
