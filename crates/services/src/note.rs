//! What the hooks, sessions and commits of agents have in common: who they are of, and how they are kept.

use std::sync::Arc;

use claudebench_coordination::{Present, SESSION_ROLE};
use claudebench_core::event::Fact;
use claudebench_core::{Code, Error, Text};
use claudebench_hooks::mask;
use claudebench_store::{Mark, NoteSession, Noted, Register, Told};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::context::{Context, submit_error};
use crate::json::Json;

/// Who runs a hook.
#[derive(Clone, Debug, Default)]
pub(crate) struct Who {
    pub(crate) session: Option<Arc<str>>,
    pub(crate) instance: Option<Arc<str>>,
}

impl Who {
    /// As the params have it; an empty id is none.
    pub(crate) fn new(session: Option<Text<0, 200>>, instance: Option<Text<0, 200>>) -> Self {
        let id = |id: Option<Text<0, 200>>| {
            id.map(Text::into_string).filter(|id| !id.is_empty()).map(Arc::from)
        };
        Self { session: id(session), instance: id(instance) }
    }
}

/// A fact, to be kept with a note.
pub(crate) fn told<F: Fact>(fact: &F) -> Result<Told, Error> {
    Told::of(fact).map_err(unwritable)
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::new(Code::Internal, format!("an event cannot be written: {error}"))
}

/// A value that may be read, or nothing.
pub(crate) fn read(json: Option<&Json>) -> Value {
    json.and_then(|json| serde_json::from_str(json.text()).ok()).unwrap_or_default()
}

/// A value as it is kept: without secrets, and cut.
pub(crate) fn kept(value: &Value) -> Result<Box<RawValue>, Error> {
    to_raw_value(&mask::value(value)).map_err(unwritable)
}

/// Any value as JSON.
pub(crate) fn raw(value: &impl serde::Serialize) -> Result<Box<RawValue>, Error> {
    to_raw_value(value).map_err(unwritable)
}

/// Keeps what a session did, with what follows from it. Its instance is registered if it is not, and
/// this is a sign of its life.
pub(crate) async fn note(
    cx: &Context,
    who: &Who,
    marks: Vec<Mark>,
    told: Vec<Told>,
) -> Result<Noted, Error> {
    let (tenant, presence) = (cx.tenant(), &cx.shared.presence);
    let ends = marks.iter().any(|mark| matches!(mark, Mark::Ended { shares: false, .. }));
    let roles: Vec<Arc<str>> = vec![SESSION_ROLE.into()];
    let instance = who.instance.as_ref().map(|id| Register {
        id: id.clone(),
        roles: roles.clone(),
        metadata: None,
        became_leader: presence.count_of(tenant) == 0,
    });
    let write = NoteSession {
        session: who.session.clone(),
        instance,
        told,
        marks,
        lease_ms: cx.shared.limits.session_lease_ms,
    };
    let mut meta = cx.meta();
    meta.session = who.session.clone().or(meta.session);
    let noted = cx.shared.committer.submit(meta, write).await.map_err(submit_error)?;
    let Some(id) = &who.instance else { return Ok(noted) };
    if ends {
        presence.leave(tenant, id);
    } else if noted.registered {
        let seen_at = cx.now();
        presence.enter(Present { tenant, id: id.clone(), roles: roles.into(), seen_at });
    } else if !cx.alive(id) {
        cx.knows(id).await?;
        cx.alive(id);
    }
    if let Some(end) = noted.leased_until {
        cx.leased(id, end);
    }
    Ok(noted)
}
