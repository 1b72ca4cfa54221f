//! A server, its databases, and PgBouncer in front of it.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};

use claudebench_testkit::postgres::{Options, PgBouncer, Postgres, connect};
use tokio_postgres::Client;

/// The first column of the only row, as text.
pub(super) async fn ask(client: &Client, query: &str) -> String {
    client.query_one(query, &[]).await.unwrap().get(0)
}

async fn setting(client: &Client, name: &str) -> String {
    ask(client, &format!("SHOW {name}")).await
}

#[tokio::test]
async fn the_shared_server_is_fast_and_heard_on_the_loopback_alone() {
    let database = Postgres::shared().await.database().await;
    let client = connect(&database.url()).await.unwrap();
    assert_eq!(setting(&client, "fsync").await, "off");
    assert_eq!(setting(&client, "listen_addresses").await, "127.0.0.1");
    assert_eq!(setting(&client, "server_encoding").await, "UTF8");
    let version: u32 = setting(&client, "server_version_num").await.parse().unwrap();
    assert!(version >= 140_000, "{version}");
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let database = Postgres::shared().await.database().await;
    let (before, after) =
        database.url().split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let error = connect(&format!("{before}0@{after}")).await.err().unwrap();
    assert_eq!(error.code(), Some(&tokio_postgres::error::SqlState::INVALID_PASSWORD), "{error:?}");
}

#[tokio::test]
async fn each_database_is_its_own_and_goes_with_the_test() {
    let server = Postgres::shared().await;
    let (one, other) = (server.database().await, server.database().await);
    let client = connect(&one.url()).await.unwrap();
    client.batch_execute("CREATE TABLE mine (id int)").await.unwrap();
    let elsewhere = connect(&other.url()).await.unwrap();
    let table = "SELECT coalesce(to_regclass('mine')::text, 'none')";
    assert_eq!(ask(&client, table).await, "mine");
    assert_eq!(ask(&elsewhere, table).await, "none");

    let count = format!("SELECT count(*)::text FROM pg_database WHERE datname = '{}'", one.name());
    assert_eq!(ask(&elsewhere, &count).await, "1");
    // Somebody is still connected to it.
    drop(one);
    assert_eq!(ask(&elsewhere, &count).await, "0");
    assert!(client.batch_execute("SELECT 1").await.is_err());
}

#[tokio::test]
async fn a_template_is_filled_once_and_copied() {
    let server = Postgres::shared().await;
    let fills = AtomicU32::new(0);
    let copy = || {
        server.database_like("with_three", async |url| {
            fills.fetch_add(1, Ordering::Relaxed);
            let client = connect(&url).await.unwrap();
            let fill = "CREATE TABLE t AS SELECT generate_series(1, 3) AS id";
            client.batch_execute(fill).await.unwrap();
        })
    };
    let (one, other) = tokio::join!(copy(), copy());
    assert_eq!(fills.load(Ordering::Relaxed), 1);
    let client = connect(&one.url()).await.unwrap();
    client.batch_execute("DELETE FROM t").await.unwrap();
    let elsewhere = connect(&other.url()).await.unwrap();
    assert_eq!(ask(&elsewhere, "SELECT count(*)::text FROM t").await, "3");
}

#[tokio::test]
async fn pgbouncer_hands_few_connections_to_many_clients() {
    let server = Postgres::shared().await;
    let database = server.database().await;
    let bouncer = PgBouncer::before(server, 3).await;
    assert_eq!(url_port(&bouncer.url("x")), url_port(&bouncer.url("y")));
    assert_ne!(url_port(&bouncer.url("x")), server.port());

    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.push(connect(&bouncer.url(database.name())).await.unwrap());
    }
    let mut backends = HashSet::new();
    for client in &clients {
        // A statement that is prepared on one connection is not known on the next: so plain text.
        let rows = client.simple_query("SELECT pg_backend_pid()").await.unwrap();
        let row = rows.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        backends.insert(row.unwrap());
    }
    assert!((1..=3).contains(&backends.len()), "{backends:?}");

    bouncer.stop().await;
    assert!(connect(&bouncer.url(database.name())).await.is_err());
    bouncer.restart().await;
    connect(&bouncer.url(database.name())).await.unwrap();
}

fn url_port(url: &str) -> u16 {
    let (_, after) = url.rsplit_once(':').unwrap();
    after.split('/').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn settings_are_those_asked_for_and_can_be_changed() {
    let server = Postgres::start(Options::durable().with("work_mem", "3MB")).await;
    let client = connect(&server.url("postgres")).await.unwrap();
    assert_eq!(setting(&client, "fsync").await, "on");
    assert_eq!(setting(&client, "work_mem").await, "3MB");
    server.set("work_mem", "5MB").await;
    // The reload comes by a signal, a session sees it a moment later.
    claudebench_testkit::until("the setting is in force", async || {
        setting(&client, "work_mem").await == "5MB"
    })
    .await;
}
