//! Tasks that were split: their parts are tasks whose parent they are, and how they were split may stand in
//! the attachment `decomposition`. Where agents have solved one task in different ways, their solutions stand
//! in its attachment `conflict` until one is chosen.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use claudebench_core::{Code, Error, TaskId};
use claudebench_services::task::{Get, GetAttachment, GetAttachmentsBatch, List};
use serde_json::{Value, json};

use super::{Backend, Caller, DECOMPOSITION, fields};

/// The attachment that says how a task was split.
const KEY: &str = "decomposition";
/// The attachment that holds the solutions of several agents, and how it stands with them.
const CONFLICT: &str = "conflict";
/// After so many bytes no more conflicts are shown.
const CONFLICT_BYTES: usize = 1 << 20;
/// The most parts that are shown, and the most tasks that are looked at for a list.
const PARTS: usize = 100;
const LOOKED_AT: usize = 200;
/// The most decompositions, and the most conflicts, of a list.
const SHOWN: usize = 20;

/// The parts of a task, oldest first.
async fn parts<B: Backend>(caller: &Caller<'_, B>, id: TaskId) -> Result<Vec<Value>, Error> {
    let query = json!({"parentId": id, "order": "asc", "limit": PARTS});
    let page = caller.ask::<List>(query).await?;
    Ok(page["tasks"].as_array().cloned().unwrap_or_default())
}

/// How many of the parts are done, in hundredths.
fn done(parts: &[Value]) -> usize {
    let completed = parts.iter().filter(|part| part["status"] == "completed").count();
    (completed * 100).checked_div(parts.len()).unwrap_or(0)
}

/// A part as these resources show it; a list does not say what its tasks wait for.
fn part(task: &Value) -> Value {
    json!({
        "id": task["id"],
        "description": task["text"],
        "status": task["status"],
        "specialist": task["metadata"]["specialist"],
        "assignedTo": task["assignedTo"],
    })
}

/// The same with what it waits for.
async fn whole<B: Backend>(caller: &Caller<'_, B>, id: &Value) -> Result<Value, Error> {
    let task = caller.ask::<Get>(json!({"id": id})).await?;
    let mut shown = part(&task);
    shown["dependencies"] = task.get("dependsOn").cloned().unwrap_or_else(|| json!([]));
    Ok(shown)
}

/// How a task was split: as it was written down, else as its parts are.
pub(super) async fn of<B: Backend>(caller: &Caller<'_, B>, id: TaskId) -> Result<Value, Error> {
    let written = caller.ask::<GetAttachment>(json!({"taskId": id, "key": KEY})).await;
    match written {
        Ok(attachment) if !attachment["value"].is_null() => return Ok(attachment["value"].clone()),
        Err(error) if error.code != Code::NotFound => return Err(error),
        _ => {}
    }
    let task = caller.ask::<Get>(json!({"id": id})).await?;
    let mut subtasks = Vec::new();
    for found in parts(caller, id).await? {
        subtasks.push(whole(caller, &found["id"]).await?);
    }
    Ok(json!({"taskId": id, "taskText": task["text"], "subtasks": subtasks}))
}

/// How far the parts of a task are.
pub(super) async fn progress<B: Backend>(
    caller: &Caller<'_, B>,
    id: TaskId,
) -> Result<Value, Error> {
    let task = caller.ask::<Get>(json!({"id": id})).await?;
    let parts = parts(caller, id).await?;
    let of = |status: &str| parts.iter().filter(|part| part["status"] == status).count();
    Ok(json!({
        "taskId": id,
        "taskText": task["text"],
        "overallProgress": {
            "percentage": done(&parts),
            "total": parts.len(),
            "completed": of("completed"),
            "inProgress": of("in_progress"),
            "pending": of("pending"),
            "failed": of("failed"),
        },
        "subtaskProgress": parts.iter().map(part).collect::<Vec<_>>(),
        "integration": {"ready": !parts.is_empty() && of("completed") == parts.len()},
    }))
}

