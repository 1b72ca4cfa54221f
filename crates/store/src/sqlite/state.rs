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

/// What can be seen of the writer.
#[derive(Debug)]
pub(super) struct Visible {
    pub(super) next_due: AtomicI64,
    pub(super) leases: AtomicI64,
    pub(super) lanes: AtomicI64,
    /// The places of the newest and the oldest event.
    pub(super) head: AtomicI64,
    pub(super) oldest: AtomicI64,
    problem: Mutex<Option<String>>,
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
        // The first event has the place 1.
        self.oldest.store(memory.oldest.max(memory.head.min(1)), Ordering::Relaxed);
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

    /// The last write did not go through.
    pub(super) fn failed(&self, error: &StoreError) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
        self.has_problem.store(1, Ordering::Release);
    }

    /// A write went through again.
    pub(super) fn recovered(&self) {
        if self.has_problem.swap(0, Ordering::AcqRel) != 0 {
            *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// What stands in the way of writes.
    pub(super) fn problem(&self) -> Option<String> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
