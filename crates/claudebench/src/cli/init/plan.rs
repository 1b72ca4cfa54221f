//! What is to become of each file, before any is written.

use std::path::{Path, PathBuf};

use super::claude::Version;
use super::command::Program;
use super::files::{Place, is_ignored, unusable};
use super::json::Json;
use super::record::{Kept, Record};
use super::section::{LINES, MARKDOWN, Marks};
use super::{servers, settings};
use crate::cli::failure::Outcome;
use crate::config::{PROJECT_FILE, read_project, write_project};

/// What agents are told in every session.
const MEMORY: &str = "CLAUDE.local.md";
const IGNORED: &str = ".gitignore";

/// The files, in the order in which they are written and shown.
const FILES: [&str; 5] = [settings::FILE, servers::FILE, PROJECT_FILE, MEMORY, IGNORED];

/// How an agent works through ClaudeBench.
const ADVICE: &str = "\
## Work through ClaudeBench

The work on this project is coordinated by ClaudeBench. Its tools are those of the MCP server
`claudebench`. Hooks look at each tool call; one that is refused says why.

- Register once a session: `system__register` with an `id` of your own.
- Take work with `task__claim` and that id as `workerId`. Each task comes with a `fence`: give it with
  every report on that task.
- While you work, call `task__heartbeat` now and then; its lease ends otherwise, and somebody else gets the
  task. Stop when the answer says that the task was cancelled.
- When it is done, `task__complete` with its `result`; when it cannot be done, `task__fail` with the `error`;
  to give it back, `task__release`.
- `stale_fence` means that somebody else has the task now: leave it.
- Put new work down with `task__create` instead of keeping it in mind.
";

/// What is to become of a file.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) place: Place,
    /// What is to be in it; nothing, if it is to go or not to be there.
    pub(super) after: Option<String>,
    /// What somebody should know about it.
    pub(super) notes: Vec<String>,
}

impl Change {
    fn new(place: Place, after: String) -> Self {
        Self { place, after: Some(after), notes: Vec::new() }
    }

    fn none(place: Place) -> Self {
        Self { after: place.text.clone(), place, notes: Vec::new() }
    }

    /// Whether there is anything to do.
    pub(super) fn is_needed(&self) -> bool {
        self.place.text != self.after
    }

    /// In a word, what becomes of it.
    pub(super) fn kind(&self) -> &'static str {
        match (&self.place.text, &self.after) {
            (None, None) => "absent",
            (before, after) if before == after => "unchanged",
            (None, _) => "made",
            (_, None) => "removed",
            _ => "changed",
        }
    }
}

/// What is to be put into a repository.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) root: PathBuf,
    pub(super) program: Program,
    /// The version of Claude Code, if there is one to ask.
    pub(super) claude: Option<Version>,
    /// The server, and where its key lies.
    pub(super) url: String,
    pub(super) key_file: Option<String>,
    pub(super) todo_tools: bool,
    /// The data of a server that is started here, if that is in the repository.
    pub(super) data: Option<String>,
}

impl Wanted {
    /// Looks at all files, and says what is to become of them.
    pub(super) fn changes(&self) -> Outcome<Vec<Change>> {
        FILES
            .into_iter()
            .filter(|name| *name != IGNORED || self.root.join(".git").exists())
            .map(|name| self.change(name))
            .collect()
    }

    fn change(&self, name: &'static str) -> Outcome<Change> {
        let place = Place::read(&self.root, name)?;
        let wrong = |what: String| unusable(name, what);
        match name {
            settings::FILE => {
                let mut json = Json::read(place.text()).map_err(wrong)?;
                settings::put(&mut json, &self.program, self.claude, self.todo_tools)
                    .map_err(wrong)?;
                let off = settings::is_off(&json);
                let mut change = Change::new(place, json.text().to_owned());
                if off {
                    change.notes.push("`disableAllHooks` is set there: no hook runs".into());
                }
                Ok(change)
            }
            servers::FILE => {
                let mut json = Json::read(place.text()).map_err(wrong)?;
                let other = servers::put(&mut json, &self.program).map_err(wrong)?;
                let mut change = Change::new(place, json.text().to_owned());
                if other {
                    change
                        .notes
                        .push("a server `claudebench` of another form is there, and stays".into());
                }
                Ok(change)
            }
            PROJECT_FILE => self.project(place),
            MEMORY => of_section(place, MARKDOWN, ADVICE),
            _ => self.ignored(place),
        }
    }

    fn project(&self, place: Place) -> Outcome<Change> {
        let ours = write_project(&self.url, self.key_file.as_deref());
        if place.text().trim().is_empty() {
            return Ok(Change::new(place, ours));
        }
        let (url, key) = read_project(&place.target, place.text())
            .map_err(|error| unusable(PROJECT_FILE, error))?;
        if is_generated(place.text(), url.as_deref(), key.as_deref()) {
            return Ok(Change::new(place, ours));
        }
        let mut change = Change::none(place);
        if url.as_ref() != Some(&self.url) {
            let named = url.unwrap_or_else(|| "none".into());
            change.notes.push(format!(
                "it is as somebody wrote it, and stays; the server that it names: {named}"
            ));
        }
        Ok(change)
    }

