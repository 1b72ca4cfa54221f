//! Tasks that are read often: in the memory of this server, before that in a Redis that servers share, and
//! before that, perhaps, in one that outlives a restart. No claim is decided by what stands here.
//!
//! An entry says how far the log was told of when it was read. Each server is told of all that is committed,
//! of its own before it answers, and remembers where in the log each task was changed last. So it sees by
//! itself whether an entry is still right, wherever it comes from; nothing has to be taken away, and what
//! comes late does no harm. Where others' commits cannot be followed, nothing here is used.

mod changes;
mod entry;
mod flight;
mod memory;
mod redis;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use claudebench_core::event::Event;
use claudebench_core::{Clock, Cursor, Error, TaskId, TenantId};
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep};

use self::changes::Changes;
use self::entry::{Entry, Stored};
use self::flight::{Flights, Wants};
use self::memory::Memory;
use self::redis::{Layer, Look};
use crate::redis::Links;

/// What is larger is not kept.
const LARGEST: usize = 256 << 10;
/// That a task is not there is remembered for so long.
const NOTHING: Duration = Duration::from_secs(5);
const NOTHING_IN_REDIS: Duration = Duration::from_secs(30);
/// For so long it is remembered that something is not to be kept: it is read from the store alone.
const DIRECT: Duration = Duration::from_secs(1);
/// For so long one waits for another server that fills an entry.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long the first wait is; each one after that is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(2);
/// An entry of a Redis that outlives a restart stays so many times as long.
const PERSISTS: u32 = 4;

/// What is read: a task of a tenant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    /// Whose it is.
    pub tenant: TenantId,
    /// The task.
    pub task: TaskId,
}

/// What a read of the store has found.
#[derive(Clone, Debug)]
pub struct Read {
    /// The answer; nothing where there is no such task.
    pub text: Option<Arc<RawValue>>,
    /// Whether it stays right until an event says otherwise.
    pub keeps: bool,
    /// A position of the database that it has seen in any case; 0 if none is known.
    pub covers: u128,
}

/// A read under way.
pub type Reading<'a> = Pin<Box<dyn Future<Output = Result<Read, Error>> + Send + 'a>>;

/// Where the truth is.
pub trait Source: Send + Sync + 'static {
    /// Which history of the database it goes on with; nothing while it is not known what others commit.
    fn history(&self) -> Option<u64>;
    /// Reads what is committed, not before it is called.
    fn read(&self, key: Key) -> Reading<'_>;
}

/// The bounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CacheOptions {
    /// The most entries in memory.
    pub entries: usize,
    /// The most bytes of them.
    pub bytes: usize,
    /// How long one stays in memory.
    pub life: Duration,
    /// How long it stays in Redis.
    pub life_in_redis: Duration,
}

impl Default for CacheOptions {
    fn default() -> Self {
        Self {
            entries: 10_000,
            bytes: 64 << 20,
            life: Duration::from_secs(30),
            life_in_redis: Duration::from_secs(300),
        }
    }
}

/// The Redis that servers share, and the one that outlives a restart, if there are any.
#[derive(Clone, Default)]
pub struct CacheLinks {
    /// The first.
    pub shared: Option<Links>,
    /// The second.
    pub persistent: Option<Links>,
}

/// How it went so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CacheStatus {
    /// Reads that memory answered.
    pub memory: u64,
    /// Reads that Redis answered.
    pub redis: u64,
    /// Reads that the Redis answered that outlives a restart.
    pub persistent: u64,
    /// Reads of the store.
    pub store: u64,
    /// Reads that got the answer of another one under way.
    pub joined: u64,
    /// Entries that were filled.
    pub filled: u64,
    /// Entries in memory now.
    pub entries: u64,
    /// Bytes of them.
    pub bytes: u64,
}

#[derive(Default)]
struct Counts {
    memory: AtomicU64,
    redis: AtomicU64,
    persistent: AtomicU64,
    store: AtomicU64,
    joined: AtomicU64,
    filled: AtomicU64,
}

fn count(one: &AtomicU64) {
    one.fetch_add(1, Ordering::Relaxed);
}

/// The cache.
pub struct Cache {
    options: CacheOptions,
    source: Arc<dyn Source>,
    clock: Arc<dyn Clock>,
    changes: Changes,
    memory: Memory,
    redis: Option<Layer>,
    persistent: Option<Layer>,
    flights: Flights,
    /// Who fills entries here, as other servers see it.
    server: String,
    counts: Counts,
}

