//! What goes, what stays, and that it reads the same.

use claudebench_core::Status;

use super::{Bed, DAY, EPOCH, Folder, OLD, PostgresOptions, TENANT, Watched};
use crate::postgres::PostgresStore;
use crate::{
    AttachmentQuery, Dependency, Ending, Freshness, NewTask, Store, StoreError, TaskQuery,
};

#[tokio::test]
async fn ended_tasks_go_and_read_as_they_were() {
    let bed = Bed::new().await;
    let rich = bed.rich().await;
    let on_rich = bed
        .create(NewTask { depends_on: vec![Dependency::Task(rich)], ..NewTask::default() })
        .await;
    bed.complete(on_rich).await;
    let cancelled = bed.create(NewTask::default()).await;
    bed.cancel(cancelled).await;
    let gone = [rich, on_rich, cancelled];
    let mut before = Vec::new();
    for id in gone {
        before.push(bed.known(id).await);
    }
    assert_eq!(before[0].attachments.len(), 3);
    assert_eq!(before[1].task.depends_on, [rich]);
    bed.clock.advance(OLD);
    let moved = bed.run().await;
    assert_eq!((moved.tasks, moved.attachments, moved.files), (3, 4, 1));
    for (id, mut was) in gone.into_iter().zip(before) {
        assert_eq!(bed.here(id).await, None, "it is in the database no more");
        was.task.archived = true;
        assert_eq!(bed.known(id).await, was);
    }
    bed.audit().await;
    assert_eq!(bed.stats().await.total(), 0);
    let names = vec![(rich, "a".to_owned()), (on_rich, "result".to_owned()), (rich, "no".into())];
    let query = AttachmentQuery::Named { tenant: TENANT, names };
    let (named, _) = Store::attachments(&*bed.store, query, Freshness::Latest).await.unwrap();
    assert_eq!(named.iter().map(|one| one.task).collect::<Vec<_>>(), [rich, on_rich]);
    for table in ["tasks", "attachments", "labels", "dependencies", "words"] {
        assert_eq!(bed.number(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
    let again = bed.run().await;
    assert_eq!((again.tasks, again.files), (0, 0), "it is done once");
    let other = claudebench_core::TenantId(99);
    let found = Store::archived(&*bed.store, other, rich, Freshness::Latest).await.unwrap();
    assert_eq!(found, None, "it is nobody else's");
}

#[tokio::test]
async fn what_lives_or_waits_or_failed_stays_and_goes_on() {
    let bed = Bed::new().await;
    let ready = bed.create(NewTask::default()).await;
    let first = bed.create(NewTask::default()).await;
    let after_first = bed
        .create(NewTask { depends_on: vec![Dependency::Task(first)], ..NewTask::default() })
        .await;
    bed.cancel(first).await;
    let waits = bed.here(after_first).await.unwrap().task;
    assert_eq!((waits.status, waits.open_dependencies), (Status::Pending, 1));
    let dead = bed.create(NewTask::default()).await;
    let (reason, error) = ("error".into(), None);
    let (retryable, retry_after_ms, snooze) = (false, None, false);
    bed.end(dead, Ending::Failed { reason, error, retryable, retry_after_ms, snooze }).await;
    assert!(bed.here(dead).await.unwrap().task.dead);
    let done = bed.plain(2).await;
    bed.clock.advance(OLD);
    let late = bed.plain(1).await;
    let moved = bed.run().await;
    assert_eq!(
        (moved.tasks, moved.months),
        (2, 1),
        "of November something is left, of December nothing"
    );
    assert_eq!(bed.here(done[0]).await, None);
    for id in [ready, dead, late[0], first, after_first] {
        assert!(bed.here(id).await.is_some());
    }
    bed.complete(ready).await;
    assert_eq!(bed.here(ready).await.unwrap().task.status, Status::Completed);
    // It has ended just now: it stays for its time.
    assert_eq!(bed.run().await.tasks, 0);
    bed.clock.advance(OLD);
    assert_eq!(bed.run().await.tasks, 2, "the late ones, when they are old");
}

#[tokio::test]
async fn a_task_that_changes_while_its_file_is_written_stays() {
    let bed = Bed::new().await;
    let tasks = bed.plain(3).await;
    bed.clock.advance(OLD);
    let runtime = tokio::runtime::Handle::current();
    let url = bed.database.url();
    let change = format!(
        "UPDATE tasks SET version = version + 1, updated_at = {} WHERE id = {}",
        EPOCH.0 + OLD,
        tasks[1].0
    );
    let put = move || {
        runtime.block_on(async {
            let client = claudebench_testkit::postgres::connect(&url).await.unwrap();
            client.batch_execute(&change).await.unwrap();
        });
        Ok(())
    };
    let shelf = Watched { folder: Folder::new(bed.dir.path()), put, get: || Ok(()) };
    let moved = bed.archiver_over(shelf).round(|_| true).await.unwrap().unwrap();
    assert_eq!((moved.tasks, moved.files), (0, 0));
    for id in &tasks {
        assert!(bed.here(*id).await.is_some(), "none of them is lost");
    }
    assert_eq!(bed.run().await.tasks, 2);
    assert!(bed.here(tasks[1]).await.is_some());
    bed.audit().await;
}

#[tokio::test]
async fn a_month_without_tasks_is_dropped() {
    let bed = Bed::new().await;
    let tasks = bed.plain(2).await;
    bed.clock.advance(OLD);
    let reading = claudebench_testkit::postgres::connect(&bed.database.url()).await.unwrap();
    let read = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT max(id) FROM tasks";
    reading.batch_execute(read).await.unwrap();
    let months = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'tasks'::regclass \
                  AND inhrelid::regclass::text = 'tasks_2023_11'";
    assert_eq!(bed.run().await.months, 0, "somebody reads it");
    assert_eq!(bed.number(months).await, 1);
    reading.batch_execute("COMMIT").await.unwrap();
    assert_eq!(bed.run().await.months, 2, "with December, in which there was nothing");
    assert_eq!(bed.number(months).await, 0);
    assert!(bed.archived(tasks[0]).await.unwrap().is_some());
    // Work goes on.
    let next = bed.create(NewTask::default()).await;
    bed.complete(next).await;
}

#[tokio::test]
async fn many_tasks_make_several_files_and_two_servers_move_each_once() {
    let bed = Bed::new().await;
    bed.plain(1).await;
    let copies = format!(
        "INSERT INTO tasks (id, tenant, rank, version, created_at, updated_at, completed_at, priority,
            status, phase, max_attempts, created_by, text)
        SELECT id + n, tenant, rank, 1, created_at, updated_at, completed_at, priority, status, phase,
            max_attempts, created_by, 'copy ' || n FROM tasks, generate_series(1, 2499) AS n;
        INSERT INTO count_changes SELECT 1, '', next_places(1, {}) + 1, '{{0,0,0,0,2499,0,0}}'",
        EPOCH.0
    );
    bed.client.batch_execute(&copies).await.unwrap();
    bed.audit().await;
    bed.clock.advance(OLD);
    let (mut one, mut two) = (bed.archiver(), bed.archiver());
    let all = async |archiver: &mut super::Archiver| {
        let mut tasks = 0;
        while bed.number("SELECT count(*) FROM tasks").await > 0 {
            let moved = archiver.round(|_| true).await.unwrap();
            tasks += moved.map_or(0, |moved| moved.tasks);
        }
        tasks
    };
    let (first, second) = tokio::join!(all(&mut one), all(&mut two));
    // Who lost its turn in the middle of a round does not say what it had moved.
    assert!(first + second <= 2_500);
    assert_eq!(bed.number("SELECT sum(rows)::bigint FROM archives").await, 2_500);
    let distinct = "SELECT count(DISTINCT t) FROM archives, unnest(tasks) AS t";
    assert_eq!(bed.number(distinct).await, 2_500);
    assert_eq!(bed.number("SELECT count(*) FROM archives").await, 3);
    bed.audit().await;
    assert_eq!(bed.archive().verify().await.unwrap().good, 3);
}

#[tokio::test]
async fn a_server_without_the_folder_says_so() {
    let bed = Bed::new().await;
    let task = bed.plain(1).await[0];
    bed.clock.advance(OLD);
    bed.run().await;
    let options = PostgresOptions { archive: None, ..bed.options.clone() };
    let clock: std::sync::Arc<dyn claudebench_core::Clock> = std::sync::Arc::new(bed.clock.clone());
    let blind = PostgresStore::open(options, Some(clock)).await.unwrap();
    let error = Store::archived(&*blind, TENANT, task, Freshness::Latest).await.unwrap_err();
    assert!(matches!(error, StoreError::Archive { .. }), "{error}");
    assert!(error.to_string().contains("names no folder"), "{error}");
    let nobody = claudebench_core::TaskId(7);
    assert_eq!(Store::archived(&*blind, TENANT, nobody, Freshness::Latest).await.unwrap(), None);
    let gone = bed.dir.path().with_extension("elsewhere");
    std::fs::rename(bed.dir.path(), &gone).unwrap();
    let error = bed.archived(task).await.unwrap_err();
    assert!(matches!(error, StoreError::Archive { .. }), "{error}");
    let refused = bed.archiver().round(|_| true).await.unwrap_err();
    assert!(refused.to_string().contains("archive.dir"), "{refused}");
    std::fs::rename(&gone, bed.dir.path()).unwrap();
    assert!(bed.archived(task).await.unwrap().is_some());
}

#[tokio::test]
async fn a_server_moves_what_is_due_by_itself() {
    let bed = Bed::new().await;
    bed.plain(1).await;
    bed.clock.advance(OLD);
    let mut options = PostgresOptions { keeps: true, ..bed.options.clone() };
    options.archive.as_mut().unwrap().every_ms = DAY;
    let clock: std::sync::Arc<dyn claudebench_core::Clock> = std::sync::Arc::new(bed.clock.clone());
    let store = PostgresStore::open(options, Some(clock)).await.unwrap();
    claudebench_testkit::until("it is moved", async || {
        bed.number("SELECT count(*) FROM tasks").await == 0
    })
    .await;
    claudebench_testkit::until("it rests", async || {
        bed.number("SELECT count(*) FROM chores WHERE name = 'archive'").await == 1
    })
    .await;
    store.close().await;
    let listed = TaskQuery { tenant: Some(TENANT), limit: 5, ..TaskQuery::default() };
    let listed = Store::list(&*bed.store, listed, Freshness::Latest).await.unwrap();
    assert_eq!((listed.tasks.len(), listed.total), (0, 0), "a list shows what is here");
}
