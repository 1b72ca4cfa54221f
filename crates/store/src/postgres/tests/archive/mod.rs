//! What is old is moved to files, read from there, and put back.

mod crashes;
mod log;
mod moves;
mod restores;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use claudebench_core::event::Event;
use claudebench_core::lane::Wanted;
use claudebench_core::principal::Scopes;
use claudebench_core::time::ManualClock;
use claudebench_core::{Clock, Cursor, TaskId, TenantId};
use claudebench_testkit::postgres::{Database, connect};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_postgres::Client;

use super::{EPOCH, PostgresOptions, database};
use crate::archive::{ArchiveOptions, Folder, Shelf};
use crate::postgres::archive::{Archive, Archiver, Moved, Rules};
use crate::postgres::{PostgresStore, options::Target};
use crate::{
    Attachment, AttachmentBody, AttachmentKind, AttachmentQuery, Cancel, ClaimTasks, Committer,
    CommitterOptions, Create, Ending, EventPage, EventQuery, Freshness, Meta, NewTask, OnDuplicate,
    PutAttachment, Report, Reports, Stats, Store, StoreError, TaskWithExtras, Unique, Write,
};

const DAY: i64 = 24 * 3_600_000;
const TENANT: TenantId = TenantId::DEFAULT;
/// The tasks of November 2023 are old enough then.
const OLD: i64 = 80 * DAY;

/// A database, its folder, and a server over it.
struct Bed {
    clock: ManualClock,
    store: Arc<PostgresStore>,
    committer: Committer,
    client: Client,
    dir: TempDir,
    options: PostgresOptions,
    database: Database,
    _writers: JoinSet<()>,
}

/// All that is known of a task.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    task: TaskWithExtras,
    attachments: Vec<Attachment>,
    history: Vec<(Cursor, Option<i64>, String)>,
}

fn told(event: &Event) -> (Cursor, Option<i64>, String) {
    (event.cursor, event.version, format!("{} {} {}", event.kind, event.actor, event.payload))
}

