//! `hook.todo_write`.

use claudebench_core::bounded::List;
use claudebench_core::{Error, Scope, Status, TaskId, Text};
use claudebench_store::{Mark, TodoApart, TodoChange, TodoStatus, WriteTodos};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::{Context, store_error};
use crate::method::{Access, Method};
use crate::note::{Who, note};

/// The key of the shared configuration that switches off that todos become tasks.
const AUTOCREATE: &str = "todowrite.autocreate";
/// So many bytes of a todo are kept.
const CONTENT: usize = 2_000;

/// An agent has written its list of todos: new ones become tasks, one that is in progress is leased to its
/// instance, one that is completed completes its task. Tasks that others have, or have ended, stay as they
/// are, and the answer tells of them.
///
/// ```json
/// {"todos": [{"content": "Write the tests", "status": "in_progress"}], "sessionId": "s-1", "instanceId": "w-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookTodoWrite")]
pub struct TodoWrite {
    /// All todos, at most 200.
    pub todos: List<TodoItem, 200>,
    /// The session; the instance if absent.
    #[serde(default)]
    pub session_id: Option<Text<0, 200>>,
    /// The instance; registered if it is not. `default` if absent.
    #[serde(default)]
    pub instance_id: Option<Text<0, 200>>,
    /// When, in milliseconds since 1970.
    #[serde(default)]
    pub timestamp: Option<f64>,
    /// What the list was before. The server knows that itself: it is not looked at.
    #[serde(default)]
    pub previous_todos: Option<List<TodoItem, 200>>,
    /// Whether this was kept while the server was away: nobody reads the answer any more. Tasks that went another
    /// way are told with the next prompt.
    #[serde(default)]
    pub late: bool,
}

/// A todo.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TodoItem")]
pub struct TodoItem {
    /// What is to be done.
    pub content: Text<1, 10_000>,
    /// Where it stands.
    pub status: TodoState,
    /// The same, while it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_form: Option<Text<0, 10_000>>,
}

/// Where a todo stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TodoState")]
pub enum TodoState {
    /// Nobody works on it.
    Pending,
    /// The agent works on it.
    InProgress,
    /// It is done.
    Completed,
}

impl From<TodoState> for TodoStatus {
    fn from(state: TodoState) -> Self {
        match state {
            TodoState::Pending => Self::Pending,
            TodoState::InProgress => Self::InProgress,
            TodoState::Completed => Self::Completed,
        }
    }
}

impl From<TodoStatus> for TodoState {
    fn from(status: TodoStatus) -> Self {
        match status {
            TodoStatus::Pending | TodoStatus::Deleted => Self::Pending,
            TodoStatus::InProgress => Self::InProgress,
            TodoStatus::Completed => Self::Completed,
        }
    }
}

/// The todos are kept.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookTodosWritten")]
pub struct TodosWritten {
    /// Always true.
    pub processed: bool,
    /// Todos whose tasks went another way since this was told last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<WentApart>,
}

/// A todo whose task went another way: another has it, or it ended elsewhere.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TodoApart")]
pub struct WentApart {
    /// The todo.
    pub content: String,
    /// Its task.
    pub task_id: TaskId,
    /// Where the task stands.
    pub status: Status,
    /// Who has it, or has ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl From<TodoApart> for WentApart {
    fn from(apart: TodoApart) -> Self {
        let TodoApart { content, task, status, by } = apart;
        Self { content, task_id: task, status, by }
    }
}

impl Method for TodoWrite {
    const NAME: &'static str = "hook.todo_write";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = TodosWritten;

