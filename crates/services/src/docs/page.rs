//! The pages of the folder `docs/`, put into the program when it is built.

use std::sync::LazyLock;

use claudebench_core::Millis;
use rust_embed::RustEmbed;
use serde_json::{Map, Value};

#[derive(RustEmbed)]
#[folder = "../../docs"]
struct Files;

/// A page.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// Its path without the ending: `errors/not_found`.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) category: String,
    pub(super) path: String,
    pub(super) tags: Vec<String>,
    pub(super) last_modified: Millis,
    /// Without the front matter.
    pub(super) content: String,
    pub(super) front_matter: Map<String, Value>,
}

/// All pages, by category and id.
pub(super) fn pages() -> &'static [Page] {
    static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| {
        let mut pages: Vec<Page> = Files::iter()
            .filter(|path| path.ends_with(".md"))
            .filter_map(|path| {
                let file = Files::get(&path)?;
                let seconds = file.metadata.last_modified().unwrap_or(0);
                let ms = i64::try_from(seconds).unwrap_or(0).saturating_mul(1_000);
                Some(page(&path, &String::from_utf8_lossy(&file.data), Millis(ms)))
            })
            .collect();
        pages.sort_by(|a, b| (&a.category, &a.id).cmp(&(&b.category, &b.id)));
        pages
    });
    &PAGES
}

fn page(path: &str, text: &str, last_modified: Millis) -> Page {
    let (front_matter, content) = split(text);
    let id = path.strip_suffix(".md").unwrap_or(path).to_owned();
    let given = |name: &str| front_matter.get(name).and_then(Value::as_str).map(str::to_owned);
    let heading = content.lines().find_map(|line| line.strip_prefix("# ")).map(str::to_owned);
    let folder = id.rsplit_once('/').map_or("guide", |(folder, _)| folder).to_owned();
    Page {
        title: given("title").or(heading).unwrap_or_else(|| id.clone()),
        description: given("description").unwrap_or_else(|| first_paragraph(content)),
        category: given("category").unwrap_or(folder),
        path: format!("docs/{path}"),
        tags: tags(front_matter.get("tags")),
        last_modified,
        content: content.to_owned(),
        front_matter,
        id,
    }
}

/// The fields between two lines of `---` at the start, and what follows.
fn split(text: &str) -> (Map<String, Value>, &str) {
    let fields = |text: &str| {
        text.lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), read(value.trim())))
            .collect()
    };
    text.strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
        .map_or_else(|| (Map::new(), text), |(head, rest)| (fields(head), rest.trim_start()))
}

/// A value of the front matter: JSON where it is, else a text, maybe in quotes.
fn read(value: &str) -> Value {
    let plain = || value.trim_matches(['"', '\'']).into();
    match value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(list) => list.split(',').map(|item| read(item.trim())).collect(),
        None => serde_json::from_str(value).unwrap_or_else(|_| plain()),
    }
}

fn tags(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// The first paragraph of prose, on one line.
fn first_paragraph(content: &str) -> String {
    let mut lines = content.lines().map(str::trim).skip_while(|line| {
        line.is_empty() || line.starts_with(['#', '|', '`', '<', '!', '-', '>'])
    });
    let paragraph: Vec<&str> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    paragraph.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_of_itself_what_it_does_not_carry() {
        let found = page("errors/stale.md", "# Stale\n\nToo late,\nstop.\n\nMore.\n", Millis(0));
        assert_eq!((&*found.id, &*found.title), ("errors/stale", "Stale"));
        assert_eq!((&*found.description, &*found.category), ("Too late, stop.", "errors"));
        assert_eq!(found.path, "docs/errors/stale.md");
    }

    #[test]
    fn front_matter_is_read() {
        let text = "---\ntitle: \"A: b\"\nsidebar_position: 3\ntags: [x, \"y\"]\n---\n\nText.\n";
        let found = page("a.md", text, Millis(0));
        assert_eq!((&*found.title, &*found.content), ("A: b", "Text.\n"));
        assert_eq!(found.tags, ["x", "y"]);
        assert_eq!(found.front_matter["sidebar_position"], 3);
    }

    #[test]
    fn there_is_a_first_page() {
        assert!(pages().iter().any(|page| page.id == "README"), "docs/README.md is missing");
    }
}
