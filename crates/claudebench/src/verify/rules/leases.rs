//! Leases in the log: one at a time, none cut short, and each that ended came back.

use claudebench_core::{Status, TaskId};

use super::Findings;
use crate::verify::history::{Kind, Report};
use crate::verify::report::Rule;
use crate::verify::state::Event;

/// How long after its end a lease may stay, in milliseconds.
const SLACK_MS: i64 = 5_000;

pub(super) fn check(found: &mut Findings<'_>, drained: bool) {
    for (task, events) in found.logged() {
        one_at_a_time(found, task, &events);
        cut_short(found, task, &events);
        came_back(found, task, &events);
    }
    if drained {
        stuck(found);
    }
}

/// Between two claims, the first lease ends; fences grow; a task ends under its current fence, and
/// each fence ends once.
fn one_at_a_time(found: &mut Findings<'_>, task: TaskId, events: &[&Event]) {
    let mut last: Option<(i64, &Event)> = None;
    let mut held: Option<&Event> = None;
    let mut given_back: Option<&Event> = None;
    for event in events {
        if event.kind == "task.claimed" {
            let fence = event.fence.unwrap_or(0);
            if let Some(before) = held {
                let what = format!("{task} was claimed while a lease was current");
                found.add(Rule::TwoLeases, what, [before.line, event.line]);
            }
            if let Some((greatest, before)) = last.filter(|(greatest, _)| *greatest >= fence) {
                let what = format!("{task} was claimed under fence {fence} after {greatest}");
                found.add(Rule::TwoLeases, what, [before.line, event.line]);
            }
            held = Some(event);
            last = Some((fence, event));
        } else if event.ends_lease() {
            held = None;
            let again =
                given_back.filter(|before| event.fence.is_some() && before.fence == event.fence);
            if let Some(before) = again {
                let what = format!("{task}: {} under a fence that had ended already", event.kind);
                found.add(Rule::StaleFence, what, [before.line, event.line]);
            }
            if matches!(&*event.kind, "task.attempt_failed" | "task.released") {
                given_back = Some(event);
            }
            let ended = event.kind == "task.completed" || event.kind == "task.attempt_failed";
            let passed = last.filter(|(current, _)| event.fence.is_some_and(|f| f < *current));
            if let (true, Some((current, claim))) = (ended, passed) {
                let what = format!("{task}: {} under a fence before {current}", event.kind);
                found.add(Rule::StaleFence, what, [claim.line, event.line]);
            }
        }
    }
}

/// A lease does not end before the time that its worker was told.
fn cut_short(found: &mut Findings<'_>, task: TaskId, events: &[&Event]) {
    for event in events.iter().filter(|e| e.reason.as_deref() == Some("lease_expired")) {
        let Some(fence) = event.fence else { continue };
        let told = told_end(found, task, fence);
        if let Some((end, line)) = told.filter(|(end, _)| *end > event.at) {
            let early = end - event.at;
            let what = format!("{task}: the lease under fence {fence} ended {early} ms too early");
            found.add(Rule::CutShort, what, [line, event.line]);
        }
    }
}

/// The earliest end that the last acknowledged extension of a lease may have set.
fn told_end(
    found: &Findings<'_>,
    task: TaskId,
    fence: i64,
) -> Option<(i64, crate::verify::source::Line)> {
    let of = found.history.tasks.get(&task)?;
    let beat = |r: &&Report| r.kind == Kind::Heartbeat && r.when.ok() && r.fence == Some(fence);
    let beats: Vec<&Report> = of.reports.iter().filter(beat).collect();
    let last_start = beats.iter().map(|beat| beat.when.start).max();
    // Those that were answered before another began are not the last.
    let may_be_last = beats.iter().filter(|b| last_start.is_none_or(|start| b.when.end >= start));
    let extended = may_be_last
        .filter_map(|beat| Some((beat.expires_at?.0, beat.when.line)))
        .min_by_key(|(end, _)| *end);
    let granted = of.grants.iter().find(|grant| grant.fence == fence);
    extended.or_else(|| granted.and_then(|g| Some((g.expires_at?.0, g.when.line))))
}

/// A task that is held at the end is held under a lease that still runs.
fn came_back(found: &mut Findings<'_>, task: TaskId, events: &[&Event]) {
    let Some(at_end) = found.state.tasks.get(&task) else { return };
    if at_end.status != Status::InProgress {
        return;
    }
    let Some(claim) = events.iter().rev().find(|event| event.kind == "task.claimed") else {
        return;
    };
    let told = claim.fence.and_then(|fence| told_end(found, task, fence)).map(|(end, _)| end);
    let end = [told, claim.expires_at.map(|at| at.0), at_end.lease_ends.map(|at| at.0)];
    let Some(end) = end.into_iter().flatten().max() else { return };
    let late = found.state.taken_at() - end;
    if late > SLACK_MS {
        let what = format!("{task}: its lease ended {late} ms ago, and it did not come back");
        found.add(Rule::NotReturned, what, [claim.line, at_end.line]);
    }
}

/// All faults are over and everything was taken: nothing may be left.
fn stuck(found: &mut Findings<'_>) {
    let mut left: Vec<_> =
        found.state.tasks.iter().filter(|(_, task)| !task.status.is_final()).collect();
    left.sort_unstable_by_key(|(id, _)| **id);
    for (id, task) in left {
        let what = format!("{id} is still {} at the end", task.status.name());
        found.add(Rule::Stuck, what, [task.line]);
    }
}
