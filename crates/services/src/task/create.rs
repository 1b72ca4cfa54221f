//! `task.create`.

use claudebench_core::{Error, Int, Millis, Scope, Status, TaskId, Text};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};

/// Makes a task.
///
/// ```json
/// {"text": "Write the release notes", "priority": 70}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskCreate")]
pub struct Create {
    /// What is to be done.
    pub text: Text<1, 500>,
    /// 0 to 100, highest first.
    #[serde(default)]
    pub priority: Option<Int<0, 100>>,
}

/// The task that was made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskCreated")]
pub struct Created {
    /// Its id.
    pub id: TaskId,
    /// What is to be done.
    pub text: String,
    /// Where it stands.
    pub status: Status,
    /// 0 to 100, highest first.
    pub priority: i64,
    /// When it was made.
    pub created_at: Millis,
}

impl Method for Create {
    const NAME: &'static str = "task.create";
    const ACCESS: Access = Access::Write(Scope::TasksWrite);
    type Output = Created;

    async fn call(self, cx: &Context) -> Result<Created, Error> {
        let text = self.text.into_string();
        let priority = self.priority.map_or(50, Int::get);
        let task = store::NewTask {
            text: text.clone(),
            priority,
            max_attempts: 5,
            ..store::NewTask::default()
        };
        let made = cx.commit(store::Create { tasks: vec![task] }).await?;
        let made = made.into_iter().next().ok_or_else(|| {
            Error::new(claudebench_core::Code::Internal, "one task was asked for, none came")
        })?;
        Ok(Created {
            id: made.id,
            text,
            status: Status::Pending,
            priority,
            created_at: made.created_at,
        })
    }
}
