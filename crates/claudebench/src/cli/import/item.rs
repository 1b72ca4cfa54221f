//! What comes from elsewhere, in the words of this server.

use serde_json::{Map, Value, json};

/// The longest text of a task, in characters.
const TEXT: usize = 500;
/// The longest name, in characters.
const NAME: usize = 200;

/// All that a source has.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// Its kind: `beads`.
    pub(super) kind: &'static str,
    /// Which one of its kind.
    pub(super) name: String,
    pub(super) items: Vec<Item>,
    /// What is not brought over.
    pub(super) left: Vec<Left>,
}

/// A task of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Item {
    /// Its id there.
    pub(super) id: String,
    pub(super) text: String,
    pub(super) priority: u8,
    pub(super) project: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) run_at: Option<String>,
    /// The ids of tasks that must be done before.
    pub(super) depends_on: Vec<String>,
    /// The ids of its parts, which are done before it is, too.
    pub(super) parts: Vec<String>,
    pub(super) end: End,
    pub(super) attachments: Vec<Attachment>,
    /// The fields that its owner gave it.
    pub(super) metadata: Map<String, Value>,
    /// What else is known of it there: times, people, its status.
    pub(super) known: Map<String, Value>,
}

/// How a task stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum End {
    /// It is to be done.
    #[default]
    Open,
    Completed(Option<Value>),
    Failed(String),
    Cancelled(String),
}

impl End {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Open => "pending",
            Self::Completed(_) => "completed",
            Self::Failed(_) => "failed",
            Self::Cancelled(_) => "cancelled",
        }
    }
}

/// An attachment of a task.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Attachment {
    pub(super) key: String,
    /// The params of `task.create_attachment`, without task and key.
    pub(super) body: Value,
}

/// Something that is not brought over, or not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// Its id there.
    pub(super) id: String,
    pub(super) why: String,
}

impl Left {
    pub(super) fn new(id: impl Into<String>, why: impl Into<String>) -> Self {
        Self { id: id.into(), why: why.into() }
    }
}

impl Item {
    /// A task with its text: of one that is too long, the whole becomes an attachment.
    pub(super) fn new(id: impl Into<String>, text: &str) -> Self {
        let mut item = Self { id: id.into(), priority: 50, ..Self::default() };
        let text = text.trim().replace('\0', "\u{fffd}");
        item.text = if text.is_empty() { format!("(no text: {})", item.id) } else { text };
        if item.text.chars().count() > TEXT {
            let whole = std::mem::take(&mut item.text);
            item.text = whole.chars().take(TEXT - 1).chain(['…']).collect();
            item.attach("text", &whole);
        }
        item
    }

    /// A text that belongs to it; an empty one is none.
    pub(super) fn attach(&mut self, key: &str, text: &str) {
        if !text.trim().is_empty() {
            let content = text.replace('\0', "\u{fffd}");
            let body = json!({"type": "markdown", "content": content});
            self.attachments.push(Attachment { key: key.to_owned(), body });
        }
    }

    /// A fact that is kept; `null` is none.
    pub(super) fn know(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        if !value.is_null() && value != "" {
            self.known.insert(name.to_owned(), value);
        }
    }

    /// The params that make it, but for what it depends on.
    pub(super) fn params(&self, source: &Source, project: Option<&str>) -> Value {
        let mut known = self.known.clone();
        known.insert("from".into(), source.kind.into());
        known.insert("source".into(), source.name.as_str().into());
        known.insert("id".into(), self.id.as_str().into());
        let mut metadata = self.metadata.clone();
        metadata.insert("import".into(), Value::Object(known));
        let mut tags: Vec<String> = vec![source.tag()];
        tags.extend(self.tags.iter().map(|tag| name(tag)).filter(|tag| !tag.is_empty()).take(31));
        let mut params = json!({
            "text": self.text, "priority": self.priority, "tags": tags, "metadata": metadata,
        });
        // Two that bring the same at the same time bring it once.
        let unique = format!("{}:{}", source.tag(), self.id);
        if unique.chars().count() <= NAME {
            params["uniqueKey"] = unique.into();
            params["onDuplicate"] = "return".into();
        }
        let project = project.map(str::to_owned).or_else(|| self.project.as_deref().map(name));
        if let Some(project) = project.filter(|project| !project.is_empty()) {
            params["project"] = project.into();
        }
        if !self.roles.is_empty() {
            params["roles"] = self.roles.iter().map(|role| name(role)).collect();
        }
        if let Some(at) = &self.run_at {
            params["runAt"] = at.as_str().into();
        }
        params
    }
}

impl Source {
    /// The tag that all its tasks carry: by that they are found when it is brought over again.
    pub(super) fn tag(&self) -> String {
        name(&format!("import:{}:{}", self.kind, self.name))
    }
}

/// A name as the server takes it.
fn name(text: &str) -> String {
    text.trim().replace('\0', "\u{fffd}").chars().take(NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_is_kept_in_full() {
        let whole = "é".repeat(600);
        let item = Item::new("a", &whole);
        assert_eq!(item.text.chars().count(), 500);
        assert_eq!(item.attachments[0].body["content"], whole);
        assert_eq!(Item::new("a", " ").text, "(no text: a)");
    }

    #[test]
    fn a_task_says_where_it_comes_from() {
        let source = Source { kind: "beads", name: "site".into(), ..Source::default() };
        let mut item = Item::new("bd-1", "x");
        item.tags = vec!["a".into(), " ".into()];
        item.know("createdAt", "2026-01-01T00:00:00Z");
        item.know("assignee", Value::Null);
        let params = item.params(&source, Some("own"));
        assert_eq!(params["tags"], json!(["import:beads:site", "a"]));
        assert_eq!(params["project"], "own");
        let import = json!({
            "from": "beads", "source": "site", "id": "bd-1", "createdAt": "2026-01-01T00:00:00Z",
        });
        assert_eq!(params["metadata"]["import"], import);
    }
}
