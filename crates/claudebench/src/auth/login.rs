//! People who have logged in: their browser has a cookie instead of the key. Any server knows it, and at the end
//! of the session none.

use std::collections::{HashSet, VecDeque};
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use claudebench_coordination::sessions::{Found, KeptSessions, LIFE, Looked, Session};
use claudebench_core::event::Event;
use claudebench_core::{Error, Millis, TenantId};
use claudebench_services::context::store_error;
use claudebench_store::{ENDED_LOGIN_MS, KeyRow, Store};
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::{Lost, Secret};

/// So many ended sessions are remembered: this server has no copy of them, and the store knows of all.
const ENDED: usize = 10_000;
/// Nobody stays logged in for longer.
const LONGEST_MS: i64 = 30 * 24 * 3_600_000;
const _: () =
    assert!(LONGEST_MS < ENDED_LOGIN_MS, "what has ended is known for longer than it would last");

/// What says who calls: a key, and the session that was opened with it, if one was.
#[derive(Debug)]
pub struct Credential {
    /// The key.
    pub key: Arc<KeyRow>,
    /// The session, by the hash of its secret.
    pub login: Option<Arc<str>>,
    /// When what is opened with the session now ends: it may be opened again while the session goes on.
    pub until: Option<Millis>,
}

impl Credential {
    /// A key alone.
    pub(super) fn of(key: Arc<KeyRow>) -> Self {
        Self { key, login: None, until: None }
    }

    /// What became of it at that time, if it opens nothing any more.
    pub(super) fn over(&self, now: Millis) -> Option<Lost> {
        let past = |end: Option<Millis>| end.is_some_and(|end| end <= now);
        match (past(self.key.expires_at), past(self.until)) {
            (true, _) => Some(Lost::Expired),
            (false, true) => Some(Lost::LoggedOut),
            (false, false) => None,
        }
    }

    /// When time ends it.
    pub(super) fn ends_at(&self) -> Option<Millis> {
        self.key.expires_at.into_iter().chain(self.until).min()
    }
}

impl Deref for Credential {
    type Target = KeyRow;

    fn deref(&self) -> &KeyRow {
        &self.key
    }
}

/// The sessions of people.
pub(super) struct Logins {
    kept: Arc<KeptSessions>,
    store: Arc<dyn Store>,
    ended: Mutex<Ended>,
    /// Rings when one has ended.
    ring: watch::Sender<()>,
    /// Of commits a thread may tell that knows of no runtime.
    runtime: Handle,
}

/// The sessions that ended last: what they have opened ends with them.
#[derive(Default)]
struct Ended {
    ids: HashSet<Arc<str>>,
    order: VecDeque<Arc<str>>,
}

impl Logins {
    /// Inside a runtime; `ring` rings when one has ended.
    pub(super) fn new(kept: KeptSessions, store: Arc<dyn Store>, ring: watch::Sender<()>) -> Self {
        let (kept, runtime) = (Arc::new(kept), Handle::current());
        Self { kept, store, ended: Mutex::default(), ring, runtime }
    }

