//! JSON that is passed on as it came, but for line breaks between its parts: checked to be JSON that
//! everybody can read, hardly ever parsed into a tree.

use std::borrow::Cow;

use claudebench_core::id::clip;
use claudebench_core::{Code, Error};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Any JSON value, on one line.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Json(Box<RawValue>);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = <Box<RawValue>>::deserialize(from)?;
        refuse_unreadable(value.get()).map_err(D::Error::custom)?;
        // A text has no line breaks but escaped ones.
        if !value.get().contains(['\n', '\r']) {
            return Ok(Self(value));
        }
        RawValue::from_string(on_one_line(value.get())).map(Self).map_err(D::Error::custom)
    }
}

impl Json {
    /// The text of a value that was written by us; what is no JSON becomes a JSON text.
    #[must_use]
    pub fn stored(text: String) -> Self {
        let value = match RawValue::from_string(text) {
            Ok(value) => value,
            Err(_) => RawValue::NULL.to_owned(),
        };
        Self(value)
    }

    /// A value from what can be written.
    #[must_use]
    pub fn of(value: &impl Serialize) -> Self {
        Self(serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// Its text, if it is not too long.
    ///
    /// # Errors
    /// [`Code::TooLarge`], with the bound.
    pub fn bounded(self, name: &str, max: usize) -> Result<String, Error> {
        bounded(name, self.0.get().len(), max)?;
        Ok(String::from(Box::<str>::from(self.0)))
    }
}

/// Refuses what is longer than it may be.
///
/// # Errors
/// [`Code::TooLarge`], with the bound.
pub fn bounded(name: &str, bytes: usize, max: usize) -> Result<(), Error> {
    if bytes <= max {
        return Ok(());
    }
    let message = format!("{name} has {bytes} bytes; at most {max} are taken");
    Err(Error::new(Code::TooLarge, message).with("field", name).with("maxBytes", max))
}

impl JsonSchema for Json {
    fn schema_name() -> Cow<'static, str> {
        "Json".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        true.into()
    }
}

/// Any JSON object.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Fields(Json);

impl Fields {
    /// The text of an object that was written by us.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(Json::stored(text))
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.text()
    }

    /// Its text, if it is not too long.
    ///
    /// # Errors
    /// [`Code::TooLarge`], with the bound.
    pub fn bounded(self, name: &str, max: usize) -> Result<String, Error> {
        self.0.bounded(name, max)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Json::deserialize(from)?;
        if !value.text().starts_with('{') {
            let got = clip(value.text());
            return Err(D::Error::custom(format_args!("expected an object, got `{got}`")));
        }
        Ok(Self(value))
    }
}

/// JSON without the space between its parts: one line, whoever wrote it.
fn on_one_line(json: &str) -> String {
    let (mut in_text, mut escaped) = (false, false);
    json.chars()
        .filter(|c| {
            let keep = in_text || !c.is_ascii_whitespace();
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = in_text,
                '"' => in_text = !in_text,
                _ => {}
            }
            keep
        })
        .collect()
}

/// Refuses what has the form of JSON but stands for no value, as a number beyond all range or half
/// of a pair of escapes: no strict reader could take the answer that it stands in.
fn refuse_unreadable(json: &str) -> Result<(), String> {
    if is_plain(json) {
        return Ok(());
    }
    match serde_json::from_str::<serde_json::Value>(json) {
        Ok(_) => Ok(()),
        Err(error) => {
            let whole = error.to_string();
            let what = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(what, _)| what);
            Err(format!("expected JSON that can be read: {what}"))
        }
    }
}

/// Whether no number in it has an exponent or hundreds of digits, and no text an escape by number.
/// True of nearly everything, and seen without parsing.
fn is_plain(json: &str) -> bool {
    let (mut digits, mut before) = (0, 0);
    for byte in json.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'e' | b'E' if digits > 0 => return false,
            b'u' if before == b'\\' => return false,
            _ => digits = 0,
        }
        if digits > 300 {
            return false;
        }
        before = byte;
    }
    true
}

impl JsonSchema for Fields {
    fn schema_name() -> Cow<'static, str> {
        "Fields".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": true })
    }
}

/// A number from 0 to 1.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(transparent)]
pub struct Fraction(f64);

impl Fraction {
    /// The plain number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(from)?;
        if (0.0..=1.0).contains(&number) {
            return Ok(Self(number));
        }
        Err(D::Error::custom(format_args!("expected a number from 0 to 1, got {number}")))
    }
}

impl JsonSchema for Fraction {
    fn schema_name() -> Cow<'static, str> {
        "Fraction".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "maximum": 1 })
    }
}

/// Milliseconds from 0 to `MAX`, with or without a fraction.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(transparent)]
pub struct Span<const MAX: i64>(f64);

