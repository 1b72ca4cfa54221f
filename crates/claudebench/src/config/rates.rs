//! `[rates]`: how often callers may call.

use claudebench_coordination::limits::Rate;
use claudebench_services::entry;
use serde::Deserialize;

/// The highest rate that is counted exactly.
pub(super) const MOST: i64 = 10_000_000;

/// `[rates]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Rates {
    pub global: u32,
    pub global_burst: u32,
    pub principal: u32,
    pub burst: u32,
    pub methods: Vec<String>,
    pub tenants: Vec<String>,
}

impl Rates {
    /// Of all callers together, if they are counted.
    #[must_use]
    pub fn of_all(&self) -> Option<Rate> {
        rate(self.global, self.global_burst)
    }

    /// Of each key, if it is counted.
    #[must_use]
    pub fn of_each(&self) -> Option<Rate> {
        rate(self.principal, self.burst)
    }

    /// Of each key for a method, for those that have a rate of their own.
    #[must_use]
    pub fn of_methods(&self) -> Vec<(String, Option<Rate>)> {
        self.methods.iter().filter_map(|text| named(text).ok()).collect()
    }

    /// Of each key of a tenant, for those that have rates of their own.
    #[must_use]
    pub fn of_tenants(&self) -> Vec<(String, Option<Rate>)> {
        self.tenants.iter().filter_map(|text| named(text).ok()).collect()
    }
}

fn rate(per_minute: u32, burst: u32) -> Option<Rate> {
    (per_minute > 0).then_some(Rate { per_minute, burst })
}

/// Reads `NAME=PER_MINUTE/BURST`, or `NAME=0` for what is not counted.
fn named(text: &str) -> Result<(String, Option<Rate>), String> {
    let wrong = || {
        format!(
            "expected NAME=PER_MINUTE/BURST, each from 1 to {MOST}, or NAME=0 for what is not \
             counted, got `{text}`"
        )
    };
    let (name, numbers) =
        text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(wrong)?;
    if numbers == "0" {
        return Ok((name.to_owned(), None));
    }
    let (per_minute, burst) = numbers.split_once('/').ok_or_else(wrong)?;
    let number = |text: &str| {
        let number =
            text.parse::<u32>().ok().filter(|number| (1..=MOST).contains(&i64::from(*number)));
        number.ok_or_else(wrong)
    };
    Ok((name.to_owned(), rate(number(per_minute)?, number(burst)?)))
}

/// Reads a part of the setting `rates.methods`.
pub(super) fn method(text: &str) -> Result<(), String> {
    let (name, _) = named(text)?;
    match entry(&name) {
        Some(_) => Ok(()),
        None => Err(format!("there is no method `{name}`")),
    }
}

/// Reads a part of the setting `rates.tenants`.
pub(super) fn tenant(text: &str) -> Result<(), String> {
    named(text).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        let rate = |per_minute, burst| Some(Rate { per_minute, burst });
        assert_eq!(named("acme=600/20"), Ok(("acme".into(), rate(600, 20))));
        assert_eq!(named("acme=0"), Ok(("acme".into(), None)));
        for wrong in ["", "acme", "acme=", "=1/1", "acme=5", "acme=5/0", "acme=0/5", "a=99999999/1"]
        {
            assert!(named(wrong).is_err(), "{wrong}");
        }
        assert!(method("task.claim=6000/500").is_ok());
        assert!(method("task.clam=6000/500").unwrap_err().contains("task.clam"));
    }
}
