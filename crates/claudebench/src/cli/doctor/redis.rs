//! Redis, as far as servers share something there.

use std::time::Duration;

use claudebench_coordination::redis::{RedisFound, look};
use claudebench_coordination::relay::name_of_channels;
use futures_util::future::join_all;

use super::Check;
use crate::config::Config;

const NAME: &str = "redis";

/// All of them; none without Redis.
pub(super) async fn checks(config: &Config) -> Vec<Check> {
    let all = match config.redis() {
        Ok(all) => all,
        Err(error) => return vec![Check::bad(NAME, error.to_string(), "mend it")],
    };
    let channels = name_of_channels(&all);
    let found = join_all(all.iter().map(look)).await;
    let checks = all.iter().zip(found).map(|(options, found)| {
        let check = match found {
            Ok(found) => judge(&found),
            Err(error) => {
                let advice =
                    "see to Redis and to `[redis]`; servers go on without it, each on its own";
                Check::bad(NAME, error, advice)
            }
        };
        match &*options.name {
            "" => check,
            name => {
                let here = if name == channels { ", with the channels" } else { "" };
                Check { found: format!("{name}: {}{here}", check.found), ..check }
            }
        }
    });
    checks.collect()
}

fn judge(found: &RedisFound) -> Check {
    /// Limits and events wait for some round trips.
    const FAR: Duration = Duration::from_millis(5);
    let RedisFound { version, nodes, round_trip, eviction } = found;
    let nodes = if *nodes == 1 { "1 server".to_owned() } else { format!("{nodes} servers") };
    let text = format!("Redis {version}, {nodes}, {round_trip:.1?} away, {eviction}");
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major < 7) {
        return Check::bad(NAME, text, "take Redis 7 or newer");
    }
    if *round_trip > FAR {
        return Check::look(NAME, text, "bring the server nearer to it");
    }
    if eviction == "noeviction" {
        let advice = "when its memory is full, it takes nothing more: set `maxmemory-policy` to `allkeys-lru`";
        return Check::look(NAME, text, advice);
    }
    Check::good(NAME, text)
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn what_slows_servers_down_is_named() {
        let found = |version: &str, ms, eviction: &str| {
            let round_trip = Duration::from_millis(ms);
            let (version, eviction) = (version.to_owned(), eviction.to_owned());
            judge(&RedisFound { version, nodes: 1, round_trip, eviction }).state
        };
        assert_eq!(found("7.0.15", 1, "allkeys-lru"), State::Good);
        assert_eq!(found("7.0.15", 1, "noeviction"), State::Look);
        assert_eq!(found("8.2.0", 30, "allkeys-lru"), State::Look);
        assert_eq!(found("6.2.1", 1, "allkeys-lru"), State::Bad);
    }
}
