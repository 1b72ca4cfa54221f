//! Tasks of a public ClaudeBench, out of its PostgreSQL.

use std::collections::HashMap;

use claudebench_store::StoreError;
use claudebench_store::postgres::{PostgresOptions, PublicCount, PublicDatabase, PublicTable};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::item::{Attachment, End, Item, Left, Source};
use crate::cli::failure::{Failure, Outcome};

/// A row of `Task`; it may have more.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Task {
    id: String,
    text: String,
    status: String,
    priority: i64,
    assigned_to: Value,
    result: Value,
    error: Option<String>,
    metadata: Value,
    created_at: Value,
    updated_at: Value,
    completed_at: Value,
}

/// A row of `TaskAttachment`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TaskAttachment {
    task_id: String,
    key: String,
    #[serde(rename = "type")]
    kind: String,
    value: Value,
    content: Option<String>,
    url: Option<String>,
    size: Option<i64>,
    mime_type: Option<String>,
}

/// A row of `SwarmSubtask`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Subtask {
    id: String,
    parent_id: String,
    description: String,
    specialist: Option<String>,
    complexity: Value,
    estimated_minutes: Value,
    status: String,
    assigned_to: Value,
    dependencies: Vec<String>,
    context: Value,
    rationale: Option<String>,
    created_at: Value,
    updated_at: Value,
    completed_at: Value,
}

/// Reads all of it.
pub(super) async fn read(url: &str) -> Outcome<Source> {
    let options = PostgresOptions::new(url);
    options.check().map_err(|error| Failure::Usage(error.to_string()))?;
    let database = PublicDatabase::open(&options).await;
    let next = "give the URL of the database that the public server used (DATABASE_URL)";
    let database = database.map_err(|error| Failure::advise(error, next))?;
    let broken = |error: StoreError| Failure::advise(error, next);
    if !database.has(PublicTable::Tasks).await.map_err(broken)? {
        let what = "there is no table \"Task\" in this database: no public ClaudeBench has used it";
        return Err(Failure::advise(what, next));
    }
    let mut source = Source { kind: "claudebench", ..Source::default() };
    let tasks: Vec<Task> = all(&database, PublicTable::Tasks).await?;
    source.items = tasks.into_iter().map(task).collect();
    let places: HashMap<String, usize> =
        source.items.iter().enumerate().map(|(place, item)| (item.id.clone(), place)).collect();
    if database.has(PublicTable::Attachments).await.map_err(broken)? {
        let attachments: Vec<TaskAttachment> = all(&database, PublicTable::Attachments).await?;
        for row in attachments {
            attach(&mut source, &places, row);
        }
    }
    if database.has(PublicTable::Subtasks).await.map_err(broken)? {
        let subtasks: Vec<Subtask> = all(&database, PublicTable::Subtasks).await?;
        for row in subtasks {
            add(&mut source, &places, row);
        }
    }
    for (table, what) in [
        (PublicCount::Projects, "descriptions of swarm projects"),
        (PublicCount::Sessions, "events of sessions"),
    ] {
        let count = database.count(table).await.map_err(broken)?;
        if count > 0 {
            source.left.push(Left::new("-", format!("{count} {what} stay in the old database")));
        }
    }
    Ok(source)
}

/// All rows of a table.
async fn all<T: serde::de::DeserializeOwned>(
    database: &PublicDatabase,
    table: PublicTable,
) -> Outcome<Vec<T>> {
    let mut rows = Vec::new();
    let mut after = Some(String::new());
    while let Some(place) = after {
        let page = database.page(table, &place).await.map_err(Failure::local)?;
        for row in page.rows {
            rows.push(serde_json::from_str(&row).map_err(|e| {
                let what =
                    format!("a row of {table:?} is not as a public ClaudeBench writes it: {e}");
                Failure::advise(what, "check that the URL leads to its database")
            })?);
        }
        after = page.next;
    }
    Ok(rows)
}

