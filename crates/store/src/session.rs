//! What is known of a session of an agent: who it is, what it did last, what it has to do.

use std::collections::VecDeque;
use std::sync::Arc;

use claudebench_core::event::Fact;
use claudebench_core::{Millis, Status, TaskId, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::change::Register;

/// How long a session is remembered that nobody hears of, in milliseconds.
pub(crate) const SESSION_MS: i64 = 7 * 24 * 3_600_000;
/// The most todos of a session.
pub const MAX_TODOS: usize = 200;
/// How many todos that are gone from the list are remembered, so that they find their tasks again.
const MAX_PAST: usize = 100;
/// How many tools are counted, and how many of the last ones are named.
const MAX_TOOLS: usize = 50;
const RECENT_TOOLS: usize = 10;
/// How many prompts are remembered, and snapshots.
const MAX_PROMPTS: usize = 5;
const MAX_SNAPSHOTS: usize = 10;
/// The most bytes of a prompt that are remembered.
const PROMPT_BYTES: usize = 2_000;

/// A session.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionRow {
    /// Whose.
    pub tenant: TenantId,
    /// Its id.
    pub id: Arc<str>,
    /// The instance that it works as.
    pub instance: Arc<str>,
    /// When it was first heard of.
    pub started_at: Millis,
    /// When it was last heard of.
    pub seen_at: Millis,
    /// When it ended; it may go on after that.
    pub ended_at: Option<Millis>,
    /// How many hooks it has run.
    pub events: i64,
    /// What it needs to go on.
    pub state: SessionState,
}

/// What a session needs to go on. All of it is bounded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "each says what it is")]
pub struct SessionState {
    /// The folder that it works in.
    pub folder: Option<String>,
    /// The last prompts, newest first.
    pub prompts: VecDeque<Said>,
    /// The tools that it used, the last one first.
    pub tools: VecDeque<ToolUse>,
    /// The names of the last uses, newest first.
    pub recent_tools: VecDeque<String>,
    pub todos: Vec<Todo>,
    /// Todos that left the list, and their tasks; newest first.
    pub past: VecDeque<(String, TaskId)>,
    /// The last snapshots, newest first.
    pub snapshots: VecDeque<SnapshotNote>,
    /// How often it shortened what it remembers.
    pub compactions: i64,
}

/// A prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "text and time")]
pub struct Said {
    pub text: String,
    pub at: Millis,
}

/// How often a tool was used, and when last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each says what it is")]
pub struct ToolUse {
    pub name: String,
    pub count: i64,
    pub at: Millis,
}

/// A snapshot: what it holds is in its event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is named after a field of its event")]
pub struct SnapshotNote {
    pub id: String,
    pub at: Millis,
    pub reason: String,
    pub events: i64,
    pub size: i64,
}

/// Where a todo stands, as its agent says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum TodoStatus {
    Pending,
    InProgress,
    Completed,
    /// It was taken from the list.
    Deleted,
}

/// A todo of an agent's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Todo {
    /// What its agent calls it, where it has ids.
    #[serde(default)]
    pub key: Option<String>,
    /// What is to be done.
    pub content: String,
    /// The same, while it is done.
    #[serde(default)]
    pub active_form: Option<String>,
    /// Where it stands.
    pub status: TodoStatus,
    /// Its task.
    #[serde(default)]
    pub task: Option<TaskId>,
    /// The fence under which the session holds it.
    #[serde(default)]
    pub fence: Option<i64>,
    /// What the session was told of its task, when that went another way.
    #[serde(default)]
    pub told: Option<Status>,
}

/// What an agent says of a todo; what it leaves out stays as it was.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "named after the fields of a todo")]
pub struct TodoChange {
    pub key: Option<String>,
    pub content: Option<String>,
    pub active_form: Option<String>,
    pub status: Option<TodoStatus>,
}

/// Notes what a session did, in one transaction with what follows from it: its tasks, its state, its
/// events. The instance is registered when it is not.
#[derive(Clone, Debug)]
pub struct NoteSession {
    /// Which session. Without one, events alone are written.
    pub session: Option<Arc<str>>,
    /// The instance, and how it registers when it is not known.
    pub instance: Option<Register>,
    /// The events that tell of it.
    pub told: Vec<Told>,
    /// What it means to the session.
    pub marks: Vec<Mark>,
    /// How long its tasks are leased to it without a sign of life, in milliseconds.
    pub lease_ms: i64,
}

/// An event, written by whoever knows its type.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its type.
    pub kind: &'static str,
    /// Its fields.
    pub payload: Box<RawValue>,
}

impl Told {
    /// What tells of a fact.
    ///
    /// # Errors
    /// A fact that cannot be written as JSON.
    pub fn of<F: Fact>(fact: &F) -> Result<Self, serde_json::Error> {
        Ok(Self { kind: F::NAME, payload: to_raw_value(fact)? })
    }
}

