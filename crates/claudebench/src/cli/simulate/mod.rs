//! `claudebench simulate`: what would happen.

mod chart;
mod day;

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::Shared;
use super::failure::{Failure, Outcome};
use super::output::{Cell, Out, Table, count};
use day::{Day, Moment};

/// Try rules on a day that has not been yet
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// How many servers `system.scaling` would advise over a day, and how that would go
    Scaling(Scaling),
}

/// How many servers `system.scaling` would advise over a day, and how that would go
///
/// The day has a quiet night, a morning and an afternoon, and a batch of tasks at 15:00. The rule is that of the configuration
/// (`[scaling]`). Servers that are advised are there after a while; those that go finish what they have in hand.
#[derive(Debug, clap::Args)]
pub(super) struct Scaling {
    /// Tasks a second at the busiest time
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    peak: u32,
    /// Tasks that come at once at 15:00
    #[arg(long, default_value_t = 50_000)]
    batch: u32,
    /// Tasks a second that one server gets through
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    per_server: u32,
    /// Seconds until a new server is there
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(0..=3_600))]
    start: u32,
    /// Seconds that a worker takes for a task
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    work: u32,
    /// Draw it into a file, too
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

impl Command {
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let Self::Scaling(scaling) = self;
        scaling.run(shared, out)
    }
}

impl Scaling {
    fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let wanted = shared.load_for_server(Vec::new())?.config.scaling.wanted();
        let day = Day {
            peak: self.peak.into(),
            batch: self.batch.into(),
            per_server: self.per_server.into(),
            start: self.start,
            work: self.work.into(),
        };
        let moments = day.run(&wanted);
        if let Some(path) = &self.svg {
            std::fs::write(path, chart::draw(&moments)).map_err(|error| {
                Failure::local(format!("{} cannot be written: {error}", path.display()))
            })?;
        }
        let hours: Vec<Hour> = moments.chunks(day::STEPS_OF_HOUR).map(Hour::of).collect();
        if out.for_programs() {
            return out.json(&json!({ "hours": hours, "changes": changes(&moments) }));
        }
        let headings = ["HOUR", "TASKS/S", "SERVERS", "QUEUED", "CALL MS"];
        let mut table = Table::new(&headings).right(&[1, 2, 3, 4]);
        for hour in &hours {
            let servers = match hour.servers {
                [least, most] if least == most => least.to_string(),
                [least, most] => format!("{least} to {most}"),
            };
            let cells = [
                format!("{:02}:00", hour.hour),
                count(hour.tasks_per_second),
                servers,
                count(hour.most_queued),
                count(hour.slowest_ms),
            ];
            table.row(cells.map(Cell::new));
        }
        out.table(&table)?;
        let worst = hours.iter().map(|hour| hour.most_queued).max().unwrap_or(0);
        let (changes, worst) = (changes(&moments), count(worst));
        out.line(format!(
            "{changes} changes of the number of servers; at most {worst} tasks waited"
        ))
    }
}

/// How often the number of servers that are wanted changed.
fn changes(moments: &[Moment]) -> usize {
    moments.windows(2).filter(|pair| pair[0].wanted != pair[1].wanted).count()
}

/// What an hour was like.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Hour {
    hour: u32,
    tasks_per_second: i64,
    /// The fewest and the most.
    servers: [u32; 2],
    most_queued: i64,
    slowest_ms: i64,
}

impl Hour {
    #[allow(clippy::cast_possible_truncation, reason = "far below the bounds, and to be read")]
    fn of(moments: &[Moment]) -> Self {
        let servers = moments.iter().map(|moment| moment.servers);
        let most =
            |of: fn(&Moment) -> f64| moments.iter().map(of).fold(0.0, f64::max).round() as i64;
        Self {
            hour: moments.first().map_or(0, |first| first.second / 3_600),
            tasks_per_second: most(|moment| moment.arriving),
            servers: [servers.clone().min().unwrap_or(0), servers.max().unwrap_or(0)],
            most_queued: most(|moment| moment.queued),
            slowest_ms: most(|moment| moment.ms),
        }
    }
}
