//! `hook.pre_compact`.

use claudebench_core::{Error, Scope, Text};
use claudebench_store::Mark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};
use crate::note::{Who, note};

/// An agent is about to shorten what it remembers: what it needs to go on is kept in a snapshot, which
/// `session.rehydrate` gives back.
///
/// ```json
/// {"sessionId": "s-1", "instanceId": "w-1", "contextSize": 150000, "timestamp": 1763913600007}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookPreCompact")]
pub struct PreCompact {
    /// The session.
    pub session_id: Text<1, 200>,
    /// The instance.
    pub instance_id: Text<1, 200>,
    /// How much it remembers, in tokens; 0 if it does not know.
    pub context_size: f64,
    /// When, in milliseconds since 1970.
    pub timestamp: f64,
}

/// It is kept.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookCompacting")]
pub struct Compacting {
    /// Always true.
    pub acknowledged: bool,
    /// Always true: a snapshot that could not be kept is an error.
    pub state_saved: bool,
    /// The snapshot.
    pub snapshot_id: String,
}

impl Method for PreCompact {
    const NAME: &'static str = "hook.pre_compact";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Compacting;

    async fn call(self, cx: &Context) -> Result<Compacting, Error> {
        let id = format!("snap-{}-{}", &*self.session_id, cx.now().0);
        let size = if self.context_size.is_finite() { self.context_size } else { 0.0 };
        let mark = Mark::Snapshot {
            id: id.clone(),
            reason: "pre_compact".into(),
            metadata: None,
            compacting: Some(size),
        };
        let who = Who {
            session: Some(self.session_id.into_string().into()),
            instance: Some(self.instance_id.into_string().into()),
        };
        let noted = note(cx, &who, vec![mark], Vec::new()).await?;
        let snapshot_id = noted.snapshot.map_or(id, |made| made.id);
        Ok(Compacting { acknowledged: true, state_saved: true, snapshot_id })
    }
}
