//! What a server asks before each call. Where servers share their buckets, it takes handfuls out of them, as
//! large as what it needs in a moment, and while they cannot be reached it gives out its own share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::{Grant, MemoryRates, Rate, Rates};

/// A handful lasts about so long.
const HANDFUL: Duration = Duration::from_millis(100);
/// What was taken and not used so long after is given up: others could have had it.
const STALE: Duration = Duration::from_secs(1);
/// How long a call waits for a handful at most.
const PATIENCE: Duration = Duration::from_secs(1);
/// For so long the own share is given out after a failure, before the shared bucket is tried again.
const ALONE: Duration = Duration::from_millis(250);
/// When there are so many buckets, those that nobody has used of late are forgotten.
const BUCKETS: usize = 16_384;

/// One of something out of a bucket.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The name of the bucket.
    pub name: Arc<str>,
    /// What kind of bucket it is, as callers are told.
    pub policy: &'static str,
    /// What it gives.
    pub rate: Rate,
}

/// How somebody stands with the bucket that leaves the least.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// What kind of bucket it is.
    pub policy: &'static str,
    /// What it gives.
    pub rate: Rate,
    /// How many are left in it, about.
    pub left: u32,
    /// When it is full again, in milliseconds, about.
    pub full_ms: u64,
}

/// A bucket is empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limited {
    /// How it stands.
    pub standing: Standing,
    /// When the next one is there, in milliseconds.
    pub retry_ms: u64,
}

/// What a limiter has done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LimiterStatus {
    /// Calls that were let in.
    pub allowed: u64,
    /// Calls that were refused.
    pub refused: u64,
    /// Handfuls that were fetched.
    pub fetched: u64,
    /// Fetches that failed; the own share was given out instead.
    pub failed: u64,
    /// How many servers share the buckets, as far as is known.
    pub servers: u32,
}

/// What a server asks before each call.
pub struct Limiter {
    own: MemoryRates,
    shared: Option<Arc<dyn Rates>>,
    held: Mutex<HashMap<Arc<str>, Arc<Bucket>>>,
    /// How many servers there are, this one included.
    servers: AtomicU32,
    allowed: AtomicU64,
    refused: AtomicU64,
    fetched: Arc<AtomicU64>,
    failed: Arc<AtomicU64>,
}

struct Bucket {
    state: Mutex<Held>,
    came: Notify,
}

/// What is held of a bucket.
struct Held {
    tokens: u32,
    /// When they came.
    since: Instant,
    /// How many were used in the span of a handful that goes on, and in the one before.
    used: [u32; 2],
    /// When that began.
    span: Instant,
    /// What the bucket said then.
    said: Grant,
    /// Until then nothing is to be had.
    empty_until: Option<Instant>,
    /// Until then the own share is given out.
    alone_until: Option<Instant>,
    fetching: bool,
}

enum Step {
    Given(Standing),
    Refused(Standing, u64),
    Alone,
    Wait,
}

impl Limiter {
    /// One whose buckets are shared with other servers, or one that gives out its own share alone.
    #[must_use]
    pub fn new(own: MemoryRates, shared: Option<Arc<dyn Rates>>) -> Self {
        Self {
            own,
            shared,
            held: Mutex::default(),
            servers: AtomicU32::new(1),
            allowed: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            fetched: Arc::default(),
            failed: Arc::default(),
        }
    }

    /// So many servers share the buckets, this one included: that makes the share of each.
    pub fn set_servers(&self, count: u32) {
        self.servers.store(count.max(1), Ordering::Relaxed);
    }

    /// Takes one out of each bucket, or out of none.
    ///
    /// # Errors
    /// [`Limited`]: one of them is empty.
    pub async fn admit(&self, wanted: &[Wanted]) -> Result<Option<Standing>, Limited> {
        let mut least: Option<Standing> = None;
        for (nth, one) in wanted.iter().enumerate() {
            match self.take(one).await {
                Ok(standing) => {
                    if least.is_none_or(|least| standing.left < least.left) {
                        least = Some(standing);
                    }
                }
                Err(limited) => {
                    wanted[..nth].iter().for_each(|given| self.give_back(given));
                    self.refused.fetch_add(1, Ordering::Relaxed);
                    return Err(limited);
                }
            }
        }
        self.allowed.fetch_add(1, Ordering::Relaxed);
        Ok(least)
    }

    /// What it has done.
    #[must_use]
    pub fn status(&self) -> LimiterStatus {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        LimiterStatus {
            allowed: of(&self.allowed),
            refused: of(&self.refused),
            fetched: of(&self.fetched),
            failed: of(&self.failed),
            servers: self.servers(),
        }
    }

    async fn take(&self, wanted: &Wanted) -> Result<Standing, Limited> {
        let Some(shared) = &self.shared else { return self.take_share(wanted) };
        let bucket = self.bucket(&wanted.name);
        let until = Instant::now() + PATIENCE;
        let said = |step| match step {
            Step::Given(standing) => Some(Ok(standing)),
            Step::Refused(standing, retry_ms) => Some(Err(Limited { standing, retry_ms })),
            Step::Alone => Some(self.take_share(wanted)),
            Step::Wait => None,
        };
        loop {
            // Most find something without waiting.
            if let Some(said) = said(self.step(wanted, &bucket, shared)) {
                return said;
            }
            // Before the next look, so that nothing that comes between is missed.
            let mut came = std::pin::pin!(bucket.came.notified());
            came.as_mut().enable();
            if let Some(said) = said(self.step(wanted, &bucket, shared)) {
                return said;
            }
            let left = until.saturating_duration_since(Instant::now());
            if timeout(left, came).await.is_err() {
                return self.take_share(wanted);
            }
        }
    }

