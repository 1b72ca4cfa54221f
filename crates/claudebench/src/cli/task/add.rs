//! `claudebench task add`: one task from the command line, or many from a file.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use claudebench_core::{Error, Millis, TaskId};
use claudebench_services::task::{Create, CreateMany};
use serde_json::{Map, Value, json};

use super::view::status_style;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::{Cell, Style, Table, count};
use crate::cli::session::Session;
use crate::cli::values::{Params, deadline, delay, lease, name, object, priority, task_id, time};
use crate::client::ClientError;

/// How many tasks go in one call.
const CHUNK: usize = 1_000;
/// The longest text of a task, in characters.
const TEXT_CHARS: usize = 500;
/// The longest line of a file of tasks.
const LINE_BYTES: u64 = 4 << 20;

/// Add a task, or many from a file
///
/// The options apply to every task of a file; what a task says itself wins.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench task add \"Write the release notes\" --priority 70 --tag docs
  claudebench task add \"Deploy\" --depends-on t-1 --depends-on t-2 --role deployer
  git ls-files '*.rs' | claudebench task add --from - --project review")]
pub(in crate::cli) struct Add {
    /// What is to be done; several words are put together
    #[arg(required_unless_present = "from", conflicts_with = "from")]
    text: Vec<String>,
    /// Add a task for each line of this file (`-`: standard input): its text, or a JSON object
    /// with the fields of task.create
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    #[command(flatten)]
    fields: Fields,
}

/// What a new task may have beside its text.
#[derive(Debug, clap::Args)]
struct Fields {
    /// 0 to 100, highest first
    #[arg(long, short, value_name = "N", value_parser = priority)]
    priority: Option<u8>,
    /// The project that it belongs to
    #[arg(long, value_name = "NAME", value_parser = name)]
    project: Option<String>,
    /// A tag; may be repeated
    #[arg(long, value_name = "NAME", value_parser = name)]
    tag: Vec<String>,
    /// Only workers with this role may claim it; may be repeated
    #[arg(long, value_name = "NAME", value_parser = name)]
    role: Vec<String>,
    /// A task that must be completed before; may be repeated
    #[arg(long, value_name = "ID", value_parser = task_id)]
    depends_on: Vec<TaskId>,
    /// The task that it is a part of
    #[arg(long, value_name = "ID", value_parser = task_id)]
    parent: Option<TaskId>,
    /// Not before this time, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "delay")]
    at: Option<Millis>,
    /// Not before so long from now, such as 90s or 2h
    #[arg(long, value_name = "DURATION", value_parser = delay)]
    delay: Option<i64>,
    /// At most one live task has this key
    #[arg(long, value_name = "KEY")]
    unique_key: Option<String>,
    /// What to do when a live task has the same key
    #[arg(long, value_name = "WHAT", requires = "unique_key")]
    #[arg(value_parser = ["reject", "return", "replace"])]
    on_duplicate: Option<String>,
    /// How often it is tried before it is a dead letter
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1_000))]
    max_attempts: Option<u16>,
    /// How long its worker may be silent
    #[arg(long, value_name = "DURATION", value_parser = lease)]
    lease: Option<i64>,
    /// How long one attempt may take in all
    #[arg(long, value_name = "DURATION", value_parser = deadline)]
    deadline: Option<i64>,
    /// Fields of your own, as a JSON object
    #[arg(long, value_name = "JSON", value_parser = object)]
    metadata: Option<Value>,
    /// Makes the command safe to repeat for 24 hours: with the same key, the same tasks are added
    /// once
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

impl Fields {
    fn params(self) -> Params {
        Params::new()
            .maybe("priority", self.priority)
            .maybe("project", self.project)
            .list("tags", &self.tag)
            .list("roles", &self.role)
            .list("dependsOn", &self.depends_on)
            .maybe("parentId", self.parent.map(|id| id.to_string()))
            .maybe("runAt", self.at.map(|at| at.to_string()))
            .maybe("delayMs", self.delay)
            .maybe("uniqueKey", self.unique_key)
            .maybe("onDuplicate", self.on_duplicate)
            .maybe("maxAttempts", self.max_attempts)
            .maybe("leaseMs", self.lease)
            .maybe("deadlineMs", self.deadline)
            .maybe("metadata", self.metadata)
            .maybe("idempotencyKey", self.idempotency_key)
    }
}

