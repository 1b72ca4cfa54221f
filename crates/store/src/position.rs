//! Where a database stood when a write was done: what a read must have seen that comes after it.

use std::fmt;
use std::str::FromStr;

/// A place in what a database has written. Opaque to whoever carries it: a position of a history that
/// was given up, by the promotion of another server, is never taken for one of the present.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Position {
    /// Which history: each promotion begins a new one.
    pub timeline: u32,
    /// Up to where in its log.
    pub lsn: u64,
}

impl Position {
    /// A number that grows with it.
    #[must_use]
    pub fn number(self) -> u128 {
        u128::from(self.timeline) << 64 | u128::from(self.lsn)
    }

    /// The one of a number.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "each half is taken apart")]
    pub fn of(number: u128) -> Self {
        Self { timeline: (number >> 64) as u32, lsn: number as u64 }
    }
}

/// The form of the text, so that another one can be told from it.
const FORM: &str = "1";

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FORM}-{:x}-{:x}", self.timeline, self.lsn)
    }
}

/// The text is no position.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("expected a position as a write has answered it")]
pub struct NoPosition;

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let rest = text.strip_prefix(FORM).and_then(|rest| rest.strip_prefix('-'));
        let (timeline, lsn) = rest.and_then(|rest| rest.split_once('-')).ok_or(NoPosition)?;
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !plain(timeline) || !plain(lsn) {
            return Err(NoPosition);
        }
        Ok(Self {
            timeline: u32::from_str_radix(timeline, 16).map_err(|_| NoPosition)?,
            lsn: u64::from_str_radix(lsn, 16).map_err(|_| NoPosition)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        for (timeline, lsn) in [(1, 0), (3, 0x16_b374_d848), (u32::MAX, u64::MAX)] {
            let position = Position { timeline, lsn };
            assert_eq!(position.to_string().parse(), Ok(position));
            assert_eq!(Position::of(position.number()), position);
        }
        for text in ["", "1", "1-1", "1--", "2-1-1", "1-1-+1", "1-1-1-1", "1-100000000-1", "1-x-1"]
        {
            assert_eq!(text.parse::<Position>(), Err(NoPosition), "{text}");
        }
    }

    #[test]
    fn a_new_history_is_after_all_of_the_old_one() {
        let old = Position { timeline: 1, lsn: 900 };
        assert!(Position { timeline: 2, lsn: 5 } > old);
        assert!(Position { timeline: 1, lsn: 901 } > old);
    }
}
