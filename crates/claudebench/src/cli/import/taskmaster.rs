//! Tasks of Task Master: `.taskmaster/tasks/tasks.json`, with the tasks of one list, or of several by
//! their tags.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::item::{End, Item, Left, Source};
use crate::cli::failure::{Failure, Outcome};

/// Where the file lies in a repository; the first that is there.
const FILES: [&str; 3] = [".taskmaster/tasks/tasks.json", "tasks/tasks.json", "tasks.json"];

/// The tag of a file that has none.
const MASTER: &str = "master";

/// A task, or a part of one; it has more.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Task {
    id: Value,
    title: String,
    description: Option<String>,
    details: Option<String>,
    test_strategy: Option<String>,
    acceptance_criteria: Value,
    status: Option<String>,
    priority: Option<String>,
    dependencies: Vec<Value>,
    subtasks: Vec<Task>,
    assignee: Value,
    created_at: Value,
    updated_at: Value,
    complexity: Value,
}

#[derive(Deserialize)]
struct List {
    tasks: Vec<Task>,
}

/// Reads a repository, or a file.
pub(super) fn read(path: &Path) -> Outcome<Source> {
    let file = file(path)?;
    let unusable = |what: String| Failure::Input {
        what: format!("{}: {what}", file.display()),
        next: "give the file tasks.json of Task Master, or the folder of a repository with one"
            .into(),
    };
    let text = std::fs::read_to_string(&file).map_err(|e| unusable(e.to_string()))?;
    let value: Value = serde_json::from_str(&text).map_err(|e| unusable(e.to_string()))?;
    let Value::Object(all) = value else { return Err(unusable("it is no object".into())) };
    let mut source = Source { kind: "taskmaster", ..Source::default() };
    for (tag, list) in lists(all) {
        let List { tasks } = serde_json::from_value(list)
            .map_err(|e| unusable(format!("the tasks of `{tag}`: {e}")))?;
        for task in tasks {
            add(&mut source, &tag, task);
        }
    }
    if source.items.is_empty() && source.left.is_empty() {
        return Err(unusable("there are no tasks in it".into()));
    }
    Ok(source)
}

fn file(path: &Path) -> Outcome<PathBuf> {
    if path.is_file() {
        return Ok(path.to_owned());
    }
    let mut files = FILES.iter().map(|file| path.join(file));
    files.find(|file| file.is_file()).ok_or_else(|| Failure::Input {
        what: format!("there are no tasks of Task Master in {}", path.display()),
        next: "give a folder with .taskmaster/tasks/tasks.json, or the file".into(),
    })
}

/// The lists of tasks by their tags; of an older file, the one that it has.
fn lists(mut all: Map<String, Value>) -> Vec<(String, Value)> {
    if all.get("tasks").is_some_and(Value::is_array) {
        let tasks = all.remove("tasks").unwrap_or_default();
        return vec![(MASTER.into(), serde_json::json!({"tasks": tasks}))];
    }
    let is_list = |list: &Value| list.get("tasks").is_some_and(Value::is_array);
    all.into_iter().filter(|(_, list)| is_list(list)).collect()
}

/// An id, which may be a number or a text.
fn id(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// Adds a task and its parts.
fn add(source: &mut Source, tag: &str, mut task: Task) {
    let Some(own) = id(&task.id) else {
        source.left.push(Left::new(tag, format!("a task without an id: {}", task.title)));
        return;
    };
    let named = |name: &str| format!("{tag}/{name}");
    let before: Vec<String> =
        task.dependencies.iter().filter_map(id).map(|name| named(&name)).collect();
    let subtasks = std::mem::take(&mut task.subtasks);
    let siblings: Vec<String> = subtasks.iter().filter_map(|part| id(&part.id)).collect();
    let mut whole = item(tag, &own, &task, &mut source.left);
    whole.depends_on.clone_from(&before);
    for part in subtasks {
        let Some(number) = id(&part.id) else {
            source
                .left
                .push(Left::new(named(&own), format!("a part without an id: {}", part.title)));
            continue;
        };
        // Newer files have the whole name.
        let short = number.rsplit('.').next().unwrap_or(&number).to_owned();
        let name = format!("{own}.{short}");
        let mut piece = item(tag, &name, &part, &mut source.left);
        for on in part.dependencies.iter().filter_map(id) {
            let is_sibling = !on.contains('.') && siblings.contains(&on);
            let on = if is_sibling { format!("{own}.{on}") } else { on };
            piece.depends_on.push(named(&on));
        }
        // What the whole waits for, its parts wait for.
        piece.depends_on.extend(before.iter().cloned());
        if part.priority.is_none() {
            piece.priority = whole.priority;
        }
        piece.know("parent", named(&own));
        whole.parts.push(named(&name));
        source.items.push(piece);
    }
    source.items.push(whole);
}

fn item(tag: &str, name: &str, task: &Task, left: &mut Vec<Left>) -> Item {
    let mut item = Item::new(format!("{tag}/{name}"), &task.title);
    item.priority = match task.priority.as_deref() {
        Some("critical") => 90,
        Some("high") => 70,
        Some("low") => 30,
        _ => 50,
    };
    if tag != MASTER {
        item.tags.push(tag.to_owned());
    }
    item.attach("description", task.description.as_deref().unwrap_or_default());
    item.attach("details", task.details.as_deref().unwrap_or_default());
    item.attach("test-strategy", task.test_strategy.as_deref().unwrap_or_default());
    match &task.acceptance_criteria {
        Value::String(text) => item.attach("acceptance-criteria", text),
        Value::Array(all) => {
            let lines = all.iter().filter_map(Value::as_str).map(|line| format!("- {line}\n"));
            item.attach("acceptance-criteria", &lines.collect::<String>());
        }
        _ => {}
    }
    let status = task.status.as_deref().unwrap_or("pending");
    item.end = match status {
        "done" | "completed" => End::Completed(None),
        "cancelled" | "canceled" => End::Cancelled("cancelled in Task Master".into()),
        "deferred" => End::Cancelled("deferred in Task Master".into()),
        "blocked" if task.dependencies.is_empty() => {
            left.push(Left::new(
                &item.id,
                "it is blocked, but not said by what; it is cancelled here",
            ));
            End::Cancelled("blocked in Task Master".into())
        }
        "review" => {
            // The work is done: whoever takes it up looks at it.
            item.roles.push("review".into());
            End::Open
        }
        _ => End::Open,
    };
    item.know("status", status);
    for (name, value) in [
        ("assignee", &task.assignee),
        ("createdAt", &task.created_at),
        ("updatedAt", &task.updated_at),
        ("complexity", &task.complexity),
    ] {
        item.know(name, value.clone());
    }
    item
}
