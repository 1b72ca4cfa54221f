//! `hook.agent_stop`.

use claudebench_core::event::AgentStopped;
use claudebench_core::{Error, Scope, Text};
use claudebench_store::Mark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pre_tool::timestamp;
use crate::context::Context;
use crate::method::{Access, Method};
use crate::note::{Who, note, told};

/// An agent, or a part of it, has stopped for now. What it holds stays its own: `session.end` or
/// `system.unregister` give that back.
///
/// ```json
/// {"instanceId": "w-1", "sessionId": "s-1", "agentType": "main", "timestamp": 1763913600007}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookAgentStop")]
pub struct AgentStop {
    /// The instance.
    pub instance_id: Text<1, 200>,
    /// The session.
    pub session_id: Text<1, 200>,
    /// `main` or `subagent`; anything else counts as `unknown`.
    pub agent_type: Text<0, 200>,
    /// When, in milliseconds since 1970.
    pub timestamp: f64,
}

/// It is kept.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookStopped")]
pub struct Stopped {
    /// Always true.
    pub acknowledged: bool,
    /// Always false: an agent that has stopped goes on with the next prompt.
    pub cleaned_up: bool,
}

impl Method for AgentStop {
    const NAME: &'static str = "hook.agent_stop";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Stopped;

    async fn call(self, cx: &Context) -> Result<Stopped, Error> {
        let agent_type = match &*self.agent_type {
            known @ ("main" | "subagent") => known,
            _ => "unknown",
        };
        let fact = AgentStopped {
            instance_id: &self.instance_id,
            session_id: &self.session_id,
            agent_type,
            timestamp: timestamp(cx, Some(self.timestamp)),
            cleaned_up: false,
            life: std::marker::PhantomData,
        };
        let facts = vec![told(&fact)?];
        let who = Who {
            session: Some(self.session_id.into_string().into()),
            instance: Some(self.instance_id.into_string().into()),
        };
        note(cx, &who, vec![Mark::Seen], facts).await?;
        Ok(Stopped { acknowledged: true, cleaned_up: false })
    }
}
