//! What servers keep of tasks that are read often.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use claudebench_coordination::cache::{
    Cache, CacheLinks, CacheOptions, Key, Read, Reading, Source,
};
use claudebench_core::time::ManualClock;
use claudebench_core::{Code, Cursor, Error, Millis, TaskId, TenantId};
use futures_util::future::join_all;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::event;

/// A store, as far as a cache sees it: one text for all tasks.
pub struct Truth {
    text: Mutex<Option<String>>,
    keeps: AtomicBool,
    fails: AtomicBool,
    /// Whether others' commits are known.
    pub followed: AtomicBool,
    reads: AtomicU64,
    covers: AtomicU64,
    /// Reads wait until they are let through.
    gate: Semaphore,
}

impl Source for Truth {
    fn history(&self) -> Option<u64> {
        self.followed.load(Ordering::SeqCst).then_some(7)
    }

    fn read(&self, _: Key) -> Reading<'_> {
        Box::pin(async {
            self.reads.fetch_add(1, Ordering::SeqCst);
            let text = self.text.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let text = text.map(|text| to_raw_value(&text).expect("a text is JSON").into());
            drop(self.gate.acquire().await.expect("it is never closed"));
            if self.fails.load(Ordering::SeqCst) {
                return Err(Error::new(Code::Unavailable, "away"));
            }
            let covers = u128::from(self.covers.load(Ordering::SeqCst));
            Ok(Read { text, keeps: self.keeps.load(Ordering::SeqCst), covers })
        })
    }
}

impl Truth {
    fn say(&self, text: Option<&str>) {
        *self.text.lock().unwrap_or_else(PoisonError::into_inner) = text.map(Into::into);
    }

    /// How often it was read since it was last asked.
    fn reads(&self) -> u64 {
        self.reads.swap(0, Ordering::SeqCst)
    }
}

/// Servers with a cache each, over one truth.
pub struct Servers {
    /// The truth.
    pub truth: Arc<Truth>,
    /// Their clock.
    pub clock: ManualClock,
    /// Their caches.
    pub caches: Vec<Arc<Cache>>,
    head: AtomicU64,
}

fn said(text: &RawValue) -> String {
    serde_json::from_str(text.get()).expect("a text")
}

const FIRST: Key = Key { tenant: TenantId::DEFAULT, task: TaskId(1) };
const SECOND: Key = Key { tenant: TenantId::DEFAULT, task: TaskId(2) };
const OPEN: usize = 1_000_000;

impl Servers {
    /// So many of a store of that name, over what they share.
    #[must_use]
    pub fn new(count: usize, store: &str, links: &CacheLinks) -> Self {
        let truth = Arc::new(Truth {
            text: Mutex::new(Some("one".into())),
            keeps: AtomicBool::new(true),
            fails: AtomicBool::new(false),
            followed: AtomicBool::new(true),
            reads: AtomicU64::new(0),
            covers: AtomicU64::new(0),
            gate: Semaphore::new(OPEN),
        });
        let clock = ManualClock::at(Millis(1_763_913_600_000));
        let cache = |nth: usize| {
            let about = (Arc::new(clock.clone()) as Arc<_>, Cursor(100));
            let names = (store, &*format!("server {nth}"));
            Cache::new(CacheOptions::default(), truth.clone(), about, links.clone(), names)
        };
        let caches = (0..count).map(cache).collect();
        Self { truth, clock, caches, head: AtomicU64::new(100) }
    }

    /// Something is committed, which `told` of them are told of.
    fn commit(&self, kind: &str, task: Option<TaskId>, told: usize) {
        let head = self.head.fetch_add(1, Ordering::SeqCst) + 1;
        let event = event(i64::try_from(head).expect("small"), kind, task);
        self.caches.iter().take(told).for_each(|cache| cache.notice(std::slice::from_ref(&event)));
    }

