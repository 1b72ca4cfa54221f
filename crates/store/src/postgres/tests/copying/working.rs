//! A store at work, after it was copied.

use std::sync::Arc;

use claudebench_core::lane::Wanted;
use claudebench_core::principal::Scopes;
use claudebench_core::{Cursor, TaskId, TenantId};
use tokio::task::JoinSet;

use super::super::history::once;
use crate::{
    ClaimTasks, Committer, CommitterOptions, Create, Ending, EventQuery, Freshness, Meta, NewTask,
    Report, Reports, Store, StoreError, TaskQuery, Write,
};

/// Events from a place on.
pub(super) async fn events_after(
    store: &dyn Store,
    after: Cursor,
) -> Result<Vec<Cursor>, StoreError> {
    let query = EventQuery {
        tenant: None,
        scopes: Scopes::ALL,
        after: Some(after),
        task: None,
        project: None,
        session: None,
        kinds: Vec::new(),
        limit: 100_000,
        newest_first: false,
    };
    let found = store.events(query, Freshness::Latest).await?;
    Ok(found.events.iter().map(|event| event.cursor).collect())
}

/// All of them, which are there.
pub(super) async fn events(store: &dyn Store, after: Cursor) -> Vec<Cursor> {
    events_after(store, after).await.unwrap()
}

/// A store at work.
pub(super) struct Working {
    store: Arc<dyn Store>,
    committer: Committer,
    _writers: JoinSet<()>,
}

impl Working {
    pub(super) fn over(store: Arc<dyn Store>) -> Self {
        let (committer, writers) =
            Committer::start(store.clone(), CommitterOptions::default(), Arc::new(|_| {}));
        Self { store, committer, _writers: writers }
    }

    pub(super) async fn does<W: Write>(&self, write: W) -> W::Reply {
        let meta = Meta {
            tenant: TenantId::DEFAULT,
            actor: "t".into(),
            traceparent: None,
            session: None,
            key: None,
        };
        self.committer.submit(meta, write).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Everything goes on above what was copied.
    pub(super) async fn goes_on(&self) {
        let (meta, write) = once();
        let before = self.store.health().await.unwrap().head;
        let known = events(&*self.store, Cursor(0)).await;
        assert_eq!(known.last(), Some(&before));
        let newest = self.newest().await;
        let again = self.committer.submit(meta, write).await.unwrap();
        assert!(again[0].id < newest && self.newest().await == newest, "it was answered before");
        let task = NewTask { text: "after it".into(), max_attempts: 1, ..NewTask::default() };
        let new = self.does(Create { tasks: vec![task] }).await[0].id;
        assert!(new > newest, "{new} {newest}");
        let wanted = Wanted {
            tenant: TenantId::DEFAULT,
            worker: "w-9".into(),
            roles: vec!["r".into()],
            project: None,
            tags: Vec::new(),
        };
        let claim = ClaimTasks { wanted, task: None, max: 100, lease_ms: None };
        let claimed = self.does(claim).await.tasks;
        assert!(claimed.len() > 5 && claimed.iter().any(|held| held.task.id == new));
        let reports = claimed.iter().map(|held| Report {
            task: held.task.id,
            fence: Some(held.lease.fence),
            worker: None,
            ending: Ending::Completed { result: None },
        });
        let done = self.does(Reports { items: reports.collect() }).await;
        assert!(done.iter().all(Result::is_ok), "{done:?}");
        let after = events(&*self.store, before).await;
        assert!(after.len() > 10 && after.is_sorted() && after[0] > before);
        assert_eq!(events(&*self.store, Cursor(0)).await, [known, after].concat());
        let keys = self.store.keys(None).await.unwrap();
        assert_eq!(keys.iter().map(|key| &*key.id).collect::<Vec<_>>(), ["k-1", "k-2"]);
    }

    async fn newest(&self) -> TaskId {
        let query = TaskQuery { limit: 1, ..TaskQuery::default() };
        self.store.list(query, Freshness::Latest).await.unwrap().tasks[0].task.id
    }
}
