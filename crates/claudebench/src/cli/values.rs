//! Values on the command line: durations, times, JSON, and the params that they become.

use claudebench_core::bounded::Name;
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

/// Milliseconds of a duration that has these bounds.
fn duration_within(text: &str, min: &str, max: &str) -> Result<i64, String> {
    let ms = duration(text)?;
    if ms < duration(min)? || ms > duration(max)? {
        return Err(format!("expected {min} to {max}, got `{text}`"));
    }
    Ok(ms)
}

/// How long a claim waits.
pub(super) fn wait(text: &str) -> Result<i64, String> {
    duration_within(text, "0", "60s")
}

/// How long a lease lasts.
pub(super) fn lease(text: &str) -> Result<i64, String> {
    duration_within(text, "1s", "24h")
}

/// How long an attempt may take.
pub(super) fn deadline(text: &str) -> Result<i64, String> {
    duration_within(text, "1s", "30d")
}

/// Not before so long from now.
pub(super) fn delay(text: &str) -> Result<i64, String> {
    duration_within(text, "0", "365d")
}

/// Not before so long from now, for a task that was claimed.
pub(super) fn pause(text: &str) -> Result<i64, String> {
    duration_within(text, "0", "1d")
}

/// How long a worker has to stop.
pub(super) fn grace(text: &str) -> Result<i64, String> {
    duration_within(text, "0", "1h")
}

/// A share of the whole.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("expected 0 to 1, got `{text}`"))
}

/// A name: of a worker, a project, a role, a tag.
pub(super) fn name(text: &str) -> Result<String, String> {
    Name::new(text).map(Name::into_string)
}

/// A priority.
pub(super) fn priority(text: &str) -> Result<u8, String> {
    let priority = text.parse().ok().filter(|priority| *priority <= 100);
    priority.ok_or_else(|| format!("expected 0 to 100, got `{text}`"))
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
    fn bounds_are_those_of_the_methods() {
        for (text, taken) in [("0", true), ("60s", true), ("1m", true), ("60001ms", false)] {
            assert_eq!(wait(text).is_ok(), taken, "{text}");
        }
        for (text, taken) in [("999ms", false), ("1s", true), ("24h", true), ("25h", false)] {
            assert_eq!(lease(text).is_ok(), taken, "{text}");
        }
        assert!(deadline("30d").is_ok() && deadline("31d").is_err());
        assert!(delay("0").is_ok() && delay("366d").is_err());
        assert!(pause("1d").is_ok() && pause("25h").is_err());
        assert!(grace("1h").is_ok() && grace("61m").is_err());
        for (text, taken) in
            [("0", true), ("1", true), ("1.1", false), ("-0.1", false), ("NaN", false)]
        {
            assert_eq!(share(text).is_ok(), taken, "{text}");
        }
        assert!(
            name(&"é".repeat(200)).is_ok() && name(&"x".repeat(201)).is_err() && name("").is_err()
        );
        for (text, found) in [("0", Some(0)), ("100", Some(100)), ("101", None), ("-1", None)] {
            assert_eq!(priority(text).ok(), found, "{text}");
        }
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