    /// Waits until the truth is read, and lets the reads through.
    async fn read_and(&self, gate: SemaphorePermit<'_>) {
        self.is_read().await;
        drop(gate);
    }

    async fn is_read(&self) {
        while self.truth.reads.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    }

    /// What one of them answers.
    async fn ask(&self, server: usize, key: Key) -> Option<String> {
        let read = self.caches[server].get(key, 0).await;
        read.expect("an answer").map(|text| said(&text))
    }
}

/// All cases, over `count` servers and what they share.
///
/// # Panics
/// When one does not hold.
pub async fn all(links: &CacheLinks, count: usize) {
    let mut nth = 0;
    let mut servers = || {
        nth += 1;
        Servers::new(count, &format!("store-{nth}"), links)
    };
    what_is_kept_is_right(servers()).await;
    what_is_missing_is_known(servers()).await;
    what_a_client_has_written_is_seen(servers()).await;
    what_changes_by_itself_is_not_kept(servers()).await;
    many_who_miss_read_once(servers()).await;
    who_comes_after_a_change_waits_for_no_read_before_it(servers()).await;
    what_cannot_be_read_is_an_error_for_all_and_kept_by_nobody(servers()).await;
    where_commits_are_not_known_nothing_is_used(servers()).await;
    everything_ends(servers()).await;
}

async fn what_is_kept_is_right(servers: Servers) {
    let (truth, last) = (&servers.truth, servers.caches.len() - 1);
    for server in 0..=last {
        for _ in 0..3 {
            assert_eq!(servers.ask(server, FIRST).await.as_deref(), Some("one"));
        }
    }
    assert_eq!(truth.reads(), 1, "one of them has read it");
    truth.say(Some("two"));
    servers.commit("task.updated", Some(SECOND.task), last + 1);
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("one"), "another one has changed");
    servers.commit("task.updated", Some(FIRST.task), last + 1);
    for server in 0..=last {
        assert_eq!(servers.ask(server, FIRST).await.as_deref(), Some("two"), "of {server}");
    }
    assert_eq!(truth.reads(), 1, "one of them has read it anew");
    truth.say(None);
    servers.commit("system.flushed", None, last + 1);
    for server in 0..=last {
        assert_eq!(servers.ask(server, FIRST).await, None, "of {server}");
    }
    // One that was not told yet leaves nothing that others would take for right.
    truth.say(Some("three"));
    let late = if last > 0 { last } else { 1 };
    servers.commit("task.created", Some(FIRST.task), late);
    assert_eq!(servers.ask(last, FIRST).await.as_deref(), (last == 0).then_some("three"));
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("three"));
}

async fn what_is_missing_is_known(servers: Servers) {
    servers.truth.say(None);
    for _ in 0..3 {
        assert_eq!(servers.ask(0, FIRST).await, None);
    }
    assert_eq!(servers.truth.reads(), 1);
    servers.truth.say(Some("here"));
    servers.commit("task.created", Some(FIRST.task), servers.caches.len());
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("here"));
}

async fn what_a_client_has_written_is_seen(servers: Servers) {
    let last = servers.caches.len() - 1;
    servers.truth.covers.store(40, Ordering::SeqCst);
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("one"));
    // It wrote at a server whose commit nobody has told of here.
    servers.truth.say(Some("two"));
    let cache = &servers.caches[last];
    for wanted in [40, 41, 41, 40] {
        let read = cache.get(FIRST, wanted).await.expect("an answer").expect("it is there");
        assert!(said(&read) == "two" || wanted == 40, "{read} for {wanted}");
    }
    servers.truth.reads();
    for reads in [1, 0] {
        // That somebody says a position proves nothing; that the database was there does.
        servers.truth.covers.store(41, Ordering::SeqCst);
        let read = cache.get(FIRST, 41).await.expect("an answer").expect("it is there");
        assert_eq!((said(&read).as_str(), servers.truth.reads()), ("two", reads));
    }
    assert_eq!(servers.truth.reads(), 0, "it is known to have been seen");
}

