//! Lanes that nobody uses go, and everybody is told.

use super::{ALL, House};
use crate::postgres::keeping::{Chore, Turn};
use crate::postgres::picture::changed;

const HOUR: i64 = 3_600_000;
const LANES: &str = "SELECT id::bigint FROM lanes ORDER BY id";

/// So many lanes, with a ready task in the first.
async fn house(lanes: i64) -> House {
    let house = House::new(ALL).await;
    house
        .run(&format!(
            "INSERT INTO lanes (tenant, roles, tags, digest) \
             SELECT 1, '{{}}', ARRAY[n::text], int4send(n) FROM generate_series(1, {lanes}) AS n; \
             INSERT INTO ready VALUES (1, 5, 5)"
        ))
        .await;
    house
}

#[tokio::test]
async fn lanes_without_tasks_go_after_a_day() {
    let mut house = house(2_500).await;
    house.later(0).await;
    for _ in 0..23 {
        house.later(HOUR).await;
    }
    assert_eq!(house.number("SELECT count(*) FROM lanes").await, 2_500);
    // One is used again, and one was; that is seen an hour later.
    house.run("INSERT INTO ready VALUES (2, 5, 6); DELETE FROM ready WHERE lane = 1").await;
    house.later(HOUR).await;
    assert_eq!(house.numbers(LANES).await, [1, 2]);
    assert_eq!(house.numbers("SELECT id::bigint FROM lanes WHERE idle_since IS NULL").await, [2]);
    let told = house.numbers("SELECT changed::bigint FROM news").await;
    assert_eq!(told, [changed::LANES]);
    let place = house.number("SELECT seq FROM news").await;
    assert_eq!(place, house.number("SELECT last_value FROM log_place").await);
    house.later(24 * HOUR).await;
    assert_eq!(house.numbers(LANES).await, [2]);
}

#[tokio::test]
async fn a_lane_that_gets_a_task_while_it_is_to_go_stays() {
    let mut house = house(3).await;
    house.later(0).await;
    house.clock.advance(24 * HOUR);
    let writing = house.client().await;
    let write = "BEGIN; SELECT pg_advisory_xact_lock_shared(7771, 3); \
                 INSERT INTO ready VALUES (2, 5, 6)";
    writing.batch_execute(write).await.unwrap();
    let mut keeper = house.other();
    let (turn, ()) = tokio::join!(keeper.turn(Chore::OldLanes), async {
        house.blocked().await;
        writing.batch_execute("COMMIT").await.unwrap();
    });
    assert_eq!(turn.unwrap(), Turn::Done);
    assert_eq!(house.numbers(LANES).await, [1, 2]);
    // One who writes for long is not waited for: then it is tried again later.
    house.later(HOUR).await;
    house.run("DELETE FROM ready").await;
    house.later(HOUR).await;
    house.clock.advance(25 * HOUR);
    writing.batch_execute(write).await.unwrap();
    keeper.turn(Chore::OldLanes).await.unwrap_err();
    assert_eq!(house.numbers(LANES).await, [1, 2]);
}
