//! `task.create`.

use claudebench_core::bounded::List;
use claudebench_core::{Code, Error, Scope, TaskId};
use claudebench_store::{self as store, Dependency};

use super::new::{Created, new_task};
use crate::context::Context;
use crate::method::{Access, Method};

new_task! {
    /// Makes a task. It is ready at once, unless it has to wait for a time or for other tasks.
    ///
    /// ```json
    /// {"text": "Write the release notes", "priority": 70, "metadata": {"branch": "main"}}
    /// ```
    #[schemars(rename = "TaskCreate")]
    Create {
        /// The tasks that must be completed before.
        depends_on: Option<List<TaskId, 1_000>>,
    }
}

impl Method for Create {
    const NAME: &'static str = "task.create";
    const ACCESS: Access = Access::Write(Scope::TasksWrite);
    type Output = Created;

    async fn call(mut self, cx: &Context) -> Result<Created, Error> {
        let depends_on = self.depends_on.take().unwrap_or_default();
        let depends_on = depends_on.iter().copied().map(Dependency::Task).collect();
        let task = self.plan(&cx.shared.limits, depends_on)?;
        let (text, priority) = (task.text.clone(), task.priority);
        let made = cx.commit(store::Create { tasks: vec![task] }).await?;
        let made = made
            .into_iter()
            .next()
            .ok_or_else(|| Error::new(Code::Internal, "one task was asked for, none came"))?;
        Ok(Created::of(text, priority, made))
    }
}
