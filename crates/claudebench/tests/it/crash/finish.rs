//! After the faults: what is left is worked off, what is there is written down, and all of it is
//! checked.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use claudebench::verify::Call;
use serde_json::{Value, json};

use super::arena::pass;
use super::caller::Caller;

/// How long working off may take.
const PATIENCE: Duration = Duration::from_secs(90);
/// Events or tasks a page.
const PAGE: usize = 1_000;

/// Waits until the workers have taken everything; puts dead letters back once, and cancels what
/// waits for something that was cancelled. Leaves what it cannot explain: that is for the checker.
pub(super) async fn drain(caller: &mut Caller) {
    let end = Instant::now() + PATIENCE;
    ask(caller, "task.redrive", json!({"limit": 1_000})).await;
    while Instant::now() < end {
        let mut left = open_tasks(caller, "in_progress").await;
        left.extend(open_tasks(caller, "pending").await);
        if left.is_empty() {
            return;
        }
        for id in left {
            if is_blocked_for_good(caller, &id).await {
                let args = json!({"id": id, "graceMs": 0, "dependents": "cancel"});
                caller.until_answered("task.cancel", &args).await.unwrap();
            }
        }
        pass(200).await;
    }
}

async fn open_tasks(caller: &mut Caller, status: &str) -> Vec<String> {
    let args = json!({"status": status, "limit": 200, "order": "asc"});
    let page = ask(caller, "task.list", args).await;
    let tasks = page["tasks"].as_array().unwrap();
    tasks.iter().map(|task| task["id"].as_str().unwrap().to_owned()).collect()
}

/// Whether it waits for a task that ended, but was not completed.
async fn is_blocked_for_good(caller: &mut Caller, id: &str) -> bool {
    let explained = ask(caller, "task.explain", json!({"id": id})).await;
    let because = explained["because"].as_array().unwrap();
    because.iter().any(|reason| {
        reason["kind"] == "blocked_by"
            && matches!(reason["status"].as_str(), Some("failed" | "cancelled"))
    })
}

/// A call that must succeed.
pub(super) async fn ask(caller: &mut Caller, op: &str, args: Value) -> Value {
    let reply = caller.until_answered(op, &args).await.unwrap();
    reply.ok().unwrap_or_else(|| panic!("{op} {args} was refused"))
}

/// Writes the whole log and all tasks to a file; answers with the last cursor and all tasks by
/// status.
pub(super) async fn dump(caller: &mut Caller, to: &Path) -> (i64, Vec<(String, usize)>) {
    let mut file = BufWriter::new(File::create(to).unwrap());
    let mut last = 0;
    let mut after = Value::Null;
    loop {
        let page = ask(caller, "event.list", json!({"after": after, "limit": PAGE})).await;
        for event in page["events"].as_array().unwrap() {
            writeln!(file, "{event}").unwrap();
            last = event["id"].as_str().unwrap().parse().unwrap();
        }
        if page["hasMore"] != true {
            break;
        }
        after = page["next"].clone();
    }
    let mut counts: Vec<(String, usize)> = Vec::new();
    let mut args = json!({"limit": PAGE, "order": "asc"});
    loop {
        let page = ask(caller, "task.list", args.clone()).await;
        for task in page["tasks"].as_array().unwrap() {
            writeln!(file, "{task}").unwrap();
            let status = task["status"].as_str().unwrap();
            match counts.iter_mut().find(|(name, _)| name == status) {
                Some((_, count)) => *count += 1,
                None => counts.push((status.to_owned(), 1)),
            }
        }
        if page["hasMore"] != true {
            break;
        }
        args["after"] = page["nextCursor"].clone();
    }
    file.flush().unwrap();
    (last, counts)
}

/// The calls of a history.
pub(super) fn calls(history: &Path) -> Vec<Call> {
    let text = std::fs::read_to_string(history).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The places in the log of all events that were written down.
pub(super) fn places(state: &Path) -> Vec<i64> {
    let text = std::fs::read_to_string(state).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    // Tasks have no type.
    let events = lines.filter(|line| line["type"].is_string());
    events.map(|event| event["id"].as_str().unwrap().parse().unwrap()).collect()
}
