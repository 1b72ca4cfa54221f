//! The rules that every history must keep.

mod creations;
mod endings;
mod fences;
mod leases;
mod order;
mod recorded;
mod versions;
mod watched;

use std::collections::HashMap;

use claudebench_core::TaskId;

use super::history::{History, Of};
use super::report::{Rule, Violation};
use super::source::Line;
use super::state::{Event, State};

/// Everything that is known, and what was found to be wrong with it.
pub(super) struct Findings<'a> {
    pub(super) history: &'a History,
    pub(super) state: &'a State,
    pub(super) events: HashMap<TaskId, Vec<&'a Event>>,
    pub(super) violations: Vec<Violation>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(history: &'a History, state: &'a State) -> Self {
        Self { history, state, events: state.by_task(), violations: Vec::new() }
    }

    /// Looks for everything that is wrong. `drained`: all faults are over and workers took what
    /// was left, so that every task must have ended.
    pub(super) fn look(mut self, drained: bool) -> Vec<Violation> {
        creations::check(&mut self);
        fences::check(&mut self);
        endings::check(&mut self);
        if self.state.is_given() {
            recorded::check(&mut self);
            versions::check(&mut self);
            leases::check(&mut self, drained);
            order::check(&mut self);
            watched::check(&mut self);
        }
        let mut violations = self.violations;
        violations.sort_by(|a, b| (a.rule, &a.lines).cmp(&(b.rule, &b.lines)));
        violations
    }

    fn add(&mut self, rule: Rule, what: String, lines: impl IntoIterator<Item = Line>) {
        self.violations.push(Violation { rule, what, lines: lines.into_iter().collect() });
    }

    /// The tasks of the histories, in the order of their ids.
    fn tasks(&self) -> Vec<(TaskId, &'a Of)> {
        let mut tasks: Vec<_> = self.history.tasks.iter().map(|(id, of)| (*id, of)).collect();
        tasks.sort_unstable_by_key(|(id, _)| *id);
        tasks
    }

    /// The events of a task, in the order of the log.
    fn events_of(&self, task: TaskId) -> &[&'a Event] {
        self.events.get(&task).map_or(&[], Vec::as_slice)
    }

    /// The tasks that have events, in the order of their ids.
    fn logged(&self) -> Vec<(TaskId, Vec<&'a Event>)> {
        let mut logged: Vec<_> =
            self.events.iter().map(|(id, events)| (*id, events.clone())).collect();
        logged.sort_unstable_by_key(|(id, _)| *id);
        logged
    }

    /// A task may be gone for good.
    fn may_be_deleted(&self, task: TaskId) -> bool {
        let of = self.history.tasks.get(&task);
        self.history.flushed
            || of.is_some_and(|of| of.deleted.iter().any(super::history::When::possible))
            || self.events_of(task).iter().any(|event| event.kind == "task.deleted")
    }
}
