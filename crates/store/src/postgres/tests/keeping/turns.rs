//! Of several servers one acts, and another one goes on where it ended.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use claudebench_core::time::ManualClock;
use claudebench_testkit::postgres::{PgBouncer, Postgres};
use claudebench_testkit::{PATIENCE, until};

use super::{ALL, EPOCH, House, PostgresOptions, database, keeper, number};
use crate::postgres::keeping::{Chore, Keeper, Keeping, Turn};
use crate::postgres::leader::{Leader, LeaderOptions};

const KEPT: &str = "SELECT coalesce(sum(n), 0)::bigint FROM events_kept";
/// Stops a step that is about to end.
const HOLD: &str = "BEGIN; SELECT 1 FROM marks FOR UPDATE";

impl House {
    /// Lets somebody go on until a number is what it is to be in the end: a turn has a bound, and who was
    /// slow has left much.
    async fn ended(&self, mut last: Keeper, number: &str, end: i64) {
        for _ in 0..100 {
            last.round().await.unwrap();
            if self.number(number).await == end {
                return;
            }
            self.clock.advance(60_000);
        }
        assert_eq!(self.number(number).await, end);
    }
}

#[tokio::test]
async fn of_two_at_once_one_acts_and_the_other_does_not_wait() {
    let house = House::new(ALL).await;
    house.events(EPOCH, 30).await;
    let (mut one, mut two) = (house.other(), house.other());
    let holding = house.client().await;
    holding.batch_execute(HOLD).await.unwrap();
    let (turn, ()) = tokio::join!(one.turn(Chore::Words), async {
        house.blocked().await;
        for chore in Chore::ALL {
            assert_eq!(two.turn(chore).await.unwrap(), Turn::NotOurs);
        }
        two.round().await.unwrap();
        holding.batch_execute("COMMIT").await.unwrap();
    });
    assert_eq!(turn.unwrap(), Turn::Done);
    assert_eq!(two.turn(Chore::Words).await.unwrap(), Turn::NotOurs, "it is done");
    assert_eq!(house.number(KEPT).await, 30);
    house.clock.advance(Chore::Words.period_ms());
    assert_eq!(two.turn(Chore::Words).await.unwrap(), Turn::Done, "it is due again");
    assert_eq!(house.number("SELECT server FROM chores WHERE name = 'words'").await, 8);
}

#[tokio::test]
async fn many_at_once_do_everything_once() {
    let house = House::new(ALL).await;
    let keepers = (0..4).map(|_| house.other()).collect::<Vec<_>>();
    let mut written = 0;
    let racing = keepers.into_iter().map(|mut keeper| {
        tokio::spawn(async move {
            for _ in 0..40 {
                keeper.round().await.unwrap();
            }
        })
    });
    let racing: Vec<_> = racing.collect();
    while racing.iter().any(|one| !one.is_finished()) {
        written += house.events(EPOCH, 50).await.len();
        house.clock.advance(1_000);
    }
    for one in racing {
        one.await.unwrap();
    }
    house.clock.advance(2_000);
    let written = i64::try_from(written).unwrap();
    house.ended(house.other(), KEPT, written).await;
}

#[tokio::test]
async fn another_one_goes_on_when_the_connection_breaks() {
    let house = House::new(ALL).await;
    house.events(EPOCH, 30).await;
    let (mut one, mut two) = (house.other(), house.other());
    let holding = house.client().await;
    holding.batch_execute(HOLD).await.unwrap();
    let (turn, ()) = tokio::join!(one.turn(Chore::Words), async {
        let process = house.blocked().await;
        house.run(&format!("SELECT pg_terminate_backend({process})")).await;
    });
    turn.unwrap_err();
    assert_eq!((house.number(KEPT).await, house.mark("words").await), (0, 0));
    holding.batch_execute("COMMIT").await.unwrap();
    let gone = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = \
                (SELECT oid FROM pg_database WHERE datname = current_database())";
    until("the turn is free", async || house.number(gone).await == 0).await;
    assert_eq!(two.turn(Chore::Words).await.unwrap(), Turn::Done);
    assert_eq!(house.number(KEPT).await, 30);
    assert_eq!(one.turn(Chore::Words).await.unwrap(), Turn::NotOurs);
}

