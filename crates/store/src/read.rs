//! What can be asked of a store.

use std::sync::Arc;

use claudebench_core::event::Event;
use claudebench_core::lane::Lane;
use claudebench_core::principal::Scopes;
use claudebench_core::{Cursor, Millis, Status, TaskId, TenantId};

use crate::row::{AttachmentKind, PauseRow, TaskRow, TaskWithExtras};

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
