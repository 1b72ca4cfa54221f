//! A person who has logged in, at several servers.

use std::net::SocketAddr;
use std::sync::Arc;

use claudebench_testkit::postgres::Database;
use claudebench_testkit::redis::{End, Options, Redis};
use serde_json::{Value, json};

use super::super::ws::Socket;
use super::super::{Answer, send_to};
use super::{Process, database, rpc_with, until};

/// What a browser keeps of a session.
struct Browser {
    cookie: String,
    token: String,
}

async fn log_in(at: SocketAddr, key: &str, origin: &str, cookie: &str) -> Answer {
    let headers = [("origin", origin), ("host", origin.split_once("//").unwrap().1)];
    let body = json!({ "key": key }).to_string();
    let headers: Vec<_> = headers.into_iter().chain([("cookie", cookie)]).collect();
    send_to(at, "POST", "/auth/login", &headers, body.as_bytes()).await
}

impl Browser {
    /// One whose reader has logged in.
    async fn logged_in(server: &Process, key: &str) -> Self {
        let origin = format!("http://{}", server.address);
        let answer = log_in(server.address, key, &origin, "").await;
        assert_eq!(answer.status, 200, "{}", answer.head);
        let set = answer.header("set-cookie").unwrap();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=86400"] {
            assert!(set.contains(part), "{set}");
        }
        let token = answer.json()["csrfToken"].as_str().unwrap().to_owned();
        Self { cookie: set.split(';').next().unwrap().to_owned(), token }
    }

    async fn get(&self, server: &Process, path: &str) -> Answer {
        send_to(server.address, "GET", path, &[("cookie", &*self.cookie)], b"").await
    }

    async fn post(&self, server: &Process, path: &str, body: &Value) -> Answer {
        let headers = [("cookie", &*self.cookie), ("x-csrf-token", &*self.token)];
        send_to(server.address, "POST", path, &headers, body.to_string().as_bytes()).await
    }

    async fn call(&self, server: &Process, method: &str, params: Value) -> Value {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = self.post(server, "/rpc", &call).await.json();
        assert_eq!(answer["error"], Value::Null, "{method}");
        answer["result"].clone()
    }
}

/// One that wants keys and shares a Redis with others.
async fn beside(database: &Arc<Database>, redis: &Redis) -> Process {
    let url = redis.url();
    let settings = [("CLAUDEBENCH_REDIS_URL", &*url), ("CLAUDEBENCH_AUTH_REQUIRED", "always")];
    Process::start_with(database, &[], &settings).await
}

async fn finds_redis(server: &Process, key: &str) {
    until("it has found Redis", async || {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", &*bearer)];
        let health = rpc_with(server.address, &headers, "system.health", json!({})).await;
        health["result"]["services"]["redis"] == true
    })
    .await;
}

/// Two servers that share a Redis, one that has none, and a key that opens all.
async fn two(database: &Arc<Database>, redis: &Redis) -> ([Process; 2], Process, String) {
    let first = Process::start(database, &[]).await;
    let made = first.call("key.create", json!({ "name": "ada", "scopes": ["admin"] })).await;
    let servers = [beside(database, redis).await, beside(database, redis).await];
    let key = made["key"].as_str().unwrap().to_owned();
    for server in &servers {
        finds_redis(server, &key).await;
    }
    (servers, first, key)
}

