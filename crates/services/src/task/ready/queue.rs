//! Who waits for which tasks, in order of arrival. Pure: no time, no locks.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use claudebench_core::TenantId;
use claudebench_core::lane::{Lane, Wanted};
use tokio::sync::Notify;

/// A place in the order of arrival.
pub(super) type Ticket = u64;

/// What the waiters of a group have in common: the same lanes are open to them.
type Kind = (Vec<Arc<str>>, Option<Arc<str>>, Vec<Arc<str>>);

/// The waiting claims.
#[derive(Debug, Default)]
pub(super) struct Queue {
    last: Ticket,
    entries: HashMap<Ticket, Entry>,
    groups: HashMap<TenantId, HashMap<Kind, Group>>,
    of_worker: HashMap<(TenantId, Arc<str>), BTreeSet<Ticket>>,
}

#[derive(Debug)]
struct Entry {
    wanted: Wanted,
    state: State,
    signal: Arc<Notify>,
}

/// What a waiter does now.
#[derive(Debug)]
enum State {
    /// Looks at the store: because of a wake-up, or because it has just come. What came since the
    /// look began makes it look again.
    Looking { because: Option<Wake>, again: Option<Wake> },
    /// Waits.
    Parked,
    /// Was woken and has not begun to look.
    Woken(Wake),
}

#[derive(Debug)]
enum Wake {
    /// A task became ready in this lane. If nothing comes of it, it is another's turn.
    Ready(Arc<Lane>),
    /// Everybody was woken.
    All,
}

#[derive(Debug)]
struct Group {
    /// What one of them wants. The worker matters only for lanes with an assignee.
    wanted: Wanted,
    parked: BTreeSet<Ticket>,
    /// Those that look and have not been told to look again.
    looking: BTreeSet<Ticket>,
    members: usize,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn workers(&self) -> impl Iterator<Item = (TenantId, Arc<str>)> {
        self.entries.values().map(|entry| (entry.wanted.tenant, entry.wanted.worker.clone()))
    }

    /// A waiter comes; its first look follows.
    pub(super) fn enter(&mut self, wanted: Wanted, signal: Arc<Notify>) -> Ticket {
        self.last += 1;
        let ticket = self.last;
        let worker = (wanted.tenant, wanted.worker.clone());
        self.of_worker.entry(worker).or_default().insert(ticket);
        let group =
            self.groups.entry(wanted.tenant).or_default().entry(kind(&wanted)).or_insert_with(
                || Group {
                    wanted: wanted.clone(),
                    parked: BTreeSet::new(),
                    looking: BTreeSet::new(),
                    members: 0,
                },
            );
        group.members += 1;
        group.looking.insert(ticket);
        let state = State::Looking { because: None, again: None };
        self.entries.insert(ticket, Entry { wanted, state, signal });
        ticket
    }

    /// Its look found nothing: it parks at its old place, unless something came meanwhile. Says
    /// whether it is to look again.
    pub(super) fn park(&mut self, ticket: Ticket) -> bool {
        self.step(ticket, |state| match std::mem::replace(state, State::Parked) {
            State::Looking { again: Some(wake), .. } | State::Woken(wake) => {
                *state = State::Looking { because: Some(wake), again: None };
                true
            }
            State::Looking { again: None, .. } | State::Parked => false,
        })
    }

    /// Whether it was woken; it looks then.
    pub(super) fn take(&mut self, ticket: Ticket) -> bool {
        self.step(ticket, |state| match std::mem::replace(state, State::Parked) {
            State::Woken(wake) => {
                *state = State::Looking { because: Some(wake), again: None };
                true
            }
            other => {
                *state = other;
                false
            }
        })
    }

    /// It goes. A wake-up that it made nothing of passes on.
    pub(super) fn leave(&mut self, ticket: Ticket, found: bool) {
        let Some(entry) = self.entries.remove(&ticket) else { return };
        let worker = (entry.wanted.tenant, entry.wanted.worker.clone());
        if let Some(tickets) = self.of_worker.get_mut(&worker) {
            tickets.remove(&ticket);
            if tickets.is_empty() {
                self.of_worker.remove(&worker);
            }
        }
        self.leave_group(ticket, &entry.wanted);
        let (because, again) = match entry.state {
            State::Looking { because, again } => (because.filter(|_| !found), again),
            State::Woken(wake) => (Some(wake), None),
            State::Parked => (None, None),
        };
        for wake in [because, again].into_iter().flatten() {
            if let Wake::Ready(lane) = wake {
                self.wake(&lane, 1);
            }
        }
    }

