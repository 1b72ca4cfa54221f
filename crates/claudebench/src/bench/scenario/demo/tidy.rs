//! What is left when the demonstration is over: what was done, and nothing that somebody would take
//! for work.

use serde_json::json;

use super::fleet::WORKERS;
use super::foreman::Listed;
use super::stage::{Stage, TAG, count};
use crate::bench::bed::BenchError;

/// A page of tasks that are called off, and how many pages there are at most.
const PAGE: usize = 200;
const PAGES: usize = 50;

/// The workers leave, and what is open is called off.
pub(super) async fn up(stage: &Stage) -> Result<(), BenchError> {
    for member in &WORKERS {
        let leaves = json!({
            "instanceId": member.name, "sessionId": member.name, "timestamp": stage.now(),
        });
        stage.do_call("system.unregister", &leaves).await?;
    }
    for status in ["pending", "in_progress"] {
        for _ in 0..PAGES {
            let list = json!({ "tag": TAG, "status": status, "limit": PAGE });
            let listed: Option<Listed> = stage.call("task.list", &list).await?;
            let tasks = listed.map(|listed| listed.tasks).unwrap_or_default();
            if tasks.is_empty() {
                break;
            }
            for task in &tasks {
                let cancel = json!({
                    "id": task.id, "reason": "the demonstration is over", "graceMs": 0,
                    "dependents": "keep",
                });
                if stage.do_call("task.cancel", &cancel).await? {
                    count(&stage.counts.cancelled);
                }
            }
        }
    }
    Ok(())
}
