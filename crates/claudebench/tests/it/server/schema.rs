//! Does a value answer a JSON schema? As much of JSON Schema 2020-12 as our document uses; anything
//! else in it fails, so that nothing is passed over in silence.

use serde_json::{Map, Value, json};

/// What tells people something and checks nothing. The range that a format names is checked by the
/// types behind it.
const NOTES: &[&str] = &["$schema", "title", "description", "default", "examples", "format"];

/// The first place at which a value does not answer a schema, and why.
pub(super) fn offence(schema: &Value, value: &Value, document: &Value) -> Option<String> {
    let schema = match schema {
        Value::Bool(true) => return None,
        Value::Bool(false) => return Some(format!("{value} is not allowed")),
        schema => schema.as_object().expect("a schema is an object or a boolean"),
    };
    schema
        .iter()
        .filter(|(keyword, _)| !NOTES.contains(&keyword.as_str()) && !keyword.starts_with("x-"))
        .find_map(|(keyword, rule)| broken(keyword, rule, value, schema, document))
}

fn broken(
    keyword: &str,
    rule: &Value,
    value: &Value,
    schema: &Map<String, Value>,
    document: &Value,
) -> Option<String> {
    let fits = |schema: &Value| offence(schema, value, document).is_none();
    let among = |rule: &Value| rule.as_array().unwrap().iter().filter(|s| fits(s)).count();
    let count = |of: usize| json!(of);
    let good = match keyword {
        "$ref" => {
            let target = rule.as_str().unwrap().trim_start_matches('#');
            let target = document.pointer(target).expect("a reference leads somewhere");
            return offence(target, value, document);
        }
        "type" => match rule {
            Value::Array(kinds) => kinds.iter().any(|kind| is(kind, value)),
            kind => is(kind, value),
        },
        "const" => rule == value,
        "enum" => rule.as_array().unwrap().contains(value),
        "anyOf" => among(rule) > 0,
        "oneOf" => among(rule) == 1,
        "allOf" => among(rule) == rule.as_array().unwrap().len(),
        "not" => !fits(rule),
        "minimum" => value.as_f64() >= rule.as_f64() || !value.is_number(),
        "maximum" => value.as_f64() <= rule.as_f64() || !value.is_number(),
        "minLength" => value.as_str().is_none_or(|t| at_least(&count(t.chars().count()), rule)),
        "maxLength" => value.as_str().is_none_or(|t| at_least(rule, &count(t.chars().count()))),
        "minItems" => value.as_array().is_none_or(|list| at_least(&count(list.len()), rule)),
        "maxItems" => value.as_array().is_none_or(|list| at_least(rule, &count(list.len()))),
        "uniqueItems" => value
            .as_array()
            .is_none_or(|list| list.iter().enumerate().all(|(n, item)| !list[..n].contains(item))),
        "pattern" => value.as_str().is_none_or(|text| looks_like(rule.as_str().unwrap(), text)),
        "required" => value.as_object().is_none_or(|fields| {
            rule.as_array().unwrap().iter().all(|name| fields.contains_key(name.as_str().unwrap()))
        }),
        "properties" | "additionalProperties" => {
            let named = schema.get("properties").and_then(Value::as_object);
            return value.as_object()?.iter().find_map(|(name, inner)| {
                let own = named.and_then(|named| named.get(name));
                let schema = if keyword == "properties" {
                    own?
                } else {
                    Some(rule).filter(|_| own.is_none())?
                };
                offence(schema, inner, document).map(|what| format!("{name}: {what}"))
            });
        }
        "items" => {
            return value.as_array()?.iter().find_map(|item| offence(rule, item, document));
        }
        other => panic!("no rule for `{other}`: write it"),
    };
    (!good).then(|| format!("{value} against {keyword} {rule}"))
}

fn at_least(more: &Value, less: &Value) -> bool {
    more.as_u64() >= less.as_u64()
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        other => panic!("no type `{other}`"),
    }
}

/// The patterns of our document: a fixed beginning, then digits.
fn looks_like(pattern: &str, text: &str) -> bool {
    let start = pattern.strip_prefix('^').and_then(|p| p.strip_suffix("[0-9]{1,19}$"));
    let digits = text.strip_prefix(start.expect("a pattern that is known here"));
    digits.is_some_and(|d| (1..=19).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()))
}

#[test]
fn what_does_not_answer_is_found() {
    let document = json!({ "n": { "type": "integer", "minimum": 1 } });
    let schema = json!({
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": { "type": ["array", "null"], "items": { "$ref": "#/n" }, "maxItems": 2 },
            "b": { "anyOf": [{ "const": "x" }, { "type": "null" }] },
        },
        "additionalProperties": { "type": "string", "maxLength": 1 },
    });
    let fits = |value: Value| offence(&schema, &value, &document).is_none();
    for good in [json!({ "a": [1, 2] }), json!({ "a": null, "b": "x", "c": "y" })] {
        assert!(fits(good.clone()), "{good}");
    }
    for bad in [
        json!([]),
        json!({}),
        json!({ "a": [0] }),
        json!({ "a": [1.5] }),
        json!({ "a": [1, 2, 3] }),
        json!({ "a": [], "b": "y" }),
        json!({ "a": [], "c": 1 }),
        json!({ "a": [], "c": "yy" }),
    ] {
        assert!(!fits(bad.clone()), "{bad}");
    }
}