/// How many sessions Redis has.
async fn kept(redis: &Redis) -> usize {
    let mut open = 0;
    for name in redis.tell::<Vec<String>>("KEYS cb:session:*").await {
        open += redis.tell::<usize>(&format!("HEXISTS {name} key")).await;
    }
    open
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_known_everywhere_sees_its_writes_and_ends_at_once() {
    let redis = Redis::start(Options::default()).await;
    let ([one, other], _first, key) = two(&database().await, &redis).await;
    let ada = Browser::logged_in(&one, &key).await;
    for server in [&one, &other] {
        let who = ada.get(server, "/auth/session").await;
        assert_eq!(who.status, 200, "{}", who.head);
        assert!(who.header("set-cookie").unwrap().starts_with(&*ada.cookie), "it lives on");
        let who = who.json();
        assert_eq!((&who["name"], &who["session"]), (&json!("ada"), &json!(true)));
        assert_eq!((&who["csrfToken"], &who["scopes"]), (&json!(ada.token), &json!(["admin"])));
    }
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "task.stats", "params": {} });
    let cookie = [("cookie", &*ada.cookie)];
    let forged = send_to(other.address, "POST", "/rpc", &cookie, call.to_string().as_bytes()).await;
    assert_eq!(forged.json()["error"]["data"]["code"], "forbidden", "another page sends no token");

    let made = ada.call(&one, "task.create", json!({ "text": "0" })).await;
    let path = format!("/api/tasks/{}", made["id"].as_str().unwrap());
    for n in 1..=40 {
        let (writer, reader) = if n % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let updates = json!({ "id": made["id"], "updates": { "text": n.to_string() } });
        ada.call(writer, "task.update", updates).await;
        assert_eq!(ada.get(reader, &path).await.json()["text"], n.to_string());
        match n {
            20 => redis.stop(End::Kill).await,
            30 => redis.restart().await,
            _ => {}
        }
    }
    let mut socket = Socket::at(other.address, &cookie).await;
    for n in 41..=60 {
        let updates = json!({ "id": made["id"], "updates": { "text": n.to_string() } });
        ada.call(&one, "task.update", updates).await;
        let get = json!({ "jsonrpc": "2.0", "id": n, "method": "task.get", "params": { "id": made["id"] } });
        socket.say(json!({ "action": "execute", "request": get })).await;
        let said = socket.hear_until(|said| said["id"] == n).await;
        assert_eq!(
            said["result"]["text"],
            n.to_string(),
            "an old socket knows what its session wrote"
        );
    }
    socket.say(json!({ "action": "subscribe", "events": ["task.*"] })).await;
    socket.hear_until(|said| said["type"] == "subscribed").await;
    let gone = ada.post(&one, "/auth/logout", &json!({})).await;
    assert_eq!(gone.status, 204, "{}", gone.head);
    assert!(gone.head.contains("Max-Age=0"), "{}", gone.head);
    let end = socket.hear_until(|said| said["closed"].is_i64()).await;
    assert_eq!((&end["closed"], &end["reason"]), (&json!(1008), &json!("the session is over")));
    for server in [&one, &other] {
        assert_eq!(ada.get(server, &path).await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_logs_out_while_redis_is_away_is_logged_out_everywhere() {
    let redis = Redis::start(Options::default()).await;
    let ([one, other], first, key) = two(&database().await, &redis).await;
    let ada = Browser::logged_in(&one, &key).await;
    let bob = Browser::logged_in(&other, &key).await;
    for server in [&one, &other] {
        for browser in [&ada, &bob] {
            assert_eq!(browser.get(server, "/auth/session").await.status, 200);
        }
    }
    redis.pause();
    assert_eq!(ada.get(&other, "/auth/session").await.status, 200, "nobody is logged out by that");
    assert_eq!(ada.post(&one, "/auth/logout", &json!({})).await.status, 204);
    until("the other one has heard of it", async || {
        ada.get(&other, "/auth/session").await.status == 401
    })
    .await;
    redis.go_on();
    for server in [&one, &other] {
        finds_redis(server, &key).await;
        assert_eq!(ada.get(server, "/auth/session").await.status, 401, "whatever Redis has");
        assert_eq!(bob.get(server, "/auth/session").await.status, 200);
    }
    // Wrong keys open nothing, and each login has a session of its own.
    let origin = "https://board.example";
    let wrong = log_in(one.address, &key.replace("cb_", "cb_0"), origin, "").await;
    assert_eq!((wrong.status, wrong.header("set-cookie")), (403, None), "not from that page");
    let origin = format!("http://{}", one.address);
    let wrong = log_in(one.address, "cb_1_2", &origin, "").await;
    assert_eq!((wrong.status, wrong.header("set-cookie")), (401, None));
    let again = log_in(one.address, &key, &origin, &bob.cookie).await;
    let set = again.header("set-cookie").unwrap();
    assert!(!set.starts_with(&*bob.cookie), "its id is a new one");
    // The other one may not have found Redis again: then the log tells it.
    until("the old one is over", async || bob.get(&other, "/auth/session").await.status == 401)
        .await;
    // Of two tenants, each is told of its own sessions alone.
    let theirs = json!({ "name": "zoe", "scopes": ["admin"], "tenant": "acme" });
    let theirs = first.call("key.create", theirs).await["key"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {theirs}");
    until("the server has heard of the new key", async || {
        let headers = [("authorization", &*bearer)];
        rpc_with(one.address, &headers, "task.stats", json!({})).await["error"].is_null()
    })
    .await;
    let zoe = Browser::logged_in(&one, &theirs).await;
    log_in(one.address, &key, &origin, &zoe.cookie).await;
    let listed = json!({ "types": ["login.*"] });
    let log = rpc_with(one.address, &[("authorization", &*bearer)], "event.list", listed).await;
    let log = log["result"]["events"].as_array().unwrap();
    let kinds: Vec<_> = log.iter().map(|event| &event["type"]).collect();
    assert_eq!(kinds, ["login.started", "login.ended"], "{log:?}");
    let eve = Browser::logged_in(&other, &key).await;
    let keys = first.call("key.list", json!({})).await;
    let id = keys["keys"][0]["id"].clone();
    first.call("key.revoke", json!({ "id": id })).await;
    for server in [&one, &other] {
        until("its key is gone", async || eve.get(server, "/auth/session").await.status == 401)
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_logged_out_stays_so_though_all_servers_start_anew_before_redis_is_back() {
    let on_disk = Options::default().with("appendonly", "yes").with("appendfsync", "always");
    let redis = Redis::start(on_disk).await;
    let database = database().await;
    let ([one, other], _first, key) = two(&database, &redis).await;
    let ada = Browser::logged_in(&one, &key).await;
    let bob = Browser::logged_in(&other, &key).await;
    redis.stop(End::Kill).await;
    assert_eq!(ada.post(&one, "/auth/logout", &json!({})).await.status, 204);
    for server in [one, other] {
        server.kill();
    }
    let new = beside(&database, &redis).await;
    redis.restart().await;
    finds_redis(&new, &key).await;
    assert_eq!(kept(&redis).await, 2, "it knows nothing of that");
    assert_eq!(ada.get(&new, "/auth/session").await.status, 401);
    assert_eq!(bob.get(&new, "/auth/session").await.status, 200);
    assert_eq!(kept(&redis).await, 1, "now it is closed there, too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_that_cannot_be_written_down_is_tried_again() {
    let redis = Redis::start(Options::default()).await;
    let database = database().await;
    let ([one, other], _first, key) = two(&database, &redis).await;
    let ada = Browser::logged_in(&one, &key).await;
    assert_eq!(ada.get(&other, "/auth/session").await.status, 200);
    database.rename("ended_logins", "away").await;
    let said = ada.post(&one, "/auth/logout", &json!({})).await;
    assert!((500..600).contains(&said.status), "{}", said.head);
    assert_eq!(said.header("set-cookie"), None, "{}", said.head);
    for server in [&one, &other] {
        assert_eq!(ada.get(server, "/auth/session").await.status, 200, "it goes on everywhere");
    }
    let origin = format!("http://{}", one.address);
    let again = log_in(one.address, &key, &origin, &ada.cookie).await;
    assert!((500..600).contains(&again.status), "the one before cannot be ended: {}", again.head);
    database.rename("away", "ended_logins").await;
    assert_eq!(ada.post(&one, "/auth/logout", &json!({})).await.status, 204);
    for server in [&one, &other] {
        assert_eq!(ada.get(server, "/auth/session").await.status, 401);
    }
}