#[tokio::test]
async fn one_that_stands_still_loses_its_turn_and_does_not_go_on_beside_the_next() {
    let mut house = House::new(Keeping { still: Duration::from_millis(200), ..ALL }).await;
    let places = house.events(EPOCH, 30).await;
    let mut two = house.other();
    let holding = house.client().await;
    holding.batch_execute(HOLD).await.unwrap();
    let looking = House { client: house.client().await, ..House::new(ALL).await };
    let mut step = pin!(house.keeper.turn(Chore::Words));
    tokio::select! {
        turn = &mut step => panic!("it is stopped: {turn:?}"),
        _ = looking.blocked() => {}
    }
    // From here on the server stands still in the middle of its transaction.
    holding.batch_execute("COMMIT").await.unwrap();
    let next = async { while two.turn(Chore::Words).await.unwrap() != Turn::Done {} };
    tokio::time::timeout(PATIENCE, next).await.expect("the next one has the turn");
    assert_eq!(number(&looking.client, KEPT).await, 30);
    // It wakes up.
    step.await.unwrap_err();
    assert_eq!(number(&looking.client, KEPT).await, 30);
    let mark = "SELECT place FROM marks WHERE name = 'words'";
    assert_eq!(number(&looking.client, mark).await, places[29]);
}

#[tokio::test]
async fn a_clock_that_ran_ahead_does_not_stop_the_chores() {
    let mut house = House::new(ALL).await;
    house.run(&format!("INSERT INTO chores VALUES ('words', {}, 1)", EPOCH.0 + 9_000_000)).await;
    house.events(EPOCH, 3).await;
    house.later(0).await;
    assert_eq!(house.number(KEPT).await, 3);
}

#[tokio::test]
async fn a_chore_that_fails_rests_and_the_others_are_done() {
    let mut house = House::new(ALL).await;
    house.events(EPOCH, 3).await;
    house.run("ALTER TABLE votes RENAME TO gone").await;
    let failed = house.keeper.round().await.unwrap_err();
    assert!(failed.to_string().contains("votes"), "{failed}");
    assert_eq!(house.number(KEPT).await, 3);
    assert_eq!(house.number("SELECT count(*) FROM chores").await, 10);
    house.later(1_000).await;
    house.run("ALTER TABLE gone RENAME TO votes").await;
    house.later(60_000).await;
}

#[tokio::test]
async fn a_pooler_may_stand_between() {
    let house = House::new(Keeping { events_max: 10, ..ALL }).await;
    let bouncer = PgBouncer::before(Postgres::shared().await, 2).await;
    let url = bouncer.url(house.database.name());
    let racing = (0..4).map(|_| {
        let keeping = Keeping { events_max: 10, ..ALL };
        let mut keeper = keeper(&url, &house.clock, keeping, &house.stop);
        tokio::spawn(async move {
            for _ in 0..20 {
                keeper.round().await.unwrap();
            }
        })
    });
    let racing: Vec<_> = racing.collect();
    let mut written = Vec::new();
    while racing.iter().any(|one| !one.is_finished()) {
        written.extend(house.events(EPOCH, 5).await);
        house.clock.advance(1_000);
    }
    for one in racing {
        one.await.unwrap();
    }
    house.clock.advance(60_000);
    let keeping = Keeping { events_max: 10, ..ALL };
    let last = keeper(&url, &house.clock, keeping, &house.stop);
    house.ended(last, "SELECT count(*) FROM events", 10).await;
    let left = house.numbers("SELECT seq FROM events ORDER BY seq").await;
    assert_eq!(left, written[written.len() - 10..]);
    assert_eq!(house.number(KEPT).await, 10);
}

#[tokio::test]
async fn the_task_acts_until_it_is_stopped() {
    let house = House::over(database().await, ManualClock::at(EPOCH), ALL).await;
    let places = house.events(EPOCH, 3).await;
    let options =
        LeaderOptions { server: 9, events_max: 100, events_age_ms: 1_000_000, archives: false };
    let config = PostgresOptions::new(house.database.url()).config().unwrap();
    let leader = Leader::new(config, Arc::new(house.clock.clone()), options);
    leader.start();
    until("the words are known", async || house.mark("words").await == places[2]).await;
    house.clock.advance(2_000);
    let new = house.events(EPOCH, 1).await;
    leader.round().await.unwrap();
    assert_eq!(house.mark("words").await, new[0]);
    leader.stop().await;
    let connections = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                       AND application_name = 'claudebench'";
    until("its connection is gone", async || house.number(connections).await == 0).await;
    let dropped = Leader::new(
        PostgresOptions::new(house.database.url()).config().unwrap(),
        Arc::new(house.clock.clone()),
        options,
    );
    dropped.round().await.unwrap();
    drop(dropped);
    until("so it is when it is dropped", async || house.number(connections).await == 0).await;
}
