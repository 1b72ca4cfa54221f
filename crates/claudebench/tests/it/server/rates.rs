//! How often callers may call, as they meet it.

use claudebench_testkit::postgres::{Database, Postgres};
use claudebench_testkit::redis::{End, Options, Redis};
use claudebench_testkit::until;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Answer, Server};

/// A minute is longer than any test: nothing comes back.
const NARROW: [(&str, i64); 4] =
    [("rates.principal", 2), ("rates.burst", 3), ("rates.global", 2), ("rates.global_burst", 5)];

fn narrow() -> Vec<(&'static str, toml::Value)> {
    NARROW.iter().map(|(key, number)| (*key, (*number).into())).collect()
}

async fn bearer(server: &Server, tenant: &str) -> String {
    let name = json!({ "name": "agent", "scopes": ["admin"], "tenant": tenant });
    let made = server.call("key.create", name).await;
    format!("Bearer {}", made["key"].as_str().unwrap())
}

async fn stats(server: &Server, bearer: &str) -> Answer {
    let headers = [("Authorization", bearer)];
    server.send("POST", "/task/stats", &headers, b"{}").await
}

#[tokio::test]
async fn a_key_may_call_so_often_and_is_told_how_it_stands() {
    let server = Server::with(&narrow(), TempDir::new().unwrap()).await;
    let key = bearer(&server, "default").await;
    for left in [2, 1, 0] {
        let answer = stats(&server, &key).await;
        assert_eq!(answer.status, 200, "{}", answer.head);
        let stands = answer.header("ratelimit").unwrap();
        assert!(stands.starts_with(&format!("\"principal\";r={left};t=")), "{stands}");
        let policy = answer.header("ratelimit-policy").unwrap();
        assert_eq!(policy, "\"principal\";q=2;w=60;burst=3");
    }
    let refused = stats(&server, &key).await;
    assert_eq!(refused.status, 429);
    let after: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((20..=30).contains(&after), "{after}");
    assert!(refused.header("ratelimit").unwrap().contains(";r=0;"));
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "task.stats" }).to_string();
    let headers = [("Authorization", &*key)];
    let over_rpc = server.send("POST", "/rpc", &headers, call.as_bytes()).await;
    let error = &over_rpc.json()["error"];
    assert_eq!(error["code"], -32000, "{error}");
    assert!(error["data"]["retryAfterMs"].as_i64().unwrap() > 20_000, "{error}");
    assert_eq!(error["data"]["limit"]["perMinute"], 2);
    assert!(over_rpc.header("retry-after").is_some());
    // Whoever needs no key is not counted, and what is refused did nothing.
    for _ in 0..20 {
        assert_eq!(server.call("task.stats", json!({})).await["ready"], 0);
    }
    assert!(server.metric("rate_limits{figure=\"refused\"}").await >= 2.0);
}

#[tokio::test]
async fn all_keys_together_have_a_rate_and_methods_and_tenants_their_own() {
    let mut settings = narrow();
    let list = |text: &str| toml::Value::Array(vec![text.into()]);
    settings.push(("rates.methods", list("task.stats=2/1")));
    settings.push(("rates.tenants", list("acme=2/2")));
    let server = Server::with(&settings, TempDir::new().unwrap()).await;
    let (ours, theirs) = (bearer(&server, "default").await, bearer(&server, "acme").await);
    let policy = |answer: &Answer| answer.header("ratelimit-policy").unwrap();
    let first = stats(&server, &ours).await;
    assert_eq!((first.status, &*policy(&first)), (200, "\"method\";q=2;w=60;burst=1"));
    assert_eq!(stats(&server, &ours).await.status, 429);
    let list = async |bearer: &str| {
        let headers = [("Authorization", bearer)];
        server.send("POST", "/task/list", &headers, b"{}").await
    };
    for status in [200, 200, 429] {
        assert_eq!(list(&theirs).await.status, status);
    }
    assert_eq!(list(&ours).await.status, 200, "another method, another tenant");
    // Four went through, one is left of five; refused ones cost nothing.
    let last = list(&ours).await;
    assert_eq!((last.status, &*policy(&last)), (200, "\"global\";q=2;w=60;burst=5"));
    let none = list(&ours).await;
    assert_eq!((none.status, &*policy(&none)), (429, "\"global\";q=2;w=60;burst=5"));
}

async fn two_over(redis: &Redis) -> ([Server; 2], Database) {
    let database = Postgres::shared().await.database().await;
    let mut servers = Vec::new();
    for _ in 0..2 {
        let mut settings = narrow();
        settings.push(("rates.burst", 40.into()));
        settings.push(("rates.global_burst", 1_000.into()));
        let data = TempDir::new().unwrap();
        let url = data.path().join("url");
        std::fs::write(&url, database.url()).unwrap();
        settings.push(("store.url_file", url.to_str().unwrap().into()));
        settings.push(("redis.url", redis.url().into()));
        servers.push(Server::with(&settings, data).await);
    }
    (servers.try_into().unwrap_or_else(|_| panic!("two")), database)
}

#[tokio::test]
async fn servers_count_together_and_each_for_itself_without_redis() {
    let redis = Redis::start(Options::default()).await;
    let (servers, _database) = two_over(&redis).await;
    let key = bearer(&servers[0], "default").await;
    for server in &servers {
        until("it has found Redis", async || {
            let health: Value = server.call("system.health", json!({})).await;
            health["services"]["redis"] == true
        })
        .await;
    }
    for server in &servers {
        let metric = "rate_limits{figure=\"servers\"}";
        until("both are counted", async || server.metric(metric).await == 2.0).await;
    }
    let mut through = 0;
    for call in 0..60 {
        let status = stats(&servers[call % 2], &key).await.status;
        assert!(status == 200 || status == 429, "{status}");
        through += u32::from(status == 200);
    }
    assert!((39..=42).contains(&through), "{through} of 40");
    // One that has not been heard of: for an empty bucket nobody is asked until something is in it.
    let key = bearer(&servers[0], "default").await;
    redis.stop(End::Kill).await;
    until("one goes on alone", async || {
        server_is_degraded(&servers[0]).await && stats(&servers[0], &key).await.status == 200
    })
    .await;
    let mut alone = 1;
    while stats(&servers[0], &key).await.status == 200 {
        alone += 1;
    }
    assert!((19..=21).contains(&alone), "its share of 40: {alone}");
    let [first, second] = servers;
    first.stop().await;
    second.stop().await;
}

async fn server_is_degraded(server: &Server) -> bool {
    let health = server.call("system.health", json!({})).await;
    health["services"]["redis"] == false && health["status"] == "degraded"
}
