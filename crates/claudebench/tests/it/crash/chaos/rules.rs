//! What must hold where servers share a Redis, besides what the checker of histories looks for: functions of what
//! was recorded, which answer what is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use claudebench::verify::{Call, Outcome};
use serde_json::Value;

/// Longer spans of calls with a key are not looked at: a limit that is passed is so in short ones.
const SPAN_US: u64 = 20_000_000;

/// Calls that took longer than they may, besides what they asked to wait.
pub(super) fn late(calls: &[Call], limit_ms: u64) -> Vec<String> {
    let calls = calls.iter().filter(|call| call.op != "watch");
    let late = calls.filter_map(|call| {
        let took_ms = (call.end - call.start) / 1_000;
        let most = limit_ms + call.args["waitMs"].as_u64().unwrap_or(0);
        (took_ms > most).then(|| {
            format!("{}: {} took {took_ms} ms of {most}: {}", call.process, call.op, call.answer)
        })
    });
    late.collect()
}

/// How much there was to look at.
pub(super) fn figures(calls: &[Call]) -> String {
    let took = calls.iter().filter(|call| call.op != "watch").map(|call| call.end - call.start);
    let count = |op: &str, outcome: Outcome| {
        calls.iter().filter(|call| call.op == op && call.outcome == outcome).count()
    };
    format!(
        "the slowest call took {} ms, {} reads after {} own writes, {} calls with a key let in and {} refused",
        took.max().unwrap_or(0) / 1_000,
        count("task.get", Outcome::Ok),
        count("task.update", Outcome::Ok),
        count("task.stats", Outcome::Ok),
        count("task.stats", Outcome::Err),
    )
}

/// Each of these followers, from its first cursor on, was told all of the log, once, in its order, over all of its
/// connections together.
pub(super) fn followed(calls: &[Call], log: &[i64], names: &[String]) -> Vec<String> {
    names.iter().filter_map(|name| followed_by(calls, log, name)).collect()
}

fn followed_by(calls: &[Call], log: &[i64], name: &str) -> Option<String> {
    let mut watches: Vec<&Call> =
        calls.iter().filter(|call| call.op == "watch" && call.process == *name).collect();
    watches.sort_by_key(|call| call.start);
    let Some(since) = watches.first().and_then(|first| first.args["since"].as_i64()) else {
        return Some(format!("{name} followed nothing"));
    };
    let seen = |call: &&Call| -> Vec<i64> {
        call.answer["seen"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
    };
    let told: Vec<i64> = watches.iter().flat_map(seen).collect();
    let wanted: Vec<i64> = log.iter().copied().filter(|id| *id > since).collect();
    let end = wanted.last().copied().unwrap_or(since);
    if let Some(nth) = wanted.iter().zip(&told).position(|(wanted, told)| wanted != told) {
        let what = format!("{name} was told {} where the log has {}", told[nth], wanted[nth]);
        return Some(what);
    }
    if told.len() < wanted.len() {
        return Some(format!("{name} was not told of {} events", wanted.len() - told.len()));
    }
    // What was committed after the log was read is not in it.
    let mut after = told[wanted.len()..].iter();
    let again = after.find(|id| **id <= end);
    again.map(|id| format!("{name} was told {id} once more, after {end}"))
}

/// What somebody has read is never older than what he wrote before, nor than what he read before with the same
/// position; and each version has one text.
pub(super) fn reads(calls: &[Call]) -> Vec<String> {
    let mut readers: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    let ours = |call: &&Call| matches!(&*call.op, "task.update" | "task.get");
    for call in calls.iter().filter(ours) {
        readers.entry(&call.process).or_default().push(call);
    }
    let mut wrong = Vec::new();
    if !calls.iter().any(|call| call.op == "task.get" && call.outcome == Outcome::Ok) {
        wrong.push("nobody has read anything".to_owned());
    }
    for (name, mut calls) in readers {
        calls.sort_by_key(|call| call.start);
        wrong.extend(read_by(&calls).map(|what| format!("{name}: {what}")));
    }
    wrong
}

/// How far the text of a reader's task has come.
fn nth(text: &Value) -> Option<u64> {
    text.as_str()?.rsplit_once(' ')?.1.parse().ok()
}

fn read_by(calls: &[&Call]) -> Option<String> {
    let (mut acknowledged, mut asked, mut version) = (0, 0, 0);
    let mut texts: BTreeMap<i64, u64> = BTreeMap::new();
    for call in calls {
        let text = if call.op == "task.get" { &call.answer } else { &call.args["updates"] };
        if call.op == "task.update" {
            asked = asked.max(nth(&text["text"])?);
        }
        if call.outcome != Outcome::Ok {
            continue;
        }
        let Some(found) = nth(&text["text"]) else {
            return Some(format!("no text of ours: {}", call.answer));
        };
        if call.op == "task.update" {
            acknowledged = found;
            continue;
        }
        let Some(now) = call.answer["version"].as_i64() else {
            return Some(format!("no version: {}", call.answer));
        };
        if found < acknowledged || found > asked {
            return Some(format!(
                "it has read change {found} after {acknowledged} was acknowledged: {}",
                call.answer
            ));
        }
        // Another server may be behind what was read, but not behind what was written.
        let written = texts.iter().find(|(_, nth)| **nth >= acknowledged).map(|(at, _)| *at);
        version = version.max(written.unwrap_or(0));
        if now < version {
            return Some(format!("it has read version {now} after {version}: {}", call.answer));
        }
        let first = *texts.entry(now).or_insert(found);
        if first != found {
            return Some(format!("version {now} has the texts {first} and {found}"));
        }
    }
    texts.iter().zip(texts.iter().skip(1)).find(|((_, a), (_, b))| a > b).map(|(a, b)| {
        format!("version {} has change {}, and version {} has {}", a.0, a.1, b.0, b.1)
    })
}

/// A rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) per_minute: u32,
    pub(super) burst: u32,
}

