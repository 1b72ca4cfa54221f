//! A disk that is full, and one that is read-only.

use std::fs;
use std::time::{Duration, Instant};

use claudebench::bench::load::http::{Connection, Target};
use serde_json::{Value, json};

use super::{SmallDisk, ask, create, missing, refused, start};

/// Says why a test was left out; only where nothing can be mounted.
#[allow(clippy::print_stdout, reason = "whoever runs it should know")]
pub(super) fn left_out(why: &str) {
    println!("left out, as no file system can be mounted here (that needs root): {why}");
}

/// Makes tasks, large ones and then small ones, until not even these fit: those that were
/// acknowledged, and the last error.
async fn until_refused(target: &Target) -> (Vec<String>, Value) {
    let mut made = Vec::new();
    let mut refused = Value::Null;
    for length in [60_000, 10] {
        let filler = "x".repeat(length);
        for number in 0.. {
            assert!(number < 20_000, "the disk never was full");
            let args = json!({"text": format!("task {number}"), "metadata": {"filler": filler}});
            match ask(target, "task.create", args).await {
                Ok(task) => made.push(task["id"].as_str().unwrap().to_owned()),
                Err(error) => {
                    refused = error;
                    break;
                }
            }
        }
    }
    (made, refused)
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let disk = match SmallDisk::mount(&dir.path().join("disk"), 64) {
        Ok(disk) => disk,
        Err(why) => return left_out(&why),
    };
    // More than the log holds: what waits in it goes to the database when this goes.
    let ballast = disk.path.join("ballast");
    fs::write(&ballast, vec![1; 24 << 20]).unwrap();
    let data = disk.path.join("data");
    let mut server = start(&data).await.unwrap();
    let target = server.target();
    ask(&target, "system.register", json!({"id": "w", "roles": ["worker"]})).await.unwrap();
    let (mut made, error) = until_refused(&target).await;
    assert!(made.len() > 20, "{} tasks fitted", made.len());
    assert_eq!(error["code"], "unavailable", "{error}");
    let said = error["message"].as_str().unwrap();
    assert!(said.contains("full") && said.contains("free some space"), "{said}");
    // Reads go on, and whoever asks whether it may take traffic is told: also when a little that
    // needs no new room still goes through.
    assert_eq!(missing(&target, &made).await, Vec::<String>::new());
    goes_on(&target, "system.heartbeat", json!({"instanceId": "w"})).await;
    let mut connection = Connection::open(&target).await.unwrap();
    let (status, body) = connection.get("/readyz").await.unwrap();
    let body = String::from_utf8_lossy(body).into_owned();
    assert!(status == 503 && body.contains("full"), "{status} {body}");
    assert_eq!(connection.get("/healthz").await.unwrap().0, 200);
    // With space, it goes on by itself.
    fs::remove_file(&ballast).unwrap();
    let more = goes_on(&target, "task.create", json!({"text": "after"})).await;
    made.push(more["id"].as_str().unwrap().to_owned());
    let (status, body) = connection.get("/readyz").await.unwrap();
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(body));
    // Full again, and killed over it.
    let (more, _) = until_refused(&target).await;
    made.extend(more);
    server.kill().unwrap();
    let server = start(&data).await.unwrap();
    assert_eq!(missing(&server.target(), &made).await, Vec::<String>::new());
}

/// Tries until a write goes through.
async fn goes_on(target: &Target, method: &str, args: Value) -> Value {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        match ask(target, method, args.clone()).await {
            Ok(done) => return done,
            Err(error) => assert!(Instant::now() < end, "{method} does not go on: {error}"),
        }
    }
}

#[tokio::test]
async fn a_server_does_not_start_on_a_full_disk() {
    let dir = tempfile::tempdir().unwrap();
    let disk = match SmallDisk::mount(&dir.path().join("disk"), 4) {
        Ok(disk) => disk,
        Err(why) => return left_out(&why),
    };
    fs::write(disk.path.join("ballast"), vec![1; (4 << 20) - 8_192]).unwrap();
    let data = disk.path.join("data");
    fs::create_dir(&data).unwrap();
    let said = refused_with_log_elsewhere(&dir.path().join("linked"), &data).await;
    assert!(said.contains("full") && said.contains("space"), "{said}");
}

/// The log of a server lies beside its data: not on this disk.
async fn refused_with_log_elsewhere(link: &std::path::Path, data: &std::path::Path) -> String {
    std::os::unix::fs::symlink(data, link).unwrap();
    refused(link).await
}

#[tokio::test]
async fn a_server_does_not_start_on_a_read_only_folder() {
    let dir = tempfile::tempdir().unwrap();
    let disk = match SmallDisk::mount(&dir.path().join("disk"), 40) {
        Ok(disk) => disk,
        Err(why) => return left_out(&why),
    };
    let data = dir.path().join("linked");
    fs::create_dir(disk.path.join("data")).unwrap();
    std::os::unix::fs::symlink(disk.path.join("data"), &data).unwrap();
    let server = start(&data).await.unwrap();
    let made = create(&server.target(), 20, 10).await;
    server.stop().await.unwrap();
    disk.remount("ro").unwrap();
    let said = refused(&data).await;
    assert!(said.contains("ead-only") && said.contains("writable"), "{said}");
    disk.remount("rw").unwrap();
    let server = start(&data).await.unwrap();
    assert_eq!(missing(&server.target(), &made).await, Vec::<String>::new());
}
