//! `hook.pre_tool`.

use claudebench_core::event::HookPreTool;
use claudebench_core::{Error, Scope, Text};
use claudebench_hooks::{Action, Severity, ToolCall, Verdict, mask};
use claudebench_store::Mark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::context::{Context, store_error};
use crate::json::{Fields, Json};
use crate::method::{Access, Method};
use crate::note::{Who, kept, note, raw, read, told};

/// An agent is about to use a tool: the rules in force say whether it may. What it is called with and the
/// verdict are kept, without secrets.
///
/// ```json
/// {"tool": "Bash", "params": {"command": "ls; rm -rf /"}, "sessionId": "s-1", "instanceId": "w-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookPreTool")]
pub struct PreTool {
    /// The tool, such as `Bash`.
    pub tool: Text<1, 200>,
    /// What it is called with.
    #[serde(default)]
    pub params: Option<Json>,
    /// The session.
    #[serde(default)]
    pub session_id: Option<Text<0, 200>>,
    /// The instance; registered if it is not.
    #[serde(default)]
    pub instance_id: Option<Text<0, 200>>,
    /// When, in milliseconds since 1970; now if absent.
    #[serde(default)]
    pub timestamp: Option<f64>,
    /// What is known besides: `cwd` or `projectDir` is the folder it works in, `home` the home of its user;
    /// with them paths are seen for what they are.
    #[serde(default)]
    pub metadata: Option<Fields>,
}

/// What the rules say.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookJudged")]
pub struct Judged {
    /// Whether it may run. False, too, when a person is to be asked: who cannot ask must not let it run.
    pub allow: bool,
    /// What is done: `allow`, `warn`, `modify`, `ask` or `deny`.
    pub decision: Decision,
    /// Why it may not, or was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What to call it with instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<Json>,
    /// What to tell the agent.
    pub warnings: Vec<String>,
    /// The rule that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// How bad it would be: `low`, `medium`, `high` or `critical`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
}

/// What is done about a tool call, from the mildest to the strictest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "HookDecision")]
pub enum Decision {
    /// It goes on.
    Allow,
    /// It goes on, and the agent is told something.
    Warn,
    /// It goes on with another input.
    Modify,
    /// A person decides.
    Ask,
    /// It does not happen.
    Deny,
}

impl From<Action> for Decision {
    fn from(action: Action) -> Self {
        match action {
            Action::Allow => Self::Allow,
            Action::Warn => Self::Warn,
            Action::Modify => Self::Modify,
            Action::Ask => Self::Ask,
            Action::Deny => Self::Deny,
        }
    }
}

impl Method for PreTool {
    const NAME: &'static str = "hook.pre_tool";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Judged;

    async fn call(self, cx: &Context) -> Result<Judged, Error> {
        let who = Who::new(self.session_id, self.instance_id);
        let (rules, params) =
            (cx.shared.rules.of(cx.tenant(), &cx.shared.store), read(self.params.as_ref()));
        let metadata: Value = self
            .metadata
            .as_ref()
            .and_then(|fields| serde_json::from_str(fields.text()).ok())
            .unwrap_or_default();
        let text = |name: &str| metadata[name].as_str();
        let verdict = rules.await.map_err(store_error)?.judge(&ToolCall {
            tool: &self.tool,
            input: &params,
            cwd: text("cwd").or(text("projectDir")),
            home: text("home"),
        });
        let at = timestamp(cx, self.timestamp);
        let fact = HookPreTool {
            tool: &self.tool,
            params: &kept(&params)?,
            session_id: who.session.as_deref(),
            instance_id: who.instance.as_deref(),
            timestamp: at,
            validation_result: &raw(&shown(&verdict))?,
            life: std::marker::PhantomData,
        };
        let told = vec![told(&fact)?];
        note(cx, &who, vec![Mark::Seen], told).await?;
        Ok(judged(verdict))
    }
}

/// When a hook ran: as it says, or now.
pub(super) fn timestamp(cx: &Context, said: Option<f64>) -> i64 {
    /// The year 2286, in milliseconds.
    const LAST: f64 = 1e13;
    match said {
        #[allow(clippy::cast_possible_truncation, reason = "it is within the bounds")]
        Some(at) if (0.0..LAST).contains(&at) => at as i64,
        _ => cx.now().0,
    }
}

/// A verdict as it is kept.
fn shown(verdict: &Verdict) -> Value {
    json!({
        "allow": verdict.action < Action::Ask,
        "decision": verdict.action,
        "rule": verdict.rule.as_ref().map(|rule| &rule.name),
        "layer": verdict.rule.as_ref().map(|rule| rule.layer),
        "severity": verdict.severity,
        "reason": mask::short(&verdict.message, 1_000),
        "because": mask::short(&verdict.because, 1_000),
        "warnings": warnings(verdict)
            .iter()
            .map(|warning| mask::short(warning, 1_000))
            .collect::<Vec<_>>(),
    })
}

fn warnings(verdict: &Verdict) -> Vec<String> {
    let lines = verdict.warnings.iter().map(|warning| {
        format!("{} (rule `{}`, {})", warning.message, warning.rule.name, warning.because)
    });
    lines.collect()
}

fn judged(verdict: Verdict) -> Judged {
    let warnings = warnings(&verdict);
    let decides = verdict.action >= Action::Modify;
    let reason = verdict
        .rule
        .as_ref()
        .filter(|_| decides)
        .map(|rule| format!("{} (rule `{}`, {})", verdict.message, rule.name, verdict.because));
    let severity = verdict.severity.map(|severity| {
        let name = match severity {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        };
        name.to_owned()
    });
    Judged {
        allow: verdict.action < Action::Ask,
        decision: verdict.action.into(),
        reason,
        modified: verdict.modified.as_ref().map(Json::of),
        warnings,
        rule: verdict.rule.map(|rule| rule.name),
        severity,
    }
}
