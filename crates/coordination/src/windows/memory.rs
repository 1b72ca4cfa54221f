//! Windows of this server alone.

use std::collections::BTreeMap;
use std::future::ready;
use std::sync::{Mutex, PoisonError};

use claudebench_core::Millis;

use super::{Counted, SLOTS, Seen, Windows, slot, windows_of};
use crate::limits::Pending;

/// Windows in memory.
#[derive(Debug, Default)]
pub struct MemoryWindows {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    slots: BTreeMap<i64, Counted>,
    connections: u64,
}

impl Windows for MemoryWindows {
    fn add<'a>(
        &'a self,
        slots: &'a [(i64, Counted)],
        now: Millis,
        connections: u64,
    ) -> Pending<'a, ()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (slot, counted) in slots {
            state.slots.entry(*slot).or_default().add(counted);
        }
        state.slots = state.slots.split_off(&(slot(now) - SLOTS));
        state.connections = connections;
        Box::pin(ready(Ok(())))
    }

    fn look(&self, now: Millis) -> Pending<'_, Seen> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = Seen { connections: state.connections, servers: 1, ..Seen::default() };
        for (slot, counted) in &state.slots {
            windows_of(*slot, now).for_each(|nth| seen.windows[nth].add(counted));
        }
        Box::pin(ready(Ok(seen)))
    }
}
