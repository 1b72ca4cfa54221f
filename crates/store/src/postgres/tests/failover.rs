//! A primary that goes, hangs, or is left behind, and the one that is promoted in its place.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use claudebench_core::{Cursor, TaskId, TenantId};
use claudebench_testkit::postgres::{Database, End, Options, Postgres, connect};
use claudebench_testkit::proxy::{Fault, Proxy};
use claudebench_testkit::until;
use tokio::time::timeout;

use super::{EPOCH, PostgresOptions, manual};
use crate::postgres::PostgresStore;
use crate::{
    Batch, Committed, Create, Freshness, IdempotencyKey, Meta, NewTask, Outcomes, Refusal, Source,
    Store, StoreError, Write,
};

/// A promotion is followed within this.
const SOON: Duration = Duration::from_secs(5);

/// A task of a further try.
const TRY: &str = "try";

/// A store over a primary and a standby, each behind a network that may fail.
struct House {
    store: Arc<PostgresStore>,
    database: Database,
    ways: [Proxy; 2],
    standby: Postgres,
    primary: Postgres,
}

impl House {
    async fn new() -> Self {
        let primary = Postgres::start(Options::fast()).await;
        let database = primary.database().await;
        let standby = primary.replica().await;
        let ways = [Proxy::before(primary.port()).await, Proxy::before(standby.port()).await];
        // The standby is named first: it is not taken for the primary.
        let hosts = format!("127.0.0.1:{},127.0.0.1:{}", ways[1].port(), ways[0].port());
        let own = format!("127.0.0.1:{}", primary.port());
        let options = PostgresOptions {
            keeps: false,
            write_ms: 3_000,
            stalled_ms: 3_000,
            ..PostgresOptions::new(database.url().replace(&own, &hosts))
        };
        let store = PostgresStore::open(options, Some(manual(EPOCH))).await.unwrap();
        Self { store, database, ways, standby, primary }
    }

    async fn create(&self, text: &str, key: Option<&str>) -> Result<TaskId, Failure> {
        let (source, answer) = Source::of(batch(text, key));
        self.store.write(source).await;
        outcome(answer.await.unwrap())
    }

    /// Waits until a task can be made; it must be there then.
    async fn goes_on(&self, since: Instant) {
        let made = loop {
            match self.create("after", None).await {
                Ok(made) => break made,
                Err(error) => assert!(since.elapsed() < SOON, "still not: {error:?}"),
            }
        };
        assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
        assert_eq!(self.text(made).await.as_deref(), Some("after"));
        // Another connection may notice later than the one that has written.
        until("nothing stands in its way", async || {
            self.store.shared.problem().is_none() || {
                let _ = self.create(TRY, None).await;
                false
            }
        })
        .await;
        assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
    }

    async fn text(&self, id: TaskId) -> Option<String> {
        let store: &dyn Store = &*self.store;
        let found = store.tasks(TenantId::DEFAULT, vec![id], Freshness::Latest).await.unwrap();
        found.first().map(|found| found.task.text.clone())
    }

    /// How many tasks a server has, without those of further tries.
    async fn count(&self, server: &Postgres) -> i64 {
        let client = connect(&server.url(self.database.name())).await.unwrap();
        let count = "SELECT count(*) FROM tasks WHERE text <> $1";
        client.query_one(count, &[&TRY]).await.unwrap().get(0)
    }
}

type Failure = Result<Refusal, StoreError>;

fn outcome(done: Result<Outcomes, StoreError>) -> Result<TaskId, Failure> {
    match done.map_err(Err)?.creates.remove(0).unwrap() {
        Ok(made) => Ok(made[0].id),
        Err(refused) => Err(Ok(refused)),
    }
}

