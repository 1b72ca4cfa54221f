//! PostgreSQL, as far as a server needs it.

use std::time::Duration;

use claudebench_store::postgres::{self, Found, PostgresOptions};

use super::Check;
use crate::cli::output::{bytes, count};
use crate::config::Config;

const NAME: &str = "database";

/// All of them.
pub(super) async fn checks(config: &Config) -> Vec<Check> {
    let options = match config.database() {
        Ok(Some(options)) => options,
        Ok(None) => return Vec::new(),
        Err(error) => {
            return vec![Check::bad(NAME, error.to_string(), "mend it, or the rights of the file")];
        }
    };
    match postgres::look(&options).await {
        Ok(found) => {
            let mut checks = judge(&found, config.store.connections);
            checks.extend(replicas(&options).await);
            checks
        }
        Err(error) => {
            let advice = "see to the database and to `store.url`; a server waits for it";
            vec![Check::bad(NAME, error.to_string(), advice)]
        }
    }
}

/// Whether each replica lets us read.
async fn replicas(options: &PostgresOptions) -> Vec<Check> {
    const NAME: &str = "replica";
    let advice = "see to the replica and to `store.replicas`; reads go to the primary meanwhile";
    let check = |(name, problem): (String, Option<postgres::OpenError>)| match problem {
        None => Check::good(NAME, format!("{name} answers")),
        Some(problem) => Check::look(NAME, format!("{name}: {problem}"), advice),
    };
    match postgres::look_at_replicas(options).await {
        Ok(found) => found.into_iter().map(check).collect(),
        Err(error) => vec![Check::bad(NAME, error.to_string(), advice)],
    }
}

fn judge(found: &Found, wanted: usize) -> Vec<Check> {
    /// Each lone write waits for some of them.
    const FAR: Duration = Duration::from_millis(5);
    let Found { version, bytes: size, connections, tls, round_trip, missing } = found;
    let safe = if *tls { "over TLS" } else { "without TLS" };
    let size = bytes(u64::try_from(*size).unwrap_or(0));
    let text = format!("PostgreSQL {version}, {safe}, {size}, {round_trip:.1?} away");
    let mut checks = vec![if *round_trip > FAR {
        Check::look(NAME, text, "every write takes some such trips: bring the server nearer to it")
    } else {
        Check::good(NAME, text)
    }];
    let schema = "schema";
    checks.push(if missing.is_empty() {
        Check::good(schema, "up to date")
    } else {
        let steps = format!("{} steps behind", missing.len());
        Check::look(schema, steps, "the next start brings it up to date, or `claudebench migrate`")
    });
    let most = usize::try_from(*connections).unwrap_or(0);
    let text = format!("{} allowed, {wanted} for this server", count(*connections));
    checks.push(if most < wanted {
        let advice = "raise `max_connections` of PostgreSQL, or lower `store.connections`";
        Check::bad("connections", text, advice)
    } else {
        Check::good("connections", text)
    });
    checks
}

#[cfg(test)]
mod tests {
    use claudebench_store::postgres::Step;

    use super::super::State;
    use super::*;

    #[test]
    fn what_a_server_would_meet_is_named() {
        let near = Found {
            version: "16.3".into(),
            bytes: 8 << 20,
            connections: 97,
            tls: true,
            round_trip: Duration::from_micros(400),
            missing: Vec::new(),
        };
        let states = |found: &Found| judge(found, 30).iter().map(|c| c.state).collect::<Vec<_>>();
        assert_eq!(states(&near), [State::Good; 3]);
        let step = Step { version: 1, name: "first", beside: None };
        let far = Found {
            connections: 20,
            round_trip: Duration::from_millis(30),
            missing: vec![step],
            ..near
        };
        assert_eq!(states(&far), [State::Look, State::Look, State::Bad]);
    }
}
