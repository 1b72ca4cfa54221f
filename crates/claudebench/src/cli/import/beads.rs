//! Tasks of beads: a line of JSON an issue, in `.beads/issues.jsonl`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::item::{End, Item, Left, Source};
use crate::cli::failure::{Failure, Outcome};

/// Where the issues lie in the folder; the first that is there.
const FILES: [&str; 2] = ["issues.jsonl", "beads.jsonl"];

/// Kinds of issues that are no work.
const NO_WORK: [&str; 6] = ["message", "event", "agent", "role", "molecule", "gate"];

/// An issue; it has more.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Issue {
    id: String,
    title: String,
    description: Option<String>,
    design: Option<String>,
    acceptance_criteria: Option<String>,
    notes: Option<String>,
    status: Option<String>,
    priority: Option<i64>,
    issue_type: Option<String>,
    assignee: Option<String>,
    estimated_minutes: Value,
    created_at: Value,
    created_by: Value,
    updated_at: Value,
    closed_at: Value,
    close_reason: Option<String>,
    due_at: Value,
    defer_until: Option<String>,
    external_ref: Value,
    labels: Option<Vec<String>>,
    dependencies: Option<Vec<Dependency>>,
    comments: Option<Vec<Comment>>,
    pinned: bool,
    is_template: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Dependency {
    depends_on_id: String,
    #[serde(alias = "dep_type", rename = "type")]
    kind: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Comment {
    author: Option<String>,
    #[serde(alias = "body")]
    text: String,
    created_at: Option<String>,
}

/// Reads a folder with a `.beads`, a `.beads` folder, or a file.
pub(super) fn read(path: &Path) -> Outcome<Source> {
    let file = file(path)?;
    let unusable = |what: String| Failure::Input {
        what: format!("{}: {what}", file.display()),
        next: "`bd export -o FILE` writes the issues as JSON lines".into(),
    };
    let text = std::fs::read_to_string(&file).map_err(|e| unusable(e.to_string()))?;
    let mut issues: Vec<Issue> = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let value: Value =
            serde_json::from_str(line).map_err(|e| unusable(format!("line {number}: {e}")))?;
        // Newer exports have lines about other things, too.
        if value.get("_type").is_some_and(|kind| kind != "issue") {
            continue;
        }
        let issue: Issue =
            serde_json::from_value(value).map_err(|e| unusable(format!("line {number}: {e}")))?;
        if issue.id.is_empty() {
            return Err(unusable(format!("line {number}: an issue without an id")));
        }
        issues.push(issue);
    }
    Ok(source(issues))
}

fn file(path: &Path) -> Outcome<PathBuf> {
    if path.is_file() {
        return Ok(path.to_owned());
    }
    let folders = [path.join(".beads"), path.to_owned()];
    let files = folders.iter().flat_map(|folder| FILES.map(|file| folder.join(file)));
    files.into_iter().find(|file| file.is_file()).ok_or_else(|| Failure::Input {
        what: format!("there are no issues of beads in {}", path.display()),
        next: "give a folder with .beads/issues.jsonl, or a file that `bd export` has written"
            .into(),
    })
}

fn source(issues: Vec<Issue>) -> Source {
    let mut source = Source { kind: "beads", ..Source::default() };
    // Later lines are newer.
    let newest: HashMap<String, usize> =
        issues.iter().enumerate().map(|(place, issue)| (issue.id.clone(), place)).collect();
    let mut parts: HashMap<String, Vec<String>> = HashMap::new();
    let mut blockers: HashMap<String, Vec<String>> = HashMap::new();
    for (place, issue) in issues.into_iter().enumerate() {
        if newest.get(&issue.id) != Some(&place) {
            continue;
        }
        if let Some(why) = no_task(&issue) {
            source.left.push(Left::new(&issue.id, why));
            continue;
        }
        for dependency in issue.dependencies.iter().flatten() {
            let kind = dependency.kind.as_deref().unwrap_or("blocks");
            if kind == "parent-child" {
                parts.entry(dependency.depends_on_id.clone()).or_default().push(issue.id.clone());
            } else if kind == "blocks" {
                blockers
                    .entry(issue.id.clone())
                    .or_default()
                    .push(dependency.depends_on_id.clone());
            }
        }
        source.items.push(item(issue, &mut source.left));
    }
    for item in &mut source.items {
        item.parts = parts.remove(&item.id).unwrap_or_default();
        // What blocks the whole blocks its parts.
        if let Some(parent) = item.known.get("parent").and_then(Value::as_str) {
            item.depends_on.extend(blockers.get(parent).into_iter().flatten().cloned());
        }
    }
    source
}

