//! A task ends once; an end is left only by an explicit retry.

use claudebench_core::{Status, TaskId};

use super::Findings;
use crate::verify::history::{Of, Report, When};
use crate::verify::report::Rule;
use crate::verify::state::Event;

pub(super) fn check(found: &mut Findings<'_>) {
    for (task, of) in found.tasks() {
        answered_twice(found, task, of);
        went_on(found, task, of);
        after_cancel(found, task, of);
        if found.state.is_given() {
            undone(found, task, of);
        }
    }
    for (task, events) in found.logged() {
        logged_twice(found, task, &events);
    }
}

/// Calls that may have reopened a task although it was completed.
fn forced(of: &Of) -> impl Iterator<Item = &When> {
    of.reopened.iter().filter(|reopening| reopening.completed).map(|reopening| &reopening.when)
}

/// Successful completions that cannot be one and the same.
fn answered_twice(found: &mut Findings<'_>, task: TaskId, of: &Of) {
    let mut distinct: Vec<&Report> = Vec::new();
    for report in of.reports.iter().filter(|report| report.completed()) {
        let same = |other: &&Report| {
            (report.fence.is_some() && report.fence == other.fence)
                || (report.key.is_some() && report.key == other.key)
        };
        if !distinct.iter().any(same) {
            distinct.push(report);
        }
    }
    let most = 1 + forced(of).count();
    if distinct.len() > most {
        let what = format!("{task} was completed {} times", distinct.len());
        found.add(Rule::CompletedTwice, what, distinct.iter().map(|report| report.when.line));
    }
}

fn logged_twice(found: &mut Findings<'_>, task: TaskId, events: &[&Event]) {
    let mut ended: Option<&Event> = None;
    for event in events {
        let left = ended.is_some_and(|end| match end.completed() {
            true => event.reopens_completed(),
            false => event.reopens(),
        });
        if left {
            ended = None;
        }
        let ends = event.kind == "task.completed" || event.kind == "task.cancelled";
        if !ends {
            continue;
        }
        if let Some(before) = ended {
            let what = format!("{task} ended twice: {}, then {}", before.kind, event.kind);
            let rule = if before.completed() && event.completed() {
                Rule::CompletedTwice
            } else {
                Rule::Undone
            };
            found.add(rule, what, [before.line, event.line]);
        }
        ended = Some(event);
    }
}

/// Nobody gets a task whose completion was acknowledged before.
fn went_on(found: &mut Findings<'_>, task: TaskId, of: &Of) {
    let completed = of.reports.iter().filter(|report| report.completed());
    let Some(first) = completed.min_by_key(|report| report.when.end) else { return };
    for grant in of.grants.iter().filter(|g| g.key.is_none() && first.when.before(&g.when)) {
        if forced(of).any(|reopened| reopened.start < grant.when.end) {
            continue;
        }
        let what = format!("{task} was given out again after its completion was acknowledged");
        found.add(Rule::Undone, what, [first.when.line, grant.when.line]);
    }
}

/// Nothing is completed after its cancellation was acknowledged.
fn after_cancel(found: &mut Findings<'_>, task: TaskId, of: &Of) {
    let cancelled = of.cancels.iter().filter(|cancel| cancel.ok());
    let Some(cancel) = cancelled.min_by_key(|cancel| cancel.end) else { return };
    for report in of.reports.iter().filter(|r| r.completed() && cancel.before(&r.when)) {
        let first = of.reports.iter().any(|other| {
            other.when.possible()
                && other.kind == report.kind
                && (other.fence, &other.key) == (report.fence, &report.key)
                && !cancel.before(&other.when)
        });
        let redriven = found.history.redriven_any.iter();
        let reopened = of.reopened.iter().map(|reopening| &reopening.when).chain(redriven);
        let reopened = reopened.into_iter().any(|when| when.start < report.when.end);
        if !first && !reopened {
            let what = format!("{task} was completed after its cancellation was acknowledged");
            found.add(Rule::CompletedAfterCancel, what, [cancel.line, report.when.line]);
        }
    }
}

/// A task whose completion was acknowledged is completed at the end.
fn undone(found: &mut Findings<'_>, task: TaskId, of: &Of) {
    let Some(at_end) = found.state.tasks.get(&task) else { return };
    let reopened = forced(of).next().is_some()
        || found.events_of(task).iter().any(|event| event.reopens_completed());
    if at_end.status == Status::Completed || reopened {
        return;
    }
    if let Some(report) = of.reports.iter().find(|report| report.completed()) {
        let what = format!(
            "the completion of {task} was acknowledged, and at the end it is {}",
            at_end.status.name()
        );
        found.add(Rule::Undone, what, [report.when.line, at_end.line]);
    }
}
