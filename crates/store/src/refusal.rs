//! Why a write was refused: typed, and turned into the error that clients see in one place.

use claudebench_core::lane::PauseScope;
use claudebench_core::{Code, Error, Status, TaskId};
use serde::{Deserialize, Serialize};

/// Why a write was refused. It changed nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Refusal {
    /// There is no such task.
    NoTask(TaskId),
    /// There is no such thing.
    NotFound {
        /// What it is.
        what: String,
        /// Its name.
        name: String,
    },
    /// The report's lease is no longer current.
    StaleFence {
        /// The task.
        task: TaskId,
        /// The fence of the report.
        given: i64,
        /// The last fence given out.
        current: i64,
        /// Who holds the task now.
        holder: Option<String>,
        /// Where the task stands.
        status: Status,
    },
    /// The task is held by another worker.
    NotHolder {
        /// The task.
        task: TaskId,
        /// Who holds it.
        holder: Option<String>,
    },
    /// Nobody holds the task.
    NotAssigned(TaskId),
    /// The task is parked on or held by another.
    AlreadyAssigned {
        /// The task.
        task: TaskId,
        /// By whom.
        holder: String,
    },
    /// The task has ended.
    Finished {
        /// The task.
        task: TaskId,
        /// How.
        status: Status,
    },
    /// The task's state does not allow it.
    WrongState {
        /// The task.
        task: TaskId,
        /// Where it stands.
        status: Status,
        /// What was wanted, and what to do instead.
        hint: String,
    },
    /// The task is not as whoever changes it knew it.
    Changed {
        /// The task.
        task: TaskId,
        /// The version that was known.
        given: i64,
        /// Its version.
        version: i64,
    },
    /// A task with this unique key lives.
    DuplicateUniqueKey {
        /// The key.
        key: String,
        /// The task.
        task: TaskId,
    },
    /// The dependencies form a cycle, along these places in the list.
    Cycle(Vec<usize>),
    /// The idempotency key came with another body.
    IdempotencyConflict {
        /// The key.
        key: String,
    },
    /// The instance does not live.
    InstanceOffline(String),
    /// A bound of the store's.
    Limit {
        /// What there would be too much of, and what to do.
        what: String,
    },
    /// A time that is not to come.
    NotToCome {
        /// The field that names it.
        field: String,
    },
    /// What was asked for contradicts itself.
    Invalid {
        /// How.
        what: String,
    },
    /// This one write met an unexpected error; the others of its batch went through.
    Fault(String),
    /// The store cannot be written now.
    Unavailable(String),
    /// Nobody knows whether it was done.
    Unknown(String),
    /// No pause stands at this scope.
    NotPaused(PauseScope),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoTask(id) => Self::not_found("Task", id).with("taskId", id),
            Refusal::NotFound { what, name } => Self::not_found(&what, name),
            Refusal::StaleFence { task, given, current, holder, status } => {
                stale_fence(task, given, current, holder, status)
            }
            Refusal::NotHolder { task, holder } => {
                let by = holder.as_deref().unwrap_or("nobody");
                Self::new(Code::Conflict, format!("Task {task} is held by {by}."))
                    .with("taskId", task)
                    .with("holder", holder)
            }
            Refusal::NotAssigned(task) => Self::new(
                Code::Conflict,
                format!("Task not assigned: {task} is not currently assigned; claim it first."),
            )
            .with("taskId", task),
            Refusal::AlreadyAssigned { task, holder } => {
                Self::new(Code::Conflict, format!("Task {task} is already assigned to {holder}."))
                    .with("taskId", task)
                    .with("holder", holder)
            }
            Refusal::Finished { task, status } => Self::new(
                Code::Conflict,
                format!("Task already {}: {task}. task.retry puts it back.", status.name()),
            )
            .with("taskId", task)
            .with("status", status),
            Refusal::WrongState { task, status, hint } => {
                Self::new(Code::Conflict, format!("Task {task} is {}: {hint}", status.name()))
                    .with("taskId", task)
                    .with("status", status)
            }
            Refusal::Changed { task, given, version } => changed(task, given, version),
            Refusal::DuplicateUniqueKey { key, task } => Self::new(
                Code::DuplicateUniqueKey,
                format!("The live task {task} has the unique key `{key}` already."),
            )
            .with("taskId", task)
            .with("uniqueKey", key),
            Refusal::Cycle(along) => Self::new(
                Code::DependencyCycle,
                format!("The tasks at {along:?} of the list depend on each other in a circle."),
            )
            .with("cycle", along),
            Refusal::IdempotencyConflict { key } => Self::new(
                Code::IdempotencyConflict,
                format!("The idempotency key `{key}` was used before with another body."),
            )
            .with("idempotencyKey", key),
            Refusal::InstanceOffline(id) => Self::new(
                Code::Conflict,
                format!("Instance is OFFLINE: {id}. It comes back with system.register."),
            )
            .with("instanceId", id),
            Refusal::Limit { what } => Self::new(Code::TooLarge, what),
            Refusal::NotToCome { field } => Self::invalid(&[&field], "expected a time to come"),
            Refusal::Invalid { what } => Self::invalid(&[], what),
            Refusal::Fault(what) => Self::new(Code::Internal, what),
            Refusal::Unavailable(what) => Self::new(Code::Unavailable, what),
            Refusal::Unknown(what) => Self::new(Code::Timeout, what),
            Refusal::NotPaused(scope) => {
                Self::new(Code::NotFound, "Nothing is paused at this scope.").with("scope", scope)
            }
        }
    }
}

fn changed(task: TaskId, given: i64, version: i64) -> Error {
    let message = format!(
        "Task {task} was changed meanwhile: it is at version {version}, not {given}. Read it and try again."
    );
    Error::new(Code::Conflict, message).with("taskId", task).with("version", version)
}

fn stale_fence(
    task: TaskId,
    given: i64,
    current: i64,
    holder: Option<String>,
    status: Status,
) -> Error {
    let now = match (&holder, status) {
        (Some(holder), Status::InProgress) => format!("held by {holder}"),
        (_, status) => status.name().to_owned(),
    };
    let message = format!(
        "The lease with fence {given} on {task} is over: the task is {now} under fence {current}. \
         Stop working on it."
    );
    Error::new(Code::StaleFence, message)
        .with("taskId", task)
        .with("fence", current)
        .with("holder", holder)
        .with("status", status)
}
