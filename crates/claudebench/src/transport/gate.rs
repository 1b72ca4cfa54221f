//! The stages of a stop, and the work that it waits for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{Notify, watch};

/// How far a server has come on its way to its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// Whoever connects is answered; new work is refused once the server stops.
    Open,
    /// Others take whoever connects; who is connected is answered, and told to connect anew.
    Leaving,
    /// Nobody can connect any more; connections end with what they are writing.
    Closed,
    /// The time is over: what still goes on is given up.
    Over,
}

/// Counts the work under way, and tells everybody how far a stop has come.
pub struct Gate {
    under_way: AtomicUsize,
    idle: Notify,
    leaving: AtomicBool,
    stage: watch::Sender<Stage>,
}

impl Default for Gate {
    fn default() -> Self {
        let stage = watch::Sender::new(Stage::Open);
        let leaving = AtomicBool::new(false);
        Self { under_way: AtomicUsize::new(0), idle: Notify::new(), leaving, stage }
    }
}

impl Gate {
    /// Something more is under way, until the answer is dropped.
    pub fn enter(self: &Arc<Self>) -> Work {
        self.under_way.fetch_add(1, Ordering::AcqRel);
        Work(self.clone())
    }

    /// Waits until nothing is under way.
    pub async fn idle(&self) {
        loop {
            let mut idle = std::pin::pin!(self.idle.notified());
            // From here on no end is missed.
            idle.as_mut().enable();
            if self.under_way.load(Ordering::Acquire) == 0 {
                return;
            }
            idle.await;
        }
    }

    /// Goes on to a stage.
    pub fn go_on(&self, stage: Stage) {
        self.stage.send_replace(stage);
    }

    /// This process goes and others stay: nobody is refused for it.
    pub fn leave(&self) {
        self.leaving.store(true, Ordering::Release);
    }

    /// Whether it goes while others stay.
    pub fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Acquire)
    }

    /// Waits until a stage is reached.
    pub async fn reached(&self, stage: Stage) {
        // The other end lives as long as this does.
        let _ = self.stage.subscribe().wait_for(|now| *now >= stage).await;
    }
}

/// Work that a stop waits for.
pub struct Work(Arc<Gate>);

impl Drop for Work {
    fn drop(&mut self) {
        if self.0.under_way.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}
