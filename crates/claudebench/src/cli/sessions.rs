//! `claudebench session`: what the sessions of agents did.

use clap::Subcommand;
use claudebench_services::event::ListEvents;
use claudebench_services::session::{GetState, ListSessions, SessionFacts};
use serde_json::Value;

use super::events::show;
use super::failure::{Failure, Outcome};
use super::output::{Cell, Style, Table, ago, count};
use super::session::Session;
use super::values::{Params, name};

/// The most sessions of a list, and events of one page.
const SESSIONS: usize = 500;
const PAGE: usize = 1_000;

/// See what the sessions of agents did
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List sessions, the one that was heard of last first
    #[command(visible_alias = "ls")]
    List(List),
    /// Show a session: its todos, tools and prompts, and what happened in it
    Show(Show),
}

/// List sessions, the one that was heard of last first
///
/// They are forgotten a week after they were heard of last.
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// The most sessions
    #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
    limit: usize,
}

/// Show a session: its todos, tools and prompts, and what happened in it
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench session show 0f1c2d3e-4b5a-4697-8899-aabbccddeeff
  claudebench session show 0f1c2d3e-4b5a-4697-8899-aabbccddeeff --type 'hook.*' -n 20")]
pub(super) struct Show {
    /// The session
    #[arg(value_parser = name)]
    id: String,
    /// Only events of this type: a name, `hook.*`, or `*`; repeat it for several
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// The last so many events
    #[arg(long, short = 'n', value_name = "N", default_value_t = 100)]
    limit: usize,
}

impl Command {
    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        match self {
            Self::List(list) => list.run(session).await,
            Self::Show(show) => show.run(session).await,
        }
    }
}

impl List {
    async fn run(self, session: &mut Session<'_>) -> Outcome {
        if !(1..=SESSIONS).contains(&self.limit) {
            return Err(Failure::Usage(format!("--limit takes 1 to {SESSIONS}")));
        }
        let params = Params::new().with("limit", self.limit);
        let Some(listed) = session.ask::<ListSessions>(params).await? else { return Ok(()) };
        if listed.sessions.is_empty() {
            session.out.note("No sessions.");
            return Ok(());
        }
        let now = session.out.now();
        let mut table =
            Table::new(&["SESSION", "STATE", "SEEN", "HOOKS", "TODOS", "INSTANCE", "LAST PROMPT"]);
        table = table.right(&[3]);
        for one in listed.sessions {
            let state = match one.ended_at {
                Some(_) => Cell::styled(Style::Dim, "ended"),
                None => Cell::styled(Style::Green, "open"),
            };
            let seen = ago(one.last_seen, now);
            let SessionFacts { session_id, instance_id, events, todos, todos_completed, .. } = one;
            table.row([
                session_id.into(),
                state,
                seen.into(),
                count(events).into(),
                format!("{todos_completed}/{todos}").into(),
                instance_id.into(),
                one.last_prompt.as_deref().unwrap_or("-").into(),
            ]);
        }
        session.out.table(&table)
    }
}

impl Show {
    async fn run(self, session: &mut Session<'_>) -> Outcome {
        if !(1..=PAGE).contains(&self.limit) {
            return Err(Failure::Usage(format!("--limit takes 1 to {PAGE}")));
        }
        let of = |params: Params| params.with("sessionId", self.id.as_str());
        let state = of(Params::new())
            .flag("condensed", true)
            .list("eventTypes", &self.types)
            .with("limit", self.limit)
            .with("order", "desc");
        let Some(state) = session.ask::<GetState>(state).await? else { return Ok(()) };
        let summary = state.summary.unwrap_or_default();
        if summary.total_events == 0 && state.condensed.is_none() {
            return Err(Failure::Client(crate::client::ClientError::Refused(
                claudebench_core::Error::not_found("Session", &self.id),
            )));
        }
        let now = session.out.now();
        let mut table = Table::of_fields();
        table.field("session", self.id.as_str());
        table.field("events", count(summary.total_events));
        let last = summary.last_event.map(claudebench_core::Millis);
        if let Some(last) = last {
            table.field("last", ago(last, now));
        }
        let known = state.condensed.unwrap_or_default();
        let tools: Vec<String> =
            known.tools.iter().map(|tool| format!("{} {}", tool.name, tool.count)).collect();
        table.field("tools", tools.join(", "));
        if let Some(prompt) = known.prompts.first() {
            table.field("last prompt", prompt.prompt.as_str());
        }
        session.out.table(&table)?;
        for todo in &known.todos {
            let status = serde_json::to_value(todo.status).unwrap_or_default();
            let task = todo.task_id.map_or_else(String::new, |id| format!("  {id}"));
            let status = status.as_str().unwrap_or_default();
            session.out.line(format!("  {status:<12} {}{task}", todo.content))?;
        }
        for task in &known.tasks {
            let fence = task.fence.map_or_else(String::new, |fence| format!("  fence {fence}"));
            let status = task.status.name();
            session.out.line(format!("  {} {status}{fence}  {}", task.id, task.text))?;
        }
        // As the log has them: with who, and of which task.
        let listed = of(Params::new())
            .list("types", &self.types)
            .with("limit", self.limit)
            .with("order", Value::from("desc"));
        let page = session.get::<ListEvents>(listed).await?;
        for event in page.events.iter().rev() {
            show(event, session.out)?;
        }
        Ok(())
    }
}
