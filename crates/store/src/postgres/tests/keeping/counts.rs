//! Counts are the same before and after they are added up, whoever writes meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use claudebench_core::TenantId;
use claudebench_core::time::ManualClock;
use tokio_postgres::Client;

use super::super::copying::{COUNTED_LATER, copied};
use super::super::history::History;
use super::{ALL, EPOCH, House, database};
use crate::Freshness;
use crate::postgres::keeping::{Chore, Turn};

/// Those of a tenant, and the sum over its projects, as one state of the database has them.
const BOTH: &str = "SELECT coalesce(sum(n) FILTER (WHERE project = ''), 0)::bigint, \
         coalesce(sum(n) FILTER (WHERE project <> ''), 0)::bigint \
     FROM (SELECT tenant, project, n[1] FROM counts UNION ALL \
         SELECT x.tenant, x.project, x.by[1] FROM count_changes AS x \
         LEFT JOIN counts AS c USING (tenant, project) WHERE x.seq > coalesce(c.upto, 0)) \
         AS all_of (tenant, project, n)";
const CHANGES: &str = "SELECT count(*) FROM count_changes";

/// Commits as a writer does: a task more in a tenant and one of its projects.
async fn commit(client: &Client, project: u64) {
    let text = format!(
        "WITH h AS MATERIALIZED (SELECT next_places(1, {}) AS base) \
         INSERT INTO count_changes (tenant, project, seq, by) \
         SELECT 1, p, h.base + 1, '{{1,0,0,0,0,0,0}}' FROM h, unnest(ARRAY['', 'p{project}']) AS p",
        EPOCH.0
    );
    client.batch_execute(&text).await.unwrap();
}

#[tokio::test]
async fn the_counts_of_a_history_stay_as_they_were() {
    let (history, database) = tokio::join!(History::new(), database());
    let mut house = House::over(database, history.clock.clone(), ALL).await;
    copied(&history, house.database.url()).await;
    house.run(COUNTED_LATER).await;
    let store = house.store().await;
    let counts = async || {
        let projects = [None, Some("a"), Some("B")];
        let mut all = vec![store.totals().await.unwrap()];
        for (tenant, project) in [TenantId::DEFAULT, history.other]
            .into_iter()
            .flat_map(|tenant| projects.map(|project| (tenant, project.map(str::to_owned))))
        {
            all.push(store.stats(tenant, project, Freshness::Latest).await.unwrap());
        }
        all
    };
    let before = counts().await;
    let left = "SELECT count(*) FROM count_changes JOIN counts AS c USING (tenant, project) \
                WHERE seq > c.upto";
    assert!(house.number(left).await > 0);
    house.later(0).await;
    assert_eq!(house.number(left).await, 0);
    assert_eq!(counts().await, before);
}

#[tokio::test]
async fn nothing_is_counted_twice_or_not_at_all_beside_a_writer() {
    let mut house = House::new(ALL).await;
    let (writing, looking) = (house.client().await, house.client().await);
    let enough = Arc::new(AtomicBool::new(false));
    let over = enough.clone();
    let writer = tokio::spawn(async move {
        let mut commits = 0;
        while !over.load(Ordering::SeqCst) {
            commit(&writing, commits % 5).await;
            commits += 1;
        }
        i64::try_from(commits).unwrap()
    });
    let look = async || {
        let row = looking.query_one(BOTH, &[]).await.unwrap();
        (row.get::<_, i64>(0), row.get::<_, i64>(1))
    };
    let upto = "SELECT coalesce(max(upto), 0) FROM counts WHERE project = ''";
    let (mut seen, mut rolled, mut times) = (0, 0, 0);
    while times < 20 {
        // Now and then new projects are looked for, too.
        house.later(20_000).await;
        let (tenant, projects) = look().await;
        assert_eq!(tenant, projects);
        assert!(tenant >= seen, "{tenant} after {seen}");
        seen = tenant;
        let upto = house.number(upto).await;
        times += i64::from(upto > rolled);
        rolled = upto;
    }
    enough.store(true, Ordering::SeqCst);
    let commits = writer.await.unwrap();
    house.later(60_000).await;
    assert_eq!(look().await, (commits, commits));
    assert_eq!(house.number(CHANGES).await, 0);
}

#[tokio::test]
async fn many_changes_take_several_steps() {
    let mut house = House::new(ALL).await;
    house
        .run(
            "INSERT INTO count_changes (tenant, project, seq, by) \
             SELECT 1, '', n, '{1,0,0,0,0,0,0}' FROM generate_series(1, 2500) AS n; \
             INSERT INTO count_changes (tenant, project, seq, by) \
             SELECT 2, 'p' || n % 450, n, '{0,2,0,0,0,0,-1}' FROM generate_series(1, 900) AS n",
        )
        .await;
    house.later(0).await;
    assert_eq!(house.number("SELECT count(*) FROM counts").await, 451);
    assert_eq!(house.number(CHANGES).await, 0);
    let total = "SELECT n[1] FROM counts WHERE tenant = 1 AND project = ''";
    assert_eq!(house.number(total).await, 2_500);
    let each = "SELECT DISTINCT n[2] * 10 + n[7] FROM counts WHERE tenant = 2";
    assert_eq!(house.numbers(each).await, [38]);
    assert_eq!(house.number("SELECT max(upto) FROM counts WHERE tenant = 1").await, 2_500);
}

#[tokio::test]
async fn a_step_that_is_interrupted_leaves_everything_as_it_was() {
    let mut house = House::new(ALL).await;
    for n in 0..10 {
        commit(&house.client, n % 2).await;
    }
    house.later(0).await;
    for n in 0..6 {
        commit(&house.client, n % 2).await;
    }
    let holding = house.client().await;
    holding.batch_execute("BEGIN; SELECT 1 FROM counts FOR UPDATE").await.unwrap();
    house.clock.advance(5_000);
    let mut keeper = house.other();
    let (turn, ()) = tokio::join!(keeper.turn(Chore::Counts), async {
        let process = house.blocked().await;
        house.run(&format!("SELECT pg_terminate_backend({process})")).await;
    });
    turn.unwrap_err();
    let row = house.client.query_one(BOTH, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (16, 16));
    assert_eq!(house.number(CHANGES).await, 12);
    holding.batch_execute("COMMIT").await.unwrap();
    // The one that was interrupted goes on as well as any other.
    assert_eq!(keeper.turn(Chore::Counts).await.unwrap(), Turn::Done);
    assert_eq!(house.number(CHANGES).await, 0);
    let row = house.client.query_one(BOTH, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (16, 16));
}

#[tokio::test]
async fn a_round_ends_when_it_is_to_stop() {
    let mut house = House::over(database().await, ManualClock::at(EPOCH), ALL).await;
    commit(&house.client, 0).await;
    house.stop.send_replace(true);
    house.later(0).await;
    assert_eq!(house.number("SELECT count(*) FROM chores").await, 0);
    assert_eq!(house.number(CHANGES).await, 2);
}