/// A part of a task, with what it belongs to and what it waits for.
pub(super) async fn context<B: Backend>(
    caller: &Caller<'_, B>,
    id: TaskId,
) -> Result<Value, Error> {
    let task = caller.ask::<Get>(json!({"id": id})).await?;
    let names = ["id", "text", "status", "priority", "metadata", "attempt"];
    let mut dependencies = Vec::new();
    for on in task["dependsOn"].as_array().into_iter().flatten().take(PARTS) {
        dependencies.push(whole(caller, on).await?);
    }
    let mut parent = Value::Null;
    let mut percentage = Value::Null;
    if let Some(of) = task["parentId"].as_str().and_then(|of| of.parse::<TaskId>().ok()) {
        let found = caller.ask::<Get>(json!({"id": of})).await?;
        parent =
            json!({"id": of, "text": found["text"], "strategy": found["metadata"]["strategy"]});
        percentage = done(&parts(caller, of).await?).into();
    }
    Ok(json!({
        "subtask": fields(&task, &names),
        "parentTask": parent,
        "dependencies": dependencies,
        "assignment": {"instanceId": task["assignedTo"], "assignedAt": task["assignedAt"]},
        "progress": {"task": task["progress"], "percentage": percentage},
    }))
}

/// Those of the newest tasks that have an attachment of this key.
async fn with_attachment<B: Backend>(
    caller: &Caller<'_, B>,
    key: &str,
) -> Result<Vec<(TaskId, Value)>, Error> {
    let page = caller.ask::<List>(json!({"limit": LOOKED_AT})).await?;
    let tasks = page["tasks"].as_array().into_iter().flatten();
    let having = tasks.filter(|task| {
        task["attachmentKeys"].as_array().is_some_and(|keys| keys.iter().any(|k| k == key))
    });
    let named = having.filter_map(|task| Some((task["id"].as_str()?.parse().ok()?, task.clone())));
    Ok(named.collect())
}

/// The newest tasks whose decomposition was written down.
pub(super) async fn all<B: Backend>(caller: &Caller<'_, B>) -> Result<Value, Error> {
    let found = with_attachment(caller, KEY).await?;
    let mut shown = Vec::new();
    for (id, task) in found.iter().take(SHOWN) {
        let parts = parts(caller, *id).await?;
        shown.push(json!({
            "taskId": id,
            "taskText": task["text"],
            "strategy": task["metadata"]["strategy"],
            "subtaskCount": parts.len(),
            "progress": done(&parts),
            "createdAt": task["createdAt"],
            "resourceUri": format!("{DECOMPOSITION}{id}"),
        }));
    }
    Ok(json!({"decompositions": shown, "total": found.len()}))
}

/// The conflicts of the newest tasks that wait for somebody to choose, newest first.
pub(super) async fn conflicts<B: Backend>(caller: &Caller<'_, B>) -> Result<Value, Error> {
    let (mut pending, mut bytes) = (Vec::new(), 0);
    let having = with_attachment(caller, CONFLICT).await?;
    'all: for some in having.chunks(PARTS) {
        let names: Vec<Value> =
            some.iter().map(|(id, _)| json!({"taskId": id, "key": CONFLICT})).collect();
        let found = caller.ask::<GetAttachmentsBatch>(json!({"requests": names})).await?;
        let attachments = found["attachments"].as_array().map_or(&[][..], Vec::as_slice);
        for ((id, _), attachment) in some.iter().zip(attachments) {
            let Some(conflict) = conflict(*id, attachment) else { continue };
            bytes += conflict["solutions"].to_string().len();
            if pending.len() == SHOWN || bytes > CONFLICT_BYTES {
                break 'all;
            }
            pending.push(conflict);
        }
    }
    pending.sort_by_key(|conflict| Reverse(conflict["createdAt"].as_str().map(str::to_owned)));
    Ok(json!({"pendingConflicts": pending}))
}

/// A conflict as its attachment says it, unless it is settled.
fn conflict(task: TaskId, attachment: &Value) -> Option<Value> {
    let value = &attachment["value"];
    let status = value["status"].as_str().unwrap_or("pending");
    let solutions = value["solutions"].as_array().filter(|_| status == "pending")?;
    let instances: BTreeSet<&str> =
        solutions.iter().filter_map(|solution| solution["instanceId"].as_str()).collect();
    Some(json!({
        "id": attachment["id"],
        "taskId": task,
        "instanceCount": instances.len(),
        "solutions": solutions,
        "status": status,
        "createdAt": attachment["createdAt"],
    }))
}
