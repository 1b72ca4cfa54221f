//! JSON-RPC 2.0: one request, or an array of them.

use std::pin::Pin;
use std::time::Duration;

use claudebench_core::{Code, Error};
use claudebench_services::Reply;
use futures_util::future::join_all;
use serde::{Deserialize, Deserializer};
use serde_json::json;
use serde_json::value::RawValue;

use super::dispatch::{Caller, call, time_for};
use super::{App, answer, depth};

/// How many requests of a batch are under way at once.
const ABREAST: usize = 16;

/// An answer under way.
type Call<'a> = Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send + 'a>>;

/// A request, not yet checked.
#[derive(Deserialize)]
struct Request<'a> {
    #[serde(default, borrow, deserialize_with = "present")]
    jsonrpc: Option<&'a RawValue>,
    #[serde(default, borrow, deserialize_with = "present")]
    method: Option<&'a RawValue>,
    #[serde(default, borrow, deserialize_with = "present")]
    params: Option<&'a RawValue>,
    #[serde(default, borrow, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(default, borrow)]
    metadata: Option<Metadata<'a>>,
}

/// What the public protocol allows beside the params. Its types are checked, its values not used.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "checked by being read")]
struct Metadata<'a> {
    #[serde(default, borrow)]
    session_id: Option<std::borrow::Cow<'a, str>>,
    #[serde(default, borrow)]
    correlation_id: Option<std::borrow::Cow<'a, str>>,
    #[serde(default)]
    timestamp: Option<f64>,
}

/// Tells a field that is null from one that is not there.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(from).map(Some)
}

/// Answers a body: one request or an array. `None`: there is nothing to say.
pub async fn body(app: &App, caller: Caller, body: &[u8]) -> Option<Vec<u8>> {
    if !depth::within(body, app.config.limits.depth) {
        let error = Error::new(
            Code::InvalidRequest,
            format!("Invalid request: nested deeper than {}", app.config.limits.depth),
        );
        return Some(failure(&error, None));
    }
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => batch(app, caller, body).await,
        _ => single(app, caller, body).await,
    }
}

/// Answers what is said on `/rpc/batch`, where only an array will do, and is always answered by one.
pub async fn batch_body(app: &App, caller: Caller, text: &[u8]) -> Vec<u8> {
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        return body(app, caller, text).await.unwrap_or_else(|| b"[]".to_vec());
    }
    let error = match serde_json::from_slice::<&RawValue>(text) {
        Ok(_) => Error::new(Code::InvalidRequest, "Batch must be an array"),
        Err(_) => Error::new(Code::ParseError, "Invalid batch request"),
    };
    failure(&error, None)
}

/// Answers an array; one of nothing but notifications by nothing.
async fn batch(app: &App, caller: Caller, body: &[u8]) -> Option<Vec<u8>> {
    let refused = |message: &str| Some(failure(&Error::new(Code::InvalidRequest, message), None));
    let requests: Vec<&RawValue> = match serde_json::from_slice(body) {
        Ok(requests) => requests,
        Err(error) => return Some(failure(&unreadable(&error), None)),
    };
    let most = app.config.limits.batch;
    if requests.is_empty() {
        return refused("Batch cannot be empty");
    }
    if requests.len() > most {
        let count = requests.len();
        return refused(&format!("Batch of {count} requests; at most {most} are taken"));
    }
    if caller.key.is_some() {
        return refused(
            "Idempotency-Key stands for one call; give each request its own `idempotencyKey` in \
             its params",
        );
    }
    // One time for all of them: those that wait would else take many times as long.
    let caller = Caller { until: Some(time_for(app, longest_wait(&requests))), ..caller };
    let mut answers: Vec<Option<Vec<u8>>> = Vec::with_capacity(requests.len());
    for abreast in requests.chunks(ABREAST) {
        let calls: Vec<Call<'_>> = abreast
            .iter()
            .map(|request| -> Call<'_> {
                Box::pin(single(app, caller.clone(), request.get().as_bytes()))
            })
            .collect();
        answers.extend(join_all(calls).await);
    }
    let answers: Vec<Vec<u8>> = answers.into_iter().flatten().collect();
    if answers.is_empty() {
        return None;
    }
    let mut text =
        Vec::with_capacity(answers.iter().map(Vec::len).sum::<usize>() + answers.len() + 2);
    text.push(b'[');
    text.extend(answers.join(&b','));
    text.push(b']');
    Some(text)
}

