//! What the writer shows to others without their asking it.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::store::StoreError;

/// What can be seen of the writer.
#[derive(Debug)]
pub(super) struct Visible {
    pub(super) next_due: AtomicI64,
    pub(super) leases: AtomicI64,
    pub(super) lanes: AtomicI64,
    problem: Mutex<Option<String>>,
    has_problem: AtomicI64,
}

impl Visible {
    pub(super) fn new() -> Self {
        Self {
            next_due: AtomicI64::new(i64::MAX),
            leases: AtomicI64::new(0),
            lanes: AtomicI64::new(0),
            problem: Mutex::new(None),
            has_problem: AtomicI64::new(0),
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
