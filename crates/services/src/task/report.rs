//! What the methods that end an attempt have in common.

use std::sync::Arc;

use claudebench_core::bounded::Name;
use claudebench_core::{Code, Error, Millis, Status, TaskId, Text};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::json::Json;

/// The text of an error.
pub(super) type ErrorText = Text<0, 10_000>;

/// How a completed attempt went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Completion {
    /// With success.
    Completed,
    /// Without, and for good.
    Failed,
}

/// The ending that a completion asks for: with success, unless it says otherwise.
pub(super) fn ending(
    cx: &Context,
    result: Option<Json>,
    error: Option<ErrorText>,
    status: Option<Completion>,
) -> Result<store::Ending, Error> {
    let max = cx.shared.limits.result_bytes;
    let result = result.map(|result| result.bounded("result", max)).transpose()?;
    let error = error.map(Text::into_string).filter(|error| !error.is_empty());
    Ok(if error.is_some() || status == Some(Completion::Failed) {
        store::Ending::CompletedFailed { result, error }
    } else {
        store::Ending::Completed { result }
    })
}

/// The worker that reports; a sign of its life.
pub(super) fn reporter(cx: &Context, worker: Option<Name>) -> Option<Arc<str>> {
    let worker: Arc<str> = worker?.into_string().into();
    cx.alive(&worker);
    Some(worker)
}

/// Sends one report.
pub(super) async fn report(cx: &Context, report: store::Report) -> Result<store::Settled, Error> {
    let answers = cx.commit(store::Reports { items: vec![report] }).await?;
    match answers.into_iter().next() {
        Some(answer) => answer.map_err(Error::from),
        None => Err(Error::new(Code::Internal, "a report got no answer")),
    }
}

/// Where a task stands after an attempt ended.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskSettled")]
pub struct Settled {
    /// The task.
    pub id: TaskId,
    /// Where it stands now.
    pub status: Status,
    /// The attempt that ended.
    pub attempt: i64,
    /// When it may be claimed again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Millis>,
    /// Whether it is a dead letter now.
    pub dead: bool,
    /// The same report came before; nothing was done again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeated: bool,
}

impl From<store::Settled> for Settled {
    fn from(settled: store::Settled) -> Self {
        Self {
            id: settled.task,
            status: settled.status,
            attempt: settled.attempt,
            retry_at: settled.retry_at,
            dead: settled.dead,
            repeated: settled.repeated,
        }
    }
}
