//! `task.claim`.

use std::sync::Arc;
use std::time::Duration;

use claudebench_core::bounded::Name;
use claudebench_core::lane::Wanted;
use claudebench_core::{Code, Error, Int, Scope, TaskId};
use claudebench_store::{self as store, Item};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::attachment::{self, ClaimedAttachment};
use super::new::{Labels, sorted};
use super::ready::News;
use super::view::{Task, WireLease};
use crate::context::Context;
use crate::method::{Access, Method};

/// Claims ready tasks for a registered worker, best first, and leases them to it: priority from
/// high to low, then age. Extend a lease with task.heartbeat, end it with task.complete, task.fail
/// or task.release.
///
/// ```json
/// {"workerId": "w-1", "maxTasks": 2, "waitMs": 100}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskClaim")]
pub struct Claim {
    /// Who will work on them. Registered by system.register.
    pub worker_id: Name,
    /// Claim this task and no other: refused, with the reason, when it is not to be had now.
    #[serde(default)]
    pub task_id: Option<TaskId>,
    /// The most tasks; 1 if absent.
    #[serde(default)]
    pub max_tasks: Option<Int<1, 100>>,
    /// How long to wait for a task when none is ready; 0 if absent.
    #[serde(default)]
    pub wait_ms: Option<Int<0, 60_000>>,
    /// The roles to work in, instead of those of the registration.
    #[serde(default)]
    pub roles: Option<Labels>,
    /// Only tasks of this project.
    #[serde(default)]
    pub project: Option<Name>,
    /// Only tasks that carry all of these tags.
    #[serde(default)]
    pub tags: Option<Labels>,
    /// For so many milliseconds, instead of the tasks' own or the default. It then outlasts a
    /// silence of the worker's instance.
    #[serde(default)]
    pub lease_ms: Option<Int<1_000, 86_400_000>>,
}

/// What was claimed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TasksClaimed")]
pub struct Claimed {
    /// Whether there was a task.
    pub claimed: bool,
    /// The first task's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    /// The first task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Arc<Task>>,
    /// All of them, best first, each with its lease.
    pub tasks: Vec<Arc<Task>>,
}

impl Method for Claim {
    const NAME: &'static str = "task.claim";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Claimed;

    async fn call(self, cx: &Context) -> Result<Claimed, Error> {
        let wait = self.wait_ms.map_or(0, Int::get);
        if self.task_id.is_some() && wait > 0 {
            let message = "a claim of one task does not wait; leave out waitMs, or taskId";
            return Err(Error::invalid(&["waitMs"], message));
        }
        let claim = self.plan(cx)?;
        let claimed = if wait == 0 {
            cx.commit(claim).await?
        } else {
            let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0));
            wait_for(cx, claim, Instant::now() + wait).await?
        };
        let mut tasks = Vec::with_capacity(claimed.tasks.len());
        let mut budget = attachment::ANSWER_BYTES;
        for claimed in claimed.tasks {
            tasks.push(Arc::new(complete(cx, claimed, &mut budget).await));
        }
        let task = tasks.first().cloned();
        let task_id = task.as_ref().map(|task| task.id);
        Ok(Claimed { claimed: task.is_some(), task_id, task, tasks })
    }
}

impl Claim {
    fn plan(self, cx: &Context) -> Result<store::ClaimTasks, Error> {
        let worker: Arc<str> = self.worker_id.into_string().into();
        let registered = registered(cx, &worker)?;
        let roles = match self.roles {
            Some(roles) => sorted(Some(roles)),
            None => registered.to_vec(),
        };
        let wanted = Wanted {
            tenant: cx.tenant(),
            worker,
            roles,
            project: self.project.map(|name| name.into_string().into()),
            tags: sorted(self.tags),
        };
        Ok(store::ClaimTasks {
            wanted,
            task: self.task_id,
            max: self.max_tasks.map_or(1, Int::count),
            lease_ms: self.lease_ms.map(Int::get),
        })
    }
}

/// The roles of a worker, which must be registered; a sign of life, too, though none of work on
/// what it may hold already.
fn registered(cx: &Context, worker: &str) -> Result<claudebench_coordination::Roles, Error> {
    cx.shared.presence.touch(cx.tenant(), worker, cx.now());
    cx.shared.presence.roles(cx.tenant(), worker).ok_or_else(|| {
        let message = format!(
            "Worker not registered: {worker}. It never registered, or was silent for too long; \
             call system.register first."
        );
        Error::new(Code::NotFound, message).with("workerId", worker)
    })
}

/// Looks, and looks again whenever there may be something, until the time is over or the server
/// stops.
async fn wait_for(
    cx: &Context,
    claim: store::ClaimTasks,
    until: Instant,
) -> Result<store::Claimed, Error> {
    let parked = Item { meta: cx.meta(), body: claim.clone() };
    let waiter = match cx.shared.ready.wait_for(parked) {
        Ok(waiter) => waiter,
        // It cannot wait, but there may be a task at once.
        Err(full) => {
            let claimed = cx.commit(claim).await?;
            return if claimed.tasks.is_empty() { Err(full) } else { Ok(claimed) };
        }
    };
    loop {
        let claimed = cx.commit(claim.clone()).await?;
        if !claimed.tasks.is_empty() {
            waiter.found();
            return Ok(claimed);
        }
        let news = tokio::select! {
            biased;
            () = cx.shared.stopped() => None,
            news = waiter.again() => Some(news),
            () = tokio::time::sleep_until(until) => None,
        };
        let over = news.is_none();
        let news = match news {
            Some(news) => news,
            None => waiter.give_up().await,
        };
        match news {
            News::Given(answer) => return answer.map_err(Error::from),
            News::Look if over => return Ok(claimed),
            News::Look => registered(cx, &claim.wanted.worker)?,
        };
    }
}

/// A claimed task as its worker gets it: with its attachments, as far as they fit.
async fn complete(cx: &Context, claimed: store::ClaimedTask, budget: &mut usize) -> Task {
    let store::ClaimedTask { task, lease } = claimed;
    cx.leased(&lease.worker, lease.expires_at);
    let mut task = Task::from(store::TaskWithExtras::from(task));
    task.lease = Some(WireLease::from(lease));
    task.attachments = Some(Default::default());
    if task.attachment_count == 0 || *budget == 0 {
        return task;
    }
    let store = &*cx.shared.store;
    match attachment::page(store, cx.tenant(), task.id, None, (100, 0), *budget).await {
        Ok((attachments, _)) => {
            let claimed = attachments.into_iter().map(|attachment| {
                let size = attachment::bytes(&attachment.body);
                let git = ["git-commit-", "git-ref-"];
                let key = attachment.body.key.clone();
                let excluded = git.iter().any(|git| key.starts_with(git)) || size > *budget;
                *budget -= if excluded { 0 } else { size };
                (key, ClaimedAttachment::of(attachment, excluded))
            });
            let claimed: std::collections::BTreeMap<_, _> = claimed.collect();
            task.attachment_keys = claimed.keys().take(20).cloned().collect();
            task.attachments = Some(claimed);
        }
        // The lease is given; its worker can still read them one by one.
        Err(error) => tracing::warn!(task = %task.id, %error, "attachments left out of a claim"),
    }
    task
}
