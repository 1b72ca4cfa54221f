//! What `claudebench init` says: to people as it goes, to programs at the end.

use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::claude::{TOLERANT, Version};
use super::diff::unified;
use super::plan::{Change, Wanted};
use crate::cli::failure::Outcome;
use crate::cli::output::{Out, Style, Table, clean};

/// How the server is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ServerState {
    /// It answers.
    Found,
    /// It was started, and answers.
    Started,
    /// None is there; one is to be started.
    ToStart,
    /// None is there.
    Absent,
}

impl ServerState {
    fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Started => "started",
            Self::ToStart => "to start",
            Self::Absent => "absent",
        }
    }

    fn said(self) -> &'static str {
        match self {
            Self::Found => "it answers",
            Self::Started => "it was started, and stays",
            Self::ToStart => "none is there yet: it will be started, and stays",
            Self::Absent => "none is there",
        }
    }
}

/// What is said about a run.
pub(super) struct Answer {
    root: PathBuf,
    url: Option<String>,
    program: Option<String>,
    claude: Option<Version>,
    pub(super) server: Option<ServerState>,
    pub(super) notes: Vec<String>,
    for_people: bool,
}

impl Answer {
    pub(super) fn new(root: &Path, wanted: Option<&Wanted>, for_people: bool) -> Self {
        Self {
            root: root.to_owned(),
            url: wanted.map(|wanted| wanted.url.clone()),
            program: wanted.map(|wanted| wanted.program.word.clone()),
            claude: wanted.and_then(|wanted| wanted.claude),
            server: None,
            notes: Vec::new(),
            for_people,
        }
    }

    /// What is about to be done.
    pub(super) fn before(&self, changes: &[Change], out: &mut Out) -> Outcome {
        if !self.for_people {
            return Ok(());
        }
        self.heading(out)?;
        for change in changes.iter().filter(|change| change.is_needed()) {
            out.line("")?;
            let name = clean(&match change.place.elsewhere(&self.root) {
                Some(target) => format!("{} ({})", change.place.name, target.display()),
                None => change.place.name.to_owned(),
            });
            let side = |there: bool| if there { name.as_str() } else { "/dev/null" };
            out.styled(Style::Bold, &format!("--- {}", side(change.place.text.is_some())))?;
            out.styled(Style::Bold, &format!("+++ {}", side(change.after.is_some())))?;
            for line in diff_of(change) {
                let style = match line.as_bytes().first() {
                    Some(b'+') => Style::Green,
                    Some(b'-') => Style::Red,
                    Some(b'@') => Style::Cyan,
                    _ => Style::Plain,
                };
                out.styled(style, &clean(&line.replace('\t', "    ")))?;
            }
        }
        out.line("")?;
        self.remarks(changes, out)
    }

    fn heading(&self, out: &mut Out) -> Outcome {
        let mut table = Table::of_fields();
        table.row(["repository".into(), self.root.display().to_string().into()]);
        if let (Some(url), Some(server)) = (&self.url, self.server) {
            table.row(["server".into(), format!("{url}: {}", server.said()).into()]);
            let claude = match self.claude {
                Some(version) => version.to_string(),
                None => format!("not in PATH; it should be {TOLERANT} or newer"),
            };
            table.row(["Claude Code".into(), claude.into()]);
        }
        out.table(&table)
    }

    fn remarks(&self, changes: &[Change], out: &mut Out) -> Outcome {
        for change in changes {
            for note in &change.notes {
                out.text(&format!("{}: {note}", change.place.name))?;
            }
        }
        for note in &self.notes {
            out.text(note)?;
        }
        Ok(())
    }

    /// All is as it should be.
    pub(super) fn unchanged(&self, changes: &[Change], out: &mut Out) -> Outcome {
        if !self.for_people {
            return out.json(&self.json(changes, false));
        }
        self.heading(out)?;
        self.remarks(changes, out)?;
        let all = if self.url.is_some() {
            "All is in place: nothing changes."
        } else {
            "Nothing of ours is there to take out."
        };
        out.styled(Style::Green, all)
    }

    /// It was only to be shown.
    pub(super) fn dry(&self, changes: &[Change], out: &mut Out) -> Outcome {
        if !self.for_people {
            return out.json(&self.json(changes, false));
        }
        out.line("Nothing was written.")
    }

    /// It is done.
    pub(super) fn written(&self, changes: &[Change], out: &mut Out) -> Outcome {
        if !self.for_people {
            return out.json(&self.json(changes, true));
        }
        for change in changes.iter().filter(|change| change.is_needed()) {
            out.line(format!("{:<9}{}", change.kind(), change.place.name))?;
        }
        match (self.server, &self.url) {
            (Some(server), Some(url)) => {
                out.line(format!("server   {url}: {}", server.said()))?;
                out.line("next: start Claude Code here, and allow it the MCP server `claudebench` when it asks")?;
                out.line("      claudebench doctor looks whether all of it works")
            }
            _ => out.line("The server and its data are left as they are."),
        }
    }

    fn json(&self, changes: &[Change], written: bool) -> Value {
        let files: Vec<Value> = changes
            .iter()
            .map(|change| {
                let mut file = json!({"path": change.place.name, "state": change.kind()});
                if change.is_needed() {
                    file["diff"] = diff_of(change).join("\n").into();
                }
                if !change.notes.is_empty() {
                    file["notes"] = change.notes.clone().into();
                }
                file
            })
            .collect();
        let mut answer =
            json!({"root": self.root, "written": written, "files": files, "notes": self.notes});
        if let (Some(url), Some(server), Some(program)) = (&self.url, self.server, &self.program) {
            answer["server"] = json!({"url": url, "state": server.name()});
            answer["program"] = program.as_str().into();
            answer["claudeCode"] = self.claude.map(|version| version.to_string()).into();
        }
        answer
    }
}

fn diff_of(change: &Change) -> Vec<String> {
    unified(change.place.text(), change.after.as_deref().unwrap_or_default())
}

/// Whether somebody sits there who can answer.
pub(super) fn can_ask(out: &Out) -> bool {
    out.is_watched() && std::io::stdin().is_terminal()
}

/// Asks somebody. No answer is a no.
pub(super) fn ask(question: &str, or_else: bool, out: &mut Out) -> Outcome<bool> {
    let choice = if or_else { "[Y/n]" } else { "[y/N]" };
    loop {
        out.raw(format!("{question} {choice} ").as_bytes())?;
        let mut line = String::new();
        if std::io::stdin().lock().read_line(&mut line)? == 0 {
            return Ok(false);
        }
        match line.trim().to_ascii_lowercase().as_str() {
            "" => return Ok(or_else),
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => {}
        }
    }
}
