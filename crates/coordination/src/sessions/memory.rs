//! Sessions of one server.

use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use claudebench_core::Clock;

use super::{LIFE, MOST, Session, Sessions, Standing};
use crate::limits::Pending;

/// Sessions in memory.
pub struct MemorySessions {
    known: Mutex<HashMap<String, Known>>,
    clock: Arc<dyn Clock>,
}

struct Known {
    session: Session,
    /// When it ends, in milliseconds.
    until: i64,
}

impl MemorySessions {
    /// None yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { known: Mutex::default(), clock }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn until(&self) -> i64 {
        let life = i64::try_from(LIFE.as_millis()).unwrap_or(i64::MAX);
        self.clock.now().0.saturating_add(life)
    }

    pub(super) fn put(&self, id: &str, session: Session) {
        let (now, until) = (self.clock.now().0, self.until());
        let mut known = self.known();
        if known.len() >= MOST && !known.contains_key(id) {
            known.retain(|_, one| one.until > now);
            if known.len() >= MOST
                && let Some(first) = known.iter().min_by_key(|(_, one)| one.until)
            {
                let first = first.0.clone();
                known.remove(&first);
            }
        }
        known.insert(id.to_owned(), Known { session, until });
    }

    pub(super) fn get(&self, id: &str) -> Option<Session> {
        let (now, until) = (self.clock.now().0, self.until());
        let mut known = self.known();
        let one = known.get_mut(id)?;
        if one.until <= now {
            known.remove(id);
            return None;
        }
        one.until = until;
        Some(one.session.clone())
    }

    pub(super) fn moved(&self, id: &str, position: u128) {
        if let Some(one) = self.known().get_mut(id) {
            one.session.position = one.session.position.max(position);
        }
    }

    pub(super) fn remove(&self, id: &str) {
        self.known().remove(id);
    }
}

impl Sessions for MemorySessions {
    fn open<'a>(&'a self, id: &'a str, session: &'a Session) -> Pending<'a, ()> {
        self.put(id, session.clone());
        Box::pin(ready(Ok(())))
    }

    fn look<'a>(&'a self, id: &'a str) -> Pending<'a, Standing> {
        Box::pin(ready(Ok(self.get(id).map_or(Standing::Unknown, Standing::Open))))
    }

    fn wrote<'a>(&'a self, id: &'a str, position: u128) -> Pending<'a, ()> {
        self.moved(id, position);
        Box::pin(ready(Ok(())))
    }

    fn close<'a>(&'a self, id: &'a str) -> Pending<'a, ()> {
        self.remove(id);
        Box::pin(ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use claudebench_core::Millis;
    use claudebench_core::time::ManualClock;

    use super::*;

    fn session(opened_at: i64) -> Session {
        Session {
            key: "k".into(),
            opened_at: Millis(opened_at),
            position: 0,
            unsure_until: Millis(0),
        }
    }

    #[test]
    fn one_goes_on_while_it_is_used_and_ends_a_day_after() {
        const HOUR: i64 = 3_600_000;
        let clock = ManualClock::at(Millis(0));
        let sessions = MemorySessions::new(Arc::new(clock.clone()));
        sessions.put("a", session(0));
        for _ in 0..5 {
            clock.advance(23 * HOUR);
            assert_eq!(sessions.get("a"), Some(session(0)));
        }
        clock.advance(24 * HOUR);
        assert_eq!(sessions.get("a"), None);
    }

    #[test]
    fn their_number_has_a_bound_and_the_idle_go_first() {
        let clock = ManualClock::at(Millis(0));
        let sessions = MemorySessions::new(Arc::new(clock.clone()));
        for nth in 0..MOST {
            sessions.put(&nth.to_string(), session(0));
            clock.advance(1);
        }
        assert!(sessions.get("0").is_some(), "it is used again");
        sessions.put("one more", session(0));
        assert_eq!(sessions.known().len(), MOST);
        assert!(sessions.get("0").is_some() && sessions.get("1").is_none());
    }
}