/// A time in which servers may have been without the Redis, or it without what it held; in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trouble {
    pub(super) from: u64,
    pub(super) to: u64,
    /// What servers that are without it may give out meanwhile, as a part of the whole rate.
    pub(super) beside: f64,
}

impl Limit {
    /// The most calls that may be let in from here to there: the rate, and the burst, once more for what servers
    /// hold in their hands. Each trouble may empty the shared bucket, and lets each server give out its part:
    /// that is a burst more for the one and for the other; and as long as it lasts, what some give out beside
    /// the others.
    fn most(&self, (from, to): (u64, u64), troubles: &[Trouble]) -> f64 {
        let burst = f64::from(self.burst);
        let of_time = |us: u64| us as f64 / 60e6 * f64::from(self.per_minute);
        let cut = |trouble: &Trouble| {
            let (begins, ends) = (from.max(trouble.from), to.min(trouble.to));
            (begins < ends).then_some((begins, ends, trouble.beside))
        };
        let met: Vec<(u64, u64, f64)> = troubles.iter().filter_map(cut).collect();
        let mut times: Vec<u64> =
            met.iter().flat_map(|(begins, ends, _)| [*begins, *ends]).collect();
        times.sort_unstable();
        let mut most = of_time(to - from) + 2.0 * burst * (1.0 + met.len() as f64);
        for (begins, ends) in times.iter().zip(times.iter().skip(1)) {
            // Of two troubles at a time the worse one counts.
            let lasts = met.iter().filter(|(from, to, _)| from <= begins && ends <= to);
            most +=
                of_time(ends - begins) * lasts.map(|(_, _, beside)| *beside).fold(0.0, f64::max);
        }
        most
    }
}

/// More was let in than the rate and the stated share allow; or nothing was refused, so that this says nothing.
pub(super) fn exceeded(limit: Limit, calls: &[Call], troubles: &[Trouble]) -> Vec<String> {
    let limited = || calls.iter().filter(|call| call.op == "task.stats");
    let refused = limited().any(|call| call.answer["code"] == "rate_limited");
    let let_in = limited().any(|call| call.outcome == Outcome::Ok);
    match fullest(limit, calls, troubles) {
        _ if !refused => vec!["nobody has called too often".to_owned()],
        _ if !let_in => vec!["nobody with a key was let in".to_owned()],
        Some(span) if span.part() > 1.0 => vec![span.to_string()],
        _ => Vec::new(),
    }
}

/// What was let in within a time, and the most that may be.
pub(super) struct Span {
    count: u32,
    most: f64,
    ms: u64,
}

impl Span {
    fn part(&self) -> f64 {
        f64::from(self.count) / self.most
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, most, ms } = self;
        write!(f, "{count} calls were let in within {ms} ms, of {most:.0}")
    }
}

/// The time in which the largest part was let in of what may be.
pub(super) fn fullest(limit: Limit, calls: &[Call], troubles: &[Trouble]) -> Option<Span> {
    let let_in = calls.iter().filter(|call| call.op == "task.stats" && call.outcome == Outcome::Ok);
    let mut spans: Vec<(u64, u64)> = let_in.map(|call| (call.end, call.start)).collect();
    spans.sort_unstable();
    let mut fullest: Option<Span> = None;
    for (_, from) in &spans {
        let mut count = 0_u32;
        let begin = spans.partition_point(|(end, _)| end < from);
        for (end, start) in &spans[begin..] {
            if *end > from + SPAN_US {
                break;
            }
            // Both ends of the call lie within, so it was counted within.
            count += u32::from(start >= from);
            let most = limit.most((*from, *end), troubles);
            let span = Span { count, most, ms: (end - from) / 1_000 };
            if fullest.as_ref().is_none_or(|fullest| fullest.part() < span.part()) {
                fullest = Some(span);
            }
        }
    }
    fullest
}

/// Servers do not agree about who is there, or not with those who came and went.
pub(super) fn disagree(
    answers: &[BTreeSet<String>],
    (there, gone): (&[String], &[String]),
) -> Option<String> {
    let first = answers.first()?;
    if let Some(other) = answers.iter().find(|other| *other != first) {
        let differs: Vec<_> = first.symmetric_difference(other).collect();
        return Some(format!("servers do not agree about {differs:?}"));
    }
    if let Some(missing) = there.iter().find(|id| !first.contains(*id)) {
        return Some(format!("{missing} has registered, and is not there"));
    }
    let ghost = gone.iter().find(|id| first.contains(*id));
    ghost.map(|id| format!("{id} has gone, and is still there"))
}
