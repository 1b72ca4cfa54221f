//! `task.explain`.

use std::collections::HashSet;
use std::sync::Arc;

use claudebench_core::lane::{Closed, Lane, PauseScope};
use claudebench_core::{Error, Millis, Scope, Status, TaskId};
use claudebench_store::{Explained, PauseRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::view::{WireLease, one_of};
use crate::context::{Context, store_error};
use crate::method::{Access, Method};

/// How many workers that are paused are named.
const MAX_NAMED: usize = 10;

/// Says why a task is not being worked on: what it waits for, who could claim it, and how many
/// come before it.
///
/// ```json
/// {"id": "t-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskExplain")]
pub struct Explain {
    /// The task.
    #[serde(default)]
    pub id: Option<TaskId>,
    /// The same as `id`.
    #[serde(default)]
    pub task_id: Option<TaskId>,
}

/// Why a task is where it is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskExplanation")]
pub struct Explanation {
    /// The task.
    pub id: TaskId,
    /// Where it stands.
    pub status: Status,
    /// Whether a claim can take it now.
    pub claimable: bool,
    /// In a sentence.
    pub summary: String,
    /// Each thing that holds it back; empty when nothing does.
    pub because: Vec<Reason>,
    /// How many ready tasks come before it, counted to 1,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<i64>,
    /// The lease of the worker that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<WireLease>,
}

/// One thing that holds a task back.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[schemars(rename = "TaskReason")]
pub enum Reason {
    /// It has ended; task.retry puts it back.
    Ended {
        /// How.
        status: Status,
    },
    /// A worker holds it.
    Held {
        /// Who.
        worker_id: String,
    },
    /// It waits for another task.
    BlockedBy {
        /// The task.
        id: TaskId,
        /// Where that one stands.
        status: Status,
        /// What that one is.
        text: String,
    },
    /// Its time has not come.
    NotBefore {
        /// The time.
        run_at: Millis,
    },
    /// Claims of tasks like this are held back.
    Paused {
        /// What is held back.
        scope: PauseScope,
        /// Why.
        reason: Option<String>,
        /// When it ends by itself.
        until: Option<Millis>,
    },
    /// It is parked on an instance: nobody else may claim it.
    ParkedOn {
        /// The instance.
        instance_id: String,
        /// Whether that is there.
        online: bool,
    },
    /// No registered worker has one of its roles.
    NoWorkerWithRole {
        /// Its roles.
        roles: Vec<Arc<str>>,
    },
    /// No worker is registered.
    NoWorker,
    /// Each registered worker that might claim it is paused.
    WorkersPaused {
        /// These workers; 10 at most.
        worker_ids: Vec<String>,
    },
}

impl Method for Explain {
    const NAME: &'static str = "task.explain";
    const ACCESS: Access = Access::Read(Scope::TasksRead);
    type Output = Explanation;

    async fn call(self, cx: &Context) -> Result<Explanation, Error> {
        let id = one_of(self.id, self.task_id)?;
        let known =
            cx.shared.store.explain(cx.tenant(), id, cx.freshness).await.map_err(store_error)?;
        let known = known.ok_or_else(|| Error::not_found("Task", id).with("taskId", id))?;
        let workers = cx.shared.presence.of_tenant(cx.tenant());
        let workers: Vec<(&str, &[Arc<str>])> =
            workers.iter().map(|worker| (&*worker.id, &*worker.roles)).collect();
        let because = reasons(&known, &workers);
        let status = known.task.task.status;
        let claimable = status == Status::Pending && because.iter().all(Reason::is_only_a_wish);
        Ok(Explanation {
            id,
            status,
            claimable,
            summary: summary(status, &because, known.ahead),
            because,
            ahead: known.ahead.filter(|_| claimable),
            lease: known.task.lease.map(WireLease::from),
        })
    }
}

impl Reason {
    /// Whether it says that nobody comes, not that nobody may.
    fn is_only_a_wish(&self) -> bool {
        matches!(
            self,
            Self::NoWorkerWithRole { .. }
                | Self::NoWorker
                | Self::WorkersPaused { .. }
                | Self::ParkedOn { .. }
        )
    }
}

/// Everything that holds a task back, given who is there.
fn reasons(known: &Explained, workers: &[(&str, &[Arc<str>])]) -> Vec<Reason> {
    let task = &known.task.task;
    match task.status {
        Status::Completed | Status::Failed | Status::Cancelled => {
            return vec![Reason::Ended { status: task.status }];
        }
        Status::InProgress => {
            let worker_id = task.assigned_to.clone().unwrap_or_else(|| "nobody".into());
            return vec![Reason::Held { worker_id }];
        }
        Status::Pending => {}
    }
    let mut reasons: Vec<Reason> = known
        .blocked_by
        .iter()
        .map(|on| Reason::BlockedBy { id: on.id, status: on.status, text: on.text.clone() })
        .collect();
    if let Some(run_at) = task.run_at.filter(|at| *at > known.now) {
        reasons.push(Reason::NotBefore { run_at });
    }
    let lane = known.lane.clone().unwrap_or_else(|| Lane {
        tenant: claudebench_core::TenantId::DEFAULT,
        assignee: task.assigned_to.as_deref().map(Arc::from),
        project: task.project.clone(),
        roles: task.roles.clone(),
        tags: task.tags.clone(),
    });
    reasons.extend(pauses(&lane, &known.pauses));
    reasons.extend(nobody_for(&lane, workers, &known.pauses));
    reasons
}

/// The pauses that hold a lane back from whoever may claim from it.
fn pauses(lane: &Lane, pauses: &[PauseRow]) -> Vec<Reason> {
    let mut open: Vec<&PauseRow> = pauses.iter().collect();
    let mut reasons = Vec::new();
    loop {
        let scopes: Vec<PauseScope> = open.iter().map(|pause| pause.scope.clone()).collect();
        let Err(Closed::Paused(place)) = lane.open_to_its_own(&scopes) else {
            return reasons;
        };
        let pause = open.remove(place);
        reasons.push(Reason::Paused {
            scope: pause.scope.clone(),
            reason: pause.reason.clone(),
            until: pause.until,
        });
    }
}

/// Why nobody comes for a lane, if nobody does.
fn nobody_for(lane: &Lane, workers: &[(&str, &[Arc<str>])], pauses: &[PauseRow]) -> Option<Reason> {
    if let Some(assignee) = &lane.assignee {
        let online = workers.iter().any(|(id, _)| **id == **assignee);
        return Some(Reason::ParkedOn { instance_id: assignee.to_string(), online });
    }
    if workers.is_empty() {
        return Some(Reason::NoWorker);
    }
    let has_role = |roles: &[Arc<str>]| roles.iter().any(|role| lane.roles.contains(role));
    let mut fit = workers.iter().filter(|(_, roles)| lane.roles.is_empty() || has_role(roles));
    let mut paused = Vec::new();
    let names = pauses.iter().filter_map(|pause| match &pause.scope {
        PauseScope::Worker(name) => Some(name.as_str()),
        _ => None,
    });
    let names: HashSet<&str> = names.collect();
    if fit.any(|(id, _)| {
        let is_paused = names.contains(id);
        paused.extend(is_paused.then(|| (*id).to_owned()));
        !is_paused
    }) {
        return None;
    }
    if paused.is_empty() {
        return Some(Reason::NoWorkerWithRole { roles: lane.roles.clone() });
    }
    paused.truncate(MAX_NAMED);
    Some(Reason::WorkersPaused { worker_ids: paused })
}

fn summary(status: Status, because: &[Reason], ahead: Option<i64>) -> String {
    let sentences: Vec<String> = because.iter().map(sentence).collect();
    if !sentences.is_empty() {
        return sentences.join(" ");
    }
    match (status, ahead) {
        (Status::Pending, Some(0)) => "It is the next to be claimed.".into(),
        (Status::Pending, Some(ahead)) => {
            let count = if ahead >= 1_000 { "1,000 or more".into() } else { ahead.to_string() };
            format!("It is ready; {count} tasks come before it.")
        }
        _ => "It is ready.".into(),
    }
}

fn sentence(reason: &Reason) -> String {
    match reason {
        Reason::Ended { status } => format!("It is {}.", status.name()),
        Reason::Held { worker_id } => format!("{worker_id} works on it."),
        Reason::BlockedBy { id, status, .. } => {
            format!("It waits for {id}, which is {}.", status.name())
        }
        Reason::NotBefore { run_at } => format!("Its time comes at {run_at}."),
        Reason::Paused { scope, reason, until } => {
            let what = match scope {
                PauseScope::All => "All claims are".to_owned(),
                PauseScope::Project(name) => format!("The project {name} is"),
                PauseScope::Role(name) => format!("The role {name} is"),
                PauseScope::Tag(name) => format!("The tag {name} is"),
                PauseScope::Worker(name) => format!("The worker {name} is"),
            };
            let why = reason.as_ref().map_or_else(String::new, |why| format!(" ({why})"));
            let end = until.map_or_else(String::new, |until| format!(" until {until}"));
            format!("{what} paused{end}{why}.")
        }
        Reason::ParkedOn { instance_id, online: true } => {
            format!("It is parked on {instance_id}, which has not claimed it.")
        }
        Reason::ParkedOn { instance_id, online: false } => {
            format!("It is parked on {instance_id}, which is not there; see task.unassign.")
        }
        Reason::NoWorkerWithRole { roles } => {
            format!("No registered worker has the role {}.", roles.join(" or "))
        }
        Reason::NoWorker => "No worker is registered.".into(),
        Reason::WorkersPaused { worker_ids } => {
            format!("Each worker that might claim it is paused: {}.", worker_ids.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use claudebench_core::TenantId;

    fn lane(roles: &[&str]) -> Lane {
        Lane {
            tenant: TenantId::DEFAULT,
            assignee: None,
            project: Some("site".into()),
            roles: roles.iter().map(|role| Arc::from(*role)).collect(),
            tags: Vec::new(),
        }
    }

    fn pause(scope: PauseScope) -> PauseRow {
        PauseRow {
            scope,
            reason: Some("release".into()),
            until: None,
            paused_at: Millis(0),
            paused_by: "ada".into(),
        }
    }

    #[test]
    fn every_pause_that_holds_is_named_and_no_other() {
        let scopes = [
            PauseScope::All,
            PauseScope::Project("shop".into()),
            PauseScope::Project("site".into()),
        ];
        let found = pauses(&lane(&[]), &scopes.map(pause));
        let sentences: Vec<String> = found.iter().map(sentence).collect();
        assert_eq!(
            sentences,
            ["All claims are paused (release).", "The project site is paused (release)."]
        );
        let role = [pause(PauseScope::Role("a".into()))];
        assert_eq!(pauses(&lane(&["a", "b"]), &role).len(), 0, "b goes on");
        assert_eq!(pauses(&lane(&["a"]), &role).len(), 1);
    }

    #[test]
    fn who_could_come_is_known() {
        let roles: [Arc<str>; 1] = ["a".into()];
        let workers: [(&str, &[Arc<str>]); 1] = [("w", &roles)];
        assert_eq!(nobody_for(&lane(&["a"]), &workers, &[]), None);
        assert_eq!(nobody_for(&lane(&[]), &[], &[]), Some(Reason::NoWorker));
        let missing = Reason::NoWorkerWithRole { roles: vec!["b".into()] };
        assert_eq!(nobody_for(&lane(&["b"]), &workers, &[]), Some(missing));
        let parked = Lane { assignee: Some("v".into()), ..lane(&["a"]) };
        let on = Reason::ParkedOn { instance_id: "v".into(), online: false };
        assert_eq!(nobody_for(&parked, &workers, &[]), Some(on));
    }

    #[test]
    fn a_paused_worker_does_not_come() {
        let roles: [Arc<str>; 1] = ["a".into()];
        let workers: [(&str, &[Arc<str>]); 2] = [("v", &[]), ("w", &roles)];
        let pause = [pause(PauseScope::Worker("w".into()))];
        let found = nobody_for(&lane(&["a"]), &workers, &pause);
        assert_eq!(found, Some(Reason::WorkersPaused { worker_ids: vec!["w".into()] }));
        assert!(found.is_some_and(|reason| reason.is_only_a_wish()));
        assert_eq!(nobody_for(&lane(&[]), &workers, &pause), None, "v may come");
        assert!(pauses(&lane(&["a"]), &pause).is_empty(), "others may claim it");
        let parked = Lane { assignee: Some("w".into()), ..lane(&["a"]) };
        let found: Vec<String> = pauses(&parked, &pause).iter().map(sentence).collect();
        assert_eq!(found, ["The worker w is paused (release)."]);
    }
}
