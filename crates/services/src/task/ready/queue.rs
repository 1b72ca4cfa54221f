//! Who waits for which tasks, in order of arrival. Pure: no time, no locks.

use std::collections::hash_map;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use claudebench_core::TenantId;
use claudebench_core::lane::{Lane, PauseScope, Wanted};
use claudebench_core::share::{Full, Shares, Who};
use claudebench_store::{ClaimTasks, Claimed, Gained, Handed, Item, Refusal, Ticket};
use tokio::sync::Notify;

/// What the waiters of a group have in common: the same lanes are open to them.
type Kind = (Vec<Arc<str>>, Option<Arc<str>>, Vec<Arc<str>>);

/// The waiting claims.
#[derive(Debug)]
pub(super) struct Queue {
    last: Ticket,
    shares: Shares,
    entries: HashMap<Ticket, Entry>,
    groups: HashMap<TenantId, HashMap<Kind, Group>>,
    of_worker: HashMap<(TenantId, Arc<str>), BTreeSet<Ticket>>,
    /// By idempotency key: what one of them gets is the answer of all.
    of_key: HashMap<(TenantId, String), BTreeSet<Ticket>>,
    /// Those that went while a transaction claimed for them, and whose they were.
    gone: HashMap<Ticket, TenantId>,
    /// What was handed to those that had gone.
    abandoned: Vec<(TenantId, Claimed)>,
}

#[derive(Debug)]
struct Entry {
    claim: Item<ClaimTasks>,
    state: State,
    signal: Arc<Notify>,
}

impl Entry {
    fn wanted(&self) -> &Wanted {
        &self.claim.body.wanted
    }

    fn who(&self) -> Who {
        (self.claim.meta.tenant, self.claim.meta.actor.clone())
    }

    fn key(&self) -> Option<(TenantId, String)> {
        let meta = &self.claim.meta;
        meta.key.as_ref().map(|key| (meta.tenant, key.key.clone()))
    }
}

/// What a waiter hears.
#[derive(Debug)]
pub enum News {
    /// There may be something: look.
    Look,
    /// What its claim was answered, in the transaction that made the tasks ready.
    Given(Result<Claimed, Refusal>),
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
    /// A transaction under way claims for it.
    Taken,
    /// A transaction has claimed for it, and it has not heard of it.
    Given(Result<Claimed, Refusal>),
}

#[derive(Debug)]
enum Wake {
    /// A task became ready. If nothing comes of it, it is another's turn.
    Ready(Gained),
    /// Everybody was woken.
    All,
}

#[derive(Debug)]
struct Group {
    /// What each of them wants, whoever it is: the worker matters only for lanes with an assignee
    /// and for pauses of workers.
    wanted: Wanted,
    parked: BTreeSet<Ticket>,
    /// Those that look and have not been told to look again.
    looking: BTreeSet<Ticket>,
    members: usize,
}

