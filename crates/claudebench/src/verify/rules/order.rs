//! No task starts before its dependencies allow.

use std::collections::HashMap;

use claudebench_core::TaskId;

use super::Findings;
use crate::verify::report::Rule;
use crate::verify::source::Line;

pub(super) fn check(found: &mut Findings<'_>) {
    if !found.state.is_whole() {
        return;
    }
    for (task, on, line) in dependencies(found) {
        let claims = found.events_of(task).iter().filter(|event| event.kind == "task.claimed");
        let Some(claim) = claims.min_by_key(|event| event.cursor) else { continue };
        let done = found
            .events_of(on)
            .iter()
            .any(|event| event.completed() && event.cursor < claim.cursor);
        // Whoever cancels a task may let go of those that wait for it. One that waits for others,
        // too, is unblocked by the last of them, and only that one is named.
        let called_off = found
            .events_of(on)
            .iter()
            .any(|event| event.kind == "task.cancelled" && event.cursor < claim.cursor);
        let let_go = found.events_of(task).iter().any(|event| {
            event.kind == "task.unblocked"
                && (event.unblocked_by == Some(on) || called_off)
                && event.cursor < claim.cursor
        });
        if !done && !let_go {
            let what =
                format!("{task} was claimed before {on}, on which it depends, was completed");
            found.add(Rule::TooSoon, what, [line, claim.line]);
        }
    }
}

/// Which task depends on which, as the callers were told.
fn dependencies(found: &Findings<'_>) -> Vec<(TaskId, TaskId, Line)> {
    let mut all = Vec::new();
    for create in found.history.creates.iter().filter(|create| create.when.ok()) {
        if create.made.len() != create.tasks.len() {
            continue;
        }
        let places: HashMap<&str, TaskId> = create
            .names
            .iter()
            .zip(&create.made)
            .filter_map(|(name, (id, _))| Some((name.as_deref()?, *id)))
            .collect();
        for ((_, on), (task, existing)) in create.tasks.iter().zip(&create.made) {
            if *existing {
                continue;
            }
            for name in on {
                let id = places.get(name.as_str()).copied().or_else(|| name.parse().ok());
                all.extend(id.map(|id| (*task, id, create.when.line)));
            }
        }
    }
    all
}
