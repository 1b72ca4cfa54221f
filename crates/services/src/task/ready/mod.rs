//! Claims that wait for work.
//!
//! A parked claim is served by the transaction that makes a task ready, where the store asks for
//! it ([`Parked`]); otherwise it is woken by the commit: as many as there are tasks, first come
//! first served. A waiter registers before its first look at the store, so that nothing falls
//! between the two. A wake-up belongs to a task: whoever goes without having made something of it
//! passes it on; tasks that were handed to somebody who has gone are given back.

mod queue;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use claudebench_core::share::Full;
use claudebench_core::{Code, Error, TenantId};
use claudebench_store::{ClaimTasks, Claimed, Gained, Handed, Item, Parked, Ticket};
use tokio::sync::Notify;

pub use queue::News;
use queue::Queue;

/// The claims that wait.
#[derive(Debug)]
pub struct Ready {
    queue: Mutex<Queue>,
    abandoned: Notify,
}

impl Ready {
    /// At most `max` may wait, each caller within its share.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { queue: Mutex::new(Queue::new(max)), abandoned: Notify::new() }
    }

    /// Wakes as many as there are new tasks, lane by lane; all of them when a pause ended.
    pub fn notify(&self, ready: &[Gained], reopened: bool) {
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
        ready.iter().for_each(|gained| queue.wake(gained));
    }

    /// The claims of one worker look again: it may not be what it was.
    pub fn look_again(&self, tenant: TenantId, worker: &Arc<str>) {
        self.lock().wake_worker(tenant, worker);
    }

    /// Registers a claim that waits, before its first look at the store.
    ///
    /// # Errors
    /// As many wait as may, in all or of this caller.
    pub fn wait_for(self: &Arc<Self>, claim: Item<ClaimTasks>) -> Result<Waiter, Error> {
        let signal = Arc::new(Notify::new());
        let entered = self.lock().enter(claim, signal.clone());
        let ticket = entered.map_err(|full| {
            let many = match full {
                Full::All => "as many claims wait as the server takes",
                Full::Share => "as many of your claims wait as your share is",
            };
            let message = format!("{many}; try again, or with waitMs 0");
            Error::new(Code::Overloaded, message).with("retryAfterMs", 1_000)
        })?;
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

    /// Waits until tasks were handed to claims whose callers have gone: these go back.
    pub(super) async fn abandoned(&self) -> Vec<(TenantId, Claimed)> {
        loop {
            let abandoned = self.lock().take_abandoned();
            if !abandoned.is_empty() {
                return abandoned;
            }
            self.abandoned.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Parked for Ready {
    fn take(&self, gained: &Gained) -> Option<(Ticket, Item<ClaimTasks>)> {
        self.lock().take(gained)
    }

    fn settle(&self, ticket: Ticket, answer: Handed) {
        let abandoned = {
            let mut queue = self.lock();
            queue.settle(ticket, answer);
            queue.has_abandoned()
        };
        if abandoned {
            self.abandoned.notify_one();
        }
    }

    fn abandon(&self, tenant: TenantId, claimed: Claimed) {
        self.lock().abandon(tenant, claimed);
        self.abandoned.notify_one();
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
    /// The look found nothing: waits until there is something to hear.
    pub async fn again(&self) -> News {
        if self.ready.lock().park(self.ticket) {
            return News::Look;
        }
        loop {
            self.signal.notified().await;
            if let Some(news) = self.ready.lock().news(self.ticket) {
                return news;
            }
        }
    }

    /// Waits no longer; a transaction that claims for it just now is waited for.
    pub async fn give_up(&self) -> News {
        loop {
            if let Some(news) = self.ready.lock().give_up(self.ticket) {
                return news;
            }
            self.signal.notified().await;
        }
    }

    /// It has tasks: the wake-up that led to them is spent, and others that wait under the same
    /// idempotency key have the same answer.
    pub fn found(mut self) {
        self.found = true;
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let abandoned = {
            let mut queue = self.ready.lock();
            queue.leave(self.ticket, self.found);
            queue.has_abandoned()
        };
        if abandoned {
            self.ready.abandoned.notify_one();
        }
    }
}
