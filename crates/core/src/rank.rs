//! The claim order as one sortable integer, set when a task is made.

/// How ready tasks of different priority are ordered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Aging {
    /// Milliseconds of waiting worth one level of priority; 0 turns aging off.
    pub step_ms: i64,
}

/// Room for a time in milliseconds below the bits of the priority (until the year 10889).
const TIME_BITS: u32 = 48;

/// The rank of a task: the smallest is claimed first. Without aging: priority, then age. With
/// aging: age less a bonus for priority, so that a newer task overtakes an older one by at most
/// `(difference of priority) x step_ms`.
#[must_use]
pub fn rank(priority: i64, since_ms: i64, aging: Aging) -> i64 {
    if aging.step_ms > 0 {
        since_ms - priority * aging.step_ms
    } else {
        ((100 - priority) << TIME_BITS) | (since_ms & ((1 << TIME_BITS) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn priority_comes_first_then_age(p1 in 0_i64..=100, p2 in 0_i64..=100, t1 in 0_i64..(1 << 47), t2 in 0_i64..(1 << 47)) {
            let by_rank = rank(p1, t1, Aging::default()).cmp(&rank(p2, t2, Aging::default()));
            proptest::prop_assert_eq!(by_rank, p2.cmp(&p1).then(t1.cmp(&t2)));
        }

        #[test]
        fn with_aging_overtaking_is_bounded(p1 in 0_i64..=100, p2 in 0_i64..=100, t in 0_i64..(1 << 47), step in 1_i64..1_000_000, beyond in 1_i64..1_000_000) {
            let aging = Aging { step_ms: step };
            let newer = t + (p2 - p1).max(0) * step + beyond;
            proptest::prop_assert!(rank(p1, t, aging) < rank(p2, newer, aging));
        }
    }
}