    /// What is personal and not ignored yet.
    fn ignored(&self, place: Place) -> Outcome<Change> {
        let mut lines: Vec<String> = LINES
            .body(place.text())
            .map_err(|what| unusable(IGNORED, what))?
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect();
        let local = ".claude/settings.local.json".to_owned();
        let personal = [PROJECT_FILE.to_owned(), MEMORY.to_owned(), local];
        for path in personal.into_iter().chain(self.data.as_ref().map(|data| format!("{data}/"))) {
            let line = format!("/{path}");
            if !lines.contains(&line) && !is_ignored(&self.root, &path, place.text()) {
                lines.push(line);
            }
        }
        if lines.is_empty() {
            return Ok(Change::none(place));
        }
        of_section(place, LINES, &format!("{}\n", lines.join("\n")))
    }
}

/// A file with our part in it.
fn of_section(place: Place, marks: Marks, body: &str) -> Outcome<Change> {
    let after = marks.with(place.text(), body).map_err(|what| unusable(place.name, what))?;
    let changed = marks.is_changed(place.text()).map_err(|what| unusable(place.name, what))?;
    let mut change = Change::new(place, after);
    if changed {
        change.notes.push("our part is as somebody changed it, and stays".into());
    }
    Ok(change)
}

/// Whether the file of a project is as it was written for this server.
fn is_generated(text: &str, url: Option<&str>, key: Option<&str>) -> bool {
    url.is_some_and(|url| write_project(url, key) == text)
}

/// Looks at all files, and says what is left of them without us.
pub(super) fn removals(root: &Path, record: &Record, changed_too: bool) -> Outcome<Vec<Change>> {
    FILES
        .into_iter()
        .map(|name| {
            let place = Place::read(root, name)?;
            removal(place, record, changed_too)
        })
        .collect()
}

fn removal(place: Place, record: &Record, changed_too: bool) -> Outcome<Change> {
    let kept = record.files.get(place.name);
    if let Some(kept) = kept.filter(|kept| place.text.as_ref() == Some(&kept.after)) {
        return Ok(Change { place, after: kept.before.clone(), notes: Vec::new() });
    }
    if place.text.is_none() {
        return Ok(Change::none(place));
    }
    let before = kept.and_then(|kept| kept.before.as_deref());
    let (left, notes) = without(&place, before, record.todo_tools, changed_too)?;
    let made = kept.is_some_and(|kept| kept.before.is_none());
    let gone = left.as_deref().is_none_or(|left| made && is_empty(left));
    Ok(Change { after: left.filter(|_| !gone), place, notes })
}

/// A text without us, and what is kept of us in it; no text, if all of it is ours.
fn without(
    place: &Place,
    before: Option<&str>,
    todo_tools: bool,
    changed_too: bool,
) -> Outcome<(Option<String>, Vec<String>)> {
    let text = place.text();
    let wrong = |what: String| unusable(place.name, what);
    let before = || before.and_then(|before| Json::read(before).ok());
    let mut notes = Vec::new();
    let left = match place.name {
        settings::FILE => {
            let mut json = Json::read(text).map_err(wrong)?;
            let whole = json.text().to_owned();
            let kept = settings::take(&mut json, before().as_ref(), changed_too, todo_tools);
            notes.extend(
                kept.into_iter().map(|hook| format!("kept, as somebody changed it: {hook}")),
            );
            Some(if json.text() == whole { text } else { json.text() }.to_owned())
        }
        servers::FILE => {
            let mut json = Json::read(text).map_err(wrong)?;
            let whole = json.text().to_owned();
            if servers::take(&mut json, before().as_ref(), changed_too) {
                notes.push("kept, as somebody changed it: mcpServers.claudebench".into());
            }
            Some(if json.text() == whole { text } else { json.text() }.to_owned())
        }
        PROJECT_FILE => {
            let found = read_project(&place.target, text).unwrap_or_default();
            let ours = is_generated(text, found.0.as_deref(), found.1.as_deref());
            if ours || changed_too {
                None
            } else {
                notes.push("kept, as somebody changed it".into());
                Some(text.to_owned())
            }
        }
        name => {
            let marks = if name == MEMORY { MARKDOWN } else { LINES };
            let left = marks.without(text, changed_too).map_err(wrong)?;
            if left.is_none() {
                notes.push("kept, as somebody changed it: our part".into());
            }
            left.or_else(|| Some(text.to_owned()))
        }
    };
    Ok((left, notes))
}

/// Whether a file with this text says nothing.
fn is_empty(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim().is_empty()
        || (text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
            && Json::read(text).is_ok_and(|json| json.is_empty()))
}

/// What to remember of a change: what was there before us, whatever we put in since.
pub(super) fn remembered(change: &Change, record: &Record) -> Outcome<Option<Kept>> {
    let Some(after) = change.after.clone() else { return Ok(None) };
    let before = match record.files.get(change.place.name) {
        None => change.place.text.clone(),
        Some(kept) if change.place.text.as_ref() == Some(&kept.after) => kept.before.clone(),
        Some(_) => removal(change.place.clone(), record, false)?.after,
    };
    Ok(Some(Kept { before, after }))
}
