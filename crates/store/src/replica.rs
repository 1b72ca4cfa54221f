//! How replicas are, as far as a server sees them.

use std::sync::Arc;

use tokio::sync::watch;

/// How a replica is, as far as this server sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplicaHealth {
    /// Its host and port.
    pub name: Arc<str>,
    /// Whether reads go there.
    pub serves: bool,
    /// Whether it has been away from them, or behind, for longer than it may.
    pub lagging: bool,
    /// How far it is behind, in milliseconds; unknown before it was reached for the first time.
    pub lag_ms: Option<i64>,
    /// The same in bytes of the primary's log.
    pub lag_bytes: Option<i64>,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// How many reads it has answered to this server.
    pub reads: u64,
}

/// How all replicas are; what waits for a change is woken when one begins or ceases to serve, or to
/// lag.
pub type Replicas = watch::Receiver<Vec<ReplicaHealth>>;
