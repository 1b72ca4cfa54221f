//! Every acknowledged change has its event.

use claudebench_core::{Status, TaskId};

use super::Findings;
use crate::verify::history::{Kind, Of, Report};
use crate::verify::report::Rule;
use crate::verify::state::Event;

pub(super) fn check(found: &mut Findings<'_>) {
    if !found.state.is_whole() || found.history.flushed {
        return;
    }
    for (task, of) in found.tasks() {
        let events = found.events_of(task).to_vec();
        claims(found, task, of, &events);
        reports(found, task, of, &events);
        disowned(found, task, of, &events);
        for cancel in of.cancels.iter().filter(|cancel| cancel.ok()) {
            let told = |e: &&Event| matches!(&*e.kind, "task.cancelled" | "task.cancel_requested");
            if !events.iter().any(told) {
                let what = format!("the cancellation of {task} was acknowledged, without an event");
                found.add(Rule::Unrecorded, what, [cancel.line]);
            }
        }
    }
}

fn claims(found: &mut Findings<'_>, task: TaskId, of: &Of, events: &[&Event]) {
    for grant in &of.grants {
        let told = |e: &&&Event| e.kind == "task.claimed" && e.fence == Some(grant.fence);
        if !events.iter().any(|e| told(&e)) {
            let what =
                format!("{task} was given out under fence {}, without an event", grant.fence);
            found.add(Rule::Unrecorded, what, [grant.when.line]);
        }
    }
}

fn reports(found: &mut Findings<'_>, task: TaskId, of: &Of, events: &[&Event]) {
    for report in of.reports.iter().filter(|r| r.when.ok() && r.kind != Kind::Heartbeat) {
        if !events.iter().any(|event| tells(event, report)) {
            let what = format!("a {:?} of {task} was acknowledged, without an event", report.kind);
            found.add(Rule::Unrecorded, what, [report.when.line]);
        }
    }
}

/// A worker that repeats its completion, as it got no answer, is told that it is done. Who knows no
/// fence may have done it under the same.
fn disowned(found: &mut Findings<'_>, task: TaskId, of: &Of, events: &[&Event]) {
    let by_another =
        |r: &Report| r.kind == Kind::Complete && r.fence.is_none() && r.when.possible();
    if events.iter().any(|event| event.reopens()) || of.reports.iter().any(by_another) {
        return;
    }
    for report in of.reports.iter().filter(|r| r.stale && r.kind == Kind::Complete) {
        let done = events.iter().find(|e| e.completed() && e.fence == report.fence);
        if let Some(done) = done {
            let what = format!("a completion of {task} was refused, although it had been done");
            found.add(Rule::Disowned, what, [report.when.line, done.line]);
        }
    }
}

/// Is this the event of that report?
fn tells(event: &Event, report: &Report) -> bool {
    let fits = report.fence.is_none() || event.fence.is_none() || report.fence == event.fence;
    let kinds: &[&str] = match (report.kind, report.status) {
        (_, Some(Status::Cancelled)) => &["task.cancelled"],
        (Kind::Complete, _) => &["task.completed"],
        (Kind::Fail, _) => &["task.attempt_failed", "task.completed"],
        (Kind::Release | Kind::Heartbeat, _) => &["task.released"],
    };
    let status = event.kind != "task.completed" || report.status == event.status;
    fits && status && kinds.contains(&&*event.kind)
}
