//! What a session needs to go on: as fields, and as a text for its agent.

use std::fmt::Write;

use claudebench_core::{Error, Status, TaskId};
use claudebench_store::{ListOrder, SessionRow, TaskQuery, TaskWithExtras};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::hook::TodoState;

/// The most tasks that are named.
const TASKS: i64 = 20;
/// So many bytes of a text count as a token. English has some more.
pub(crate) const BYTES_A_TOKEN: usize = 3;
/// The longest text of a line.
const LINE: usize = 300;

/// What a session needs to go on.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "SessionMemory")]
pub struct Memory {
    /// The tasks that are its instance's, those in progress first.
    pub last_tasks: Vec<MemoryTask>,
    /// The tools it used last, newest first.
    pub last_tools: Vec<String>,
    /// What it was told last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_prompt: Option<String>,
    /// Its todos.
    pub active_todos: Vec<MemoryTodo>,
    /// The folder that it works in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_dir: Option<String>,
}

/// A task of a session.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionTask")]
pub struct MemoryTask {
    /// The task.
    pub id: TaskId,
    /// What is to be done.
    pub text: String,
    /// Where it stands.
    pub status: Status,
    /// Its priority.
    #[serde(default)]
    pub priority: i64,
    /// The fence under which it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fence: Option<i64>,
    /// When its lease ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_expires_at: Option<claudebench_core::Millis>,
    /// Since when it is the instance's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_at: Option<claudebench_core::Millis>,
}

/// A todo of a session.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionTodo")]
pub struct MemoryTodo {
    /// What is to be done.
    pub content: String,
    /// Where it stands.
    pub status: TodoState,
    /// The same, while it is done.
    #[serde(default, skip_serializing_if = "Option::is_none", alias = "active_form")]
    pub active_form: Option<String>,
    /// Its task.
    #[serde(default, skip_serializing_if = "Option::is_none", alias = "task")]
    pub task_id: Option<TaskId>,
}

/// What is known of a session now.
pub(crate) async fn remember(cx: &Context, session: &SessionRow) -> Result<Memory, Error> {
    let last_tasks = tasks_of(cx, &session.instance).await?;
    Ok(Memory { last_tasks, ..Memory::of(session) })
}

/// The tasks that an instance has and that are not over, those in progress first.
pub(crate) async fn tasks_of(cx: &Context, instance: &str) -> Result<Vec<MemoryTask>, Error> {
    let mut tasks = Vec::new();
    for status in [Status::InProgress, Status::Pending] {
        let query = TaskQuery {
            tenant: Some(cx.tenant()),
            status: Some(status),
            assigned_to: Some(instance.to_owned()),
            order: ListOrder::Desc,
            limit: TASKS,
            ..TaskQuery::default()
        };
        let page = cx.shared.store.list(query, cx.freshness).await.map_err(store_error)?;
        tasks.extend(page.tasks.iter().map(task));
    }
    tasks.truncate(usize::try_from(TASKS).unwrap_or(usize::MAX));
    Ok(tasks)
}

pub(crate) fn task(found: &TaskWithExtras) -> MemoryTask {
    MemoryTask {
        id: found.task.id,
        text: found.task.text.clone(),
        status: found.task.status,
        priority: found.task.priority,
        fence: found.lease.as_ref().map(|lease| lease.fence),
        lease_expires_at: found.lease.as_ref().map(|lease| lease.expires_at),
        assigned_at: found.task.assigned_at,
    }
}

impl Memory {
    /// What a session itself knows: its tasks are left out.
    pub(crate) fn of(session: &SessionRow) -> Self {
        let state = &session.state;
        let todos = state.todos.iter().map(|todo| MemoryTodo {
            content: todo.content.clone(),
            status: todo.status.into(),
            active_form: todo.active_form.clone(),
            task_id: todo.task,
        });
        Self {
            last_tasks: Vec::new(),
            last_tools: state.recent_tools.iter().cloned().collect(),
            last_prompt: state.prompts.front().map(|said| said.text.clone()),
            active_todos: todos.collect(),
            project_dir: state.folder.clone(),
        }
    }

