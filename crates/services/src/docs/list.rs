//! `docs.list`.

use std::collections::BTreeSet;

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Int, Millis, Scope, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::page::{Page, pages};
use crate::context::Context;
use crate::method::{Access, Method};

/// Lists the pages of this server's documentation; `search` keeps those that have all its words.
///
/// ```json
/// {"limit": 10}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "DocsList")]
pub struct ListDocs {
    /// Only pages of this category.
    pub category: Option<Name>,
    /// Only pages that have all of these words.
    pub search: Option<Text<1, 200>>,
    /// The most pages; 50 if absent.
    pub limit: Option<Int<1, 100>>,
    /// Without the first so many; 0 if absent.
    pub offset: Option<Int<0, 1_000_000>>,
}

/// Pages of the documentation.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DocsPage")]
pub struct DocsListed {
    /// The pages.
    pub docs: Vec<DocListed>,
    /// How many the filters hold for.
    pub total_count: usize,
    /// All categories there are.
    pub categories: Vec<String>,
}

/// A page of the documentation, without its text.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DocListed")]
pub struct DocListed {
    /// Its id, for docs.get.
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
    /// When it was last changed.
    pub last_modified: Millis,
}

impl From<&Page> for DocListed {
    fn from(page: &Page) -> Self {
        Self {
            id: page.id.clone(),
            title: page.title.clone(),
            description: page.description.clone(),
            category: page.category.clone(),
            path: page.path.clone(),
            tags: page.tags.clone(),
            last_modified: page.last_modified,
        }
    }
}

impl Method for ListDocs {
    const NAME: &'static str = "docs.list";
    const ACCESS: Access = Access::Read(Scope::SystemRead);
    type Output = DocsListed;

    async fn call(self, _: &Context) -> Result<DocsListed, Error> {
        let words: Vec<String> = self
            .search
            .iter()
            .flat_map(|search| search.split_whitespace().map(str::to_lowercase))
            .collect();
        let fits = |page: &&Page| {
            self.category.as_ref().is_none_or(|category| **category == *page.category)
                && (words.is_empty() || has(page, &words))
        };
        let found: Vec<&Page> = pages().iter().filter(fits).collect();
        let categories: BTreeSet<&String> = pages().iter().map(|page| &page.category).collect();
        let (limit, offset) =
            (self.limit.map_or(50, Int::count), self.offset.map_or(0, Int::count));
        Ok(DocsListed {
            docs: found
                .iter()
                .skip(offset)
                .take(limit)
                .map(|page| DocListed::from(*page))
                .collect(),
            total_count: found.len(),
            categories: categories.into_iter().cloned().collect(),
        })
    }
}

fn has(page: &Page, words: &[String]) -> bool {
    let text = format!("{} {} {}", page.title, page.tags.join(" "), page.content).to_lowercase();
    words.iter().all(|word| text.contains(word))
}
