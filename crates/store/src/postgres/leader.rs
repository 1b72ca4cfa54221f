//! The task in each server that does what one does for all, whenever something of it is due.

use std::sync::Arc;
use std::time::Duration;

use claudebench_core::Clock;
use tokio::sync::{Mutex, watch};

use super::keeping::{Keeper, Keeping};
use super::options::Target;
use crate::store::StoreError;

/// How often it looks whether something is due. What another server has left is taken up no later
/// than after this, [`WAIT`] and [`STILL`].
const TICK: Duration = Duration::from_secs(2);
/// How long a step may wait for what others hold.
const WAIT: Duration = Duration::from_secs(2);
/// How long a step may stand still.
const STILL: Duration = Duration::from_secs(5);

/// What must be known of a server and its settings.
#[derive(Clone, Copy, Debug)]
pub(super) struct LeaderOptions {
    /// The number of this server.
    pub(super) server: i64,
    /// How many events are kept.
    pub(super) events_max: i64,
    /// How long events are kept, in milliseconds.
    pub(super) events_age_ms: i64,
    /// Whether no event is dropped before it is in the archive.
    pub(super) archives: bool,
}

/// Does what is due until it is stopped or dropped.
#[derive(Debug)]
pub(super) struct Leader {
    keeper: Arc<Mutex<Keeper>>,
    stop: watch::Sender<bool>,
}

impl Leader {
    /// The connection may lead through a pooler.
    pub(super) fn new(config: Target, clock: Arc<dyn Clock>, options: LeaderOptions) -> Self {
        let LeaderOptions { server, events_max, events_age_ms, archives } = options;
        let keeping =
            Keeping { server, events_max, events_age_ms, archives, wait: WAIT, still: STILL };
        let (stop, stopping) = watch::channel(false);
        let keeper = Keeper::new(config, clock, keeping, stopping);
        Self { keeper: Arc::new(Mutex::new(keeper)), stop }
    }

    /// Begins to do what is due whenever it is.
    pub(super) fn start(&self) {
        tokio::spawn(run(self.keeper.clone(), self.stop.subscribe()));
    }

    /// Does what is due now, and returns when that is done.
    ///
    /// # Errors
    /// The first failure; the rest was done.
    pub(super) async fn round(&self) -> Result<(), StoreError> {
        self.keeper.lock().await.round().await
    }

    /// Ends it; returns when nothing of it is under way.
    pub(super) async fn stop(&self) {
        self.stop.send_replace(true);
        self.keeper.lock().await.leave();
    }
}

async fn run(keeper: Arc<Mutex<Keeper>>, mut stopping: watch::Receiver<bool>) {
    let mut failing = false;
    loop {
        let done = keeper.lock().await.round().await;
        // A database that is away is told of once.
        if let Err(error) = &done
            && !failing
        {
            tracing::warn!(%error, "what one server does for all could not be done; tried again");
        }
        failing = done.is_err();
        if tokio::time::timeout(TICK, stopping.wait_for(|stop| *stop)).await.is_ok() {
            return;
        }
    }
}
