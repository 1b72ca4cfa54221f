//! Broken off between any two steps, nothing is lost, and the next run does it once.

use std::io;
use std::sync::Arc;

use claudebench_testkit::postgres::{PgBouncer, Postgres, connect};
use claudebench_testkit::until;

use super::{Archive, Archiver, Bed, Folder, OLD, PostgresOptions, Rules, Watched};

fn cut() -> io::Error {
    io::Error::other("the power is gone")
}

/// All is there, and then all is moved, once.
async fn goes_on(bed: &Bed, tasks: &[claudebench_core::TaskId]) {
    for id in tasks {
        assert!(bed.here(*id).await.is_some(), "it is lost");
        assert_eq!(bed.archived(*id).await.unwrap().map(|task| task.archived), Some(false));
    }
    bed.audit().await;
    assert_eq!(bed.number("SELECT count(*) FROM archives").await, 0);
    let moved = bed.run().await;
    assert_eq!((moved.tasks, moved.files), (3, 1));
    assert_eq!(bed.files().len(), 1, "what was half done is gone, what was whole is used");
    let verified = bed.archive().verify().await.unwrap();
    assert_eq!((verified.good, verified.unknown.len()), (1, 0));
    for id in tasks {
        assert!(bed.archived(*id).await.unwrap().is_some_and(|task| task.archived));
    }
    bed.audit().await;
}

#[tokio::test]
async fn before_and_after_a_file_is_written() {
    for at_put in [true, false] {
        let bed = Bed::new().await;
        let tasks = bed.plain(3).await;
        bed.clock.advance(OLD);
        let fails = move |here: bool| move || if here { Err(cut()) } else { Ok(()) };
        let (put, get) = (fails(at_put), fails(!at_put));
        let shelf = Watched { folder: Folder::new(bed.dir.path()), put, get };
        bed.archiver_over(shelf).round(|_| true).await.unwrap_err();
        assert_eq!(bed.files().len(), usize::from(!at_put));
        std::fs::write(bed.dir.path().join(".part-x1"), "half").unwrap();
        goes_on(&bed, &tasks).await;
    }
}

#[tokio::test]
async fn at_every_statement_of_the_drop() {
    // What stops it: before the rows are deleted, among them, before it is recorded, before its end.
    for hold in [
        "LOCK TABLE labels IN SHARE MODE",
        "LOCK TABLE dependencies IN SHARE MODE",
        "LOCK TABLE restored IN SHARE MODE",
        "LOCK TABLE archives IN SHARE MODE",
        "SELECT pg_advisory_xact_lock(7771, 2)",
    ] {
        let bed = Bed::new().await;
        let tasks = bed.plain(3).await;
        bed.clock.advance(OLD);
        let holding = connect(&bed.database.url()).await.unwrap();
        holding.batch_execute(&format!("BEGIN; {hold}")).await.unwrap();
        let mut archiver = bed.archiver();
        let (broken, ()) = tokio::join!(archiver.round(|_| true), async {
            const WAITING: &str = "SELECT coalesce(max(pid), 0)::bigint FROM pg_stat_activity \
                 WHERE datname = current_database() AND wait_event_type = 'Lock'";
            until("it is stopped", async || bed.number(WAITING).await > 0).await;
            let pid = bed.number(WAITING).await;
            bed.client.execute(&format!("SELECT pg_terminate_backend({pid})"), &[]).await.unwrap();
        });
        broken.unwrap_err();
        holding.batch_execute("COMMIT").await.unwrap();
        goes_on(&bed, &tasks).await;
    }
}

#[tokio::test]
async fn who_is_at_it_is_waited_for_or_left_alone() {
    let bed = Bed::new().await;
    bed.plain(1).await;
    bed.clock.advance(OLD);
    let other = connect(&bed.database.url()).await.unwrap();
    other.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(7771, 5)").await.unwrap();
    assert_eq!(bed.archiver().round(|_| true).await.unwrap(), None);
    other.batch_execute("COMMIT").await.unwrap();
    assert_eq!(bed.run().await.tasks, 1);
}

#[tokio::test]
async fn a_pooler_may_stand_between() {
    let bed = Bed::new().await;
    let task = bed.plain(1).await[0];
    bed.clock.advance(OLD);
    let bouncer = PgBouncer::before(Postgres::shared().await, 2).await;
    let options = PostgresOptions::new(bouncer.url(bed.database.name()));
    let shelf = Arc::new(Folder::new(bed.dir.path()));
    let rules = Rules::of(&bed.options).unwrap();
    let clock = Arc::new(bed.clock.clone());
    let archiver = Archiver::new(options.config().unwrap(), clock, shelf, rules);
    let mut archive = Archive { archiver };
    assert_eq!(archive.run(|_| ()).await.unwrap().tasks, 1);
    assert_eq!(archive.restore(&[task]).await.unwrap().restored, [task]);
    bed.audit().await;
}
