//! Buckets of this server alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use claudebench_core::Clock;

use super::gcra::Bucket;
use super::{Grant, Pending, Rate, Rates};

/// When there are so many, those that are full are forgotten.
const BUCKETS: usize = 65_536;

/// Buckets in memory.
pub struct MemoryRates {
    clock: Arc<dyn Clock>,
    buckets: Mutex<HashMap<String, Bucket>>,
}

impl MemoryRates {
    /// None yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, buckets: Mutex::default() }
    }

    /// As [`Rates::take`], at once.
    pub fn take_now(&self, name: &str, rate: Rate, want: u32, share: u32) -> Grant {
        let now = self.clock.now().0 as f64 * 1_000.0;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(name) {
            return bucket.take(now, rate, want, share);
        }
        if buckets.len() >= BUCKETS {
            buckets.retain(|_, bucket| !bucket.is_full(now));
        }
        if buckets.len() >= BUCKETS {
            // Nobody can have so many names at once but by making them up.
            return Grant { retry_ms: 1_000, full_ms: 1_000, ..Grant::default() };
        }
        buckets.entry(name.to_owned()).or_default().take(now, rate, want, share)
    }
}

impl Rates for MemoryRates {
    fn take<'a>(&'a self, name: &'a str, rate: Rate, want: u32, share: u32) -> Pending<'a, Grant> {
        let grant = self.take_now(name, rate, want, share);
        Box::pin(std::future::ready(Ok(grant)))
    }
}
