//! `queue.resume`.

use claudebench_core::bounded::Name;
use claudebench_core::lane::PauseScope;
use claudebench_core::{Error, Millis, Scope};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Named;
use crate::context::Context;
use crate::method::{Access, Method};

/// Lets claims go on where queue.pause held them back. Other pauses stay.
///
/// ```json
/// {"project": "site"}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "QueueResume")]
pub struct Resume {
    /// `true`: the pause of every task.
    pub all: Option<bool>,
    /// The pause of this project.
    pub project: Option<Name>,
    /// The pause of this role.
    pub role: Option<Name>,
    /// The pause of this tag.
    pub tag: Option<Name>,
    /// The pause of this worker.
    pub worker: Option<Name>,
}

/// Claims go on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "QueueResumed")]
pub struct Resumed {
    /// What was held back.
    pub scope: PauseScope,
    /// Since when it goes on.
    pub resumed_at: Millis,
}

impl Method for Resume {
    const NAME: &'static str = "queue.resume";
    const ACCESS: Access = Access::Write(Scope::SystemWrite);
    type Output = Resumed;

    async fn call(self, cx: &Context) -> Result<Resumed, Error> {
        let Self { all, project, role, tag, worker } = self;
        let scope = Named { all, project, role, tag, worker }.scope()?;
        let resumed_at = cx.commit(store::Resume { scope: scope.clone() }).await?;
        Ok(Resumed { scope, resumed_at })
    }
}
