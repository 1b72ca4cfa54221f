//! `task.complete_many`.

use claudebench_core::bounded::{List, Name};
use claudebench_core::{Code, Error, Millis, Scope, Status, TaskId};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::new::at_place;
use super::report::{Completion, ErrorText, ending, reporter};
use super::view::one_of;
use crate::context::Context;
use crate::json::Json;
use crate::method::{Access, Method};

/// Ends up to 1,000 tasks in one go. Each stands alone: one that is refused changes nothing for
/// the others, and the answer says which.
///
/// ```json
/// {"workerId": "w-1", "items": [{"id": "t-1", "result": {"files": 3}}]}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskCompleteMany")]
pub struct CompleteMany {
    /// Who reports.
    #[serde(default)]
    pub worker_id: Option<Name>,
    /// The tasks.
    pub items: List<Item, 1_000>,
}

/// One of the tasks to end; see task.complete.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskCompleteItem")]
pub struct Item {
    /// The task.
    #[serde(default)]
    pub id: Option<TaskId>,
    /// The same as `id`.
    #[serde(default)]
    pub task_id: Option<TaskId>,
    /// The fencing token of the lease.
    #[serde(default)]
    pub fence: Option<i64>,
    /// What came out of it.
    #[serde(default)]
    pub result: Option<Json>,
    /// What went wrong: the task ends as failed, and is not tried again.
    #[serde(default)]
    pub error: Option<ErrorText>,
    /// `failed`: the task ends as failed, and is not tried again.
    #[serde(default)]
    pub status: Option<Completion>,
}

/// What became of the reports.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TasksCompleted")]
pub struct CompletedMany {
    /// One answer a task, in the order of the call.
    pub results: Vec<ItemDone>,
    /// How many were accepted.
    pub accepted: usize,
    /// How many were refused.
    pub refused: usize,
}

/// What became of one report.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskCompletedItem")]
pub struct ItemDone {
    /// The task.
    pub id: TaskId,
    /// Whether the report was accepted.
    pub ok: bool,
    /// How the task ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Millis>,
    /// The same report came before; nothing was done again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeated: bool,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ItemError>,
}

/// Why one item was refused.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemError {
    /// The kind of error.
    pub code: Code,
    /// What was wrong, in a sentence.
    pub message: String,
    /// More for programs.
    #[serde(default)]
    pub details: Option<Json>,
}

impl From<store::Refusal> for ItemError {
    fn from(refusal: store::Refusal) -> Self {
        let Error { code, message, details } = refusal.into();
        let details = Some(Json::of(&details)).filter(|_| !details.is_null());
        Self { code, message, details }
    }
}

impl Method for CompleteMany {
    const NAME: &'static str = "task.complete_many";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = CompletedMany;

    async fn call(self, cx: &Context) -> Result<CompletedMany, Error> {
        let worker = reporter(cx, self.worker_id);
        let mut items = Vec::with_capacity(self.items.len());
        for (place, item) in self.items.into_vec().into_iter().enumerate() {
            let at_place = |error| at_place(error, "items", place);
            let task = one_of(item.id, item.task_id).map_err(at_place)?;
            let ending = ending(cx, item.result, item.error, item.status).map_err(at_place)?;
            items.push(store::Report { task, fence: item.fence, worker: worker.clone(), ending });
        }
        let tasks: Vec<TaskId> = items.iter().map(|item| item.task).collect();
        if tasks.is_empty() {
            return Err(Error::invalid(&["items"], "expected 1 to 1000 items, got none"));
        }
        let answers = cx.commit(store::Reports { items }).await?;
        let results: Vec<ItemDone> =
            tasks.into_iter().zip(answers).map(|(id, answer)| done(id, answer)).collect();
        let accepted = results.iter().filter(|item| item.ok).count();
        Ok(CompletedMany { refused: results.len() - accepted, accepted, results })
    }
}

fn done(id: TaskId, answer: Result<store::Settled, store::Refusal>) -> ItemDone {
    match answer {
        Ok(settled) => ItemDone {
            id,
            ok: true,
            status: Some(settled.status),
            completed_at: Some(settled.at),
            repeated: settled.repeated,
            error: None,
        },
        Err(refusal) => ItemDone {
            id,
            ok: false,
            status: None,
            completed_at: None,
            repeated: false,
            error: Some(refusal.into()),
        },
    }
}
