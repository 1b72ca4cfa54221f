//! Params from a query: each value read as the method's schema says.

use std::collections::HashMap;
use std::sync::LazyLock;

use claudebench_core::Error;
use claudebench_services::methods;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

/// The properties of each method's params.
static PROPERTIES: LazyLock<HashMap<&'static str, Map<String, Value>>> = LazyLock::new(|| {
    methods()
        .map(|entry| {
            let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
            let mut generator = settings.into_generator();
            let (params, _) = (entry.schemas)(&mut generator);
            let properties = params.get("properties").and_then(Value::as_object).cloned();
            (entry.name, properties.unwrap_or_default())
        })
        .collect()
});

/// Whether a method takes a param of this name.
pub(super) fn takes(method: &str, name: &str) -> bool {
    PROPERTIES.get(method).is_some_and(|properties| properties.contains_key(name))
}

/// The params of a method, by name.
pub(super) fn properties(method: &str) -> impl Iterator<Item = (&'static String, &'static Value)> {
    PROPERTIES.get(method).into_iter().flatten()
}

/// The params that a query holds. Names that the method does not know are ignored, as everywhere.
pub(super) fn params(method: &str, query: &str) -> Result<Map<String, Value>, Error> {
    let mut params = Map::new();
    let Some(properties) = PROPERTIES.get(method) else { return Ok(params) };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(name) = decoded(name) else { continue };
        let Some(schema) = properties.get(&name) else { continue };
        let text = value_of(&name, value)?;
        let kinds = kinds(schema);
        let value = if kinds.contains(&"array") {
            let mut list = match params.remove(&name) {
                Some(Value::Array(list)) => list,
                _ => Vec::new(),
            };
            list.extend(text.split(',').filter(|part| !part.is_empty()).map(Value::from));
            Value::Array(list)
        } else {
            read(&kinds, text)
        };
        params.insert(name, value);
    }
    if params.len() > 100 {
        return Err(Error::invalid(&[], "the query has more than 100 params"));
    }
    Ok(params)
}

/// The value that a text stands for: what the schema does not allow stays a text, for the method
/// to say what it expected.
fn read(kinds: &[&str], text: String) -> Value {
    if kinds.contains(&"integer") || kinds.contains(&"number") {
        if let Ok(number) = text.parse::<i64>() {
            return Value::from(number);
        }
        if let Ok(number) = text.parse::<f64>() {
            // `NaN` and `inf` are none that JSON knows.
            return serde_json::Number::from_f64(number).map_or(Value::String(text), Value::Number);
        }
    }
    if kinds.contains(&"boolean") {
        match text.as_str() {
            "true" | "1" | "" => return Value::Bool(true),
            "false" | "0" => return Value::Bool(false),
            _ => {}
        }
    }
    Value::String(text)
}

/// The types that a schema allows, alternatives included.
fn kinds(schema: &Value) -> Vec<&str> {
    let mut kinds = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    for several in ["anyOf", "oneOf", "allOf"] {
        let inner = schema.get(several).and_then(Value::as_array);
        kinds.extend(inner.into_iter().flatten().flat_map(self::kinds));
    }
    kinds
}

/// The text that a value of a query stands for.
pub(super) fn value_of(name: &str, value: &str) -> Result<String, Error> {
    decoded(&value.replace('+', " "))
        .ok_or_else(|| Error::invalid(&[name], "expected a text, got bytes that are no UTF-8"))
}

/// Text with `%20` and the like undone; what cannot be undone stays. Bytes that are no UTF-8 are no
/// text.
pub(super) fn decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = (*byte == b'%').then(|| hex(bytes.get(at + 1..at + 3)?)).flatten();
        plain.push(code.unwrap_or(*byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(plain).ok()
}

/// The byte that two hexadecimal digits write, and nothing but digits: no sign.
pub(crate) fn hex(digits: &[u8]) -> Option<u8> {
    let &[high, low] = digits else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_read_as_the_schema_says() {
        let params = params("task.list", "limit=7&status=pending&search=a+b%21&nope=1").unwrap();
        assert_eq!(
            Value::Object(params),
            json!({"limit": 7, "status": "pending", "search": "a b!"})
        );
        for none in ["NaN", "inf", "-inf", "1e999"] {
            let limit = &super::params("task.list", &format!("limit={none}")).unwrap()["limit"];
            assert_eq!(limit, none, "for the method to refuse");
        }
    }

    #[test]
    fn what_cannot_be_undone_stays() {
        assert_eq!(decoded("a%2Fb%zz%").unwrap(), "a/b%zz%");
        assert_eq!(decoded("%+f% 1%-1").unwrap(), "%+f% 1%-1", "a sign is no digit");
        assert_eq!(decoded("%c3%a4").unwrap(), "\u{e4}");
        assert_eq!(decoded("%ff"), None, "no text");
    }
}
