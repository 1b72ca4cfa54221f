//! Where the primary stood when, as it was seen: so it is known since when a replica lacks what it
//! lacks, without comparing the clocks of machines, and right also when nothing was written for long.

use std::collections::VecDeque;

use tokio::time::Instant;

use crate::position::Position;

/// So many places are remembered.
const PLACES: usize = 600;

/// Where the primary stood when.
#[derive(Debug, Default)]
pub(super) struct Track {
    timeline: u32,
    /// When a place was first seen, each later and further than the one before it.
    places: VecDeque<(Instant, u64)>,
}

/// How far a replica is behind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Behind {
    pub(super) bytes: u64,
    pub(super) ms: u64,
}

impl Track {
    /// The primary was seen there.
    pub(super) fn saw(&mut self, at: Position, now: Instant) {
        if at.timeline != self.timeline {
            self.timeline = at.timeline;
            self.places.clear();
        }
        if self.places.back().is_none_or(|(_, lsn)| *lsn < at.lsn) {
            self.places.push_back((now, at.lsn));
        }
        if self.places.len() > PLACES {
            self.places.pop_front();
        }
    }

    /// The present timeline, once the primary was seen.
    pub(super) fn timeline(&self) -> Option<u32> {
        (!self.places.is_empty()).then_some(self.timeline)
    }

    /// How far behind somebody is who has replayed up to there. `said` is what it says itself, which
    /// counts where we have not looked for long enough.
    pub(super) fn behind(&self, replayed: u64, said: Option<u64>, now: Instant) -> Behind {
        let newest = self.places.back().map_or(0, |(_, lsn)| *lsn);
        let Some(first) = self.places.iter().position(|(_, lsn)| *lsn > replayed) else {
            return Behind { bytes: 0, ms: 0 };
        };
        let since = self.places.get(first).map_or(now, |(seen, _)| *seen);
        let seen = now.saturating_duration_since(since).as_millis();
        let seen = u64::try_from(seen).unwrap_or(u64::MAX);
        let ms = if first == 0 { seen.max(said.unwrap_or(0)) } else { seen };
        Behind { bytes: newest - replayed, ms }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(lsn: u64) -> Position {
        Position { timeline: 1, lsn }
    }

    #[test]
    fn who_has_everything_is_not_behind_however_long_ago_that_was_written() {
        let (mut track, start) = (Track::default(), Instant::now());
        assert_eq!(track.timeline(), None);
        track.saw(at(100), start);
        let later = start + Duration::from_secs(3_600);
        track.saw(at(100), later);
        let hour = Some(3_600_000);
        assert_eq!(track.behind(100, hour, later), Behind { bytes: 0, ms: 0 });
        assert_eq!(track.behind(120, hour, later), Behind { bytes: 0, ms: 0 });
        // The first write after an idle hour is missing for as long as it is there.
        track.saw(at(150), later);
        let soon = later + Duration::from_millis(20);
        assert_eq!(track.behind(100, hour, soon), Behind { bytes: 50, ms: 20 });
    }

    #[test]
    fn the_first_place_that_is_missing_counts() {
        let (mut track, start) = (Track::default(), Instant::now());
        for n in 0..10 {
            track.saw(at(100 + n), start + Duration::from_millis(100 * n));
        }
        let now = start + Duration::from_millis(1_000);
        assert_eq!(track.behind(104, None, now), Behind { bytes: 5, ms: 500 });
        // What was missing before we looked is known from the replica alone.
        assert_eq!(track.behind(50, Some(7_000), now), Behind { bytes: 59, ms: 7_000 });
        assert_eq!(track.behind(50, None, now), Behind { bytes: 59, ms: 1_000 });
    }

    #[test]
    fn another_history_begins_anew_and_the_past_is_bounded() {
        let (mut track, start) = (Track::default(), Instant::now());
        for n in 0..5_000 {
            track.saw(at(n), start);
        }
        assert_eq!(track.places.len(), PLACES);
        track.saw(Position { timeline: 2, lsn: 7 }, start);
        assert_eq!(track.timeline(), Some(2));
        assert_eq!(track.behind(7, None, start), Behind { bytes: 0, ms: 0 });
    }
}
