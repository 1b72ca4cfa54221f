//! What is measured: how many, how long each took, how many failed.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde::Serialize;

/// The longest time that is told apart, in nanoseconds.
const LONGEST_NS: u64 = 120_000_000_000;

/// What one connection counted, and what all of them did together.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Requests answered within the time that is measured.
    pub requests: u64,
    /// Tasks that they carried.
    pub tasks: u64,
    /// Requests that failed, at any time.
    pub failed: u64,
    /// What the first failure was.
    pub first_failure: Option<String>,
    times: Histogram<u64>,
    from: Instant,
    until: Instant,
    ended: Option<Instant>,
}

impl Tally {
    /// Counts what ends from `from` to `until`.
    ///
    /// # Panics
    /// Never: the bounds of the histogram are valid.
    #[must_use]
    #[allow(clippy::expect_used, reason = "the bounds are constants")]
    pub fn between(from: Instant, until: Instant) -> Self {
        let times = Histogram::new_with_bounds(1_000, LONGEST_NS, 3).expect("from 1 µs to 2 min");
        Self {
            requests: 0,
            tasks: 0,
            failed: 0,
            first_failure: None,
            times,
            from,
            until,
            ended: None,
        }
    }

    /// Counts everything from now on.
    #[must_use]
    pub fn from_now() -> Self {
        let now = Instant::now();
        Self::between(now, now + Duration::from_secs(86_400))
    }

    /// A request was answered: it was meant to start at `start`, and carried so many tasks.
    pub fn answered(&mut self, start: Instant, tasks: u64) {
        let now = Instant::now();
        if now < self.from || now >= self.until {
            return;
        }
        self.requests += 1;
        self.tasks += tasks;
        self.took(now - start);
    }

    /// Something took so long.
    pub fn took(&mut self, time: Duration) {
        let ns = u64::try_from(time.as_nanos()).unwrap_or(LONGEST_NS);
        self.times.saturating_record(ns);
    }

    /// A request failed.
    pub fn failed(&mut self, what: impl FnOnce() -> String) {
        self.failed += 1;
        if self.first_failure.is_none() {
            self.first_failure = Some(what());
        }
    }

    /// Whether the time is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }

    /// Takes over what another counted.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.tasks += other.tasks;
        self.failed += other.failed;
        self.first_failure = self.first_failure.take().or_else(|| other.first_failure.clone());
        // Both have the same bounds.
        let _ = self.times.add(&other.times);
    }

    /// There is nothing more to do: the time ends here.
    pub fn end(&mut self) {
        self.ended = Some(Instant::now());
    }

    /// Requests per second of the time that is measured.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a rate")]
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.seconds()
    }

    /// Tasks per second of the time that is measured.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a rate")]
    pub fn task_rate(&self) -> f64 {
        self.tasks as f64 / self.seconds()
    }

    /// The time that is measured.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let end = self.ended.map_or(self.until, |ended| ended.min(self.until));
        end.saturating_duration_since(self.from).as_secs_f64()
    }

    /// A quantile of the times, in milliseconds.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "times are far below 2^52 ns")]
    pub fn quantile_ms(&self, quantile: f64) -> f64 {
        self.times.value_at_quantile(quantile) as f64 / 1e6
    }

    /// How the times are spread.
    #[must_use]
    pub fn spread(&self) -> Spread {
        Spread {
            samples: self.times.len(),
            p50_ms: self.quantile_ms(0.5),
            p90_ms: self.quantile_ms(0.9),
            p99_ms: self.quantile_ms(0.99),
            p999_ms: self.quantile_ms(0.999),
            max_ms: self.quantile_ms(1.0),
        }
    }
}

/// How times are spread, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "each is named after its quantile")]
pub struct Spread {
    pub samples: u64,
    pub p50_ms: f64,
    pub p90_ms: f64,
    pub p99_ms: f64,
    pub p999_ms: f64,
    pub max_ms: f64,
}

/// The middle one; of an even number, the lower of the two.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ends_in_the_time_counts() {
        let now = Instant::now();
        let mut before =
            Tally::between(now + Duration::from_secs(60), now + Duration::from_secs(61));
        before.answered(now, 1);
        assert_eq!(before.requests, 0);
        let mut tally = Tally::from_now();
        tally.answered(now - Duration::from_millis(100), 3);
        tally.failed(|| "first".into());
        tally.failed(|| "second".into());
        before.add(&tally);
        assert_eq!((before.requests, before.tasks, before.failed), (1, 3, 2));
        assert_eq!(before.first_failure.as_deref(), Some("first"));
        assert!((100.0..200.0).contains(&before.spread().p50_ms), "{:?}", before.spread());
    }

    #[test]
    fn the_median_is_one_of_the_values() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.0);
        assert!(median(&[]).is_nan());
    }
}
