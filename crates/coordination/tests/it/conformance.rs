//! Each need, over each thing that meets it.

use std::sync::Arc;

use claudebench_coordination::cache::CacheLinks;
use claudebench_coordination::limits::{MemoryRates, RedisRates};
use claudebench_coordination::redis::Link;
use claudebench_coordination::sessions::{MemorySessions, RedisSessions, Sessions};
use claudebench_coordination::windows::{MemoryWindows, RedisWindows, Windows};
use claudebench_core::time::SystemClock;
use claudebench_testkit::conformance::coordination::{cache, rates, sessions, windows};
use claudebench_testkit::redis::{Cluster, Options, Redis, Sentinels};

use super::link::{of_cluster, of_sentinels, opened, to};

async fn over(link: Link) {
    rates::all(Arc::new(RedisRates::new(link.clone(), "store"))).await;
    let server = |id| Arc::new(RedisWindows::new(link.clone(), "store", id)) as Arc<dyn Windows>;
    windows::all(&["a", "b", "c"].map(server)).await;
    let links = CacheLinks { shared: Some(link.clone()), persistent: None };
    cache::all(&links, 3).await;
    let server = || Arc::new(RedisSessions::new(link.clone(), "store")) as Arc<dyn Sessions>;
    sessions::all(&[server(), server()]).await;
}

#[tokio::test]
async fn in_memory() {
    rates::all(Arc::new(MemoryRates::new(Arc::new(SystemClock::default())))).await;
    windows::all(&[Arc::new(MemoryWindows::default())]).await;
    cache::all(&CacheLinks::default(), 1).await;
    sessions::all(&[Arc::new(MemorySessions::new(Arc::new(SystemClock::default())))]).await;
}

#[tokio::test]
async fn over_one_server() {
    let redis = Redis::start(Options::default()).await;
    over(opened(to(&redis)).await).await;
    let keys: Vec<String> = redis.tell("KEYS *").await;
    assert!(keys.iter().all(|key| key.starts_with("cb:")), "{keys:?}");
    for key in keys {
        let left: i64 = redis.tell(&format!("PTTL {key}")).await;
        assert!(left > 0, "{key} has no time to live");
    }
}

#[tokio::test]
async fn over_what_sentinels_watch() {
    let sentinels = Sentinels::start(Options::default()).await;
    over(opened(of_sentinels(&sentinels)).await).await;
}

#[tokio::test]
async fn over_a_cluster() {
    let cluster = Cluster::start(Options::default()).await;
    over(opened(of_cluster(&cluster)).await).await;
}
