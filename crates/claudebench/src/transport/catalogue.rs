//! The catalogue: what can be called, for programs that ask.

use claudebench_core::Millis;
use claudebench_services::{Entry, entry, methods};
use hyper::{Response, StatusCode};
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::answer::{self, Body};

/// The answer to one of the catalogue's paths.
pub(super) fn answer(path: &str) -> Option<Response<Body>> {
    let body = match path {
        "/" => json!({
            "status": "healthy",
            "service": "claudebench",
            "version": env!("CARGO_PKG_VERSION"),
            "timestamp": Millis(claudebench_core::time::wall_ms()),
        }),
        "/handlers" => {
            let handlers: Vec<Value> = methods().map(handler).collect();
            json!({ "total": handlers.len(), "handlers": handlers })
        }
        "/routes" => {
            let routes: Vec<Value> = methods().map(route).collect();
            json!({ "total": routes.len(), "routes": routes })
        }
        path => return path.strip_prefix("/schemas/").map(schemas),
    };
    Some(answer::json(StatusCode::OK, body.to_string()))
}

/// `/domain/first-part`, as the public protocol has it.
fn short_path(entry: &Entry) -> String {
    let mut parts = entry.name.splitn(3, '.');
    let (domain, action) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let short = format!("/{domain}/{action}");
    match super::routes::action(&short) {
        Some(name) if name == entry.name => short,
        _ => format!("/{}", entry.name.replacen('.', "/", 1)),
    }
}

fn http_route(entry: &Entry) -> Value {
    json!({ "method": "POST", "path": short_path(entry), "event": entry.name })
}

fn handler(entry: &Entry) -> Value {
    json!({
        "event": entry.name,
        "className": class_name(entry.name),
        "description": description(entry),
        "persist": entry.access.takes_key(),
        "scope": entry.access.scope(),
        "rateLimit": Value::Null,
        "httpRoute": http_route(entry),
    })
}

fn route(entry: &Entry) -> Value {
    json!({
        "method": "POST",
        "path": short_path(entry),
        "event": entry.name,
        "handler": class_name(entry.name),
        "description": description(entry),
    })
}

/// `task.create_many` as `TaskCreateMany`.
fn class_name(name: &str) -> String {
    name.split(['.', '_'])
        .map(|part| {
            let (first, rest) = part.split_at(part.len().min(1));
            first.to_uppercase() + rest
        })
        .collect()
}

fn inlined(entry: &Entry) -> (Value, Value) {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let (params, output) = (entry.schemas)(&mut settings.into_generator());
    (params.into(), output.into())
}

/// The first paragraph of the method's documentation.
fn description(entry: &Entry) -> String {
    let (params, _) = inlined(entry);
    let text = params.get("description").and_then(Value::as_str).unwrap_or("");
    text.split("\n\n").next().unwrap_or("").replace('\n', " ")
}

fn schemas(name: &str) -> Response<Body> {
    let Some(entry) = entry(name) else {
        let name = claudebench_core::id::clip(name);
        let body = json!({ "error": format!("Method not found: {name}"), "event": name });
        return answer::json(StatusCode::NOT_FOUND, body.to_string());
    };
    let (input, output) = inlined(entry);
    let body = json!({
        "event": entry.name,
        "className": class_name(entry.name),
        "description": description(entry),
        "schemas": { "input": input, "output": output },
    });
    answer::json(StatusCode::OK, body.to_string())
}
