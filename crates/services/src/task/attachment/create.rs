//! `task.create_attachment`.

use claudebench_core::bounded::refuse_nul;
use claudebench_core::id::attachment_id;
use claudebench_core::{Error, Int, Millis, Scope, TaskId, Text};
use claudebench_store::{AttachmentBody, AttachmentKind, PutAttachment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bytes;
use crate::context::Context;
use crate::json::{Json, bounded};
use crate::method::{Access, Method};

/// Writes an attachment of a task, over one with the same key. `json` needs `value`, `text` and
/// `markdown` need `content`, `url` needs `url`.
///
/// ```json
/// {"taskId": "t-1", "key": "notes", "type": "markdown", "content": "# Found\n\nTwo broken links."}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentCreate")]
pub struct CreateAttachment {
    /// The task.
    pub task_id: TaskId,
    /// Its key, unique in the task.
    pub key: Text<1, 100>,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: AttachmentKind,
    /// Any JSON.
    #[serde(default)]
    pub value: Option<Json>,
    /// Text.
    #[serde(default)]
    pub content: Option<String>,
    /// A link.
    #[serde(default)]
    pub url: Option<Text<1, 10_000>>,
    /// Its media type.
    #[serde(default)]
    pub mime_type: Option<Text<1, 200>>,
    /// Its size in bytes, if that is known.
    #[serde(default)]
    pub size: Option<Int<1, 9_007_199_254_740_991>>,
}

/// The attachment was written.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentCreated")]
pub struct AttachmentCreated {
    /// Its id.
    pub id: String,
    /// Its task.
    pub task_id: TaskId,
    /// Its key.
    pub key: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: AttachmentKind,
    /// When it was first written.
    pub created_at: Millis,
}

impl Method for CreateAttachment {
    const NAME: &'static str = "task.create_attachment";
    const ACCESS: Access = Access::Write(Scope::TasksWrite);
    type Output = AttachmentCreated;

    async fn call(self, cx: &Context) -> Result<AttachmentCreated, Error> {
        let max = cx.shared.limits.attachment_bytes;
        let body = AttachmentBody {
            key: self.key.into_string(),
            kind: self.kind,
            value: self.value.map(|value| value.bounded("value", max)).transpose()?,
            content: self.content.filter(|content| !content.is_empty()),
            url: self.url.map(Text::into_string),
            mime_type: self.mime_type.map(Text::into_string),
            size: self.size.map(Int::get),
        };
        refuse_wrong(&body)?;
        bounded("the attachment", bytes(&body), max)?;
        let put = cx.commit(PutAttachment { task: self.task_id, body }).await?;
        Ok(AttachmentCreated {
            id: attachment_id(put.id),
            task_id: put.task,
            key: put.body.key,
            kind: put.body.kind,
            created_at: put.created_at,
        })
    }
}

/// Refuses a body that does not hold what its kind needs.
fn refuse_wrong(body: &AttachmentBody) -> Result<(), Error> {
    let kind = body.kind.name();
    let missing = match body.kind {
        AttachmentKind::Json if body.value.is_none() => "value",
        AttachmentKind::Text | AttachmentKind::Markdown if body.content.is_none() => "content",
        AttachmentKind::Url if body.url.is_none() => "url",
        AttachmentKind::Binary
            if body.value.is_none() && body.content.is_none() && body.url.is_none() =>
        {
            "url"
        }
        _ => {
            refuse_nul(body.content.as_deref().unwrap_or_default())
                .map_err(|what| Error::invalid(&["content"], what))?;
            return body.url.as_deref().map_or(Ok(()), refuse_no_url);
        }
    };
    Err(Error::invalid(&[missing], format!("an attachment of type `{kind}` needs {missing}")))
}

fn refuse_no_url(url: &str) -> Result<(), Error> {
    let scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    let fits =
        url.split_once(':').is_some_and(|(before, after)| scheme(before) && !after.is_empty());
    if fits && !url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Ok(());
    }
    Err(Error::invalid(&["url"], "expected a URL such as `https://example.com/log`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_a_scheme_and_no_spaces() {
        for url in ["https://example.com/a?b=c", "mailto:a@example.com", "file:///tmp/log"] {
            assert!(refuse_no_url(url).is_ok(), "{url}");
        }
        for text in ["example.com", "https:", "://x", "https://a b", "1a:b"] {
            assert!(refuse_no_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn each_kind_needs_its_own() {
        let body = |kind, value: Option<&str>, content: Option<&str>| AttachmentBody {
            key: "k".into(),
            kind,
            value: value.map(str::to_owned),
            content: content.map(str::to_owned),
            url: None,
            mime_type: None,
            size: None,
        };
        assert!(refuse_wrong(&body(AttachmentKind::Json, Some("false"), None)).is_ok());
        assert!(refuse_wrong(&body(AttachmentKind::Text, None, Some("x"))).is_ok());
        let error = refuse_wrong(&body(AttachmentKind::Json, None, Some("x"))).unwrap_err();
        assert_eq!(error.to_string(), "value: an attachment of type `json` needs value");
        for kind in AttachmentKind::ALL {
            assert!(refuse_wrong(&body(kind, None, None)).is_err());
        }
    }
}
