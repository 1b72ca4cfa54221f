//! `session.list`.

use claudebench_core::{Error, Int, Millis, Scope};
use claudebench_store::SessionRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::method::{Access, Method};

/// Lists the sessions of agents, the one that was heard of last first. They are forgotten a week after that.
///
/// ```json
/// {"limit": 20}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "SessionList")]
pub struct ListSessions {
    /// Only those that were last heard of up to then.
    pub upto: Option<Millis>,
    /// The most sessions; 50 if absent.
    pub limit: Option<Int<1, 500>>,
}

/// Sessions.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionPage")]
pub struct SessionsListed {
    /// The sessions.
    pub sessions: Vec<SessionFacts>,
}

/// A session.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Session")]
pub struct SessionFacts {
    /// Its id.
    pub session_id: String,
    /// The instance that it works as.
    pub instance_id: String,
    /// When it was first heard of.
    pub started_at: Millis,
    /// When it was last heard of.
    pub last_seen: Millis,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Millis>,
    /// How many hooks it has run.
    pub events: i64,
    /// How many todos it has, and how many of them are done.
    pub todos: i64,
    /// How many of them are done.
    pub todos_completed: i64,
    /// The folder that it works in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_dir: Option<String>,
    /// What it was told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_prompt: Option<String>,
}

impl From<SessionRow> for SessionFacts {
    fn from(row: SessionRow) -> Self {
        let state = row.state;
        let done = |todo: &&claudebench_store::Todo| {
            todo.status == claudebench_store::TodoStatus::Completed
        };
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Self {
            session_id: row.id.to_string(),
            instance_id: row.instance.to_string(),
            started_at: row.started_at,
            last_seen: row.seen_at,
            ended_at: row.ended_at,
            events: row.events,
            todos: count(state.todos.len()),
            todos_completed: count(state.todos.iter().filter(done).count()),
            project_dir: state.folder,
            last_prompt: state.prompts.into_iter().next().map(|said| said.text),
        }
    }
}

impl Method for ListSessions {
    const NAME: &'static str = "session.list";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = SessionsListed;

    async fn call(self, cx: &Context) -> Result<SessionsListed, Error> {
        let upto = self.upto.unwrap_or(Millis(i64::MAX));
        let limit = self.limit.map_or(50, Int::get);
        let rows = cx.shared.store.sessions(cx.tenant(), upto, limit).await;
        let sessions = rows.map_err(store_error)?.into_iter().map(SessionFacts::from).collect();
        Ok(SessionsListed { sessions })
    }
}
