//! `claudebench events`: what happens, as it happens.

use claudebench_core::{Cursor, TaskId};
use claudebench_services::event::{ListEvents, WireEvent};
use serde_json::{Map, Value};

use super::failure::{Exit, Failure, Outcome};
use super::output::{Out, Style, one_line, span};
use super::session::Session;
use super::values::{Params, cursor, name, task_id};
use crate::client::{ClientError, EventFilter, Events, Signal, Since};

/// How many events a page of the log has.
const PAGE: usize = 500;

/// Follow what happens
///
/// Each event has a place in the log, its cursor. Give the last one as --since to go on from there:
/// nothing is missed in between. A broken connection is resumed the same way, by itself.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench events --type 'task.*' --project site
  claudebench events --since start --no-follow --json > events.jsonl
  claudebench events --since 42")]
pub(super) struct Follow {
    /// From where on: `now`, `start` (the oldest that is kept), or a cursor
    #[arg(long, value_name = "WHERE", value_parser = start, default_value = "now")]
    since: Start,
    /// Only this type, such as task.created or task.*; may be repeated
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only events of this task
    #[arg(long, value_name = "ID", value_parser = task_id)]
    task: Option<TaskId>,
    /// Only events of tasks of this project
    #[arg(long, value_name = "NAME", value_parser = name)]
    project: Option<String>,
    /// End after so many
    #[arg(long, short = 'n', value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// End at the end of the log, instead of waiting for more
    #[arg(long)]
    no_follow: bool,
}

/// From where on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Start {
    Now,
    Oldest,
    After(Cursor),
}

fn start(text: &str) -> Result<Start, String> {
    match text {
        "now" => Ok(Start::Now),
        "start" => Ok(Start::Oldest),
        other => cursor(other)
            .map(Start::After)
            .map_err(|_| format!("expected now, start or a cursor such as 42, got `{other}`")),
    }
}

impl Follow {
    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let asked = self.limit.unwrap_or(u64::MAX);
        let mut left = asked;
        let filter = EventFilter {
            types: self.types.clone(),
            task: self.task,
            project: self.project.clone(),
        };
        let since = match self.since {
            Start::Now if self.no_follow => {
                let what = "--no-follow needs --since: there is nothing yet that comes after now";
                return Err(Failure::Usage(what.into()));
            }
            Start::Now => Since::Now,
            Start::After(cursor) if !self.no_follow => Since::After(cursor),
            // A page at a time: the log may be long, and nothing is to wait for.
            from => Since::After(self.pages(from, &mut left, session).await?),
        };
        if self.no_follow && left == asked {
            session.out.note("There are no such events there.");
        }
        if self.no_follow || left == 0 {
            return Ok(());
        }
        let mut stream = Stream::open(session, since, filter).await?;
        let shown = async {
            while left > 0 {
                stream.next(session).await?;
                left -= 1;
            }
            Ok(())
        };
        tokio::select! {
            ended = shown => return ended,
            _ = tokio::signal::ctrl_c() => {}
        }
        if let Some(cursor) = stream.events.cursor() {
            session.out.note(format!("go on from here with --since {cursor}"));
        }
        Err(Failure::Said(Exit::Interrupted))
    }

    /// Shows what is in the log; says where it ends.
    async fn pages(
        &self,
        from: Start,
        left: &mut u64,
        session: &mut Session<'_>,
    ) -> Outcome<Cursor> {
        let mut params = Params::new()
            .list("types", &self.types)
            .maybe("taskId", self.task.map(|id| id.to_string()))
            .maybe("project", self.project.clone());
        if let Start::After(cursor) = from {
            params = params.with("after", cursor.to_string());
        }
        loop {
            let limit = usize::try_from(*left).unwrap_or(PAGE).min(PAGE);
            let params_now = params.clone().with("limit", limit);
            let page = session.get::<ListEvents>(params_now).await?;
            for event in &page.events {
                show(event, session.out)?;
                *left = left.saturating_sub(1);
            }
            if !page.has_more || *left == 0 {
                return Ok(page.next);
            }
            params = params.with("after", page.next.to_string());
        }
    }
}

