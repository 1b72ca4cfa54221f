//! `session.start`.

use claudebench_core::event::SessionStarted;
use claudebench_core::{Error, Int, Scope, Text};
use claudebench_store::Mark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::memory::{Memory, remember};
use crate::method::{Access, Method};
use crate::note::{Who, note, told};

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
    /// The same as a text for the agent; absent when there is nothing to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How many tasks anybody could claim now.
    pub ready: i64,
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
        let mut marks =
            vec![Mark::Started { folder: self.project_dir.as_ref().map(ToString::to_string) }];
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
        let stats = cx.shared.store.stats(cx.tenant(), None, cx.freshness).await;
        let ready = stats.map_err(store_error)?.ready;
        let text = context.text(tokens);
        Ok(Started { session_id, resumed: noted.events > 1, context, text, ready })
    }
}
