//! How many servers there should be: a pure function of what is seen, so that it can be tried on a day that
//! has not been yet.

use serde::{Deserialize, Serialize};

/// What is seen of the servers and their work.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Load {
    /// Servers that are there.
    pub servers: u32,
    /// Tasks that can be claimed now.
    pub queued: i64,
    /// Tasks that somebody works on.
    pub running: i64,
    /// How long a call takes on average: of the last minute, and of the last five, in milliseconds.
    pub average_ms: [f64; 2],
    /// The part of the calls of the last five minutes that failed.
    pub errors: f64,
    /// For how long there have been as many servers, in milliseconds.
    pub unchanged_ms: i64,
}

/// What is wanted.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Wanted {
    /// The fewest servers.
    pub least: u32,
    /// The most.
    pub most: u32,
    /// How many running tasks one server watches over.
    pub leases: u32,
    /// More servers from so many queued tasks, or so slow calls, on.
    pub high: Marks,
    /// Fewer servers below both.
    pub low: Marks,
    /// So long after a change there may be more, and fewer, in milliseconds.
    pub more_after_ms: i64,
    /// The same for fewer.
    pub fewer_after_ms: i64,
}

/// A pair of bounds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Marks {
    /// Queued tasks.
    pub queued: i64,
    /// The average time of calls, in milliseconds.
    pub ms: f64,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            least: 1,
            most: 20,
            leases: 1_000,
            high: Marks { queued: 1_000, ms: 2_000.0 },
            low: Marks { queued: 50, ms: 100.0 },
            more_after_ms: 60_000,
            fewer_after_ms: 300_000,
        }
    }
}

/// Which way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// More servers.
    Up,
    /// Fewer.
    Down,
    /// As many as there are.
    Stay,
}

/// What is advised, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Advice {
    /// Which way.
    pub way: Way,
    /// How many servers there should be.
    pub servers: u32,
    /// Why, in sentences; at least one.
    pub reasons: Vec<String>,
}

/// More servers when much waits or calls are slow, by two at a time; half as many when hardly anything does, for
/// minutes. Not soon after a change, and never fewer than the running tasks need.
#[must_use]
pub fn advise(load: &Load, wanted: &Wanted) -> Advice {
    let Load { servers, queued, running, average_ms: [last, of_five], .. } = *load;
    let needed = needed(running, wanted);
    let mut reasons = Vec::new();
    if servers < needed {
        let why = if needed == wanted.least {
            format!("there are to be {needed} servers at the least")
        } else {
            format!(
                "{running} running tasks need {needed} servers, as one watches over {}",
                wanted.leases
            )
        };
        return Advice { way: Way::Up, servers: needed, reasons: vec![why] };
    }
    if queued > wanted.high.queued {
        reasons.push(format!("{queued} tasks wait, more than {}", wanted.high.queued));
    }
    if last > wanted.high.ms {
        reasons.push(format!(
            "calls took {last:.0} ms in the last minute, more than {}",
            wanted.high.ms
        ));
    }
    if !reasons.is_empty() {
        return more(load, wanted, reasons);
    }
    let (slowest, low) = (last.max(of_five), wanted.low);
    if queued >= low.queued || slowest >= low.ms {
        let why = format!(
            "{queued} tasks wait and calls take {slowest:.0} ms: neither above {} or {} ms, nor below {} and {} ms",
            wanted.high.queued, wanted.high.ms, low.queued, low.ms
        );
        return Advice { way: Way::Stay, servers, reasons: vec![why] };
    }
    fewer(load, wanted, needed)
}

/// How many servers the running tasks need, at the least.
fn needed(running: i64, wanted: &Wanted) -> u32 {
    let each = i64::from(wanted.leases.max(1));
    let servers = (running.max(0) + each - 1) / each;
    u32::try_from(servers).unwrap_or(u32::MAX).max(wanted.least).min(wanted.most)
}

fn more(load: &Load, wanted: &Wanted, mut reasons: Vec<String>) -> Advice {
    let stay = |mut reasons: Vec<String>, why: String| {
        reasons.push(why);
        Advice { way: Way::Stay, servers: load.servers, reasons }
    };
    if load.errors > 0.5 {
        let why = format!(
            "{:.0} % of the calls fail: that, more servers do not mend",
            load.errors * 100.0
        );
        return stay(reasons, why);
    }
    if load.servers >= wanted.most {
        return stay(reasons, format!("but there are to be {} servers at the most", wanted.most));
    }
    if load.unchanged_ms < wanted.more_after_ms {
        return stay(reasons, cooling(load, wanted.more_after_ms));
    }
    reasons.push("so two more".to_owned());
    Advice { way: Way::Up, servers: (load.servers + 2).min(wanted.most), reasons }
}

