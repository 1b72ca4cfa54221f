//! What is remembered for a while, months ahead, and figures.

use claudebench_testkit::until;

use super::{ALL, EPOCH, House};
use crate::postgres::keeping::{Chore, Figures, Keeping, Turn, figures};
use crate::postgres::sql::keeping;

const DAY: i64 = 24 * 3_600_000;

#[tokio::test]
async fn what_is_old_is_forgotten() {
    let mut house = House::new(ALL).await;
    let now = EPOCH.0 + 2 * DAY;
    let (old, new) = (now - DAY, now - DAY + 1);
    house
        .run(&format!(
            "INSERT INTO idempotency VALUES (1, 'a', '', '', {now}), (1, 'b', '', '', {now} + 1); \
             INSERT INTO instances VALUES (1, 'a', '{{}}', NULL, false, 0, {old}), \
                 (1, 'b', '{{}}', NULL, false, 0, {new}), (1, 'c', '{{}}', NULL, true, 0, {old}); \
             INSERT INTO votes VALUES (1, 'd', 'a', 'x', {old}), (1, 'd', 'b', 'x', {new}); \
             INSERT INTO decisions VALUES (1, 'a', 'x', 1, {old}), (1, 'b', 'x', 1, {new}); \
             INSERT INTO batches VALUES (1, 'a', 'x', 1, {old}), (1, 'b', 'x', 1, {new}); \
             INSERT INTO servers VALUES (1, 'a', 'x', {old}), (2, 'b', 'x', {new})"
        ))
        .await;
    house.later(2 * DAY).await;
    let left = "SELECT string_agg(name, ' ' ORDER BY name) FROM ( \
                 SELECT 'idempotency ' || key AS name FROM idempotency UNION ALL \
                 SELECT 'instance ' || id FROM instances UNION ALL \
                 SELECT 'vote ' || instance FROM votes UNION ALL \
                 SELECT 'decision ' || decision FROM decisions UNION ALL \
                 SELECT 'batch ' || id FROM batches UNION ALL \
                 SELECT 'server ' || name FROM servers) AS a";
    let left: String = house.client.query_one(left, &[]).await.unwrap().get(0);
    assert_eq!(left, "batch b decision b idempotency b instance b instance c server b vote b");
}

#[tokio::test]
async fn so_many_are_forgotten_at_a_time_and_none_that_somebody_holds() {
    let mut house = House::new(ALL).await;
    house
        .run(&format!(
            "INSERT INTO idempotency SELECT 1, n::text, '', '', {} - n \
             FROM generate_series(1, 1500) AS n",
            EPOCH.0
        ))
        .await;
    let holding = house.client().await;
    holding
        .batch_execute(
            "BEGIN; UPDATE idempotency SET expires_at = expires_at + 9999999 WHERE key = '1500'",
        )
        .await
        .unwrap();
    let left = "SELECT count(*) FROM idempotency";
    assert_eq!(house.keeper.turn(Chore::Remembered).await.unwrap(), Turn::More);
    assert_eq!(house.number(left).await, 500);
    assert_eq!(house.keeper.turn(Chore::Remembered).await.unwrap(), Turn::Done);
    assert_eq!(house.number(left).await, 1);
    holding.batch_execute("COMMIT").await.unwrap();
    house.later(60_000).await;
    assert_eq!(house.number(left).await, 1, "it was renewed");
}

#[tokio::test]
async fn months_are_made_before_they_are_needed() {
    let mut house = House::new(ALL).await;
    let newest = "SELECT max(to_date(substr(c.relname, 7), 'YYYY_MM')) - date '2023-01-01' \
                  FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid \
                  WHERE i.inhparent = 'tasks'::regclass";
    let newest = format!("SELECT ({newest})::bigint");
    let before = house.number(&newest).await;
    house.later(3_600_000).await;
    assert_eq!(house.number(&newest).await, before);
    house.later(20 * DAY).await;
    assert_eq!(house.number(&newest).await, before + 31);
}

