//! The fields that a new task may have, whether it comes alone or among many.

use std::sync::Arc;

use claudebench_core::bounded::{List, Name};
use claudebench_core::error::Issue;
use claudebench_core::{Error, Millis, Status, TaskId};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names of roles or tags.
pub(super) type Labels = List<Name, 32>;

/// The names, sorted, each once.
pub(super) fn sorted(labels: Option<Labels>) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> =
        labels.unwrap_or_default().iter().map(|name| Arc::from(&**name)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What to do when a live task has the same unique key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnDuplicate {
    /// Refuse with `duplicate_unique_key`, naming the task.
    #[default]
    Reject,
    /// Answer with the task that lives.
    Return,
    /// Cancel the task that lives, and make the new one; what waits for the old one waits for the
    /// new one then. Refused while a worker holds it.
    Replace,
}

impl From<OnDuplicate> for store::OnDuplicate {
    fn from(choice: OnDuplicate) -> Self {
        match choice {
            OnDuplicate::Reject => Self::Reject,
            OnDuplicate::Return => Self::Return,
            OnDuplicate::Replace => Self::Replace,
        }
    }
}

/// Declares a type with the fields of a new task after some of its own.
macro_rules! new_task {
    ($(#[$of_type:meta])* $name:ident {
        $($(#[$of_field:meta])* $field:ident: $kind:ty,)*
    }) => {
        #[derive(Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase")]
        $(#[$of_type])*
        pub struct $name {
            /// What is to be done.
            pub text: claudebench_core::Text<1, 500>,
            $($(#[$of_field])* #[serde(default)] pub $field: $kind,)*
            /// 0 to 100, highest first; 50 if absent.
            #[serde(default)]
            pub priority: Option<claudebench_core::Int<0, 100>>,
            /// Any fields of your own; they come back with the task.
            #[serde(default)]
            pub metadata: Option<crate::json::Fields>,
            /// Not before this time.
            #[serde(default)]
            pub run_at: Option<claudebench_core::Millis>,
            /// Instead of `runAt`: not before so many milliseconds from now.
            #[serde(default)]
            pub delay_ms: Option<claudebench_core::Int<0, 31_536_000_000>>,
            /// The task that it is a part of.
            #[serde(default)]
            pub parent_id: Option<claudebench_core::TaskId>,
            /// Its project.
            #[serde(default)]
            pub project: Option<claudebench_core::bounded::Name>,
            /// Who may claim it: workers with one of these roles; everybody if there are none.
            #[serde(default)]
            pub roles: Option<super::new::Labels>,
            /// Tags, to filter claims and lists by.
            #[serde(default)]
            pub tags: Option<super::new::Labels>,
            /// At most one live task has this key.
            #[serde(default)]
            pub unique_key: Option<claudebench_core::bounded::Name>,
            /// What to do when a live task has the same unique key; `reject` if absent.
            #[serde(default)]
            pub on_duplicate: Option<super::new::OnDuplicate>,
            /// How often it is tried before it is a dead letter; 5 if absent.
            #[serde(default)]
            pub max_attempts: Option<claudebench_core::Int<1, 1_000>>,
            /// How long a worker may be silent before the task goes back; 300,000 milliseconds if
            /// absent.
            #[serde(default)]
            pub lease_ms: Option<claudebench_core::Int<1_000, 86_400_000>>,
            /// How long one attempt may take in all, in milliseconds, heartbeats or not.
            #[serde(default)]
            pub deadline_ms: Option<claudebench_core::Int<1_000, 2_592_000_000>>,
            /// How long it waits after a failed attempt; from a second, doubling, to 15 minutes,
            /// with full jitter, if absent.
            #[serde(default)]
            pub backoff: Option<claudebench_core::backoff::Backoff>,
        }

        impl $name {
            /// The task to be made, once its bounds are checked.
            fn plan(
                self,
                limits: &crate::context::Limits,
                depends_on: Vec<claudebench_store::Dependency>,
            ) -> Result<claudebench_store::NewTask, claudebench_core::Error> {
                use claudebench_core::{Error, Int};
                if self.run_at.is_some() && self.delay_ms.is_some() {
                    return Err(Error::invalid(&["delayMs"], "expected runAt or delayMs, not both"));
                }
                if self.on_duplicate.is_some() && self.unique_key.is_none() {
                    let message = "expected a uniqueKey with onDuplicate";
                    return Err(Error::invalid(&["uniqueKey"], message));
                }
                let on_duplicate = self.on_duplicate.unwrap_or_default().into();
                Ok(claudebench_store::NewTask {
                    text: self.text.into_string(),
                    priority: self.priority.map_or(super::new::PRIORITY, Int::get),
                    metadata: self
                        .metadata
                        .map(|fields| fields.bounded("metadata", limits.metadata_bytes))
                        .transpose()?,
                    run_at: self.run_at,
                    delay_ms: self.delay_ms.map(Int::get),
                    depends_on,
                    parent: self.parent_id,
                    project: self.project.map(|name| name.into_string().into()),
                    roles: super::new::sorted(self.roles),
                    tags: super::new::sorted(self.tags),
                    unique: self.unique_key.map(|key| claudebench_store::Unique {
                        key: key.into_string(),
                        on_duplicate,
                    }),
                    max_attempts: self.max_attempts.map_or(super::new::MAX_ATTEMPTS, Int::get),
                    lease_ms: self.lease_ms.map(Int::get),
                    deadline_ms: self.deadline_ms.map(Int::get),
                    backoff: self.backoff,
                })
            }
        }
    };
}
pub(super) use new_task;

/// The priority of a task that names none.
pub(super) const PRIORITY: i64 = 50;
/// The attempts of a task that names none.
pub(super) const MAX_ATTEMPTS: i64 = 5;

/// A task that was made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskCreated")]
pub struct Created {
    /// Its id.
    pub id: TaskId,
    /// What is to be done.
    pub text: String,
    /// Where it stands.
    pub status: Status,
    /// 0 to 100, highest first.
    pub priority: i64,
    /// When it was made.
    pub created_at: Millis,
    /// It lived already under the unique key; nothing was made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub existing: bool,
    /// The name that it has in this call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl Created {
    /// What to say of a task that the store made, or found.
    pub(super) fn of(text: String, priority: i64, made: store::Created) -> Self {
        let store::Created { id, created_at, existing } = made;
        match existing {
            None => {
                let status = Status::Pending;
                Self { id, text, status, priority, created_at, existing: false, key: None }
            }
            Some(row) => Self {
                id,
                text: row.text,
                status: row.status,
                priority: row.priority,
                created_at,
                existing: true,
                key: None,
            },
        }
    }
}

/// The error of one item of a list, with its place in the path.
pub(super) fn at_place(error: Error, list: &str, place: usize) -> Error {
    let issues = error.details.get("issues").cloned().unwrap_or_default();
    match serde_json::from_value::<Vec<Issue>>(issues) {
        Ok(mut issues) if !issues.is_empty() => {
            for issue in &mut issues {
                issue.path.splice(0..0, [list.into(), place.into()]);
            }
            Error::issues(issues)
        }
        _ => {
            let message = format!("{list}.{place}: {}", error.message);
            Error { message, ..error }.with("place", place)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use claudebench_core::Code;

    #[test]
    fn an_error_in_a_list_says_where() {
        let error = at_place(Error::invalid(&["delayMs"], "expected one"), "tasks", 3);
        assert_eq!(error.to_string(), "tasks.3.delayMs: expected one");
        let error = at_place(Error::new(Code::TooLarge, "metadata is too long"), "tasks", 3);
        assert_eq!(error.to_string(), "tasks.3: metadata is too long");
        assert_eq!(error.details["place"], 3);
    }

    #[test]
    fn labels_are_sorted_and_come_once() {
        let labels = serde_json::from_str(r#"["b", "a", "b"]"#).unwrap();
        assert_eq!(sorted(Some(labels)), ["a", "b"].map(Arc::<str>::from));
    }
}
