//! What came out, against what was promised: a table for people, JSON for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::load::{Spread, median};

/// What a figure counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Requests per second.
    RequestsPerSecond,
    /// Tasks per second.
    TasksPerSecond,
    /// Milliseconds.
    Milliseconds,
    /// MiB of resident memory.
    Mebibytes,
    /// Out of 100.
    Percent,
}

impl Unit {
    const fn name(self) -> &'static str {
        match self {
            Self::RequestsPerSecond => "requests/s",
            Self::TasksPerSecond => "tasks/s",
            Self::Milliseconds => "ms",
            Self::Mebibytes => "MiB",
            Self::Percent => "%",
        }
    }
}

/// What was promised.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The figure is at least this.
    AtLeast(f64),
    /// The figure is at most this.
    AtMost(f64),
    /// The figure is at least so many times that of its peer.
    RatioAtLeast(f64),
    /// The figure is at most so many times that of its peer.
    RatioAtMost(f64),
}

/// What a figure is compared with, measured in the same run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Peer {
    /// What it is.
    pub name: &'static str,
    /// Its figure, each round's.
    pub rounds: Vec<f64>,
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// What was measured.
    pub work: String,
    /// In what.
    pub unit: Unit,
    /// Each round's.
    pub rounds: Vec<f64>,
    /// What it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<Peer>,
    /// What was promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// How long requests took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<Spread>,
    /// Requests that failed.
    pub failed: u64,
}

impl Figure {
    /// A figure with the values of its rounds.
    #[must_use]
    pub fn new(work: impl Into<String>, unit: Unit, rounds: Vec<f64>) -> Self {
        let (peer, target, spread) = (None, None, None);
        Self { work: work.into(), unit, rounds, peer, target, spread, failed: 0 }
    }

    /// Compared with a peer, round by round.
    #[must_use]
    pub fn against(self, name: &'static str, rounds: Vec<f64>) -> Self {
        Self { peer: Some(Peer { name, rounds }), ..self }
    }

    /// With what was promised.
    #[must_use]
    pub fn promised(self, target: Target) -> Self {
        Self { target: Some(target), ..self }
    }

    /// With how long requests took.
    #[must_use]
    pub fn spread(self, spread: Spread) -> Self {
        Self { spread: Some(spread), ..self }
    }

    /// With how many requests failed.
    #[must_use]
    pub fn failed(self, failed: u64) -> Self {
        Self { failed, ..self }
    }

    /// The middle of its rounds.
    #[must_use]
    pub fn value(&self) -> f64 {
        median(&self.rounds)
    }

    /// The middle of the ratios to its peer in each round.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        let peer = self.peer.as_ref()?;
        let ratios: Vec<f64> =
            self.rounds.iter().zip(&peer.rounds).map(|(own, peer)| own / peer).collect();
        Some(median(&ratios))
    }

    /// Whether the promise was kept; a figure with failures keeps none.
    #[must_use]
    pub fn kept(&self) -> Option<bool> {
        let ratio = self.ratio().unwrap_or(f64::NAN);
        let kept = match self.target? {
            Target::AtLeast(least) => self.value() >= least,
            Target::AtMost(most) => self.value() <= most,
            Target::RatioAtLeast(least) => ratio >= least,
            Target::RatioAtMost(most) => ratio <= most,
        };
        Some(kept && self.failed == 0)
    }
}

/// Where it was measured, and how.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conditions {
    /// The program's version.
    pub version: &'static str,
    /// How many processors there are.
    pub processors: usize,
    /// How many connections there were.
    pub connections: usize,
    /// How many rounds.
    pub rounds: usize,
    /// How long each was measured, in seconds.
    pub seconds: f64,
    /// The seed of the work.
    pub seed: u64,
    /// Whether tasks have drawn priorities.
    pub mixed: bool,
}

/// Writes all of it as one JSON object.
///
/// # Errors
/// What the writer says.
pub fn print_json(
    to: &mut dyn Write,
    conditions: &Conditions,
    figures: &[Figure],
) -> io::Result<()> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Line<'a> {
        #[serde(flatten)]
        figure: &'a Figure,
        value: f64,
        ratio: Option<f64>,
        kept: Option<bool>,
    }
    let figures: Vec<Line<'_>> = figures
        .iter()
        .map(|figure| Line {
            figure,
            value: figure.value(),
            ratio: figure.ratio(),
            kept: figure.kept(),
        })
        .collect();
    let all = serde_json::json!({"conditions": conditions, "figures": figures});
    writeln!(to, "{all:#}")
}

