//! Servers that read from replicas: what clients see of that.

use std::net::SocketAddr;

use claudebench::config::Config;
use claudebench::start::{Running, start};
use claudebench_testkit::postgres::{Database, Options, Postgres};
use claudebench_testkit::until;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::limits::Kept;
use super::ws::Socket;
use super::{Answer, send_to};

/// A server over a primary with a replica.
struct House {
    running: Running,
    at: SocketAddr,
    replica: Postgres,
    primary: Postgres,
    _database: Database,
    _data: TempDir,
}

impl House {
    async fn new(lag_ms: i64) -> Self {
        let primary = Postgres::start(Options::fast()).await;
        let database = primary.database().await;
        let replica = primary.replica().await;
        let data = TempDir::new().unwrap();
        let text = |text: &str| toml::Value::String(text.into());
        let flags = vec![
            ("listen", toml::Value::Array(vec![text("127.0.0.1:0")])),
            ("data", text(data.path().join("unused").to_str().unwrap())),
            ("store.replica_lag_ms", toml::Value::Integer(lag_ms)),
            // Each read goes to a replica, however often it comes.
            ("cache.entries", toml::Value::Integer(0)),
        ];
        let variables = vec![
            ("CLAUDEBENCH_STORE_URL".to_owned(), database.url()),
            ("CLAUDEBENCH_STORE_REPLICAS".to_owned(), replica.url(database.name())),
        ];
        let config = Config::from_layers(None, variables, flags).unwrap().config;
        let running = start(config).await.unwrap();
        let at = running.addresses[0];
        let house = Self { running, at, replica, primary, _database: database, _data: data };
        until("the replica serves", async || house.health().await["serves"] == true).await;
        house
    }

    async fn post(&self, method: &str, headers: &[(&str, &str)], params: Value) -> Answer {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        send_to(self.at, "POST", "/rpc", headers, call.to_string().as_bytes()).await
    }

    async fn call(&self, method: &str, params: Value) -> Value {
        self.post(method, &[], params).await.json()["result"].clone()
    }

    /// What the server says of its replica.
    async fn health(&self) -> Value {
        self.call("system.health", json!({})).await["replicas"][0].clone()
    }

    async fn metric(&self, name: &str) -> f64 {
        let answer = send_to(self.at, "GET", "/metrics", &[], b"").await;
        let text = String::from_utf8(answer.body).unwrap();
        let name = format!("claudebench_{name}{{replica=\"127.0.0.1:{}\"}} ", self.replica.port());
        let line = text.lines().find_map(|line| line.strip_prefix(&name));
        line.unwrap_or_else(|| panic!("no {name}: {text}")).parse().unwrap()
    }

    async fn text(&self, id: &Value, headers: &[(&str, &str)]) -> Value {
        self.post("task.get", headers, json!({ "id": id })).await.json()["result"]["text"].clone()
    }

    fn update(id: &Value, text: &str) -> Value {
        json!({ "id": id, "updates": { "text": text } })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_is_seen_by_who_carries_its_position() {
    // However slow this machine is, it serves all the time.
    let house = House::new(600_000).await;
    let made = house.post("task.create", &[], json!({ "text": "old" })).await;
    assert!(made.header("x-claudebench-position").is_some());
    let id = made.json()["result"]["id"].clone();
    house.replica.catch_up(&house.primary).await;
    let reads = house.metric("replica_reads").await;
    until("reads go there", async || {
        let read = house.post("task.get", &[], json!({ "id": id })).await;
        assert_eq!(read.header("x-claudebench-position"), None, "nothing was written");
        house.metric("replica_reads").await > reads
    })
    .await;
    house.replica.pause_replay().await;
    let mut kept = Kept::open(house.at).await;
    let mut socket = Socket::at(house.at, &[]).await;

    let changed = house.post("task.update", &[], House::update(&id, "new")).await;
    let position = changed.header("x-claudebench-position").unwrap();
    assert_eq!(house.text(&id, &[]).await, "old", "who carries nothing may be told this");
    let carried = [("x-claudebench-position", &*position)];
    assert_eq!(house.text(&id, &carried).await, "new");
    let wrong = [("x-claudebench-position", "yesterday")];
    let refused = house.post("task.get", &wrong, json!({ "id": id })).await.json();
    assert_eq!(refused["error"]["data"]["code"], "invalid_request");

    // A connection that is kept keeps the place, and so does a socket.
    let get = format!("/api/tasks/{}", id.as_str().unwrap());
    assert_eq!(kept.ask(&get).await.json()["text"], "old");
    let body = r#"{"text":"newer"}"#;
    let length = body.len();
    let head =
        format!("PATCH {get} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");
    kept.say(&format!("{head}{body}")).await;
    assert_eq!(kept.hear().await.status, 200);
    assert_eq!(kept.ask(&get).await.json()["text"], "newer");
    let mut said = async |method: &str, params: Value| {
        let request = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        socket.say(json!({ "action": "execute", "request": request })).await;
        socket.hear().await["result"]["text"].clone()
    };
    assert_eq!(said("task.get", json!({ "id": id })).await, "old");
    said("task.update", House::update(&id, "newest")).await;
    assert_eq!(said("task.get", json!({ "id": id })).await, "newest");
    house.replica.resume_replay().await;
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_lags_is_told_of_and_left_alone_until_it_is_back() {
    let house = House::new(1_000).await;
    let id = house.call("task.create", json!({ "text": "old" })).await["id"].clone();
    house.replica.catch_up(&house.primary).await;
    house.replica.pause_replay().await;
    house.call("task.update", House::update(&id, "new")).await;
    let told = async |kind: &str| {
        let params = json!({ "types": ["replica.*"], "order": "desc", "limit": 1 });
        let listed = house.call("event.list", params).await;
        (listed["events"][0]["type"] == kind).then(|| listed["events"][0].clone())
    };
    until("that is told", async || told("replica.lagging").await.is_some()).await;
    let event = told("replica.lagging").await.unwrap();
    let name = format!("127.0.0.1:{}", house.replica.port());
    assert_eq!(event["payload"]["replica"], name, "{event}");
    assert!(event["payload"]["lagMs"].as_i64().unwrap() > 1_000, "{event}");
    let health = house.call("system.health", json!({})).await;
    assert_eq!(health["status"], "degraded");
    assert_eq!(
        (&health["replicas"][0]["serves"], &health["replicas"][0]["lagging"]),
        (&json!(false), &json!(true))
    );
    assert!(house.metric("replica_lag_seconds").await > 1.0);
    assert!(house.metric("replica_lag_bytes").await > 0.0);
    assert_eq!(house.metric("replica_serves").await, 0.0);
    assert_eq!(house.text(&id, &[]).await, "new", "from the primary");
    assert_eq!(send_to(house.at, "GET", "/readyz", &[], b"").await.status, 200);

    house.replica.resume_replay().await;
    until("it is back", async || told("replica.recovered").await.is_some()).await;
    assert_eq!(house.health().await["serves"], true);
    assert_eq!(house.call("system.health", json!({})).await["status"], "healthy");
    house.running.stop().await;
}
