//! `[scaling]`: how many servers are wanted.

use claudebench_core::scaling::{Marks, Wanted};
use serde::Deserialize;

/// `[scaling]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Scaling {
    pub least: u32,
    pub most: u32,
    pub tasks_per_server: u32,
    pub queue_high: i64,
    pub slow_ms: u32,
    pub queue_low: i64,
    pub fast_ms: u32,
    pub more_after_ms: i64,
    pub fewer_after_ms: i64,
}

impl Scaling {
    /// The same for whoever advises.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        Wanted {
            least: self.least.min(self.most),
            most: self.most,
            leases: self.tasks_per_server,
            high: Marks { queued: self.queue_high, ms: self.slow_ms.into() },
            low: Marks { queued: self.queue_low, ms: self.fast_ms.into() },
            more_after_ms: self.more_after_ms,
            fewer_after_ms: self.fewer_after_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_defaults_are_those_of_the_rule() {
        let config = Config::from_layers(None, Vec::new(), Vec::new()).unwrap().config;
        assert_eq!(config.scaling.wanted(), Wanted::default());
    }
}
