//! Tasks, and how large ones were split, as resources.

mod swarm;

use claudebench_core::time::wall_ms;
use claudebench_core::{Code, Error, TaskId};
use claudebench_services::Method;
use claudebench_services::task::{Get, List, ListAttachments, Stats};
use rmcp::model::{
    ArgumentInfo, CompletionInfo, Extensions, ReadResourceResult, Resource, ResourceContents,
    ResourceTemplate,
};
use serde_json::{Map, Value, json};

use super::backend::{Backend, ask};

const WELCOME: &str = "claudebench://welcome";
const TASKS: &str = "swarm://tasks";
const PENDING: &str = "swarm://tasks/pending";
const OF_TASK: &str = "task://view/";
const DECOMPOSITIONS: &str = "swarm://decompositions";
const CONFLICTS: &str = "swarm://conflicts";
const DECOMPOSITION: &str = "swarm://decomposition/";
const CONTEXT: &str = "swarm://context/";
const PROGRESS: &str = "swarm://progress/";

/// The resources that show something of all tasks.
pub(super) const LISTS: &[&str] = &[WELCOME, TASKS, PENDING, DECOMPOSITIONS, CONFLICTS];

/// The resource of a task.
pub(super) fn of_task(id: TaskId) -> String {
    format!("{OF_TASK}{id}")
}

/// Whether a resource shows parts of a task, so that a change of any of them changes it.
pub(super) fn is_of_parts(uri: &str) -> bool {
    [DECOMPOSITION, CONTEXT, PROGRESS].iter().any(|prefix| uri.starts_with(prefix))
}

/// The resources that have a name.
pub(super) fn listed() -> Vec<Resource> {
    let json = |uri, name: &str, text: &str| {
        Resource::new(uri, name).with_description(text).with_mime_type("application/json")
    };
    vec![
        Resource::new(WELCOME, "Welcome")
            .with_description("How to work with ClaudeBench, and how much there is to do.")
            .with_mime_type("text/markdown"),
        json(TASKS, "Tasks", "The 50 newest tasks."),
        json(PENDING, "Pending tasks", "The 20 pending tasks that come first."),
        json(
            DECOMPOSITIONS,
            "Decompositions",
            "The newest tasks that were split, and how far they are.",
        ),
        json(CONFLICTS, "Conflicts", "Solutions of several agents of which one is to be chosen."),
    ]
}

/// The resources that have many.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    let template = |uri: &str, of: &str, name: &str, text: &str| {
        ResourceTemplate::new(format!("{uri}{{{of}}}"), name)
            .with_description(text)
            .with_mime_type("application/json")
    };
    vec![
        template(OF_TASK, "taskId", "Task", "A task with its attachments."),
        template(DECOMPOSITION, "taskId", "Decomposition", "How a task was split."),
        template(PROGRESS, "taskId", "Progress", "How far the parts of a task are."),
        template(CONTEXT, "subtaskId", "Context", "A part of a task, with what it belongs to."),
    ]
}

enum Known {
    Welcome,
    Tasks,
    Pending,
    Task(TaskId),
    Decompositions,
    Conflicts,
    Decomposition(TaskId),
    Context(TaskId),
    Progress(TaskId),
}

/// Which resource of a task.
type OfTask = fn(TaskId) -> Known;

fn known(uri: &str) -> Result<Known, Error> {
    match uri {
        WELCOME => Ok(Known::Welcome),
        TASKS => Ok(Known::Tasks),
        PENDING => Ok(Known::Pending),
        DECOMPOSITIONS => Ok(Known::Decompositions),
        CONFLICTS => Ok(Known::Conflicts),
        _ => {
            let of: [(&str, OfTask); 4] = [
                (OF_TASK, Known::Task),
                (DECOMPOSITION, Known::Decomposition),
                (CONTEXT, Known::Context),
                (PROGRESS, Known::Progress),
            ];
            let found = of.iter().find_map(|(prefix, known)| {
                let id: TaskId = uri.strip_prefix(prefix)?.parse().ok()?;
                // One task has one name: whoever watches it is told by that.
                (format!("{prefix}{id}") == uri).then(|| known(id))
            });
            found.ok_or_else(|| {
                let uri = claudebench_core::id::clip(uri);
                let message = format!("Resource not found: {uri}; resources/list names them");
                Error::new(Code::NotFound, message).with("uri", uri)
            })
        }
    }
}

