//! The OpenAPI 3.1 document, made from the methods and the types of events.

mod beside;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use claudebench_core::event::facts;
use claudebench_core::{Code, error::Issue};
use claudebench_services::{Entry, entry, event::WireEvent, methods};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::answer;
use super::routes::{self, ROUTES, Route};

/// The document as text, made once.
#[must_use]
pub fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        // A document of strings, numbers and lists can always be written.
        serde_json::to_string_pretty(&document()).unwrap_or_default() + "\n"
    });
    &TEXT
}

/// The document.
#[must_use]
pub fn document() -> Value {
    let settings =
        SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    let schemas: Vec<(&'static Entry, Value, Value)> = methods()
        .map(|entry| {
            let (params, output) = (entry.schemas)(&mut generator);
            (entry, params.into(), output.into())
        })
        .collect();
    for (entry, params, output) in &schemas {
        let path = format!("/{}", entry.name.replacen('.', "/", 1));
        paths.insert(path, json!({ "post": action(entry, params, output) }));
    }
    for route in ROUTES {
        resource(&mut paths, route, &schemas);
    }
    beside::add(&mut paths);
    let webhooks = events(&mut generator);
    let _ = generator.subschema_for::<Issue>();
    let _ = generator.subschema_for::<Code>();
    let _ = generator.subschema_for::<WireEvent>();
    let mut components: Map<String, Value> = generator.take_definitions(true);
    components.insert("Failure".into(), failure());
    components.insert("Error".into(), error());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "ClaudeBench",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0" },
            "description": "Coordinates the work of AI coding agents: tasks with leases, \
                            dependencies and an event log. Every method can be called as \
                            JSON-RPC 2.0 at /rpc and over the WebSocket /ws by its name, as \
                            POST /{domain}/{action}, and where it is about a resource, under /api.",
        },
        "servers": [{ "url": "http://127.0.0.1:3000" }],
        "security": [{}, { "key": [] }, { "session": [] }],
        "paths": paths,
        "webhooks": webhooks,
        "components": {
            "schemas": components,
            "responses": refused(),
            "securitySchemes": { "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "An API key, `cb_...`. Not needed on loopback unless it was made so.",
            }, "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "cb_session",
                "description": "What POST /auth/login sets; over TLS its name is `__Host-cb_session`. What is no \
                                GET takes the header `X-CSRF-Token` beside it.",
            } },
        },
    })
}

/// The doc comment of a method's params: a sentence, and the whole.
fn described(entry: &Entry) -> (String, String) {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let (params, _) = (entry.schemas)(&mut settings.into_generator());
    let whole = params.get("description").and_then(Value::as_str).unwrap_or("").to_owned();
    let summary = whole.split("\n\n").next().unwrap_or("").replace('\n', " ");
    (summary, whole)
}

fn action(entry: &Entry, params: &Value, output: &Value) -> Value {
    let (summary, description) = described(entry);
    json!({
        "operationId": entry.name,
        "tags": [entry.domain()],
        "summary": summary,
        "description": description,
        "x-scope": entry.access.scope(),
        "requestBody": { "content": { "application/json": { "schema": params } } },
        "responses": responses("200", &json!({
            "type": "object",
            "required": ["success", "data", "event", "timestamp"],
            "properties": {
                "success": { "const": true },
                "data": output,
                "event": { "const": entry.name },
                "timestamp": { "type": "string", "format": "date-time" },
            },
        }), "Failure"),
    })
}

/// The answer that is hoped for, and one for each status that an error can have.
fn responses(ok: &str, schema: &Value, failure: &str) -> Value {
    let mut responses = Map::new();
    responses.insert(
        ok.into(),
        json!({
            "description": "It was done.",
            "content": { "application/json": { "schema": schema } },
        }),
    );
    for status in refusals().into_keys() {
        let reference = format!("#/components/responses/{failure}{status}");
        responses.insert(status.to_string(), json!({ "$ref": reference }));
    }
    Value::Object(responses)
}

/// The statuses of errors, with the names of their codes.
fn refusals() -> BTreeMap<u16, Vec<&'static str>> {
    let mut refusals: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
    for code in Code::ALL {
        refusals.entry(answer::status(code).as_u16()).or_default().push(code.name());
    }
    // The body took too long to arrive.
    refusals.entry(408).or_default().push(Code::Timeout.name());
    refusals
}

