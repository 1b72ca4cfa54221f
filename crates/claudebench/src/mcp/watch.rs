//! Subscriptions to resources, fed by events.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use claudebench_core::{Code, Error};
use futures_util::StreamExt;
use rmcp::model::{ResourceUpdatedNotificationParam, SubscriptionFilter};
use rmcp::service::{Peer, RoleServer, SubscriptionContext};
use tokio_util::sync::CancellationToken;

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
    /// Ends whoever tells the client.
    told: Option<CancellationToken>,
}

impl Watched {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody tells the client.
    pub(super) fn is_told(&self) -> bool {
        self.state().told.is_some()
    }

    /// Watches one more.
    pub(super) fn add(&self, uri: String) -> Result<(), Error> {
        let mut state = self.state();
        if state.uris.len() >= MOST && !state.uris.contains(&uri) {
            let message = format!("a client may watch {MOST} resources; unsubscribe from some");
            return Err(Error::new(Code::Overloaded, message));
        }
        state.uris.insert(uri);
        Ok(())
    }

    /// Watches one less; with the last one nobody tells the client any more.
    pub(super) fn remove(&self, uri: &str) {
        let mut state = self.state();
        state.uris.remove(uri);
        if state.uris.is_empty()
            && let Some(told) = state.told.take()
        {
            told.cancel();
        }
    }

    /// The conversation is over.
    pub(super) fn end(&self) {
        if let Some(told) = self.state().told.take() {
            told.cancel();
        }
    }

    /// Takes the place of whoever tells the client; none, if it is taken.
    fn begin(&self) -> Option<CancellationToken> {
        let mut state = self.state();
        if state.told.is_some() {
            return None;
        }
        Some(state.told.insert(CancellationToken::new()).clone())
    }

    /// The resources among these that changed.
    fn changed(&self, change: &Change) -> Vec<String> {
        touched(change, &self.state().uris)
    }
}

/// The watched resources that may show something else after a change.
fn touched(change: &Change, watched: &BTreeSet<String>) -> Vec<String> {
    match change {
        Change::Event { kind, .. } if &**kind == "system.flushed" => {
            watched.iter().cloned().collect()
        }
        Change::Missed => watched.iter().cloned().collect(),
        Change::Event { task: None, .. } => Vec::new(),
        Change::Event { task: Some(task), .. } => {
            let lists = LISTS.iter().map(|uri| (*uri).to_owned());
            let all = lists.chain([resources::of_task(*task)]);
            let named = all.filter(|uri| watched.contains(uri));
            let of_parts = watched.iter().filter(|uri| resources::is_of_parts(uri)).cloned();
            named.chain(of_parts).collect()
        }
    }
}

/// Whether there are other tasks after a change.
fn lists_change(change: &Change) -> bool {
    match change {
        Change::Missed => true,
        Change::Event { kind, .. } => {
            matches!(&**kind, "task.created" | "task.deleted" | "system.flushed")
        }
    }
}

/// Tells a session of what it watches, until it ends or watches nothing.
pub(super) fn tell(watched: &Arc<Watched>, peer: Peer<RoleServer>, mut changes: Changes) {
    let Some(end) = watched.begin() else { return };
    let watched = watched.clone();
    tokio::spawn(async move {
        loop {
            let change = tokio::select! {
                () = end.cancelled() => return,
                change = changes.next() => change,
            };
            // The server stops, or who subscribed may see nothing any more.
            let Some(change) = change else { return watched.end() };
            for uri in watched.changed(&change) {
                let told = ResourceUpdatedNotificationParam::new(uri);
                if peer.notify_resource_updated(told).await.is_err() {
                    return watched.end();
                }
            }
            if lists_change(&change) && peer.notify_resource_list_changed().await.is_err() {
                return watched.end();
            }
        }
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
    let wanted: BTreeSet<String> =
        accepted.resource_subscriptions.iter().flatten().cloned().collect();
    loop {
        let change = tokio::select! {
            () = context.cancelled() => return,
            change = changes.next() => change,
        };
        let Some(change) = change else { return };
        for uri in touched(&change, &wanted) {
            if context.sink().notify_resource_updated(uri).await.is_err() {
                return;
            }
        }
        if lists_change(&change)
            && accepted.resources_list_changed == Some(true)
            && context.sink().notify_resource_list_changed().await.is_err()
        {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use claudebench_core::TaskId;

    use super::*;

    #[test]
    fn what_is_watched_is_told_of_by_what_touches_it() {
        let watched = Watched::default();
        for uri in ["task://view/t-7", "swarm://tasks"] {
            watched.add(uri.into()).unwrap();
        }
        let event = |kind: &str, task: Option<i64>| Change::Event {
            kind: kind.into(),
            task: task.map(TaskId),
        };
        let both = ["swarm://tasks", "task://view/t-7"];
        assert_eq!(watched.changed(&event("task.updated", Some(7))), both);
        assert_eq!(watched.changed(&event("task.updated", Some(8))), ["swarm://tasks"]);
        assert!(watched.changed(&event("config.changed", None)).is_empty());
        assert_eq!(watched.changed(&event("system.flushed", None)), both);
        assert_eq!(watched.changed(&Change::Missed), both, "whatever it was");
    }

    #[test]
    fn whoever_tells_ends_with_the_last_resource_and_with_the_conversation() {
        let watched = Watched::default();
        watched.add("a".into()).unwrap();
        let first = watched.begin().unwrap();
        assert!(watched.begin().is_none(), "one is enough");
        watched.remove("a");
        assert!(first.is_cancelled() && !watched.is_told());
        let second = watched.begin().unwrap();
        watched.end();
        assert!(second.is_cancelled() && !watched.is_told());
    }

    #[test]
    fn a_client_watches_so_many_and_not_more() {
        let watched = Watched::default();
        for n in 0..MOST {
            watched.add(format!("{n}")).unwrap();
        }
        assert!(watched.add("more".into()).is_err());
        watched.add("0".into()).unwrap();
        watched.remove("0");
        watched.add("more".into()).unwrap();
    }
}
