//! Subscriptions to resources, fed by events.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use claudebench_core::{Code, Error};
use futures_util::StreamExt;
use rmcp::model::{ResourceUpdatedNotificationParam, SubscriptionFilter};
use rmcp::service::{Peer, RoleServer, SubscriptionContext};

use super::backend::{Change, Changes};
use super::resources::{self, LISTS};

/// How many resources a client may watch.
const MOST: usize = 1_000;

/// What a session watches.
#[derive(Debug, Default)]
pub(super) struct Watched(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    uris: BTreeSet<String>,
    /// Somebody tells the client.
    told: bool,
}

impl Watched {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches one more; says whether somebody has to begin to tell.
    pub(super) fn add(&self, uri: String) -> Result<bool, Error> {
        let mut state = self.state();
        if state.uris.len() >= MOST && !state.uris.contains(&uri) {
            let message = format!("a client may watch {MOST} resources; unsubscribe from some");
            return Err(Error::new(Code::Overloaded, message));
        }
        state.uris.insert(uri);
        Ok(!std::mem::replace(&mut state.told, true))
    }

    pub(super) fn remove(&self, uri: &str) {
        self.state().uris.remove(uri);
    }

    /// The resources among these that changed.
    fn changed(&self, change: &Change) -> Vec<String> {
        touched(change).filter(|uri| self.state().uris.contains(uri)).collect()
    }

    /// Nobody tells the client any more.
    fn untold(&self) {
        self.state().told = false;
    }
}

/// The resources that show something else after a change.
fn touched(change: &Change) -> impl Iterator<Item = String> {
    let of_task = change.task.map(resources::of_task);
    let lists = change.task.is_some().then_some(LISTS);
    of_task.into_iter().chain(lists.into_iter().flatten().map(|uri| (*uri).to_owned()))
}

/// Tells a session of what it watches, until it ends.
pub(super) fn tell(watched: Arc<Watched>, peer: Peer<RoleServer>, mut changes: Changes) {
    tokio::spawn(async move {
        while let Some(change) = changes.next().await {
            for uri in watched.changed(&change) {
                let told = ResourceUpdatedNotificationParam::new(uri);
                if peer.notify_resource_updated(told).await.is_err() {
                    return;
                }
            }
        }
        watched.untold();
    });
}

/// What of a subscription there is.
pub(super) fn accepted(requested: &SubscriptionFilter) -> SubscriptionFilter {
    let mut accepted = SubscriptionFilter::new();
    // Tools and prompts stay as they are while a server runs.
    accepted.resources_list_changed = requested.resources_list_changed;
    accepted.resource_subscriptions = requested.resource_subscriptions.as_ref().map(|uris| {
        let known = uris.iter().filter(|uri| resources::check(uri).is_ok());
        known.take(MOST).cloned().collect()
    });
    accepted
}

/// Tells a subscription of what it wants, until it is cancelled or the server stops.
pub(super) async fn listen(context: &SubscriptionContext, mut changes: Changes) {
    let accepted = context.accepted();
    let wanted: BTreeSet<&String> = accepted.resource_subscriptions.iter().flatten().collect();
    loop {
        let change = tokio::select! {
            () = context.cancelled() => return,
            change = changes.next() => change,
        };
        let Some(change) = change else { return };
        for uri in touched(&change).filter(|uri| wanted.contains(uri)) {
            if context.sink().notify_resource_updated(uri).await.is_err() {
                return;
            }
        }
        let lists = matches!(&*change.kind, "task.created" | "task.deleted" | "system.flushed");
        if lists
            && accepted.resources_list_changed == Some(true)
            && context.sink().notify_resource_list_changed().await.is_err()
        {
            return;
        }
    }
}
