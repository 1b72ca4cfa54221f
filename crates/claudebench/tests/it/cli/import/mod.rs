//! Tasks from elsewhere: files as beads and Task Master write them, and a database as a public
//! ClaudeBench has it.

mod files;
mod public;

use std::collections::BTreeMap;

use serde_json::Value;

use super::server::Server;

/// All tasks of a source, by their ids there.
fn brought(server: &Server, tag: &str) -> BTreeMap<String, Value> {
    let listed = server.json(&["task", "list", "--tag", tag, "--limit", "1000"]);
    let tasks = listed["tasks"].as_array().unwrap().iter().map(|task| {
        let id = task["metadata"]["import"]["id"].as_str().unwrap().to_owned();
        // A list does not tell what a task waits for.
        (id, server.json(&["task", "show", task["id"].as_str().unwrap()]))
    });
    tasks.collect()
}

/// The statuses by the ids of the source.
fn statuses(tasks: &BTreeMap<String, Value>) -> Vec<(&str, &str)> {
    tasks.iter().map(|(id, task)| (id.as_str(), task["status"].as_str().unwrap())).collect()
}

/// The ids at the source of what a task waits for.
fn waits_for(tasks: &BTreeMap<String, Value>, id: &str) -> Vec<String> {
    let on = tasks[id]["dependsOn"].as_array().cloned().unwrap_or_default();
    let mut names: Vec<String> = tasks
        .iter()
        .filter(|(_, task)| on.contains(&task["id"]))
        .map(|(id, _)| id.clone())
        .collect();
    names.sort();
    names
}

/// The text of an attachment.
fn attachment(server: &Server, tasks: &BTreeMap<String, Value>, id: &str, key: &str) -> Value {
    let task = tasks[id]["id"].as_str().unwrap();
    let params = serde_json::json!({"taskId": task, "key": key}).to_string();
    let found = server.json(&["call", "task.get_attachment", &params]);
    if found["content"].is_null() { found["value"].clone() } else { found["content"].clone() }
}
