//! Reads from replicas, beside a real primary with real ones.

use std::sync::Arc;
use std::task::{Context, Waker};

use claudebench_core::principal::Scopes;
use claudebench_core::{Cursor, TaskId, TenantId};
use claudebench_testkit::postgres::{Database, End, Options, Postgres, connect};
use claudebench_testkit::until;

use super::{EPOCH, PostgresOptions, manual};
use crate::postgres::PostgresStore;
use crate::{
    Batch, Create, EventQuery, Freshness, Meta, NewTask, Outcomes, Position, ReplicaHealth, Source,
    Store, StoreError, TaskQuery, Update, Write,
};

/// How far a replica may be behind, where it matters.
const LAG_MS: u64 = 1_000;
/// It serves all the time, however slow this machine is.
const ENDLESS_MS: u64 = 600_000;

/// A store over a primary with replicas.
struct House {
    store: Arc<PostgresStore>,
    database: Database,
    replicas: Vec<Postgres>,
    primary: Postgres,
}

async fn commit(store: &dyn Store, batch: Batch) -> Result<Outcomes, StoreError> {
    let (source, answer) = Source::of(batch);
    store.write(source).await;
    answer.await.unwrap()
}

impl House {
    async fn with(replicas: usize, lag_ms: u64) -> Self {
        let primary = Postgres::start(Options::fast()).await;
        let database = primary.database().await;
        let mut all = Vec::new();
        for _ in 0..replicas {
            all.push(primary.replica().await);
        }
        let store = open(&database, &all, &primary, lag_ms).await;
        let house = Self { store, database, replicas: all, primary };
        until("all replicas serve", async || house.health().iter().all(|one| one.serves)).await;
        house
    }

    fn health(&self) -> Vec<ReplicaHealth> {
        self.store.replicas().unwrap().borrow().clone()
    }

    async fn commit<W: Write>(&self, write: W) -> W::Reply {
        let meta = Meta {
            tenant: TenantId::DEFAULT,
            actor: "tester".into(),
            traceparent: None,
            session: None,
            key: None,
        };
        let mut batch = Batch::default();
        let place = write.put(meta, &mut batch);
        let mut outcomes = commit(&*self.store, batch).await.unwrap();
        W::take(&mut outcomes, place).unwrap().unwrap()
    }

    async fn make(&self, text: &str) -> TaskId {
        let task = NewTask { text: text.into(), ..NewTask::default() };
        let create = Create { tasks: vec![task] };
        self.commit(create).await.remove(0).id
    }

    async fn change(&self, id: TaskId, text: &str) {
        let text = Some(text.to_owned());
        self.commit(Update { id: Some(id), text, ..Update::default() }).await;
    }

    async fn text(&self, id: TaskId, freshness: Freshness) -> String {
        let store: &dyn Store = &*self.store;
        let found = store.tasks(TenantId::DEFAULT, vec![id], freshness).await.unwrap();
        found[0].task.text.clone()
    }

    fn position(&self) -> Position {
        self.store.position().unwrap()
    }

    /// Waits until a read that may lag has come from a replica.
    async fn reads_there(&self, id: TaskId) {
        until("a read goes to a replica", async || {
            let before = self.reads_now();
            self.text(id, Freshness::Any).await;
            self.reads_now() > before
        })
        .await;
    }

    /// The count itself, not what was shown of it last.
    fn reads_now(&self) -> u64 {
        self.store.replicas.reads()
    }
}

async fn open(
    database: &Database,
    replicas: &[Postgres],
    primary: &Postgres,
    replica_lag_ms: u64,
) -> Arc<PostgresStore> {
    // Of several hosts, the primary is the one that takes writes.
    let ports = std::iter::once(primary).chain(replicas).map(Postgres::port);
    let hosts: Vec<String> = ports.map(|port| format!("127.0.0.1:{port}")).collect();
    let url = database.url();
    let own = format!("127.0.0.1:{}", primary.port());
    let options = PostgresOptions {
        replicas: replicas.iter().map(|one| one.url(database.name()).into()).collect(),
        replica_readers: 3,
        keeps: false,
        replica_lag_ms,
        ..PostgresOptions::new(url.replace(&own, &hosts.join(",")))
    };
    PostgresStore::open(options, Some(manual(EPOCH))).await.unwrap()
}

