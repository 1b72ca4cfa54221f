//! `task.claim`.

use std::sync::Arc;
use std::time::Duration;

use claudebench_coordination::Roles;
use claudebench_core::bounded::Name;
use claudebench_core::lane::Wanted;
use claudebench_core::{Code, Error, Int, Scope, TaskId};
use claudebench_store::{self as store, Freshness, Item};
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
    /// The most tasks; 1 if absent. An answer has room for about 8 MiB of them, attachments aside:
    /// what does not fit stays ready.
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
        let worker: Arc<str> = Arc::from(&*self.worker_id);
        let registered = match registered(cx, &worker) {
            // It may have registered at another server just now.
            Err(_) if cx.knows(&worker).await? => registered(cx, &worker),
            known => known,
        };
        let as_registered = self.roles.is_none();
        let claim = self.plan(cx, worker, registered.as_deref().unwrap_or_default());
        let claimed = match registered {
            Err(gone) => repeated(cx, claim, gone).await?,
            Ok(_) if wait == 0 => cx.commit(claim).await?,
            Ok(_) => {
                let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0));
                wait_for(cx, claim, as_registered, Instant::now() + wait).await?
            }
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
    fn plan(self, cx: &Context, worker: Arc<str>, registered: &[Arc<str>]) -> store::ClaimTasks {
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
        store::ClaimTasks {
            wanted,
            task: self.task_id,
            max: self.max_tasks.map_or(1, Int::count),
            lease_ms: self.lease_ms.map(Int::get),
        }
    }
}

/// The roles of a worker, which must be registered; a sign of life, too, though none of work on
/// what it may hold already.
fn registered(cx: &Context, worker: &str) -> Result<Roles, Error> {
    cx.shared.presence.touch(cx.tenant(), worker, cx.now());
    cx.shared.presence.roles(cx.tenant(), worker).ok_or_else(|| {
        let message = format!(
            "Worker not registered: {worker}. It never registered, or was silent for too long; \
             call system.register first."
        );
        Error::new(Code::NotFound, message).with("workerId", worker)
    })
}

/// The worker has gone, but its claim may repeat one that was answered before.
async fn repeated(
    cx: &Context,
    claim: store::ClaimTasks,
    gone: Error,
) -> Result<store::Claimed, Error> {
    if cx.key.is_none() {
        return Err(gone);
    }
    // A claim of nothing: all that it can be answered is what is kept under the key.
    let claimed = cx.commit(store::ClaimTasks { task: None, max: 0, ..claim }).await?;
    if claimed.tasks.is_empty() { Err(gone) } else { Ok(claimed) }
}

/// Waits in the roles of the registration, or in those that were asked for.
async fn wait_for(
    cx: &Context,
    mut claim: store::ClaimTasks,
    as_registered: bool,
    until: Instant,
) -> Result<store::Claimed, Error> {
    loop {
        match wait_once(cx, claim.clone(), as_registered, until).await? {
            Waited::Over(claimed) => return Ok(claimed),
            Waited::In(roles) => claim.wanted.roles = roles.to_vec(),
        }
    }
}

/// How a wait ended.
enum Waited {
    Over(store::Claimed),
    /// The worker has registered anew, in these roles.
    In(Roles),
}

/// Looks, and looks again whenever there may be something, until the time is over or the server
/// stops.
async fn wait_once(
    cx: &Context,
    claim: store::ClaimTasks,
    as_registered: bool,
    until: Instant,
) -> Result<Waited, Error> {
    let parked = Item { meta: cx.meta(), body: claim.clone() };
    let waiter = match cx.shared.ready.wait_for(parked) {
        Ok(waiter) => waiter,
        // It cannot wait, but there may be a task at once.
        Err(full) => {
            let claimed = cx.commit(claim).await?;
            return if claimed.tasks.is_empty() { Err(full) } else { Ok(Waited::Over(claimed)) };
        }
    };
    loop {
        let claimed = cx.commit(claim.clone()).await?;
        if !claimed.tasks.is_empty() {
            waiter.found();
            return Ok(Waited::Over(claimed));
        }
        // Whoever only waits is in nobody's way.
        let aside = cx.step_aside();
        let news = tokio::select! {
            biased;
            () = cx.shared.stopped() => None,
            news = waiter.again() => Some(news),
            () = tokio::time::sleep_until(until) => None,
        };
        drop(aside);
        let over = news.is_none();
        let news = match news {
            Some(news) => news,
            None => waiter.give_up().await,
        };
        match news {
            News::Given(answer) => {
                let claimed = answer?;
                waiter.found();
                return Ok(Waited::Over(claimed));
            }
            News::Look if over => return Ok(Waited::Over(claimed)),
            News::Look => match registered(cx, &claim.wanted.worker) {
                Ok(roles) if as_registered && roles[..] != claim.wanted.roles[..] => {
                    return Ok(Waited::In(roles));
                }
                Ok(_) => {}
                Err(gone) => return repeated(cx, claim, gone).await.map(Waited::Over),
            },
        }
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
    match attachment::page(
        (store, Freshness::Latest),
        cx.tenant(),
        task.id,
        None,
        (100, 0),
        *budget,
    )
    .await
    {
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
