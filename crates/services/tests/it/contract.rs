//! The public contract, method by method: what its clients send is taken, what they expect comes.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use claudebench_services::entry;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

/// The schemas of params and answers that today's clients were written for.
static CONTRACT: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("contract.json")).unwrap());

/// Checks an answer; methods that the contract does not know are free.
pub(crate) fn check_answer(method: &str, answer: &Value) {
    if let Some(schemas) = CONTRACT.get(method) {
        check(method, &schemas["output"], answer);
    }
}

/// Checks a value as far as the contract's schemas go. More fields than it names are fine.
fn check(at: &str, schema: &Value, value: &Value) {
    if let Some(choices) = schema["anyOf"].as_array() {
        let null = choices.iter().any(|choice| choice["type"] == "null");
        match choices.iter().find(|choice| choice["type"] != "null") {
            Some(choice) if !(null && value.is_null()) => check(at, choice, value),
            _ => {}
        }
        return;
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    let fits = kinds.iter().any(|kind| match *kind {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => false,
    });
    assert!(fits, "{at}: expected {kinds:?}, got {value}");
    if let (Some(allowed), false) = (schema["enum"].as_array(), value.is_null()) {
        // A state of ours that the contract does not have.
        assert!(allowed.contains(value) || *value == "cancelled", "{at}: {value}");
    }
    for required in schema["required"].as_array().into_iter().flatten() {
        let name = required.as_str().unwrap();
        assert!(value.get(name).is_some(), "{at}.{name} is missing in {value}");
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            check(&format!("{at}.{name}"), schema, value);
        }
    }
    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
        check(&format!("{at}.{place}"), &schema["items"], item);
    }
}

#[test]
fn every_method_of_the_contract_is_there_and_asks_for_nothing_more() {
    for (method, schemas) in CONTRACT.iter() {
        let Some(entry) = entry(method) else { panic!("{method} is missing") };
        let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
        let (params, answer) = (entry.schemas)(&mut settings.into_generator());
        let names = |schema: &Value, field: &str| -> BTreeSet<String> {
            match &schema[field] {
                Value::Array(list) => {
                    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
                }
                Value::Object(fields) => fields.keys().cloned().collect(),
                _ => BTreeSet::new(),
            }
        };
        let (input, output) = (&schemas["input"], &schemas["output"]);
        let ours = params.as_value();
        let asked: Vec<_> =
            names(ours, "required").difference(&names(input, "required")).cloned().collect();
        assert!(asked.is_empty(), "{method} asks for {asked:?}, the contract does not");
        let known = names(ours, "properties");
        let missing: Vec<_> = names(input, "properties").difference(&known).cloned().collect();
        assert!(missing.is_empty(), "{method} does not know {missing:?}");
        let answers = names(answer.as_value(), "properties");
        let missing: Vec<_> = names(output, "required").difference(&answers).cloned().collect();
        assert!(missing.is_empty(), "{method} does not answer {missing:?}");
    }
}

/// Fields that the wire must have in camel case, and types with names of their own.
#[test]
fn names_on_the_wire_are_camel_case_and_components_have_one_name_each() {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    for entry in claudebench_services::methods() {
        (entry.schemas)(&mut generator);
    }
    for fact in claudebench_core::event::facts() {
        (fact.schema)(&mut generator);
    }
    for (name, schema) in generator.definitions() {
        assert!(!name.ends_with(|c: char| c.is_ascii_digit()), "two types are called {name}");
        for field in schema["properties"].as_object().into_iter().flatten().map(|(field, _)| field)
        {
            assert!(!field.contains('_') || field == "sidebar_position", "{name}.{field}");
        }
        let described = schema["description"].is_string() || schema["const"].is_string();
        assert!(described, "{name} has no description");
    }
}
