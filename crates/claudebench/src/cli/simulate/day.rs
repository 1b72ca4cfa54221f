//! A day: how much comes, what servers get through, and what the rule makes of it.

use claudebench_core::scaling::{Load, Wanted, advise};

/// How long a step is, in seconds; the rule is asked once in each.
const STEP: u32 = 10;
/// Steps of an hour.
pub(super) const STEPS_OF_HOUR: usize = (3_600 / STEP) as usize;
/// How long a call takes at a server that has nothing else to do, in milliseconds.
const ALONE_MS: f64 = 5.0;
/// When the batch comes.
const BATCH_AT: u32 = 15 * 3_600;

/// What the day is like.
pub(super) struct Day {
    /// Tasks a second at the busiest time.
    pub(super) peak: f64,
    /// Tasks that come at once.
    pub(super) batch: f64,
    /// Tasks a second that one server gets through.
    pub(super) per_server: f64,
    /// Seconds until a new server is there.
    pub(super) start: u32,
    /// Seconds that a worker takes for a task.
    pub(super) work: f64,
}

/// A moment of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Since midnight.
    pub(super) second: u32,
    /// Tasks a second that come.
    pub(super) arriving: f64,
    /// Servers that are there.
    pub(super) servers: u32,
    /// Servers that were advised.
    pub(super) wanted: u32,
    /// Tasks that wait.
    pub(super) queued: f64,
    /// How long a call takes, in milliseconds.
    pub(super) ms: f64,
}

impl Day {
    /// What part of the peak comes at a time: little at night, most at ten and at three.
    fn arriving(&self, second: u32) -> f64 {
        let hour = f64::from(second) / 3_600.0;
        let hump = |at: f64, width: f64| (-((hour - at) / width).powi(2)).exp();
        self.peak * (0.03 + 0.97 * hump(10.0, 2.0).max(0.9 * hump(15.0, 2.2)))
    }

    /// The whole of it.
    pub(super) fn run(&self, wanted: &Wanted) -> Vec<Moment> {
        let (mut servers, mut target) = (wanted.least, wanted.least);
        // When those that were advised are there, and when the number changed last.
        let (mut there_at, mut changed_at) = (None, None::<u32>);
        let (mut queued, mut latest) = (0.0, Vec::<f64>::new());
        let mut moments = Vec::new();
        for second in (0..24 * 3_600).step_by(STEP as usize) {
            if there_at.is_some_and(|at| second >= at) {
                (servers, there_at) = (target, None);
                changed_at = Some(second);
            }
            let step = f64::from(STEP);
            let arriving = self.arriving(second);
            let batch = if second == BATCH_AT { self.batch } else { 0.0 };
            let able = f64::from(servers) * self.per_server;
            let done = (queued / step + arriving).min(able);
            queued = (queued + batch + (arriving - done) * step).max(0.0);
            // A call waits for those before it: more the fuller its server is.
            let busy = (done / able).min(0.999);
            let ms = ALONE_MS / (1.0 - busy);
            latest.push(ms);
            let mean = |steps: usize| {
                let some = &latest[latest.len().saturating_sub(steps)..];
                some.iter().sum::<f64>() / some.len().max(1) as f64
            };
            let unchanged = changed_at.map_or(3_600, |at| second - at);
            #[allow(clippy::cast_possible_truncation, reason = "far below the bounds")]
            let load = Load {
                servers,
                queued: queued.round() as i64,
                running: (done * self.work).round() as i64,
                average_ms: [mean(6), mean(30)],
                errors: 0.0,
                unchanged_ms: i64::from(unchanged) * 1_000,
            };
            // Nobody is asked again before the servers are there.
            if there_at.is_none() {
                let advised = advise(&load, wanted).servers;
                if advised != servers {
                    let wait = if advised > servers { self.start } else { 0 };
                    (target, there_at) = (advised, Some(second + wait.max(STEP)));
                }
            }
            moments.push(Moment { second, arriving, servers, wanted: target, queued, ms });
        }
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Day = Day { peak: 400.0, batch: 50_000.0, per_server: 50.0, start: 60, work: 30.0 };

    #[test]
    fn the_rule_follows_a_day_without_swinging() {
        let wanted = Wanted::default();
        let moments = DAY.run(&wanted);
        assert_eq!(moments.len(), 24 * STEPS_OF_HOUR);
        let at = |hour: usize| moments[hour * STEPS_OF_HOUR];
        let busiest = moments.iter().map(|moment| moment.servers).max().unwrap();
        assert!((8..=wanted.most).contains(&busiest), "{busiest} servers for 400 tasks a second");
        assert!(
            at(4).servers <= 2 && at(23).servers <= 2,
            "{} and {}",
            at(4).servers,
            at(23).servers
        );
        assert_eq!(at(23).queued.round(), 0.0, "the batch is worked off");
        let changes = moments.windows(2).filter(|two| two[0].servers != two[1].servers).count();
        assert!((4..=60).contains(&changes), "{changes} changes");
        let mut changed_at = 0;
        for two in moments.windows(2).filter(|two| two[0].servers != two[1].servers) {
            let (before, after) = (two[0].servers, two[1]);
            let rested = after.second - changed_at;
            assert!(after.servers > before || rested >= 300, "fewer after {rested} s");
            changed_at = after.second;
        }
    }

    #[test]
    fn a_server_that_is_slow_to_start_costs_a_queue_and_no_more_servers_than_wanted() {
        let wanted = Wanted { most: 12, ..Wanted::default() };
        let slow = Day { start: 600, ..DAY };
        let most = |day: &Day| {
            let moments = day.run(&wanted);
            assert!(moments.iter().all(|moment| moment.servers <= 12));
            moments.iter().map(|moment| moment.queued).fold(0.0, f64::max)
        };
        assert!(most(&slow) >= most(&DAY));
    }
}
