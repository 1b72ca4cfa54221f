//! Claims that wait for work: woken by the commits that make tasks ready, as many as there are
//! tasks, first come first served.
//!
//! A waiter registers before its first look at the store, so that nothing falls between the two.
//! A wake-up belongs to a task: whoever goes without having made something of it passes it on.

mod queue;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use claudebench_core::lane::{Lane, Wanted};
use claudebench_core::{Code, Error, TenantId};
use tokio::sync::Notify;

use queue::{Queue, Ticket};

/// The claims that wait.
#[derive(Debug)]
pub struct Ready {
    max: usize,
    queue: Mutex<Queue>,
}

impl Ready {
    /// At most `max` may wait.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { max, queue: Mutex::default() }
    }

    /// Wakes as many as there are new tasks, lane by lane; all of them when a pause ended.
    pub fn notify(&self, ready: &[(Arc<Lane>, usize)], reopened: bool) {
        if ready.is_empty() && !reopened {
            return;
        }
        let mut queue = self.lock();
        if queue.len() == 0 {
            return;
        }
        if reopened {
            queue.wake_all();
        }
        for (lane, count) in ready {
            queue.wake(lane, *count);
        }
    }

    /// Registers an interest, before the first look at the store.
    ///
    /// # Errors
    /// As many wait as may.
    pub fn wait_for(self: &Arc<Self>, wanted: Wanted) -> Result<Waiter, Error> {
        let mut queue = self.lock();
        if queue.len() >= self.max {
            let message = format!("{} claims wait already; try again, or with waitMs 0", self.max);
            return Err(Error::new(Code::Overloaded, message).with("retryAfterMs", 1_000));
        }
        let signal = Arc::new(Notify::new());
        let ticket = queue.enter(wanted, signal.clone());
        Ok(Waiter { ready: self.clone(), ticket, signal, found: false })
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lock().len()
    }

    /// The workers that wait: who waits is alive.
    #[must_use]
    pub fn workers(&self) -> Vec<(TenantId, Arc<str>)> {
        self.lock().workers().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A claim that waits. Dropped, it waits no more.
#[derive(Debug)]
pub struct Waiter {
    ready: Arc<Ready>,
    ticket: Ticket,
    signal: Arc<Notify>,
    found: bool,
}

impl Waiter {
    /// The look found nothing: waits until there is something to look for.
    pub async fn again(&self) {
        if self.ready.lock().park(self.ticket) {
            return;
        }
        loop {
            self.signal.notified().await;
            if self.ready.lock().take(self.ticket) {
                return;
            }
        }
    }

    /// The look found tasks: the wake-up that led to it is spent.
    pub fn found(mut self) {
        self.found = true;
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.ready.lock().leave(self.ticket, self.found);
    }
}
