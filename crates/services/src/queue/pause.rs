//! `queue.pause`.

use claudebench_core::bounded::Name;
use claudebench_core::lane::PauseScope;
use claudebench_core::{Error, Int, Millis, Scope, Text};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Named;
use crate::context::Context;
use crate::method::{Access, Method};

/// Holds claims back: from a project, in a role, of tasks with a tag, by a worker, or all. What is
/// being worked on goes on. A pause at the same place is replaced.
///
/// ```json
/// {"project": "site", "reason": "release in progress", "forMs": 600000}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "QueuePause")]
pub struct Pause {
    /// `true`: every task.
    pub all: Option<bool>,
    /// The tasks of this project.
    pub project: Option<Name>,
    /// Claims in this role. Tasks that other roles may claim too go on there.
    pub role: Option<Name>,
    /// The tasks with this tag.
    pub tag: Option<Name>,
    /// Claims by this worker: it gets no more tasks, not even those that are parked on it. It need
    /// not be there; the pause outlasts its registration.
    pub worker: Option<Name>,
    /// Why.
    pub reason: Option<Text<0, 500>>,
    /// When it ends by itself.
    pub until: Option<Millis>,
    /// Instead of `until`: it ends after so many milliseconds.
    pub for_ms: Option<Int<1, 31_536_000_000>>,
}

/// Claims are held back.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "QueuePaused")]
pub struct Paused {
    /// What is held back.
    pub scope: PauseScope,
    /// Since when.
    pub paused_at: Millis,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
}

impl Method for Pause {
    const NAME: &'static str = "queue.pause";
    const ACCESS: Access = Access::Write(Scope::SystemWrite);
    type Output = Paused;

    async fn call(self, cx: &Context) -> Result<Paused, Error> {
        let Self { all, project, role, tag, worker, .. } = self;
        let scope = Named { all, project, role, tag, worker }.scope()?;
        let until = match (self.until, self.for_ms) {
            (Some(_), Some(_)) => {
                return Err(Error::invalid(&["forMs"], "expected until or forMs, not both"));
            }
            (Some(until), None) => Some(store::Until::At(until)),
            (None, for_ms) => for_ms.map(|ms| store::Until::For(ms.get())),
        };
        let reason = self.reason.map(Text::into_string).filter(|reason| !reason.is_empty());
        let said = self.until;
        let paused = cx.commit(store::Pause { scope: scope.clone(), reason, until }).await?;
        // An answer that an earlier version kept does not have it.
        Ok(Paused { scope, paused_at: paused.at, until: paused.until.or(said) })
    }
}
