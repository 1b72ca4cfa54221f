//! A tool call, and what conditions look at in it.

use serde_json::Value;

use crate::shell::{Command, Place, Script, shorten};

/// The fields that hold a command.
const COMMANDS: &[&str] = &["command", "cmd", "script"];
/// The fields that hold a path.
const PATHS: &[&str] =
    &["file_path", "notebook_path", "path", "filePath", "notebookPath", "file", "filename"];
/// The lists of which each item may hold a path.
const LISTS: &[&str] = &["edits", "files", "paths"];
/// The longest path that is looked at.
pub(crate) const MAX_PATH: usize = 16 * 1024;
/// More paths than one call changes.
pub(crate) const MAX_PATHS: usize = 1000;

/// What an agent is about to do.
#[derive(Clone, Copy, Debug)]
pub struct ToolCall<'a> {
    /// The name of the tool: `Bash`, `Edit`, `mcp__server__tool`.
    pub tool: &'a str,
    /// Its input, as the agent wrote it.
    pub input: &'a Value,
    /// The folder that it works in, absolute.
    pub cwd: Option<&'a str>,
    /// The home of the user, absolute.
    pub home: Option<&'a str>,
}

impl<'a> ToolCall<'a> {
    pub(crate) fn place(&self) -> Place<'a> {
        Place { cwd: self.cwd, home: self.home }
    }

    /// The field with the command, if the input is not the command itself.
    pub(crate) fn command_field(&self) -> Option<&'static str> {
        COMMANDS.iter().copied().find(|name| match self.input.get(*name) {
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Array(words)) => !words.is_empty(),
            _ => false,
        })
    }

    /// The command, as simple commands; `None` if there is none.
    pub(crate) fn script(&self) -> Option<Script> {
        let command = match self.command_field() {
            Some(field) => self.input.get(field)?,
            None => self.input,
        };
        match command {
            Value::String(text) => Some(Script::read(text, self.place())),
            Value::Array(words) => Some(Script::of_words(words, self.place())),
            _ => None,
        }
    }

    /// The paths that a tool for files is given.
    pub(crate) fn paths(&self) -> Vec<&'a str> {
        let mut paths: Vec<&str> = self.input.as_str().into_iter().collect();
        let mut take = |value: &'a Value| match value {
            Value::String(path) => paths.push(path),
            Value::Array(list) => paths.extend(list.iter().filter_map(Value::as_str)),
            _ => {}
        };
        let mut items = vec![self.input];
        items.extend(LISTS.iter().filter_map(|list| self.input.get(*list)?.as_array()).flatten());
        for item in items {
            PATHS.iter().filter_map(|name| item.get(*name)).for_each(&mut take);
        }
        LISTS.iter().filter_map(|name| self.input.get(*name)).for_each(take);
        paths
    }
}

/// What the conditions of a rule are held against, one at a time.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    Command(&'a Command),
    Path(&'a str),
    Call,
}

impl Subject<'_> {
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Command(command) => format!("command `{}`", command.shown()),
            Self::Path(path) => format!("path `{}`", shorten(path)),
            Self::Call => "the call".to_owned(),
        }
    }
}