/// Whether a resource can be, if perhaps its task is not there.
pub(super) fn check(uri: &str) -> Result<(), Error> {
    known(uri).map(drop)
}

/// What a resource shows.
pub(super) async fn read<B: Backend>(
    backend: &B,
    message: &Extensions,
    uri: &str,
) -> Result<ReadResourceResult, Error> {
    let caller = Caller { backend, message };
    let shown = match known(uri)? {
        Known::Welcome => {
            let text = ResourceContents::text(welcome(&caller).await?, uri);
            return Ok(ReadResourceResult::new(vec![text.with_mime_type("text/markdown")]));
        }
        Known::Tasks => newest(&caller).await?,
        Known::Pending => pending(&caller).await?,
        Known::Task(id) => task(&caller, id).await?,
        Known::Decompositions => swarm::all(&caller).await?,
        Known::Conflicts => swarm::conflicts(&caller).await?,
        Known::Decomposition(id) => swarm::of(&caller, id).await?,
        Known::Context(id) => swarm::context(&caller, id).await?,
        Known::Progress(id) => swarm::progress(&caller, id).await?,
    };
    let text = ResourceContents::text(shown.to_string(), uri);
    Ok(ReadResourceResult::new(vec![text.with_mime_type("application/json")]))
}

/// The ids of the newest tasks that begin so, for the argument of a template.
pub(super) async fn completed<B: Backend>(
    backend: &B,
    message: &Extensions,
    uri: &str,
    argument: &ArgumentInfo,
) -> Result<CompletionInfo, Error> {
    let template = templates().into_iter().find(|template| template.uri_template == uri);
    let names = format!("{{{}}}", argument.name);
    if !template.is_some_and(|template| template.uri_template.ends_with(&names)) {
        let message = "no template has this argument; resources/templates/list names them";
        return Err(Error::invalid(&["ref"], message));
    }
    let limit = CompletionInfo::MAX_VALUES;
    let page = Caller { backend, message }.ask::<List>(json!({ "limit": limit })).await?;
    let tasks = page["tasks"].as_array().into_iter().flatten();
    let ids = tasks.filter_map(|task| task["id"].as_str());
    let found = ids.filter(|id| id.starts_with(&argument.value)).map(str::to_owned).collect();
    let older = page["totalCount"].as_u64().is_some_and(|total| total > limit as u64);
    CompletionInfo::with_pagination(found, None, older)
        .map_err(|why| Error::new(Code::Internal, why))
}

/// Whoever sent the message.
struct Caller<'a, B> {
    backend: &'a B,
    message: &'a Extensions,
}

impl<B: Backend> Caller<'_, B> {
    async fn ask<M: Method>(&self, params: Value) -> Result<Value, Error> {
        ask(self.backend, self.message, M::NAME, &params).await
    }
}

/// The fields of a task that are asked for, as far as it has them.
fn fields(task: &Value, names: &[&str]) -> Value {
    let named = names.iter().filter_map(|name| Some(((*name).to_owned(), task.get(name)?.clone())));
    Value::Object(named.collect::<Map<_, _>>())
}

async fn newest<B: Backend>(caller: &Caller<'_, B>) -> Result<Value, Error> {
    let page = caller.ask::<List>(json!({ "limit": 50 })).await?;
    let names =
        ["id", "text", "status", "priority", "assignedTo", "createdAt", "updatedAt"].as_slice();
    let tasks = page["tasks"].as_array().map_or(&[][..], Vec::as_slice);
    let tasks: Vec<Value> = tasks.iter().map(|task| fields(task, names)).collect();
    Ok(json!({ "tasks": tasks, "total": page["totalCount"] }))
}

