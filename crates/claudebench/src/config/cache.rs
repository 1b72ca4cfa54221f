//! `[cache]`: tasks that are read often.

use std::time::Duration;

use claudebench_coordination::cache::CacheOptions;
use serde::Deserialize;

/// `[cache]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Cache {
    pub entries: usize,
    pub bytes: usize,
    pub memory_ms: u64,
    pub redis_ms: u64,
}

impl Cache {
    /// The same for the cache; `None` if there is to be none.
    #[must_use]
    pub fn options(&self) -> Option<CacheOptions> {
        (self.entries > 0).then(|| CacheOptions {
            entries: self.entries,
            bytes: self.bytes,
            life: Duration::from_millis(self.memory_ms),
            life_in_redis: Duration::from_millis(self.redis_ms),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_cache_and_none_is_none() {
        let of = |entries: Vec<(&'static str, toml::Value)>| {
            Config::from_layers(None, Vec::new(), entries).unwrap().config.cache.options()
        };
        assert_eq!(of(Vec::new()), Some(CacheOptions::default()));
        assert_eq!(of(vec![("cache.entries", 0.into())]), None);
    }
}