#[tokio::test]
async fn figures_say_what_is_behind_and_who_is_in_the_way() {
    let mut house = House::new(ALL).await;
    let none = figures(&house.client, EPOCH).await.unwrap();
    assert_eq!(none, Figures { oldest_ms: none.oldest_ms, ..Figures::default() });
    house.events(EPOCH, 30).await;
    house.run("INSERT INTO counts VALUES (1, '', 5, '{0,0,0,0,0,0,0}')").await;
    let changes = "INSERT INTO count_changes (tenant, project, seq, by) \
                   SELECT 1, '', n, '{1,0,0,0,0,0,0}' FROM generate_series(6, 15) AS n";
    house.run(changes).await;
    house.run("INSERT INTO ready SELECT 1, n, n FROM generate_series(1, 40) AS n").await;
    let holding = house.client().await;
    holding
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM ready LIMIT 1")
        .await
        .unwrap();
    house.run("DELETE FROM ready WHERE task <= 7").await;
    let ask = async || figures(&house.client, EPOCH).await.unwrap();
    until("the deleted rows are told of", async || ask().await.dead_ready == 7).await;
    let before = ask().await;
    assert_eq!((before.words_behind, before.counts_behind), (30, 10));
    assert!(before.oldest_age >= 1);
    until("it grows older", async || ask().await.oldest_ms > before.oldest_ms).await;
    house.later(0).await;
    let after = figures(&house.client, EPOCH).await.unwrap();
    assert_eq!((after.words_behind, after.counts_behind), (0, 0));
    holding.batch_execute("COMMIT").await.unwrap();
    let after = figures(&house.client, EPOCH).await.unwrap();
    assert_eq!(after.oldest_age, 0);
}

/// How many pages a statement touches.
async fn pages(client: &tokio_postgres::Client, name: &str, with: &str) -> u64 {
    let (_, text) = keeping::ALL.iter().find(|(of, _)| *of == name).unwrap();
    let text = text.trim_end_matches(';');
    client.batch_execute(&format!("PREPARE it AS {text}")).await.unwrap();
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, TIMING off) EXECUTE it({with})");
    let steps = client.query(&explain, &[]).await.unwrap();
    client.batch_execute("DEALLOCATE it").await.unwrap();
    let mut steps = steps.iter().map(|step| step.get::<_, String>(0));
    // That of the whole comes first.
    let whole = steps.find(|step| step.contains("Buffers: shared")).unwrap();
    let numbers = whole.split(|c: char| !c.is_ascii_digit());
    numbers.filter_map(|number| number.parse::<u64>().ok()).sum()
}

#[tokio::test]
async fn what_a_long_transaction_keeps_alive_is_not_walked_over() {
    const ROWS: i64 = 20_000;
    let keeping = Keeping { events_max: 10, ..ALL };
    let mut house = House::new(keeping).await;
    let holding = house.client().await;
    holding
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM marks")
        .await
        .unwrap();
    let place = house.events(EPOCH, ROWS).await[0];
    house
        .run(&format!(
            "INSERT INTO news (seq, server, lanes, lowest, counts, reopened, changed) \
             SELECT {place} + n, 1, '{{}}', '{{}}', '{{}}', false, 0 \
             FROM generate_series(1, {ROWS}) AS n; \
             INSERT INTO count_changes (tenant, project, seq, by) \
             SELECT 1, '', {place} + n, '{{1,0,0,0,0,0,0}}' FROM generate_series(1, {ROWS}) AS n"
        ))
        .await;
    house.later(DAY).await;
    for table in ["count_changes", "events", "news"] {
        let left = house.number(&format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(left, if table == "events" { 10 } else { 0 }, "{table}");
    }
    // As in a step.
    house.run("SET enable_seqscan = off; SET enable_bitmapscan = off").await;
    let (events, news) = (house.mark("events").await, house.mark("news").await);
    let end = i64::MAX;
    for (name, with) in [
        ("roll_up", "0, '', 200, 1000".to_owned()),
        ("next_events", format!("{}, 2000", house.mark("words").await)),
        ("oldest_events", format!("{events}, {end}, 1000")),
        ("old_news", format!("{news}, {end}, 5000")),
    ] {
        let pages = pages(&house.client, name, &with).await;
        assert!(pages < 60, "{name}: {pages}");
    }
    // From the front it is dear.
    assert!(pages(&house.client, "old_news", &format!("0, {end}, 5000")).await > 60);
}
