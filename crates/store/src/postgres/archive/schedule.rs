//! The archive of a server: what is due is moved whenever it is due.

use std::sync::Arc;
use std::time::Duration;

use claudebench_core::Clock;
use tokio::sync::{Mutex, watch};

use super::Archiver;
use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::sql::keeping as sql;
use crate::store::StoreError;

/// How often it is looked whether something is due.
const TICK: Duration = Duration::from_secs(5);
/// After a failure it is tried again no later than after this, in milliseconds.
const AGAIN_MS: i64 = 60_000;
/// What it is called among what one server does for all.
const NAME: &str = "archive";

/// Moves what is due, until it is stopped or dropped.
#[derive(Debug)]
pub(in crate::postgres) struct Schedule {
    archiver: Arc<Mutex<Archiver>>,
    stop: watch::Sender<bool>,
}

impl Schedule {
    /// Begins, where it is to be done again and again.
    pub(in crate::postgres) fn start(
        archiver: Archiver,
        clock: Arc<dyn Clock>,
        (server, every_ms): (i64, i64),
    ) -> Self {
        let (stop, stopping) = watch::channel(false);
        let archiver = Arc::new(Mutex::new(archiver));
        if every_ms > 0 {
            tokio::spawn(run(archiver.clone(), clock, (server, every_ms), stopping));
        }
        Self { archiver, stop }
    }

    /// Ends it; returns when nothing of it is under way.
    pub(in crate::postgres) async fn stop(&self) {
        self.stop.send_replace(true);
        self.archiver.lock().await.client = None;
    }
}

async fn run(
    archiver: Arc<Mutex<Archiver>>,
    clock: Arc<dyn Clock>,
    (server, every_ms): (i64, i64),
    mut stopping: watch::Receiver<bool>,
) {
    let mut failing = false;
    loop {
        let mut moving = archiver.lock().await;
        let going = stopping.clone();
        let done = moving.when_due(every_ms, || !*going.borrow()).await;
        if let Err(error) = &done
            && !failing
        {
            tracing::warn!(%error, "old tasks could not be archived; it is tried again");
        }
        failing = done.is_err();
        let next = match done {
            Ok(false) => None,
            Ok(true) => Some(every_ms),
            Err(_) => Some(every_ms.min(AGAIN_MS)),
        };
        if let Some(ms) = next {
            let due = clock.now().plus(ms);
            // If this fails, so will the next look, and it is told of then.
            let _ = moving.rest_until(due.0, server).await;
        }
        drop(moving);
        if tokio::time::timeout(TICK, stopping.wait_for(|stop| *stop)).await.is_ok() {
            return;
        }
    }
}

impl Archiver {
    /// Moves what there is, if that is due; says whether it did.
    async fn when_due(
        &mut self,
        every_ms: i64,
        goes_on: impl Fn() -> bool,
    ) -> Result<bool, StoreError> {
        let due = self.is_due(every_ms).await;
        if !self.ended(due).await? {
            return Ok(false);
        }
        let Some(moved) = self.round(|_| goes_on()).await? else { return Ok(false) };
        if moved.files + moved.months > 0 {
            let super::Moved { tasks, attachments, events, files, months } = moved;
            tracing::info!(tasks, attachments, events, files, months, "moved to the archive");
        }
        Ok(true)
    }

    async fn is_due(&mut self, every_ms: i64) -> Result<bool, Failed> {
        let now = self.clock.now();
        let client = self.client().await?;
        let (names, periods) = (vec![NAME], vec![every_ms]);
        let due = client.query_typed(sql::DUE_CHORES, &params![names, periods, now.0]).await?;
        Ok(!due.is_empty())
    }

    async fn rest_until(&mut self, due: i64, server: i64) -> Result<(), Failed> {
        let client = self.client().await?;
        client.query_typed(sql::CHORE_DONE, &params![NAME, due, server]).await?;
        Ok(())
    }
}
