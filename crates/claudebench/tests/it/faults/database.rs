//! A database that takes no writes, is full, or lets nobody in.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use claudebench_testkit::postgres::{Options, Postgres};
use serde_json::{Value, json};

use super::over::{Over, soon};
use super::{SmallDisk, ask, missing};

/// What is said of a refusal.
fn said(refused: &Value) -> &str {
    assert_eq!(refused["code"], "unavailable", "{refused}");
    refused["message"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_takes_no_writes_is_told_of_and_read() {
    let database = Postgres::start(Options::fast()).await;
    let server = Over::start(&database.url("postgres")).await;
    let mut made = vec![server.create("before").await.unwrap()];
    database.set("default_transaction_read_only", "on").await;
    // Told also while nobody writes.
    server.says("must take writes").await;
    let refused = server.create("meanwhile").await.unwrap_err();
    assert!(said(&refused).contains("read-only"), "{refused}");
    assert_eq!(missing(&server.target, &made).await, Vec::<String>::new(), "reads go on");
    database.set("default_transaction_read_only", "off").await;
    server.recovers().await;
    made.push(server.create("after").await.unwrap());
    assert_eq!(missing(&server.target, &made).await, Vec::<String>::new());
    let all = ask(&server.target, "task.list", json!({})).await.unwrap();
    assert_eq!(all["tasks"].as_array().unwrap().len(), 2, "what was refused was not done");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_without_room_is_told_of_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    let disk = match SmallDisk::mount(&dir.path().join("disk"), 96) {
        Ok(disk) => disk,
        Err(why) => return super::disk::left_out(&why),
    };
    let folder = disk.path.join("files");
    fs::create_dir(&folder).unwrap();
    let database = Postgres::start(Options::fast()).await;
    let apart = database.database_in(&folder).await;
    let server = Over::start(&apart.url()).await;
    let ballast = disk.path.join("ballast");
    let mut made = vec![server.create("before").await.unwrap()];
    fs::write(&ballast, vec![1; 24 << 20]).unwrap();
    let refused = loop {
        assert!(made.len() < 5_000, "it never was full");
        let args = json!({"text": "large", "metadata": {"filler": noise(made.len(), 60_000)}});
        match ask(&server.target, "task.create", args).await {
            Ok(task) => made.push(task["id"].as_str().unwrap().to_owned()),
            Err(refused) => break refused,
        }
    };
    assert!(said(&refused).contains("free some space on the disk of the database"), "{refused}");
    server.says("free some space").await;
    assert_eq!(missing(&server.target, &made).await, Vec::<String>::new(), "reads go on");
    fs::remove_file(&ballast).unwrap();
    server.recovers().await;
    made.push(server.create("after").await.unwrap());
    assert_eq!(missing(&server.target, &made).await, Vec::<String>::new());
    server.stop().await;
    drop((apart, database));
}

/// A text that cannot be made shorter.
fn noise(seed: usize, length: usize) -> String {
    let mut state = seed as u64 + 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'!' + 2 + u8::try_from(state % 50).unwrap())
    };
    (0..length).map(|_| next()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_wrong_is_told_of_until_it_is_right() {
    let database = Postgres::start(Options::fast()).await;
    database.admit("keeper", "right").await;
    let url = format!("postgres://keeper:right@127.0.0.1:{}/postgres", database.port());
    let server = Over::start(&url).await;
    let made = vec![server.create("before").await.unwrap()];
    database.admit("keeper", "another").await;
    // Who is in stays in; then all are sent away.
    soon("writes are refused", async || {
        while database.end_backend("claudebench", 0).await {}
        let refused = server.create("meanwhile").await.err();
        refused.is_some_and(|refused| said(&refused).contains("password authentication failed"))
    })
    .await;
    server.says("password authentication failed").await;
    database.admit("keeper", "right").await;
    server.recovers().await;
    server.create("after").await.unwrap();
    assert_eq!(missing(&server.target, &made).await, Vec::<String>::new());
    server.stop().await;
}
