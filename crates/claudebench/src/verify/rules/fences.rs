//! At most one lease of a task is current, and only reports under it are accepted: as the callers
//! saw it.

use std::collections::HashMap;

use claudebench_core::TaskId;

use super::Findings;
use crate::verify::history::{Grant, Kind, Of, Report};
use crate::verify::report::Rule;

pub(super) fn check(found: &mut Findings<'_>) {
    for (task, of) in found.tasks() {
        one_claim_a_fence(found, task, of);
        fences_grow(found, task, of);
        stale(found, task, of);
        repeats_nothing(found, task, of);
    }
}

/// No fence is given out twice, unless the same keyed call was repeated.
fn one_claim_a_fence(found: &mut Findings<'_>, task: TaskId, of: &Of) {
    let mut given: HashMap<i64, &Grant> = HashMap::new();
    for grant in &of.grants {
        let first = *given.entry(grant.fence).or_insert(grant);
        let same_call = first.when.line == grant.when.line;
        let repeated = first.key.is_some() && first.key == grant.key;
        if !same_call && !repeated {
            let what = format!("{task} was given out twice under fence {}", grant.fence);
            found.add(Rule::TwoLeases, what, [first.when.line, grant.when.line]);
        }
    }
}

/// A claim that began after another was answered gets a greater fence.
fn fences_grow(found: &mut Findings<'_>, task: TaskId, of: &Of) {
    let mut answered: Vec<&Grant> = of.grants.iter().collect();
    answered.sort_unstable_by_key(|grant| grant.when.end);
    let mut begun: Vec<&Grant> = of.grants.iter().filter(|grant| grant.key.is_none()).collect();
    begun.sort_unstable_by_key(|grant| grant.when.start);
    let mut answered = answered.into_iter().peekable();
    let mut greatest: Option<&Grant> = None;
    for grant in begun {
        while let Some(next) = answered.next_if(|next| next.when.end < grant.when.start) {
            if greatest.is_none_or(|greatest| greatest.fence < next.fence) {
                greatest = Some(next);
            }
        }
        let Some(before) = greatest.filter(|before| before.fence > grant.fence) else { continue };
        let what = format!(
            "{task} was claimed under fence {} after fence {} had been given out",
            grant.fence, before.fence
        );
        found.add(Rule::TwoLeases, what, [before.when.line, grant.when.line]);
    }
}

/// No report is accepted whose fence was passed before the report was first made. One that is
/// repeated gets the answer of the first.
fn stale(found: &mut Findings<'_>, task: TaskId, of: &Of) {
    let mut first: HashMap<(Kind, i64), &Report> = HashMap::new();
    for report in of.reports.iter().filter(|report| report.when.possible()) {
        let Some(fence) = report.fence else { continue };
        let earliest = first.entry((report.kind, fence)).or_insert(report);
        if report.when.start < earliest.when.start {
            *earliest = report;
        }
    }
    for report in of.reports.iter().filter(|report| report.when.ok()) {
        let Some(fence) = report.fence else { continue };
        let Some(earliest) = first.get(&(report.kind, fence)) else { continue };
        let passed = of.grants.iter().find(|g| g.fence > fence && g.when.before(&earliest.when));
        if let Some(passed) = passed {
            let what = format!(
                "{task}: a {:?} under fence {fence} was accepted after fence {} had been given out",
                report.kind, passed.fence
            );
            found.add(Rule::StaleFence, what, [passed.when.line, report.when.line]);
        }
    }
}

/// A report that is answered as repeated repeats one that was made under the same fence: what
/// another has reported is not its own.
fn repeats_nothing(found: &mut Findings<'_>, task: TaskId, of: &Of) {
    let taken = of.reports.iter().enumerate().filter(|(_, r)| r.when.ok() && r.repeated);
    for (place, report) in taken.filter(|(_, report)| report.fence.is_some()) {
        let first = of.reports.iter().enumerate().any(|(other, first)| {
            other != place
                && first.when.possible()
                && (first.kind, first.fence) == (report.kind, report.fence)
                && first.when.start <= report.when.end
        });
        if !first {
            let what = format!(
                "{task}: a {:?} under fence {} was taken for a repetition of what another reported",
                report.kind,
                report.fence.unwrap_or(0)
            );
            found.add(Rule::StaleFence, what, [report.when.line]);
        }
    }
}
