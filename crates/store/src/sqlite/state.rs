//! What the writer shows to others without their asking it.

use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicI64, Ordering};

use claudebench_core::Cursor;

use super::DATABASE;
use super::memory::Memory;
use crate::row::StoreHealth;
use crate::store::StoreError;

/// So much must be free before a disk that was full is so no longer. A small write finds a place
/// in what is there long after larger ones are refused.
const ROOM: u64 = 4 << 20;

/// What stands in the way of writes.
#[derive(Debug)]
struct Problem {
    what: String,
    disk_full: bool,
}

/// What can be seen of the writer.
#[derive(Debug)]
pub(super) struct Visible {
    pub(super) next_due: AtomicI64,
    pub(super) leases: AtomicI64,
    pub(super) lanes: AtomicI64,
    /// The places of the newest event, and of the first that was not dropped.
    pub(super) head: AtomicI64,
    pub(super) oldest: AtomicI64,
    problem: Mutex<Option<Problem>>,
    has_problem: AtomicI64,
}

impl Visible {
    pub(super) fn of(memory: &Memory) -> Self {
        let visible = Self {
            next_due: AtomicI64::new(i64::MAX),
            leases: AtomicI64::new(0),
            lanes: AtomicI64::new(0),
            head: AtomicI64::new(0),
            oldest: AtomicI64::new(0),
            problem: Mutex::new(None),
            has_problem: AtomicI64::new(0),
        };
        visible.show(memory);
        visible
    }

    /// Shows what the writer remembers.
    pub(super) fn show(&self, memory: &Memory) {
        self.next_due.store(memory.next_due(), Ordering::Release);
        self.leases.store(count(memory.leases.len()), Ordering::Relaxed);
        self.lanes.store(count(memory.lanes.len()), Ordering::Relaxed);
        let oldest = if memory.head == 0 { 0 } else { memory.dropped + 1 };
        self.oldest.store(oldest, Ordering::Relaxed);
        self.head.store(memory.head, Ordering::Relaxed);
    }

    /// How the store is, without asking the database.
    pub(super) fn health(&self, dir: &Path) -> StoreHealth {
        let size = |name: String| {
            let length = std::fs::metadata(dir.join(name)).map_or(0, |file| file.len());
            i64::try_from(length).unwrap_or(i64::MAX)
        };
        let problem = self.problem();
        StoreHealth {
            writable: problem.is_none(),
            problem,
            bytes: size(DATABASE.into()),
            wal_bytes: size(format!("{DATABASE}-wal")),
            head: Cursor(self.head.load(Ordering::Relaxed)),
            oldest: Cursor(self.oldest.load(Ordering::Relaxed)),
            lanes: self.lanes.load(Ordering::Relaxed),
            leases: self.leases.load(Ordering::Relaxed),
        }
    }

    /// The last write did not go through, perhaps as the disk is full. Answers whether that is new.
    pub(super) fn failed(&self, error: &StoreError, disk_full: bool) -> bool {
        let problem = Problem { what: error.to_string(), disk_full };
        let mut last = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = last.as_ref().is_none_or(|last| last.what != problem.what);
        *last = Some(problem);
        self.has_problem.store(1, Ordering::Release);
        is_new
    }

    /// A write to this folder went through.
    pub(super) fn went_through(&self, dir: &Path) {
        if self.has_problem.load(Ordering::Acquire) == 0 {
            return;
        }
        let mut problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        if problem.as_ref().is_some_and(|problem| problem.disk_full) && !has_room(dir) {
            return;
        }
        *problem = None;
        tracing::info!("writes go through again");
        self.has_problem.store(0, Ordering::Release);
    }

    /// What stands in the way of writes.
    pub(super) fn problem(&self) -> Option<String> {
        let problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        problem.as_ref().map(|problem| problem.what.clone())
    }
}

/// Whether a disk has space again, as far as it says how much it has.
fn has_room(dir: &Path) -> bool {
    rustix::fs::statvfs(dir)
        .map_or(true, |disk| disk.f_bavail.saturating_mul(disk.f_frsize) >= ROOM)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