impl Bed {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut PostgresOptions)) -> Self {
        let database = database().await;
        let dir = tempfile::tempdir().unwrap();
        let dir_of = ArchiveOptions { dir: dir.path().into(), after_months: 1, every_ms: 0 };
        let mut options = PostgresOptions {
            keeps: false,
            archive: Some(dir_of),
            ..PostgresOptions::new(database.url())
        };
        change(&mut options);
        let clock = ManualClock::at(EPOCH);
        let of_store: Arc<dyn Clock> = Arc::new(clock.clone());
        let store = PostgresStore::open(options.clone(), Some(of_store)).await.unwrap();
        let (committer, writers) =
            Committer::start(store.clone(), CommitterOptions::default(), Arc::new(|_| {}));
        let client = connect(&database.url()).await.unwrap();
        Self { clock, store, committer, client, dir, options, database, _writers: writers }
    }

    async fn ok<W: Write>(&self, write: W) -> W::Reply {
        let meta = Meta {
            tenant: TENANT,
            actor: "ada".into(),
            traceparent: None,
            session: None,
            key: None,
        };
        self.committer.submit(meta, write).await.unwrap_or_else(|error| panic!("{error}"))
    }

    async fn create(&self, task: NewTask) -> TaskId {
        self.clock.advance(1);
        self.ok(Create { tasks: vec![NewTask { max_attempts: 3, ..task }] }).await[0].id
    }

    /// Somebody does it.
    async fn complete(&self, task: TaskId) {
        let result = Some("{\"a\":\"Größe \\u0000\"}".into());
        self.end(task, Ending::Completed { result }).await;
    }

    /// Somebody ends it.
    async fn end(&self, task: TaskId, ending: Ending) {
        let wanted = Wanted {
            tenant: TENANT,
            worker: "w".into(),
            roles: vec!["r".into()],
            project: None,
            tags: Vec::new(),
        };
        let claim = ClaimTasks { wanted, task: Some(task), max: 1, lease_ms: None };
        let held = self.ok(claim).await.tasks.remove(0);
        let report = Report { task, fence: Some(held.lease.fence), worker: None, ending };
        self.ok(Reports { items: vec![report] }).await.remove(0).unwrap();
    }

    async fn cancel(&self, task: TaskId) {
        self.ok(Cancel { task, reason: None, grace_ms: 0, dependents: None }).await;
    }

    /// A completed task with everything that a task can have.
    async fn rich(&self) -> TaskId {
        let task = self
            .create(NewTask {
                text: "find the \"Größe\"\nof it".into(),
                metadata: Some("{\"n\":1.25}".into()),
                project: Some("p".into()),
                roles: vec!["r".into()],
                tags: vec!["x".into(), "y z".into()],
                unique: Some(Unique { key: "u".into(), on_duplicate: OnDuplicate::Reject }),
                ..NewTask::default()
            })
            .await;
        for key in ["b", "a"] {
            let body = AttachmentBody {
                key: key.into(),
                kind: AttachmentKind::Markdown,
                value: None,
                content: Some(format!("# {key}\\ \"\n")),
                url: None,
                mime_type: Some("text/markdown".into()),
                size: Some(7),
            };
            self.ok(PutAttachment { task, body }).await;
        }
        self.complete(task).await;
        task
    }

    /// So many completed tasks.
    async fn plain(&self, count: usize) -> Vec<TaskId> {
        let mut tasks = Vec::new();
        for n in 0..count {
            let task = NewTask { text: format!("task {n}"), ..NewTask::default() };
            tasks.push(self.create(task).await);
            self.complete(tasks[n]).await;
        }
        tasks
    }

    fn target(&self) -> Target {
        self.options.config().unwrap()
    }

    fn archiver_over(&self, shelf: impl Shelf) -> Archiver {
        let rules = Rules::of(&self.options).unwrap();
        Archiver::new(self.target(), Arc::new(self.clock.clone()), Arc::new(shelf), rules)
    }

    fn archiver(&self) -> Archiver {
        self.archiver_over(Folder::new(self.dir.path()))
    }

    fn archive(&self) -> Archive {
        Archive { archiver: self.archiver() }
    }

    async fn run(&self) -> Moved {
        self.archiver().round(|_| true).await.unwrap().unwrap()
    }

    async fn number(&self, statement: &str) -> i64 {
        self.client.query_one(statement, &[]).await.unwrap().get(0)
    }

    async fn stats(&self) -> Stats {
        self.store.stats(TENANT, None, Freshness::Latest).await.unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.dir.path()).unwrap();
        files.map(|file| file.unwrap().path()).collect()
    }

    async fn here(&self, id: TaskId) -> Option<TaskWithExtras> {
        self.store.tasks(TENANT, vec![id], Freshness::Latest).await.unwrap().pop()
    }

    async fn archived(&self, id: TaskId) -> Result<Option<TaskWithExtras>, StoreError> {
        Store::archived(&*self.store, TENANT, id, Freshness::Latest).await
    }

    async fn events(&self, query: EventQuery) -> Result<EventPage, StoreError> {
        Store::events(&*self.store, query, Freshness::Latest).await
    }

    /// The task, wherever it is.
    async fn known(&self, id: TaskId) -> Known {
        let task = match self.here(id).await {
            Some(task) => task,
            None => self.archived(id).await.unwrap().expect("it is in the archive"),
        };
        let query =
            AttachmentQuery::OfTask { tenant: TENANT, task: id, kind: None, limit: 50, offset: 0 };
        let (attachments, total) =
            Store::attachments(&*self.store, query, Freshness::Latest).await.unwrap();
        assert_eq!(total, i64::try_from(attachments.len()).unwrap());
        let page = self.events(of(id)).await.unwrap();
        let history = page.events.iter().map(|event| told(event)).collect();
        Known { task, attachments, history }
    }

    /// The counts are those of the rows.
    async fn audit(&self) {
        let counted = self
            .number(
                "SELECT count(*) FROM (
                    SELECT project, sum(completed) c, sum(cancelled) x FROM (
                        SELECT project, n[5] completed, n[7] cancelled FROM counts
                        UNION ALL SELECT project, by[5], by[7] FROM count_changes
                    ) k GROUP BY project HAVING sum(completed) <> (SELECT count(*) FROM tasks t
                        WHERE status = 2 AND (k.project = '' OR t.project = k.project))
                    OR sum(cancelled) <> (SELECT count(*) FROM tasks t
                        WHERE status = 4 AND (k.project = '' OR t.project = k.project))
                ) AS wrong",
            )
            .await;
        assert_eq!(counted, 0, "counts differ from rows");
    }
}

/// The history of a task.
fn of(task: TaskId) -> EventQuery {
    EventQuery {
        tenant: Some(TENANT),
        scopes: Scopes::ALL,
        after: None,
        task: Some(task),
        project: None,
        session: None,
        kinds: Vec::new(),
        limit: 100,
        newest_first: false,
    }
}

/// A folder where something happens whenever a file is written, or read.
struct Watched<P, G> {
    folder: Folder,
    put: P,
    get: G,
}

impl<P, G> Shelf for Watched<P, G>
where
    P: Fn() -> io::Result<()> + Send + Sync + 'static,
    G: Fn() -> io::Result<()> + Send + Sync + 'static,
{
    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        (self.put)()?;
        self.folder.put(name, bytes)
    }

    fn get(&self, name: &str, size: u64) -> io::Result<Vec<u8>> {
        (self.get)()?;
        self.folder.get(name, size)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        self.folder.names()
    }

    fn tidy(&self) -> io::Result<()> {
        self.folder.tidy()
    }
}
