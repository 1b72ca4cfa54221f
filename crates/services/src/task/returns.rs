//! Tasks that were handed to a claim whose caller had gone meanwhile go back at once.

use std::sync::Arc;

use claudebench_core::TenantId;
use claudebench_store::{Claimed, Ending, Report, Reports};

use crate::context::Shared;

/// Gives back whatever is abandoned, until the server stops.
pub async fn run(shared: Arc<Shared>) {
    loop {
        let abandoned = tokio::select! {
            biased;
            abandoned = shared.ready.abandoned() => abandoned,
            () = shared.stopped() => return,
        };
        for (tenant, claimed) in abandoned {
            give_back(&shared, tenant, claimed).await;
        }
    }
}

async fn give_back(shared: &Shared, tenant: TenantId, claimed: Claimed) {
    let items = claimed.tasks.into_iter().map(|claimed| Report {
        task: claimed.task.id,
        fence: Some(claimed.lease.fence),
        worker: None,
        ending: Ending::Released {
            reason: Some("whoever waited for it had gone".into()),
            delay_ms: None,
        },
    });
    // If this fails, their leases end.
    if let Err(error) = shared.commit_for(tenant, Reports { items: items.collect() }).await {
        tracing::warn!(%error, "tasks that nobody waited for any more could not be given back");
    }
}
