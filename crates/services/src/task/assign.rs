//! `task.assign`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Millis, Scope, TaskId};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};

/// Parks a task on an instance: nobody else may claim it.
///
/// ```json
/// {"taskId": "t-1", "instanceId": "w-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskAssign")]
pub struct Assign {
    /// The task.
    pub task_id: TaskId,
    /// The instance. It must be registered.
    pub instance_id: Name,
}

/// The task is parked.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskAssigned")]
pub struct Assigned {
    /// The task.
    pub task_id: TaskId,
    /// The instance.
    pub instance_id: String,
    /// When.
    pub assigned_at: Millis,
}

impl Method for Assign {
    const NAME: &'static str = "task.assign";
    const ACCESS: Access = Access::Write(Scope::TasksWrite);
    type Output = Assigned;

    async fn call(self, cx: &Context) -> Result<Assigned, Error> {
        let instance_id = self.instance_id.into_string();
        let change = store::Assign { task: self.task_id, instance: instance_id.as_str().into() };
        let done = cx.commit(change).await?;
        Ok(Assigned { task_id: self.task_id, instance_id, assigned_at: done.at })
    }
}