async fn pending<B: Backend>(caller: &Caller<'_, B>) -> Result<Value, Error> {
    /// Many that wait may come before those that do not; so many pages of a hundred are looked through.
    const PAGES: usize = 10;
    const SHOWN: usize = 20;
    let mut query = json!({ "status": "pending", "orderBy": "queue", "limit": 100 });
    let names = ["id", "text", "priority", "createdAt", "metadata"].as_slice();
    // What waits for its time, for others or on a worker is no claim's.
    let is_free = |task: &&Value| {
        task["assignedTo"].is_null()
            && task["openDependencies"].as_i64().unwrap_or(0) == 0
            && task["runAt"].is_null()
    };
    let (mut free, mut total) = (Vec::new(), Value::Null);
    for _ in 0..PAGES {
        let page = caller.ask::<List>(query.clone()).await?;
        let tasks = page["tasks"].as_array().map_or(&[][..], Vec::as_slice);
        let more = tasks.iter().filter(is_free).take(SHOWN - free.len());
        free.extend(more.map(|task| fields(task, names)));
        total = page["totalCount"].clone();
        if free.len() == SHOWN || page["nextCursor"].is_null() {
            break;
        }
        query["after"] = page["nextCursor"].clone();
    }
    let next = free.first().cloned();
    Ok(json!({ "pendingTasks": free, "total": total, "nextTask": next }))
}

async fn task<B: Backend>(caller: &Caller<'_, B>, id: TaskId) -> Result<Value, Error> {
    let mut task = caller.ask::<Get>(json!({ "id": id })).await?;
    let page = caller.ask::<ListAttachments>(json!({ "taskId": id, "limit": 100 })).await?;
    let attached = page["attachments"].as_array().map_or(&[][..], Vec::as_slice);
    let attached = attached.iter().map(|one| {
        let key = one["key"].as_str().unwrap_or_default().to_owned();
        (key, fields(one, &["type", "value", "content", "url", "createdAt"]))
    });
    let attached: Map<String, Value> = attached.collect();
    let status = task["status"].as_str().unwrap_or_default().to_owned();
    let Some(shown) = task.as_object_mut() else { return Ok(task) };
    shown.insert("attachments".into(), attached.into());
    shown.insert("attachmentCount".into(), page["totalCount"].clone());
    shown.insert("age".into(), age(id).into());
    let assigned = shown.get("assignedTo").is_some_and(|worker| !worker.is_null());
    shown.insert("isAssigned".into(), assigned.into());
    for (name, of) in
        [("isCompleted", "completed"), ("isPending", "pending"), ("isInProgress", "in_progress")]
    {
        shown.insert(name.into(), (status == of).into());
    }
    Ok(task)
}

/// For how long a task has been there; its id says since when.
fn age(id: TaskId) -> String {
    let minutes = (wall_ms() - id.millis()).max(0) / 60_000;
    format!("{minutes} minutes")
}

async fn welcome<B: Backend>(caller: &Caller<'_, B>) -> Result<String, Error> {
    let stats = caller.ask::<Stats>(json!({})).await?;
    let count = |name: &str| stats[name].as_i64().unwrap_or(0);
    Ok(format!(
        "# ClaudeBench\n\n\
         {} tasks are ready, {} in progress, {} completed, {} failed.\n\n\
         1. `system__register` with an id of your own and your roles.\n\
         2. `task__claim` with that id as `workerId`; `waitMs` waits for work.\n\
         3. Work. `task__heartbeat` extends the lease and says when to stop.\n\
         4. `task__complete` or `task__fail`, with the `fence` of the lease.\n\n\
         Split large work with `task__create` and `dependsOn`. `{TASKS}` and `{OF_TASK}{{taskId}}` show \
         tasks and tell of changes.\n",
        count("ready"),
        count("inProgress"),
        count("completed"),
        count("failed"),
    ))
}
