//! What becomes of writes that the database does not take.

use std::sync::Arc;

use claudebench_core::TenantId;
use claudebench_core::lane::Wanted;
use claudebench_testkit::postgres::connect;
use claudebench_testkit::until;
use tokio::task::JoinSet;

use super::{PostgresOptions, database, open};
use crate::postgres::PostgresStore;
use crate::{
    Beat, ClaimTasks, Committer, CommitterOptions, Create, Created, Meta, NewTask, StoreError,
    SubmitError,
};

/// A store with writers.
struct Writing {
    store: Arc<PostgresStore>,
    committer: Committer,
    _writers: JoinSet<()>,
}

impl Writing {
    async fn new(options: PostgresOptions) -> Self {
        let store = open(options).await;
        let (committer, writers) =
            Committer::start(store.clone(), CommitterOptions::default(), Arc::new(|_| {}));
        Self { store, committer, _writers: writers }
    }

    async fn create(&self, text: &str) -> Result<Vec<Created>, SubmitError> {
        let tenant = TenantId::DEFAULT;
        let meta =
            Meta { tenant, actor: "tester".into(), traceparent: None, session: None, key: None };
        let task = NewTask { text: text.into(), max_attempts: 3, ..NewTask::default() };
        self.committer.submit(meta, Create { tasks: vec![task] }).await
    }
}

#[tokio::test]
async fn beats_wait_for_each_other_until_something_else_comes_or_the_end() {
    let database = database().await;
    let beats_wait_ms = 3_600_000;
    let options = PostgresOptions { beats_wait_ms, ..PostgresOptions::new(database.url()) };
    let writing = Writing::new(options).await;
    let Writing { committer, .. } = &writing;
    let task = writing.create("held").await.unwrap()[0].id;
    let tenant = TenantId::DEFAULT;
    let meta =
        || Meta { tenant, actor: "tester".into(), traceparent: None, session: None, key: None };
    let (worker, roles, tags) = ("w".into(), Vec::new(), Vec::new());
    let wanted = Wanted { tenant, worker, roles, project: None, tags };
    let claim = ClaimTasks { wanted, task: Some(task), max: 1, lease_ms: None };
    committer.submit(meta(), claim).await.unwrap();
    let beat = || Beat {
        task,
        fence: Some(1),
        worker: None,
        lease_ms: None,
        progress: None,
        note: None,
        checkpoint: None,
    };
    let all_taken = async || until("all are taken on", async || committer.waiting() == 0).await;
    let (commits, writes) = committer.totals();
    let last = async {
        all_taken().await;
        writing.create("other").await
    };
    let (one, another, other) =
        tokio::join!(committer.submit(meta(), beat()), committer.submit(meta(), beat()), last);
    assert_eq!((one.is_ok(), another.is_ok(), other.is_ok()), (true, true, true));
    assert_eq!(committer.totals(), (commits + 1, writes + 3));
    let end = async {
        all_taken().await;
        committer.stop();
    };
    let (alone, ()) = tokio::join!(committer.submit(meta(), beat()), end);
    assert!(alone.is_ok());
}

#[tokio::test]
async fn a_transaction_that_takes_long_is_told_of_without_its_values() {
    let database = database().await;
    let log = tempfile::NamedTempFile::new().unwrap();
    let writer = Arc::new(log.reopen().unwrap());
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(writer).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let slow_ms = 500;
    let options = PostgresOptions { slow_ms, ..PostgresOptions::new(database.url()) };
    let writing = Writing::new(options).await;
    let told = || {
        let log = std::fs::read_to_string(log.path()).unwrap();
        log.lines().find(|line| line.contains("a transaction was slow")).map(str::to_owned)
    };
    let client = connect(&database.url()).await.unwrap();
    client.batch_execute("BEGIN; LOCK TABLE tasks IN EXCLUSIVE MODE").await.unwrap();
    let (made, ()) = tokio::join!(writing.create("secret"), async {
        let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        until("it waits", async || {
            client.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) > 0
        })
        .await;
        let hold = format!("SELECT pg_sleep({slow_ms} / 1000.0); COMMIT");
        client.batch_execute(&hold).await.unwrap();
    });
    made.unwrap();
    let said = told().unwrap();
    assert!(said.contains("writes=\"1 creates of 1 tasks\"") && said.contains("ms="), "{said}");
    assert!(said.contains("rounds=") && !said.contains("secret"), "{said}");
    writing.store.close().await;
}

#[tokio::test]
async fn a_row_that_is_there_already_is_a_fault_unless_another_transaction_may_have_made_it() {
    let database = database().await;
    let client = connect(&database.url()).await.unwrap();
    let writing = Writing::new(PostgresOptions::new(database.url())).await;
    let refuse = "CREATE SEQUENCE tries; \
         CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             PERFORM nextval('tries'); \
             RAISE unique_violation USING TABLE = TG_ARGV[0]; \
         END $$; \
         CREATE TRIGGER taken BEFORE INSERT ON ready \
             FOR EACH STATEMENT EXECUTE FUNCTION taken('ready')";
    client.batch_execute(refuse).await.unwrap();
    let tries = async || {
        let said = client.query_one("SELECT last_value FROM tries", &[]).await.unwrap();
        said.get::<_, i64>(0)
    };
    let refused = writing.create("a").await.unwrap_err();
    assert!(matches!(&refused, SubmitError::Store(StoreError::Fault { .. })), "{refused:?}");
    assert_eq!(tries().await, 1, "it is not tried again");

    let raced = "DROP TRIGGER taken ON ready; \
         CREATE TRIGGER taken BEFORE INSERT ON ready \
             FOR EACH STATEMENT EXECUTE FUNCTION taken('unique_keys')";
    client.batch_execute(raced).await.unwrap();
    let refused = writing.create("a").await.unwrap_err();
    assert!(refused.to_string().contains("in the way of this one"), "{refused}");
    assert!(tries().await > 2, "it is tried again");
    client.batch_execute("DROP TRIGGER taken ON ready").await.unwrap();
    assert!(writing.create("a").await.is_ok());
    writing.store.close().await;
}
