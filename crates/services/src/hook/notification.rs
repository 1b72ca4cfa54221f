//! `hook.notification`.

use claudebench_core::event::NotificationReceived;
use claudebench_core::{Error, Scope, Text};
use claudebench_hooks::mask;
use claudebench_store::Mark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pre_tool::timestamp;
use crate::context::Context;
use crate::method::{Access, Method};
use crate::note::{Who, note, told};

/// An agent tells its person something, such as that it waits: whoever follows the events sees it.
///
/// ```json
/// {"message": "Claude needs your permission", "type": "warning", "sessionId": "s-1", "instanceId": "w-1", "timestamp": 1763913600007}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookNotification")]
pub struct Notification {
    /// What it says.
    pub message: Text<0, 10_000>,
    /// `info`, `warning`, `error`, `success`, or what its client calls it.
    pub r#type: Text<0, 200>,
    /// The session.
    pub session_id: Text<1, 200>,
    /// The instance.
    pub instance_id: Text<1, 200>,
    /// When, in milliseconds since 1970.
    pub timestamp: f64,
}

/// It is kept.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookReceived")]
pub struct Received {
    /// Always true.
    pub received: bool,
    /// Always true: it is an event that others can follow.
    pub broadcasted: bool,
}

impl Method for Notification {
    const NAME: &'static str = "hook.notification";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Received;

    async fn call(self, cx: &Context) -> Result<Received, Error> {
        let fact = NotificationReceived {
            message: &mask::short(&self.message, 2_000),
            notification_type: &self.r#type,
            instance_id: &self.instance_id,
            session_id: &self.session_id,
            timestamp: timestamp(cx, Some(self.timestamp)),
            life: std::marker::PhantomData,
        };
        let facts = vec![told(&fact)?];
        let who = Who {
            session: Some(self.session_id.into_string().into()),
            instance: Some(self.instance_id.into_string().into()),
        };
        note(cx, &who, vec![Mark::Seen], facts).await?;
        Ok(Received { received: true, broadcasted: true })
    }
}
