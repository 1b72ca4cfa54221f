//! What happens by chance: the same with the same seed.

use crate::bench::workload::{Recipe, Workload};

/// Draws.
#[derive(Debug)]
pub(super) struct Chance(Workload);

impl Chance {
    /// Each stream of a seed draws others.
    pub(super) fn new(seed: u64, stream: usize) -> Self {
        Self(Workload::new(Recipe { seed, mixed: false }, stream))
    }

    /// A number below this one.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let drawn = self.0.draw() % (end.max(1) as u64);
        usize::try_from(drawn).unwrap_or(0)
    }

    /// Whether it happens, of so many times once.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these.
    pub(super) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Seconds between these, in tenths.
    pub(super) fn seconds(&mut self, from: u32, to: u32) -> f64 {
        let tenths = usize::try_from(to.saturating_sub(from)).unwrap_or(0) * 10;
        f64::from(from) + f64::from(u32::try_from(self.below(tenths + 1)).unwrap_or(0)) / 10.0
    }

    /// So many digits of a hash.
    pub(super) fn hex(&mut self, digits: usize) -> String {
        let mut text = String::new();
        while text.len() < digits {
            text += &format!("{:016x}", self.0.draw());
        }
        text.truncate(digits);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_within_bounds() {
        let draw = |seed, stream| {
            let mut chance = Chance::new(seed, stream);
            (0..50).map(|_| chance.below(7)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1, 2), draw(1, 2));
        assert_ne!(draw(1, 2), draw(1, 3));
        assert!(draw(1, 2).iter().all(|n| *n < 7));
        let mut chance = Chance::new(1, 0);
        assert!((0..50).all(|_| (5.0..=9.0).contains(&chance.seconds(5, 9))));
        assert_eq!(chance.hex(40).len(), 40);
    }
}
