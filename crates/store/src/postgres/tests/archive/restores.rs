//! Tasks come back as they were.

use claudebench_core::TaskId;

use super::{Bed, OLD, TENANT};
use crate::{Freshness, Store, StoreError, TaskQuery};

#[tokio::test]
async fn a_task_comes_back_as_it_was() {
    let bed = Bed::new().await;
    let rich = bed.rich().await;
    let others = bed.plain(2).await;
    bed.store.keep().await.unwrap();
    let (before, stats) = (bed.known(rich).await, bed.stats().await);
    bed.clock.advance(OLD);
    bed.run().await;
    let mut archive = bed.archive();
    let unknown = TaskId(77);
    let done = archive.restore(&[rich, unknown, rich]).await.unwrap();
    assert_eq!((done.restored, done.unknown), (vec![rich], vec![unknown]));
    assert_eq!(bed.known(rich).await, before);
    assert!(bed.here(rich).await.is_some());
    bed.audit().await;
    let again = archive.restore(&[rich]).await.unwrap();
    assert_eq!((again.restored, again.here), (vec![], vec![rich]));
    assert_eq!(bed.known(rich).await, before, "nothing is done twice");
    // It is found by what it is.
    for query in [
        TaskQuery { search: Some("größe".into()), ..TaskQuery::default() },
        TaskQuery { tag: Some("y z".into()), ..TaskQuery::default() },
        TaskQuery { role: Some("r".into()), ..TaskQuery::default() },
        TaskQuery { project: Some("p".into()), ..TaskQuery::default() },
    ] {
        let query = TaskQuery { tenant: Some(TENANT), limit: 5, ..query };
        let page = Store::list(&*bed.store, query.clone(), Freshness::Latest).await.unwrap();
        let found: Vec<TaskId> = page.tasks.iter().map(|task| task.task.id).collect();
        assert_eq!(found, [rich], "{query:?}");
    }
    // It stays for as long again, then it goes once more.
    assert_eq!(bed.run().await.tasks, 0);
    let all = archive.restore_month("2023-11").await.unwrap();
    assert_eq!(all.restored, others);
    assert_eq!(bed.stats().await, stats);
    bed.clock.advance(OLD);
    assert_eq!(bed.run().await.tasks, 3);
    let mut was = before;
    was.task.archived = true;
    assert_eq!(bed.known(rich).await, was);
    bed.audit().await;
    assert_eq!(archive.verify().await.unwrap().damaged, Vec::<String>::new());
}

#[tokio::test]
async fn a_task_can_be_worked_on_again_when_it_is_back() {
    let bed = Bed::new().await;
    let task = bed.plain(1).await[0];
    bed.clock.advance(OLD);
    bed.run().await;
    // Columns that have come since get their defaults.
    for table in ["tasks", "attachments", "dependencies"] {
        let grow = format!("ALTER TABLE {table} ADD COLUMN later text NOT NULL DEFAULT 'x'");
        bed.client.batch_execute(&grow).await.unwrap();
    }
    assert!(bed.archived(task).await.unwrap().is_some());
    bed.archive().restore(&[task]).await.unwrap();
    assert_eq!(bed.number("SELECT count(*) FROM tasks WHERE later = 'x'").await, 1);
    let retry = crate::Retry {
        which: crate::RetrySelection::Task { id: task, force: true },
        delay_ms: None,
        priority: None,
    };
    bed.ok(retry).await;
    bed.complete(task).await;
    assert_eq!(bed.here(task).await.unwrap().task.attempt, 1);
    bed.audit().await;
}

#[tokio::test]
async fn a_damaged_file_is_found_and_nothing_is_done_with_it() {
    let bed = Bed::new().await;
    let tasks = bed.plain(2).await;
    bed.clock.advance(OLD);
    bed.run().await;
    let file = bed.files().pop().unwrap();
    let good = std::fs::read(&file).unwrap();
    let mut archive = bed.archive();
    assert_eq!(archive.verify().await.unwrap().good, 1);
    std::fs::write(bed.dir.path().join("tasks-1.jsonl.zst"), "x").unwrap();
    let mut changed = good.clone();
    changed[good.len() / 2] ^= 4;
    for bytes in [&changed[..], &good[..good.len() - 1], &[&good[..], b"x"].concat()] {
        std::fs::write(&file, bytes).unwrap();
        let error = bed.archived(tasks[0]).await.unwrap_err();
        assert!(matches!(error, StoreError::Archive { .. }), "{error}");
        let verified = archive.verify().await.unwrap();
        assert_eq!((verified.good, verified.damaged.len()), (0, 1));
        assert!(verified.damaged[0].contains("SHA-256"), "{verified:?}");
        assert_eq!(verified.unknown, ["tasks-1.jsonl.zst"]);
        let error = archive.restore(&tasks).await.unwrap_err();
        assert!(matches!(error, StoreError::Archive { .. }), "{error}");
        assert_eq!(bed.number("SELECT count(*) FROM tasks").await, 0);
    }
    std::fs::remove_file(&file).unwrap();
    assert_eq!(archive.verify().await.unwrap().damaged.len(), 1);
    std::fs::write(&file, good).unwrap();
    assert_eq!(archive.restore(&tasks).await.unwrap().restored, tasks);
    bed.audit().await;
}
