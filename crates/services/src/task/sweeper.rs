//! What time alone brings about: leases that end, tasks whose time comes, pauses that are over.

use std::sync::Arc;
use std::time::Duration;

use claudebench_store::Sweep;
use tokio::time::Instant;

use crate::context::Shared;

/// The longest sleep: the clock may be set while the sweeper sleeps.
const LONGEST: Duration = Duration::from_secs(1);
/// The shortest: however many changes come, the sweeper looks no more often.
const SHORTEST: Duration = Duration::from_millis(20);

/// Sweeps whenever something is due, until the server stops.
pub async fn run(shared: Arc<Shared>) {
    let mut bell = shared.hub.bell();
    loop {
        let shortest = Instant::now() + SHORTEST;
        let longest = Instant::now() + sweep(&shared).await;
        tokio::select! {
            () = shared.stopped() => return,
            () = tokio::time::sleep_until(longest) => {}
            // A change may have brought something nearer.
            _ = bell.changed() => {
                tokio::select! {
                    () = shared.stopped() => return,
                    () = tokio::time::sleep_until(shortest) => {}
                }
            }
        }
    }
}

/// Does what is due; answers how long there is nothing to do.
async fn sweep(shared: &Shared) -> Duration {
    loop {
        let now = shared.clock.now();
        let ms = shared.store.next_due().map_or(i64::MAX, |due| due.since(now));
        if ms > 0 {
            return Duration::from_millis(ms.unsigned_abs()).min(LONGEST);
        }
        if *shared.stopping.borrow() {
            return LONGEST;
        }
        match shared.commit_as_server(Sweep).await {
            Ok(swept) if swept.more => {}
            Ok(_) => return SHORTEST,
            Err(error) => {
                tracing::warn!(%error, "what is due could not be done; again in a second");
                return LONGEST;
            }
        }
    }
}