/// What a hook means to its session.
#[derive(Clone, Debug)]
pub enum Mark {
    /// Nothing but that it is there.
    Seen,
    /// It began, or goes on, in this folder.
    Started {
        /// The folder.
        folder: Option<String>,
    },
    /// It is over, and what it holds goes back.
    Ended {
        /// Why.
        reason: String,
        /// Whether other sessions work as the same instance: that stays then, with all that is theirs.
        shares: bool,
    },
    /// It used a tool.
    Tool(String),
    /// It was told what to do.
    Prompt {
        /// What.
        text: String,
        /// Whether somebody hears what its tasks did meanwhile.
        tells: bool,
    },
    /// It wrote todos.
    Todos(WriteTodos),
    /// What it needs is kept.
    Snapshot {
        /// The snapshot's id.
        id: String,
        /// Why.
        reason: String,
        /// A JSON object.
        metadata: Option<String>,
        /// When that is because it is about to forget: how much it remembers.
        compacting: Option<f64>,
    },
    /// It goes on with a snapshot, if there is one.
    Rehydrated {
        /// Which; its last one if absent.
        snapshot: Option<String>,
    },
}

/// Todos as they were written.
#[derive(Clone, Debug)]
pub struct WriteTodos {
    /// What is said of them.
    pub todos: Vec<TodoChange>,
    /// Whether these are all: others leave the list. They are told apart by their contents then,
    /// else by their keys.
    pub whole: bool,
    /// Whether new ones become tasks.
    pub autocreate: bool,
    /// Whether somebody hears which tasks went another way.
    pub tells: bool,
}

/// What came of a note.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Noted {
    /// How many hooks the session has run.
    pub events: i64,
    /// Tasks that went back.
    pub reassigned: i64,
    /// Whether the instance was registered by this.
    pub registered: bool,
    /// The todos that have tasks which went another way, or could not follow.
    pub apart: Vec<TodoApart>,
    /// The snapshot that was made, or gone on with.
    pub snapshot: Option<SnapshotNote>,
    /// When the first of the tasks leased by this ends.
    pub leased_until: Option<Millis>,
}

/// A todo whose task did not go its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TodoApart {
    /// What is to be done.
    pub content: String,
    /// The task.
    pub task: TaskId,
    /// Where the task stands.
    pub status: Status,
    /// Who has it, or ended it.
    pub by: Option<String>,
}

impl SessionRow {
    /// A session that was not heard of before.
    pub(crate) fn new(tenant: TenantId, id: Arc<str>, instance: Arc<str>, now: Millis) -> Self {
        let state = SessionState::default();
        let (started_at, seen_at) = (now, now);
        Self { tenant, id, instance, started_at, seen_at, ended_at: None, events: 0, state }
    }
}

impl SessionState {
    /// A tool was used.
    pub(crate) fn used(&mut self, tool: String, now: Millis) {
        let known = self.tools.iter().position(|of| of.name == tool);
        let mut of = known.and_then(|place| self.tools.remove(place)).unwrap_or_else(|| ToolUse {
            name: tool.clone(),
            count: 0,
            at: now,
        });
        (of.count, of.at) = (of.count + 1, now);
        push(&mut self.tools, of, MAX_TOOLS);
        push(&mut self.recent_tools, tool, RECENT_TOOLS);
    }

    /// Somebody said what to do.
    pub(crate) fn prompted(&mut self, mut text: String, now: Millis) {
        if text.len() > PROMPT_BYTES {
            text.truncate(text.floor_char_boundary(PROMPT_BYTES - 3));
            text.push('…');
        }
        push(&mut self.prompts, Said { text, at: now }, MAX_PROMPTS);
    }

    /// A snapshot was made.
    pub(crate) fn kept(&mut self, snapshot: SnapshotNote) {
        push(&mut self.snapshots, snapshot, MAX_SNAPSHOTS);
    }

    /// Todos are gone from the list; those that have tasks are remembered.
    pub(crate) fn leave(&mut self, gone: impl IntoIterator<Item = Todo>) {
        for todo in gone {
            if let Some(task) = todo.task {
                self.past.retain(|(content, _)| *content != todo.content);
                push(&mut self.past, (todo.content, task), MAX_PAST);
            }
        }
    }

    /// The task of a todo that was on the list before.
    pub(crate) fn past_task(&self, content: &str) -> Option<TaskId> {
        self.past.iter().find(|(of, _)| of == content).map(|(_, task)| *task)
    }
}

fn push<T>(into: &mut VecDeque<T>, newest: T, max: usize) {
    into.push_front(newest);
    into.truncate(max);
}
