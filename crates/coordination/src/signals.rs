//! What decisions about the number of servers need: what went on of late, and how many servers there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use claudebench_core::Millis;

use crate::windows::{MemoryWindows, Meter, Seen, Windows};

/// One in so many times that something is handed over, this server looks at what all have.
const LOOKS: u32 = 60;

/// What this server counts and knows of all.
pub struct Signals {
    /// Where calls are counted.
    pub meter: Meter,
    own: MemoryWindows,
    shared: Option<Arc<dyn Windows>>,
    flushed: AtomicU32,
    servers: AtomicU32,
    changed_at: AtomicI64,
}

impl Signals {
    /// Those of a server that starts now, with where servers share them, if there are several.
    #[must_use]
    pub fn new(shared: Option<Arc<dyn Windows>>, servers: u32, now: Millis) -> Self {
        Self {
            meter: Meter::default(),
            own: MemoryWindows::default(),
            shared,
            flushed: AtomicU32::new(0),
            servers: AtomicU32::new(servers),
            changed_at: AtomicI64::new(now.0),
        }
    }

    /// So many servers there are now.
    pub fn count_servers(&self, count: u32, now: Millis) {
        if self.servers.swap(count, Ordering::Relaxed) != count {
            self.changed_at.store(now.0, Ordering::Relaxed);
        }
    }

    /// How many servers there are, and since when, as far as this one has seen.
    #[must_use]
    pub fn servers(&self) -> (u32, Millis) {
        let changed_at = Millis(self.changed_at.load(Ordering::Relaxed));
        (self.servers.load(Ordering::Relaxed), changed_at)
    }

    /// Hands over what was counted since the last time.
    pub async fn flush(&self, now: Millis, connections: u64) {
        let taken = self.meter.take();
        // In memory nothing fails.
        let _ = self.own.add(&taken, now, connections).await;
        if let Some(shared) = &self.shared
            && let Err(error) = shared.add(&taken, now, connections).await
        {
            // It may have been added: once more, and it would count twice.
            tracing::debug!(%error, "what was counted is known to this server alone");
        }
        // Whoever looks also forgets the servers that are gone; perhaps nobody else does.
        if self.flushed.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOKS) {
            self.look(now).await;
        }
    }

    /// What all servers have counted; what this one has, where the others cannot be asked.
    pub async fn look(&self, now: Millis) -> Seen {
        if let Some(shared) = &self.shared
            && let Ok(seen) = shared.look(now).await
        {
            return seen;
        }
        self.own.look(now).await.unwrap_or_default()
    }
}
