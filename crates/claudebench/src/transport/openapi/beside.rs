//! The paths beside those of methods: JSON-RPC, the stream of events, the catalogue.

use serde_json::{Map, Value, json};

use super::responses;

/// Adds them.
pub(super) fn add(paths: &mut Map<String, Value>) {
    paths.insert("/rpc".into(), rpc());
    paths.insert("/rpc/batch".into(), batch());
    paths.insert("/events".into(), events());
    sessions(paths);
    let listed = "The methods, each with the path of its action.";
    paths.insert("/handlers".into(), catalogue("handlers", listed, vec![]));
    paths.insert("/routes".into(), catalogue("routes", "The paths of the actions.", vec![]));
    let method = json!({
        "name": "method", "in": "path", "required": true, "schema": { "type": "string" },
    });
    let about = "The schemas of a method's params and of its answer.";
    let mut schemas = catalogue("schemas", about, vec![method]);
    // The public protocol has this form for it, the name of the method beside the message.
    let unknown = json!({
        "type": "object",
        "required": ["error", "event"],
        "properties": { "error": { "type": "string" }, "event": { "type": "string" } },
    });
    let either = json!({ "anyOf": [unknown, { "$ref": "#/components/schemas/Error" }] });
    schemas["get"]["responses"]["404"] = in_json("There is no such method.", &either);
    paths.insert("/schemas/{method}".into(), schemas);
}

fn request() -> Value {
    json!({
        "type": "object",
        "required": ["jsonrpc", "method"],
        "properties": {
            "jsonrpc": { "const": "2.0" },
            "method": { "type": "string" },
            "params": { "type": "object" },
            "id": { "type": ["string", "number", "null"] },
        },
    })
}

/// An answer. Errors, too, come with the status 200.
fn answer() -> Value {
    json!({
        "type": "object",
        "required": ["jsonrpc", "id"],
        "properties": {
            "jsonrpc": { "const": "2.0" },
            "id": { "type": ["string", "number", "null"] },
            "result": {},
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": { "type": "integer" },
                    "message": { "type": "string" },
                    "data": {},
                },
            },
        },
    })
}

fn in_json(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn rpc() -> Value {
    let (request, answer) = (request(), answer());
    let several = json!({ "anyOf": [answer, { "type": "array", "items": answer }] });
    json!({ "post": {
        "operationId": "rpc",
        "tags": ["rpc"],
        "summary": "JSON-RPC 2.0: one request, or an array of them. Errors are answered with 200.",
        "requestBody": { "content": { "application/json": { "schema": {
            "anyOf": [request, { "type": "array", "items": request }],
        } } } },
        "responses": {
            "200": in_json("The answer, or the answers.", &several),
            "204": { "description": "A notification: nothing is answered." },
        },
    } })
}

fn batch() -> Value {
    let (request, answer) = (request(), answer());
    let several = json!({ "anyOf": [{ "type": "array", "items": answer }, answer] });
    json!({ "post": {
        "operationId": "rpc batch",
        "tags": ["rpc"],
        "summary": "JSON-RPC 2.0: an array of requests.",
        "requestBody": { "content": { "application/json": { "schema": {
            "type": "array", "items": request,
        } } } },
        "responses": {
            "200": in_json("The answers, or one error if there is no such array.", &several),
        },
    } })
}

fn events() -> Value {
    let parameter = |name: &str, place: &str, description: &str| {
        json!({
            "name": name, "in": place, "description": description, "schema": { "type": "string" },
        })
    };
    let mut responses = responses("200", &json!({}), "Error");
    responses["200"] = json!({
        "description": "The events, one message each: `id` is the cursor, `event` the type, `data` \
                        an Event. `event: lagged` says that some were missed. Without an end.",
        "content": { "text/event-stream": { "schema": { "type": "string" } } },
    });
    json!({ "get": {
        "operationId": "events",
        "tags": ["events"],
        "summary": "The event log from a cursor on, as server-sent events.",
        "x-scope": "tasks:read",
        "parameters": [
            parameter("since", "query", "The cursor to go on from. Without it: from now on."),
            parameter("types", "query", "Names, `task.*` or `*`, with commas between."),
            parameter("task", "query", "Only events of this task."),
            parameter("project", "query", "Only events of tasks of this project."),
            parameter("Last-Event-ID", "header", "The same as `since`; it wins."),
        ],
        "responses": responses,
    } })
}

/// A person logs in, and out.
fn sessions(paths: &mut Map<String, Value>) {
    let text = json!({ "type": "string" });
    let who = json!({
        "type": "object",
        "required": ["name", "tenant", "scopes", "session"],
        "properties": {
            "name": text,
            "tenant": text,
            "scopes": { "type": "array", "items": text },
            "session": { "type": "boolean", "description": "Whether a session says so." },
            "csrfToken": {
                "type": "string",
                "description": "With a session: the header `X-CSRF-Token` of what is no GET.",
            },
            "expiresAt": {
                "type": "integer",
                "description": "With a session: when it ends, if nobody uses it again.",
            },
        },
    });
    let login = json!({
        "type": "object", "required": ["key"], "properties": { "key": text },
    });
    let mut said = |path: &str, verb: &str, summary: &str, status: &str, body: Option<&Value>| {
        let mut responses = responses(status, &who, "Error");
        if status == "204" {
            responses["204"] = json!({ "description": "The session is over, everywhere." });
        }
        let mut call = json!({
            "operationId": path.trim_start_matches('/').replace('/', " "),
            "tags": ["auth"],
            "summary": summary,
            "responses": responses,
        });
        if let Some(schema) = body {
            call["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        }
        let mut verbs = Map::new();
        verbs.insert(verb.into(), call);
        paths.insert(path.into(), verbs.into());
    };
    let in_words = "Logs a person in with an API key: the answer sets the cookie of a session.";
    said("/auth/login", "post", in_words, "200", Some(&login));
    said("/auth/logout", "post", "Ends the session of the cookie.", "204", None);
    let in_words = "Who calls; the cookie of a session lives on.";
    said("/auth/session", "get", in_words, "200", None);
}

fn catalogue(id: &str, summary: &str, parameters: Vec<Value>) -> Value {
    json!({ "get": {
        "operationId": id,
        "tags": ["catalogue"],
        "summary": summary,
        "parameters": parameters,
        "responses": responses("200", &json!({ "type": "object" }), "Error"),
    } })
}
