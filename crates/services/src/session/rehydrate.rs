//! `session.rehydrate`.

use claudebench_core::{Error, Int, Scope, Text};
use claudebench_store::{EventQuery, Mark, SessionRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::memory::{Memory, remember};
use crate::method::{Access, Method};
use crate::note::{Who, note};

/// Gives a session what it needs to go on: as it is now, or as a snapshot has it.
///
/// ```json
/// {"sessionId": "s-1", "instanceId": "w-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionRehydrate")]
pub struct Rehydrate {
    /// The session.
    pub session_id: Text<1, 200>,
    /// The instance; registered if it is not.
    pub instance_id: Text<1, 200>,
    /// As this snapshot has it; as it is now if absent.
    #[serde(default)]
    pub snapshot_id: Option<Text<0, 500>>,
    /// Only prompts and tools from then on, in milliseconds since 1970.
    #[serde(default)]
    pub from_timestamp: Option<f64>,
    /// How long the text for the agent may be, in tokens; 1,000 if absent.
    #[serde(default)]
    pub max_tokens: Option<Int<0, 20_000>>,
}

/// What a session needs to go on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionRehydrated")]
pub struct Rehydrated {
    /// The session.
    pub session_id: String,
    /// Whether there was anything: false for a session that is not known, or a snapshot that it has not.
    pub rehydrated: bool,
    /// The snapshot: the one that was asked for, or the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotFacts>,
    /// What it needs to go on.
    pub context: Memory,
    /// The same as a text for the agent; absent when there is nothing to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A snapshot of a session.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SnapshotFacts")]
pub struct SnapshotFacts {
    /// Its id.
    pub id: String,
    /// When it was made, in milliseconds since 1970.
    pub timestamp: i64,
    /// How many events the session had.
    pub event_count: i64,
}

impl Method for Rehydrate {
    const NAME: &'static str = "session.rehydrate";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Rehydrated;

    async fn call(self, cx: &Context) -> Result<Rehydrated, Error> {
        let session_id = self.session_id.into_string();
        let snapshot_id = self.snapshot_id.map(Text::into_string).filter(|id| !id.is_empty());
        let nothing = |session_id| Rehydrated {
            session_id,
            rehydrated: false,
            snapshot: None,
            context: Memory::default(),
            text: None,
        };
        let found = cx.shared.store.session(cx.tenant(), session_id.as_str().into()).await;
        let Some(mut session) = found.map_err(store_error)? else { return Ok(nothing(session_id)) };
        let who = Who {
            session: Some(session_id.as_str().into()),
            instance: Some(self.instance_id.into_string().into()),
        };
        if let Some(from) = self.from_timestamp {
            forget_before(&mut session, from);
        }
        let mut context = remember(cx, &session).await?;
        if let Some(id) = &snapshot_id {
            match kept(cx, &session, id).await? {
                Some(kept) => context = kept,
                None => return Ok(nothing(session_id)),
            }
        }
        let mark = Mark::Rehydrated { snapshot: snapshot_id };
        let noted = note(cx, &who, vec![mark], Vec::new()).await?;
        let snapshot = noted.snapshot.map(|made| SnapshotFacts {
            id: made.id,
            timestamp: made.at.0,
            event_count: made.events,
        });
        let tokens = usize::try_from(self.max_tokens.map_or(1_000, Int::get)).unwrap_or(0);
        let text = context.text(tokens);
        Ok(Rehydrated { session_id, rehydrated: true, snapshot, context, text })
    }
}

fn forget_before(session: &mut SessionRow, from: f64) {
    #[allow(clippy::cast_precision_loss, reason = "a time in milliseconds is exact")]
    let later = |at: claudebench_core::Millis| at.0 as f64 >= from;
    session.state.prompts.retain(|said| later(said.at));
    session.state.tools.retain(|tool| later(tool.at));
    let tools: Vec<_> = session.state.tools.iter().map(|tool| tool.name.clone()).collect();
    session.state.recent_tools.retain(|name| tools.contains(name));
}

/// What a snapshot holds. It stands in the event that told of it.
async fn kept(cx: &Context, session: &SessionRow, id: &str) -> Result<Option<Memory>, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Told {
        snapshot_id: String,
        context: Memory,
    }
    if !session.state.snapshots.iter().any(|of| of.id == id) {
        return Ok(None);
    }
    let query = EventQuery {
        tenant: Some(cx.tenant()),
        scopes: cx.principal.scopes,
        after: None,
        task: None,
        project: None,
        session: Some(session.id.clone()),
        kinds: vec!["session.snapshot.created".into()],
        limit: 20,
        newest_first: true,
    };
    let page = cx.shared.store.events(query, cx.freshness).await.map_err(store_error)?;
    let mut told = page
        .events
        .iter()
        .filter_map(|event| serde_json::from_str::<Told>(event.payload.get()).ok());
    Ok(told.find(|told| told.snapshot_id == id).map(|told| told.context))
}
