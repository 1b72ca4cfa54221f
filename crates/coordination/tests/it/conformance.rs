//! Each need, over each thing that meets it.

use std::sync::Arc;

use claudebench_coordination::cache::CacheLinks;
use claudebench_coordination::limits::{MemoryRates, RedisRates};
use claudebench_coordination::redis::{Links, RedisOptions};
use claudebench_coordination::sessions::{MemorySessions, RedisSessions, Sessions};
use claudebench_coordination::windows::{MemoryWindows, RedisWindows, Windows};
use claudebench_core::time::SystemClock;
use claudebench_testkit::conformance::coordination::{cache, rates, sessions, windows};
use claudebench_testkit::redis::{Cluster, Options, Redis, Sentinels};

use super::clusters::{links, two};
use super::link::{of_cluster, of_sentinels, opened, to};

async fn over(links: impl Into<Links>) {
    let links = links.into();
    rates::all(Arc::new(RedisRates::new(links.clone(), "store"))).await;
    let server = |id| Arc::new(RedisWindows::new(links.clone(), "store", id)) as Arc<dyn Windows>;
    windows::all(&["a", "b", "c"].map(server)).await;
    let layers = CacheLinks { shared: Some(links.clone()), persistent: None };
    cache::all(&layers, 3).await;
    let server = || Arc::new(RedisSessions::new(links.clone(), "store")) as Arc<dyn Sessions>;
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
    all_have_an_end(&redis).await;
}

/// How many keys there are; each is one of ours, and has a time to live.
async fn all_have_an_end(redis: &Redis) -> usize {
    let keys: Vec<String> = redis.tell("KEYS *").await;
    assert!(keys.iter().all(|key| key.starts_with("cb:")), "{keys:?}");
    for key in &keys {
        let left: i64 = redis.tell(&format!("PTTL {key}")).await;
        assert!(left > 0, "{key} has no time to live");
    }
    keys.len()
}

#[tokio::test]
async fn over_two_servers_between_which_all_is_divided() {
    let (one, other) = two().await;
    over(links(&[("a", &one), ("b", &other)]).await).await;
    let keys = [all_have_an_end(&one).await, all_have_an_end(&other).await];
    assert!(keys.iter().all(|count| *count > 5), "{keys:?}");
}

#[tokio::test]
async fn over_two_clusters() {
    let options = Options::default();
    let (one, other) = tokio::join!(Cluster::start(options.clone()), Cluster::start(options));
    let named = |name: &str, cluster| RedisOptions { name: name.into(), ..of_cluster(cluster) };
    let (one, other) = (opened(named("a", &one)).await, opened(named("b", &other)).await);
    over(Links::of([one.clone(), other.clone()]).unwrap()).await;
    assert!(one.status().calls > 50 && other.status().calls > 50);
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