/// Writes a table.
///
/// # Errors
/// What the writer says.
pub fn print_table(
    to: &mut dyn Write,
    conditions: &Conditions,
    figures: &[Figure],
) -> io::Result<()> {
    writeln!(
        to,
        "claudebench {}, {} processors, {} connections, {} rounds of {} s, {}, seed {}\n",
        conditions.version,
        conditions.processors,
        conditions.connections,
        conditions.rounds,
        conditions.seconds,
        if conditions.mixed { "mixed priorities" } else { "one priority" },
        conditions.seed
    )?;
    let mut rows =
        vec![["work", "measured", "against", "ratio", "promised", ""].map(str::to_owned)];
    rows.extend(figures.iter().map(row));
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in &rows {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        writeln!(to, "{}", cells.join("  ").trim_end())?;
    }
    let spreads: Vec<_> = figures.iter().filter_map(|f| Some((f, f.spread?))).collect();
    if !spreads.is_empty() {
        writeln!(to, "\nmilliseconds a request took: p50, p90, p99, p99.9, the longest")?;
    }
    for (figure, s) in spreads {
        let (work, width) = (&figure.work, widths[0]);
        let times =
            [s.p50_ms, s.p90_ms, s.p99_ms, s.p999_ms, s.max_ms].map(|ms| format!("{ms:9.3}"));
        writeln!(to, "{work:<width$}  {}  ({} samples)", times.join(" "), s.samples)?;
    }
    let missed = figures.iter().filter(|figure| figure.kept() == Some(false)).count();
    let promised = figures.iter().filter(|figure| figure.kept().is_some()).count();
    writeln!(to, "\n{} of {promised} promises kept", promised - missed)
}

fn row(figure: &Figure) -> [String; 6] {
    let unit = figure.unit.name();
    let value = |value: f64| format!("{} {unit}", number(value));
    let peer = |p: &Peer| format!("{} {}", p.name, value(median(&p.rounds)));
    let promised = match figure.target {
        None => String::new(),
        Some(Target::AtLeast(least)) => format!("≥ {}", value(least)),
        Some(Target::AtMost(most)) => format!("≤ {}", value(most)),
        Some(Target::RatioAtLeast(least)) => format!("ratio ≥ {least}"),
        Some(Target::RatioAtMost(most)) => format!("ratio ≤ {most}"),
    };
    let verdict = match figure.kept() {
        _ if figure.failed > 0 => format!("{} failed", figure.failed),
        None => String::new(),
        Some(true) => "kept".to_owned(),
        Some(false) => "missed".to_owned(),
    };
    [
        figure.work.clone(),
        value(figure.value()),
        figure.peer.as_ref().map(peer).unwrap_or_default(),
        figure.ratio().map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
        promised,
        verdict,
    ]
}

/// A number as people read it: three digits after the point for small ones, thousands apart for
/// large ones.
fn number(value: f64) -> String {
    if !value.is_finite() {
        return "none".to_owned();
    }
    if value < 10.0 {
        return format!("{value:.3}");
    }
    if value < 1_000.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Vec<Figure> {
        let create = Figure::new("task.create", Unit::RequestsPerSecond, vec![30.0, 20.0, 25.0])
            .against("echo", vec![50.0, 50.0, 50.0])
            .promised(Target::RatioAtLeast(0.45));
        let slow =
            Figure::new("start", Unit::Milliseconds, vec![250.0]).promised(Target::AtMost(200.0));
        vec![create, slow, Figure::new("plain", Unit::TasksPerSecond, vec![1_234_567.0])]
    }

    #[test]
    fn a_promise_is_judged_by_the_middle_of_the_rounds() {
        let [create, slow, plain] = &figures()[..] else { panic!() };
        assert_eq!((create.ratio(), create.kept()), (Some(0.5), Some(true)));
        assert_eq!(create.clone().failed(1).kept(), Some(false));
        assert_eq!((slow.kept(), plain.kept()), (Some(false), None));
        let none = Figure::new("x", Unit::Milliseconds, vec![]).promised(Target::AtMost(1.0));
        assert_eq!(none.kept(), Some(false));
    }

    #[test]
    fn the_table_and_the_json_say_the_same() {
        let conditions = Conditions {
            version: "0.1.0",
            processors: 2,
            connections: 64,
            rounds: 3,
            seconds: 5.0,
            seed: 1,
            mixed: false,
        };
        let mut text = Vec::new();
        print_table(&mut text, &conditions, &figures()).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("plain        1,234,567 tasks/s\n"), "{text}");
        assert!(text.contains("echo 50.0 requests/s  0.50   ratio ≥ 0.45  kept\n"), "{text}");
        assert!(text.ends_with("\n1 of 2 promises kept\n"), "{text}");
        let mut text = Vec::new();
        print_json(&mut text, &conditions, &figures()).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(json["figures"][0]["ratio"], 0.5);
        assert_eq!(json["figures"][1]["target"]["at_most"], 200.0);
    }
}
