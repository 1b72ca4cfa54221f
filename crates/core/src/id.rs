//! Ids and cursors: 63-bit integers inside, short prefixed text outside.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many low bits of an id count within one millisecond.
const SEQUENCE_BITS: u32 = 20;

/// A task's id: `t-` and a positive 63-bit integer, milliseconds first, so that ids sort by time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub i64);

impl TaskId {
    /// The smallest id that may follow `last` at the time `now_ms`: ids grow even when the clock
    /// does not.
    #[must_use]
    pub fn next(last: i64, now_ms: i64) -> i64 {
        (now_ms << SEQUENCE_BITS).max(last + 1)
    }

    /// The millisecond in which this id was made.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0 >> SEQUENCE_BITS
    }
}

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `{prefix}` and a positive integer, such as `{prefix}1848303720038400000`")]
pub struct IdError {
    prefix: &'static str,
}

fn parse_prefixed(text: &str, prefix: &'static str) -> Result<i64, IdError> {
    text.strip_prefix(prefix)
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .filter(|number| *number > 0)
        .ok_or(IdError { prefix })
}

impl FromStr for TaskId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        parse_prefixed(text, "t-").map(Self)
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t-{}", self.0)
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for TaskId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TaskId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(|e| D::Error::custom(format_args!("{e}, got `{}`", clip(&text))))
    }
}

impl JsonSchema for TaskId {
    fn schema_name() -> Cow<'static, str> {
        "TaskId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^t-[0-9]{1,19}$",
            "description": "A task's id: `t-` and a positive integer, ascending in time.",
        })
    }
}

/// A place in the event log; whoever keeps one misses nothing. Opaque to clients.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Cursor(pub i64);

/// A text that is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a cursor, the `id` of an event, such as `42`")]
pub struct CursorError;

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        text.parse().ok().filter(|n| *n >= 0).map(Self).ok_or(CursorError)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(|e| D::Error::custom(format_args!("{e}, got `{}`", clip(&text))))
    }
}

impl JsonSchema for Cursor {
    fn schema_name() -> Cow<'static, str> {
        "Cursor".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]{1,19}$",
            "description": "A place in the event log: an event's `id`.",
        })
    }
}

/// An attachment's id, `ta-` and a number.
#[must_use]
pub fn attachment_id(number: i64) -> String {
    format!("ta-{number}")
}

/// At most 40 characters of what came, for an error's text.
#[must_use]
pub fn clip(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_does_not() {
        let first = TaskId::next(0, 1_000);
        let second = TaskId::next(first, 1_000);
        let after_a_jump_back = TaskId::next(second, 10);
        assert!(first < second && second < after_a_jump_back);
        assert_eq!(TaskId(first).millis(), 1_000);
    }

    #[test]
    fn only_a_prefix_and_a_positive_number_is_an_id() {
        assert_eq!("t-7".parse(), Ok(TaskId(7)));
        for bad in ["", "t-", "t--7", "t-+7", "7", "t-0", "t-9223372036854775808", "t-7 ", "x-7"] {
            assert!(bad.parse::<TaskId>().is_err(), "{bad}");
        }
    }
}
