//! `system.quorum.vote`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Int, Scope};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};

/// Votes on a decision. It is made once more than half of all instances have voted alike; an
/// instance's last vote counts.
///
/// ```json
/// {"instanceId": "w-1", "decision": "release", "value": "yes", "totalInstances": 3}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemQuorumVote")]
pub struct Vote {
    /// Who votes.
    pub instance_id: Name,
    /// What is voted on.
    pub decision: Name,
    /// For what.
    pub value: Name,
    /// How many may vote in all; 3 if absent.
    #[serde(default)]
    pub total_instances: Option<Int<1, 1_000_000>>,
}

/// How the vote stands.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemQuorumVoted")]
pub struct Voted {
    /// Always true.
    pub voted: bool,
    /// Whether the decision is made.
    pub quorum_reached: bool,
    /// What was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_decision: Option<String>,
    /// The votes for it, or for the value that leads.
    pub vote_count: i64,
}

impl Method for Vote {
    const NAME: &'static str = "system.quorum.vote";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Voted;

    async fn call(self, cx: &Context) -> Result<Voted, Error> {
        let instance = self.instance_id.into_string();
        cx.alive(&instance);
        let change = store::Vote {
            decision: self.decision.into_string(),
            instance,
            value: self.value.into_string(),
            total: self.total_instances.map_or(3, Int::get),
        };
        let tally = cx.commit(change).await?;
        Ok(Voted {
            voted: true,
            quorum_reached: tally.decided.is_some(),
            final_decision: tally.decided,
            vote_count: tally.votes,
        })
    }
}
