//! The link to Redis, and what it does when that goes away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use claudebench_coordination::breaker::BreakerState;
use claudebench_coordination::redis::{Link, LinkError, RedisOptions, Servers, server};
use claudebench_testkit::postgres::Authority;
use claudebench_testkit::proxy::{Fault, Proxy};
use claudebench_testkit::redis::{Cluster, End, MASTER, Options, Redis, Sentinels};
use claudebench_testkit::until;

fn options(servers: Servers) -> RedisOptions {
    let answer = Duration::from_millis(250);
    RedisOptions { answer, ..RedisOptions::new(servers) }
}

pub(super) fn to(redis: &Redis) -> RedisOptions {
    options(Servers::One(server(&redis.url()).unwrap()))
}

pub(super) fn of_cluster(cluster: &Cluster) -> RedisOptions {
    options(Servers::Cluster(cluster.urls().iter().map(|url| server(url).unwrap()).collect()))
}

pub(super) fn of_sentinels(sentinels: &Sentinels) -> RedisOptions {
    options(Servers::Sentinels {
        sentinels: sentinels.urls().iter().map(|url| server(url).unwrap()).collect(),
        master: MASTER.to_owned(),
        of_master: server("redis://127.0.0.1").unwrap(),
    })
}

pub(super) async fn opened(options: RedisOptions) -> Link {
    let link = Link::open(options);
    let up = link.is_up();
    until("the link is up", async || *up.borrow()).await;
    link
}

async fn set(link: &Link, key: &str) -> Result<(), LinkError> {
    link.ask(redis::cmd("SET").arg(key).arg("x").arg("PX").arg(60_000)).await
}

async fn works_again(link: &Link, keys: &[&str]) {
    until("all keys can be written again", async || {
        for key in keys {
            if set(link, key).await.is_err() {
                return false;
            }
        }
        true
    })
    .await;
}

#[tokio::test]
async fn a_server_that_goes_away_and_comes_back() {
    let redis = Redis::start(Options::default()).await;
    let link = opened(to(&redis)).await;
    set(&link, "cb:a").await.unwrap();
    redis.stop(End::Kill).await;
    until("calls fail at once", async || {
        let began = Instant::now();
        let failed = set(&link, "cb:a").await;
        assert!(failed.is_err());
        matches!(failed, Err(LinkError::Away)) && began.elapsed() < Duration::from_millis(50)
    })
    .await;
    assert_ne!(link.status().state, BreakerState::Closed);
    redis.restart().await;
    works_again(&link, &["cb:a"]).await;
    assert_eq!(link.status().state, BreakerState::Closed);
}

