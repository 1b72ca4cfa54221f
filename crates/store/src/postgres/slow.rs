//! What is said of writes that took long: what they were, never what they held.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::batch::Batch;

/// Puts a batch into the log, with its round trips over all tries.
pub(super) fn tell(batch: &Batch, took: Duration, rounds: usize) {
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::warn!(writes = kinds(batch), ms, rounds, "a transaction was slow");
}

/// The kinds of its writes, and how many there are of each: `2 creates of 70 tasks, 1 Sweep`.
fn kinds(batch: &Batch) -> String {
    let Batch { reports, creates, beats, changes, claims, parked: _ } = batch;
    let reported: usize = reports.iter().map(|item| item.body.items.len()).sum();
    let created: usize = creates.iter().map(|item| item.body.tasks.len()).sum();
    let wanted: usize = claims.iter().map(|item| item.body.max).sum();
    let of_tasks = [
        (reports.len(), "reports", reported),
        (creates.len(), "creates", created),
        (claims.len(), "claims", wanted),
    ];
    let of_tasks = of_tasks.into_iter().filter(|(writes, ..)| *writes > 0);
    let of_tasks =
        of_tasks.map(|(writes, kind, tasks)| format!("{writes} {kind} of {tasks} tasks"));
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    beats.iter().for_each(|_| *others.entry("beats").or_default() += 1);
    changes.iter().for_each(|item| *others.entry(item.body.kind()).or_default() += 1);
    let others = others.into_iter().map(|(kind, writes)| format!("{writes} {kind}"));
    of_tasks.chain(others).collect::<Vec<_>>().join(", ")
}
