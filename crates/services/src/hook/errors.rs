//! Which tools fail too often, as this server sees it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use claudebench_core::{Millis, TenantId};

/// The time that counts, in milliseconds.
const WINDOW_MS: i64 = 300_000;
/// More errors than these within the time are told of.
const MANY: usize = 5;
/// The most tools that are looked after at a time, and errors of each.
const TOOLS: usize = 1_000;
const ERRORS: usize = 100;

/// The errors of tools within the last minutes. It may be lost at any time.
#[derive(Debug, Default)]
pub struct ToolErrors(Mutex<HashMap<(TenantId, String), Errors>>);

#[derive(Debug, Default)]
struct Errors {
    at: VecDeque<Millis>,
    told_at: Option<Millis>,
}

impl ToolErrors {
    /// A tool has failed; answers how often it did, when that is to be told.
    pub fn failed(&self, tenant: TenantId, tool: &str, now: Millis) -> Option<i64> {
        let mut tools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = now.plus(-WINDOW_MS);
        if tools.len() >= TOOLS {
            tools.retain(|_, errors| errors.at.back().is_some_and(|last| *last > begin));
        }
        if tools.len() >= TOOLS {
            return None;
        }
        let errors = tools.entry((tenant, tool.to_owned())).or_default();
        errors.at.push_back(now);
        while errors.at.len() > ERRORS || errors.at.front().is_some_and(|first| *first <= begin) {
            errors.at.pop_front();
        }
        if errors.at.len() <= MANY || errors.told_at.is_some_and(|told| told > begin) {
            return None;
        }
        errors.told_at = Some(now);
        i64::try_from(errors.at.len()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_errors_within_five_minutes_are_told_once() {
        let (errors, tenant) = (ToolErrors::default(), TenantId::DEFAULT);
        let fail = |at: i64| errors.failed(tenant, "Bash", Millis(at));
        for at in 0..5 {
            assert_eq!(fail(at), None);
        }
        assert_eq!(errors.failed(tenant, "Edit", Millis(5)), None, "another tool");
        assert_eq!(fail(6), Some(6));
        assert_eq!(fail(7), None, "told already");
        assert_eq!(fail(WINDOW_MS + 4), None, "most are past");
        for at in 0..4 {
            fail(WINDOW_MS + 10 + at);
        }
        assert_eq!(fail(WINDOW_MS + 20), Some(6));
    }
}