/// An answer for each status, in both envelopes.
fn refused() -> Value {
    let mut responses = Map::new();
    for (status, names) in refusals() {
        for schema in ["Failure", "Error"] {
            let response = json!({
                "description": format!("Refused: {}.", names.join(", ")),
                "content": { "application/json": {
                    "schema": { "$ref": format!("#/components/schemas/{schema}") },
                } },
            });
            responses.insert(format!("{schema}{status}"), response);
        }
    }
    Value::Object(responses)
}

/// Adds a resource route; one with `{action}` for every method that it leads to.
fn resource(
    paths: &mut Map<String, Value>,
    route: &Route,
    schemas: &[(&'static Entry, Value, Value)],
) {
    let mut methods: Vec<(String, &'static str)> = Vec::new();
    match route.method.strip_suffix("{action}") {
        None => methods.extend(entry(route.method).map(|e| (route.path.to_owned(), e.name))),
        Some(domain) => {
            for (entry, _, _) in schemas {
                let Some(action) = entry.name.strip_prefix(domain) else { continue };
                let path = route.path.replace("{action}", action);
                let Ok(verb) = route.verb.parse() else { continue };
                let found = routes::find(&verb, &path.replace("{id}", "t-1"));
                if found.is_some_and(|found| found.method == entry.name) {
                    methods.push((path, entry.name));
                }
            }
        }
    }
    for (path, name) in methods {
        let Some((entry, params, output)) = schemas.iter().find(|(e, _, _)| e.name == name) else {
            continue;
        };
        let operation = operation(route, &path, entry, params, output);
        let verbs = paths.entry(path).or_insert_with(|| json!({}));
        if let Value::Object(verbs) = verbs {
            verbs.entry(route.verb.to_lowercase()).or_insert(operation);
        }
    }
}

fn operation(route: &Route, path: &str, entry: &Entry, params: &Value, output: &Value) -> Value {
    let (summary, _) = described(entry);
    let reads = matches!(route.verb, "GET" | "DELETE");
    let mut parameters: Vec<Value> = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
        })
        .collect();
    if reads {
        for (name, schema) in super::query::properties(entry.name) {
            if !path.contains(&format!("{{{name}}}")) && name != "taskId" && name != "id" {
                parameters.push(json!({ "name": name, "in": "query", "schema": schema }));
            }
        }
    }
    let created = matches!(entry.name, "task.create" | "key.create");
    let mut operation = json!({
        "operationId": format!("{} {path}", route.verb),
        "tags": [entry.domain()],
        "summary": summary,
        "description": format!("The same as `{}`, answered by its output alone.", entry.name),
        "parameters": parameters,
        "responses": responses(if created { "201" } else { "200" }, output, "Error"),
    });
    if !reads {
        let body = match entry.name {
            "task.update" => json!({ "type": "object" }),
            _ if path.contains('{') => json!({ "type": "object" }),
            _ => params.clone(),
        };
        operation["requestBody"] = json!({ "content": { "application/json": { "schema": body } } });
    }
    operation
}

/// The types of events: what arrives over `/ws` and `/events`.
fn events(generator: &mut SchemaGenerator) -> Value {
    let mut webhooks = Map::new();
    for fact in facts() {
        let schema: Value = (fact.schema)(generator).into();
        webhooks.insert(
            fact.name.into(),
            json!({ "post": {
            "operationId": format!("event {}", fact.name),
            "tags": ["events"],
            "summary": "The payload of this type of event.",
            "requestBody": { "content": { "application/json": { "schema": schema } } },
            "responses": { "200": { "description": "Taken." } },
        } }),
        );
    }
    Value::Object(webhooks)
}

fn failure() -> Value {
    json!({
        "type": "object",
        "required": ["success", "error", "code", "message", "event"],
        "properties": {
            "success": { "const": false },
            "error": { "type": "string" },
            "code": { "$ref": "#/components/schemas/Code" },
            "message": { "type": "string" },
            "details": {},
            "event": { "type": "string" },
            "timestamp": { "type": "string", "format": "date-time" },
        },
    })
}

fn error() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "properties": { "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": { "$ref": "#/components/schemas/Code" },
                "message": { "type": "string" },
                "issues": { "type": "array", "items": { "$ref": "#/components/schemas/Issue" } },
            },
        } },
    })
}
