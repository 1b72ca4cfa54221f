//! How Redis is, for whoever looks after it.

use std::time::{Duration, Instant};

use redis::{ErrorKind, InfoDict, ServerErrorKind};

use super::connection::{self, Connection};
use super::options::RedisOptions;

/// What was found.
#[derive(Clone, Debug)]
pub struct RedisFound {
    /// The version of a server.
    pub version: String,
    /// How many servers there are, as far as one of them says.
    pub nodes: usize,
    /// How long a round trip took.
    pub round_trip: Duration,
    /// What is thrown away when its memory is full: the name of a policy.
    pub eviction: String,
}

const NODE: &str = "it is a node of a cluster: name its nodes in `redis.nodes`, or several of them in `redis.clusters`";

/// Connects, looks, and goes.
///
/// # Errors
/// Why it cannot be used, in words without a password.
pub async fn look(options: &RedisOptions) -> Result<RedisFound, String> {
    let told = |error: redis::RedisError| match error.kind() {
        ErrorKind::Server(ServerErrorKind::Moved) => NODE.to_owned(),
        ErrorKind::Server(ServerErrorKind::ReadOnly) => {
            "it is a replica, which takes no writes: name the master, or the sentinels".to_owned()
        }
        _ => error.to_string(),
    };
    let mut connection = connection::open(options).await.map_err(told)?;
    let began = Instant::now();
    connection::probe(&mut connection).await.map_err(told)?;
    let round_trip = began.elapsed();
    let text = info(&mut connection).await.map_err(told)?;
    let info = InfoDict::new(&text);
    if matches!(connection, Connection::One(_))
        && info.get::<String>("redis_mode").as_deref() == Some("cluster")
    {
        return Err(NODE.to_owned());
    }
    let said = |name: &str| info.get::<String>(name).unwrap_or_default();
    let nodes = match connection {
        Connection::One(_) => 1 + info.get::<usize>("connected_slaves").unwrap_or(0),
        Connection::Cluster(ref mut cluster) => {
            let nodes: String =
                redis::cmd("CLUSTER").arg("NODES").query_async(cluster).await.map_err(told)?;
            nodes.lines().count()
        }
    };
    let (version, eviction) = (said("redis_version"), said("maxmemory_policy"));
    Ok(RedisFound { version, nodes, round_trip, eviction })
}

/// What one of the servers says of itself.
async fn info(connection: &mut Connection) -> redis::RedisResult<String> {
    use redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo};
    match connection {
        Connection::One(one) => redis::cmd("INFO").query_async(one).await,
        Connection::Cluster(cluster) => {
            let any = RoutingInfo::SingleNode(SingleNodeRoutingInfo::Random);
            let said = cluster.route_command(redis::cmd("INFO"), any).await?;
            Ok(redis::from_redis_value(said)?)
        }
    }
}
