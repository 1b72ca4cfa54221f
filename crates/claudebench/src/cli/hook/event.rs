//! An event of Claude Code, as its type declarations have it.

use std::path::PathBuf;

use serde_json::{Map, Value};

/// What is looked at in an event; it has more.
#[derive(Debug)]
pub(super) struct Event {
    /// The event as it came.
    pub(super) fields: Map<String, Value>,
    pub(super) name: String,
    pub(super) cwd: Option<String>,
    pub(super) tool: Option<String>,
    /// What the tool is called with.
    pub(super) input: Value,
}

/// A command of a skill runs before the agent sees anything: it cannot be changed, only refused.
pub(super) const OF_A_SKILL: &str = "PreSkillShellCommand";
/// A tool is about to run.
pub(super) const BEFORE: &str = "PreToolUse";
/// A tool has run.
pub(super) const AFTER: &str = "PostToolUse";

impl Event {
    /// Reads one. What is there in another form than today's is as good as not there.
    pub(super) fn read(text: &[u8]) -> Result<Self, serde_json::Error> {
        let mut fields: Map<String, Value> = serde_json::from_slice(text)?;
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let (name, cwd, tool) =
            (text("hook_event_name").unwrap_or_default(), text("cwd"), text("tool_name"));
        let input = fields.remove("tool_input").unwrap_or_default();
        Ok(Self { fields, name, cwd, tool, input })
    }

    /// A text of it, if it is there and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A value of it, which is null if it is not there.
    pub(super) fn value(&self, name: &str) -> Value {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    /// Whether rules are about it.
    pub(super) fn is_judged(&self) -> bool {
        self.tool.is_some() && matches!(self.name.as_str(), BEFORE | OF_A_SKILL)
    }

    /// The folder that the agent works in.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        self.cwd.as_deref().map(PathBuf::from)
    }
}
