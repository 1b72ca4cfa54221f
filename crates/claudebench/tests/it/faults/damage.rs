//! Files that were cut short or written over.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use claudebench::bench::load::http::Target;
use serde_json::{Value, json};

use super::{ask, create, missing, refused, start};

const DATABASE: &str = "claudebench.db";
/// A server whose database is whole is ready long before this.
const SOON: Duration = Duration::from_secs(3);

/// A data directory with some tasks in it, of a server that was stopped in order.
async fn filled(data: &Path) -> Vec<String> {
    let server = start(data).await.unwrap();
    let made = create(&server.target(), 300, 400).await;
    assert!(server.stop().await.unwrap().success());
    made
}

#[tokio::test]
async fn a_database_that_was_cut_short_is_refused_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    filled(&data).await;
    let path = data.join(DATABASE);
    let length = fs::metadata(&path).unwrap().len();
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    for left in [length / 2, length - 4_096, 4_096, 50, 0] {
        file.set_len(left).unwrap();
        let before = fs::read(&path).unwrap();
        let said = refused(&data).await;
        assert!(said.contains("damaged") && said.contains("restore"), "{left}: {said}");
        assert_eq!(fs::read(&path).unwrap(), before, "the file was changed");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    fs::create_dir(&data).unwrap();
    let path = data.join(DATABASE);
    for garbage in [b"not a database at all".repeat(500), vec![0; 8_192]] {
        fs::write(&path, &garbage).unwrap();
        let said = refused(&data).await;
        assert!(said.contains("damaged"), "{said}");
        assert_eq!(fs::read(&path).unwrap(), garbage, "the file was changed");
    }
}

/// Pages in the middle are overwritten: whatever is answered is right, or an error that says so.
#[tokio::test]
async fn damage_inside_the_database_is_told_and_never_made_up_for() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let made = filled(&data).await;
    let path = data.join(DATABASE);
    let whole = fs::read(&path).unwrap();
    let pages = whole.len() / 4_096;
    let mut told = 0;
    for first in (2..pages - 4).step_by(pages / 6) {
        fs::write(&path, &whole).unwrap();
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(&[0xa5; 4 * 4_096], first as u64 * 4_096).unwrap();
        let server = match tokio::time::timeout(SOON, start(&data)).await {
            Ok(Ok(server)) => server,
            Ok(Err(error)) => {
                let said = error.to_string();
                assert!(said.contains("damaged") && !said.contains("panicked"), "{said}");
                told += 1;
                continue;
            }
            // It runs, and says to whoever asks that it may take no traffic.
            Err(_) => {
                told += 1;
                continue;
            }
        };
        told += usize::from(!right_or_error(&server.target(), &made).await);
        let said = server.said();
        assert!(!said.contains("panicked"), "{said}");
    }
    assert!(told > 0, "none of the damage was noticed");
}

/// Reads everything; false if there was an error, which must be the one for damage.
async fn right_or_error(target: &Target, made: &[String]) -> bool {
    let mut all_right = true;
    for (number, id) in made.iter().enumerate() {
        match ask(target, "task.get", json!({"id": id})).await {
            Ok(task) => {
                let text = task["text"].as_str().unwrap();
                assert!(text.starts_with(&format!("{number} xxx")), "{id} became {text}");
            }
            Err(error) => {
                all_right = false;
                assert!(is_damage(&error), "{id}: {error}");
            }
        }
    }
    let listed = ask(target, "task.list", json!({"limit": 1_000, "order": "asc"})).await;
    match listed {
        Ok(page) => {
            let tasks = page["tasks"].as_array().unwrap();
            assert_eq!(tasks.len(), made.len(), "a list is whole, or an error");
        }
        Err(error) => {
            all_right = false;
            assert!(is_damage(&error), "{error}");
        }
    }
    all_right
}

fn is_damage(error: &Value) -> bool {
    let said = error["message"].as_str().unwrap_or_default();
    error["code"] == "unavailable" && said.contains("damaged") && said.contains("doctor")
}

/// The end of the log is gone, as after a power loss on a disk that lied about its fsync: what is
/// left is consistent, and the server starts.
#[tokio::test]
async fn a_log_that_was_cut_short_leaves_a_consistent_database() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut server = start(&data).await.unwrap();
    let made = create(&server.target(), 200, 100).await;
    server.kill().unwrap();
    let log = data.join(format!("{DATABASE}-wal"));
    let length = fs::metadata(&log).unwrap().len();
    let used = used_bytes(&fs::read(&log).unwrap());
    assert!(used > 100_000 && used <= length, "{used} of {length}");
    // In the middle of what is used, and in the middle of a frame.
    let file = OpenOptions::new().write(true).open(&log).unwrap();
    file.set_len(used / 2 + 1_001).unwrap();
    let server = start(&data).await.unwrap();
    let target = server.target();
    let lost = missing(&target, &made).await;
    assert!(!lost.is_empty() && lost.len() < made.len(), "{} were lost", lost.len());
    // What is left is the beginning, each task with its event.
    assert_eq!(lost, made[made.len() - lost.len()..]);
    let args = json!({"types": ["task.created"], "limit": 1_000});
    let events = ask(&target, "event.list", args).await.unwrap();
    assert_eq!(events["events"].as_array().unwrap().len(), made.len() - lost.len());
    create(&target, 5, 10).await;
}

/// The log is as long from the start as it ever should be; where its frames end.
fn used_bytes(log: &[u8]) -> u64 {
    let salt = &log[16..24];
    let frames = log[32..].chunks_exact(24 + 4_096).take_while(|frame| &frame[8..16] == salt);
    32 + frames.count() as u64 * (24 + 4_096)
}

/// A server was killed while it wrote its log back: the first page is new, the others are still in
/// the log alone.
#[tokio::test]
async fn a_log_that_was_half_written_back_is_no_damage() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut server = start(&data).await.unwrap();
    let made = create(&server.target(), 200, 400).await;
    server.kill().unwrap();
    let log = fs::read(data.join(format!("{DATABASE}-wal"))).unwrap();
    let frames = &log[32..usize::try_from(used_bytes(&log)).unwrap()];
    let first = frames.chunks_exact(24 + 4_096).rfind(|frame| frame[..4] == [0, 0, 0, 1]).unwrap();
    let path = data.join(DATABASE);
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all_at(&first[24..], 0).unwrap();
    let pages = u32::from_be_bytes([first[52], first[53], first[54], first[55]]);
    assert!(fs::metadata(&path).unwrap().len() < u64::from(pages) * 4_096);
    let server = start(&data).await.unwrap();
    assert_eq!(missing(&server.target(), &made).await, Vec::<String>::new());
}
