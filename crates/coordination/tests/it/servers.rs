//! Who shares a Redis, and how it looks from outside.

use claudebench_coordination::redis::{self, RedisOptions, look, server};
use claudebench_coordination::servers::Servers;
use claudebench_testkit::redis::{Cluster, Options, Redis};
use claudebench_testkit::until;

use super::link::{of_cluster, opened, to};

#[tokio::test]
async fn servers_come_and_go() {
    let redis = Redis::start(Options::default()).await;
    let link = opened(to(&redis)).await;
    let (first, second) =
        (Servers::new(link.clone(), "x", "a"), Servers::new(link.clone(), "x", "b"));
    assert_eq!(first.here().await.unwrap(), 1);
    assert_eq!(second.here().await.unwrap(), 2);
    assert_eq!(first.here().await.unwrap(), 2, "each counts once");
    assert_eq!(Servers::new(link, "y", "c").here().await.unwrap(), 1, "of another store");
    second.leave().await.unwrap();
    assert_eq!(first.here().await.unwrap(), 1);
    second.here().await.unwrap();
    until("one that says nothing is forgotten", async || first.here().await.unwrap() == 1).await;
}

#[tokio::test]
async fn what_is_there_is_found() {
    let cluster = Cluster::start(Options::default().with("maxmemory-policy", "allkeys-lru")).await;
    let found = look(&of_cluster(&cluster)).await.unwrap();
    assert_eq!((found.nodes, &*found.eviction), (6, "allkeys-lru"));
    assert!(found.version.starts_with(|c: char| c.is_ascii_digit()), "{found:?}");
    let mut nodes = Vec::new();
    for node in &cluster.nodes {
        nodes.push(look(&to(node)).await);
    }
    assert!(nodes.iter().any(|found| found.as_ref().is_err_and(|why| why.contains("redis.nodes"))));
    let one = look(&to(Redis::shared().await)).await.unwrap();
    assert_eq!((one.nodes, &*one.eviction), (1, "noeviction"));
    let nowhere = RedisOptions::new(redis::Servers::One(server("redis://127.0.0.1:9").unwrap()));
    assert!(look(&nowhere).await.is_err());
}