#[tokio::test]
async fn a_server_that_says_nothing_costs_no_more_than_the_time_for_an_answer() {
    let redis = Redis::start(Options::default()).await;
    let link = opened(to(&redis)).await;
    redis.pause();
    let began = Instant::now();
    let failed = set(&link, "cb:a").await.unwrap_err();
    assert!(matches!(failed, LinkError::TooSlow(_)), "{failed}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    until("calls fail at once", async || matches!(set(&link, "cb:a").await, Err(LinkError::Away)))
        .await;
    redis.go_on();
    works_again(&link, &["cb:a"]).await;
}

#[tokio::test]
async fn a_connection_that_leads_nowhere_is_noticed_though_nobody_uses_it() {
    let redis = Redis::start(Options::default()).await;
    let proxy = Proxy::before(redis.port()).await;
    let way = server(&format!("redis://127.0.0.1:{}", proxy.port())).unwrap();
    let link = opened(options(Servers::One(way))).await;
    let connected = link.status().connected;
    proxy.set(Fault::BlackHole);
    until("it is noticed", async || link.status().failed > 0).await;
    until("it is given up", async || set(&link, "cb:a").await.is_err() && !*link.is_up().borrow())
        .await;
    proxy.set(Fault::None);
    works_again(&link, &["cb:a"]).await;
    assert!(link.status().connected > connected);
}

#[tokio::test]
async fn what_a_server_refuses_says_nothing_of_the_way_to_it() {
    let redis = Redis::shared().await;
    let link = opened(to(redis)).await;
    set(&link, "cb:text").await.unwrap();
    for _ in 0..10 {
        let refused = link.ask::<i64>(redis::cmd("LPUSH").arg("cb:text").arg("x")).await;
        assert!(matches!(refused, Err(LinkError::Refused(_))), "{refused:?}");
    }
    assert_eq!(link.status().state, BreakerState::Closed);
}

#[tokio::test]
async fn passwords_and_certificates() {
    let authority = Authority::default();
    let certificate = authority.sign("localhost");
    let secret = Options::default().with_password("a-secret").with_tls(certificate);
    let redis = Redis::start(secret).await;
    let roots = std::fs::read(authority.file()).unwrap();
    let way = redis.url().replace("127.0.0.1", "localhost");
    let of = |url: &str, authority: Option<Vec<u8>>| {
        let servers = Servers::One(server(url).unwrap());
        RedisOptions { authority, ..options(servers) }
    };
    let link = opened(of(&way, Some(roots.clone()))).await;
    set(&link, "cb:a").await.unwrap();
    for wrong in [of(&way, None), of(&way.replace("a-secret", "another"), Some(roots))] {
        let link = Link::open(wrong);
        until("it was tried", async || link.status().opened > 0).await;
        assert_eq!(link.status().connected, 0);
    }
}

#[tokio::test]
async fn a_master_that_dies_is_followed_to_where_sentinels_say() {
    let sentinels = Sentinels::start(Options::default()).await;
    let link = opened(of_sentinels(&sentinels)).await;
    set(&link, "cb:a").await.unwrap();
    sentinels.servers[0].stop(End::Kill).await;
    until("the death is noticed", async || set(&link, "cb:a").await.is_err()).await;
    works_again(&link, &["cb:a"]).await;
    let role: Vec<redis::Value> = sentinels.servers[1].tell("ROLE").await;
    assert_eq!(role[0], redis::Value::BulkString(b"master".to_vec()));
}

/// Keys in slots of all three masters.
const SPREAD: [&str; 6] = ["cb:a", "cb:b", "cb:c", "cb:d", "cb:e", "cb:f"];

#[tokio::test]
async fn a_cluster_that_loses_a_master_moves_a_slot_and_starts_anew() {
    let cluster = Cluster::start(Options::default()).await;
    let link = opened(of_cluster(&cluster)).await;
    works_again(&link, &SPREAD).await;

    let slot: u32 = cluster.nodes[0].tell("CLUSTER KEYSLOT cb:a").await;
    let [from, to] = [slot * 3 / 16_384, (slot * 3 / 16_384 + 1) % 3].map(|n| n as usize);
    let moving = Arc::new(AtomicBool::new(true));
    let writer = tokio::spawn({
        let (link, moving) = (link.clone(), moving.clone());
        async move {
            while moving.load(Ordering::Relaxed) {
                set(&link, "cb:a").await.expect("a slot that moves can be written to");
            }
        }
    });
    cluster.move_slot(slot, &cluster.nodes[from], &cluster.nodes[to]).await;
    moving.store(false, Ordering::Relaxed);
    writer.await.unwrap();
    set(&link, "cb:a").await.unwrap();

    cluster.nodes[1].stop(End::Kill).await;
    works_again(&link, &SPREAD).await;
    cluster.nodes[1].restart().await;
    cluster.is_well().await;

    for node in &cluster.nodes {
        node.stop(End::Kill).await;
    }
    until("it is noticed", async || set(&link, "cb:a").await.is_err()).await;
    for node in &cluster.nodes {
        node.restart().await;
    }
    cluster.is_well().await;
    works_again(&link, &SPREAD).await;
}