impl Add {
    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let params = self.fields.params();
        if let Some(from) = self.from {
            return add_many(&from, params.into_map(), session).await;
        }
        let text = self.text.join(" ");
        if text.is_empty() || text.chars().count() > TEXT_CHARS {
            let what = format!("what is to be done is a text of 1 to {TEXT_CHARS} characters");
            return Err(Failure::Usage(what));
        }
        let params = params.with("text", text);
        let Some(made) = session.ask::<Create>(params).await? else { return Ok(()) };
        let mut table = Table::of_fields();
        table.field("id", Cell::styled(Style::Bold, made.id.to_string()));
        let status = made.status.name();
        table.field("status", Cell::styled(status_style(made.status), status));
        table.field("priority", made.priority.to_string());
        table.field("text", made.text);
        session.out.table(&table)?;
        if made.existing {
            session.out.note("It lived already under its unique key; nothing was added.");
        }
        Ok(())
    }
}

async fn add_many(
    from: &Path,
    mut shared: Map<String, Value>,
    session: &mut Session<'_>,
) -> Outcome {
    let key = shared.remove("idempotencyKey");
    let name =
        if from == Path::new("-") { "standard input".into() } else { from.display().to_string() };
    let failed = |e: std::io::Error| Failure::local(format!("{name} cannot be read: {e}"));
    let reader: Box<dyn Read> = match from.to_str() {
        Some("-") => Box::new(std::io::stdin()),
        _ => Box::new(std::fs::File::open(from).map_err(failed)?),
    };
    let mut lines = Lines { reader: BufReader::new(reader), number: 0 };
    let mut progress = session.out.progress("adding");
    let (mut added, mut calls) = (0, 0);
    loop {
        // The tasks of one call, and the lines that they stand on.
        let (mut tasks, mut numbers) = (Vec::new(), Vec::new());
        while tasks.len() < CHUNK {
            let Some(line) = lines.next().map_err(failed)? else { break };
            if !line.trim().is_empty() {
                numbers.push(lines.number);
                tasks.push(task(line.trim(), &shared).map_err(|e| {
                    Failure::Usage(format!(
                        "line {} of {name}: {e}; {added} tasks were added",
                        lines.number
                    ))
                })?);
            }
        }
        if tasks.is_empty() {
            break;
        }
        calls += 1;
        // The same file makes the same calls.
        let key = key.as_ref().and_then(Value::as_str).map(|key| format!("{key}-{calls}"));
        let keyed = key.is_some();
        let params = Params::new().with("tasks", tasks).maybe("idempotencyKey", key);
        match session.get::<CreateMany>(params).await {
            Ok(made) => {
                added += made.count;
                progress.at(added as u64, None);
                if session.out.for_programs() {
                    for task in &made.tasks {
                        session.out.json_line(task)?;
                    }
                }
            }
            Err(Failure::Client(ClientError::Refused(error))) => {
                return Err(Failure::Refused(on_lines(error, &numbers, &name, added)));
            }
            Err(failure) => return Err(cut_off(failure, &numbers, &name, added, keyed)),
        }
    }
    drop(progress);
    if session.out.for_programs() {
        return Ok(());
    }
    session.out.line(format!("added {} tasks", count(i64::try_from(added).unwrap_or(i64::MAX))))
}

/// The server has gone in the middle: what is known of the tasks, and how to go on.
fn cut_off(failure: Failure, numbers: &[usize], name: &str, added: usize, keyed: bool) -> Failure {
    let (first, last) = (numbers.first().unwrap_or(&1), numbers.last().unwrap_or(&1));
    let undone = matches!(failure, Failure::Client(ClientError::Unreachable { .. }));
    let rest = if undone { "were not added" } else { "may have been added" };
    let what =
        format!("{name}: lines {first} to {last} {rest}, the {added} tasks before them were");
    let next = if keyed {
        "repeat the command with the same key: what was added is not added again"
    } else {
        "see `claudebench task list`, then add the lines that are missing; with --idempotency-key \
         the whole command can be repeated"
    };
    Failure::Partly { failure: Box::new(failure), what, next }
}

