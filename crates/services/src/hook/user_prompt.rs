//! `hook.user_prompt`.

use claudebench_core::event::HookUserPrompt;
use claudebench_core::{Error, Scope, Text};
use claudebench_hooks::mask;
use claudebench_store::Mark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::pre_tool::timestamp;
use super::todo_write::WentApart;
use crate::context::Context;
use crate::json::Fields;
use crate::method::{Access, Method};
use crate::note::{Who, kept, note, told};

/// The most bytes of a prompt that are kept.
const KEPT: usize = 8_000;

/// Somebody tells an agent what to do: it is kept, without secrets. The answer tells of todos whose tasks went
/// another way meanwhile.
///
/// ```json
/// {"prompt": "Write the tests", "context": {}, "sessionId": "s-1", "instanceId": "w-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookUserPrompt")]
pub struct UserPrompt {
    /// What the agent is told.
    pub prompt: Text<1, 1_000_000>,
    /// What its client says of itself.
    pub context: Fields,
    /// The session.
    #[serde(default)]
    pub session_id: Option<Text<0, 200>>,
    /// The instance; registered if it is not.
    #[serde(default)]
    pub instance_id: Option<Text<0, 200>>,
    /// When, in milliseconds since 1970; now if absent.
    #[serde(default)]
    pub timestamp: Option<f64>,
    /// Whether this was kept while the server was away: nobody reads the answer any more. Tasks that went another
    /// way are told with the next prompt.
    #[serde(default)]
    pub late: bool,
}

/// The prompt is kept.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookPrompted")]
pub struct Prompted {
    /// The prompt with warnings behind it, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// Todos whose tasks went another way since this was told last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<WentApart>,
}

impl Method for UserPrompt {
    const NAME: &'static str = "hook.user_prompt";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Prompted;

    async fn call(self, cx: &Context) -> Result<Prompted, Error> {
        let who = Who::new(self.session_id, self.instance_id);
        let context: Value = serde_json::from_str(self.context.text()).unwrap_or_default();
        let modified = warned(&self.prompt);
        let prompt = mask::short(&self.prompt, KEPT);
        let shown = modified.as_ref().map(|text| mask::short(text, KEPT));
        let fact = HookUserPrompt {
            prompt: &prompt,
            original_prompt: &prompt,
            modified_prompt: shown.as_deref().unwrap_or(&prompt),
            context: &kept(&context)?,
            session_id: who.session.as_deref(),
            instance_id: who.instance.as_deref(),
            timestamp: timestamp(cx, self.timestamp),
            modified: modified.is_some(),
            life: std::marker::PhantomData,
        };
        let facts = vec![told(&fact)?];
        let noted =
            note(cx, &who, vec![Mark::Prompt { text: prompt, tells: !self.late }], facts).await?;
        let apart = noted.apart.into_iter().map(WentApart::from).collect();
        Ok(Prompted { modified, apart })
    }
}

/// The prompt with a line for each thing that asks for care. It is never refused.
fn warned(prompt: &str) -> Option<String> {
    let text = prompt.to_lowercase();
    let deletes = ["rm -rf /", "rm -fr /", "rm -r -f /", "rm -f -r /"];
    let secrets = ["password", "secret", "api key"];
    let warnings = [
        (deletes.iter().any(|sign| text.contains(sign)), "This would delete everything."),
        (text.contains("drop database"), "This would delete a database."),
        (
            secrets.iter().any(|sign| text.contains(sign)),
            "Do not write secrets into files, commands or answers.",
        ),
    ];
    let lines: Vec<&str> = warnings.iter().filter(|(is, _)| *is).map(|(_, line)| *line).collect();
    (!lines.is_empty()).then(|| format!("{prompt}\n\nWarning: {}", lines.join("\nWarning: ")))
}
