//! What a method is, and the same with its types erased.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use claudebench_core::error::Issue;
use claudebench_core::id::clip;
use claudebench_core::{Code, Error, Scope, Text};
use claudebench_store::{Freshness, Position};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::context::Context;
use crate::fingerprint;
use crate::named::Named;

/// What a call needs, and whether it changes anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Changes nothing, and may be answered by a replica, which may be a little behind.
    Read(Scope),
    /// Changes nothing, and is to be answered by the primary: what it shows was perhaps taken away
    /// this very moment.
    ReadLatest(Scope),
    /// Changes something: takes an idempotency key.
    Write(Scope),
    /// A sign of life and the like: does something, and done again it does no harm. Takes no
    /// idempotency key: the answer tells how it is now, not how it was at the first call.
    Sign(Scope),
}

impl Access {
    /// The scope that the caller must have.
    #[must_use]
    pub const fn scope(self) -> Scope {
        match self {
            Self::Read(scope)
            | Self::ReadLatest(scope)
            | Self::Write(scope)
            | Self::Sign(scope) => scope,
        }
    }

    /// Whether it changes nothing.
    #[must_use]
    pub const fn reads(self) -> bool {
        matches!(self, Self::Read(_) | Self::ReadLatest(_))
    }

    /// How fresh its reads must be for somebody who has seen so much.
    #[must_use]
    pub const fn freshness(self, seen: Option<Position>) -> Freshness {
        match (self, seen) {
            (Self::Read(_), Some(position)) => Freshness::After(position),
            (Self::Read(_), None) => Freshness::Any,
            _ => Freshness::Latest,
        }
    }

    /// Whether it takes an idempotency key, and keeps the answer with it.
    #[must_use]
    pub const fn takes_key(self) -> bool {
        matches!(self, Self::Write(_))
    }
}

/// A method: the type of its params. Its doc comment is its description everywhere; a JSON block
/// in it is its example, and a test.
pub trait Method: Serialize + DeserializeOwned + JsonSchema + Send + 'static {
    /// `domain.action`.
    const NAME: &'static str;
    /// What a call needs.
    const ACCESS: Access;
    /// What it answers.
    type Output: Serialize + DeserializeOwned + JsonSchema + Send + 'static;
    /// Does it.
    fn call(self, cx: &Context) -> impl Future<Output = Result<Self::Output, Error>> + Send;
}

/// An answer, written.
pub type Reply = Result<Box<RawValue>, Error>;

/// An answer under way.
pub type Answering = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// A method with its types erased.
pub struct Entry {
    /// `domain.action`.
    pub name: &'static str,
    /// What a call needs.
    pub access: Access,
    /// The schemas of its params and of its answer.
    pub schemas: fn(&mut SchemaGenerator) -> (Schema, Schema),
    /// Reads the params and does it. `None` is an empty object.
    pub invoke: fn(Context, Option<&RawValue>) -> Answering,
}

impl Entry {
    /// The entry of a method.
    #[must_use]
    pub const fn of<M: Method>() -> Self {
        Self {
            name: M::NAME,
            access: M::ACCESS,
            schemas: |generator| {
                let mut params = generator.subschema_for::<M>();
                if M::ACCESS.takes_key() {
                    params = with_key(generator, params);
                }
                (params, generator.subschema_for::<M::Output>())
            },
            invoke: invoke::<M>,
        }
    }

    /// `domain` of `domain.action`.
    #[must_use]
    pub fn domain(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(domain, _)| domain)
    }
}

