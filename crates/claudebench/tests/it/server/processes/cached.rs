//! Several servers that keep what is read often, over one database and one Redis.

use claudebench_testkit::redis::{End, Options, Redis};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::super::send_to;
use super::together::{make, metric, servers};
use super::{Process, until};

/// How often the servers have read the store together.
async fn reads(servers: &[Process]) -> u64 {
    let read = join_all(servers.iter().map(|server| metric(server, "cache{figure=\"store\"}")));
    read.await.into_iter().sum()
}

async fn text(server: &Process, id: &str, position: Option<&str>) -> String {
    let headers: Vec<_> = position.iter().map(|at| ("x-claudebench-position", *at)).collect();
    let path = format!("/api/tasks/{id}");
    let read = send_to(server.address, "GET", &path, &headers, b"").await;
    assert_eq!(read.status, 200, "{}", read.head);
    read.json()["text"].as_str().unwrap().to_owned()
}

/// Gives a task another text, and answers where the database stood then.
async fn change(server: &Process, id: &str, text: &str) -> String {
    let params = json!({ "id": id, "updates": { "text": text } });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "task.update", "params": params });
    let body = call.to_string();
    let changed = send_to(server.address, "POST", "/rpc", &[], body.as_bytes()).await;
    assert_eq!(changed.json()["error"], Value::Null);
    changed.header("x-claudebench-position").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_who_miss_read_once_and_who_has_written_sees_it_everywhere() {
    let redis = Redis::start(Options::default()).await;
    let (servers, _database) = servers(3, &[("CLAUDEBENCH_REDIS_URL", &redis.url())]).await;
    let id = make(&servers[0], "0").await;
    // Each knows what the others commit from its first look on.
    for server in &servers {
        until("it keeps what it reads", async || {
            let before = metric(server, "cache{figure=\"memory\"}").await;
            text(server, &make(server, "another one").await, None).await;
            let again = make(server, "one more").await;
            text(server, &again, None).await;
            text(server, &again, None).await;
            metric(server, "cache{figure=\"memory\"}").await > before
        })
        .await;
    }
    let before = reads(&servers).await;
    let asked = (0..1_000).map(|nth| text(&servers[nth % 3], &id, None));
    assert!(join_all(asked).await.iter().all(|text| text == "0"));
    assert_eq!(reads(&servers).await, before + 1, "of all servers together");

    for n in 1..=60 {
        let (writer, reader) = (&servers[n % 3], &servers[(n + 1) % 3]);
        let new = n.to_string();
        let position = change(writer, &id, &new).await;
        assert_eq!(text(writer, &id, None).await, new, "where it was written");
        assert_eq!(text(reader, &id, Some(&position)).await, new, "elsewhere");
        match n {
            20 => redis.tell::<()>("FLUSHALL").await,
            30 => redis.stop(End::Kill).await,
            45 => redis.restart().await,
            _ => {}
        }
    }
    for server in &servers {
        until("who carries nothing sees it soon", async || text(server, &id, None).await == "60")
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_without_an_event_is_never_old() {
    let (servers, _database) = servers(1, &[]).await;
    let server = &servers[0];
    let first = make(server, "first").await;
    let second = make(server, "second").await;
    let params = json!({ "text": "third", "dependsOn": [&first, &second] });
    let third = server.call("task.create", params).await["id"].clone();
    let read = async |id: &Value| server.call("task.get", json!({ "id": id })).await;
    assert_eq!(read(&third).await["openDependencies"], 2);
    server.call("system.register", json!({ "id": "w", "roles": ["worker"] })).await;
    let claim = json!({ "workerId": "w", "maxTasks": 1, "leaseMs": 60_000 });
    let claimed = server.call("task.claim", claim).await["tasks"][0].clone();
    assert_eq!(claimed["id"], *first);
    let lease = read(&claimed["id"]).await["lease"].clone();
    let beat = json!({ "id": first, "workerId": "w", "leaseMs": 600_000, "note": "half" });
    let beaten = server.call("task.heartbeat", beat).await;
    let after = read(&claimed["id"]).await;
    assert_ne!(after["lease"]["expiresAt"], lease["expiresAt"]);
    assert_eq!(after["lease"]["expiresAt"], beaten["lease"]["expiresAt"]);
    assert_eq!(after["note"], "half");
    server.call("task.complete", json!({ "id": first, "workerId": "w", "result": 1 })).await;
    assert_eq!(read(&third).await["openDependencies"], 1);
    assert_eq!(read(&claimed["id"]).await["status"], "completed");
    // What is not there is remembered until it is.
    let missing = json!({ "id": "t-77" });
    for _ in 0..2 {
        let answer = server.rpc("task.get", missing.clone()).await;
        assert_eq!(answer["error"]["data"]["code"], "not_found");
    }
    let gone = make(server, "gone soon").await;
    assert_eq!(server.call("task.get", json!({ "id": gone })).await["text"], "gone soon");
    server.call("task.delete", json!({ "id": gone })).await;
    let answer = server.rpc("task.get", json!({ "id": gone })).await;
    assert_eq!(answer["error"]["data"]["code"], "not_found");
}
