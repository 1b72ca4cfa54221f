//! Several servers over one database that share a Redis.

use std::sync::Arc;

use claudebench_testkit::postgres::Database;
use claudebench_testkit::redis::{Cluster, End, Options, Redis};
use serde_json::{Value, json};

use super::super::send_to;
use super::super::ws::Socket;
use super::{Process, database, until};

/// Servers that share what `settings` say.
pub(super) async fn servers(
    count: usize,
    settings: &[(&str, &str)],
) -> (Vec<Process>, Arc<Database>) {
    let database = database().await;
    let mut servers = Vec::new();
    for _ in 0..count {
        servers.push(Process::start_with(&database, &[], settings).await);
    }
    let redis = settings.iter().any(|(name, _)| name.starts_with("CLAUDEBENCH_REDIS"));
    for server in servers.iter().filter(|_| redis) {
        until("it has found Redis", async || {
            server.call("system.health", json!({})).await["services"]["redis"] == true
        })
        .await;
    }
    (servers, database)
}

pub(super) async fn metric(server: &Process, name: &str) -> u64 {
    let text = send_to(server.address, "GET", "/metrics", &[], b"").await.body;
    let text = String::from_utf8(text).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("claudebench_{name} ")));
    line.unwrap_or_else(|| panic!("no {name}: {text}")).parse().unwrap()
}

async fn heard(server: &Process) -> u64 {
    metric(server, "relay{figure=\"heard\"}").await
}

pub(super) async fn follower(server: &Process) -> Socket {
    let mut socket = Socket::at(server.address, &[]).await;
    socket.say(json!({ "action": "subscribe", "events": ["task.*"] })).await;
    socket.hear_until(|said| said["type"] == "subscribed").await;
    socket
}

/// The places of the events that a follower is told of, up to the one about this task.
pub(super) async fn told_until(follower: &mut Socket, last: &str) -> Vec<i64> {
    let mut places = Vec::new();
    loop {
        let said = follower.hear().await;
        if said["type"] == "event" {
            places.push(said["id"].as_str().unwrap().parse().unwrap());
            if said.to_string().contains(last) {
                return places;
            }
        }
    }
}

pub(super) async fn make(server: &Process, text: &str) -> String {
    let made = server.call("task.create", json!({ "text": text })).await;
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_server_tells_all_events_once_and_in_order_whatever_becomes_of_redis() {
    const EACH: usize = 40;
    let redis = Redis::start(Options::default()).await;
    let (servers, _database) = servers(3, &[("CLAUDEBENCH_REDIS_URL", &redis.url())]).await;
    let mut followers = Vec::new();
    for server in &servers {
        followers.push(follower(server).await);
    }
    let work = async |server: &Process| {
        for n in 0..EACH {
            make(server, &format!("{n}")).await;
        }
    };
    let trouble = async {
        until("events come through Redis", async || heard(&servers[0]).await > 5).await;
        redis.tell::<()>("FLUSHALL").await;
        redis.stop(End::Kill).await;
        redis.restart().await;
        until("and again", async || {
            let before = heard(&servers[1]).await;
            make(&servers[0], "after").await;
            until_heard(&servers[1], before).await
        })
        .await;
        redis.pause();
        for server in &servers {
            make(server, "while it says nothing").await;
        }
        redis.go_on();
    };
    tokio::join!(work(&servers[0]), work(&servers[1]), work(&servers[2]), trouble);
    let last = make(&servers[2], "last").await;
    let mut told = Vec::new();
    for follower in &mut followers {
        told.push(told_until(follower, &last).await);
    }
    assert!(told[0].len() > 3 * EACH + 4, "{}", told[0].len());
    assert!(told[0].is_sorted_by(|a, b| a < b), "each once, in the order of the log");
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
}

/// Whether a commit came there a moment later.
async fn until_heard(server: &Process, before: u64) -> bool {
    for _ in 0..20 {
        if heard(server).await > before {
            return true;
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_carries_events_too() {
    let cluster = Cluster::start(Options::default()).await;
    let nodes = cluster.urls().join(",");
    let (servers, _database) = servers(2, &[("CLAUDEBENCH_REDIS_NODES", &nodes)]).await;
    let mut follower = follower(&servers[1]).await;
    until("events come through Redis", async || {
        make(&servers[0], "one more").await;
        heard(&servers[1]).await > 3
    })
    .await;
    cluster.nodes[0].stop(End::Kill).await;
    for _ in 0..20 {
        make(&servers[0], "while a master is away").await;
    }
    cluster.is_well().await;
    let before = heard(&servers[1]).await;
    until("and again", async || {
        make(&servers[0], "one more").await;
        heard(&servers[1]).await > before
    })
    .await;
    let last = make(&servers[0], "last").await;
    let told = told_until(&mut follower, &last).await;
    assert!(told.len() > 25 && told.is_sorted_by(|a, b| a < b), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_listens_on_channels_hears_what_the_public_protocol_has_and_runs_nothing() {
    let redis = Redis::start(Options::default()).await;
    let (servers, _database) = servers(2, &[("CLAUDEBENCH_REDIS_URL", &redis.url())]).await;
    let mut listener = redis.listen(&["task.*", "hook.*", "system.*", "instance.*"]).await;
    let id = make(&servers[0], "told").await;
    let (channel, text) = listener.hear().await;
    let event: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&*channel, &event["type"]), ("task.created", &json!("task.created")));
    assert_eq!((&event["payload"]["id"], &event["payload"]["text"]), (&json!(id), &json!("told")));
    assert!(event["timestamp"].is_i64() && !event["id"].is_null(), "{event}");
    let attachment = json!({ "taskId": id, "key": "k", "type": "text", "content": "x" });
    servers[1].call("task.create_attachment", attachment).await;
    let (channel, text) = listener.hear().await;
    let bare: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&*channel, &bare["taskId"], &bare["key"]),
        ("task.attachment_created", &json!(id), &json!("k"))
    );
    assert_eq!(bare["payload"], Value::Null);
    // Each once, though both servers tell their subscribers of all.
    servers[1].call("system.register", json!({ "id": "w", "roles": [] })).await;
    assert_eq!(listener.hear().await.0, "instance.registered");

    let count: u32 = redis.tell(r#"PUBLISH task.create {"payload":{"text":"x"}}"#).await;
    assert_eq!(count, 1, "the listener alone");
    assert_eq!(listener.hear().await.0, "task.create");
    assert_eq!(servers[0].call("task.list", json!({})).await["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_of_another_store_over_the_same_redis_are_strangers() {
    let redis = Redis::start(Options::default()).await;
    let url = redis.url();
    let settings = [("CLAUDEBENCH_REDIS_URL", &*url)];
    let (ours, _database) = servers(2, &settings).await;
    let (theirs, _other) = servers(1, &settings).await;
    let mut follower = follower(&theirs[0]).await;
    until("ours tell each other", async || {
        make(&ours[0], "ours").await;
        heard(&ours[1]).await > 3
    })
    .await;
    for server in &ours {
        until("both are counted", async || metric(server, "servers").await == 2).await;
    }
    let own = make(&theirs[0], "theirs").await;
    assert_eq!(told_until(&mut follower, &own).await.len(), 1, "nothing of ours");
    assert_eq!((heard(&theirs[0]).await, metric(&theirs[0], "servers").await), (0, 1));
}