impl Cache {
    /// A cache of what a store holds whose log was told of up to `head`, for the server of that name.
    #[must_use]
    pub fn new(
        options: CacheOptions,
        source: Arc<dyn Source>,
        (clock, head): (Arc<dyn Clock>, Cursor),
        links: CacheLinks,
        (store, server): (&str, &str),
    ) -> Arc<Self> {
        let life = options.life_in_redis;
        let layer = |links: Option<Links>, life| links.map(|links| Layer::new(links, store, life));
        Arc::new(Self {
            memory: Memory::new(options.entries, options.bytes),
            redis: layer(links.shared, life),
            persistent: layer(links.persistent, life * PERSISTS),
            changes: Changes::new(head),
            flights: Flights::default(),
            server: server.to_owned(),
            counts: Counts::default(),
            options,
            source,
            clock,
        })
    }

    /// What was committed, here or elsewhere, in the order of the log: before own writes are answered.
    pub fn notice(&self, events: &[Arc<Event>]) {
        self.changes.notice(events.iter().map(|event| &**event));
    }

    /// Whether something was asked for a moment ago, too. Where replicas read cheaply, only that is worth to be
    /// kept.
    #[must_use]
    pub fn is_asked_often(&self, key: Key) -> bool {
        let now_s = self.clock.now().0 / 1_000;
        self.changes.is_asked_often(key, u32::try_from(now_s).unwrap_or(u32::MAX))
    }

    /// How it went so far.
    #[must_use]
    pub fn status(&self) -> CacheStatus {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        CacheStatus {
            memory: of(&self.counts.memory),
            redis: of(&self.counts.redis),
            persistent: of(&self.counts.persistent),
            store: of(&self.counts.store),
            joined: of(&self.counts.joined),
            filled: of(&self.counts.filled),
            entries: self.memory.entries(),
            bytes: self.memory.bytes(),
        }
    }

