//! What an agent is told about its task.

use std::fmt::Write;

use claudebench_services::task::Task;
use serde_json::Value;

use super::answer::{FAILED, LATER};
use super::worktree::Worktree;

/// The longest metadata and checkpoint that are told, in bytes.
const JSON: usize = 64 << 10;

/// The task, where to work on it, and how to finish.
pub(super) fn of(task: &Task, worktree: &Worktree) -> String {
    let mut text = String::from(
        "You work on one task on your own. Nobody reads along, and nobody answers questions: decide \
         what has to be decided, and say in the end what you have decided.\n\n",
    );
    let _ = writeln!(text, "# The task\n\n{}\n", task.text);
    let _ = write!(
        text,
        "Its id is {}; this is attempt {} of {}.",
        task.id, task.attempt, task.max_attempts
    );
    if let Some(project) = &task.project {
        let _ = write!(text, " Its project is {project}.");
    }
    if !task.tags.is_empty() {
        let _ = write!(text, " Its tags: {}.", task.tags.join(", "));
    }
    text.push_str("\n\n");
    section(&mut text, "What else is known of it", json(&task.metadata));
    attachments(&mut text, task);
    let branch = &worktree.branch;
    let _ = writeln!(
        text,
        "# Where you work\n\nThe working folder is a git worktree for this task alone, on the branch \
         `{branch}`. Commit your work there, in commits that say why. Do not switch to another branch, \
         do not push, and leave everything outside of this folder alone.\n"
    );
    if worktree.is_continued {
        text.push_str(
            "An earlier attempt has left its work here: look at `git log` and `git status` first, and \
             go on from there.\n\n",
        );
    }
    if let Some(error) = task.error.as_deref().filter(|_| task.attempt > 1) {
        let _ = writeln!(text, "The attempt before failed:\n\n{error}\n");
    }
    if let Some(note) = task.note.as_deref().filter(|note| !note.is_empty()) {
        let _ = writeln!(text, "It noted: {note}\n");
    }
    let _ = writeln!(
        text,
        "# How to finish\n\nWhen the task is done and checked, end with a short account of what you did. \
         If it cannot be done and trying again cannot help, end with a line `{FAILED} why`. If it \
         cannot be done now, but perhaps later, end with a line `{LATER} why`."
    );
    text
}

fn section(text: &mut String, title: &str, json: Option<String>) {
    if let Some(json) = json {
        let _ = writeln!(text, "# {title}\n\n```json\n{json}\n```\n");
    }
}

/// A value as a person reads it; nothing, if it says nothing or too much.
fn json(value: &impl serde::Serialize) -> Option<String> {
    let value = serde_json::to_value(value).ok()?;
    let empty = match &value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    let json = serde_json::to_string_pretty(&value).ok().filter(|_| !empty)?;
    (json.len() <= JSON).then_some(json)
}

fn attachments(text: &mut String, task: &Task) {
    let keys = &task.attachment_keys;
    if keys.is_empty() {
        return;
    }
    text.push_str("# Its attachments\n\n");
    for key in keys {
        let _ = writeln!(text, "- {key}");
    }
    if task.attachment_count > i64::try_from(keys.len()).unwrap_or(0) {
        text.push_str("- and more\n");
    }
    let _ = writeln!(
        text,
        "\nRead one with `claudebench call task.get_attachment --task-id {} --key KEY`.\n",
        task.id
    );
}