    async fn call(self, cx: &Context) -> Result<TodosWritten, Error> {
        let mut who = Who::new(self.session_id, self.instance_id);
        let instance = who.instance.get_or_insert_with(|| "default".into()).clone();
        who.session.get_or_insert(instance);
        let todos = self.todos.iter().map(|item| TodoChange {
            key: None,
            content: Some(masked(&item.content)),
            active_form: item.active_form.as_ref().map(|form| masked(form)),
            status: Some(item.status.into()),
        });
        let autocreate = autocreates(cx).await?;
        let (todos, tells) = (todos.collect(), !self.late);
        let write = WriteTodos { todos, whole: true, autocreate, tells };
        let marks = vec![Mark::Tool("TodoWrite".into()), Mark::Todos(write)];
        let noted = note(cx, &who, marks, Vec::new()).await?;
        let apart = noted.apart.into_iter().map(WentApart::from).collect();
        Ok(TodosWritten { processed: true, apart })
    }
}

fn masked(text: &str) -> String {
    // No database takes the character that ends a text elsewhere.
    claudebench_hooks::mask::short(&text.replace('\0', " "), CONTENT)
}

/// Whether new todos become tasks.
pub(super) async fn autocreates(cx: &Context) -> Result<bool, Error> {
    let value = cx.shared.store.config(cx.tenant(), AUTOCREATE.to_owned());
    let value = value.await.map_err(store_error)?;
    // On only if it is not there or true, as a value or as a text.
    Ok(value.is_none_or(|value| matches!(value.as_str(), "true" | "\"true\"")))
}

/// What a tool of Claude Code that keeps todos one by one has done to them.
pub(super) fn of_tool(tool: &str, params: &Value, result: &Value) -> Option<WriteTodos> {
    let text = |value: &Value, name: &str| value[name].as_str().map(masked);
    let one =
        |change| WriteTodos { todos: vec![change], whole: false, autocreate: false, tells: true };
    match tool {
        "TaskCreate" => {
            let task = &result["task"];
            Some(one(TodoChange {
                key: Some(text(task, "id")?),
                content: Some(text(task, "subject").or_else(|| text(params, "subject"))?),
                active_form: text(params, "activeForm"),
                status: Some(TodoStatus::Pending),
            }))
        }
        "TaskUpdate" if result["success"] != false => Some(one(TodoChange {
            key: Some(text(params, "taskId")?),
            content: text(params, "subject"),
            active_form: text(params, "activeForm"),
            status: serde_json::from_value(params["status"].clone()).ok(),
        })),
        "TodoWrite" => {
            let items: Vec<TodoItem> = serde_json::from_value(params["todos"].clone()).ok()?;
            let todos = items.into_iter().map(|item| TodoChange {
                key: None,
                content: Some(masked(&item.content)),
                active_form: item.active_form.as_ref().map(|form| masked(form)),
                status: Some(item.status.into()),
            });
            let todos = todos.collect();
            Some(WriteTodos { todos, whole: true, autocreate: false, tells: true })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tools_that_keep_todos_one_by_one_are_understood() {
        let create = json!({"subject": "Test it", "description": "d", "activeForm": "Testing"});
        let made = json!({"task": {"id": "3", "subject": "Test it"}});
        let write = of_tool("TaskCreate", &create, &made).unwrap();
        assert!(!write.whole && write.todos.len() == 1);
        assert_eq!(write.todos[0].key.as_deref(), Some("3"));
        assert_eq!(write.todos[0].status, Some(TodoStatus::Pending));
        for (status, read) in [
            ("in_progress", Some(TodoStatus::InProgress)),
            ("deleted", Some(TodoStatus::Deleted)),
            ("unheard_of", None),
        ] {
            let update = json!({"taskId": "3", "status": status});
            let write = of_tool("TaskUpdate", &update, &json!({"success": true})).unwrap();
            assert_eq!(write.todos[0].status, read);
        }
        let failed = json!({"success": false, "error": "no such task"});
        assert!(of_tool("TaskUpdate", &json!({"taskId": "3"}), &failed).is_none());
        assert!(of_tool("TaskCreate", &create, &json!("Task created")).is_none());
        assert!(of_tool("Bash", &create, &made).is_none());
    }
}