fn batch(text: &str, key: Option<&str>) -> Batch {
    let key = key.map(|key| IdempotencyKey { key: key.into(), fingerprint: [7; 32] });
    let meta = Meta {
        tenant: TenantId::DEFAULT,
        actor: "tester".into(),
        traceparent: None,
        session: None,
        key: key.map(Arc::new),
    };
    let task = NewTask { text: text.into(), ..NewTask::default() };
    let mut batch = Batch::default();
    Create { tasks: vec![task] }.put(meta, &mut batch);
    batch
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promotion_is_followed_without_a_restart() {
    let house = House::new().await;
    house.primary.synchronous().await;
    let made = house.create("before", None).await.unwrap();
    house.primary.stop(End::Immediate).await;
    let refused = house.create("meanwhile", None);
    let (refused, promoted) = tokio::join!(refused, async {
        until("it is known", async || house.store.shared.problem().is_some()).await;
        let health = (&*house.store as &dyn Store).health().await.unwrap();
        assert!(!health.writable && health.problem.is_some(), "{health:?}");
        house.standby.promote().await;
        Instant::now()
    });
    // What was begun is done by who was promoted, or refused.
    assert!(matches!(refused, Ok(_) | Err(Err(StoreError::Unavailable { .. }))), "{refused:?}");
    house.goes_on(promoted).await;
    assert_eq!(house.text(made).await.as_deref(), Some("before"), "it was acknowledged");
    house.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_that_hangs_is_left_for_one_that_was_promoted() {
    let house = House::new().await;
    house.create("before", None).await.unwrap();
    house.standby.catch_up(&house.primary).await;
    house.ways[0].set(Fault::BlackHole);
    let hanging = house.create("hangs", None);
    let (hanging, promoted) = tokio::join!(hanging, async {
        house.standby.promote().await;
        Instant::now()
    });
    assert!(promoted.elapsed() < SOON, "{:?}", promoted.elapsed());
    // It was not written there, so it could be written anew.
    house.text(hanging.unwrap()).await.unwrap();
    house.goes_on(promoted).await;
    assert_eq!(house.count(&house.primary).await, 1);
    house.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_take_writes_the_one_that_was_promoted_is_the_primary() {
    let house = House::new().await;
    house.create("before", None).await.unwrap();
    house.standby.catch_up(&house.primary).await;
    house.standby.promote().await;
    let promoted = Instant::now();
    until("writes go there", async || {
        house.create("after", None).await.unwrap();
        house.count(&house.standby).await > 1
    })
    .await;
    assert!(promoted.elapsed() < SOON, "{:?}", promoted.elapsed());
    // When it is away, the old one is still no primary.
    let there = house.count(&house.primary).await;
    house.ways[1].set(Fault::Reset);
    let refused = house.create("nowhere", None).await.unwrap_err();
    let Err(StoreError::Unavailable { what }) = refused else { panic!("{refused:?}") };
    assert!(what.contains("none of the hosts takes writes"), "{what}");
    assert_eq!(house.count(&house.primary).await, there);
    house.ways[1].set(Fault::None);
    house.goes_on(Instant::now()).await;
    house.store.close().await;
}

/// A commit that waits for a standby that nobody is, but is in the log of the standby that is there.
async fn hanging(house: &House) -> impl Future<Output = Result<Outcomes, StoreError>> {
    house.create("before", None).await.unwrap();
    house.primary.set("synchronous_standby_names", "nobody").await;
    let prober = connect(&house.primary.url("postgres")).await.unwrap();
    until("commits wait", async || {
        let probe = prober.batch_execute("SELECT pg_logical_emit_message(true, 'probe', '')");
        timeout(Duration::from_millis(300), probe).await.is_err()
    })
    .await;
    let mut both = batch("keyed", Some("k"));
    both.creates.append(&mut batch("plain", None).creates);
    let (source, answer) = Source::of(both);
    let store = house.store.clone();
    let written = tokio::spawn(async move { store.write(source).await });
    until("it waits", async || {
        let client = connect(&house.primary.url("postgres")).await.unwrap();
        let waits = "SELECT count(*) FROM pg_stat_activity \
            WHERE wait_event = 'SyncRep' AND application_name = 'claudebench'";
        client.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) > 0
    })
    .await;
    house.standby.catch_up(&house.primary).await;
    house.primary.stop(End::Immediate).await;
    async move {
        written.await.unwrap();
        answer.await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_done_is_known_where_another_was_promoted() {
    let house = House::new().await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = told.clone();
    let store: &dyn Store = &*house.store;
    let follows = store.follow(
        Cursor(0),
        Arc::new(move |committed: Committed| {
            let places = committed.events.iter().map(|event| event.cursor.0);
            hears.lock().unwrap().extend(places);
        }),
    );
    let follows = tokio::spawn(follows);
    let answer = hanging(&house).await;
    house.standby.promote().await;
    let mut done = answer.await.unwrap();
    assert!(done.events.is_empty(), "they are told to who follows");
    for text in ["plain", "keyed"] {
        let made = done.creates.pop().unwrap().unwrap().unwrap()[0].id;
        assert_eq!(house.text(made).await.as_deref(), Some(text));
    }
    assert_eq!(house.count(&house.standby).await, 3, "each was done once");
    house.goes_on(Instant::now()).await;
    until("all are told of", async || told.lock().unwrap().len() >= 4).await;
    let told = told.lock().unwrap().clone();
    assert!(told.is_sorted_by(|one, next| one < next), "{told:?}");
    house.store.close().await;
    follows.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_can_tell_is_said_to_be_unknown_and_done_once_when_asked_for_again() {
    let house = House::new().await;
    let answer = hanging(&house).await;
    let mut done = answer.await.unwrap();
    for _ in 0..2 {
        let refused = done.creates.pop().unwrap().unwrap().unwrap_err();
        assert!(matches!(refused, Refusal::Unknown(_)), "{refused:?}");
        let error: claudebench_core::Error = refused.into();
        assert_eq!(error.code, claudebench_core::Code::Timeout);
    }
    house.standby.promote().await;
    house.goes_on(Instant::now()).await;
    let keyed = house.create("keyed", Some("k")).await.unwrap();
    assert_eq!(house.text(keyed).await.as_deref(), Some("keyed"));
    assert_eq!(house.count(&house.standby).await, 4, "two before, one more after");
    house.store.close().await;
}

/// After a crash the database gives numbers of transactions anew that nothing of had reached the
/// disk: that one which has such a number was committed says nothing of the one that had it before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_a_crash_has_lost_is_not_taken_for_the_one_that_got_its_number() {
    let house = House::new().await;
    house.create("before", None).await.unwrap();
    // Nothing reaches the disk but what is committed.
    house.primary.set("wal_writer_delay", "10s").await;
    let holder = connect(&house.database.url()).await.unwrap();
    holder.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(7771, 2)").await.unwrap();
    let waiting = "SELECT backend_xid::text::bigint FROM pg_stat_activity \
        WHERE wait_event = 'advisory' AND application_name = 'claudebench'";
    let crashed = async {
        let prober = connect(&house.primary.url("postgres")).await.unwrap();
        let lost = AtomicI64::new(0);
        until("it is about to commit", async || {
            let found = prober.query_opt(waiting, &[]).await.unwrap();
            lost.store(found.map_or(0, |found| found.get(0)), Ordering::Relaxed);
            lost.load(Ordering::Relaxed) > 0
        })
        .await;
        let lost = lost.into_inner();
        house.ways[0].set(Fault::Reset);
        assert!(house.primary.kill_backend("claudebench", 0).await);
        until("others have its number", async || {
            let Ok(client) = connect(&house.primary.url("postgres")).await else { return false };
            for _ in 0..50 {
                let given =
                    client.query_one("SELECT pg_current_xact_id()::text::bigint", &[]).await;
                if given.is_ok_and(|given| given.get::<_, i64>(0) == lost) {
                    return true;
                }
            }
            false
        })
        .await;
        house.ways[0].set(Fault::None);
    };
    let (made, ()) = tokio::join!(house.create("once", None), crashed);
    assert_eq!(house.text(made.unwrap()).await.as_deref(), Some("once"));
    assert_eq!(house.count(&house.primary).await, 2);
    house.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_wait_for_the_standby_was_broken_off_is_not_acknowledged() {
    let house = House::new().await;
    house.primary.synchronous().await;
    house.create("before", None).await.unwrap();
    house.standby.stop(End::Fast).await;
    let mut writing = Box::pin(house.create("unheard", Some("k")));
    let broken_off = async {
        let client = connect(&house.primary.url("postgres")).await.unwrap();
        until("the wait is broken off", async || {
            let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                       WHERE wait_event = 'SyncRep'";
            client.query_one(end, &[]).await.unwrap().get::<_, i64>(0) > 0
        })
        .await;
        until("it stands", async || house.count(&house.primary).await == 2).await;
    };
    tokio::select! {
        answered = &mut writing => panic!("{answered:?}"),
        () = broken_off => {}
    }
    let early = timeout(Duration::from_secs(1), &mut writing).await;
    assert!(early.is_err(), "it is on one server alone: {early:?}");
    house.standby.restart().await;
    let made = writing.await.unwrap();
    house.primary.stop(End::Immediate).await;
    house.standby.promote().await;
    house.goes_on(Instant::now()).await;
    assert_eq!(house.text(made).await.as_deref(), Some("unheard"));
    house.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_asynchronous_standby_lacked_is_measured_and_told() {
    let house = House::new().await;
    let kept = house.create("kept", None).await.unwrap();
    house.standby.catch_up(&house.primary).await;
    house.standby.stop(End::Fast).await;
    let lost = house.create("lost", None).await.unwrap();
    house.primary.stop(End::Immediate).await;
    house.standby.restart().await;
    house.standby.promote().await;
    house.goes_on(Instant::now()).await;
    assert_eq!(house.text(kept).await.as_deref(), Some("kept"));
    assert_eq!(house.text(lost).await, None);
    let figures = (&*house.store as &dyn Store).figures().await.unwrap();
    let told = figures.iter().find(|(name, _)| *name == "lost_ms").unwrap();
    // The clock of this test stands still.
    assert_eq!(told.1, 1);
    // A promotion that loses nothing adds nothing, and what was lost is told of once.
    assert_eq!(house.store.shared.lost_ms(), 1);
    house.store.close().await;
}
