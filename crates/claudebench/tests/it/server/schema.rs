//! Answers held against the schemas of the OpenAPI document.

use std::sync::LazyLock;

use claudebench::transport::openapi;
use jsonschema::{Draft, Registry};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// The name under which the document's parts find each other.
const NAME: &str = "urn:claudebench:openapi";

/// What a fragment of a URI cannot hold as it is.
const OTHERS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'~');

static DOCUMENT: LazyLock<Registry<'static>> =
    LazyLock::new(|| Registry::new().add(NAME, openapi::document()).unwrap().prepare().unwrap());

/// What is wrong with a value that should answer the schema at this place of the document: a JSON
/// pointer. The range that a format of numbers names is checked by the types behind it.
pub(super) fn offence(place: &str, value: &Value) -> Option<String> {
    let place = utf8_percent_encode(place, OTHERS);
    let validator = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_registry(&DOCUMENT)
        .should_validate_formats(true)
        .offline()
        .build(&json!({ "$ref": format!("{NAME}#{place}") }))
        .unwrap_or_else(|error| panic!("no schema at {place}: {error}"));
    let offence = validator.iter_errors(value).next()?;
    Some(format!("{}: {offence}", offence.instance_path()))
}

/// A name as a part of a JSON pointer.
pub(super) fn part(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[test]
fn what_does_not_answer_is_found() {
    let place = "/components/schemas/Failure";
    let good = json!({
        "success": false, "error": "x", "code": "conflict", "message": "x", "event": "task.get",
        "timestamp": "2026-11-23T20:06:37.313Z",
    });
    assert_eq!(offence(place, &good), None);
    for (name, bad) in [
        ("success", json!(true)),
        ("code", json!("no_such_code")),
        ("message", json!(7)),
        ("timestamp", json!("yesterday")),
        ("event", Value::Null),
    ] {
        let mut value = good.clone();
        value[name] = bad;
        let said = offence(place, &value).unwrap_or_default();
        assert!(said.starts_with(&format!("/{name}: ")), "{name}: {said}");
    }
    let mut value = good;
    value.as_object_mut().unwrap().remove("event");
    assert!(offence(place, &value).is_some(), "a reference within the document is followed, too");
}
