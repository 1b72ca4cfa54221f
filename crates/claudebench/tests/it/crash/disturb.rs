//! Those who steer by hand: they cancel, retry and redrive.

use serde_json::json;

use super::arena::{Phase, below, chance};
use super::caller::Caller;

/// How long they think at most, in milliseconds.
const THINK_MS: u64 = 150;

/// Cancels tasks, whatever becomes of them meanwhile.
pub(super) async fn cancels(mut caller: Caller) {
    while caller.arena.phase() == Phase::Faults {
        let arena = caller.arena.clone();
        if let Some(id) = arena.newly_known(&mut caller.random) {
            let dependents = if chance(&mut caller.random, 50) { "cancel" } else { "release" };
            let grace = if chance(&mut caller.random, 50) { 0 } else { 300 };
            let args = json!({"id": id, "graceMs": grace, "dependents": dependents});
            let Some(_) = caller.until_answered("task.cancel", &args).await else { return };
        }
        caller.think(THINK_MS).await;
    }
}

/// Puts ended tasks back.
pub(super) async fn retries(mut caller: Caller) {
    while caller.arena.phase() == Phase::Faults {
        let arena = caller.arena.clone();
        if let Some(id) = arena.any_known(&mut caller.random) {
            let key = caller.unique();
            let args = json!({"id": id, "idempotencyKey": key});
            let Some(_) = caller.until_answered("task.retry", &args).await else { return };
        }
        let rest = THINK_MS * (1 + below(&mut caller.random, 5));
        caller.think(rest).await;
    }
}