    fn ended(&self) -> std::sync::MutexGuard<'_, Ended> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Millis {
        self.store.clock().now()
    }

    /// Opens a session with a key.
    pub(super) async fn open(&self, key: &KeyRow) -> Result<(Secret, Arc<str>), Error> {
        let secret = Secret::new()?;
        let id = secret.id();
        let session = Session {
            key: key.id.as_str().into(),
            opened_at: self.now(),
            position: 0,
            unsure_until: Millis(0),
        };
        self.kept.open(&id, session).await;
        Ok((secret, id))
    }

    /// The session with an id, if it is open as far as is known; it goes on from now. It is still to be
    /// [confirmed](Self::confirm).
    pub(super) async fn look(&self, id: &Arc<str>) -> Option<Found> {
        if self.is_over(id) {
            return None;
        }
        let found = match self.kept.look(id).await {
            Looked::Open(found) => found,
            Looked::Over => {
                self.end(id.clone());
                return None;
            }
            Looked::Unknown => return None,
        };
        if self.now().since(found.session.opened_at) >= LONGEST_MS {
            self.close(id).await;
            return None;
        }
        Some(found)
    }

    /// Whether a session that was found is open. Where there is doubt, the store says it: the session may have ended
    /// before this server followed the log, and Redis may have come back with what it had before that.
    pub(super) async fn confirm(
        &self,
        id: &Arc<str>,
        found: &Found,
        tenant: TenantId,
    ) -> Result<bool, Error> {
        if found.doubt.is_some() {
            let ended = self.store.ended_logins(tenant, vec![id.clone()]).await;
            if !ended.map_err(store_error)?.is_empty() {
                self.close(id).await;
                return Ok(false);
            }
            self.kept.keep(id, found).await;
        }
        if self.is_over(id) {
            // It was ended while it was looked for: no copy of it may stay.
            self.close_beside(id.clone());
            return Ok(false);
        }
        Ok(true)
    }

    /// Whether a session was ended.
    pub(super) fn is_over(&self, id: &str) -> bool {
        self.ended().ids.contains(id)
    }

    /// Ends a session here and in Redis; where Redis is away, what it still has of it opens nothing.
    pub(super) async fn close(&self, id: &Arc<str>) {
        self.end(id.clone());
        self.kept.close(id).await;
    }

    fn close_beside(&self, id: Arc<str>) {
        self.kept.forget(&id);
        if self.kept.are_shared() {
            let kept = self.kept.clone();
            self.runtime.spawn(async move { kept.close(&id).await });
        }
    }

    /// Something was written in a session, and the database stood there.
    pub(super) async fn wrote(&self, id: &str, position: u128) {
        self.kept.wrote(id, position).await;
    }

    /// Takes note of a session that was ended anywhere.
    pub(super) fn notice(&self, event: &Event) {
        #[derive(Deserialize)]
        struct Over {
            id: Arc<str>,
        }
        if let Ok(over) = serde_json::from_str::<Over>(event.payload.get()) {
            self.end(over.id.clone());
            // Another server may have put its copy back before it heard of it.
            self.close_beside(over.id);
        }
    }

    fn end(&self, id: Arc<str>) {
        let mut ended = self.ended();
        if !ended.ids.insert(id.clone()) {
            return;
        }
        ended.order.push_back(id);
        if ended.order.len() > ENDED
            && let Some(first) = ended.order.pop_front()
        {
            ended.ids.remove(&first);
        }
        drop(ended);
        self.ring.send_replace(());
    }

    /// When a session that is used now ends, if nobody uses it again.
    pub(super) fn ends_at(&self) -> Millis {
        self.now().plus(i64::try_from(LIFE.as_millis()).unwrap_or(i64::MAX))
    }

    /// When it ends at the latest, if nobody uses it again.
    pub(super) fn until(&self, session: &Session) -> Millis {
        self.ends_at().min(session.opened_at.plus(LONGEST_MS))
    }
}

#[cfg(test)]
mod tests {
    use claudebench_coordination::sessions::Doubt;
    use claudebench_core::Clock;
    use claudebench_core::time::ManualClock;
    use claudebench_store::sqlite::{SqliteOptions, SqliteStore};
    use claudebench_store::{Committer, CommitterOptions, EndLogin, Meta};

    use super::*;

    #[test]
    fn what_a_session_has_opened_ends_with_it_or_its_key() {
        let credential = |expires_at: Option<i64>, until: Option<i64>| {
            let key = KeyRow {
                id: "k".into(),
                tenant: TenantId::DEFAULT,
                tenant_name: "default".into(),
                name: "ada".into(),
                hash: [0; 32],
                scopes: Vec::new(),
                created_at: Millis(0),
                expires_at: expires_at.map(Millis),
            };
            Credential { until: until.map(Millis), ..Credential::of(Arc::new(key)) }
        };
        for (expires_at, until, now, over) in [
            (None, None, i64::MAX, None),
            (Some(5), None, 4, None),
            (Some(5), None, 5, Some(Lost::Expired)),
            (None, Some(5), 4, None),
            (None, Some(5), 5, Some(Lost::LoggedOut)),
            (Some(9), Some(5), 6, Some(Lost::LoggedOut)),
            (Some(5), Some(9), 6, Some(Lost::Expired)),
        ] {
            let one = credential(expires_at, until);
            assert_eq!(one.over(Millis(now)), over, "{expires_at:?} {until:?} at {now}");
            let first = expires_at.into_iter().chain(until).min();
            assert_eq!(one.ends_at(), first.map(Millis));
        }
    }