/// The longest time that any of the requests asks to wait for something.
fn longest_wait(requests: &[&RawValue]) -> Duration {
    #[derive(Deserialize)]
    struct Asks {
        params: Waits,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Waits {
        wait_ms: u64,
    }
    // What cannot be read is refused when its turn comes.
    let asked = requests.iter().map(|request| request.get()).filter(|text| text.contains("waitMs"));
    let waits = asked.filter_map(|text| serde_json::from_str::<Asks>(text).ok());
    Duration::from_millis(waits.map(|asks| asks.params.wait_ms).max().unwrap_or(0))
}

/// Answers one request; a notification that went well is answered by nothing.
pub async fn single(app: &App, caller: Caller, text: &[u8]) -> Option<Vec<u8>> {
    let request = match read(text) {
        Ok(request) => request,
        Err(error) => return Some(failure(&error, None)),
    };
    let reply = call(app, caller, &request.method, request.params).await;
    match (&reply, request.id) {
        (_, Some(id)) => Some(written(&reply, Some(id))),
        // A notification is not answered, except by what is wrong with the request itself.
        (Err(error), None) if error.code == Code::MethodNotFound => Some(failure(error, None)),
        (_, None) => None,
    }
}

struct Checked<'a> {
    method: std::borrow::Cow<'a, str>,
    params: Option<&'a RawValue>,
    id: Option<&'a RawValue>,
}

fn read(text: &[u8]) -> Result<Checked<'_>, Error> {
    let request: Request<'_> = serde_json::from_slice(text).map_err(|e| unreadable(&e))?;
    let invalid =
        |what: &str| Err(Error::new(Code::InvalidRequest, format!("Invalid request: {what}")));
    if request.jsonrpc.map(RawValue::get) != Some("\"2.0\"") {
        return invalid("`jsonrpc` must be \"2.0\"");
    }
    let method = request.method.and_then(|raw| serde_json::from_str(raw.get()).ok());
    let Some(method) = method.map(|Name(name)| name) else {
        return invalid("`method` must be a string");
    };
    if request.id.is_some_and(|id| !is_id(id.get())) {
        return invalid("`id` must be a string, a number or null, and one that others can read");
    }
    drop(request.metadata);
    let params = request.params.filter(|params| params.get() != "null");
    Ok(Checked { method, params, id: request.id })
}

/// Whether a value can be an id. It goes back as it came, so that whoever reads the answer must be
/// able to: half of a surrogate pair is no character, and no program counts up to 1e999 (RFC 8259,
/// sections 8.2 and 6).
fn is_id(text: &str) -> bool {
    match text.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<Name<'_>>(text).is_ok(),
        Some(b'-' | b'0'..=b'9') => serde_json::from_str::<f64>(text).is_ok(),
        _ => text == "null",
    }
}

/// A name, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] std::borrow::Cow<'a, str>);

fn unreadable(error: &serde_json::Error) -> Error {
    if error.is_data() {
        Error::new(Code::InvalidRequest, format!("Invalid request: {error}"))
    } else {
        Error::new(Code::ParseError, format!("Parse error: {error}"))
    }
}

/// An answer with an error.
#[must_use]
pub fn failure(error: &Error, id: Option<&RawValue>) -> Vec<u8> {
    let data = match answer::issues(error) {
        // The public protocol: the list of what is wrong.
        Some(issues) if error.code == Code::InvalidParams => issues.clone(),
        _ => answer::object(error),
    };
    let message = match error.code {
        Code::InvalidParams => format!("Invalid parameters: {}", error.message),
        _ => error.message.clone(),
    };
    let error = json!({ "code": answer::rpc_code(error.code), "message": message, "data": data });
    let id = id.map_or("null", RawValue::get);
    format!(r#"{{"jsonrpc":"2.0","error":{error},"id":{id}}}"#).into_bytes()
}

fn written(reply: &Reply, id: Option<&RawValue>) -> Vec<u8> {
    match reply {
        Err(error) => failure(error, id),
        Ok(result) => {
            let id = id.map_or("null", RawValue::get);
            let result = result.get();
            let mut text = Vec::with_capacity(result.len() + id.len() + 40);
            text.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"result\":");
            text.extend_from_slice(result.as_bytes());
            text.extend_from_slice(b",\"id\":");
            text.extend_from_slice(id.as_bytes());
            text.push(b'}');
            text
        }
    }
}
