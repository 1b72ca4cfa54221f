//! Figures over time: spans of it, and how long things took, in buckets that can be added up.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// The spans of time that figures are kept for. All begin where UTC has them begin.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "FiguresBucket")]
pub enum Span {
    /// 60 seconds.
    Minute = 0,
    /// 60 minutes.
    Hour = 1,
    /// 24 hours.
    Day = 2,
}

impl Span {
    /// All of them, shortest first.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// How long it is, in milliseconds.
    #[must_use]
    pub const fn ms(self) -> i64 {
        match self {
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 24 * 3_600_000,
        }
    }

    /// How many of them are kept: 25 hours in minutes, 62 days in hours, 10 years in days.
    #[must_use]
    pub const fn kept(self) -> i64 {
        match self {
            Self::Minute => 1_500,
            Self::Hour => 1_488,
            Self::Day => 3_660,
        }
    }

    /// Where the one begins that a time lies in.
    #[must_use]
    pub const fn start(self, at: Millis) -> Millis {
        Millis(at.0.saturating_sub(at.0.rem_euclid(self.ms())))
    }

    /// Where the oldest one begins that is still kept.
    #[must_use]
    pub const fn oldest(self, now: Millis) -> Millis {
        Millis(self.start(now).0.saturating_sub((self.kept() - 1) * self.ms()))
    }

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
}

/// Each power of two is split into so many buckets of one width.
const PARTS: i64 = 32;
/// Longer ones count as this long: some 34 years.
const LONGEST: i64 = (1 << 40) - 1;

/// How long things took: how many fell into each of a fixed set of buckets. So those of any span and
/// any server can be added up, and what they tell is the same in whichever order they came.
///
/// Values below 32 have a bucket each; above, a bucket is a 32nd of a power of two wide, and its middle
/// stands for all that fell into it. That is off by 1/64 of the value at most, less than 1.6 %.
///
/// It is kept as a list of pairs, which a database can store, add up and show: the histograms of
/// `hdrhistogram` have the same buckets, but are dense in memory and packed on disk.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Latencies(BTreeMap<i64, i64>);

impl Latencies {
    /// The relative error of a quantile, at most.
    pub const ERROR: f64 = 1.0 / (2 * PARTS) as f64;

    /// Counts one that took so many milliseconds; less than none is none.
    pub fn record(&mut self, ms: i64) {
        *self.0.entry(bucket(ms)).or_default() += 1;
    }

    /// Adds what others counted.
    pub fn add(&mut self, others: &Self) {
        for (bucket, count) in &others.0 {
            *self.0.entry(*bucket).or_default() += count;
        }
    }

    /// Those that were counted by their buckets.
    #[must_use]
    pub fn of(buckets: impl Iterator<Item = (i64, i64)>) -> Self {
        Self(buckets.collect())
    }

    /// How many fell into each bucket that has any.
    pub fn buckets(&self) -> impl Iterator<Item = (i64, i64)> {
        self.0.iter().map(|(bucket, count)| (*bucket, *count))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> i64 {
        self.0.values().sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The time within which so many of a hundred were: the shortest that this many do not exceed.
    #[must_use]
    pub fn percentile(&self, percent: i64) -> Option<i64> {
        let rank = (self.count() * percent + 99) / 100;
        let mut seen = 0;
        self.0.iter().find_map(|(bucket, count)| {
            seen += count;
            (seen >= rank.max(1)).then(|| middle(*bucket))
        })
    }
}

/// The bucket of a value.
const fn bucket(ms: i64) -> i64 {
    let ms = if ms < 0 {
        0
    } else if ms > LONGEST {
        LONGEST
    } else {
        ms
    };
    let doublings = exponent(ms);
    // Below 32 it is the value itself; then 32 more for each power of two.
    doublings * PARTS + (ms >> doublings)
}

/// How often a value can be halved before it is below 64.
const fn exponent(ms: i64) -> i64 {
    let bits = 64 - ms.leading_zeros() as i64;
    if bits <= 6 { 0 } else { bits - 6 }
}

/// What stands for a bucket.
const fn middle(bucket: i64) -> i64 {
    if bucket < 2 * PARTS {
        return bucket;
    }
    let doublings = bucket / PARTS - 1;
    let first = (bucket - doublings * PARTS) << doublings;
    first + ((1 << doublings) - 1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spans_begin_where_utc_has_them_begin() {
        let at = Millis(1_763_913_661_007);
        assert_eq!(Span::Minute.start(at).to_string(), "2025-11-23T16:01:00.000Z");
        assert_eq!(Span::Hour.start(at).to_string(), "2025-11-23T16:00:00.000Z");
        assert_eq!(Span::Day.start(at).to_string(), "2025-11-23T00:00:00.000Z");
        assert_eq!(Span::Day.start(Millis(-1)), Millis(-24 * 3_600_000));
        assert_eq!(Span::Minute.oldest(at).to_string(), "2025-11-22T15:02:00.000Z");
    }

    #[test]
    fn small_values_are_exact_and_each_bucket_stands_for_its_own() {
        for ms in 0..64 {
            assert_eq!((bucket(ms), middle(bucket(ms))), (ms, ms));
        }
        let mut last = 63;
        for bucket_of in 64..bucket(LONGEST) {
            assert_eq!(bucket(middle(bucket_of)), bucket_of);
            assert!(middle(bucket_of) > last);
            last = middle(bucket_of);
        }
        assert_eq!((bucket(-5), bucket(i64::MAX)), (0, bucket(LONGEST)));
        assert_eq!(Latencies::default().percentile(50), None);
    }

    /// What the percentile is by its definition.
    fn exact(values: &mut [i64], percent: i64) -> i64 {
        values.sort_unstable();
        let rank = (values.len() as i64 * percent + 99) / 100;
        values[usize::try_from(rank.max(1)).unwrap() - 1]
    }

    proptest! {
        #[test]
        fn a_percentile_is_off_by_less_than_is_said(
            mut values in proptest::collection::vec((0_u32..39, 0_i64..1 << 39), 1..300),
            percent in 1_i64..=100,
            split in 0_usize..300,
        ) {
            // Of any size, and not mostly large.
            let mut values: Vec<i64> = values.drain(..).map(|(shift, ms)| ms >> shift).collect();
            let (mut first, mut second) = (Latencies::default(), Latencies::default());
            for (at, ms) in values.iter().enumerate() {
                if at < split { first.record(*ms) } else { second.record(*ms) }
            }
            let mut added = second.clone();
            added.add(&first);
            first.add(&second);
            prop_assert_eq!(&added, &first, "in whichever order");
            prop_assert_eq!(first.count(), values.len() as i64);
            let text = serde_json::to_string(&first).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Latencies>(&text).unwrap(), &first);
            let (told, exact) = (first.percentile(percent).unwrap(), exact(&mut values, percent));
            let error = (told - exact).abs() as f64;
            prop_assert!(error <= Latencies::ERROR * exact as f64, "{told} for {exact}");
        }
    }
}
