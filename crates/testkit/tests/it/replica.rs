//! Replicas follow, lag when they are told to, and take over.

use claudebench_testkit::postgres::{End, Options, Postgres, connect};
use claudebench_testkit::until;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::postgres::ask;

async fn client(server: &Postgres) -> Client {
    connect(&server.url("postgres")).await.unwrap()
}

async fn add(client: &Client, number: i32) {
    client.execute("INSERT INTO t VALUES ($1)", &[&number]).await.unwrap();
}

async fn sum(client: &Client) -> String {
    ask(client, "SELECT coalesce(sum(id), 0)::text FROM t").await
}

#[tokio::test]
async fn a_replica_follows_lags_and_catches_up() {
    let primary = Postgres::start(Options::fast()).await;
    let writer = client(&primary).await;
    writer.batch_execute("CREATE TABLE t (id int)").await.unwrap();
    let replica = primary.replica().await;
    let reader = client(&replica).await;
    add(&writer, 1).await;
    replica.catch_up(&primary).await;
    assert_eq!(sum(&reader).await, "1");
    let refused = reader.execute("INSERT INTO t VALUES (9)", &[]).await.unwrap_err();
    assert_eq!(refused.code(), Some(&SqlState::READ_ONLY_SQL_TRANSACTION));

    replica.pause_replay().await;
    add(&writer, 2).await;
    // It receives all the same.
    let written = ask(&writer, "SELECT pg_current_wal_flush_lsn()::text").await;
    until("the replica has received it", async || {
        let received = format!("SELECT (pg_last_wal_receive_lsn() >= '{written}')::text");
        ask(&reader, &received).await == "true"
    })
    .await;
    assert_eq!(sum(&reader).await, "1");
    replica.resume_replay().await;
    replica.catch_up(&primary).await;
    assert_eq!(sum(&reader).await, "3");
}

#[tokio::test]
async fn a_replica_takes_over_from_a_killed_primary() {
    let primary = Postgres::start(Options::durable()).await;
    client(&primary).await.batch_execute("CREATE TABLE t (id int)").await.unwrap();
    let replica = primary.replica().await;
    primary.set("synchronous_standby_names", "*").await;
    let writer = client(&primary).await;
    until("the replica is synchronous", async || {
        let state = "SELECT coalesce(string_agg(sync_state, ' '), '') FROM pg_stat_replication";
        ask(&writer, state).await == "sync"
    })
    .await;
    add(&writer, 1).await;

    primary.stop(End::Kill).await;
    replica.promote().await;
    let writer = client(&replica).await;
    assert_eq!(sum(&writer).await, "1");
    add(&writer, 2).await;
    assert_eq!(sum(&writer).await, "3");

    // What was promoted can have replicas of its own, and stays a primary over a restart.
    let next = replica.replica().await;
    next.catch_up(&replica).await;
    assert_eq!(sum(&client(&next).await).await, "3");
    replica.stop(End::Fast).await;
    replica.restart().await;
    add(&client(&replica).await, 4).await;
    next.catch_up(&replica).await;
    assert_eq!(sum(&client(&next).await).await, "7");
}