    /// What can be said without waiting. A handful is fetched when it is time for one.
    fn step(&self, wanted: &Wanted, bucket: &Arc<Bucket>, shared: &Arc<dyn Rates>) -> Step {
        let now = Instant::now();
        let mut held = bucket.lock();
        if held.alone_until.is_some_and(|until| now < until) {
            return Step::Alone;
        }
        if now >= held.since + STALE {
            held.tokens = 0;
        }
        let given = held.tokens > 0;
        if given {
            held.tokens -= 1;
            held.use_one(now);
        }
        let empty = held.empty_until.filter(|until| now < *until);
        let handful = held.handful(wanted.rate);
        // Ahead of need only where many are needed: what is not used soon is lost.
        let needed = !given || (handful > 1 && held.tokens <= handful / 2);
        if !held.fetching && empty.is_none() && needed {
            held.fetching = true;
            self.fetch(wanted, bucket.clone(), shared.clone(), handful);
        }
        let standing = held.standing(now, wanted);
        match empty {
            _ if given => Step::Given(standing),
            Some(until) => Step::Refused(standing, millis(until - now).max(1)),
            None => Step::Wait,
        }
    }

    fn fetch(&self, wanted: &Wanted, bucket: Arc<Bucket>, shared: Arc<dyn Rates>, handful: u32) {
        let (Wanted { name, rate, .. }, servers) = (wanted.clone(), self.servers());
        let (fetched, failed) = (self.fetched.clone(), self.failed.clone());
        tokio::spawn(async move {
            // Twice as many takers as servers, so that the last ones come one by one.
            let taken = shared.take(&name, rate, handful, servers.saturating_mul(2)).await;
            let mut held = bucket.lock();
            let now = Instant::now();
            held.fetching = false;
            match taken {
                Ok(grant) => {
                    fetched.fetch_add(1, Ordering::Relaxed);
                    held.alone_until = None;
                    held.got(now, grant);
                }
                Err(error) => {
                    tracing::debug!(%error, "a rate is counted here alone for a while");
                    failed.fetch_add(1, Ordering::Relaxed);
                    held.alone_until = Some(now + ALONE);
                }
            }
            drop(held);
            bucket.came.notify_waiters();
        });
    }

    /// Out of what this server may give on its own.
    fn take_share(&self, wanted: &Wanted) -> Result<Standing, Limited> {
        let part = |all: u32| (all / self.servers()).max(1);
        let Rate { per_minute, burst } = wanted.rate;
        let rate = Rate { per_minute: part(per_minute), burst: part(burst) };
        let Grant { granted, left, retry_ms, full_ms } =
            self.own.take_now(&wanted.name, rate, 1, 1);
        let standing = Standing { policy: wanted.policy, rate: wanted.rate, left, full_ms };
        if granted > 0 { Ok(standing) } else { Err(Limited { standing, retry_ms }) }
    }

    /// The call is not made after all. What was taken of the own buckets is not put back: it is the
    /// price of a refused call.
    fn give_back(&self, wanted: &Wanted) {
        if self.shared.is_some() {
            let bucket = self.bucket(&wanted.name);
            let mut held = bucket.lock();
            held.tokens += 1;
            held.used[0] = held.used[0].saturating_sub(1);
        }
    }

    fn servers(&self) -> u32 {
        self.servers.load(Ordering::Relaxed)
    }

    fn bucket(&self, name: &Arc<str>) -> Arc<Bucket> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = held.get(name) {
            return bucket.clone();
        }
        if held.len() >= BUCKETS {
            let now = Instant::now();
            held.retain(|_, bucket| now < bucket.lock().since + STALE);
        }
        let bucket = Arc::new(Bucket { state: Mutex::new(Held::none()), came: Notify::new() });
        held.insert(name.clone(), bucket.clone());
        bucket
    }
}

impl Bucket {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn none() -> Self {
        let now = Instant::now();
        Self {
            tokens: 0,
            since: now,
            used: [0; 2],
            span: now,
            said: Grant::default(),
            empty_until: None,
            alone_until: None,
            fetching: false,
        }
    }

    fn use_one(&mut self, now: Instant) {
        let spans = now.saturating_duration_since(self.span).as_millis() / HANDFUL.as_millis();
        if spans > 0 {
            self.used = [0, if spans == 1 { self.used[0] } else { 0 }];
            self.span = now;
        }
        self.used[0] += 1;
    }

    /// How many are fetched: as many as were used in such a span of late; never so many that another server
    /// had to wait for them.
    fn handful(&self, rate: Rate) -> u32 {
        let [now, before] = self.used;
        now.max(before).clamp(1, (rate.burst / 4).max(1))
    }

    fn got(&mut self, now: Instant, grant: Grant) {
        self.tokens += grant.granted;
        (self.since, self.said) = (now, grant);
        self.empty_until =
            (grant.granted == 0).then(|| now + Duration::from_millis(grant.retry_ms.max(1)));
    }

    fn standing(&self, now: Instant, wanted: &Wanted) -> Standing {
        let passed = millis(now.saturating_duration_since(self.since));
        let full_ms = self.said.full_ms.saturating_sub(passed);
        let left = self.said.left.saturating_add(self.tokens);
        Standing { policy: wanted.policy, rate: wanted.rate, left, full_ms }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
