//! `hook.event`.

use claudebench_core::bounded::Name;
use claudebench_core::event::HookOther;
use claudebench_core::{Error, Scope, Text};
use claudebench_store::Mark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::pre_tool::timestamp;
use crate::context::Context;
use crate::json::Json;
use crate::method::{Access, Method};
use crate::note::{Who, kept, note, read, told};

/// Any other hook of an agent ran: it is kept, without secrets and cut.
///
/// ```json
/// {"hookEvent": "SubagentStart", "data": {"agent_type": "reviewer"}, "sessionId": "s-1", "instanceId": "w-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookEvent")]
pub struct HookEvent {
    /// The hook, as the agent names it.
    pub hook_event: Name,
    /// What came with it.
    #[serde(default)]
    pub data: Option<Json>,
    /// The session.
    #[serde(default)]
    pub session_id: Option<Text<0, 200>>,
    /// The instance; registered if it is not.
    #[serde(default)]
    pub instance_id: Option<Text<0, 200>>,
    /// When, in milliseconds since 1970; now if absent.
    #[serde(default)]
    pub timestamp: Option<f64>,
}

/// It is kept.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookRecorded")]
pub struct Recorded {
    /// Always true.
    pub recorded: bool,
}

/// The public client calls a method of its own for each hook that it does not know, with what came with the
/// hook as `data`: what `hook.event` is told of that.
#[must_use]
pub fn of_unknown(method: &str, params: Option<&RawValue>) -> Option<Box<RawValue>> {
    let name = method.strip_prefix("hook.").filter(|name| !name.is_empty())?;
    let mut params: Map<String, Value> = serde_json::from_str(params?.get()).ok()?;
    let data = params.get("data")?.as_object()?;
    let named = data.get("hook_event_name").and_then(Value::as_str).unwrap_or(name).to_owned();
    params.insert("hookEvent".into(), named.into());
    serde_json::value::to_raw_value(&params).ok()
}

impl Method for HookEvent {
    const NAME: &'static str = "hook.event";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Recorded;

    async fn call(self, cx: &Context) -> Result<Recorded, Error> {
        let who = Who::new(self.session_id, self.instance_id);
        let fact = HookOther {
            hook_event: &self.hook_event,
            data: &kept(&read(self.data.as_ref()))?,
            session_id: who.session.as_deref(),
            instance_id: who.instance.as_deref(),
            timestamp: timestamp(cx, self.timestamp),
            life: std::marker::PhantomData,
        };
        let facts = vec![told(&fact)?];
        note(cx, &who, vec![Mark::Seen], facts).await?;
        Ok(Recorded { recorded: true })
    }
}
