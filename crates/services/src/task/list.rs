//! `task.list`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Int, Scope, Status, TaskId, Text};
use claudebench_store::{self as store, TaskQuery};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::view::Task;
use crate::context::{Context, store_error};
use crate::method::{Access, Method};

/// Lists tasks, a page at a time. Every filter that is given must hold. Go on with `nextCursor` as
/// `after`, which stays right while tasks come and go, or with `offset`. A page carries about 8 MiB:
/// when the tasks are large it ends early, `hasMore` says so, and the next page begins where it
/// ended; results that do not fit are left out: `resultAttachment` says so.
///
/// Lists in the order of `createdAt` with at most one of `assignedTo`, `tag`, `role` and `parentId`,
/// or with `status`, `project` and `dead`, are answered from an index. Others sort or search, and
/// few of them may wait: then `overloaded` says when to come back.
///
/// ```json
/// {"status": "pending", "orderBy": "queue", "limit": 20}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "TaskList")]
pub struct List {
    /// Only tasks with this status.
    pub status: Option<Status>,
    /// Only tasks that this worker holds, or that are parked on it.
    pub assigned_to: Option<Name>,
    /// Only tasks with this priority.
    pub priority: Option<Int<0, 100>>,
    /// Only tasks of this project.
    pub project: Option<Name>,
    /// Only tasks with this tag.
    pub tag: Option<Name>,
    /// Only tasks that are for this role.
    pub role: Option<Name>,
    /// Only parts of this task.
    pub parent_id: Option<TaskId>,
    /// `true`: only dead letters; `false`: none of them.
    pub dead: Option<bool>,
    /// Only tasks whose text has all these words; `rel*` is any word that begins so.
    pub search: Option<Text<1, 500>>,
    /// The most tasks of a page; 100 if absent.
    pub limit: Option<Int<1, 1_000>>,
    /// Without the first so many; 0 if absent.
    pub offset: Option<Int<0, 1_000_000_000>>,
    /// Continues after the last task of the page before: its `nextCursor`. Instead of `offset`.
    pub after: Option<Text<1, 500>>,
    /// What the list is ordered by; `createdAt` if absent. `queue`, for pending tasks: as claims take
    /// them, that is by priority and then by age, or as `tasks.aging_step_ms` has it; those that wait for their
    /// time, for others or on a worker stand among them.
    pub order_by: Option<OrderBy>,
    /// In which direction; `desc` if absent, but `asc` in the order of `queue`: what is claimed first
    /// comes first.
    pub order: Option<Order>,
}

/// What a list is ordered by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskOrderBy")]
#[allow(missing_docs, reason = "each is a field of a task, or named where it is asked for")]
pub enum OrderBy {
    #[default]
    CreatedAt,
    UpdatedAt,
    Priority,
    Status,
    AssignedTo,
    Queue,
}

impl OrderBy {
    const fn usually(self) -> Order {
        match self {
            Self::Queue => Order::Asc,
            _ => Order::Desc,
        }
    }
}

/// In which direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "TaskOrder")]
#[allow(missing_docs, reason = "the two directions")]
pub enum Order {
    Asc,
    #[default]
    Desc,
}

/// A page of tasks.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskPage")]
pub struct Listed {
    /// The tasks.
    pub tasks: Vec<Task>,
    /// How many tasks the filters hold for.
    pub total_count: i64,
    /// There are at least `totalCount`; more were not counted. So many tasks are looked at where no
    /// count is kept: 10,000.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub total_capped: bool,
    /// Whether there are more.
    pub has_more: bool,
    /// Pass it as `after` for the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl Method for List {
    const NAME: &'static str = "task.list";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = Listed;

    async fn call(self, cx: &Context) -> Result<Listed, Error> {
        if self.after.is_some() && self.offset.is_some_and(|offset| offset.get() > 0) {
            return Err(Error::invalid(&["offset"], "expected after or offset, not both"));
        }
        let order_by = self.order_by.unwrap_or_default();
        let query = TaskQuery {
            tenant: Some(cx.tenant()),
            status: self.status,
            assigned_to: self.assigned_to.map(Name::into_string),
            priority: self.priority.map(Int::get),
            project: self.project.map(Name::into_string),
            tag: self.tag.map(Name::into_string),
            role: self.role.map(Name::into_string),
            parent: self.parent_id,
            dead: self.dead,
            search: self.search.map(Text::into_string),
            order_by: in_store(order_by),
            order: match self.order.unwrap_or(order_by.usually()) {
                Order::Asc => store::ListOrder::Asc,
                Order::Desc => store::ListOrder::Desc,
            },
            limit: self.limit.map_or(100, Int::get),
            offset: self.offset.map_or(0, Int::get),
            after: self.after.map(Text::into_string),
        };
        let read = cx.shared.store.list(query, cx.freshness);
        let page = read.await.map_err(store_error)?;
        Ok(Listed {
            tasks: page.tasks.into_iter().map(Task::from).collect(),
            total_count: page.total,
            total_capped: page.total_capped,
            has_more: page.next.is_some(),
            next_cursor: page.next,
        })
    }
}

fn in_store(field: OrderBy) -> store::OrderBy {
    match field {
        OrderBy::CreatedAt => store::OrderBy::CreatedAt,
        OrderBy::UpdatedAt => store::OrderBy::UpdatedAt,
        OrderBy::Priority => store::OrderBy::Priority,
        OrderBy::Status => store::OrderBy::Status,
        OrderBy::AssignedTo => store::OrderBy::AssignedTo,
        OrderBy::Queue => store::OrderBy::Queue,
    }
}
