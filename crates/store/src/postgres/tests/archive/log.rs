//! Events are in files before the log drops them, and a history goes on telling them.

use claudebench_core::{Cursor, TaskId};

use super::{Bed, DAY, EPOCH, EventQuery, OLD, of, told};
use crate::{NewTask, StoreError, Update};

/// Events are kept for a day.
async fn brief() -> Bed {
    Bed::with(|options| options.events_age_ms = DAY).await
}

async fn first_place(bed: &Bed) -> i64 {
    bed.number("SELECT min(seq) FROM events").await
}

/// The history of a task, page by page.
async fn paged(bed: &Bed, task: TaskId, limit: i64) -> Vec<(Cursor, Option<i64>, String)> {
    let (mut events, mut after) = (Vec::new(), None);
    loop {
        let page = bed.events(EventQuery { after, limit, ..of(task) }).await.unwrap();
        assert!(page.events.len() <= usize::try_from(limit).unwrap());
        events.extend(page.events.iter().map(|event| told(event)));
        assert!(after < Some(page.next) || page.at_end, "it goes on");
        after = Some(page.next);
        if page.at_end {
            return events;
        }
    }
}

#[tokio::test]
async fn a_history_is_told_from_files_and_the_log() {
    let bed = brief().await;
    let done = bed.rich().await;
    let lives = bed.create(NewTask { text: "long".into(), ..NewTask::default() }).await;
    let before = bed.known(done).await;
    let first = first_place(&bed).await;
    bed.clock.advance(2 * DAY);
    let text = Some("longer".to_owned());
    bed.ok(Update { id: Some(lives), text, ..Update::default() }).await;
    let of_lives = bed.known(lives).await;
    // Nothing is dropped that is not in a file.
    bed.store.keep().await.unwrap();
    assert_eq!(first_place(&bed).await, first);
    let moved = bed.run().await;
    assert!(moved.events >= 6 && moved.tasks == 0, "{moved:?}");
    assert_eq!(bed.known(done).await, before);
    bed.clock.advance(60_000);
    bed.store.keep().await.unwrap();
    assert!(first_place(&bed).await > first, "now they go");
    assert_eq!(bed.known(done).await, before);
    assert_eq!(bed.known(lives).await, of_lives, "the first from a file, the last from the log");
    for limit in [1, 2, 3, 100] {
        assert_eq!(paged(&bed, done, limit).await, before.history, "pages of {limit}");
        assert_eq!(paged(&bed, lives, limit).await, of_lives.history, "pages of {limit}");
    }
    // The log itself tells that it was cut, as ever.
    let log = EventQuery { task: None, after: Some(Cursor(first)), ..of(done) };
    let error = bed.events(log).await.unwrap_err();
    assert!(matches!(error, StoreError::CursorExpired { .. }), "{error}");
    // And when the task has gone, too.
    bed.clock.advance(OLD);
    bed.run().await;
    let mut was = before;
    was.task.archived = true;
    assert_eq!(bed.known(done).await, was);
    bed.archive().restore(&[done]).await.unwrap();
    was.task.archived = false;
    assert_eq!(bed.known(done).await, was);
    let damaged = bed
        .files()
        .into_iter()
        .find(|file| file.file_name().unwrap().to_str().unwrap().starts_with("events-"));
    std::fs::write(damaged.unwrap(), "x").unwrap();
    let error = bed.events(of(done)).await.unwrap_err();
    assert!(matches!(error, StoreError::Archive { .. }), "{error}");
}

#[tokio::test]
async fn as_many_events_go_as_are_too_many() {
    let bed = Bed::with(|options| options.events_max = 4).await;
    let tasks = bed.plain(3).await;
    let before = bed.known(tasks[0]).await;
    bed.store.keep().await.unwrap();
    let all = bed.number("SELECT count(*) FROM events").await;
    let moved = bed.run().await;
    assert_eq!(moved.events, all - 4);
    assert_eq!(bed.run().await.events, 0, "they are counted once");
    bed.clock.advance(60_000);
    bed.store.keep().await.unwrap();
    assert_eq!(bed.number("SELECT count(*) FROM events").await, 4);
    assert_eq!(bed.known(tasks[0]).await, before);
    let none = TaskId(EPOCH.0 << 20);
    assert!(bed.events(of(none)).await.unwrap().events.is_empty());
}
