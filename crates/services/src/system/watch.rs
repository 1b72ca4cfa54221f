//! Watches over the instances: their signs of life are written, those that fell silent are given
//! up.

use std::sync::Arc;
use std::time::Duration;

use claudebench_coordination::Present;
use claudebench_core::{Millis, TenantId};
use claudebench_store::{FailInstances, FailedInstance, StoreError, SubmitError, Touch};
use tokio::time::MissedTickBehavior;

use crate::context::Shared;

/// The most instances in one write.
const CHUNK: usize = 500;

/// Finds the instances that are registered, at start; each has the whole time of silence before
/// it.
///
/// # Errors
/// A store that cannot be read.
pub async fn enter_known(shared: &Shared) -> Result<usize, StoreError> {
    let rows = shared.store.instances(None).await?;
    let now = shared.clock.now();
    let online = rows.into_iter().filter(|row| row.online);
    let entered = online.map(|row| {
        let (tenant, id, roles) = (row.tenant, row.id, row.roles.into());
        shared.presence.enter(Present { tenant, id, roles, seen_at: now });
    });
    Ok(entered.count())
}

/// Looks after the instances every `every_ms` milliseconds, until the server stops.
pub async fn run(shared: Arc<Shared>, every_ms: u64) {
    let mut ticks = tokio::time::interval(Duration::from_millis(every_ms.max(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let every = i64::try_from(every_ms).unwrap_or(i64::MAX);
    let mut last = shared.clock.now();
    loop {
        tokio::select! {
            () = shared.stopped() => return,
            _ = ticks.tick() => {}
        }
        last = look(&shared, last, every).await;
    }
}

/// One look; answers when it began.
async fn look(shared: &Shared, last: Millis, every_ms: i64) -> Millis {
    let now = shared.clock.now();
    // A machine that slept, or whose clock was set, has heard of nobody meanwhile.
    let slept = now.since(last) - every_ms;
    if slept > 2 * every_ms {
        shared.presence.postpone(slept);
    }
    if let Err(error) = touch(shared).await {
        tracing::warn!(%error, "signs of life could not be written; they will be, next time");
    }
    match fail_silent(shared, None, shared.limits.instance_silence_ms).await {
        Ok(failed) => {
            for instance in failed {
                let (id, tasks) = (instance.id, instance.reassigned);
                tracing::info!(instance = %id, tasks, "an instance fell silent; its tasks go back");
            }
        }
        Err(error) => tracing::warn!(%error, "silent instances could not be given up yet"),
    }
    now
}

/// Whoever waits for a task is alive.
fn hear_waiting(shared: &Shared) {
    let now = shared.clock.now();
    for (tenant, worker) in shared.ready.workers() {
        shared.presence.touch(tenant, &worker, now);
    }
}

async fn touch(shared: &Shared) -> Result<(), SubmitError> {
    hear_waiting(shared);
    let seen = shared.presence.unwritten();
    for some in seen.chunks(CHUNK) {
        if let Err(error) = shared.commit_as_server(Touch { instances: some.to_vec() }).await {
            // Their leases live by these signs: they are to be written again.
            for (tenant, id, at) in &seen {
                shared.presence.touch(*tenant, id, *at);
            }
            return Err(error);
        }
    }
    Ok(())
}

/// Gives up the instances, of one tenant or of all, that were silent for so long.
pub(super) async fn fail_silent(
    shared: &Shared,
    tenant: Option<TenantId>,
    silence_ms: i64,
) -> Result<Vec<FailedInstance>, SubmitError> {
    hear_waiting(shared);
    let limit = shared.clock.now().plus(-silence_ms);
    // Taken out first: one that registers again meanwhile is written after this, and stays.
    let silent = shared.presence.take_silent(tenant, limit);
    let mut failed = Vec::new();
    for (place, some) in silent.chunks(CHUNK).enumerate() {
        let instances =
            some.iter().map(|gone| (gone.tenant, gone.id.clone(), gone.seen_at)).collect();
        match shared.commit_as_server(FailInstances { instances }).await {
            Ok(done) => failed.extend(done),
            Err(error) => {
                for gone in silent.iter().skip(place * CHUNK) {
                    bring_back(shared, gone);
                }
                return Err(error);
            }
        }
    }
    Ok(failed)
}

/// One that could not be given up is there as before, unless it has registered again.
fn bring_back(shared: &Shared, gone: &Present) {
    if shared.presence.seen(gone.tenant, &gone.id).is_none() {
        shared.presence.enter(gone.clone());
    }
}
