//! Several servers that count calls together.

use std::sync::Arc;
use std::time::{Duration, Instant};

use claudebench_coordination::limits::{Limited, Limiter, MemoryRates, Rate, RedisRates, Wanted};
use claudebench_core::time::SystemClock;
use claudebench_testkit::redis::{End, Options, Redis};
use claudebench_testkit::until;

use super::link::{opened, to};

async fn servers(redis: &Redis, count: u32) -> Vec<Arc<Limiter>> {
    let mut limiters = Vec::new();
    for _ in 0..count {
        let link = opened(to(redis)).await;
        let own = MemoryRates::new(Arc::new(SystemClock::default()));
        let limiter = Limiter::new(own, Some(Arc::new(RedisRates::new(link, "store"))));
        limiter.set_servers(count);
        limiters.push(Arc::new(limiter));
    }
    limiters
}

fn wanted(name: &str, per_minute: u32, burst: u32) -> Wanted {
    Wanted { name: name.into(), policy: "test", rate: Rate { per_minute, burst } }
}

/// How many calls are let in until all are refused, by eight callers of each server.
async fn let_in(limiters: &[Arc<Limiter>], wanted: &Wanted) -> u32 {
    let callers = limiters.iter().flat_map(|limiter| std::iter::repeat_n(limiter, 8));
    let callers = callers.map(|limiter| {
        let (limiter, wanted) = (limiter.clone(), [wanted.clone()]);
        tokio::spawn(async move {
            let mut count = 0;
            while limiter.admit(&wanted).await.is_ok() {
                count += 1;
            }
            count
        })
    });
    let mut count = 0;
    for caller in callers.collect::<Vec<_>>() {
        count += caller.await.unwrap();
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_let_in_as_many_as_one() {
    let redis = Redis::start(Options::default()).await;
    let limiters = servers(&redis, 3).await;
    let began = Instant::now();
    let count = let_in(&limiters, &wanted("many", 60, 3_000)).await;
    let most = 3_000 + u32::try_from(began.elapsed().as_secs()).unwrap() + 1;
    assert!((2_970..=most).contains(&count), "{count} of 3000 to {most}");
    let fetched: u64 = limiters.iter().map(|limiter| limiter.status().fetched).sum();
    assert!(fetched < u64::from(count) / 2, "in handfuls: {fetched} for {count}");
}

#[tokio::test]
async fn whoever_is_refused_is_told_when_to_come_again() {
    let redis = Redis::start(Options::default()).await;
    let limiters = servers(&redis, 1).await;
    let wanted = wanted("slow", 6, 2);
    assert_eq!(let_in(&limiters, &wanted).await, 2);
    let Limited { standing, retry_ms } = limiters[0].admit(&[wanted]).await.unwrap_err();
    assert_eq!((standing.policy, standing.left, standing.rate.per_minute), ("test", 0, 6));
    assert!((5_000..=10_000).contains(&retry_ms), "{retry_ms}");
}

#[tokio::test]
async fn a_call_that_one_bucket_refuses_costs_the_others_nothing() {
    let redis = Redis::start(Options::default()).await;
    let limiter = servers(&redis, 1).await.remove(0);
    let both = [wanted("wide", 1, 10), wanted("narrow", 1, 2)];
    assert_eq!(limiter.admit(&both).await.unwrap().unwrap().rate.burst, 2, "the scarcest");
    limiter.admit(&both).await.unwrap();
    for _ in 0..20 {
        assert_eq!(limiter.admit(&both).await.unwrap_err().standing.rate.burst, 2);
    }
    for _ in 0..8 {
        limiter.admit(&both[..1]).await.unwrap();
    }
    assert!(limiter.admit(&both[..1]).await.is_err());
}

#[tokio::test]
async fn without_redis_each_server_gives_its_share() {
    let redis = Redis::start(Options::default()).await;
    let limiters = servers(&redis, 3).await;
    redis.stop(End::Kill).await;
    let began = Instant::now();
    let wanted = wanted("alone", 60, 300);
    for limiter in &limiters {
        let count = let_in(std::slice::from_ref(limiter), &wanted).await;
        let most = 100 + u32::try_from(began.elapsed().as_secs()).unwrap();
        assert!((100..=most + 1).contains(&count), "{count}");
        assert!(limiter.status().failed > 0);
    }
    assert!(began.elapsed() < Duration::from_secs(20));
    redis.restart().await;
    until("it is counted together again", async || {
        let _ = limiters[0].admit(std::slice::from_ref(&wanted)).await;
        limiters[0].status().fetched > 0
    })
    .await;
}

#[tokio::test]
async fn a_caller_that_comes_now_and_then_is_not_refused_what_is_its_own() {
    let redis = Redis::start(Options::default()).await;
    let limiter = servers(&redis, 3).await.remove(0);
    let wanted = [wanted("seldom", 1, 8)];
    for call in 0..8 {
        assert!(limiter.admit(&wanted).await.is_ok(), "call {call}");
        let since = Instant::now();
        // What was fetched ahead would be given up by then.
        until("a while has passed", async || since.elapsed() > Duration::from_millis(1_100)).await;
    }
    assert!(limiter.admit(&wanted).await.is_err());
}