/// A time as PostgreSQL writes one that has no zone: it is meant in UTC.
fn time(value: Value) -> Value {
    match value {
        Value::String(text) if !text.ends_with('Z') && !text.contains('+') => (text + "Z").into(),
        other => other,
    }
}

fn task(row: Task) -> Item {
    let mut item = Item::new(&row.id, &row.text);
    item.priority = u8::try_from(row.priority.clamp(0, 100)).unwrap_or(50);
    item.end = match row.status.as_str() {
        "completed" => End::Completed(Some(row.result.clone()).filter(|result| !result.is_null())),
        "failed" => End::Failed(row.error.clone().unwrap_or_else(|| "failed".into())),
        _ => End::Open,
    };
    if let Value::Object(mut fields) = row.metadata {
        // It has a place of its own here, where it is a name.
        if let Some(project) = fields.get("project").and_then(Value::as_str) {
            item.project = Some(project.to_owned());
        }
        fields.remove("import");
        item.metadata = fields;
    }
    let is_open = item.end == End::Open;
    if is_open && !row.result.is_null() {
        item.attachments.push(Attachment {
            key: "earlier-result".into(),
            body: json!({"type": "json", "value": row.result}),
        });
    }
    item.know("status", row.status);
    item.know("assignedTo", row.assigned_to);
    item.know("createdAt", time(row.created_at));
    item.know("updatedAt", time(row.updated_at));
    item.know("completedAt", time(row.completed_at));
    item
}

fn attach(source: &mut Source, places: &HashMap<String, usize>, row: TaskAttachment) {
    let Some(item) = places.get(&row.task_id).and_then(|place| source.items.get_mut(*place)) else {
        let why = format!("the attachment `{}` belongs to no task", row.key);
        source.left.push(Left::new(row.task_id, why));
        return;
    };
    // The result of a task becomes this attachment by itself.
    if row.key == "result" && item.end != End::Open {
        if item.end == End::Completed(None) {
            let text = row.content.map(Value::from).filter(|_| row.value.is_null());
            item.end = End::Completed(text.or(Some(row.value).filter(|value| !value.is_null())));
        }
        return;
    }
    let mut body = Map::from_iter([("type".to_owned(), Value::from(row.kind))]);
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    put("value", Some(row.value).filter(|value| !value.is_null()));
    put("content", row.content.map(Value::from));
    put("url", row.url.map(Value::from));
    put("size", row.size.filter(|size| *size > 0).map(Value::from));
    put("mimeType", row.mime_type.map(Value::from));
    item.attachments.push(Attachment { key: row.key, body: Value::Object(body) });
}

/// A subtask of a swarm is a task like any other; the whole waits for it.
fn add(source: &mut Source, places: &HashMap<String, usize>, row: Subtask) {
    if places.contains_key(&row.id) {
        return;
    }
    let mut item = Item::new(&row.id, &row.description);
    if let Some(whole) = places.get(&row.parent_id).and_then(|place| source.items.get_mut(*place)) {
        item.priority = whole.priority;
        item.project.clone_from(&whole.project);
        whole.parts.push(row.id.clone());
    }
    item.end = match row.status.as_str() {
        "completed" => End::Completed(None),
        "failed" => End::Failed("failed".into()),
        _ => End::Open,
    };
    // Whoever is a generalist takes what is for everybody.
    item.roles = row.specialist.into_iter().filter(|role| role != "general").collect();
    item.depends_on = row.dependencies;
    if row.context.as_object().is_some_and(|context| !context.is_empty()) {
        let body = json!({"type": "json", "value": row.context});
        item.attachments.push(Attachment { key: "context".into(), body });
    }
    item.attach("rationale", row.rationale.as_deref().unwrap_or_default());
    item.know("parent", row.parent_id);
    item.know("status", row.status);
    item.know("assignedTo", row.assigned_to);
    item.know("complexity", row.complexity);
    item.know("estimatedMinutes", row.estimated_minutes);
    item.know("createdAt", time(row.created_at));
    item.know("updatedAt", time(row.updated_at));
    item.know("completedAt", time(row.completed_at));
    source.items.push(item);
}
