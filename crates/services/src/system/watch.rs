//! Watches over the instances: their signs of life are written, at once where a lease may end before
//! the next look, and those that fell silent are given up.

use std::sync::Arc;
use std::time::Duration;

use claudebench_coordination::{Present, Seen, Since};
use claudebench_core::{Millis, TenantId};
use claudebench_store::{FailInstances, FailedInstance, StoreError, SubmitError, Touch};
use tokio::time::{Instant, MissedTickBehavior};

use crate::context::Shared;

/// The most instances in one write.
const CHUNK: usize = 500;

/// The rest after signs that were in a hurry: what comes meanwhile is written together.
const REST: Duration = Duration::from_millis(100);
/// The same when they could not be written.
const LONG_REST: Duration = Duration::from_secs(1);

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
    let mut rested = Instant::now();
    loop {
        tokio::select! {
            () = shared.stopped() => {
                // Others may go by what is written.
                if let Err(error) = touch(&shared).await {
                    tracing::warn!(%error, "the last signs of life could not be written");
                }
                return;
            }
            _ = ticks.tick() => last = look(&shared, last, every).await,
            () = hurry(&shared, rested) => rested = Instant::now() + hurried(&shared).await,
        }
    }
}

/// Waits for signs of life that are in a hurry, and for the end of the rest.
async fn hurry(shared: &Shared, rested: Instant) {
    shared.presence.hurry().await;
    tokio::time::sleep_until(rested).await;
}

/// Writes the signs that are in a hurry; answers how long to rest.
async fn hurried(shared: &Shared) -> Duration {
    match write(shared, &shared.presence.hurried()).await {
        Ok(()) => REST,
        Err(error) => {
            tracing::warn!(%error, "signs of life could not be written; again in a second");
            LONG_REST
        }
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
    let limits = &shared.limits;
    let silence = (limits.instance_silence_ms, limits.session_silence_ms);
    match fail_silent(shared, None, silence).await {
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
    write(shared, &shared.presence.unwritten()).await
}

async fn write(shared: &Shared, seen: &[Seen]) -> Result<(), SubmitError> {
    for some in seen.chunks(CHUNK) {
        match shared.commit_as_server(Touch { instances: some.to_vec() }).await {
            Ok(shortest) => {
                for ((tenant, id, _), shortest) in some.iter().zip(shortest) {
                    let brief = shortest.is_some_and(|ms| ms < shared.limits.brief_lease_ms());
                    shared.presence.found(*tenant, id, brief);
                }
            }
            Err(error) => {
                // Their leases live by these signs: they are to be written again.
                for (tenant, id, at) in seen {
                    shared.presence.works(*tenant, id, *at);
                }
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Gives up the instances, of one tenant or of all, that were silent for so long, or those of sessions for the
/// second time.
pub(super) async fn fail_silent(
    shared: &Shared,
    tenant: Option<TenantId>,
    (silence_ms, session_ms): (i64, i64),
) -> Result<Vec<FailedInstance>, SubmitError> {
    hear_waiting(shared);
    // What another server heard just now cannot be known yet.
    let silence_ms = silence_ms.max(shared.limits.heard_within_ms);
    let now = shared.clock.now();
    // Where others hear of instances, too, they are asked well before somebody is given up.
    let unheard = shared.presence.unheard(tenant, now.plus(-silence_ms / 3));
    shared.ask_around(&unheard).await?;
    let session_ms = session_ms.max(silence_ms);
    let limit = Since { sessions: now.plus(-session_ms), others: now.plus(-silence_ms) };
    // Taken out first: one that registers again meanwhile is written after this, and stays.
    let silent = shared.presence.take_silent(tenant, limit);
    let mut failed = Vec::new();
    for (place, some) in silent.chunks(CHUNK).enumerate() {
        let instances =
            some.iter().map(|gone| (gone.tenant, gone.id.clone(), gone.seen_at)).collect();
        match shared.commit_as_server(FailInstances { instances }).await {
            Ok(done) => {
                // Those that were heard of elsewhere meanwhile stay.
                let stay = |gone: &&Present| {
                    !done.iter().any(|one| (one.tenant, &one.id) == (gone.tenant, &gone.id))
                };
                let stay = some.iter().filter(stay);
                let stay: Vec<Seen> =
                    stay.map(|gone| (gone.tenant, gone.id.clone(), gone.seen_at)).collect();
                failed.extend(done);
                shared.ask_around(&stay).await?;
            }
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
