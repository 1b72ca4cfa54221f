//! How long a task waits before it is tried again: exponential, with full jitter.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::Int;

/// A task's backoff: the n-th wait is a random time up to `baseMs` x `factor`^(n-1), at most
/// `maxMs`.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Backoff {
    /// The bound of the first wait, in milliseconds.
    pub base_ms: Int<0, 86_400_000>,
    /// What each further bound is multiplied by.
    pub factor: Int<1, 10>,
    /// The largest bound, in milliseconds.
    pub max_ms: Int<0, 86_400_000>,
    /// Full jitter; without it the wait is the bound itself.
    pub jitter: bool,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base_ms: Int::clamped(1_000),
            factor: Int::clamped(2),
            max_ms: Int::clamped(900_000),
            jitter: true,
        }
    }
}

impl Backoff {
    /// The bound of the wait after the `failures`-th failure.
    #[must_use]
    pub fn bound_ms(&self, failures: i64) -> i64 {
        let exponent = u32::try_from((failures - 1).clamp(0, 64)).unwrap_or(0);
        let grown = self.base_ms.get().saturating_mul(self.factor.get().saturating_pow(exponent));
        grown.min(self.max_ms.get())
    }

    /// The wait itself, with `random` drawn evenly from all of `u64`.
    #[must_use]
    pub fn delay_ms(&self, failures: i64, random: u64) -> i64 {
        let bound = self.bound_ms(failures);
        if !self.jitter {
            return bound;
        }
        let span = u64::try_from(bound).unwrap_or(0) + 1;
        i64::try_from(random % span).unwrap_or(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn waits_stay_within_a_growing_bound(failures in 1_i64..1_000, random: u64, base in 0_i64..86_400_000, factor in 1_i64..10, max in 0_i64..86_400_000) {
            let backoff = Backoff { base_ms: Int::clamped(base), factor: Int::clamped(factor), max_ms: Int::clamped(max), jitter: true };
            let wait = backoff.delay_ms(failures, random);
            proptest::prop_assert!((0..=max).contains(&wait));
            proptest::prop_assert!(backoff.bound_ms(failures) <= backoff.bound_ms(failures + 1));
        }
    }

    #[test]
    fn the_default_doubles_from_a_second_to_a_quarter_of_an_hour() {
        let bounds: Vec<i64> = (1..=12).map(|n| Backoff::default().bound_ms(n)).collect();
        assert_eq!(&bounds[..3], &[1_000, 2_000, 4_000]);
        assert_eq!(bounds.last(), Some(&900_000));
    }
}