/// Why an issue is no task.
fn no_task(issue: &Issue) -> Option<String> {
    let kind = issue.issue_type.as_deref().unwrap_or("task");
    match issue.status.as_deref() {
        Some("tombstone") => Some("it was deleted".into()),
        Some("pinned") => Some("it is a pinned note, and no work".into()),
        _ if issue.pinned => Some("it is a pinned note, and no work".into()),
        _ if issue.is_template => Some("it is a template".into()),
        _ if NO_WORK.contains(&kind) => Some(format!("it is of the kind {kind}, and no work")),
        _ => None,
    }
}

fn item(mut issue: Issue, left: &mut Vec<Left>) -> Item {
    let mut item = Item::new(&issue.id, &issue.title);
    item.priority = match issue.priority {
        Some(..=0) => 90,
        Some(1) => 70,
        None | Some(2) => 50,
        Some(3) => 30,
        Some(4..) => 10,
    };
    item.tags = issue.labels.take().unwrap_or_default();
    if let Some(kind) = issue.issue_type.take().filter(|kind| kind != "task") {
        item.know("type", kind.as_str());
        item.tags.push(kind);
    }
    for (key, text) in [
        ("description", &issue.description),
        ("design", &issue.design),
        ("acceptance-criteria", &issue.acceptance_criteria),
        ("notes", &issue.notes),
    ] {
        item.attach(key, text.as_deref().unwrap_or_default());
    }
    item.attach("comments", &comments(issue.comments.take().unwrap_or_default()));
    depend(&mut item, issue.dependencies.take().unwrap_or_default(), left);
    end(&mut item, &mut issue, left);
    item.know("assignee", issue.assignee.unwrap_or_default());
    for (name, value) in [
        ("createdAt", issue.created_at),
        ("createdBy", issue.created_by),
        ("updatedAt", issue.updated_at),
        ("closedAt", issue.closed_at),
        ("dueAt", issue.due_at),
        ("estimatedMinutes", issue.estimated_minutes),
        ("externalRef", issue.external_ref),
    ] {
        item.know(name, value);
    }
    item
}

/// What it waits for, and what it has to do with others.
fn depend(item: &mut Item, dependencies: Vec<Dependency>, left: &mut Vec<Left>) {
    let mut others = serde_json::Map::new();
    for Dependency { depends_on_id: on, kind } in dependencies {
        let kind = kind.unwrap_or_else(|| "blocks".into());
        match kind.as_str() {
            "blocks" => item.depends_on.push(on),
            "parent-child" => item.know("parent", on),
            _ => {
                if kind == "conditional-blocks" || kind == "waits-for" {
                    let why = format!("{kind} {on}: that is told in its metadata alone");
                    left.push(Left::new(&item.id, why));
                }
                let all = others.entry(kind).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(all) = all {
                    all.push(on.into());
                }
            }
        }
    }
    if !others.is_empty() {
        item.know("related", Value::Object(others));
    }
}

/// How it stands.
fn end(item: &mut Item, issue: &mut Issue, left: &mut Vec<Left>) {
    let status = issue.status.take().unwrap_or_else(|| "open".into());
    let until = issue.defer_until.take();
    item.end = match status.as_str() {
        "closed" => {
            let why = issue.close_reason.take().filter(|why| !why.is_empty());
            End::Completed(why.map(Value::from))
        }
        "deferred" if until.is_none() => End::Cancelled("deferred in beads".into()),
        "blocked" if item.depends_on.is_empty() => {
            let why = "it is blocked, but not said by what; it is cancelled here";
            left.push(Left::new(&item.id, why));
            End::Cancelled("blocked in beads".into())
        }
        _ => End::Open,
    };
    if item.end == End::Open {
        item.run_at = until;
    }
    item.know("status", status);
}

fn comments(comments: Vec<Comment>) -> String {
    let told = comments.into_iter().map(|comment| {
        let (author, at) =
            (comment.author.unwrap_or_default(), comment.created_at.unwrap_or_default());
        format!("**{author}**, {at}:\n\n{}\n", comment.text.trim())
    });
    told.collect::<Vec<_>>().join("\n")
}