    /// Reads a task; nothing if there is none. What is answered has seen all that was told of here, and the
    /// position `wanted`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn get(
        self: &Arc<Self>,
        key: Key,
        wanted: u128,
    ) -> Result<Option<Arc<RawValue>>, Error> {
        let Some(history) = self.source.history() else { return self.read(key).await };
        if let Some(entry) = self.memory.get(key)
            && self.holds(key, &entry, (history, wanted))
        {
            if !entry.keeps {
                return self.read(key).await;
            }
            count(&self.counts.memory);
            if self.now() >= entry.renew && !entry.renewing.swap(true, Ordering::Relaxed) {
                let wants = Wants { since: entry.seen, covers: 0, history };
                tokio::spawn(self.flight(key, wants).0);
            }
            return Ok(entry.text.clone());
        }
        let wants = Wants { since: self.changes.since(key), covers: wanted, history };
        let (flight, joined) = self.flight(key, wants);
        let entry = flight.await?;
        if joined {
            // Somebody else began it, perhaps before what this caller must see; and what may change without a word
            // may have changed since.
            if !entry.keeps || !self.holds(key, &entry, (history, wanted)) {
                return self.read(key).await;
            }
            count(&self.counts.joined);
        }
        Ok(entry.text.clone())
    }

    /// Reads the store, and keeps nothing.
    async fn read(&self, key: Key) -> Result<Option<Arc<RawValue>>, Error> {
        count(&self.counts.store);
        self.source.read(key).await.map(|read| read.text)
    }

    fn now(&self) -> i64 {
        self.clock.now().0
    }

    /// Whether an entry may be used by somebody who must have seen a position.
    fn holds(&self, key: Key, entry: &Entry, (history, wanted): (u64, u128)) -> bool {
        entry.seen >= self.changes.since(key)
            && (entry.covers >= wanted || !entry.keeps)
            && entry.history == history
            && self.now() < entry.until
    }

    /// The one way from here to the entry, and whether somebody else has begun it.
    fn flight(self: &Arc<Self>, key: Key, wants: Wants) -> (flight::Flight, bool) {
        self.flights.join(key, wants, |mut wants| {
            // What was told of meanwhile is looked for, too.
            wants.since = wants.since.max(self.changes.since(key));
            Box::pin(self.clone().fetch(key, wants))
        })
    }

    /// Fetches an entry from wherever it is, and keeps it.
    async fn fetch(self: Arc<Self>, key: Key, wants: Wants) -> Result<Arc<Entry>, Error> {
        let found = match &self.redis {
            Some(layer) => self.find(layer, key, wants).await,
            None => Found::Nothing(None),
        };
        let entry = match found {
            Found::Stored(stored, stays) => {
                count(&self.counts.redis);
                let ends = stored.text.is_some() && stays < self.options.life_in_redis / 10;
                if let Some(layer) = self.redis.as_ref().filter(|_| ends) {
                    self.renew(layer, key, wants.history);
                }
                self.entry(wants.history, stored, (stays, true))
            }
            Found::Nothing(filler) => self.fetch_behind(key, wants, filler.as_deref()).await?,
        };
        if self.holds(key, &entry, (wants.history, 0)) {
            self.memory.keep(key, entry.clone());
        }
        Ok(entry)
    }

    /// From behind the Redis that servers share, which is filled with it.
    async fn fetch_behind(
        self: &Arc<Self>,
        key: Key,
        wants: Wants,
        filler: Option<&str>,
    ) -> Result<Arc<Entry>, Error> {
        let history = wants.history;
        if let Some(layer) = &self.persistent
            && let Ok(Look::Found(stored, stays)) = layer.look(key, wants, None).await
        {
            count(&self.counts.persistent);
            self.fill(self.redis.as_ref(), (history, key), &stored, stays, filler).await;
            return Ok(self.entry(history, stored, (stays, true)));
        }
        let seen = self.changes.head();
        count(&self.counts.store);
        let read = self.source.read(key).await;
        let Read { text, keeps, covers } = match read {
            Ok(read) => read,
            Err(error) => {
                self.let_go(history, key, filler).await;
                return Err(error);
            }
        };
        // It has seen what its caller wanted, too; but that a caller says a position proves nothing of what lies before.
        let stored = Stored { text, seen, covers };
        let size = stored.text.as_ref().map_or(0, |text| text.get().len());
        let keeps = keeps && size <= LARGEST;
        let life = if stored.text.is_some() { Duration::MAX } else { NOTHING_IN_REDIS };
        if keeps {
            count(&self.counts.filled);
            self.fill(self.redis.as_ref(), (history, key), &stored, life, filler).await;
            self.fill(self.persistent.as_ref(), (history, key), &stored, life, None).await;
        } else {
            self.let_go(history, key, filler).await;
        }
        Ok(self.entry(history, stored, (life, keeps)))
    }

    /// Looks into the Redis that servers share; where another server fills the entry, waits for it.
    #[allow(clippy::disallowed_methods, reason = "Redis tells nobody that an entry was filled")]
    async fn find(&self, layer: &Layer, key: Key, wants: Wants) -> Found {
        let filler = self.filler();
        let until = Instant::now() + PATIENCE;
        let mut wait = FIRST_WAIT;
        loop {
            match layer.look(key, wants, Some(&filler)).await {
                Ok(Look::Found(stored, stays)) => return Found::Stored(stored, stays),
                Ok(Look::Ours) => return Found::Nothing(Some(filler)),
                Ok(Look::Theirs) if Instant::now() < until => {
                    sleep(wait).await;
                    wait *= 2;
                }
                Ok(Look::Theirs) | Err(_) => return Found::Nothing(None),
            }
        }
    }

    /// Reads anew what goes from Redis soon, beside whoever asks, unless somebody does so already.
    fn renew(self: &Arc<Self>, layer: &Layer, key: Key, history: u64) {
        let (own, filler) = (self.clone(), self.filler());
        let wants = move |since| Wants { since, covers: 0, history };
        let layer = layer.clone();
        tokio::spawn(async move {
            if let Ok(Look::Ours) = layer.look(key, wants(u64::MAX), Some(&filler)).await {
                // Also in the Redis that persists it is to be another one.
                let wants = Wants { since: own.changes.head(), ..wants(0) };
                let _ = own.fetch_behind(key, wants, Some(&filler)).await;
            }
        });
    }

    /// A name for the one who fills an entry now.
    fn filler(&self) -> String {
        format!("{}:{}", self.server, self.flights.number())
    }

    async fn fill(
        &self,
        layer: Option<&Layer>,
        (history, key): (u64, Key),
        stored: &Stored,
        life: Duration,
        filler: Option<&str>,
    ) {
        if let Some(layer) = layer {
            // What is not there is read from the store.
            let _ = layer.fill(history, key, Some((stored, life)), filler).await;
        }
    }

    /// Others need not wait for what is not filled.
    async fn let_go(&self, history: u64, key: Key, filler: Option<&str>) {
        if let (Some(layer), Some(_)) = (&self.redis, filler) {
            let _ = layer.fill(history, key, None, filler).await;
        }
    }

    /// As it stands in memory, no longer than it stays elsewhere.
    fn entry(&self, history: u64, stored: Stored, (stays, keeps): (Duration, bool)) -> Arc<Entry> {
        let life = match (keeps, &stored.text) {
            (false, _) => DIRECT,
            (true, Some(_)) => self.options.life,
            (true, None) => NOTHING,
        };
        let ms = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let (now, life) = (self.now(), ms(life.min(stays)));
        // Between a fifth and a tenth before its end, so that not all are read anew together.
        let early =
            life / 10 + life / 10 * i64::try_from(self.flights.number() % 16).unwrap_or(0) / 16;
        let Stored { text, seen, covers } = stored;
        Arc::new(Entry {
            text,
            seen,
            covers,
            history,
            keeps,
            until: now.saturating_add(life),
            renew: now.saturating_add(life - early),
            renewing: AtomicBool::new(false),
        })
    }
}

/// What a look into Redis gave.
enum Found {
    /// The entry, and how long it stays there.
    Stored(Stored, Duration),
    /// Nothing, and who is to fill it, if it is somebody here.
    Nothing(Option<String>),
}
