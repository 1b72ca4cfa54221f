//! The workers: they claim, work, rest, and claim again.

use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinSet;

use super::agent::Agent;
use super::chance::Chance;
use super::stage::{Stage, TAG, WAIT_MS};
use super::work::{Claimed, Work};
use crate::bench::bed::BenchError;

/// A worker of the fleet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) roles: &'static [&'static str],
    /// What it runs on.
    model: &'static str,
    host: &'static str,
    /// Whether it is an agent whose hooks are told.
    pub(super) hooks: bool,
}

const fn member(
    name: &'static str,
    roles: &'static [&'static str],
    (model, host): (&'static str, &'static str),
    hooks: bool,
) -> Member {
    Member { name, roles, model, host, hooks }
}

const LARGE: (&str, &str) = ("claude-opus", "forge-1");
const MIDDLE: (&str, &str) = ("claude-sonnet", "forge-2");
const SMALL: (&str, &str) = ("claude-haiku", "forge-3");

/// The fleet.
pub(super) const WORKERS: [Member; 20] = [
    member("frontend-1", &["frontend"], LARGE, true),
    member("frontend-2", &["frontend"], MIDDLE, true),
    member("frontend-3", &["frontend"], MIDDLE, false),
    member("frontend-4", &["frontend"], SMALL, false),
    member("frontend-5", &["frontend", "docs"], MIDDLE, false),
    member("backend-1", &["backend"], LARGE, true),
    member("backend-2", &["backend"], LARGE, true),
    member("backend-3", &["backend"], MIDDLE, true),
    member("backend-4", &["backend"], MIDDLE, false),
    member("backend-5", &["backend"], SMALL, false),
    member("backend-6", &["backend", "tester"], MIDDLE, false),
    member("reviewer-1", &["reviewer"], LARGE, true),
    member("reviewer-2", &["reviewer"], LARGE, false),
    member("reviewer-3", &["reviewer", "docs"], MIDDLE, false),
    member("tester-1", &["tester"], MIDDLE, true),
    member("tester-2", &["tester"], MIDDLE, false),
    member("tester-3", &["tester"], SMALL, false),
    member("tester-4", &["tester"], SMALL, false),
    member("docs-1", &["docs"], MIDDLE, true),
    member("docs-2", &["docs"], SMALL, false),
];

/// Registers all of them, so that a server that says no says it at once, and lets them begin.
pub(super) async fn begin(
    stage: &Arc<Stage>,
    at_work: &mut JoinSet<Result<(), BenchError>>,
) -> Result<(), BenchError> {
    for member in &WORKERS {
        register(stage, member).await?;
    }
    for (place, member) in WORKERS.iter().enumerate() {
        at_work.spawn(go(stage.clone(), *member, place + 1));
    }
    Ok(())
}

async fn register(stage: &Stage, member: &Member) -> Result<(), BenchError> {
    let metadata = json!({
        "model": member.model,
        "host": member.host,
        "version": "1.4.2",
        "source": "claudebench bench demo",
    });
    let params = json!({ "id": member.name, "roles": member.roles, "metadata": metadata });
    stage.do_call("system.register", &params).await.map(drop)
}

async fn go(stage: Arc<Stage>, member: Member, stream: usize) -> Result<(), BenchError> {
    let mut chance = Chance::new(stage.demo.seed, stream);
    let mut agent = member.hooks.then(|| Agent::new(member.name));
    let claim = json!({ "workerId": member.name, "tags": [TAG], "waitMs": WAIT_MS });
    while !stage.is_over() {
        let claimed: Option<Claimed> = stage.call_while_on("task.claim", &claim).await?;
        let Some(claimed) = claimed else {
            // It may have been forgotten: the server was away, or deleted everything.
            if stage.rest(1.0).await {
                register(&stage, &member).await?;
            }
            continue;
        };
        for task in claimed.tasks {
            let work = Work { stage: &stage, member: &member, task };
            work.run(&mut chance, agent.as_mut()).await?;
        }
        if !stage.rest(chance.seconds(1, 4)).await {
            break;
        }
    }
    match agent {
        Some(mut agent) => agent.leave(&stage, "demo_over").await,
        None => Ok(()),
    }
}