/// A refusal of many tasks, by the lines of their file instead of their places in the call.
fn on_lines(mut error: Error, numbers: &[usize], name: &str, added: usize) -> Error {
    let issues = error.details.get("issues").and_then(Value::as_array);
    let told: Vec<String> =
        issues.into_iter().flatten().filter_map(|i| on_line(i, numbers)).collect();
    let what = if told.is_empty() { error.message.clone() } else { told.join("; ") };
    let (first, last) = (numbers.first().unwrap_or(&1), numbers.last().unwrap_or(&1));
    error.message = format!(
        "{name}: {what}; lines {first} to {last} were not added, the {added} tasks before them were"
    );
    error
}

/// What is wrong with the task of a line.
fn on_line(issue: &Value, numbers: &[usize]) -> Option<String> {
    let path = issue.get("path")?.as_array()?;
    let place = usize::try_from(path.get(1)?.as_u64()?).ok()?;
    let line = numbers.get(place).filter(|_| path.first().is_some_and(|p| p == "tasks"))?;
    let rest = path.iter().skip(2).map(|p| p.as_str().map_or_else(|| p.to_string(), str::to_owned));
    let rest: Vec<String> = rest.collect();
    let field = if rest.is_empty() { String::new() } else { format!("{}: ", rest.join(".")) };
    Some(format!("line {line}: {field}{}", issue.get("message")?.as_str()?))
}

/// The task of a line: its text, or an object with its fields.
fn task(line: &str, shared: &Map<String, Value>) -> Result<Value, String> {
    let mut task = shared.clone();
    if line.starts_with('{') {
        let Value::Object(own) = object(line)? else { return Ok(json!({})) };
        task.extend(own);
    } else {
        task.insert("text".into(), line.into());
    }
    Ok(Value::Object(task))
}

/// Lines, each no longer than it may be.
struct Lines<R> {
    reader: R,
    number: usize,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> std::io::Result<Option<String>> {
        let mut line = Vec::new();
        let read = (&mut self.reader).take(LINE_BYTES).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if read as u64 == LINE_BYTES {
            let what = format!("line {} is longer than {LINE_BYTES} bytes", self.number);
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, what));
        }
        match String::from_utf8(line) {
            Ok(line) => Ok(Some(line)),
            Err(_) => {
                let what = format!("line {} is not UTF-8", self.number);
                Err(std::io::Error::new(std::io::ErrorKind::InvalidData, what))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use claudebench_core::error::Issue;

    #[test]
    fn a_refusal_names_the_line_of_the_file() {
        let issue = |path: Value, message: &str| Issue {
            code: "too_big".into(),
            path: path.as_array().cloned().unwrap_or_default(),
            message: message.into(),
        };
        let error = Error::issues(vec![
            issue(json!(["tasks", 1, "priority"]), "expected 0 to 100, got 700"),
            issue(json!(["tasks", 2]), "expected an object"),
        ]);
        let seen = on_lines(error, &[3, 5, 9], "tasks.txt", 1_000).to_string();
        assert_eq!(
            seen,
            "tasks.txt: line 5: priority: expected 0 to 100, got 700; line 9: expected an object; \
             lines 3 to 9 were not added, the 1000 tasks before them were"
        );
    }

    #[test]
    fn a_line_is_a_text_or_an_object() {
        let shared = Params::new().with("project", "site").with("priority", 3).into_map();
        assert_eq!(
            task("Write the notes", &shared),
            Ok(json!({"text": "Write the notes", "project": "site", "priority": 3}))
        );
        assert_eq!(
            task(r#"{"text": "x", "priority": 9}"#, &shared),
            Ok(json!({"text": "x", "project": "site", "priority": 9}))
        );
        assert!(task("{oops", &shared).is_err());
    }

    #[test]
    fn lines_are_counted_and_bounded() {
        let mut lines = Lines { reader: "a\nb".as_bytes(), number: 0 };
        assert_eq!(lines.next().unwrap().as_deref(), Some("a\n"));
        assert_eq!(lines.next().unwrap().as_deref(), Some("b"));
        assert_eq!((lines.next().unwrap(), lines.number), (None, 2));
        let endless = std::io::repeat(b'x');
        let mut lines = Lines { reader: BufReader::new(endless), number: 0 };
        assert!(lines.next().unwrap_err().to_string().contains("longer"));
    }
}
