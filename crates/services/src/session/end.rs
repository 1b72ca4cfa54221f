//! `session.end`.

use claudebench_core::{Error, Scope, Text};
use claudebench_store::Mark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};
use crate::note::{Who, note};

/// A session of an agent is over: what its instance holds, or has parked on it, goes back at once.
///
/// ```json
/// {"sessionId": "s-1", "instanceId": "w-1", "reason": "exit"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionEnd")]
pub struct EndSession {
    /// The session.
    pub session_id: Text<1, 200>,
    /// The instance.
    pub instance_id: Text<1, 200>,
    /// Why.
    #[serde(default)]
    pub reason: Option<Text<0, 200>>,
}

/// The session is over.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionOver")]
pub struct Ended {
    /// Always true.
    pub ended: bool,
    /// How many tasks went back.
    pub tasks_reassigned: i64,
}

impl Method for EndSession {
    const NAME: &'static str = "session.end";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Ended;

    async fn call(self, cx: &Context) -> Result<Ended, Error> {
        let reason = self.reason.map(Text::into_string).filter(|reason| !reason.is_empty());
        let who = Who {
            session: Some(self.session_id.into_string().into()),
            instance: Some(self.instance_id.into_string().into()),
        };
        let mark = Mark::Ended { reason: reason.unwrap_or_else(|| "other".into()) };
        let noted = note(cx, &who, vec![mark], Vec::new()).await?;
        Ok(Ended { ended: true, tasks_reassigned: noted.reassigned })
    }
}
