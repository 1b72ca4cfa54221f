//! Servers over PostgreSQL: how they start, and what they do while it is not there.

use std::time::Duration;

use claudebench::config::Config;
use claudebench::opened::{OpenError, Opened};
use claudebench::start::{Running, start};
use claudebench::transport::listen::Listener;
use claudebench_testkit::postgres::{End, Options, Postgres};
use claudebench_testkit::until;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::send_to;

/// The configuration of a server over a database, with a data directory that it has no use for.
fn config(url: &str, data: &TempDir) -> Config {
    let text = |text: &str| toml::Value::String(text.into());
    let flags = vec![
        ("listen", toml::Value::Array(vec![text("127.0.0.1:0")])),
        ("data", text(data.path().join("unused").to_str().unwrap())),
    ];
    let variables = vec![("CLAUDEBENCH_STORE_URL".to_owned(), url.to_owned())];
    Config::from_layers(None, variables, flags).unwrap().config
}

#[tokio::test]
async fn a_database_that_is_not_there_yet_is_waited_for() {
    let database = Postgres::start(Options::fast()).await;
    database.stop(End::Fast).await;
    let data = TempDir::new().unwrap();
    let config = config(&database.url("postgres"), &data);
    let refused = start(config.clone()).await.err().unwrap().to_string();
    assert!(refused.contains("refused"), "who does not want to wait is told: {refused}");

    let listeners = vec![Listener::bind("127.0.0.1:0").await.unwrap()];
    let address = listeners[0].address().unwrap();
    let opening = tokio::spawn(async move {
        let opened = Opened::patiently(&config, None, &listeners, Some(0)).await;
        drop(listeners);
        opened
    });
    let get = async |path: &str| send_to(address, "GET", path, &[], b"").await;
    assert_eq!(get("/healthz").await.status, 200);
    until("it says why", async || {
        let said = get("/readyz").await;
        assert_eq!(said.status, 503);
        said.json()["problem"].as_str().is_some_and(|problem| problem.contains("refused"))
    })
    .await;
    let call = br#"{"jsonrpc":"2.0","id":1,"method":"task.stats"}"#;
    let turned_away = send_to(address, "POST", "/rpc", &[], call).await;
    assert_eq!(turned_away.status, 503);
    assert!(turned_away.header("retry-after").is_some());
    assert_eq!(turned_away.json()["error"]["data"]["code"], "unavailable");
    assert_eq!(get("/api/tasks").await.json()["error"]["code"], "unavailable");

    database.restart().await;
    let opened = tokio::time::timeout(Duration::from_secs(30), opening).await.unwrap().unwrap();
    opened.map_err(|error| error.to_string()).unwrap().close().await;
}

#[tokio::test]
async fn what_does_not_pass_by_itself_ends_the_start() {
    let data = TempDir::new().unwrap();
    let config =
        config("postgres://u@127.0.0.1:1/d?sslmode=verify-full&sslrootcert=/no/such.pem", &data);
    let ended = Opened::patiently(&config, None, &[], Some(0)).await.err().unwrap();
    assert!(matches!(ended, OpenError::Database(_)), "{ended}");
    assert!(ended.to_string().contains("/no/such.pem"), "{ended}");
}

#[tokio::test]
async fn two_servers_share_a_database_and_nothing_else() {
    let database = Postgres::shared().await.database().await;
    let data = TempDir::new().unwrap();
    let one = start(config(&database.url(), &data)).await.unwrap();
    let other = start(config(&database.url(), &data)).await.unwrap();
    let call = async |at: &Running, method: &str, params: Value| {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let body = call.to_string();
        let answer = send_to(at.addresses[0], "POST", "/rpc", &[], body.as_bytes()).await.json();
        assert_eq!(answer["error"], Value::Null, "{method}");
        answer["result"].clone()
    };
    for running in [&one, &other] {
        let said = send_to(running.addresses[0], "GET", "/readyz", &[], b"").await;
        assert_eq!((said.status, &said.json()["status"]), (200, &Value::from("ready")));
    }
    let made = call(&one, "task.create", json!({ "text": "shared" })).await;
    call(&other, "system.register", json!({ "id": "w", "roles": ["worker"] })).await;
    let claimed = call(&other, "task.claim", json!({ "workerId": "w" })).await;
    assert_eq!(claimed["tasks"][0]["id"], made["id"], "{claimed}");
    let seen = call(&one, "task.get", json!({ "id": made["id"] })).await;
    assert!(seen.to_string().contains("in_progress"), "{seen}");
    one.stop().await;
    other.stop().await;
    assert!(!data.path().join("unused").exists(), "the data directory is not touched");
}
