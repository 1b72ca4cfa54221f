//! `session.start`.

use claudebench_core::event::SessionStarted;
use claudebench_core::{Error, Int, Millis, Scope, Text};
use claudebench_store::Mark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::memory::{BYTES_A_TOKEN, Memory, remember};
use crate::method::{Access, Method};
use crate::note::{Who, note, told};

/// How many sessions are looked at for the one before.
const LOOKED_AT: i64 = 50;

/// A session of an agent begins, or goes on: its instance is registered, and the answer tells what it needs
/// to go on.
///
/// ```json
/// {"sessionId": "s-1", "instanceId": "w-1", "projectDir": "/srv/site", "source": "startup"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionStart")]
pub struct StartSession {
    /// The session.
    pub session_id: Text<1, 200>,
    /// The instance; registered if it is not.
    pub instance_id: Text<1, 200>,
    /// The folder that it works in.
    #[serde(default)]
    pub project_dir: Option<Text<0, 4096>>,
    /// Why: `startup`, `resume`, `clear`, `compact` or what its client calls it.
    #[serde(default)]
    pub source: Option<Text<0, 100>>,
    /// How long the text for the agent may be, in tokens; 1,000 if absent.
    #[serde(default)]
    pub max_tokens: Option<Int<0, 20_000>>,
}

/// The session has begun.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionBegun")]
pub struct Started {
    /// The session.
    pub session_id: String,
    /// Whether it was known before.
    pub resumed: bool,
    /// What it needs to go on.
    pub context: Memory,
    /// What the session before it in the same folder has left, for one that is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
    /// The same as a text for the agent; absent when there is nothing to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How many tasks anybody could claim now.
    pub ready: i64,
}

/// What a session has left.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SessionPrevious")]
pub struct Previous {
    /// The session.
    pub session_id: String,
    /// What it would need to go on. Its tasks have gone back: its todos name them.
    pub context: Memory,
}

impl Method for StartSession {
    const NAME: &'static str = "session.start";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Started;

    async fn call(self, cx: &Context) -> Result<Started, Error> {
        let source = self.source.as_deref().filter(|source| !source.is_empty());
        let fact = SessionStarted {
            session_id: &self.session_id,
            instance_id: &self.instance_id,
            source: source.unwrap_or("startup"),
            project_dir: self.project_dir.as_deref(),
            timestamp: cx.now().0,
            life: std::marker::PhantomData,
        };
        let folder = self.project_dir.as_ref().map(ToString::to_string);
        let mut marks = vec![Mark::Started { folder: folder.clone() }];
        if matches!(source, Some("resume" | "compact")) {
            marks.push(Mark::Rehydrated { snapshot: None });
        }
        let facts = vec![told(&fact)?];
        let session_id = self.session_id.into_string();
        let who = Who {
            session: Some(session_id.as_str().into()),
            instance: Some(self.instance_id.into_string().into()),
        };
        let noted = note(cx, &who, marks, facts).await?;
        let tokens = self.max_tokens.map_or(1_000, Int::get);
        let tokens = usize::try_from(tokens).unwrap_or(0);
        let found = cx.shared.store.session(cx.tenant(), session_id.as_str().into()).await;
        let context = match found.map_err(store_error)? {
            Some(session) => remember(cx, &session).await?,
            None => Memory::default(),
        };
        let previous = match &folder {
            Some(folder) if noted.events == 1 => before(cx, folder, &session_id).await?,
            _ => None,
        };
        let stats = cx.shared.store.stats(cx.tenant(), None, cx.freshness).await;
        let ready = stats.map_err(store_error)?.ready;
        let text = text(&context, previous.as_ref(), tokens);
        Ok(Started { session_id, resumed: noted.events > 1, context, previous, text, ready })
    }
}

/// The last session that worked in a folder and is over, or has been silent for so long that it seems so.
async fn before(cx: &Context, folder: &str, session: &str) -> Result<Option<Previous>, Error> {
    let rows = cx.shared.store.sessions(cx.tenant(), Millis(i64::MAX), LOOKED_AT).await;
    let silent = cx.now().plus(-cx.shared.limits.session_lease_ms);
    let found = rows.map_err(store_error)?.into_iter().find(|row| {
        let over = row.ended_at.is_some() || row.seen_at <= silent;
        over && &*row.id != session && row.state.folder.as_deref() == Some(folder)
    });
    Ok(found.map(|row| Previous { session_id: row.id.to_string(), context: Memory::of(&row) }))
}

/// What the agent is told, in at most so many tokens.
fn text(context: &Memory, previous: Option<&Previous>, tokens: usize) -> Option<String> {
    const HEADING: &str = "The session before, in this folder, has left:\n";
    let own = context.text(tokens);
    let used = own.as_deref().map_or(0, |text| text.len() + 1) + HEADING.len();
    let left = tokens.saturating_sub(used.div_ceil(BYTES_A_TOKEN));
    let before = previous.and_then(|previous| previous.context.text(left));
    match (own, before) {
        (own, None) => own,
        (None, Some(before)) => Some(format!("{HEADING}{before}")),
        (Some(own), Some(before)) => Some(format!("{own}\n{HEADING}{before}")),
    }
}
