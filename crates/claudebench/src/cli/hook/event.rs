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
        let mut fields: Map<String, Value> = serde_json::from_slice(text)
            .or_else(|error| serde_json::from_str(&mended(text)).map_err(|_| error))?;
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let (name, cwd, tool) =
            (text("hook_event_name").unwrap_or_default(), text("cwd"), text("tool_name"));
        let input = fields.remove("tool_input").unwrap_or_default();
        Ok(Self { fields, name, cwd, tool, input })
    }

    /// Whether an event that cannot be read may be one that rules are about.
    pub(super) fn may_be_judged(text: &[u8]) -> bool {
        [BEFORE, OF_A_SKILL]
            .iter()
            .any(|name| text.windows(name.len()).any(|part| part == name.as_bytes()))
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

/// The same with a sign in place of each half of a character. JavaScript cuts texts between the two halves, and
/// writes what is left.
fn mended(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut mended = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(place) = rest.find('\\') {
        let (before, escape) = rest.split_at(place);
        mended.push_str(before);
        let second = escape.get(6..).and_then(unit);
        let end = match unit(escape) {
            Some(0xD800..=0xDBFF) if matches!(second, Some(0xDC00..=0xDFFF)) => 12,
            Some(_) => 6,
            None => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        let is_half = end == 6 && matches!(unit(escape), Some(0xD800..=0xDFFF));
        mended.push_str(if is_half { "\u{fffd}" } else { &escape[..end] });
        rest = &escape[end..];
    }
    mended.push_str(rest);
    mended
}

/// What an escape stands for: a character, or a half of one.
fn unit(escape: &str) -> Option<u16> {
    u16::from_str_radix(escape.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_with_half_a_character_is_read() {
        for (cut, read) in [
            (r"a \ud83d", "a \u{fffd}"),
            (r"\udc00\ud83dx", "\u{fffd}\u{fffd}x"),
            (r"\ud83d\ud83d\ude00", "\u{fffd}😀"),
            (r"\\ud83d \n\u00e9 \ud83d", "\\ud83d \né \u{fffd}"),
        ] {
            let text = format!(r#"{{"tool_input": {{"command": "{cut}"}}}}"#);
            let event = Event::read(text.as_bytes()).unwrap();
            assert_eq!(event.input["command"], read, "{text}");
        }
        assert!(Event::read(b"{\"cwd\": \"/a\xff\"}").unwrap().cwd.is_some());
        assert!(Event::read(br#"{"cwd": "\"#).is_err());
    }
}