fn events(after: Option<Cursor>) -> EventQuery {
    EventQuery {
        tenant: Some(TenantId::DEFAULT),
        scopes: Scopes::ALL,
        after,
        task: None,
        project: None,
        session: None,
        kinds: Vec::new(),
        limit: 100,
        newest_first: false,
    }
}

#[tokio::test]
async fn reads_go_to_a_replica_and_what_was_written_is_seen_all_the_same() {
    let house = House::with(1, ENDLESS_MS).await;
    let id = house.make("old").await;
    house.replicas[0].catch_up(&house.primary).await;
    house.reads_there(id).await;
    let before = house.reads_now();
    house.text(id, Freshness::Latest).await;
    assert_eq!(house.reads_now(), before, "the primary was asked");

    house.replicas[0].pause_replay().await;
    let old = house.position();
    house.change(id, "new").await;
    let written = house.position();
    assert!(written > old);
    assert_eq!(house.text(id, Freshness::Any).await, "old", "from the replica, which holds back");
    assert_eq!(house.text(id, Freshness::After(old)).await, "old");
    assert_eq!(house.text(id, Freshness::After(written)).await, "new");
    let unseen = house.make("unseen").await;
    assert_eq!(house.text(unseen, Freshness::Any).await, "unseen", "it may have come meanwhile");
    let head = house.store.events(events(None), Freshness::Latest).await.unwrap().next;
    let there = house.store.events(events(None), Freshness::Any).await.unwrap();
    assert!(there.at_end && there.next < head, "a replica's log ends where it does");
    let beyond = house.store.events(events(Some(head)), Freshness::Any).await.unwrap();
    assert_eq!((beyond.events.len(), beyond.next), (0, head), "the primary knows the place");

    house.store.close().await;
}

#[tokio::test]
async fn one_that_is_too_far_behind_is_left_alone_until_it_has_caught_up() {
    let house = House::with(1, LAG_MS).await;
    let id = house.make("old").await;
    house.replicas[0].catch_up(&house.primary).await;
    house.replicas[0].pause_replay().await;
    house.change(id, "new").await;
    // It is behind by what it lacks, for as long as it lacks it.
    until("it lags", async || house.health()[0].lagging).await;
    let [behind] = &house.health()[..] else { panic!("one") };
    assert!(!behind.serves && behind.lag_ms.unwrap() > 1_000 && behind.lag_bytes.unwrap() > 0);
    assert_eq!(house.text(id, Freshness::Any).await, "new", "it is not asked any more");

    house.replicas[0].resume_replay().await;
    until("it is back", async || house.health()[0].serves).await;
    assert!(!house.health()[0].lagging);
    house.reads_there(id).await;
    assert_eq!(house.text(id, Freshness::Any).await, "new");
    // Nothing was written since: it is not behind, however long that is ago.
    until("it lacks nothing", async || {
        let [one] = &house.health()[..] else { panic!("one") };
        (one.lag_ms, one.lag_bytes) == (Some(0), Some(0))
    })
    .await;
    house.store.close().await;
}

#[tokio::test]
async fn a_replica_that_catches_up_in_a_moment_is_waited_for() {
    let house = House::with(1, ENDLESS_MS).await;
    let id = house.make("0").await;
    // However fast they follow each other, each read sees the write before it.
    let before = house.reads_now();
    for n in 1..=50 {
        let text = n.to_string();
        house.change(id, &text).await;
        assert_eq!(house.text(id, Freshness::After(house.position())).await, text);
    }
    assert!(house.reads_now() > before, "some were read from the replica");
    house.store.close().await;
}

