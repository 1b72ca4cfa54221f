//! What is measured.

mod backlog;
mod bulk;
pub mod demo;
mod fanout;
mod lone;
mod read;
mod start;
mod steady;

use clap::ValueEnum;

use super::bed::{Bed, BenchError};
use super::report::Figure;

/// A thing to measure.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Scenario {
    /// All of them
    All,
    /// A bare JSON echo: what the machine gives at most
    Echo,
    /// task.create, against the echo
    Create,
    /// Whole lives: create, claim, complete, against the echo
    Lifecycle,
    /// task.get of tasks that are read often, against the echo
    Read,
    /// Many tasks a request
    Bulk,
    /// Claims and completions, a task a request, until there are none
    Drain,
    /// One connection that creates, against the disk's fsync
    Single,
    /// From a creation to a worker that waits, against the disk's fsync
    Handover,
    /// Claims with many tasks waiting, and with many done
    Backlog,
    /// Start with many tasks, and memory
    Start,
    /// Events to many subscribers
    Fanout,
    /// A fleet to look at, at the server of --url: measures nothing, and goes on until --seconds are over, or it
    /// is told to stop
    Demo,
}

impl Scenario {
    /// Those that were asked for, in the order in which they are measured.
    #[must_use]
    pub fn chosen(asked: &[Self]) -> Vec<Self> {
        let all = asked.is_empty() || asked.contains(&Self::All);
        let measures = |scenario: &Self| !matches!(scenario, Self::All | Self::Demo);
        let each = Self::value_variants().iter().copied().filter(measures);
        // The others measure the echo beside them.
        each.filter(|s| if all { *s != Self::Echo } else { asked.contains(s) }).collect()
    }

    /// Measures it.
    ///
    /// # Errors
    /// What stands in the way.
    pub(super) async fn measure(self, bed: &Bed) -> Result<Vec<Figure>, BenchError> {
        match self {
            Self::All | Self::Demo => Ok(Vec::new()),
            Self::Echo => steady::echo(bed).await,
            Self::Create => steady::create(bed).await,
            Self::Lifecycle => steady::lifecycle(bed).await,
            Self::Read => read::read(bed).await,
            Self::Bulk => bulk::bulk(bed).await,
            Self::Drain => bulk::singly(bed).await,
            Self::Single => lone::single(bed).await,
            Self::Handover => lone::handover(bed).await,
            Self::Backlog => backlog::backlog(bed).await,
            Self::Start => start::start(bed).await,
            Self::Fanout => fanout::fanout(bed).await,
        }
    }
}

/// So many in so many seconds.
fn per_second(count: u64, seconds: f64) -> f64 {
    float(usize::try_from(count).unwrap_or(usize::MAX)) / seconds
}

#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_everything_but_the_echo_alone() {
        assert_eq!(Scenario::chosen(&[]).len(), 10);
        assert_eq!(Scenario::chosen(&[Scenario::All, Scenario::Bulk]).len(), 10);
        let some = [Scenario::Bulk, Scenario::Echo];
        assert_eq!(Scenario::chosen(&some), [Scenario::Echo, Scenario::Bulk]);
    }
}
