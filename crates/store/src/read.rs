//! What can be asked of a store.

use std::sync::Arc;

use claudebench_core::event::Event;
use claudebench_core::lane::Lane;
use claudebench_core::principal::Scopes;
use claudebench_core::{Cursor, Millis, Status, TaskId, TenantId};

use crate::row::{AttachmentKind, InstanceRow, PauseRow, Stats, TaskRow, TaskWithExtras};

/// What a list of tasks is ordered by; ties by id, in the same direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs, reason = "each is a field of a task")]
pub enum OrderBy {
    #[default]
    CreatedAt,
    UpdatedAt,
    Priority,
    Status,
    AssignedTo,
    /// By their rank: upwards as claims take them.
    Queue,
}

/// In which direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs, reason = "the two directions")]
pub enum ListOrder {
    Asc,
    #[default]
    Desc,
}

/// About how many bytes one page carries at most.
pub const PAGE_BYTES: usize = 8 << 20;

/// Which tasks, in which order. Every filter that is given must hold.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "each filter is named after the field it compares")]
pub struct TaskQuery {
    pub tenant: Option<TenantId>,
    pub status: Option<Status>,
    pub assigned_to: Option<String>,
    pub priority: Option<i64>,
    pub project: Option<String>,
    pub tag: Option<String>,
    pub role: Option<String>,
    pub parent: Option<TaskId>,
    pub dead: Option<bool>,
    /// Words that the text contains; each a whole word, or its beginning with a `*` behind it.
    /// Capitals, and whether an accent was typed in one with its letter, make no difference.
    pub search: Option<String>,
    pub order_by: OrderBy,
    pub order: ListOrder,
    pub limit: i64,
    pub offset: i64,
    /// Continues after the last task of the page before; instead of `offset`.
    pub after: Option<String>,
}

/// A page of tasks.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The tasks. Dependencies are not filled in.
    pub tasks: Vec<TaskWithExtras>,
    /// How many tasks the filters hold for, offset and limit aside.
    pub total: i64,
    /// Whether `total` stopped counting at a bound: there are at least so many.
    pub total_capped: bool,
    /// What to pass as `after` for the next page, when there is one.
    pub next: Option<String>,
}

/// Which attachments.
#[derive(Clone, Debug)]
pub enum AttachmentQuery {
    /// A page of one task's, in the order in which they were made, and how many there are in all.
    OfTask {
        /// Whose.
        tenant: TenantId,
        /// The task.
        task: TaskId,
        /// Only this kind.
        kind: Option<AttachmentKind>,
        /// At most so many.
        limit: i64,
        /// Without the first so many.
        offset: i64,
    },
    /// Those with these names; what does not exist is left out.
    Named {
        /// Whose.
        tenant: TenantId,
        /// Task and key of each.
        names: Vec<(TaskId, String)>,
    },
}

/// Which events, in the order of the log.
#[derive(Clone, Debug)]
pub struct EventQuery {
    /// Whose; `None` for all tenants (fan-out).
    pub tenant: Option<TenantId>,
    /// Only of the types that these show.
    pub scopes: Scopes,
    /// Only after this place. `None`: from the oldest kept.
    pub after: Option<Cursor>,
    /// Only of this task.
    pub task: Option<TaskId>,
    /// Only of this project.
    pub project: Option<String>,
    /// Only of this session of an agent, whose tenant must be given.
    pub session: Option<Arc<str>>,
    /// Only of these types: names, `prefix.*` or `*`. Empty: all.
    pub kinds: Vec<String>,
    /// At most so many.
    pub limit: i64,
    /// Backwards, from the newest.
    pub newest_first: bool,
}

/// A page of events.
#[derive(Clone, Debug, Default)]
pub struct EventPage {
    /// The events.
    pub events: Vec<Arc<Event>>,
    /// Where to go on. Filters may leave a page short, or empty, before the end of the log.
    pub next: Cursor,
    /// Whether the end of the log was reached.
    pub at_end: bool,
}

/// A page of the projects of a tenant, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectPage {
    /// Those that have tasks, with their counts, but not with when the oldest was made.
    pub projects: Vec<(String, Stats)>,
    /// After which name the next page begins, when there may be more.
    pub next: Option<String>,
}

/// Edges of the graph of what depends on what.
#[derive(Clone, Debug)]
pub struct EdgeQuery {
    /// Whose.
    pub tenant: TenantId,
    /// The tasks.
    pub ids: Vec<TaskId>,
    /// At which of their ends the tasks are.
    pub end: EdgeEnd,
    /// At most so many.
    pub limit: usize,
}

/// An end of an edge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EdgeEnd {
    /// What the tasks depend on.
    Dependent,
    /// What still waits for the tasks.
    Dependency,
}

/// A task depends on another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edge {
    /// The task.
    pub task: TaskId,
    /// What it depends on.
    pub on: TaskId,
    /// Whether it waits for that no more.
    pub done: bool,
}

/// Which instances of a tenant, by id.
#[derive(Clone, Debug)]
pub struct InstanceQuery {
    /// Whose.
    pub tenant: TenantId,
    /// Which of them.
    pub which: Which,
    /// Only after this id.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// Which of many.
#[derive(Clone, Debug)]
pub enum Which {
    /// All of them.
    All,
    /// Those that are named, in the order of their ids.
    Named(Vec<Arc<str>>),
    /// All but those that are named.
    Others(Vec<Arc<str>>),
}

/// A page of instances.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InstancePage {
    /// The instances.
    pub instances: Vec<InstanceHolding>,
    /// After which id the next page begins, when there are more.
    pub next: Option<String>,
}

/// An instance, and how many tasks it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceHolding {
    /// The instance.
    pub row: InstanceRow,
    /// How many tasks it holds, counted to [`InstanceHolding::COUNTED`].
    pub leases: i64,
    /// Whether counting stopped at a bound: there are at least so many.
    pub leases_capped: bool,
}

impl InstanceHolding {
    /// How far the tasks of an instance are counted.
    pub const COUNTED: i64 = 1_000;
}

/// A page of the shared configuration, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigPage {
    /// Keys, and their values as JSON.
    pub values: Vec<(String, String)>,
    /// After which key the next page begins, when there are more.
    pub next: Option<String>,
}

/// What a store knows of why a task waits.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The task and its lease.
    pub task: TaskWithExtras,
    /// What it waits for, at most 100.
    pub blocked_by: Vec<BlockedBy>,
    /// The lane it is in.
    pub lane: Option<Lane>,
    /// The pauses in force.
    pub pauses: Vec<PauseRow>,
    /// How many ready tasks come before it, over all lanes of its tenant, counted to 1,000.
    pub ahead: Option<i64>,
    /// Now, by the store's clock.
    pub now: Millis,
}

/// A dependency that is not completed.
#[derive(Clone, Debug)]
pub struct BlockedBy {
    /// The task.
    pub id: TaskId,
    /// Where it stands.
    pub status: Status,
    /// What it is.
    pub text: String,
}

impl From<TaskRow> for TaskWithExtras {
    fn from(task: TaskRow) -> Self {
        Self {
            task,
            lease: None,
            result: None,
            result_left_out: None,
            attachment_keys: Vec::new(),
            depends_on: Vec::new(),
            archived: false,
        }
    }
}
