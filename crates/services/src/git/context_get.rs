//! `git.context.get`.

use claudebench_core::{Error, Int, Scope, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::memory::{Memory, MemoryTask, MemoryTodo, remember, tasks_of};
use crate::method::{Access, Method};

/// What an agent works on: for the message of a commit.
///
/// ```json
/// {"instanceId": "w-1", "sessionId": "s-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GitContextGet")]
pub struct GetContext {
    /// The instance.
    pub instance_id: Text<1, 200>,
    /// The session.
    pub session_id: Text<1, 200>,
    /// The most tasks; 5 if absent.
    #[serde(default)]
    pub limit: Option<Int<1, 10>>,
}

/// What an agent works on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GitContext")]
pub struct GitContext {
    /// Its tasks, those in progress first.
    pub tasks: Vec<MemoryTask>,
    /// The tools it used last, newest first.
    pub recent_tools: Vec<String>,
    /// Its todos.
    pub current_todos: Vec<MemoryTodo>,
    /// What it was told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_prompt: Option<String>,
    /// Whose it is.
    pub metadata: GitMetadata,
}

/// Whose work it is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GitMetadata")]
pub struct GitMetadata {
    /// The session.
    pub session_id: String,
    /// The instance.
    pub instance_id: String,
    /// The folder that it works in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_dir: Option<String>,
    /// How many hooks the session has run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_count: Option<i64>,
}

impl Method for GetContext {
    const NAME: &'static str = "git.context.get";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = GitContext;

    async fn call(self, cx: &Context) -> Result<GitContext, Error> {
        let (session_id, instance_id) =
            (self.session_id.into_string(), self.instance_id.into_string());
        let found = cx.shared.store.session(cx.tenant(), session_id.as_str().into()).await;
        let found = found.map_err(store_error)?;
        let (memory, event_count) = match &found {
            Some(session) => (remember(cx, session).await?, Some(session.events)),
            None => {
                let last_tasks = tasks_of(cx, &instance_id).await?;
                (Memory { last_tasks, ..Memory::default() }, None)
            }
        };
        let mut tasks = memory.last_tasks;
        tasks.truncate(usize::try_from(self.limit.map_or(5, Int::get)).unwrap_or(0));
        let project_dir = memory.project_dir;
        Ok(GitContext {
            tasks,
            recent_tools: memory.last_tools,
            current_todos: memory.active_todos,
            last_prompt: memory.last_prompt,
            metadata: GitMetadata { session_id, instance_id, project_dir, event_count },
        })
    }
}