/// The params of a method that writes take a key beside the fields that its type declares.
fn with_key(generator: &mut SchemaGenerator, mut params: Schema) -> Schema {
    let key = json_schema!({
        "type": "string",
        "minLength": 1,
        "maxLength": 200,
        "description": "Makes the call safe to repeat for 24 hours: the same key with the same \
                        params answers as the first time, with others it is refused. The header \
                        `Idempotency-Key` does the same.",
    });
    let place = params
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|path| path.rsplit('/').next())
        .map(str::to_owned);
    let declared = match place {
        Some(name) => generator.definitions_mut().get_mut(&name).and_then(Value::as_object_mut),
        // Nothing is shared: the schema stands here.
        None => params.as_object_mut(),
    };
    if let Some(declared) = declared {
        let properties =
            declared.entry("properties").or_insert_with(|| Value::Object(Default::default()));
        if let Value::Object(properties) = properties {
            properties.insert("idempotencyKey".into(), key.into());
        }
    }
    params
}

fn invoke<M: Method>(mut cx: Context, params: Option<&RawValue>) -> Answering {
    let text = params.map(RawValue::get).filter(|text| !is_falsy(text)).unwrap_or("{}");
    let read: Result<M, Error> = (|| {
        let method = read::<M>(text)?;
        if M::ACCESS.takes_key() {
            let key = one_key(cx.header_key.take(), key_in(text)?)?;
            cx.key = key.map(|key| fingerprint::of(M::NAME, key, text)).transpose()?.map(Arc::new);
        }
        Ok(method)
    })();
    Box::pin(async move {
        let output = read?.call(&cx).await?;
        serde_json::value::to_raw_value(&output).map_err(|error| unwritten(&error))
    })
}

/// The error for an answer that is no JSON.
pub(crate) fn unwritten(error: &serde_json::Error) -> Error {
    Error::new(Code::Internal, format!("the answer cannot be written: {error}"))
}

/// Whether JavaScript takes it for nothing: the public protocol reads such params as none.
fn is_falsy(json: &str) -> bool {
    matches!(json, "null" | "false" | "\"\"") || json.parse() == Ok(0.0)
}

/// Reads an object, such as params; the reader that knows the path of a mistake is slower, so it
/// runs only then.
///
/// # Errors
/// [`Code::InvalidParams`], with the path of the mistake, what was expected and what came.
pub fn read<M: DeserializeOwned>(text: &str) -> Result<M, Error> {
    let text = match text.as_bytes().first() {
        Some(b'{') => text,
        Some(b'n') => "{}",
        _ => {
            return Err(Error::invalid(
                &[],
                format!("expected params by name, an object, got `{}`", clip(text)),
            ));
        }
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = M::deserialize(Named(&mut reader)).and_then(|read| reader.end().map(|()| read));
    read.map_err(|_| {
        let mut reader = serde_json::Deserializer::from_str(text);
        match serde_path_to_error::deserialize::<_, M>(Named(&mut reader)) {
            Ok(_) => Error::new(Code::Internal, "params were read once but not twice"),
            Err(error) => Error::issues(vec![issue(&error)]),
        }
    })
}

fn issue(error: &serde_path_to_error::Error<serde_json::Error>) -> Issue {
    use serde_path_to_error::Segment;
    let mut path: Vec<Value> = error
        .path()
        .iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(Value::from(*index)),
            Segment::Map { key } => Some(Value::from(key.as_str())),
            Segment::Enum { variant } => Some(Value::from(variant.as_str())),
            Segment::Unknown => None,
        })
        .collect();
    let whole = error.inner().to_string();
    // Where in the text says nothing to somebody who sent an object.
    let message = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(message, _)| message);
    // Nobody has been inside what is missing, so the path ends before it.
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    if let Some(name) = missing {
        path.push(name.into());
        return Issue {
            code: "missing_field".into(),
            path,
            message: "required but missing".into(),
        };
    }
    let code = ["invalid type", "unknown variant", "invalid value"]
        .into_iter()
        .find(|kind| message.starts_with(kind))
        .map_or_else(|| "custom".to_owned(), |kind| kind.replace(' ', "_"));
    Issue { code, path, message: message.to_owned() }
}

