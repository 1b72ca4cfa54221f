//! What went on of late: calls, errors and how long they took, in the last 1, 5 and 15 minutes, over all servers.

mod memory;
mod redis;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use claudebench_core::Millis;
use claudebench_core::figures::Latencies;

use crate::limits::Pending;

pub use memory::MemoryWindows;
pub use redis::RedisWindows;

/// What is counted together, in milliseconds.
pub const SLOT_MS: i64 = 10_000;
/// The windows, in minutes.
pub const MINUTES: [i64; 3] = [1, 5, 15];
/// So many slots are kept: those of the longest window, and the one that is not over.
const SLOTS: i64 = MINUTES[2] * 60_000 / SLOT_MS + 1;
/// A server that has said nothing of itself for so long is left out.
const SILENT_MS: i64 = 15_000;

/// What was counted.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Counted {
    /// Calls.
    pub calls: u64,
    /// Those that failed.
    pub errors: u64,
    /// How long all of them took together, in microseconds.
    pub micros: u64,
    /// How long they took, in milliseconds.
    pub took: Latencies,
}

impl Counted {
    /// Counts a call.
    fn call(&mut self, ok: bool, took: Duration) {
        self.calls += 1;
        self.errors += u64::from(!ok);
        self.micros += u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.took.record(i64::try_from(took.as_millis()).unwrap_or(i64::MAX));
    }

    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.errors += other.errors;
        self.micros += other.micros;
        self.took.add(&other.took);
    }

    /// How long a call took on average, in milliseconds; 0 without any.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "for people, and for bounds that are far apart")]
    pub fn average_ms(&self) -> f64 {
        self.micros as f64 / 1_000.0 / self.calls.max(1) as f64
    }

    /// The part of the calls that failed; 0 without any.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "for people, and for bounds that are far apart")]
    pub fn error_rate(&self) -> f64 {
        self.errors as f64 / self.calls.max(1) as f64
    }
}

/// What was seen of all servers.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Seen {
    /// The windows of [`MINUTES`].
    pub windows: [Counted; 3],
    /// Open connections.
    pub connections: u64,
    /// How many servers said of themselves how they are.
    pub servers: u32,
}

/// Where servers put what they counted, and see what all have.
pub trait Windows: Send + Sync {
    /// Adds what a server has counted in some slots, and says how it is.
    fn add<'a>(
        &'a self,
        slots: &'a [(i64, Counted)],
        now: Millis,
        connections: u64,
    ) -> Pending<'a, ()>;
    /// What all have counted.
    fn look(&self, now: Millis) -> Pending<'_, Seen>;
}

/// The slot of a time.
const fn slot(at: Millis) -> i64 {
    at.0.div_euclid(SLOT_MS)
}

/// The windows that a slot belongs to, now.
fn windows_of(slot_of: i64, now: Millis) -> impl Iterator<Item = usize> {
    let age = slot(now) - slot_of;
    // The slot that is not over belongs to all, and so does one of a clock that runs a little ahead.
    (0..MINUTES.len()).filter(move |nth| age <= MINUTES[*nth] * 60_000 / SLOT_MS)
}

/// What this server has counted and not handed over yet.
#[derive(Debug, Default)]
pub struct Meter {
    slots: Mutex<Vec<(i64, Counted)>>,
}

impl Meter {
    /// Counts a call.
    pub fn call(&self, at: Millis, ok: bool, took: Duration) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slot(at);
        match slots.last_mut().filter(|(last, _)| *last == slot) {
            Some((_, counted)) => counted.call(ok, took),
            None => {
                let mut counted = Counted::default();
                counted.call(ok, took);
                slots.push((slot, counted));
            }
        }
        // Nobody takes them: what is past all windows is of no use.
        if slots.len() > SLOTS.unsigned_abs() as usize {
            slots.remove(0);
        }
    }

    /// Takes what was counted since the last time.
    #[must_use]
    pub fn take(&self) -> Vec<(i64, Counted)> {
        std::mem::take(&mut *self.slots.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_counts_by_slots_and_does_not_grow() {
        let meter = Meter::default();
        let ms = Duration::from_millis;
        meter.call(Millis(5), true, ms(10));
        meter.call(Millis(9_999), false, ms(30));
        meter.call(Millis(10_000), true, ms(20));
        let taken = meter.take();
        let first = &taken[0].1;
        assert_eq!((taken.len(), first.calls, first.errors), (2, 2, 1));
        assert_eq!((first.average_ms(), first.error_rate()), (20.0, 0.5));
        assert!(meter.take().is_empty());
        (2..500).for_each(|slot| meter.call(Millis(slot * SLOT_MS), true, ms(1)));
        let kept = meter.take();
        assert_eq!((kept.len() as i64, kept.last().map(|(slot, _)| *slot)), (SLOTS, Some(499)));
    }

    #[test]
    fn a_slot_belongs_to_the_windows_that_reach_back_to_it() {
        let now = Millis(1_000 * SLOT_MS + 1);
        let of = |slot| windows_of(slot, now).collect::<Vec<_>>();
        assert_eq!(of(1_000), [0, 1, 2]);
        assert_eq!(of(1_001), [0, 1, 2]);
        assert_eq!(of(994), [0, 1, 2]);
        assert_eq!(of(993), [1, 2]);
        assert_eq!(of(970), [1, 2]);
        assert_eq!(of(910), [2]);
        assert!(of(909).is_empty());
    }
}
