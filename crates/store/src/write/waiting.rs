//! The claims that a transaction takes from those that wait.

use crate::batch::{ClaimTasks, Gained, Item, Parked, Ticket};

/// The claims that wait for work, and those of them that were taken. A batch that is run again
/// gets the same ones again, in the same order, before it takes others.
pub(crate) struct Waiting<'a> {
    parked: Option<&'a dyn Parked>,
    taken: Vec<(Ticket, Item<ClaimTasks>)>,
    /// How many of them this run has got; they stand first.
    got: usize,
}

impl<'a> Waiting<'a> {
    pub(crate) fn new(parked: Option<&'a dyn Parked>) -> Self {
        Self { parked, taken: Vec::new(), got: 0 }
    }

    /// A run of the batch begins, the first or another.
    pub(super) fn begin(&mut self) {
        self.got = 0;
    }

    /// Whether there may be any.
    pub(super) fn is_empty(&self) -> bool {
        self.parked.is_none()
    }

    /// The next claim that may take from these.
    pub(super) fn take(&mut self, gained: &Gained) -> Option<(Ticket, &Item<ClaimTasks>)> {
        let fits = |(_, item): &(Ticket, Item<ClaimTasks>)| {
            gained.lane.open_to(&item.body.wanted, &gained.pauses).is_ok()
        };
        match self.taken[self.got..].iter().position(fits) {
            // Those before it keep their order.
            Some(place) => self.taken[self.got..=self.got + place].rotate_right(1),
            None => {
                self.taken.push(self.parked?.take(gained)?);
                let last = self.taken.len() - 1;
                self.taken[self.got..=last].rotate_right(1);
            }
        }
        self.got += 1;
        self.taken.get(self.got - 1).map(|(ticket, item)| (*ticket, item))
    }

    /// The transaction stands: those that it did not get after all wait on.
    pub(crate) fn keep(self) {
        self.give_back(self.got);
    }

    /// The transaction is undone: all of them wait on.
    pub(crate) fn undo(self) {
        self.give_back(0);
    }

    fn give_back(&self, from: usize) {
        if let Some(parked) = self.parked {
            self.taken[from..].iter().for_each(|(ticket, _)| parked.settle(*ticket, None));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use claudebench_core::TenantId;
    use claudebench_core::lane::{Lane, Wanted};

    use super::*;
    use crate::batch::{Claimed, Handed, Meta};

    /// Claims of projects, by ticket; and which were given back.
    #[derive(Debug, Default)]
    struct Queue {
        waits: Mutex<Vec<(Ticket, &'static str)>>,
        back: Mutex<Vec<Ticket>>,
    }

    impl Parked for Queue {
        fn take(&self, gained: &Gained) -> Option<(Ticket, Item<ClaimTasks>)> {
            let mut waits = self.waits.lock().unwrap();
            let place = waits.iter().position(|(_, of)| gained.lane.project.as_deref() == Some(of));
            let (ticket, project) = waits.remove(place?);
            let wanted = Wanted {
                tenant: TenantId::DEFAULT,
                worker: "w".into(),
                roles: Vec::new(),
                project: Some(project.into()),
                tags: Vec::new(),
            };
            let actor = "w".into();
            let meta = Meta {
                tenant: TenantId::DEFAULT,
                actor,
                traceparent: None,
                session: None,
                key: None,
            };
            let body = ClaimTasks { wanted, task: None, max: 1, lease_ms: None };
            Some((ticket, Item { meta, body }))
        }

        fn settle(&self, ticket: Ticket, answer: Handed) {
            assert!(answer.is_none());
            self.back.lock().unwrap().push(ticket);
        }

        fn abandon(&self, _: TenantId, _: Claimed) {}
    }

    fn queue() -> Queue {
        let waits = vec![(1, "a"), (2, "b"), (3, "a"), (4, "b")];
        Queue { waits: Mutex::new(waits), back: Mutex::default() }
    }

    fn take(waiting: &mut Waiting<'_>, project: &'static str) -> Option<Ticket> {
        let lane = Lane {
            tenant: TenantId::DEFAULT,
            assignee: None,
            project: Some(project.into()),
            roles: Vec::new(),
            tags: Vec::new(),
        };
        let gained = Gained { lane: Arc::new(lane), count: 1, pauses: Arc::default() };
        waiting.take(&gained).map(|(ticket, _)| ticket)
    }

    #[test]
    fn another_run_gets_the_same_claims_in_the_same_order_and_leaves_the_others_waiting() {
        let queue = queue();
        let mut waiting = Waiting::new(Some(&queue));
        waiting.begin();
        let first = ["a", "b", "a"].map(|project| take(&mut waiting, project));
        assert_eq!(first, [Some(1), Some(2), Some(3)]);
        waiting.begin();
        // Now that all rows are there, the tasks come in another order, and one is none.
        let again = ["b", "a", "b"].map(|project| take(&mut waiting, project));
        assert_eq!(again, [Some(2), Some(1), Some(4)]);
        waiting.keep();
        assert_eq!(*queue.back.lock().unwrap(), [3]);
    }

    #[test]
    fn when_nothing_stands_all_wait_on() {
        let queue = queue();
        let mut waiting = Waiting::new(Some(&queue));
        waiting.begin();
        let got = ["b", "a", "c"].map(|project| take(&mut waiting, project));
        assert_eq!(got, [Some(2), Some(1), None]);
        waiting.undo();
        assert_eq!(*queue.back.lock().unwrap(), [2, 1]);
    }
}