async fn what_changes_by_itself_is_not_kept(servers: Servers) {
    servers.truth.keeps.store(false, Ordering::SeqCst);
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("one"));
    servers.truth.say(Some("two"));
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("two"));
    servers.truth.reads();
    let gate = servers.truth.gate.acquire_many(OPEN as u32).await.expect("open");
    let asked = async || join_all((0..5).map(|_| servers.ask(0, FIRST))).await;
    let (found, ()) = tokio::join!(asked(), servers.read_and(gate));
    assert!(found.iter().all(|text| text.as_deref() == Some("two")));
    assert_eq!(servers.truth.reads(), 5, "who comes later reads for himself");
}

async fn many_who_miss_read_once(servers: Servers) {
    let asked = (0..1_000).map(|nth| servers.ask(nth % servers.caches.len(), SECOND));
    let found = join_all(asked).await;
    assert!(found.iter().all(|text| text.as_deref() == Some("one")));
    assert_eq!(servers.truth.reads(), 1, "by all servers together");
}

async fn who_comes_after_a_change_waits_for_no_read_before_it(servers: Servers) {
    let gate = servers.truth.gate.acquire_many(OPEN as u32).await.expect("open");
    let before = servers.ask(0, FIRST);
    let (before, after) = tokio::join!(before, async {
        servers.is_read().await;
        servers.truth.say(Some("two"));
        servers.commit("task.updated", Some(FIRST.task), servers.caches.len());
        let (after, ()) = tokio::join!(servers.ask(0, FIRST), async {
            // It is under way, too, or waits for the first one's end in Redis.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            drop(gate);
        });
        after
    });
    assert_eq!(after.as_deref(), Some("two"));
    assert!(before.is_some());
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("two"), "the first one left nothing");
}

async fn what_cannot_be_read_is_an_error_for_all_and_kept_by_nobody(servers: Servers) {
    servers.truth.fails.store(true, Ordering::SeqCst);
    let gate = servers.truth.gate.acquire_many(OPEN as u32).await.expect("open");
    let asked = join_all((0..10).map(|_| servers.caches[0].get(FIRST, 0)));
    let (found, ()) = tokio::join!(asked, servers.read_and(gate));
    assert!(
        found
            .iter()
            .all(|read| { read.as_ref().is_err_and(|error| error.code == Code::Unavailable) })
    );
    assert_eq!(servers.truth.reads(), 1, "nobody knocks again for each who waits");
    servers.truth.fails.store(false, Ordering::SeqCst);
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("one"));
}

async fn where_commits_are_not_known_nothing_is_used(servers: Servers) {
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("one"));
    servers.truth.followed.store(false, Ordering::SeqCst);
    servers.truth.say(Some("two"));
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("two"));
    servers.truth.followed.store(true, Ordering::SeqCst);
    servers.commit("task.updated", Some(FIRST.task), servers.caches.len());
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("two"));
}

async fn everything_ends(servers: Servers) {
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("one"));
    servers.truth.reads();
    let filled = servers.caches[0].status().filled;
    // It goes from memory, not from Redis; without one it is read anew.
    servers.clock.advance(30_000);
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("one"));
    let status = servers.caches[0].status();
    assert_eq!(servers.truth.reads(), status.filled - filled);
    assert_eq!(status.redis + status.store, 2, "{status:?}");
    // Shortly before its end it is read anew beside whoever asks.
    servers.clock.advance(29_000);
    let before = servers.caches[0].status();
    assert_eq!(servers.ask(0, FIRST).await.as_deref(), Some("one"));
    assert_eq!(servers.caches[0].status().memory, before.memory + 1);
    crate::until("it is read anew", async || {
        let status = servers.caches[0].status();
        status.redis + status.store == before.redis + before.store + 1
    })
    .await;
}