    struct Bed {
        logins: Logins,
        committer: Option<Committer>,
        store: Arc<SqliteStore>,
        clock: ManualClock,
        _dir: tempfile::TempDir,
    }

    impl Bed {
        fn new() -> Self {
            let clock = ManualClock::at(Millis(0));
            let dir = tempfile::tempdir().unwrap();
            let options = SqliteOptions::new(dir.path());
            let store = SqliteStore::open(options, Arc::new(clock.clone())).unwrap();
            let (committer, _) =
                Committer::start(store.clone(), CommitterOptions::default(), Arc::new(|_| {}));
            let kept = KeptSessions::new(Arc::new(clock.clone()), None);
            let logins = Logins::new(kept, store.clone(), watch::Sender::new(()));
            Self { logins, committer: Some(committer), store, clock, _dir: dir }
        }

        async fn end(&self, login: &Arc<str>) {
            let (tenant, login, key) = (TenantId::DEFAULT, login.clone(), "k".to_owned());
            let meta =
                Meta { tenant, actor: "a".into(), traceparent: None, session: None, key: None };
            let committer = self.committer.as_ref().unwrap();
            committer.submit(meta, EndLogin { login, key }).await.unwrap();
        }

        async fn confirm(&self, id: &Arc<str>, found: &Found) -> Result<bool, Error> {
            self.logins.confirm(id, found, TenantId::DEFAULT).await
        }

        async fn has_a_copy(&self, id: &str) -> bool {
            matches!(self.logins.kept.look(id).await, Looked::Open(_))
        }
    }

    fn session(opened_at: Millis) -> Session {
        Session { key: "k".into(), opened_at, position: 0, unsure_until: Millis(0) }
    }

    #[tokio::test]
    async fn a_session_ends_after_thirty_days_however_much_it_is_used() {
        let Bed { logins, clock, .. } = &Bed::new();
        let day = 24 * 3_600_000;
        assert_eq!(logins.until(&session(Millis(0))), Millis(day), "a day after it was used last");
        clock.advance(LONGEST_MS - day / 2);
        assert_eq!(logins.until(&session(Millis(0))), Millis(LONGEST_MS));
        let id = Secret::new().unwrap().id();
        logins.kept.open(&id, session(clock.now())).await;
        for _ in 0..59 {
            clock.advance(day / 2);
            assert!(logins.look(&id).await.is_some());
        }
        clock.advance(day / 2);
        assert_eq!(logins.look(&id).await, None);
    }

    #[tokio::test]
    async fn where_there_is_doubt_the_store_says_whether_one_is_open() {
        let mut bed = Bed::new();
        let found =
            Found { session: session(bed.clock.now()), is_sure: true, doubt: Some(Doubt::New) };
        let [open, ended, later, unknown] = ["open", "ended", "later", "unknown"].map(Arc::from);
        bed.end(&ended).await;
        assert!(bed.confirm(&open, &found).await.unwrap() && bed.has_a_copy(&open).await);
        assert!(!bed.confirm(&ended, &found).await.unwrap() && !bed.has_a_copy(&ended).await);
        assert_eq!(bed.logins.look(&ended).await, None);
        bed.logins.end(later.clone());
        assert!(!bed.confirm(&later, &found).await.unwrap(), "the log has told meanwhile");
        assert!(!bed.has_a_copy(&later).await);
        bed.committer = None;
        bed.store.close();
        bed.confirm(&unknown, &found).await.unwrap_err();
        assert!(!bed.has_a_copy(&unknown).await, "it is asked for again");
        let known = Found { doubt: None, ..found };
        assert!(bed.confirm(&open, &known).await.unwrap(), "of what is known nobody is asked");
    }

    #[tokio::test]
    async fn of_too_many_that_ended_the_first_are_forgotten() {
        let Bed { logins, .. } = &Bed::new();
        (0..ENDED).for_each(|n| logins.end(n.to_string().into()));
        assert!(logins.is_over("0") && logins.is_over(&(ENDED - 1).to_string()));
        logins.close(&"one more".into()).await;
        assert!(!logins.is_over("0") && logins.is_over("1") && logins.is_over("one more"));
    }
}