impl<const MAX: i64> Span<MAX> {
    /// To the whole millisecond.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "checked: from 0 to MAX")]
    pub fn get(self) -> i64 {
        self.0.round() as i64
    }
}

impl<'de, const MAX: i64> Deserialize<'de> for Span<MAX> {
    #[allow(clippy::cast_precision_loss, reason = "a bound is far below 2^53")]
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(from)?;
        if (0.0..=MAX as f64).contains(&number) {
            return Ok(Self(number));
        }
        Err(D::Error::custom(format_args!("expected a number from 0 to {MAX}, got {number}")))
    }
}

impl<const MAX: i64> JsonSchema for Span<MAX> {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "maximum": MAX })
    }
}

/// A number that is written without a fraction where it has none, to three places where it has.
#[derive(Clone, Copy, PartialEq, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Decimal(pub f64);

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let rounded = (self.0 * 1_000.0).round() / 1_000.0;
        #[allow(clippy::cast_possible_truncation, reason = "checked: whole and below 2^53")]
        if rounded.fract() == 0.0 && rounded.abs() < 9e15 {
            to.serialize_i64(rounded as i64)
        } else {
            to.serialize_f64(rounded)
        }
    }
}

impl JsonSchema for Decimal {
    fn schema_name() -> Cow<'static, str> {
        "Decimal".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Params {
        value: Option<Json>,
        fields: Option<Fields>,
        part: Option<Fraction>,
    }

    fn read(text: &str) -> Result<Params, String> {
        let mut reader = serde_json::Deserializer::from_str(text);
        serde_path_to_error::deserialize(&mut reader).map_err(|e| e.to_string())
    }

    #[test]
    fn values_are_kept_as_they_came() {
        let params = read(r#"{"value": [1, 2.50], "fields": {"a": 1}, "part": 1}"#).unwrap();
        assert_eq!(params.value.unwrap().text(), "[1, 2.50]");
        assert_eq!(params.fields.unwrap().text(), r#"{"a": 1}"#);
        assert_eq!(params.part.map(Fraction::get), Some(1.0));
        let nothing = read(r#"{"value": null, "fields": null, "part": null}"#).unwrap();
        assert!(nothing.value.is_none() && nothing.fields.is_none() && nothing.part.is_none());
    }

    #[test]
    fn only_the_space_between_the_parts_goes() {
        let spread = "{ \"a \\\" b\" :\r\n\t[ 1.50 , \"\\\\\" , \" \" ] }";
        let params = read(&format!("{{\"value\": {spread}, \"fields\": {spread}}}")).unwrap();
        let line = "{\"a \\\" b\":[1.50,\"\\\\\",\" \"]}";
        assert_eq!(params.value.unwrap().text(), line);
        assert_eq!(params.fields.unwrap().text(), line);
    }

    #[test]
    fn a_mistake_says_where_and_what_came() {
        let error = read(r#"{"fields": [1]}"#).unwrap_err();
        assert!(error.starts_with("fields: expected an object, got `[1]`"), "{error}");
        let error = read(r#"{"part": 1.5}"#).unwrap_err();
        assert!(error.starts_with("part: expected a number from 0 to 1, got 1.5"), "{error}");
    }

    #[test]
    fn what_stands_for_no_value_is_refused() {
        let long = "9".repeat(400);
        for inner in ["1e999", "-1.5E+400", &long, r#""\ud800""#, r#"[{"\udc00": 1}]"#] {
            let error = read(&format!(r#"{{"fields": {{"a": {inner}}}}}"#)).unwrap_err();
            assert!(error.starts_with("fields: expected JSON that can be read: "), "{error}");
            let error = read(&format!(r#"{{"value": {inner}}}"#)).unwrap_err();
            assert!(error.starts_with("value: expected JSON that can be read: "), "{error}");
        }
        for inner in ["1e300", r#""\ud83d\ude00 \u00e4""#, r#""3e5f \\u""#, "0.5", "{}"] {
            read(&format!(r#"{{"fields": {{"a": {inner}}}}}"#)).unwrap();
        }
    }

    #[test]
    fn whole_numbers_have_no_fraction() {
        let written = [1.0, 0.0, 0.25, 1.0 / 3.0, 99.9999].map(|n| Json::of(&Decimal(n)));
        assert_eq!(written.each_ref().map(Json::text), ["1", "0", "0.25", "0.333", "100"]);
    }

    #[test]
    fn what_is_too_long_is_refused_with_the_bound() {
        let error = Json::of(&"abcd").bounded("result", 5).unwrap_err();
        assert_eq!(error.to_string(), "result has 6 bytes; at most 5 are taken");
        assert_eq!(error.code, Code::TooLarge);
    }
}