impl Queue {
    pub(super) fn new(max: usize) -> Self {
        Self {
            last: 0,
            shares: Shares::new(max),
            entries: HashMap::new(),
            groups: HashMap::new(),
            of_worker: HashMap::new(),
            of_key: HashMap::new(),
            gone: HashMap::new(),
            abandoned: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn workers(&self) -> impl Iterator<Item = (TenantId, Arc<str>)> {
        self.entries.values().map(|entry| (entry.wanted().tenant, entry.wanted().worker.clone()))
    }

    /// A waiter comes, if there is room for it; its first look follows.
    pub(super) fn enter(
        &mut self,
        claim: Item<ClaimTasks>,
        signal: Arc<Notify>,
    ) -> Result<Ticket, Full> {
        let state = State::Looking { because: None, again: None };
        let entry = Entry { claim, state, signal };
        self.shares.enter(&entry.who())?;
        self.last += 1;
        let ticket = self.last;
        if let Some(key) = entry.key() {
            self.of_key.entry(key).or_default().insert(ticket);
        }
        let wanted = entry.wanted();
        let worker = (wanted.tenant, wanted.worker.clone());
        self.of_worker.entry(worker).or_default().insert(ticket);
        let group =
            self.groups.entry(wanted.tenant).or_default().entry(kind(wanted)).or_insert_with(
                || Group {
                    wanted: Wanted { worker: "".into(), ..wanted.clone() },
                    parked: BTreeSet::new(),
                    looking: BTreeSet::new(),
                    members: 0,
                },
            );
        group.members += 1;
        group.looking.insert(ticket);
        self.entries.insert(ticket, entry);
        Ok(ticket)
    }

    /// Its look found nothing: it parks at its old place, unless something came meanwhile. Says
    /// whether it is to look again.
    pub(super) fn park(&mut self, ticket: Ticket) -> bool {
        self.step(ticket, |state| match std::mem::replace(state, State::Parked) {
            State::Looking { again: Some(wake), .. } | State::Woken(wake) => {
                *state = State::Looking { because: Some(wake), again: None };
                true
            }
            State::Looking { again: None, .. } => false,
            other => {
                *state = other;
                false
            }
        })
    }

    /// What it has to hear, if there is something.
    pub(super) fn news(&mut self, ticket: Ticket) -> Option<News> {
        self.step(ticket, |state| match std::mem::replace(state, State::Parked) {
            State::Woken(wake) => {
                *state = State::Looking { because: Some(wake), again: None };
                Some(News::Look)
            }
            State::Given(answer) => {
                *state = State::Looking { because: None, again: None };
                Some(News::Given(answer))
            }
            other => {
                *state = other;
                None
            }
        })
    }

    /// It waits no more. What it was given is its own; says whether it has to wait for that.
    pub(super) fn give_up(&mut self, ticket: Ticket) -> Option<News> {
        self.step(ticket, |state| match std::mem::replace(state, State::Taken) {
            State::Taken => None,
            State::Given(answer) => {
                *state = State::Looking { because: None, again: None };
                Some(News::Given(answer))
            }
            State::Woken(wake) => {
                *state = State::Looking { because: Some(wake), again: None };
                Some(News::Look)
            }
            State::Parked => {
                *state = State::Looking { because: None, again: None };
                Some(News::Look)
            }
            looking @ State::Looking { .. } => {
                *state = looking;
                Some(News::Look)
            }
        })
    }

    /// A transaction takes the first parked claim that may have these tasks.
    pub(super) fn take(&mut self, gained: &Gained) -> Option<(Ticket, Item<ClaimTasks>)> {
        let ticket = self.first_for(&gained.lane, &gained.pauses).0?;
        self.step(ticket, |state| *state = State::Taken);
        self.entries.get(&ticket).map(|entry| (ticket, entry.claim.clone()))
    }

    /// What became of a claim that was taken.
    pub(super) fn settle(&mut self, ticket: Ticket, answer: Handed) {
        if let Some(tenant) = self.gone.remove(&ticket) {
            let claimed = answer.and_then(Result::ok);
            self.abandoned.extend(claimed.map(|claimed| (tenant, claimed)));
            return;
        }
        let Some(entry) = self.entries.get(&ticket) else { return };
        let signal = entry.signal.clone();
        self.step(ticket, |state| {
            *state = match answer {
                Some(answer) => State::Given(answer),
                // It may have missed something meanwhile.
                None => State::Woken(Wake::All),
            }
        });
        signal.notify_one();
    }

    /// It goes. A wake-up that it made nothing of passes on; tasks that it was given and has not
    /// heard of are abandoned.
    pub(super) fn leave(&mut self, ticket: Ticket, found: bool) {
        let Some(entry) = self.entries.remove(&ticket) else { return };
        self.shares.remove(&entry.who());
        let wanted = entry.wanted();
        let tenant = wanted.tenant;
        forget(&mut self.of_worker, (tenant, wanted.worker.clone()), ticket);
        self.leave_group(ticket, wanted);
        let answered = found || matches!(entry.state, State::Taken | State::Given(Ok(_)));
        if let Some(key) = entry.key() {
            forget(&mut self.of_key, key.clone(), ticket);
            if answered {
                let same = self.of_key.get(&key).cloned().unwrap_or_default();
                same.into_iter().for_each(|ticket| self.look_again(ticket));
            }
        }
        let (because, again) = match entry.state {
            State::Looking { because, again } => (because.filter(|_| !found), again),
            State::Woken(wake) => (Some(wake), None),
            State::Parked => (None, None),
            // The answer to a key is heard when it is asked for again.
            State::Taken | State::Given(_) if entry.claim.meta.key.is_some() => (None, None),
            State::Taken => {
                self.gone.insert(ticket, tenant);
                (None, None)
            }
            State::Given(answer) => {
                self.abandoned.extend(answer.ok().map(|claimed| (tenant, claimed)));
                (None, None)
            }
        };
        for wake in [because, again].into_iter().flatten() {
            if let Wake::Ready(gained) = wake {
                self.wake(&gained);
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

    /// Tasks became ready in a lane: as many waiters are woken, first come first served. When
    /// fewer are parked, those that are looking now look again.
    pub(super) fn wake(&mut self, gained: &Gained) {
        let one = Gained { count: 1, ..gained.clone() };
        for _ in 0..gained.count {
            let (parked, looking) = self.first_for(&gained.lane, &gained.pauses);
            let Some(ticket) = parked.or(looking) else { return };
            let wake = Wake::Ready(one.clone());
            self.step(ticket, |state| match state {
                State::Looking { again, .. } => *again = Some(wake),
                state => *state = State::Woken(wake),
            });
            self.signal_if_woken(ticket);
        }
    }

    /// Everybody looks, or looks again.
    pub(super) fn wake_all(&mut self) {
        let tickets: Vec<Ticket> = self.entries.keys().copied().collect();
        tickets.into_iter().for_each(|ticket| self.look_again(ticket));
    }

    /// The waiters of one worker look, or look again.
    pub(super) fn wake_worker(&mut self, tenant: TenantId, worker: &Arc<str>) {
        let tickets = self.of_worker.get(&(tenant, worker.clone())).cloned().unwrap_or_default();
        tickets.into_iter().for_each(|ticket| self.look_again(ticket));
    }

    fn look_again(&mut self, ticket: Ticket) {
        self.step(ticket, |state| match state {
            State::Looking { again, .. } => {
                again.get_or_insert(Wake::All);
            }
            State::Parked => *state = State::Woken(Wake::All),
            // It hears of what it has, or gets, anyway.
            State::Woken(_) | State::Taken | State::Given(_) => {}
        });
        self.signal_if_woken(ticket);
    }

    fn signal_if_woken(&self, ticket: Ticket) {
        if let Some(Entry { state: State::Woken(_), signal, .. }) = self.entries.get(&ticket) {
            signal.notify_one();
        }
    }

    /// Tasks were claimed for somebody who has gone.
    pub(super) fn abandon(&mut self, tenant: TenantId, claimed: Claimed) {
        self.abandoned.push((tenant, claimed));
    }

    /// Whether something was handed to waiters that had gone.
    pub(super) fn has_abandoned(&self) -> bool {
        !self.abandoned.is_empty()
    }

    /// What was handed to waiters that had gone, and whose it is.
    pub(super) fn take_abandoned(&mut self) -> Vec<(TenantId, Claimed)> {
        std::mem::take(&mut self.abandoned)
    }

    /// The first that may claim from the lane, of those that are parked and of those that look.
    fn first_for(&self, lane: &Lane, pauses: &[PauseScope]) -> (Option<Ticket>, Option<Ticket>) {
        if let Some(assignee) = &lane.assignee {
            let tickets = self.of_worker.get(&(lane.tenant, assignee.clone()));
            let open = |state: fn(&State) -> bool| {
                tickets.into_iter().flatten().copied().find(|ticket| {
                    self.entries.get(ticket).is_some_and(|entry| {
                        state(&entry.state) && lane.open_to(entry.wanted(), pauses).is_ok()
                    })
                })
            };
            return (
                open(|state| matches!(state, State::Parked)),
                open(|state| matches!(state, State::Looking { again: None, .. })),
            );
        }
        let mut parked: Option<Ticket> = None;
        let mut looking: Option<Ticket> = None;
        let paused = paused_workers(pauses);
        for group in self.groups.get(&lane.tenant).into_iter().flat_map(HashMap::values) {
            let nobody = group.parked.is_empty() && group.looking.is_empty();
            if nobody || lane.open_to(&group.wanted, pauses).is_err() {
                continue;
            }
            let first = |tickets| self.first_besides(tickets, &paused);
            parked = parked.into_iter().chain(first(&group.parked)).min();
            looking = looking.into_iter().chain(first(&group.looking)).min();
        }
        (parked, looking)
    }

    /// The first of these whose worker is not paused.
    fn first_besides(&self, of: &BTreeSet<Ticket>, paused: &HashSet<&str>) -> Option<Ticket> {
        if paused.is_empty() {
            return of.first().copied();
        }
        let is_paused = |entry: &Entry| paused.contains(&*entry.wanted().worker);
        of.iter().copied().find(|ticket| self.entries.get(ticket).is_some_and(|e| !is_paused(e)))
    }

    /// Changes the state of one waiter, and keeps its group's sets in step.
    fn step<T: Default>(&mut self, ticket: Ticket, change: impl FnOnce(&mut State) -> T) -> T {
        let Some(entry) = self.entries.get_mut(&ticket) else { return T::default() };
        let answer = change(&mut entry.state);
        let wanted = &entry.claim.body.wanted;
        let group =
            self.groups.get_mut(&wanted.tenant).and_then(|groups| groups.get_mut(&kind(wanted)));
        if let Some(group) = group {
            group.parked.remove(&ticket);
            group.looking.remove(&ticket);
            match entry.state {
                State::Parked => group.parked.insert(ticket),
                State::Looking { again: None, .. } => group.looking.insert(ticket),
                _ => false,
            };
        }
        answer
    }
}

fn forget<K: Eq + Hash>(places: &mut HashMap<K, BTreeSet<Ticket>>, place: K, ticket: Ticket) {
    if let hash_map::Entry::Occupied(mut tickets) = places.entry(place) {
        tickets.get_mut().remove(&ticket);
        if tickets.get().is_empty() {
            tickets.remove();
        }
    }
}

fn paused_workers(pauses: &[PauseScope]) -> HashSet<&str> {
    let workers = pauses.iter().filter_map(|pause| match pause {
        PauseScope::Worker(name) => Some(name.as_str()),
        _ => None,
    });
    workers.collect()
}

fn kind(wanted: &Wanted) -> Kind {
    (wanted.roles.clone(), wanted.project.clone(), wanted.tags.clone())
}
