//! Passes that may be taken back: where rows come in bulk, a batch is run until all are there, and
//! what it did to the lanes counts once it is committed.

use std::collections::HashMap;
use std::sync::Arc;

use claudebench_core::lane::Lane;
use claudebench_core::{Millis, TenantId};

use super::{Known, LaneId, Lanes};

/// Lanes whose number the database has not given yet have one from here on.
const PROVISIONAL: LaneId = 1 << 40;

/// Whether the database has yet to number a lane.
pub(crate) fn is_provisional(id: LaneId) -> bool {
    id >= PROVISIONAL
}

/// How it was before.
#[derive(Default)]
pub(super) struct Pass {
    before: HashMap<LaneId, Option<Known>>,
    others_looked_at: Option<Millis>,
    looked_to: LaneId,
    looked_at: HashMap<TenantId, Option<Millis>>,
}

impl Lanes {
    /// Numbers of new lanes are provisional, and passes may be taken back.
    pub(crate) fn provisional(mut self) -> Self {
        self.last = PROVISIONAL;
        self
    }

    /// The same bounds, without any lane.
    pub(crate) fn none_yet(&self) -> Self {
        Self::new(self.max, self.own).provisional()
    }

    /// Remembers how a lane was before this pass.
    pub(super) fn note(&mut self, id: LaneId) {
        if let Some(pass) = &mut self.pass {
            pass.before.entry(id).or_insert_with(|| self.known.get(&id).cloned());
        }
    }

    /// The lanes of a tenant are looked at.
    pub(super) fn looks_at(&mut self, tenant: TenantId, now: Millis) {
        let share = self.shares.entry(tenant).or_default();
        if let Some(pass) = &mut self.pass {
            pass.looked_at.entry(tenant).or_insert(share.looked_at);
        }
        share.looked_at = Some(now);
    }

    /// A pass begins.
    pub(crate) fn begin(&mut self) {
        self.pass = Some(Pass {
            before: HashMap::new(),
            others_looked_at: self.others_looked_at,
            looked_to: self.looked_to,
            looked_at: HashMap::new(),
        });
    }

    /// The pass did not take place.
    pub(crate) fn back(&mut self) {
        let Some(pass) = self.pass.take() else { return };
        self.others_looked_at = pass.others_looked_at;
        self.looked_to = pass.looked_to;
        for (tenant, looked_at) in pass.looked_at {
            self.shares.entry(tenant).or_default().looked_at = looked_at;
        }
        for (id, before) in pass.before {
            self.restore(id, before);
        }
    }

    fn restore(&mut self, id: LaneId, before: Option<Known>) {
        match (before, self.known.get_mut(&id)) {
            (Some(before), Some(known)) => *known = before,
            (Some(before), None) => self.add(id, before.lane, before.floor, before.waits),
            (None, Some(_)) => self.remove(id),
            (None, None) => {}
        }
    }

    /// The rank that no ready task of the lane was below before this pass; `i64::MAX` when it had
    /// none.
    pub(crate) fn floor_before(&self, id: LaneId) -> i64 {
        let before = self.pass.as_ref().and_then(|pass| pass.before.get(&id));
        match before {
            Some(before) => before.as_ref().map_or(i64::MAX, |known| known.floor),
            None => self.floor(id),
        }
    }

    /// The lanes that have no number of the database's yet.
    pub(crate) fn unnumbered(&self) -> Vec<(LaneId, Arc<Lane>)> {
        let new = self.pass.iter().flat_map(|pass| pass.before.keys());
        let new = new.filter(|id| is_provisional(**id));
        new.filter_map(|id| Some((*id, self.known.get(id)?.lane.clone()))).collect()
    }

    /// The pass was committed. What claims read does not say what a lane has, since others may have
    /// had some of it in hand; what was `observed` says so: below which rank nobody sees a task.
    /// New lanes have their numbers now.
    pub(crate) fn committed(
        &mut self,
        observed: &HashMap<LaneId, i64>,
        numbers: &HashMap<LaneId, LaneId>,
    ) {
        let Some(pass) = self.pass.take() else { return };
        for (id, before) in pass.before {
            let was = before.as_ref().map_or(i64::MAX, |known| known.floor);
            let floor = observed.get(&id).copied().unwrap_or(was);
            match self.known.get_mut(&id) {
                Some(known) => known.floor = floor,
                // It went because it seemed to be empty.
                None if floor != i64::MAX => {
                    self.restore(id, before);
                    self.raise(id, floor);
                }
                None => {}
            }
            if let (Some(number), Some(known)) = (numbers.get(&id), self.known.get(&id).cloned()) {
                self.remove(id);
                if !self.known.contains_key(number) {
                    self.add(*number, known.lane, known.floor, known.waits);
                }
            } else if is_provisional(id) {
                self.remove(id);
            }
        }
    }

    /// A lane may have a ready task of this rank; `false` when it is not known.
    pub(crate) fn lower(&mut self, id: LaneId, rank: i64) -> bool {
        match self.known.get_mut(&id) {
            Some(known) => {
                known.floor = known.floor.min(rank);
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(project: &str) -> Lane {
        Lane {
            tenant: TenantId::DEFAULT,
            assignee: None,
            project: Some(project.into()),
            roles: Vec::new(),
            tags: Vec::new(),
        }
    }

    fn lanes() -> Lanes {
        let mut lanes = Lanes::new(10, 10).provisional();
        lanes.found(1, lane("a"), 5);
        lanes.found(2, lane("b"), i64::MAX);
        lanes
    }

    #[test]
    fn a_pass_that_is_taken_back_has_changed_nothing() {
        let mut lanes = lanes();
        lanes.begin();
        lanes.raise(1, 9);
        assert_eq!(lanes.enter(lane("b"), 3).0, 2);
        let (new, _) = lanes.enter(lane("c"), 4);
        assert_eq!((lanes.floor(1), lanes.floor(2), lanes.floor(new)), (9, 3, 4));
        let before = [1, 2, new].map(|id| lanes.floor_before(id));
        assert_eq!(before, [5, i64::MAX, i64::MAX]);
        lanes.forget_empty(|_| true);
        lanes.back();
        assert_eq!((lanes.floor(1), lanes.floor(2)), (5, i64::MAX));
        assert_eq!((lanes.floor(new), lanes.count_of(TenantId::DEFAULT)), (i64::MAX, 2));
    }

    #[test]
    fn after_a_commit_what_was_observed_holds_and_new_lanes_have_their_numbers() {
        let mut lanes = lanes();
        lanes.begin();
        lanes.raise(1, i64::MAX);
        let (new, _) = lanes.enter(lane("c"), 4);
        assert_eq!(lanes.unnumbered().len(), 1);
        lanes.forget_empty(|_| true);
        lanes.committed(&HashMap::from([(1, 7)]), &HashMap::from([(new, 3)]));
        // It seemed to be empty because others had its tasks in hand.
        assert_eq!((lanes.floor(1), lanes.floor(new)), (7, i64::MAX));
        assert_eq!(lanes.count_of(TenantId::DEFAULT), 2);
        assert!(lanes.lower(3, 4) && !lanes.lower(2, 4), "the empty one went");
        assert_eq!(lanes.enter(lane("c"), 9), (3, Arc::new(lane("c"))));
    }
}
