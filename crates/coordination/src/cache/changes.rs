//! Which tasks were changed of late: what tells an entry that is still right from one that is not.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use claudebench_core::Cursor;
use claudebench_core::event::Event;

use super::Key;

/// So many places for all tasks: several share one, and what changes one of them is held against all.
const PLACES: usize = 1 << 16;
/// What was asked for so many seconds ago is asked for often.
const OFTEN: u32 = 10;

/// A task's place.
#[derive(Default)]
struct Place {
    /// Where in the log the last event of its tasks is.
    changed: AtomicU64,
    /// When one of them was last asked for, in seconds.
    asked: AtomicU32,
}

/// How far the log was told of here, and what it said of tasks.
pub(super) struct Changes {
    places: Box<[Place]>,
    head: AtomicU64,
    /// What has not seen so much is held for outdated, whatever it is about.
    floor: AtomicU64,
}

impl Changes {
    /// Nothing is known of what was before.
    pub(super) fn new(head: Cursor) -> Self {
        let head = head.0.unsigned_abs();
        Self {
            places: (0..PLACES).map(|_| Place::default()).collect(),
            head: AtomicU64::new(head),
            floor: AtomicU64::new(head),
        }
    }

    fn place(&self, key: Key) -> &Place {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let place = hasher.finish() % PLACES as u64;
        &self.places[usize::try_from(place).unwrap_or(0)]
    }

    /// What was committed, in the order of the log.
    pub(super) fn notice<'e>(&self, events: impl Iterator<Item = &'e Event>) {
        let mut head = 0;
        for event in events {
            head = event.cursor.0.unsigned_abs();
            if let Some(task) = event.task {
                let key = Key { tenant: event.tenant, task };
                self.place(key).changed.fetch_max(head, Ordering::Release);
            } else if &*event.kind == "system.flushed" {
                self.floor.fetch_max(head, Ordering::Release);
            }
        }
        // After what it says of tasks: who has seen so much has seen that.
        self.head.fetch_max(head, Ordering::Release);
    }

    /// How far the log was told of: a read that begins now sees at least that.
    pub(super) fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    /// What an entry must have seen to be right, as far as is known here.
    pub(super) fn since(&self, key: Key) -> u64 {
        let floor = self.floor.load(Ordering::Acquire);
        self.place(key).changed.load(Ordering::Acquire).max(floor)
    }

    /// Whether something is asked for often; remembers that it was.
    pub(super) fn is_asked_often(&self, key: Key, now_s: u32) -> bool {
        let last = self.place(key).asked.swap(now_s, Ordering::Relaxed);
        last != 0 && now_s.wrapping_sub(last) < OFTEN
    }
}
