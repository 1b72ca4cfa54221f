//! Whoever keeps a cursor misses nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::Findings;
use crate::verify::history::Watch;
use crate::verify::report::Rule;

/// How many missed events are shown.
const SHOWN: usize = 5;

pub(super) fn check(found: &mut Findings<'_>) {
    let mut watchers: BTreeMap<&str, Vec<&Watch>> = BTreeMap::new();
    for watch in &found.history.watches {
        out_of_order(found, watch);
        watchers.entry(&watch.process).or_default().push(watch);
    }
    for (process, watches) in watchers {
        missed(found, process, &watches);
    }
}

fn out_of_order(found: &mut Findings<'_>, watch: &Watch) {
    let mut last = watch.since.unwrap_or(i64::MIN);
    for cursor in &watch.seen {
        if *cursor <= last {
            let what = format!("event {cursor} came after {last} on one connection");
            found.add(Rule::Missed, what, [watch.when.line]);
            return;
        }
        last = *cursor;
    }
}

fn missed(found: &mut Findings<'_>, process: &str, watches: &[&Watch]) {
    let seen: BTreeSet<i64> = watches.iter().flat_map(|watch| &watch.seen).copied().collect();
    let (Some(first), Some(last)) = (seen.first(), seen.last()) else { return };
    let since = watches.iter().min_by_key(|watch| watch.when.start).and_then(|w| w.since);
    let from = since.map_or(*first, |since| since + 1);
    let missing: Vec<_> = found
        .state
        .events
        .range(from..=*last)
        .filter(|(cursor, _)| !seen.contains(cursor))
        .map(|(_, event)| event.line)
        .collect();
    if !missing.is_empty() {
        let what = format!("{process} missed {} events up to {last}", missing.len());
        found.add(Rule::Missed, what, missing.into_iter().take(SHOWN));
    }
    // What happened after the log was written down is not in it.
    let end = found.state.events.keys().next_back().copied().unwrap_or(0);
    let unknown: Vec<_> =
        seen.range(..=end).filter(|cursor| !found.state.events.contains_key(cursor)).collect();
    if let Some(cursor) = unknown.first().filter(|_| found.state.is_whole()) {
        let what = format!(
            "{process} was told {} events that the log has not, first {cursor}",
            unknown.len()
        );
        found.add(Rule::Missed, what, watches.iter().map(|watch| watch.when.line).take(1));
    }
}
