//! Servers beside a Redis that has too little room: it throws away what nobody has used for long, and at last all
//! of it. Nothing but speed is lost.

use std::sync::atomic::{AtomicBool, Ordering};

use claudebench_testkit::redis::{Options, Redis};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::super::send_to;
use super::super::ws::Socket;
use super::together::{make, metric, servers, told_until};
use super::{Process, rpc_with, until};

/// Less than the load needs; Redis itself needs one.
const ROOM: &str = "3mb";
/// The events of a task with such a text fill that soon.
const TEXT: usize = 400;
/// As much is kept with a task, so that entries of the cache fill it, too.
const METADATA: usize = 12_000;
/// Keys that a caller with a key has of buckets.
const KEYS: usize = 3;

/// What Redis says of itself.
async fn figure(redis: &Redis, section: &str, name: &str) -> u64 {
    let info: String = redis.tell(&format!("INFO {section}")).await;
    let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap().trim().parse().unwrap()
}

/// Makes a task at one server, changes it there, reads it at the next, and calls with a key: all goes well, and what
/// is read is what was written.
async fn round(servers: &[Process], keys: &[String], nth: usize) {
    let (here, there) = (&servers[nth % servers.len()], &servers[(nth + 1) % servers.len()]);
    let task = json!({ "text": "x".repeat(TEXT), "metadata": { "m": "y".repeat(METADATA) } });
    let id = here.call("task.create", task).await["id"].clone();
    let updates = json!({ "text": format!("{nth} {}", "z".repeat(TEXT)) });
    let params = json!({ "id": id, "updates": updates });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "task.update", "params": params });
    let body = body.to_string();
    let changed = send_to(here.address, "POST", "/rpc", &[], body.as_bytes()).await;
    assert_eq!(changed.json()["error"], Value::Null, "{nth}");
    let position = changed.header("x-claudebench-position").unwrap();
    let path = format!("/api/tasks/{}", id.as_str().unwrap());
    for _ in 0..2 {
        let headers = [("x-claudebench-position", &*position)];
        let read = send_to(there.address, "GET", &path, &headers, b"").await;
        assert_eq!(read.status, 200, "{}", read.head);
        assert!(read.json()["text"].as_str().unwrap().starts_with(&format!("{nth} ")), "{nth}");
    }
    let bearer = format!("Bearer {}", keys[nth % KEYS]);
    let headers = [("Authorization", &*bearer)];
    let counted = rpc_with(here.address, &headers, "task.stats", json!({})).await;
    assert_eq!(counted["error"], Value::Null, "{nth}: far below its rate");
}

/// All places of the log, as the store has them.
async fn log(server: &Process) -> Vec<i64> {
    let (mut places, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = server.call("event.list", json!({ "after": after, "limit": 500 })).await;
        let events = page["events"].as_array().unwrap().iter();
        let tasks = events.filter(|event| event["type"].as_str().unwrap().starts_with("task."));
        places.extend(tasks.map(|event| event["id"].as_str().unwrap().parse::<i64>().unwrap()));
        if page["hasMore"] != true {
            return places;
        }
        after = page["next"].clone();
    }
}

/// The rest of what is needed: followers at each server, and keys.
async fn prepared(servers: &[Process]) -> (Vec<Socket>, Vec<String>) {
    let (mut followers, mut keys) = (Vec::new(), Vec::new());
    for server in servers {
        let mut socket = Socket::at(server.address, &[]).await;
        socket.say(json!({ "action": "subscribe", "events": ["task.*"], "since": "0" })).await;
        socket.hear_until(|said| said["type"] == "subscribed").await;
        followers.push(socket);
    }
    for nth in 0..KEYS {
        let made = json!({ "name": format!("k{nth}"), "scopes": ["admin"] });
        keys.push(servers[0].call("key.create", made).await["key"].as_str().unwrap().to_owned());
    }
    (followers, keys)
}

/// Works at all servers until somebody says that it is enough; answers how many rounds there were.
async fn work(servers: &[Process], keys: &[String], enough: &AtomicBool) -> usize {
    let lanes = (0..3).map(async |lane| {
        let mut count = 0;
        while !enough.load(Ordering::Relaxed) {
            round(servers, keys, lane + 3 * count).await;
            count += 1;
        }
        count
    });
    join_all(lanes).await.into_iter().sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_throws_away_what_is_old_and_then_all_costs_nothing_but_speed() {
    let small = Options::default().with("maxmemory", ROOM).with("maxmemory-policy", "allkeys-lru");
    let redis = Redis::start(small).await;
    let url = redis.url();
    let settings = [("CLAUDEBENCH_REDIS_URL", &*url), ("CLAUDEBENCH_RATES_PRINCIPAL", "100000")];
    let (servers, _database) = servers(2, &settings).await;
    let (mut followers, keys) = prepared(&servers).await;
    let enough = AtomicBool::new(false);
    let trouble = async {
        until("something was thrown away", async || {
            figure(&redis, "stats", "evicted_keys").await > 50
        })
        .await;
        for _ in 0..5 {
            let heard = metric(&servers[0], "relay{figure=\"heard\"}").await;
            assert!(redis.flush().await);
            until("commits come through it again", async || {
                metric(&servers[0], "relay{figure=\"heard\"}").await > heard
            })
            .await;
        }
        // Not even one write is possible from here on.
        let left = metric(&servers[1], "relay{figure=\"left\"}").await;
        redis.tell::<()>("CONFIG SET maxmemory 1").await;
        until("a server does without it", async || {
            metric(&servers[1], "relay{figure=\"left\"}").await > left + 5
        })
        .await;
        redis.tell::<()>(&format!("CONFIG SET maxmemory {ROOM}")).await;
        let sent = metric(&servers[1], "relay{figure=\"sent\"}").await;
        until("commits go through it again", async || {
            metric(&servers[1], "relay{figure=\"sent\"}").await > sent + 5
        })
        .await;
        enough.store(true, Ordering::Relaxed);
    };
    let (rounds, ()) = tokio::join!(work(&servers, &keys, &enough), trouble);
    assert!(rounds > 50, "{rounds}");
    let last = make(&servers[1], "last").await;
    let mut told = Vec::new();
    for follower in &mut followers {
        told.push(told_until(follower, &last).await);
    }
    let log = log(&servers[0]).await;
    assert_eq!(log.len(), 2 * rounds + 1, "all that was acknowledged");
    assert_eq!(told[0], log, "each once, in the order of the log");
    assert_eq!(told[1], log);
    for server in &servers {
        assert!(!server.log().contains("panicked"), "{}", server.log());
    }
}
