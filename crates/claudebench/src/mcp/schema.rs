//! Schemas as tools show them. What an agent reads of a tool stands in its context all the time, so
//! the params say what they must in few words; the answer's schema is for programs.

use rmcp::model::JsonObject;
use serde_json::Value;

/// Keywords that say nothing to whoever fills in params.
const SILENT: &[&str] = &["$schema", "title", "format", "default", "writeOnly", "readOnly"];

/// The first paragraph of a doc comment, as one line.
pub(super) fn first_paragraph(text: &str) -> String {
    text.split("\n\n").next().unwrap_or("").replace('\n', " ").trim().to_owned()
}

/// The first sentence of a text.
fn first_sentence(text: &str) -> String {
    let text = first_paragraph(text);
    let end = text.find(". ").map_or(text.len(), |dot| dot + 1);
    text[..end].trim_end_matches('.').to_owned()
}

/// The schema of params, as short as it can be.
pub(super) fn input(mut schema: Value) -> JsonObject {
    if let Some(schema) = schema.as_object_mut() {
        // The tool has it.
        schema.remove("description");
        schema.insert("type".into(), "object".into());
    }
    shorten(&mut schema);
    match schema {
        Value::Object(schema) => schema,
        _ => JsonObject::new(),
    }
}

/// What is absent may also be null, for all params; no tool needs to say so.
fn without_null(schema: &mut JsonObject) {
    let is_null = |schema: &Value| schema.get("type").is_some_and(|kind| kind == "null");
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            schema.insert("type".into(), kind);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    let Some(Value::Array(choices)) = schema.get_mut("anyOf") else { return };
    choices.retain(|choice| !is_null(choice));
    if choices.len() == 1
        && let Some(Value::Object(only)) = choices.pop()
    {
        schema.remove("anyOf");
        for (name, value) in only {
            // The field says more of itself than its type does.
            schema.entry(name).or_insert(value);
        }
    }
}

fn shorten(schema: &mut Value) {
    let Value::Object(schema) = schema else { return };
    without_null(schema);
    schema.retain(|keyword, _| !SILENT.contains(&keyword.as_str()));
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = first_sentence(text);
    }
    within(schema, shorten);
}

/// Does something to each schema within another.
fn within(schema: &mut JsonObject, each: fn(&mut Value)) {
    for (keyword, value) in schema {
        match (keyword.as_str(), value) {
            ("properties" | "patternProperties" | "$defs", Value::Object(schemas)) => {
                schemas.iter_mut().for_each(|(_, schema)| each(schema));
            }
            ("anyOf" | "oneOf" | "allOf" | "prefixItems", Value::Array(schemas)) => {
                schemas.iter_mut().for_each(each);
            }
            ("items" | "additionalProperties" | "not", schema) => each(schema),
            _ => {}
        }
    }
}

/// The schema of an answer, without words; none for what is no object.
pub(super) fn output(mut schema: Value) -> Option<JsonObject> {
    fn silence(schema: &mut Value) {
        let Value::Object(schema) = schema else { return };
        schema.retain(|keyword, value| match keyword.as_str() {
            "description" | "title" | "$schema" => false,
            // Sizes of integers are no formats that others know.
            "format" => value == "date-time",
            _ => true,
        });
        within(schema, silence);
    }
    silence(&mut schema);
    match schema {
        Value::Object(schema) if schema.get("type").is_some_and(|kind| kind == "object") => {
            Some(schema)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn params_say_what_they_must_in_few_words() {
        let long = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Params",
            "description": "The tool says it.",
            "type": "object",
            "properties": {
                "text": { "type": "string", "minLength": 1, "description": "What to do. And why." },
                "wait": { "type": ["integer", "null"], "format": "int64", "default": null },
                "status": { "anyOf": [{ "type": "string", "enum": ["a"], "description": "Of a type." },
                    { "type": "null" }], "description": "Which." },
                "title": { "type": "array", "items": { "type": ["string", "null"], "title": "T" } },
            },
            "required": ["text"],
        });
        let short = json!({
            "type": "object",
            "properties": {
                "text": { "type": "string", "minLength": 1, "description": "What to do" },
                "wait": { "type": "integer" },
                "status": { "type": "string", "enum": ["a"], "description": "Which" },
                "title": { "type": "array", "items": { "type": "string" } },
            },
            "required": ["text"],
        });
        assert_eq!(Value::Object(input(long)), short);
    }

    #[test]
    fn answers_keep_all_but_their_words() {
        let answer = json!({
            "title": "Answer", "description": "All of it.", "type": "object",
            "properties": { "description": { "type": ["string", "null"], "description": "A." } },
        });
        let kept = json!({
            "type": "object",
            "properties": { "description": { "type": ["string", "null"] } },
        });
        assert_eq!(output(answer).map(Value::Object), Some(kept));
        assert_eq!(output(json!({ "type": "array" })), None);
    }
}
