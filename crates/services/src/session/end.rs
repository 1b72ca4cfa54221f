//! `session.end`.

use claudebench_core::{Error, Millis, Scope, Text};
use claudebench_store::Mark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::method::{Access, Method};
use crate::note::{Who, note};

/// How many sessions are looked at for others of its instance.
const LOOKED_AT: i64 = 200;

/// A session of an agent is over: what its instance holds, or has parked on it, goes back at once. Where other
/// sessions that are open work as the same instance, only what this one holds by its todos does.
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
        let shares = is_shared(cx, &who).await?;
        let mark = Mark::Ended { reason: reason.unwrap_or_else(|| "other".into()), shares };
        let noted = note(cx, &who, vec![mark], Vec::new()).await?;
        Ok(Ended { ended: true, tasks_reassigned: noted.reassigned })
    }
}

/// Whether another open session works as the same instance. The parts of an agent are no others.
async fn is_shared(cx: &Context, who: &Who) -> Result<bool, Error> {
    let (Some(session), Some(instance)) = (&who.session, &who.instance) else { return Ok(false) };
    let rows = cx.shared.store.sessions(cx.tenant(), Millis(i64::MAX), LOOKED_AT).await;
    let silent = cx.now().plus(-cx.shared.limits.session_lease_ms);
    let part = format!("{session}/");
    Ok(rows.map_err(store_error)?.iter().any(|row| {
        let open = row.ended_at.is_none() && row.seen_at > silent;
        open && row.instance == *instance && row.id != *session && !row.id.starts_with(&part)
    }))
}
