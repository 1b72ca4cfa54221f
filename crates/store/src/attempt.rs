//! A batch whose transaction failed is tried write by write: so that one that cannot be done is
//! named, and the others succeed.

use crate::batch::{Batch, Ending, Meta, Outcomes, Report, Reported};
use crate::refusal::Refusal;
use crate::store::StoreError;

/// The writes of a batch, each as a batch of its own, in the order in which they are applied.
pub(crate) fn one_by_one(batch: Batch) -> impl Iterator<Item = Batch> {
    let Batch { reports, creates, beats, changes, claims, parked } = batch;
    macro_rules! each {
        ($column:ident) => {{
            let parked = parked.clone();
            $column.into_iter().map(move |write| Batch {
                $column: vec![write],
                parked: parked.clone(),
                ..Batch::default()
            })
        }};
    }
    each!(reports)
        .chain(each!(creates))
        .chain(each!(beats))
        .chain(each!(changes))
        .chain(each!(claims))
}

/// Reports that were done again, as it was unknown whether they were done, repeat nothing that
/// anybody was told of: what was to be told the first time is.
pub(crate) fn tell_once(all: &mut Outcomes, untold: Vec<Option<Result<Reported, Refusal>>>) {
    for (told, first) in all.reports.iter_mut().zip(untold) {
        let (Some(Ok(told)), Some(Ok(first))) = (told, first) else { continue };
        for (told, first) in told.iter_mut().zip(first) {
            if matches!((&*told, &first), (Ok(told), Ok(_)) if told.repeated) {
                *told = first;
            }
        }
    }
}

/// Adds what became of one such batch to what became of those before it.
pub(crate) fn add(all: &mut Outcomes, one: &Batch, done: Result<Outcomes, StoreError>) {
    let mut done = done.map_err(|error| refusal(&error));
    macro_rules! each {
        ($($column:ident),*) => {$(
            for _ in &one.$column {
                all.$column.push(match &mut done {
                    Ok(outcomes) => outcomes.$column.pop().flatten(),
                    Err(refusal) => Some(Err(refusal.clone())),
                });
            }
        )*};
    }
    each!(reports, creates, beats, changes, claims);
    if let Ok(outcomes) = &mut done {
        all.events.append(&mut outcomes.events);
        all.ready.append(&mut outcomes.ready);
        all.handed.append(&mut outcomes.handed);
        all.reopened |= outcomes.reopened;
    }
}

/// Whether such a batch comes to the same when it is done twice: its write has an idempotency key, or
/// completes tasks under the fences of their leases, or is a sign of life.
pub(crate) fn is_repeatable(one: &Batch) -> bool {
    let Batch { reports, creates, changes, claims, beats: _, parked: _ } = one;
    let completes = |report: &Report| {
        report.fence.is_some() && matches!(report.ending, Ending::Completed { .. })
    };
    reports.iter().all(|write| is_keyed(&write.meta) || write.body.items.iter().all(completes))
        && creates.iter().all(|write| is_keyed(&write.meta))
        && changes.iter().all(|write| is_keyed(&write.meta))
        && claims.iter().all(|write| is_keyed(&write.meta))
}

fn is_keyed(meta: &Meta) -> bool {
    meta.key.is_some()
}

fn refusal(error: &StoreError) -> Refusal {
    match error {
        StoreError::Unavailable { what } => Refusal::Unavailable(what.clone()),
        StoreError::Unknown { .. } => Refusal::Unknown(error.to_string()),
        error => Refusal::Fault(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use claudebench_core::{Millis, Status, TaskId};

    use super::*;
    use crate::batch::Settled;

    #[test]
    fn a_report_that_was_done_again_is_told_as_the_first_one() {
        let settled = |repeated| Settled {
            task: TaskId(1),
            status: Status::Completed,
            at: Millis(1),
            attempt: 1,
            retry_at: None,
            dead: false,
            repeated,
        };
        let told = |first, again| {
            let reports = |repeated| vec![Some(Ok(vec![Ok(settled(repeated))]))];
            let mut all = Outcomes { reports: reports(again), ..Outcomes::default() };
            tell_once(&mut all, reports(first));
            all.reports.remove(0).unwrap().unwrap().remove(0).unwrap().repeated
        };
        assert!(!told(false, true), "nobody was told of it");
        assert!(told(true, true), "it had been told before");
        assert!(!told(false, false), "it was not done the first time");
    }
}
