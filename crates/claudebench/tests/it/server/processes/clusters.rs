//! Several servers over one database that share several Redis.

use claudebench_testkit::redis::{End, Options, Redis};
use serde_json::json;

use super::together::{follower, make, metric, servers, told_until};
use super::{Process, until};

async fn calls(server: &Process, cluster: &str) -> u64 {
    metric(server, &format!("redis_cluster{{cluster=\"{cluster}\",figure=\"calls\"}}")).await
}

/// Which clusters a server reaches.
async fn reached(server: &Process) -> Vec<(String, bool)> {
    let health = server.call("system.health", json!({})).await;
    let each = health["clusters"].as_array().unwrap().iter();
    let said: Vec<(String, bool)> =
        each.map(|one| (one["name"].as_str().unwrap().into(), one["reached"] == true)).collect();
    assert_eq!(health["services"]["redis"], said.iter().all(|(_, reached)| *reached));
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_events_are_told_once_and_in_order_while_one_of_two_redis_goes_and_comes_back() {
    const EACH: usize = 60;
    let start = || Redis::start(Options::default());
    let (east, west) = tokio::join!(start(), start());
    let clusters = format!("east={},west={}", east.url(), west.url());
    let (servers, _database) = servers(3, &[("CLAUDEBENCH_REDIS_CLUSTERS", &clusters)]).await;
    let mut followers = Vec::new();
    for server in &servers {
        followers.push(follower(server).await);
    }
    let work = async |server: &Process| {
        for n in 0..EACH {
            make(server, &format!("{n}")).await;
        }
    };
    let said = |east, west| vec![("east".to_owned(), east), ("west".to_owned(), west)];
    let heard = async || {
        let mut all = 0;
        for server in &servers {
            all += metric(server, "relay{figure=\"heard\"}").await;
        }
        all
    };
    let trouble = async {
        until("events come through Redis", async || heard().await > 10).await;
        for (nth, redis) in [&east, &west].into_iter().enumerate() {
            redis.stop(End::Kill).await;
            for server in &servers {
                until("all see which is away", async || {
                    reached(server).await == said(nth != 0, nth != 1)
                })
                .await;
            }
            let before = heard().await;
            until("events come through the other one", async || {
                make(&servers[0], "meanwhile").await;
                heard().await > before + 2
            })
            .await;
            redis.restart().await;
            for server in &servers {
                until("it is back", async || reached(server).await == said(true, true)).await;
            }
        }
    };
    tokio::join!(work(&servers[0]), work(&servers[1]), work(&servers[2]), trouble);
    let last = make(&servers[2], "last").await;
    let mut told = Vec::new();
    for follower in &mut followers {
        told.push(told_until(follower, &last).await);
    }
    assert!(told[0].len() > 3 * EACH, "{}", told[0].len());
    assert!(told[0].is_sorted_by(|a, b| a < b), "each once, in the order of the log");
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
    for server in &servers {
        assert!(calls(server, "east").await + calls(server, "west").await > 10);
        let all = metric(server, "circuit_breaker_state{name=\"redis\"}").await;
        let each = metric(server, "circuit_breaker_state{name=\"redis:west\"}").await;
        assert_eq!((all, each), (0, 0));
    }
}