#[tokio::test]
async fn a_replica_that_breaks_leaves_and_comes_back() {
    let house = House::with(2, LAG_MS).await;
    let id = house.make("task").await;
    for replica in &house.replicas {
        replica.catch_up(&house.primary).await;
    }
    until("both have their turn", async || {
        house.text(id, Freshness::Any).await;
        house.health().iter().all(|one| one.reads > 0)
    })
    .await;
    house.replicas[0].stop(End::Immediate).await;
    // No read fails, whether its replica is known to be gone or not.
    for _ in 0..20 {
        assert_eq!(house.text(id, Freshness::Any).await, "task");
    }
    until("it is out", async || !house.health()[0].serves).await;
    until("that is told", async || house.health()[0].lagging).await;
    assert!(house.health()[0].problem.is_some());
    assert!(house.health()[1].serves);
    house.replicas[0].restart().await;
    until("it is back", async || house.health()[0].serves && !house.health()[0].lagging).await;
    assert_eq!(house.health()[0].problem, None);

    // Without any, all is read from the primary.
    for replica in &house.replicas {
        replica.stop(End::Immediate).await;
    }
    assert_eq!(house.text(id, Freshness::Any).await, "task");
    assert_eq!(house.text(id, Freshness::After(house.position())).await, "task");
    house.store.close().await;
}

#[tokio::test]
async fn a_promotion_ends_the_positions_of_the_history_before() {
    let house = House::with(1, LAG_MS).await;
    let id = house.make("kept").await;
    house.replicas[0].catch_up(&house.primary).await;
    let old = house.position();
    // What the other one never gets is lost with the primary.
    house.replicas[0].pause_replay().await;
    house.primary.stop(End::Immediate).await;
    house.replicas[0].resume_replay().await;
    house.replicas[0].promote().await;
    until("writes go to who was promoted", async || {
        let update = Update { id: Some(id), text: Some("new".into()), ..Update::default() };
        let meta = Meta {
            tenant: TenantId::DEFAULT,
            actor: "tester".into(),
            traceparent: None,
            session: None,
            key: None,
        };
        let mut batch = Batch::default();
        update.put(meta, &mut batch);
        commit(&*house.store, batch).await.is_ok()
    })
    .await;
    let new = house.position();
    assert!(new.timeline > old.timeline, "{old} {new}");
    // Places of the old history, also those that were never reached in the new one, are answered by
    // the primary.
    let lost = Position { lsn: u64::MAX, ..old };
    for seen in [old, lost, new] {
        assert_eq!(house.text(id, Freshness::After(seen)).await, "new", "{seen}");
    }
    // It is found by the mark that it is of the present history, though it takes writes now.
    until("it serves", async || house.health()[0].serves).await;
    let marked = connect(&house.replicas[0].url(house.database.name())).await.unwrap();
    let mark = "SELECT place FROM marks WHERE name = 'timeline'";
    let mark: i64 = marked.query_one(mark, &[]).await.unwrap().get(0);
    assert_eq!(mark, i64::from(new.timeline));
    house.store.close().await;
}

#[tokio::test]
async fn lists_refuse_when_the_pool_of_a_replica_is_exhausted() {
    let house = House::with(1, LAG_MS).await;
    let id = house.make("task").await;
    house.replicas[0].catch_up(&house.primary).await;
    house.reads_there(id).await;
    let search = || TaskQuery { search: Some("task".into()), limit: 1, ..TaskQuery::default() };
    let store: &dyn Store = &*house.store;
    let mut waiting = Vec::new();
    // Two at work and sixteen that wait, on the replica.
    for _ in 0..18 {
        let mut list = store.list(search(), Freshness::Any);
        let polled = list.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
        waiting.push(list);
    }
    let refused = store.list(search(), Freshness::Any).await;
    assert!(matches!(refused, Err(StoreError::Overloaded)), "{refused:?}");
    drop(waiting);
    house.store.close().await;
}
