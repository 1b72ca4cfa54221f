//! An event of Claude Code, and the answer to it, as its type declarations have them.

use std::path::PathBuf;

use claudebench_hooks::{Action, ToolCall, Verdict};
use serde::Serialize;
use serde_json::{Map, Value};

use super::rules::Found;
use crate::config::Config;

/// What is looked at in an event; it has more.
#[derive(Debug)]
pub(super) struct Event {
    hook_event_name: String,
    cwd: Option<String>,
    tool_name: Option<String>,
    tool_input: Value,
}

/// What Claude Code is told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    hook_specific_output: Option<Decision>,
    /// For the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    system_message: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Decision {
    hook_event_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    permission_decision: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permission_decision_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_input: Option<Value>,
    /// For the agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_context: Option<String>,
}

/// A command of a skill runs before the agent sees anything: it cannot be changed, only refused.
const OF_A_SKILL: &str = "PreSkillShellCommand";

impl Event {
    /// Reads one. What is there in another form than today's is as good as not there.
    pub(super) fn read(text: &[u8]) -> Result<Self, serde_json::Error> {
        let mut event: Map<String, Value> = serde_json::from_slice(text)?;
        let text = |name: &str| event.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            hook_event_name: text("hook_event_name").unwrap_or_default(),
            cwd: text("cwd"),
            tool_name: text("tool_name"),
            tool_input: event.remove("tool_input").unwrap_or_default(),
        })
    }

    /// Whether rules are about it.
    pub(super) fn is_judged(&self) -> bool {
        self.tool_name.is_some()
            && matches!(self.hook_event_name.as_str(), "PreToolUse" | OF_A_SKILL)
    }

    /// The folder that the agent works in.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        self.cwd.as_deref().map(PathBuf::from)
    }

    /// What is said about it; nothing, if it simply goes on.
    pub(super) fn answer(self, found: &Found) -> Option<Answer> {
        let home = Config::home();
        let verdict = found.rules.judge(&ToolCall {
            tool: self.tool_name.as_deref().unwrap_or_default(),
            input: &self.tool_input,
            cwd: self.cwd.as_deref(),
            home: home.as_deref(),
        });
        let decision = self.decision(verdict);
        let system_message = found.problem.clone();
        (decision.is_some() || system_message.is_some())
            .then_some(Answer { hook_specific_output: decision, system_message })
    }

    fn decision(self, verdict: Verdict) -> Option<Decision> {
        let of_a_skill = self.hook_event_name == OF_A_SKILL;
        let mut decision = Decision {
            hook_event_name: self.hook_event_name,
            permission_decision: None,
            permission_decision_reason: None,
            updated_input: None,
            additional_context: warnings(&verdict),
        };
        match verdict.action {
            Action::Deny => decision.permission_decision = Some("deny"),
            Action::Ask => decision.permission_decision = Some("ask"),
            // Without a decision: whether it may run at all is for the permissions to say.
            Action::Modify if !of_a_skill => decision.updated_input = verdict.modified.clone(),
            Action::Modify | Action::Warn | Action::Allow => {}
        }
        if decision.permission_decision.is_some() {
            decision.permission_decision_reason = Some(reason(&verdict));
        } else if decision.updated_input.is_some() {
            let changed = format!("The input was changed: {}", reason(&verdict));
            let others = decision.additional_context.take();
            let all = others.into_iter().fold(changed, |all, one| format!("{all}\n{one}"));
            decision.additional_context = Some(all);
        }
        if of_a_skill {
            decision.additional_context = None;
        }
        let says_something = decision.permission_decision.is_some()
            || decision.updated_input.is_some()
            || decision.additional_context.is_some();
        says_something.then_some(decision)
    }
}

/// What the deciding rule says, with its name, so that a person finds it.
fn reason(verdict: &Verdict) -> String {
    let rule = verdict.rule.as_ref().map_or("", |rule| rule.name.as_str());
    format!("{} (rule `{rule}`, {})", verdict.message, verdict.because)
}

fn warnings(verdict: &Verdict) -> Option<String> {
    let lines = verdict.warnings.iter().map(|warning| {
        format!("{} (rule `{}`, {})", warning.message, warning.rule.name, warning.because)
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