/// Events as they happen, shown one by one.
pub(super) struct Stream {
    events: Events,
}

impl Stream {
    /// Connects; from then on, nothing is missed.
    pub(super) async fn open(
        session: &Session<'_>,
        since: Since,
        filter: EventFilter,
    ) -> Outcome<Self> {
        let mut events = session.client.events(since, filter);
        events.open().await?;
        Ok(Self { events })
    }

    /// Waits for the next event, and shows it.
    pub(super) async fn next(&mut self, session: &mut Session<'_>) -> Outcome<WireEvent> {
        loop {
            match self.events.next().await? {
                Signal::Event { json, .. } => {
                    let event: WireEvent = serde_json::from_str(&json).map_err(|e| {
                        let what = format!("an event is not what was expected: {e}");
                        ClientError::Unreadable { what }
                    })?;
                    if session.out.for_programs() {
                        session.out.line(&json)?;
                    } else {
                        show(&event, session.out)?;
                    }
                    return Ok(event);
                }
                Signal::Lost { why, again_in } => {
                    let again = span(i64::try_from(again_in.as_millis()).unwrap_or(0));
                    session.out.note(format!("{why}; trying again in {again}"));
                }
                Signal::Resumed => session.out.note("connected again; nothing was missed"),
            }
        }
    }
}

/// An event, for whoever reads.
pub(super) fn show(event: &WireEvent, out: &mut Out) -> Outcome {
    if out.for_programs() {
        return out.json_line(event);
    }
    out.styled(style(&event.kind), &line(event))
}

fn style(kind: &str) -> Style {
    match kind.rsplit('.').next() {
        Some("completed") => Style::Green,
        Some("failed" | "attempt_failed" | "lease_expired" | "dead") => Style::Red,
        Some("claimed" | "started") => Style::Cyan,
        Some("cancelled" | "deleted" | "released" | "unregistered") => Style::Yellow,
        _ => Style::Plain,
    }
}

/// An event on one line.
fn line(event: &WireEvent) -> String {
    let time = claudebench_core::Millis(event.timestamp);
    let task = event.task_id.map(|id| format!(" {id}")).unwrap_or_default();
    let (id, kind) = (event.id.to_string(), one_line(&event.kind));
    let told = one_line(&summary(event.payload.text()));
    format!("{id:>6}  {time}  {kind:<22}{task}  {told}")
}

/// The fields of a payload that say something new.
fn summary(payload: &str) -> String {
    let fields: Map<String, Value> = serde_json::from_str(payload).unwrap_or_default();
    let told: Vec<String> = fields
        .iter()
        .filter(|(name, value)| {
            !matches!(name.as_str(), "id" | "taskId" | "createdAt" | "updatedAt")
                && !value.is_null()
        })
        .map(|(name, value)| match value {
            Value::String(text) if name == "text" => format!("\"{text}\""),
            Value::String(text) => format!("{name}={text}"),
            other => format!("{name}={other}"),
        })
        .collect();
    told.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_event_fits_on_a_line() {
        let event: WireEvent = serde_json::from_value(json!({
            "type": "task.created",
            "payload": {"id": "t-7", "text": "Write\nthe notes", "status": "pending",
                        "priority": 50, "createdAt": "1970-01-01T00:00:00.000Z"},
            "metadata": {}, "id": "42", "timestamp": 1_763_913_600_007_i64, "taskId": "t-7",
            "actor": "local",
        }))
        .unwrap();
        assert_eq!(
            line(&event),
            "    42  2025-11-23T16:00:00.007Z  task.created           t-7  priority=50 \
             status=pending \"Write the notes\""
        );
    }

    #[test]
    fn a_place_is_a_word_or_a_cursor() {
        assert_eq!(start("now"), Ok(Start::Now));
        assert_eq!(start("start"), Ok(Start::Oldest));
        assert_eq!(start("42"), Ok(Start::After(Cursor(42))));
        assert!(start("yesterday").unwrap_err().contains("a cursor such as 42"));
    }
}
