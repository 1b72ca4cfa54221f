//! The generic cell rate algorithm: one number a bucket, the time at which it would be full if nobody took
//! anything more. `take.lua` is the same, in Redis.

use super::{Grant, Rate};

/// Microseconds in a minute.
const MINUTE: f64 = 60_000_000.0;
/// Times are rounded; what lacks less than this part of one is there.
const NEARLY: f64 = 0.001;

/// When a bucket is full again, in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bucket(f64);

impl Bucket {
    /// Whether nothing is lost when it is forgotten.
    pub(super) fn is_full(self, now: f64) -> bool {
        self.0 <= now
    }

    pub(super) fn take(&mut self, now: f64, rate: Rate, want: u32, share: u32) -> Grant {
        let each = MINUTE / f64::from(rate.per_minute.max(1));
        let burst = f64::from(rate.burst.max(1));
        // A clock that was ahead, or a burst that was larger, costs no more than an empty bucket.
        let full = self.0.clamp(now, now + burst * each);
        let room = ((now - full) / each + burst + NEARLY).floor().max(0.0);
        let most = (room / f64::from(share.max(1))).floor().max(1.0).min(room);
        let granted = f64::from(want).min(most);
        let full = full + granted * each;
        if granted > 0.0 {
            self.0 = full;
        }
        let left = (room - granted).max(0.0);
        let next = full + each - now - burst * each;
        // Each is positive and far below the bounds of its type.
        Grant {
            granted: granted as u32,
            left: left as u32,
            retry_ms: if left >= 1.0 { 0 } else { (next / 1_000.0).ceil().max(1.0) as u64 },
            full_ms: ((full - now) / 1_000.0).ceil().max(0.0) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATE: Rate = Rate { per_minute: 600, burst: 10 };

    #[test]
    fn a_burst_and_then_one_by_one() {
        let mut bucket = Bucket::default();
        let start = 1.7e15;
        let all = bucket.take(start, RATE, 12, 1);
        assert_eq!(all, Grant { granted: 10, left: 0, retry_ms: 100, full_ms: 1_000 });
        let none = bucket.take(start + 99_000.0, RATE, 1, 1);
        assert_eq!((none.granted, none.retry_ms), (0, 1));
        assert_eq!(bucket.take(start + 100_000.0, RATE, 1, 1).granted, 1);
        assert!(!bucket.is_full(start + 1_000_000.0) && bucket.is_full(start + 1_100_000.0));
        assert_eq!(bucket.take(start + 1e9, RATE, 99, 1).granted, 10, "no more than the burst");
    }

    #[test]
    fn whoever_takes_many_leaves_some_to_others() {
        let mut bucket = Bucket::default();
        let granted: Vec<u32> = (0..8).map(|_| bucket.take(1.7e15, RATE, 10, 3).granted).collect();
        assert_eq!(granted, [3, 2, 1, 1, 1, 1, 1, 0]);
    }

    proptest! {
        #[test]
        fn no_more_is_given_than_the_rate_allows(
            per_minute in 1_u32..100_000,
            burst in 1_u32..500,
            steps in prop::collection::vec((0_u32..500_000, 1_u32..50, 1_u32..5), 1..200),
        ) {
            let rate = Rate { per_minute, burst };
            let (start, mut bucket) = (1.7e15, Bucket::default());
            let (mut now, mut given) = (start, 0.0);
            for (wait, want, share) in steps {
                now += f64::from(wait);
                let grant = bucket.take(now, rate, want, share);
                prop_assert!(grant.granted <= want);
                given += f64::from(grant.granted);
                let most = f64::from(burst) + (now - start) / MINUTE * f64::from(per_minute);
                prop_assert!(given <= most + 0.01, "{given} of {most}");
                if grant.left == 0 {
                    let later = now + grant.retry_ms as f64 * 1_000.0;
                    let mut then = bucket;
                    prop_assert_eq!(then.take(later, rate, 1, 1).granted, 1);
                }
            }
        }
    }
}
