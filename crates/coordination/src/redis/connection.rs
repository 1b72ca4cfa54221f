//! A connection, to whatever kind of Redis there is.

use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::cluster_read_routing::RandomReplicaStrategy;
use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, Pipeline, RedisError, RedisFuture, RedisResult,
    TlsMode, Value,
};

use super::options::{RedisOptions, Servers};

/// Cheap to clone: all clones share what lies beneath, and their calls are pipelined.
#[derive(Clone)]
pub enum Connection {
    /// To one server.
    One(MultiplexedConnection),
    /// To the nodes of a cluster.
    Cluster(ClusterConnection),
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::One(one) => one.req_packed_command(command),
            Self::Cluster(cluster) => cluster.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::One(one) => one.req_packed_commands(commands, offset, count),
            Self::Cluster(cluster) => cluster.req_packed_commands(commands, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::One(one) => one.get_db(),
            Self::Cluster(cluster) => cluster.get_db(),
        }
    }
}

/// Opens one, and sees that it works.
pub(crate) async fn open(options: &RedisOptions) -> RedisResult<Connection> {
    // The one that the rest of the program uses. If there is one already, it is that.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let opened = async {
        let mut connection = match &options.servers {
            Servers::One(info) => Connection::One(one(info, options).await?),
            Servers::Cluster(nodes) => Connection::Cluster(cluster(nodes, options).await?),
            Servers::Sentinels { .. } => Connection::One(watched(options).await?),
        };
        probe(&mut connection).await?;
        Ok(connection)
    };
    // Of sentinels and nodes, several may be asked in turn.
    match tokio::time::timeout(options.connect * 3, opened).await {
        Ok(opened) => opened,
        Err(_) => Err((ErrorKind::Io, "it took too long to connect").into()),
    }
}

/// Writes something: a server that takes no writes is of no use.
pub(super) async fn probe(connection: &mut Connection) -> RedisResult<()> {
    let mut write = redis::cmd("SET");
    write.arg("cb:probe").arg(1).arg("PX").arg(1_000);
    write.query_async(connection).await
}

fn config(options: &RedisOptions) -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(options.connect))
        .set_response_timeout(Some(options.answer))
}

async fn one(
    info: &redis::ConnectionInfo,
    options: &RedisOptions,
) -> RedisResult<MultiplexedConnection> {
    let client = match options.certificates() {
        Some(certificates) if is_tls(info) => Client::build_with_tls(info.clone(), certificates)?,
        _ => Client::open(info.clone())?,
    };
    client.get_multiplexed_async_connection_with_config(&config(options)).await
}

fn is_tls(info: &redis::ConnectionInfo) -> bool {
    matches!(info.addr(), redis::ConnectionAddr::TcpTls { .. })
}

async fn cluster(
    nodes: &[redis::ConnectionInfo],
    options: &RedisOptions,
) -> RedisResult<ClusterConnection> {
    let mut builder = ClusterClient::builder(nodes.to_vec())
        .connection_timeout(options.connect)
        .response_timeout(options.answer)
        // A move of a slot takes one, a node that has gone another one.
        .retries(2)
        .min_retry_wait(Duration::from_millis(5).as_millis() as u64)
        .max_retry_wait(Duration::from_millis(50).as_millis() as u64);
    if let Some(certificates) = options.certificates() {
        builder = builder.certs(certificates);
    }
    if options.replicas {
        builder = builder.read_routing_strategy(RandomReplicaStrategy);
    }
    builder.build()?.get_async_connection().await
}

/// To the master that sentinels name.
async fn watched(options: &RedisOptions) -> RedisResult<MultiplexedConnection> {
    let Servers::Sentinels { sentinels, master, of_master } = &options.servers else {
        return Err(RedisError::from((ErrorKind::InvalidClientConfig, "there are no sentinels")));
    };
    let addresses = sentinels.iter().map(|info| info.addr().clone());
    let kind = SentinelServerType::Master;
    let mut builder = SentinelClientBuilder::new(addresses, master, kind)?;
    let settings = of_master.redis_settings();
    builder = builder.set_client_to_redis_db(settings.db());
    if let Some(user) = settings.username() {
        builder = builder.set_client_to_redis_username(user);
    }
    if let Some(password) = settings.password() {
        builder = builder.set_client_to_redis_password(password);
    }
    if is_tls(of_master) {
        builder = builder.set_client_to_redis_tls_mode(TlsMode::Secure);
    }
    if let Some(of_sentinels) = sentinels.first().map(redis::ConnectionInfo::redis_settings) {
        if let Some(user) = of_sentinels.username() {
            builder = builder.set_client_to_sentinel_username(user);
        }
        if let Some(password) = of_sentinels.password() {
            builder = builder.set_client_to_sentinel_password(password);
        }
    }
    if sentinels.first().is_some_and(is_tls) {
        builder = builder.set_client_to_sentinel_tls_mode(TlsMode::Secure);
    }
    if let Some(certificates) = options.certificates() {
        if is_tls(of_master) {
            builder = builder.set_client_to_redis_certificates(certificates.clone());
        }
        if sentinels.first().is_some_and(is_tls) {
            builder = builder.set_client_to_sentinel_certificates(certificates);
        }
    }
    let mut client = builder.build()?;
    client.get_async_connection_with_config(&config(options)).await
}
