//! Values with a bound: the schema and the check are one thing.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An integer from `MIN` to `MAX`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Int<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Int<MIN, MAX> {
    /// The value, brought within the bounds.
    #[must_use]
    pub const fn clamped(value: i64) -> Self {
        Self(if value < MIN {
            MIN
        } else if value > MAX {
            MAX
        } else {
            value
        })
    }

    /// The plain number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The plain number as a count.
    #[must_use]
    pub fn count(self) -> usize {
        usize::try_from(self.0).unwrap_or(0)
    }
}

impl<const MIN: i64, const MAX: i64> Serialize for Int<MIN, MAX> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(self.0)
    }
}

struct IntVisitor<const MIN: i64, const MAX: i64>;

impl<const MIN: i64, const MAX: i64> Visitor<'_> for IntVisitor<MIN, MAX> {
    type Value = Int<MIN, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an integer from {MIN} to {MAX}")
    }

    fn visit_i64<E: serde::de::Error>(self, v: i64) -> Result<Self::Value, E> {
        if (MIN..=MAX).contains(&v) {
            Ok(Int(v))
        } else {
            Err(E::invalid_value(Unexpected::Signed(v), &self))
        }
    }

    fn visit_u64<E: serde::de::Error>(self, v: u64) -> Result<Self::Value, E> {
        i64::try_from(v)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(v), &self))
            .and_then(|v| self.visit_i64(v))
    }

    /// JavaScript has one kind of number: `50.0` is 50.
    fn visit_f64<E: serde::de::Error>(self, v: f64) -> Result<Self::Value, E> {
        #[allow(clippy::cast_possible_truncation, reason = "checked: whole and far below 2^53")]
        if v.fract() == 0.0 && v.abs() < 9e15 {
            self.visit_i64(v as i64)
        } else {
            Err(E::invalid_type(Unexpected::Float(v), &self))
        }
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Int<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(IntVisitor)
    }
}

impl<const MIN: i64, const MAX: i64> JsonSchema for Int<MIN, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Int{MIN}To{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

/// A text of `MIN` to `MAX` characters (characters, not bytes), none of which is U+0000.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

/// Refuses a text with the character U+0000, which not every database can keep.
///
/// # Errors
/// What was expected.
pub fn refuse_nul(text: &str) -> Result<(), String> {
    if text.contains('\0') {
        return Err("expected a text without the character U+0000".into());
    }
    Ok(())
}

/// A name: of a worker, a project, a role, a tag, a key.
pub type Name = Text<1, 200>;

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// Takes a text that keeps the bounds.
    ///
    /// # Errors
    /// A text that is too short or too long, with what was expected.
    pub fn new(text: impl Into<String>) -> Result<Self, String> {
        let text = text.into();
        // Bytes bound characters from above and, divided by four, from below.
        let fits = if text.len() <= MAX && text.len() / 4 >= MIN {
            true
        } else {
            let count = text.chars().take(MAX + 1).count();
            (MIN..=MAX).contains(&count)
        };
        if !fits {
            return Err(Self::refusal(&text));
        }
        refuse_nul(&text)?;
        Ok(Self(text))
    }

    fn refusal(text: &str) -> String {
        match text.chars().count() {
            0 => format!("expected {MIN} to {MAX} characters, got an empty text"),
            n => format!("expected {MIN} to {MAX} characters, got {n}"),
        }
    }

    /// The plain text.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl<const MIN: usize, const MAX: usize> Deref for Text<MIN, MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for Text<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MIN: usize, const MAX: usize> From<Text<MIN, MAX>> for String {
    fn from(text: Text<MIN, MAX>) -> Self {
        text.0
    }
}

impl<const MIN: usize, const MAX: usize> Serialize for Text<MIN, MAX> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

impl<const MIN: usize, const MAX: usize> JsonSchema for Text<MIN, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Text{MIN}To{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": MIN, "maxLength": MAX })
    }
}

/// A list of at most `MAX` values.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct List<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> List<T, MAX> {
    /// The plain list.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T, const MAX: usize> Deref for List<T, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let list = Vec::deserialize(from)?;
        if list.len() > MAX {
            return Err(D::Error::custom(format_args!(
                "expected at most {MAX} items, got {}",
                list.len()
            )));
        }
        Ok(Self(list))
    }
}

impl<T: JsonSchema, const MAX: usize> JsonSchema for List<T, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("ListOf{MAX}{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": generator.subschema_for::<T>(),
            "maxItems": MAX,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_counts_characters_and_says_what_came() {
        type Short = Text<1, 3>;
        assert!(Short::new("äöü").is_ok());
        assert_eq!(Short::new("").unwrap_err(), "expected 1 to 3 characters, got an empty text");
        assert_eq!(Short::new("abcd").unwrap_err(), "expected 1 to 3 characters, got 4");
        assert!(Short::new("a\0").unwrap_err().contains("U+0000"));
    }

    #[test]
    fn integers_keep_their_bounds_and_zero_stays_zero() {
        type Priority = Int<0, 100>;
        assert_eq!(serde_json::from_str::<Priority>("0").unwrap().get(), 0);
        assert_eq!(serde_json::from_str::<Priority>("50.0").unwrap().get(), 50);
        for bad in ["-1", "101", "1.5", "\"5\"", "null", "18446744073709551615", "1e300"] {
            assert!(serde_json::from_str::<Priority>(bad).is_err(), "{bad}");
        }
    }
}
