//! Values on the command line: durations, times, JSON, and the params that they become.

use claudebench_core::{Cursor, Millis, TaskId};
use serde::Serialize;
use serde_json::{Map, Value};

/// The params of a call.
#[derive(Clone, Default, PartialEq, Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Params(Map<String, Value>);

impl Params {
    /// None.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// One more.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// One more, if it was given.
    #[must_use]
    pub(super) fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// A list, if anything is in it.
    #[must_use]
    pub(super) fn list(self, name: &str, values: &[impl ToString]) -> Self {
        if values.is_empty() {
            return self;
        }
        self.with(name, values.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    /// A flag, if it was given.
    #[must_use]
    pub(super) fn flag(self, name: &str, given: bool) -> Self {
        if given { self.with(name, true) } else { self }
    }

    /// As an object.
    pub(super) fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

/// Milliseconds of a duration such as `90s`, `5m` or `1h30m`.
pub(super) fn duration(text: &str) -> Result<i64, String> {
    let wrong = || format!("expected a duration such as 500ms, 90s, 5m, 1h30m or 7d, got `{text}`");
    if text == "0" {
        return Ok(0);
    }
    let mut rest = text;
    let mut total = 0_i64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: i64 = rest[..end].parse().map_err(|_| wrong())?;
        rest = &rest[end..];
        let end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        rest = &rest[end..];
        let part = number.checked_mul(unit).ok_or_else(wrong)?;
        total = total.checked_add(part).ok_or_else(wrong)?;
    }
    if text.is_empty() { Err(wrong()) } else { Ok(total) }
}

/// A time with its offset.
pub(super) fn time(text: &str) -> Result<Millis, String> {
    serde_json::from_value(Value::from(text)).map_err(|e| e.to_string())
}

/// A task's id.
pub(super) fn task_id(text: &str) -> Result<TaskId, String> {
    text.parse().map_err(|e| format!("{e}"))
}

/// A cursor.
pub(super) fn cursor(text: &str) -> Result<Cursor, String> {
    text.parse().map_err(|e| format!("{e}"))
}

/// JSON, or else a plain text.
pub(super) fn json_or_text(text: &str) -> Result<Value, String> {
    Ok(serde_json::from_str(text).unwrap_or_else(|_| text.into()))
}

/// JSON.
pub(super) fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|e| format!("expected JSON: {e}"))
}

/// A JSON object.
pub(super) fn object(text: &str) -> Result<Value, String> {
    match json(text)? {
        value @ Value::Object(_) => Ok(value),
        _ => Err("expected a JSON object, such as {\"branch\":\"main\"}".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn durations_carry_their_unit() {
        for (text, ms) in
            [("0", 0), ("500ms", 500), ("90s", 90_000), ("1h30m", 5_400_000), ("7d", 604_800_000)]
        {
            assert_eq!(duration(text), Ok(ms), "{text}");
        }
        for text in ["", "5", "s", "5 m", "-5s", "5w", "1.5h", "99999999999999999999s"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert!(duration(&format!("{}d", i64::MAX)).is_err());
    }

    #[test]
    fn what_was_not_given_is_not_sent() {
        let params = Params::new()
            .with("text", "x")
            .maybe("priority", None::<i64>)
            .maybe("delayMs", Some(5))
            .list("tags", &[] as &[String])
            .list("roles", &["a"])
            .flag("force", false);
        assert_eq!(
            serde_json::to_value(params).unwrap(),
            json!({"text": "x", "delayMs": 5, "roles": ["a"]})
        );
    }

    #[test]
    fn times_and_objects_are_read() {
        assert_eq!(time("1970-01-01T00:00:01Z"), Ok(Millis(1_000)));
        assert!(time("tomorrow").unwrap_err().contains("such as"));
        assert_eq!(json_or_text("{\"a\":1}"), Ok(json!({"a": 1})));
        assert_eq!(json_or_text("all good"), Ok(json!("all good")));
        assert!(object("[1]").is_err());
    }
}