fn fewer(load: &Load, wanted: &Wanted, needed: u32) -> Advice {
    let Load { servers, queued, running, average_ms, unchanged_ms, .. } = *load;
    let half = servers.div_ceil(2).min(wanted.most).max(needed);
    let mut reasons = vec![format!(
        "{queued} tasks wait and calls take {:.0} ms: below {} and {} ms",
        average_ms[1], wanted.low.queued, wanted.low.ms
    )];
    let (way, servers) = if load.errors > 0.5 {
        reasons.push(format!("but {:.0} % of the calls fail", load.errors * 100.0));
        (Way::Stay, servers)
    } else if half >= servers {
        reasons.push(match needed {
            least if least == wanted.least => format!("but there are to be {least} at the least"),
            _ => format!("but {running} running tasks need {needed} servers"),
        });
        (Way::Stay, servers)
    } else if unchanged_ms < wanted.fewer_after_ms {
        reasons.push(cooling(load, wanted.fewer_after_ms));
        (Way::Stay, servers)
    } else {
        reasons.push("so half of them".to_owned());
        (Way::Down, half)
    };
    Advice { way, servers, reasons }
}

fn cooling(load: &Load, after_ms: i64) -> String {
    let left = (after_ms - load.unchanged_ms) / 1_000;
    format!("but the last change is not long ago: not before {left} s")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const QUIET: Load = Load {
        servers: 4,
        queued: 100,
        running: 0,
        average_ms: [150.0, 150.0],
        errors: 0.0,
        unchanged_ms: 600_000,
    };

    #[test]
    fn a_table_of_cases() {
        use Way::{Down, Stay, Up};
        let low = Load { queued: 10, average_ms: [20.0, 20.0], ..QUIET };
        let high = Load { queued: 1_001, ..QUIET };
        let cases = [
            (QUIET, Stay, 4, "neither"),
            (high, Up, 6, "1001 tasks wait"),
            (Load { queued: 1_000, ..QUIET }, Stay, 4, "neither"),
            (Load { average_ms: [2_001.0, 10.0], ..QUIET }, Up, 6, "2001 ms"),
            (Load { average_ms: [10.0, 2_001.0], ..QUIET }, Stay, 4, "neither"),
            (Load { servers: 19, ..high }, Up, 20, "two more"),
            (Load { servers: 20, ..high }, Stay, 20, "at the most"),
            (Load { unchanged_ms: 59_000, ..high }, Stay, 4, "not before 1 s"),
            (Load { unchanged_ms: 60_000, ..high }, Up, 6, "two more"),
            (Load { errors: 0.6, ..high }, Stay, 4, "60 % of the calls fail"),
            (low, Down, 2, "half"),
            (Load { servers: 5, ..low }, Down, 3, "half"),
            (Load { unchanged_ms: 299_000, ..low }, Stay, 4, "not before 1 s"),
            (Load { queued: 50, ..low }, Stay, 4, "neither"),
            (Load { average_ms: [20.0, 100.0], ..low }, Stay, 4, "neither"),
            (Load { average_ms: [100.0, 20.0], ..low }, Stay, 4, "neither"),
            (Load { errors: 0.6, ..low }, Stay, 4, "60 % of the calls fail"),
            (Load { servers: 50, ..low }, Down, 20, "half"),
            (Load { servers: 1, ..low }, Stay, 1, "at the least"),
            (Load { running: 2_001, ..low }, Down, 3, "half"),
            (Load { running: 3_001, ..low }, Stay, 4, "3001 running tasks need 4"),
            (Load { running: 4_001, unchanged_ms: 0, ..low }, Up, 5, "need 5"),
            (Load { servers: 0, ..low }, Up, 1, "at the least"),
            (Load { running: i64::MAX / 2, ..low }, Up, 20, "need 20"),
        ];
        for (load, way, servers, reason) in cases {
            let advice = advise(&load, &Wanted::default());
            assert_eq!((advice.way, advice.servers), (way, servers), "{load:?}\n{advice:?}");
            assert!(advice.reasons.concat().contains(reason), "{load:?}\n{advice:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_advised_stays_within_what_is_wanted(
            servers in 0_u32..40,
            queued in 0_i64..5_000,
            running in 0_i64..30_000,
            ms in 0.0_f64..5_000.0,
            unchanged_ms in 0_i64..600_000,
        ) {
            let load = Load { servers, queued, running, average_ms: [ms, ms], errors: 0.0, unchanged_ms };
            let wanted = Wanted::default();
            let advice = advise(&load, &wanted);
            prop_assert!(!advice.reasons.is_empty());
            match advice.way {
                Way::Up => prop_assert!(advice.servers > servers && advice.servers <= wanted.most),
                Way::Down => {
                    prop_assert!(advice.servers < servers && advice.servers >= wanted.least);
                    let watched = i64::from(advice.servers) * i64::from(wanted.leases);
                    prop_assert!(watched >= running || advice.servers == wanted.most);
                    prop_assert!(unchanged_ms >= wanted.fewer_after_ms);
                }
                Way::Stay => prop_assert_eq!(advice.servers, servers),
            }
        }
    }
}
