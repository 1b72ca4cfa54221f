//! Events and news go when their time is over, and nobody misses any without a word.

use claudebench_core::principal::Scopes;
use claudebench_core::{Cursor, Millis, TenantId};

use super::{ALL, EPOCH, House};
use crate::postgres::PostgresStore;
use crate::postgres::keeping::{Chore, Keeping, Turn};
use crate::{EventQuery, Freshness, StoreError};

const DAY: i64 = 24 * 3_600_000;
const MONTHS: &str = "SELECT substr(c.relname, 8) FROM pg_inherits AS i JOIN pg_class AS c \
     ON c.oid = i.inhrelid WHERE i.inhparent = 'events'::regclass ORDER BY 1";
const PLACES: &str = "SELECT seq FROM events ORDER BY seq";

async fn after(store: &PostgresStore, place: i64) -> Result<usize, StoreError> {
    let query = EventQuery {
        tenant: Some(TenantId::DEFAULT),
        scopes: Scopes::ALL,
        after: Some(Cursor(place)),
        task: None,
        project: None,
        session: None,
        kinds: Vec::new(),
        limit: 10_000,
        newest_first: false,
    };
    store.events(query, Freshness::Latest).await.map(|page| page.events.len())
}

async fn months(house: &House) -> Vec<String> {
    house.client.query(MONTHS, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn as_many_events_are_kept_as_is_said() {
    let mut house = House::new(Keeping { events_max: 10, ..ALL }).await;
    let mut places = house.events(EPOCH, 20).await;
    places.extend(house.events(EPOCH.plus(3), 10).await);
    house.later(0).await;
    assert_eq!(house.numbers(PLACES).await, places[20..]);
    assert_eq!(house.mark("events").await, places[19]);
    let store = house.store().await;
    assert_eq!(after(&store, places[19]).await.unwrap(), 10, "nothing is missed");
    let error = after(&store, places[18]).await.unwrap_err();
    let StoreError::CursorExpired { oldest, .. } = error else { panic!("{error}") };
    assert_eq!(after(&store, oldest).await.unwrap(), 10, "what the error names works");
    // As many as are too many go, not more.
    places.extend(house.events(EPOCH.plus(4), 3).await);
    house.later(60_000).await;
    assert_eq!(house.numbers(PLACES).await, places[23..]);
    assert_eq!(house.number("SELECT n FROM events_kept").await, 10);
}

#[tokio::test]
async fn events_are_kept_as_long_as_is_said_and_the_newest_for_ever() {
    let mut house = House::new(Keeping { events_age_ms: 100_000, ..ALL }).await;
    let old = house.events(EPOCH, 2_500).await;
    let new = house.events(EPOCH.plus(90_000), 2).await;
    house.later(99_999).await;
    assert_eq!(house.number("SELECT count(*) FROM events").await, 2_502, "nothing is old enough");
    house.later(60_000).await;
    assert_eq!(house.numbers(PLACES).await, new);
    assert_eq!(house.mark("events").await, old[2_499]);
    house.later(10 * DAY).await;
    assert_eq!(house.numbers(PLACES).await, new[1..]);
    let store = house.store().await;
    assert_eq!(after(&store, new[1]).await.unwrap(), 0);
    assert_eq!(after(&store, new[0]).await.unwrap(), 1);
    assert!(matches!(after(&store, old[0]).await, Err(StoreError::CursorExpired { .. })));
}

#[tokio::test]
async fn what_was_not_followed_is_not_dropped() {
    let mut house = House::new(Keeping { events_max: 3, events_age_ms: 1, ..ALL }).await;
    let places = house.events(EPOCH, 2_010).await;
    house.clock.advance(DAY);
    assert_eq!(house.keeper.turn(Chore::Words).await.unwrap(), Turn::More);
    while house.keeper.turn(Chore::OldEvents).await.unwrap() == Turn::More {}
    assert_eq!(house.numbers(PLACES).await, places[2_000..]);
}

/// Events in November and December; they are kept for thirty days, and it is the 20th of January.
async fn two_months(keeping: Keeping) -> (House, Vec<i64>, Vec<i64>) {
    let house = House::new(keeping).await;
    let november = house.events(EPOCH, 1_500).await;
    let mut december = house.events(Millis(1_701_900_000_000), 3).await;
    december.extend(house.events(Millis(1_704_000_000_000), 2).await);
    house.clock.advance(1_705_708_800_000 - EPOCH.0);
    (house, november, december)
}

#[tokio::test]
async fn whole_months_are_dropped_at_once() {
    let (mut house, november, december) =
        two_months(Keeping { events_age_ms: 30 * DAY, ..ALL }).await;
    house.run("INSERT INTO words SELECT 1700000000000 << 20, ''").await;
    house.later(0).await;
    let left = months(&house).await;
    assert_eq!(left, ["2023_12", "2024_01", "2024_02", "2024_03"]);
    assert_eq!(house.numbers(PLACES).await, december[3..]);
    assert_eq!(house.mark("events").await, december[2]);
    assert_eq!(house.numbers("SELECT n FROM events_kept").await, [2]);
    let store = house.store().await;
    assert!(matches!(after(&store, november[3]).await, Err(StoreError::CursorExpired { .. })));
    assert_eq!(house.number("SELECT count(*) FROM words").await, 1, "other tables keep theirs");
    // The newest event keeps its month.
    house.later(365 * DAY).await;
    assert_eq!(house.numbers(PLACES).await, december[4..]);
    assert_eq!(months(&house).await[0], "2023_12");
}

#[tokio::test]
async fn whole_months_go_by_the_number_of_events_too() {
    let (mut house, _, december) = two_months(Keeping { events_max: 5, ..ALL }).await;
    while house.keeper.turn(Chore::Words).await.unwrap() == Turn::More {}
    assert_eq!(house.keeper.turn(Chore::OldMonths).await.unwrap(), Turn::More);
    assert_eq!(months(&house).await[0], "2023_12");
    assert_eq!(house.numbers(PLACES).await, december);
    assert_eq!(house.keeper.turn(Chore::OldMonths).await.unwrap(), Turn::Done);
}

#[tokio::test]
async fn a_month_that_somebody_reads_is_emptied_and_goes_later() {
    let (mut house, november, december) =
        two_months(Keeping { events_age_ms: 30 * DAY, ..ALL }).await;
    let reading = house.client().await;
    let read = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT max(seq) FROM events";
    reading.batch_execute(read).await.unwrap();
    let failed = house.keeper.round().await.unwrap_err();
    assert!(failed.to_string().contains("55P03"), "{failed}");
    assert_eq!(months(&house).await[0], "2023_11");
    assert_eq!(house.numbers(PLACES).await, december[3..], "the other chores were done");
    let seen: i64 = super::number(&reading, "SELECT count(*) FROM events").await;
    assert_eq!(seen, i64::try_from(november.len() + december.len()).unwrap());
    reading.batch_execute("COMMIT").await.unwrap();
    house.later(60_000).await;
    assert_eq!(months(&house).await[0], "2023_12");
}

#[tokio::test]
async fn news_is_kept_for_an_hour() {
    let mut house = House::new(ALL).await;
    let tell = async |house: &House, count: i64, at: Millis| {
        house
            .numbers(&format!(
                "WITH h AS MATERIALIZED (SELECT next_places({count}, {}) AS base) \
                 INSERT INTO news (seq, server, lanes, lowest, counts, reopened, changed) \
                 SELECT h.base + n, 1, '{{}}', '{{}}', '{{}}', false, 0 \
                 FROM h, generate_series(1, {count}) AS n RETURNING seq",
                at.0
            ))
            .await
    };
    let old = tell(&house, 12_000, EPOCH).await;
    let new = tell(&house, 2, EPOCH.plus(1)).await;
    house.later(3_600_000 - 1).await;
    assert_eq!(house.number("SELECT count(*) FROM news").await, 12_002);
    house.later(60_000).await;
    assert_eq!(house.number("SELECT count(*) FROM news").await, 0);
    assert_eq!(house.mark("news").await, new[1]);
    assert!(old[0] < new[0]);
}
