//! `docs.get`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Millis, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::page::pages;
use crate::context::Context;
use crate::json::Fields;
use crate::method::{Access, Method};

/// Reads a page of this server's documentation.
///
/// ```json
/// {"id": "README"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DocsGet")]
pub struct GetDoc {
    /// The id of the page, from docs.list.
    pub id: Name,
}

/// A page of the documentation.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Doc")]
pub struct DocFound {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Its category.
    pub category: String,
    /// Its file.
    pub path: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its text, in Markdown.
    pub content: String,
    /// The fields at its head.
    pub frontmatter: Fields,
    /// When it was last changed.
    pub last_modified: Millis,
    /// Its place among the others.
    #[serde(default, rename = "sidebar_position", skip_serializing_if = "Option::is_none")]
    pub sidebar_position: Option<i64>,
}

impl Method for GetDoc {
    const NAME: &'static str = "docs.get";
    const ACCESS: Access = Access::Read(Scope::SystemRead);
    type Output = DocFound;

    async fn call(self, _: &Context) -> Result<DocFound, Error> {
        let page = pages()
            .iter()
            .find(|page| *page.id == *self.id)
            .ok_or_else(|| Error::not_found("Document", &self.id))?;
        Ok(DocFound {
            id: page.id.clone(),
            title: page.title.clone(),
            description: page.description.clone(),
            category: page.category.clone(),
            path: page.path.clone(),
            tags: page.tags.clone(),
            content: page.content.clone(),
            frontmatter: Fields::stored(Value::Object(page.front_matter.clone()).to_string()),
            last_modified: page.last_modified,
            sidebar_position: page.front_matter.get("sidebar_position").and_then(Value::as_i64),
        })
    }
}