/// The field `idempotencyKey`, which every method that writes takes beside its own.
fn key_in(text: &str) -> Result<Option<String>, Error> {
    #[derive(Deserialize)]
    struct Key {
        #[serde(rename = "idempotencyKey")]
        key: Option<Text<1, 200>>,
    }
    if !text.contains("\"idempotencyKey\"") {
        return Ok(None);
    }
    read::<Key>(text).map(|found| found.key.map(Text::into_string))
}

/// The key of a call, which may come in the header and in the params, but not as two.
fn one_key(header: Option<String>, field: Option<String>) -> Result<Option<String>, Error> {
    if let (Some(header), Some(field)) = (&header, &field)
        && header != field
    {
        let message = format!(
            "the header `Idempotency-Key` says `{}` and this field `{}`: send one of them",
            clip(header),
            clip(field)
        );
        return Err(Error::invalid(&["idempotencyKey"], message));
    }
    Ok(header.or(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[allow(dead_code, reason = "only how it is read matters")]
    struct Params {
        text: Text<1, 3>,
        items: Option<Vec<Inner>>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only how it is read matters")]
    struct Inner {
        n: claudebench_core::Int<0, 9>,
    }

    #[test]
    fn what_javascript_takes_for_nothing_is_no_params() {
        for nothing in ["null", "false", "0", "-0", "0.0", "0e9", "\"\""] {
            assert!(is_falsy(nothing), "{nothing}");
        }
        for something in ["true", "1", "[]", "\"0\"", "{}", "0.1"] {
            assert!(!is_falsy(something), "{something}");
        }
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Choices {
        status: Option<claudebench_core::Status>,
        #[serde(default)]
        several: Vec<Wrapped>,
        #[serde(default)]
        raw: Option<Box<Value>>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Wrapped(claudebench_core::Status);

    #[test]
    fn a_choice_is_made_by_its_name_alone() {
        use claudebench_core::Status;
        use serde_json::json;

        let text =
            r#"{"status":"completed","several":["failed","p\u0065nding"],"raw":{"a":{"b":null}}}"#;
        let read_well = read::<Choices>(text).unwrap();
        assert_eq!(read_well.status, Some(Status::Completed));
        assert_eq!(read_well.several, [Wrapped(Status::Failed), Wrapped(Status::Pending)]);
        assert_eq!(read::<Choices>(r#"{"status":null}"#).unwrap().status, None);
        for (text, path, message) in [
            (
                r#"{"status":{"completed":null}}"#,
                json!(["status"]),
                "invalid type: map, expected one of `pending`, ",
            ),
            (
                r#"{"several":["failed",{"failed":null}]}"#,
                json!(["several", 1]),
                "invalid type: map, expected one of `",
            ),
            (
                r#"{"status":7}"#,
                json!(["status"]),
                "invalid type: integer `7`, expected one of `pending`, ",
            ),
            (
                r#"{"status":"done"}"#,
                json!(["status"]),
                "unknown variant `done`, expected one of `pending`, ",
            ),
        ] {
            let error = read::<Choices>(text).unwrap_err();
            let issue = &error.details["issues"][0];
            assert_eq!(issue["path"], path, "{text}: {issue}");
            assert!(issue["message"].as_str().unwrap().starts_with(message), "{text}: {issue}");
        }
    }

    #[test]
    fn a_mistake_is_named_with_its_path() {
        let error = read::<Params>(r#"{"text":"ab","items":[{"n":1},{"n":10}]}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            "items.1.n: invalid value: integer `10`, expected an integer from 0 to 9"
        );
        let error = read::<Params>("{}").unwrap_err();
        assert_eq!(error.to_string(), "text: required but missing");
        let error = read::<Params>(r#"{"text":"ab","items":[{"n":1},{}]}"#).unwrap_err();
        assert_eq!(error.details["issues"][0]["path"], serde_json::json!(["items", 1, "n"]));
        assert_eq!(error.details["issues"][0]["code"], "missing_field");
        assert!(read::<Params>("[1]").unwrap_err().to_string().contains("by name"));
    }
}
