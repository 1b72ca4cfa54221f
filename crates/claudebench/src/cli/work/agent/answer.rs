//! What Claude Code says at the end of a headless run, with `--output-format json`.

use serde::Deserialize;
use serde_json::Value;

/// The last message of a run; it has more.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub(super) struct Answer {
    subtype: String,
    is_error: bool,
    pub(super) result: Option<String>,
    errors: Vec<String>,
    pub(super) total_cost_usd: Option<f64>,
    pub(super) num_turns: Option<u64>,
    pub(super) duration_ms: Option<u64>,
    pub(super) session_id: Option<String>,
    /// The HTTP status of the provider's refusal.
    api_error_status: Option<u16>,
}

/// What an answer comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Meant {
    /// The task is done.
    Done(String),
    /// It cannot be done; trying again cannot help.
    Impossible(String),
    /// It cannot be done now.
    Later(String),
    /// It was stopped at the limit of what it may cost.
    TooDear(String),
    /// The provider allows no more calls now.
    Limited(String),
    /// The provider cannot be reached.
    Unavailable(String),
    /// Nobody is logged in, or may not do this: no task can be done.
    Locked(String),
    /// Something else went wrong.
    Failed(String),
}

/// What the last line of an agent begins with that could not do its task.
pub(super) const FAILED: &str = "TASK FAILED:";
/// The same for one that can be done later.
pub(super) const LATER: &str = "TASK LATER:";

impl Answer {
    /// Finds it in what was written: an object, or the last of a list of messages.
    pub(super) fn read(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text.trim()).ok()?;
        let message = match value {
            Value::Array(messages) => messages.into_iter().rev().find(is_result)?,
            message => Some(message).filter(is_result)?,
        };
        serde_json::from_value(message).ok()
    }

    /// What it comes to.
    pub(super) fn meant(&self) -> Meant {
        let said = self.said();
        match (self.subtype.as_str(), self.api_error_status) {
            ("error_max_budget_usd", _) => Meant::TooDear(said),
            (_, Some(429)) => Meant::Limited(said),
            (_, Some(401 | 403)) => Meant::Locked(said),
            (_, Some(500..)) => Meant::Unavailable(said),
            ("success", _) if !self.is_error => of_text(said),
            _ if is_locked(&said) => Meant::Locked(said),
            _ => Meant::Failed(said),
        }
    }

    fn said(&self) -> String {
        let result = self.result.as_deref().unwrap_or_default().trim();
        if !result.is_empty() {
            return result.to_owned();
        }
        if !self.errors.is_empty() {
            return self.errors.join("\n");
        }
        match self.subtype.as_str() {
            "success" => String::new(),
            "error_max_turns" => "it was stopped at the limit of its turns".into(),
            "error_max_budget_usd" => "it was stopped at the limit of its cost".into(),
            other => format!("the agent ended with {other}"),
        }
    }
}

fn is_result(message: &Value) -> bool {
    message["type"] == "result"
}

/// What an agent that is not logged in says has no number.
fn is_locked(said: &str) -> bool {
    ["Invalid API key", "Please run /login", "Not logged in"].iter().any(|text| said.contains(text))
}

/// The last line of an answer may say that it is none.
fn of_text(said: String) -> Meant {
    let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    // Some like their words bold.
    let plain = last.trim_matches(|c: char| "*_`# ".contains(c));
    for (mark, meant) in [(FAILED, Meant::Impossible as fn(String) -> Meant), (LATER, Meant::Later)]
    {
        if let Some(why) = plain.strip_prefix(mark) {
            return meant(why.trim_matches(|c: char| "*_ ".contains(c)).to_owned());
        }
    }
    Meant::Done(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn meant(message: &Value) -> Meant {
        Answer::read(&message.to_string()).unwrap().meant()
    }

    #[test]
    fn an_answer_is_found_in_an_object_and_in_a_list() {
        let result = json!({
            "type": "result", "subtype": "success", "is_error": false, "result": "All done.",
            "total_cost_usd": 0.25, "num_turns": 7, "duration_ms": 1200, "session_id": "s",
        });
        let list = json!([{"type": "system", "subtype": "init"}, result]);
        for text in [result.to_string(), format!("{list}\n")] {
            let answer = Answer::read(&text).unwrap();
            assert_eq!(answer.meant(), Meant::Done("All done.".into()));
            assert_eq!((answer.total_cost_usd, answer.num_turns), (Some(0.25), Some(7)));
        }
        for text in ["", "Error: no", "{}", "[]", "{\"type\": \"assistant\"}"] {
            assert_eq!(Answer::read(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_line_may_say_that_it_is_none() {
        let of = |result: &str| {
            meant(
                &json!({"type": "result", "subtype": "success", "is_error": false, "result": result}),
            )
        };
        assert_eq!(
            of("I looked.\n\nTASK FAILED: no such page\n"),
            Meant::Impossible("no such page".into())
        );
        assert_eq!(of("**TASK LATER: the site is down**"), Meant::Later("the site is down".into()));
        let quoted = "TASK FAILED: is not what I say\nIt is done.";
        assert_eq!(of(quoted), Meant::Done(quoted.into()));
    }

    #[test]
    fn errors_are_told_apart() {
        let of = |subtype: &str, more: Value| {
            let mut message = json!({"type": "result", "subtype": subtype, "is_error": true});
            message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            meant(&message)
        };
        let none = || json!({});
        assert!(matches!(of("error_max_budget_usd", none()), Meant::TooDear(_)));
        assert!(matches!(of("error_max_turns", none()), Meant::Failed(_)));
        assert_eq!(
            of("error_during_execution", json!({"errors": ["a", "b"]})),
            Meant::Failed("a\nb".into())
        );
        let status = |status: u16| json!({"result": "API Error", "api_error_status": status});
        assert!(matches!(of("success", status(429)), Meant::Limited(_)));
        assert!(matches!(of("success", status(529)), Meant::Unavailable(_)));
        assert!(matches!(of("success", status(401)), Meant::Locked(_)));
        assert!(matches!(of("success", status(400)), Meant::Failed(_)));
        let locked = json!({"result": "Invalid API key · Please run /login"});
        assert!(matches!(of("success", locked), Meant::Locked(_)));
    }
}
