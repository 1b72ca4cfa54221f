//! What agents may cost: each task, and all tasks of a worker.

use std::sync::{Mutex, PoisonError};

/// What is too little to begin anything with, in US dollars.
const LEAST: f64 = 0.01;

/// What may be spent, in US dollars.
#[derive(Debug)]
pub(in crate::cli::work) struct Budget {
    per_task: Option<f64>,
    total: Option<f64>,
    /// How many work at a time: what is left is shared by them.
    hands: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    spent: f64,
    reserved: f64,
    running: usize,
}

/// What one attempt may cost.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Allowance {
    /// At most so much; without one, whatever it costs.
    pub(super) most: Option<f64>,
    /// It is the task's own limit that says so, not the worker's.
    pub(super) is_of_task: bool,
}

/// Why an attempt may cost nothing at all.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Exhausted {
    /// The attempts before have cost as much as the task may.
    Task(f64),
    /// The worker has spent what it may, or the others need it.
    Worker,
}

impl Budget {
    pub(in crate::cli::work) fn new(
        per_task: Option<f64>,
        total: Option<f64>,
        hands: usize,
    ) -> Self {
        Self { per_task, total, hands, state: Mutex::default() }
    }

    /// Sets aside what an attempt may cost, when those before have cost so much.
    pub(super) fn reserve(&self, before: f64) -> Result<Allowance, Exhausted> {
        let own = self.per_task.map(|limit| limit - before);
        if let Some(limit) = self.per_task.filter(|_| own.is_some_and(|own| own < LEAST)) {
            return Err(Exhausted::Task(limit));
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let share = self.total.map(|total| {
            let hands = self.hands.saturating_sub(state.running).max(1);
            (total - state.spent - state.reserved) / hands as f64
        });
        if share.is_some_and(|share| share < LEAST) {
            return Err(Exhausted::Worker);
        }
        let is_of_task = match (own, share) {
            (Some(own), Some(share)) => own <= share,
            (own, _) => own.is_some(),
        };
        let most = if is_of_task { own } else { share };
        state.running += 1;
        state.reserved += most.unwrap_or(0.0);
        Ok(Allowance { most, is_of_task })
    }

    /// An attempt has ended. If it did not tell its cost, it may have cost all it was allowed.
    pub(super) fn settle(&self, allowance: Allowance, cost: Option<f64>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.running = state.running.saturating_sub(1);
        state.reserved -= allowance.most.unwrap_or(0.0);
        state.spent += cost.or(allowance.most).unwrap_or(0.0);
    }

    /// Whether nothing is left for another task.
    pub(in crate::cli::work) fn is_spent(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.total.is_some_and(|total| total - state.spent < LEAST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_limits_nothing_is_limited() {
        let budget = Budget::new(None, None, 1);
        let allowance = budget.reserve(100.0).unwrap();
        assert_eq!(allowance, Allowance { most: None, is_of_task: false });
        budget.settle(allowance, Some(5.0));
        assert!(!budget.is_spent());
    }

    #[test]
    fn a_task_has_its_limit_over_all_attempts() {
        let budget = Budget::new(Some(2.0), None, 1);
        assert_eq!(budget.reserve(0.5).unwrap(), Allowance { most: Some(1.5), is_of_task: true });
        assert_eq!(budget.reserve(2.0), Err(Exhausted::Task(2.0)));
    }

    #[test]
    fn a_worker_shares_what_is_left_and_ends_when_nothing_is() {
        let budget = Budget::new(Some(8.0), Some(10.0), 2);
        let first = budget.reserve(0.0).unwrap();
        assert_eq!(first, Allowance { most: Some(5.0), is_of_task: false });
        let second = budget.reserve(0.0).unwrap();
        assert_eq!(second.most, Some(5.0));
        assert_eq!(budget.reserve(0.0), Err(Exhausted::Worker));
        budget.settle(first, Some(1.0));
        // What was not told counts in full.
        budget.settle(second, None);
        assert_eq!(budget.reserve(0.0).unwrap().most, Some(2.0));
        assert!(!budget.is_spent());
        budget.settle(Allowance { most: Some(2.0), is_of_task: false }, Some(4.0));
        assert!(budget.is_spent());
    }
}
