//! `[scaling]`: how many servers are wanted.

use claudebench_core::scaling::{Marks, Wanted};
use serde::Deserialize;

use super::layers::{ConfigError, Setting};

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

/// What the settings say together.
pub(super) fn check(settings: &[Setting]) -> Result<(), ConfigError> {
    let find = |key: &str| settings.iter().find(|setting| setting.key == key);
    let number = |key: &str| find(key).and_then(|setting| setting.value.as_integer()).unwrap_or(0);
    for (low, high) in [("least", "most"), ("queue_low", "queue_high"), ("fast_ms", "slow_ms")] {
        let (low_key, high_key) = (format!("scaling.{low}"), format!("scaling.{high}"));
        let (below, above) = (number(&low_key), number(&high_key));
        let fits = if low == "least" { below <= above } else { below < above };
        if !fits && let Some(setting) = find(&low_key) {
            let what = format!(
                "`{low}` is {below} and `{high}` is {above}: there must be room between them"
            );
            return Err(ConfigError::new(&low_key, what).at(setting.origin.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn bounds_that_leave_no_room_are_refused() {
        for (key, value) in
            [("scaling.least", 21), ("scaling.queue_low", 1_000), ("scaling.fast_ms", 2_000)]
        {
            let loaded = Config::from_layers(None, Vec::new(), vec![(key, value.into())]);
            let error = loaded.map(drop).unwrap_err().to_string();
            assert!(error.contains("room between"), "{error}");
        }
        let most = vec![("scaling.least", 20.into())];
        assert!(Config::from_layers(None, Vec::new(), most).is_ok());
    }

    #[test]
    fn the_defaults_are_those_of_the_rule() {
        let config = Config::from_layers(None, Vec::new(), Vec::new()).unwrap().config;
        assert_eq!(config.scaling.wanted(), Wanted::default());
    }
}
