//! The index of words follows the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use claudebench_core::TaskId;
use tokio_postgres::Client;

use super::super::copying::{copied, index_up_to};
use super::super::history::History;
use super::{ALL, EPOCH, House, database};
use crate::postgres::PostgresStore;
use crate::postgres::keeping::{Chore, Turn};
use crate::{Freshness, TaskQuery};

const INDEX: &str = "SELECT task || ': ' || words FROM words ORDER BY task";

async fn index(client: &Client) -> Vec<String> {
    client.query(INDEX, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

async fn found(store: &PostgresStore, search: &str) -> Vec<TaskId> {
    let search = Some(search.to_owned());
    let query = TaskQuery { search, limit: 100, ..TaskQuery::default() };
    store
        .list(query, Freshness::Latest)
        .await
        .unwrap()
        .tasks
        .iter()
        .map(|task| task.task.id)
        .collect()
}

impl House {
    /// Writes a task and the event of it; its id is its number in the month of the epoch.
    async fn write(&self, kind: &str, number: i64, text: Option<&str>) {
        let id = (EPOCH.0 << 20) + number;
        let write = match text {
            Some(text) => format!(
                "INSERT INTO tasks (id, tenant, rank, version, created_at, updated_at, priority, \
                     status, phase, max_attempts, created_by, text) \
                 VALUES ({id}, 1, 0, 1, {at}, {at}, 0, 0, 1, 1, 'x', '{text}') \
                 ON CONFLICT (id) DO UPDATE SET text = EXCLUDED.text",
                at = EPOCH.0
            ),
            None => format!("DELETE FROM tasks WHERE id = {id}"),
        };
        self.run(&format!(
            "BEGIN; {write}; INSERT INTO events (seq, tenant, at, task, version, kind, actor, payload) \
             SELECT next_places(1, {at}) + 1, 1, {at}, {id}, 1, '{kind}', 'x', '{{}}'; COMMIT",
            at = EPOCH.0
        ))
        .await;
    }
}

fn task(number: i64) -> TaskId {
    TaskId((EPOCH.0 << 20) + number)
}

#[tokio::test]
async fn the_index_of_a_history_is_what_its_texts_give() {
    let (history, ours, other) = tokio::join!(History::new(), database(), database());
    let mut house = House::over(ours, history.clock.clone(), ALL).await;
    let expected = House::over(other, history.clock.clone(), ALL).await;
    copied(&history, house.database.url()).await;
    index_up_to(&house.client, 0).await;
    // A copy knows the words from the beginning.
    copied(&history, expected.database.url()).await;
    let store = house.store().await;
    let searches = ["task", "größe 3", "changed", "task 1*", "none"];
    let mut before = Vec::new();
    for search in searches {
        before.push(found(&store, search).await);
    }
    assert!(before[..4].iter().all(|found| !found.is_empty()));
    house.later(0).await;
    let known = index(&house.client).await;
    assert!(known.len() > 50);
    assert_eq!(known, index(&expected.client).await);
    assert_eq!(house.mark("words").await, house.number("SELECT max(seq) FROM events").await);
    for (search, before) in searches.into_iter().zip(before) {
        assert_eq!(found(&store, search).await, before, "{search}");
    }
}

#[tokio::test]
async fn a_text_that_changes_is_found_by_its_new_words_alone() {
    let mut house = House::new(ALL).await;
    let store = house.store().await;
    house.write("task.created", 1, Some("fix the login")).await;
    house.write("task.created", 2, Some("fix the logout")).await;
    house.later(0).await;
    house.write("task.updated", 1, Some("break the login")).await;
    house.write("task.deleted", 2, None).await;
    let searches = [("login", vec![task(1)]), ("fix", vec![]), ("break lo*", vec![task(1)])];
    for (search, expected) in &searches {
        assert_eq!(found(&store, search).await, *expected, "{search}, by the log");
    }
    house.later(2_000).await;
    for (search, expected) in &searches {
        assert_eq!(found(&store, search).await, *expected, "{search}, by the index");
    }
    let words = "'1:break' '1:login' '1:the'";
    assert_eq!(index(&house.client).await, [format!("{}: {words}", task(1).0)]);
}

#[tokio::test]
async fn words_that_are_too_long_are_found_all_the_same() {
    let mut house = House::new(ALL).await;
    let store = house.store().await;
    let long = "क".repeat(3_000);
    house.write("task.created", 1, Some(&format!("a {long}"))).await;
    house.write("task.created", 2, Some("...")).await;
    house.later(0).await;
    assert_eq!(house.number("SELECT count(*) FROM words").await, 2);
    assert_eq!(found(&store, &long).await, [task(1)]);
    assert_eq!(found(&store, "कक* a").await, [task(1)]);
}

#[tokio::test]
async fn every_task_that_comes_while_the_index_learns_is_known_in_the_end() {
    let mut house = House::new(ALL).await;
    let writing = House::over(database().await, house.clock.clone(), ALL).await;
    let writing = House { client: house.client().await, ..writing };
    let enough = Arc::new(AtomicBool::new(false));
    let over = enough.clone();
    let writer = tokio::spawn(async move {
        let (mut tasks, mut events) = (0, 0);
        while !over.load(Ordering::SeqCst) {
            tasks += 1;
            writing.write("task.created", tasks, Some(&format!("word{tasks}"))).await;
            events += 1;
            if tasks % 3 == 0 {
                writing.write("task.updated", tasks - 1, Some(&format!("other{tasks}"))).await;
                events += 1;
            }
        }
        events
    });
    let (mut known, mut times) = (0, 0);
    while times < 20 {
        house.later(2_000).await;
        let mark = house.mark("words").await;
        times += i64::from(mark > known);
        known = mark;
    }
    enough.store(true, Ordering::SeqCst);
    let events: i64 = writer.await.unwrap();
    house.later(2_000).await;
    let wrong = "SELECT count(*) FROM tasks AS t FULL JOIN words AS w ON w.task = t.id \
                 WHERE w.words IS DISTINCT FROM array_to_tsvector(ARRAY['1:' || t.text])";
    assert_eq!(house.number(wrong).await, 0);
    assert_eq!(house.number("SELECT sum(n)::bigint FROM events_kept").await, events);
}

#[tokio::test]
async fn the_steps_are_bounded() {
    let mut house = House::new(ALL).await;
    house.events(EPOCH, 4_500).await;
    let mut turns = Vec::new();
    for _ in 0..3 {
        turns.push(house.keeper.turn(Chore::Words).await.unwrap());
    }
    assert_eq!(turns, [Turn::More, Turn::More, Turn::Done]);
    assert_eq!(house.number("SELECT n FROM events_kept").await, 4_500);
}

#[tokio::test]
async fn words_of_a_tenant_that_is_emptied_meanwhile_do_not_stay() {
    let mut house = House::new(ALL).await;
    house.write("task.created", 1, Some("fix the login")).await;
    let emptying = house.client().await;
    let empty =
        "BEGIN; SELECT pg_advisory_xact_lock(7771, 3); DELETE FROM tasks; DELETE FROM words";
    emptying.batch_execute(empty).await.unwrap();
    let mut keeper = house.other();
    let (turn, ()) = tokio::join!(keeper.turn(Chore::Words), async {
        house.blocked().await;
        emptying.batch_execute("COMMIT").await.unwrap();
    });
    assert_eq!(turn.unwrap(), Turn::Done);
    house.later(2_000).await;
    assert!(index(&house.client).await.is_empty());
}
