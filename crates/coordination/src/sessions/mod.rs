//! Sessions of people who have logged in: at any server, and known to all that share a Redis.

mod memory;
mod redis;

use std::sync::Arc;
use std::time::Duration;

use claudebench_core::{Clock, Millis};
use tokio::time::{Instant, interval_at};

use crate::limits::Pending;
use crate::redis::Links;

pub use memory::MemorySessions;
pub use redis::RedisSessions;

/// Whoever does nothing for so long is logged out.
pub const LIFE: Duration = Duration::from_secs(24 * 3_600);
/// When Redis has lost one, for so long nobody relies on its position; then every replica that is read from has what
/// was written before.
const UNSURE_MS: i64 = 60_000;
/// So many are remembered; then those go that did nothing for longest.
const MOST: usize = 10_000;

/// A session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// The API key that opened it, by its public id.
    pub key: Arc<str>,
    /// When that was.
    pub opened_at: Millis,
    /// Where the database stood after the last write in it, as a number that grows; 0 before.
    pub position: u128,
    /// Until then more may have been written in it than its position says.
    pub unsure_until: Millis,
}

/// What is kept of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It is open.
    Open(Session),
    /// It was ended.
    Over,
    /// Nothing is known of it.
    Unknown,
}

/// Sessions by their ids. An id here is the hash of the one that the browser has: who can read what is kept cannot
/// use it.
pub trait Sessions: Send + Sync {
    /// Opens one.
    fn open<'a>(&'a self, id: &'a str, session: &'a Session) -> Pending<'a, ()>;
    /// The one with an id. It goes on for [`LIFE`] from now.
    fn look<'a>(&'a self, id: &'a str) -> Pending<'a, Standing>;
    /// Something was written in it, and the database stood there.
    fn wrote<'a>(&'a self, id: &'a str, position: u128) -> Pending<'a, ()>;
    /// Ends it, everywhere.
    fn close<'a>(&'a self, id: &'a str) -> Pending<'a, ()>;
}

/// What is known of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The session.
    pub session: Session,
    /// Whether its position is the last one: it is not known while Redis is away.
    pub is_sure: bool,
    /// Why it may have ended without anybody here knowing, if it may: whoever knows that it has not
    /// [keeps](KeptSessions::keep) it.
    pub doubt: Option<Doubt>,
}

/// Why a session may have ended without this server knowing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doubt {
    /// There is no copy of it here, and Redis may have come back with what it had long ago.
    New,
    /// Redis has lost it, and with it whether it was ended; there is a copy here.
    Lost,
}

/// What is known of a session that is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Looked {
    /// It is open, as far as is known.
    Open(Found),
    /// It was ended.
    Over,
    /// There is none.
    Unknown,
}

/// The sessions of a server: in Redis where there is one, with a copy in memory for while it is away.
pub struct KeptSessions {
    memory: MemorySessions,
    shared: Option<RedisSessions>,
    clock: Arc<dyn Clock>,
}

impl KeptSessions {
    /// Those of the servers of a store, over the Redis that they share, if there is one.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, shared: Option<(Links, &str)>) -> Self {
        let shared = shared.map(|(links, store)| RedisSessions::new(links, store));
        Self { memory: MemorySessions::new(clock.clone()), shared, clock }
    }

    /// Opens one. While Redis is away, it is known here alone.
    pub async fn open(&self, id: &str, session: Session) {
        if let Some(shared) = &self.shared {
            let _ = shared.open(id, &session).await;
        }
        self.memory.put(id, session);
    }

    /// The one with an id.
    pub async fn look(&self, id: &str) -> Looked {
        let Some(shared) = &self.shared else {
            return self.copy(id, true);
        };
        match shared.look(id).await {
            Ok(Standing::Open(mut session)) => {
                let own = self.memory.get(id);
                if let Some(own) = &own {
                    if own.position > session.position {
                        // What was written here did not get there.
                        session.position = own.position;
                        let _ = shared.wrote(id, own.position).await;
                    }
                    self.memory.put(id, session.clone());
                }
                let is_sure = session.unsure_until <= self.clock.now();
                let doubt = own.is_none().then_some(Doubt::New);
                Looked::Open(Found { session, is_sure, doubt })
            }
            Ok(Standing::Over) => {
                self.memory.remove(id);
                Looked::Over
            }
            Ok(Standing::Unknown) => {
                let Some(mut session) = self.memory.get(id) else { return Looked::Unknown };
                session.unsure_until = self.clock.now().plus(UNSURE_MS);
                Looked::Open(Found { session, is_sure: false, doubt: Some(Doubt::Lost) })
            }
            Err(_) => self.copy(id, false),
        }
    }

    fn copy(&self, id: &str, is_sure: bool) -> Looked {
        match self.memory.get(id) {
            Some(session) => Looked::Open(Found { session, is_sure, doubt: None }),
            None => Looked::Unknown,
        }
    }

    /// Keeps one of which there was doubt, and which is known not to have ended: here, and in Redis where that had
    /// lost it.
    pub async fn keep(&self, id: &str, found: &Found) {
        match found.doubt {
            Some(Doubt::Lost) => self.open(id, found.session.clone()).await,
            Some(Doubt::New) => self.memory.put(id, found.session.clone()),
            None => {}
        }
    }

    /// Something was written in it. Before the answer: the next read may come to any server.
    pub async fn wrote(&self, id: &str, position: u128) {
        self.memory.moved(id, position);
        if let Some(shared) = &self.shared {
            // A server that cannot ask either reads what is newest; to another one it is said again.
            if shared.wrote(id, position).await.is_err() {
                let (shared, id) = (shared.clone(), id.to_owned());
                tokio::spawn(async move { say_again(&shared, &id, position).await });
            }
        }
    }

    /// Has no copy of it any more.
    pub fn forget(&self, id: &str) {
        self.memory.remove(id);
    }

    /// Whether others know of them, too.
    #[must_use]
    pub const fn are_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Ends it; while Redis is away, that still has it. All servers are told of the end by the log, and do the same:
    /// one that has a copy would bring it back.
    pub async fn close(&self, id: &str) {
        self.forget(id);
        if let Some(shared) = &self.shared {
            let _ = shared.close(id).await;
        }
    }
}

/// Tells Redis of a write that it did not take, for a while.
async fn say_again(shared: &RedisSessions, id: &str, position: u128) {
    /// So often, and so long apart: longer than it takes to find a new master.
    const TIMES: usize = 20;
    const APART: Duration = Duration::from_millis(500);
    let mut ticks = interval_at(Instant::now() + APART, APART);
    for _ in 0..TIMES {
        ticks.tick().await;
        if shared.wrote(id, position).await.is_ok() {
            return;
        }
    }
}
