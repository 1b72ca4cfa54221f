//! The embedded store from an empty folder: one task from its making to its end, and again after a
//! restart.

use std::sync::Arc;

use claudebench_core::lane::Wanted;
use claudebench_core::time::ManualClock;
use claudebench_core::{Millis, Status, TenantId};
use claudebench_store::sqlite::{SqliteOptions, SqliteStore};
use claudebench_store::{
    ClaimTasks, Committer, CommitterOptions, Create, Ending, EventQuery, Freshness, Meta, NewTask,
    Report, Reports, Store, TaskQuery,
};

fn meta() -> Meta {
    Meta { tenant: TenantId::DEFAULT, actor: "test".into(), traceparent: None, key: None }
}

#[tokio::test]
async fn a_task_lives_and_is_still_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let clock = ManualClock::at(Millis(1_700_000_000_000));
    let store = SqliteStore::open(SqliteOptions::new(dir.path()), Arc::new(clock.clone())).unwrap();
    let (committer, _writers) =
        Committer::start(store.clone(), CommitterOptions::default(), Arc::new(|_| {}));
    let new = NewTask { text: "first".into(), priority: 50, max_attempts: 5, ..NewTask::default() };
    let made = committer.submit(meta(), Create { tasks: vec![new] }).await.unwrap();
    let wanted = Wanted {
        tenant: TenantId::DEFAULT,
        worker: "w".into(),
        roles: vec![],
        project: None,
        tags: vec![],
    };
    let claim = ClaimTasks { wanted, max: 5, lease_ms: None };
    let claimed = committer.submit(meta(), claim.clone()).await.unwrap();
    assert_eq!(claimed.tasks[0].task.id, made[0].id);
    assert!(committer.submit(meta(), claim).await.unwrap().tasks.is_empty());
    let report = Report {
        task: made[0].id,
        fence: Some(claimed.tasks[0].lease.fence),
        worker: None,
        ending: Ending::Completed { result: Some("{\"ok\":true}".into()) },
    };
    let settled = committer.submit(meta(), Reports { items: vec![report] }).await.unwrap();
    assert_eq!(settled[0].as_ref().unwrap().status, Status::Completed);
    store.close();
    let store = SqliteStore::open(SqliteOptions::new(dir.path()), Arc::new(clock)).unwrap();
    let page = store
        .list(TaskQuery { limit: 10, ..TaskQuery::default() }, Freshness::Latest)
        .await
        .unwrap();
    assert_eq!(page.total, 1);
    assert_eq!(page.tasks[0].task.status, Status::Completed);
    assert_eq!(page.tasks[0].attachment_keys, ["result"]);
    let query = EventQuery {
        tenant: Some(TenantId::DEFAULT),
        scopes: claudebench_core::principal::Scopes::ALL,
        after: None,
        task: Some(made[0].id),
        project: None,
        kinds: vec![],
        limit: 10,
        newest_first: false,
    };
    let events = store.events(query).await.unwrap().events;
    let kinds: Vec<&str> = events.iter().map(|event| &*event.kind).collect();
    assert_eq!(kinds, ["task.created", "task.claimed", "task.completed"]);
}