    /// The same for the agent, in at most so many tokens; nothing, when there is nothing to say.
    pub(crate) fn text(&self, tokens: usize) -> Option<String> {
        let mut room = tokens.saturating_mul(BYTES_A_TOKEN);
        let mut text = String::new();
        let mut say = |line: String| {
            if line.len() < room {
                room -= line.len() + 1;
                text.push_str(&line);
                text.push('\n');
                return true;
            }
            false
        };
        let held = self.last_tasks.iter().filter(|task| task.status == Status::InProgress);
        let (held, parked): (Vec<_>, Vec<_>) = (
            held.collect(),
            self.last_tasks.iter().filter(|task| task.status == Status::Pending).collect(),
        );
        if !held.is_empty() && say("Tasks you hold in ClaudeBench; complete each when done:".into())
        {
            for task in held {
                say(line(task));
            }
        }
        if !parked.is_empty() && say("Tasks that wait for you:".into()) {
            for task in parked {
                say(line(task));
            }
        }
        let open =
            self.active_todos.iter().filter(|todo| todo.status != TodoState::Completed).count();
        if open > 0 && say(format!("Todos, {open} of them open:")) {
            for todo in self.active_todos.iter().filter(|todo| todo.status != TodoState::Completed)
            {
                let mark =
                    if todo.status == TodoState::InProgress { "in progress" } else { "open" };
                let task = todo.task_id.map_or_else(String::new, |id| format!(", {id}"));
                say(format!("- {} ({mark}{task})", cut(&todo.content)));
            }
        }
        if let Some(prompt) = &self.last_prompt {
            say(format!("Told last: {}", cut(prompt)));
        }
        if !self.last_tools.is_empty() {
            let tools: Vec<String> = self.last_tools.iter().map(|tool| cut(tool)).collect();
            say(format!("Used last: {}", tools.join(", ")));
        }
        (!text.is_empty()).then(|| text.trim_end().to_owned())
    }
}

fn line(task: &MemoryTask) -> String {
    let mut line = format!("- {}: {}", task.id, cut(&task.text));
    if let Some(fence) = task.fence {
        // Writing into a string cannot fail.
        let _ = write!(line, " (fence {fence})");
    }
    line
}

fn cut(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    match text.char_indices().nth(LINE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Memory {
        let task = |id, status| MemoryTask {
            id: TaskId(id),
            text: "write\nit".into(),
            status,
            priority: 50,
            fence: Some(3).filter(|_| status == Status::InProgress),
            lease_expires_at: None,
            assigned_at: None,
        };
        let todo = |content: &str, status| MemoryTodo {
            content: content.into(),
            status,
            active_form: None,
            task_id: None,
        };
        Memory {
            last_tasks: vec![task(1, Status::InProgress), task(2, Status::Pending)],
            last_tools: vec!["Edit".into(), "Ba\nsh".into()],
            last_prompt: Some("build it".into()),
            active_todos: vec![
                todo("one", TodoState::Completed),
                todo("two", TodoState::InProgress),
            ],
            project_dir: None,
        }
    }

    #[test]
    fn the_text_says_what_is_to_be_done() {
        let expected = "Tasks you hold in ClaudeBench; complete each when done:\n\
            - t-1: write it (fence 3)\nTasks that wait for you:\n- t-2: write it\n\
            Todos, 1 of them open:\n- two (in progress)\nTold last: build it\n\
            Used last: Edit, Ba sh";
        assert_eq!(memory().text(500).as_deref(), Some(expected));
        assert_eq!(Memory::default().text(500), None);
    }

    #[test]
    fn the_text_keeps_within_its_budget() {
        let mut memory = memory();
        memory.last_prompt = Some("é".repeat(10_000));
        for tokens in [0, 1, 10, 50, 100, 1_000] {
            let text = memory.text(tokens).unwrap_or_default();
            assert!(text.len() <= tokens * BYTES_A_TOKEN, "{tokens}: {}", text.len());
        }
    }
}
