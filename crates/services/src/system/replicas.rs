//! Tells in the log when a replica lags, and when it is back.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use claudebench_store::{Replicas, TellReplica};
use tokio::time::{Instant, sleep_until};

use crate::context::Shared;

/// How long it rests when the log cannot be written.
const REST: Duration = Duration::from_secs(1);

/// Tells of every change until the server stops. Each server tells what it sees itself.
pub async fn run(shared: Arc<Shared>) {
    let Some(replicas) = shared.store.replicas() else { return };
    tokio::select! {
        () = shared.stopped() => {}
        () = tell_all(&shared, replicas) => {}
    }
}

async fn tell_all(shared: &Shared, mut replicas: Replicas) {
    let mut told: HashSet<Arc<str>> = HashSet::new();
    loop {
        let seen = replicas.borrow_and_update().clone();
        let mut all_told = true;
        for replica in seen {
            if replica.lagging == told.contains(&replica.name) {
                continue;
            }
            let tell = TellReplica {
                name: replica.name.clone(),
                lagging: replica.lagging,
                lag_ms: replica.lag_ms,
                lag_bytes: replica.lag_bytes,
                problem: replica.problem,
            };
            match shared.commit_as_server(tell).await {
                Ok(()) if replica.lagging => drop(told.insert(replica.name)),
                Ok(()) => drop(told.remove(&replica.name)),
                Err(error) => {
                    all_told = false;
                    tracing::warn!(%error, "how a replica is could not be told; tried again");
                }
            }
        }
        if !all_told {
            sleep_until(Instant::now() + REST).await;
        } else if replicas.changed().await.is_err() {
            return;
        }
    }
}
