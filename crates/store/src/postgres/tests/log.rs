//! Long logs, and logs whose beginning was dropped.

use claudebench_core::principal::Scopes;
use claudebench_core::{Cursor, TaskId, TenantId};
use claudebench_testkit::postgres::connect;

use super::{EPOCH, PostgresOptions, database, open};
use crate::postgres::PostgresStore;
use crate::{EventQuery, Freshness, StoreError};

/// How many events the log has; all but the last are of one type.
const EVENTS: i64 = 12_000;
const BASE: i64 = EPOCH.0 << 20;

fn all() -> EventQuery {
    EventQuery {
        tenant: Some(TenantId::DEFAULT),
        scopes: Scopes::ALL,
        after: None,
        task: None,
        project: None,
        session: None,
        kinds: Vec::new(),
        limit: 100_000,
        newest_first: false,
    }
}

/// The places of all events that a query gives, less where the log began, and how many pages.
async fn read(store: &PostgresStore, mut query: EventQuery) -> (Vec<i64>, usize) {
    let (mut places, mut pages) = (Vec::new(), 0);
    loop {
        let page = store.events(query.clone(), Freshness::Latest).await.unwrap();
        places.extend(page.events.iter().map(|event| event.cursor.0 - BASE));
        pages += 1;
        if page.at_end {
            return (places, pages);
        }
        query.after = Some(page.next);
    }
}

#[tokio::test]
async fn long_logs_are_read_to_their_end_and_forgotten_places_are_named() {
    let database = database().await;
    let client = connect(&database.url()).await.unwrap();
    let insert = format!(
        "INSERT INTO events (seq, tenant, at, task, version, kind, actor, payload) \
         SELECT {BASE} + n, 1, {at}, {BASE}, n, \
             CASE n WHEN {EVENTS} THEN 'task.completed' ELSE 'task.updated' END, 'x', '{{}}' \
         FROM generate_series(1, {EVENTS}) AS n",
        at = EPOCH.0
    );
    client.batch_execute(&insert).await.unwrap();
    let store = open(PostgresOptions::new(database.url())).await;
    let upwards: Vec<i64> = (1..=EVENTS).collect();
    let downwards: Vec<i64> = (1..=EVENTS).rev().collect();
    for task in [None, Some(TaskId(BASE))] {
        for limit in [700, 100_000] {
            let query = EventQuery { task, limit, ..all() };
            assert_eq!(read(&store, query.clone()).await.0, upwards, "{limit} {task:?}");
            let query = EventQuery { newest_first: true, ..query };
            assert_eq!(read(&store, query).await.0, downwards, "{limit} {task:?}");
        }
    }
    // A page looks at so many events, whatever it finds.
    let rare = EventQuery { kinds: vec!["task.completed".into()], ..all() };
    assert_eq!(read(&store, rare).await, (vec![EVENTS], 2));
    let dropped = BASE + 5;
    let drop = format!(
        "DELETE FROM events WHERE seq <= {dropped}; \
         UPDATE marks SET place = {dropped} WHERE name = 'events'"
    );
    client.batch_execute(&drop).await.unwrap();
    let after = |place| EventQuery { after: Some(Cursor(place)), ..all() };
    let error = store.events(after(dropped - 1), Freshness::Latest).await.unwrap_err();
    let StoreError::CursorExpired { oldest, .. } = error else { panic!("{error}") };
    assert_eq!(read(&store, after(oldest)).await.0, upwards[5..]);
    assert_eq!(read(&store, all()).await.0, upwards[5..]);
}
