//! The database's clock, as far as a server can know it.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use claudebench_core::time::Monotone;
use claudebench_core::{Clock, Millis};

/// A measurement counts until a better one comes, or for so long.
const GOOD_FOR: Duration = Duration::from_secs(60);

/// Goes by the database's clock, so that all servers over one database agree to within half a
/// round trip. It never runs back, as the machine's clock does not.
pub(super) struct DbClock {
    state: Mutex<State>,
}

struct State {
    shown: Monotone,
    /// When the time was last shown.
    read_at: Instant,
    best: Measured,
}

/// What a question for the time told.
#[derive(Clone, Copy)]
struct Measured {
    /// Halfway between question and answer.
    at: Instant,
    /// What the database said, in microseconds since 1970.
    said_us: i64,
    /// How long the answer took: twice the error, at most.
    trip: Duration,
}

impl Measured {
    fn wall_us(&self, read: Instant) -> i64 {
        match read.checked_duration_since(self.at) {
            Some(since) => self.said_us.saturating_add(micros(since)),
            None => self.said_us.saturating_sub(micros(self.at.duration_since(read))),
        }
    }
}

impl DbClock {
    /// From the first answer, `said_us` microseconds since 1970, to a question.
    pub(super) fn new(sent: Instant, came: Instant, said_us: i64) -> Self {
        let best = measured(sent, came, said_us);
        let shown = Monotone::new(best.wall_us(came) / 1_000);
        Self { state: Mutex::new(State { shown, read_at: came, best }) }
    }

    /// Another answer: it counts when it is the most exact one for a while.
    pub(super) fn measure(&self, sent: Instant, came: Instant, said_us: i64) {
        let new = measured(sent, came, said_us);
        let mut state = self.state();
        if new.trip <= state.best.trip || new.at.duration_since(state.best.at) > GOOD_FOR {
            state.best = new;
        }
    }

    /// The time when the machine's own monotone clock stands at `read`.
    fn at(&self, read: Instant) -> Millis {
        let mut state = self.state();
        let elapsed = micros(read.saturating_duration_since(state.read_at));
        state.read_at = state.read_at.max(read);
        let wall = state.best.wall_us(read) / 1_000;
        Millis(state.shown.step(wall, elapsed))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn measured(sent: Instant, came: Instant, said_us: i64) -> Measured {
    let trip = came.saturating_duration_since(sent);
    Measured { at: sent + trip / 2, said_us, trip }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl fmt::Debug for DbClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DbClock")
    }
}

impl Clock for DbClock {
    fn now(&self) -> Millis {
        self.at(Instant::now())
    }

    fn not_before(&self, time: Millis) {
        self.state().shown.raise(time.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn the_most_exact_answer_of_the_last_minute_counts() {
        let start = Instant::now();
        let clock = DbClock::new(start, start + ms(100), 1_000 * SECOND);
        assert_eq!(clock.at(start + ms(150)), Millis(1_000_100));
        // Asked again, in a tenth of the time: it stands 20 ms further than we thought.
        clock.measure(start + ms(195), start + ms(205), 1_000 * SECOND + 170_000);
        assert_eq!(clock.at(start + ms(300)), Millis(1_000_270));
        // A slow answer changes nothing, until the good one is old.
        clock.measure(start + ms(400), start + ms(800), 1_100 * SECOND);
        assert_eq!(clock.at(start + ms(900)), Millis(1_000_870));
        clock.measure(start + ms(70_000), start + ms(70_400), 1_100 * SECOND);
        assert_eq!(clock.at(start + ms(70_200)), Millis(1_100_000));
    }

    #[test]
    fn it_never_runs_back() {
        let start = Instant::now();
        let clock = DbClock::new(start, start, 1_000 * SECOND);
        assert_eq!(clock.at(start + ms(10)), Millis(1_000_010));
        // The database was set back by a second: it is caught up at half speed.
        clock.measure(start + ms(10), start + ms(10), 999 * SECOND);
        assert_eq!(clock.at(start + ms(110)), Millis(1_000_060));
        assert_eq!(clock.at(start + ms(100)), Millis(1_000_060), "read late");
        clock.not_before(Millis(2_000_000));
        assert_eq!(clock.at(start + ms(110)), Millis(2_000_000));
    }
}