    fn leave_group(&mut self, ticket: Ticket, wanted: &Wanted) {
        let Some(groups) = self.groups.get_mut(&wanted.tenant) else { return };
        let kind = kind(wanted);
        if let Some(group) = groups.get_mut(&kind) {
            group.parked.remove(&ticket);
            group.looking.remove(&ticket);
            group.members -= 1;
            if group.members == 0 {
                groups.remove(&kind);
            }
        }
        if groups.is_empty() {
            self.groups.remove(&wanted.tenant);
        }
    }

    /// `count` tasks became ready in a lane: as many waiters are woken, first come first served.
    /// When fewer are parked, those that are looking now look again.
    pub(super) fn wake(&mut self, lane: &Arc<Lane>, count: usize) {
        for _ in 0..count {
            let Some(ticket) = self.first_for(lane) else { return };
            let Some(entry) = self.entries.get(&ticket) else { return };
            let signal = entry.signal.clone();
            let parked = self.step(ticket, |state| match state {
                State::Looking { again, .. } => {
                    *again = Some(Wake::Ready(lane.clone()));
                    false
                }
                State::Parked | State::Woken(_) => {
                    *state = State::Woken(Wake::Ready(lane.clone()));
                    true
                }
            });
            if parked {
                signal.notify_one();
            }
        }
    }

    /// Everybody looks, or looks again.
    pub(super) fn wake_all(&mut self) {
        let tickets: Vec<Ticket> = self.entries.keys().copied().collect();
        for ticket in tickets {
            self.step(ticket, |state| match state {
                State::Looking { again, .. } => {
                    again.get_or_insert(Wake::All);
                }
                State::Parked => *state = State::Woken(Wake::All),
                State::Woken(_) => {}
            });
            if let Some(Entry { state: State::Woken(_), signal, .. }) = self.entries.get(&ticket) {
                signal.notify_one();
            }
        }
    }

    /// The first that may claim from the lane: of those that are parked; else of those that look.
    fn first_for(&self, lane: &Lane) -> Option<Ticket> {
        if let Some(assignee) = &lane.assignee {
            let tickets = self.of_worker.get(&(lane.tenant, assignee.clone()))?;
            let open = |state: fn(&State) -> bool| {
                tickets.iter().copied().find(|ticket| {
                    self.entries.get(ticket).is_some_and(|entry| {
                        state(&entry.state) && lane.open_to(&entry.wanted, &[]).is_ok()
                    })
                })
            };
            return open(|state| matches!(state, State::Parked))
                .or_else(|| open(|state| matches!(state, State::Looking { again: None, .. })));
        }
        let groups = self.groups.get(&lane.tenant)?;
        let mut parked: Option<Ticket> = None;
        let mut looking: Option<Ticket> = None;
        for group in groups.values() {
            let first = (group.parked.first().copied(), group.looking.first().copied());
            if first == (None, None) || lane.open_to(&group.wanted, &[]).is_err() {
                continue;
            }
            parked = parked.into_iter().chain(first.0).min();
            looking = looking.into_iter().chain(first.1).min();
        }
        parked.or(looking)
    }

    /// Changes the state of one waiter, and keeps its group's sets in step.
    fn step<T: Default>(&mut self, ticket: Ticket, change: impl FnOnce(&mut State) -> T) -> T {
        let Some(entry) = self.entries.get_mut(&ticket) else { return T::default() };
        let answer = change(&mut entry.state);
        let group = self
            .groups
            .get_mut(&entry.wanted.tenant)
            .and_then(|groups| groups.get_mut(&kind(&entry.wanted)));
        if let Some(group) = group {
            group.parked.remove(&ticket);
            group.looking.remove(&ticket);
            match entry.state {
                State::Parked => group.parked.insert(ticket),
                State::Looking { again: None, .. } => group.looking.insert(ticket),
                State::Looking { .. } | State::Woken(_) => false,
            };
        }
        answer
    }
}

fn kind(wanted: &Wanted) -> Kind {
    (wanted.roles.clone(), wanted.project.clone(), wanted.tags.clone())
}
