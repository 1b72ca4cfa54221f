//! `task.get`.

use std::sync::Arc;

use claudebench_coordination::cache::{Key, Read, Reading, Source};
use claudebench_core::{Error, Millis, Scope, Status, TaskId, TenantId};
use claudebench_store::{Freshness, Position, Store};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::view::{Task, one_of};
use crate::context::{Context, store_error};
use crate::method::{Access, Method, read, unwritten};

/// Reads a task, with its lease, its result, and what it depends on; `archived` says that it was moved
/// to the archive.
///
/// ```json
/// {"id": "t-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskGet")]
pub struct Get {
    /// The task.
    #[serde(default)]
    pub id: Option<TaskId>,
    /// The same as `id`.
    #[serde(default)]
    pub task_id: Option<TaskId>,
}

/// A task that was read, or its text that was kept.
#[derive(Clone, Debug)]
pub enum Shown {
    /// The task.
    Task(Box<Task>),
    /// As it was written before.
    Text(Arc<RawValue>),
}

impl Shown {
    /// The task.
    ///
    /// # Errors
    /// When the text is none of a task.
    pub fn task(self) -> Result<Task, Error> {
        match self {
            Self::Task(task) => Ok(*task),
            Self::Text(text) => read(text.get()),
        }
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Task(task) => task.serialize(to),
            Self::Text(text) => text.serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Task::deserialize(from).map(|task| Self::Task(Box::new(task)))
    }
}

impl JsonSchema for Shown {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Task::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        Task::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Task::json_schema(generator)
    }
}

impl Method for Get {
    const NAME: &'static str = "task.get";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = Shown;

    async fn call(self, cx: &Context) -> Result<Shown, Error> {
        let id = one_of(self.id, self.task_id)?;
        let (store, tenant) = (&*cx.shared.store, cx.tenant());
        let key = Key { tenant, task: id };
        let found = match &cx.shared.cache {
            // A replica reads what is asked for once.
            Some(cache)
                if cx.freshness != Freshness::Latest
                    && (store.replicas().is_none() || cache.is_asked_often(key)) =>
            {
                cache.get(key, place(cx.carried)).await?.map(Shown::Text)
            }
            _ => {
                let found = stored(store, tenant, id, cx.freshness).await?;
                found.map(|task| Shown::Task(Box::new(task)))
            }
        };
        found.ok_or_else(|| Error::not_found("Task", id).with("taskId", id))
    }
}

async fn stored(
    store: &dyn Store,
    tenant: TenantId,
    id: TaskId,
    freshness: Freshness,
) -> Result<Option<Task>, Error> {
    let read = store.tasks(tenant, vec![id], freshness);
    let mut found = read.await.map_err(store_error)?.into_iter().next();
    if found.is_none() {
        found = store.archived(tenant, id, freshness).await.map_err(store_error)?;
    }
    Ok(found.map(Task::from))
}

/// A position as a number that grows with it.
fn place(position: Option<Position>) -> u128 {
    position.map_or(0, Position::number)
}

/// The tasks of a store, for a cache in front of it.
pub struct StoredTasks(pub Arc<dyn Store>);

impl Source for StoredTasks {
    fn history(&self) -> Option<u64> {
        self.0.history()
    }

    fn read(&self, Key { tenant, task }: Key) -> Reading<'_> {
        Box::pin(async move {
            // Who wrote at another server while this one wrote last may have been told the same position.
            let covers = place(self.0.position()).saturating_sub(1);
            let found = stored(&*self.0, tenant, task, Freshness::Latest).await?;
            let now = self.0.clock().now();
            let keeps = found.as_ref().is_none_or(|task| stays(task, now));
            let text = found.map(|task| to_raw_value(&task)).transpose();
            let text = text.map_err(|error| unwritten(&error))?.map(Into::into);
            Ok(Read { text, keeps, covers })
        })
    }
}

/// Whether nothing of it changes without an event of its own: leases are extended, what it waits for is done, and
/// what ended long ago goes into the archive and comes back, without one.
fn stays(task: &Task, now: Millis) -> bool {
    /// Less than any month, after one of which at least tasks are moved.
    const RECENT_MS: i64 = 27 * 24 * 3_600_000;
    let is_recent = task.completed_at.is_none_or(|ended| now.since(ended) < RECENT_MS);
    task.status != Status::InProgress && task.open_dependencies == 0 && !task.archived && is_recent
}
