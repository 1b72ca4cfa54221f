//! A cluster: three masters, and a replica of each.

use ::redis::Value;

use super::{Options, Redis, command};
use crate::proxy::Proxy;
use crate::until;

/// How many slots there are.
const SLOTS: u32 = 16_384;
/// How many of the nodes are masters at first.
const MASTERS: u32 = 3;

/// A cluster of six servers. It ends when it is dropped.
pub struct Cluster {
    /// Its servers: three masters, then a replica of each, in the same order.
    pub nodes: Vec<Redis>,
}

impl Cluster {
    /// Starts one. Returns when each of its nodes says that all is well.
    ///
    /// # Panics
    /// As [`Redis::start`], or when the nodes do not find each other.
    pub async fn start(options: Options) -> Self {
        let options = Options { is_of_cluster: true, ..options }
            .with("cluster-node-timeout", "1000")
            // A replica may take over as soon as it was connected at all.
            .with("cluster-replica-validity-factor", "0");
        let mut nodes = Vec::new();
        for _ in 0..2 * MASTERS {
            nodes.push(Redis::start(options.clone()).await);
        }
        let cluster = Self { nodes };
        cluster.divide().await;
        cluster.meet().await;
        cluster.replicate().await;
        cluster.is_well().await;
        cluster
    }

    /// Where its nodes are found.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(Redis::url).collect()
    }

    /// Puts a proxy before each node, in their order. From then on the nodes lead clients and replicas there; among
    /// themselves masters talk past it.
    ///
    /// # Panics
    /// When a node refuses, or they do not tell each other.
    pub async fn behind_proxies(&self) -> Vec<Proxy> {
        let mut proxies = Vec::new();
        for node in &self.nodes {
            let proxy = Proxy::before(node.port()).await;
            node.tell::<()>(&format!("CONFIG SET cluster-announce-port {}", proxy.port())).await;
            // So it is after a restart, too.
            node.tell::<()>("CONFIG REWRITE").await;
            proxies.push(proxy);
        }
        for node in &self.nodes {
            until("a node knows where the others are found", async || {
                let nodes: String = node.tell("CLUSTER NODES").await;
                proxies.iter().all(|proxy| nodes.contains(&format!(":{}@", proxy.port())))
            })
            .await;
        }
        proxies
    }

    /// Gives each master its share of the slots.
    async fn divide(&self) {
        for (nth, node) in (0..MASTERS).zip(&self.nodes) {
            let (first, end) = (SLOTS * nth / MASTERS, SLOTS * (nth + 1) / MASTERS);
            node.tell::<()>(&format!("CLUSTER ADDSLOTSRANGE {first} {}", end - 1)).await;
        }
        for (epoch, node) in (1..).zip(&self.nodes) {
            node.tell::<()>(&format!("CLUSTER SET-CONFIG-EPOCH {epoch}")).await;
        }
    }

    async fn meet(&self) {
        let first = &self.nodes[0];
        for node in &self.nodes[1..] {
            let (port, bus) = (node.port(), node.port() + 1);
            first.tell::<()>(&format!("CLUSTER MEET 127.0.0.1 {port} {bus}")).await;
        }
        for node in &self.nodes {
            until("a node knows all others", async || {
                let known: String = node.tell("CLUSTER INFO").await;
                known.contains(&format!("cluster_known_nodes:{}\r\n", self.nodes.len()))
            })
            .await;
        }
    }

    async fn replicate(&self) {
        let (masters, replicas) = self.nodes.split_at(MASTERS as usize);
        for (master, replica) in masters.iter().zip(replicas) {
            let id: String = master.tell("CLUSTER MYID").await;
            until("a replica knows its master", async || {
                let line = format!("CLUSTER REPLICATE {id}");
                replica.ask::<()>(&command(&line)).await.is_ok()
            })
            .await;
        }
        for replica in replicas {
            until("a replica has what its master has", async || {
                let role: Vec<Value> = replica.tell("ROLE").await;
                role.get(3) == Some(&Value::BulkString(b"connected".to_vec()))
            })
            .await;
        }
    }

    /// Waits until each node that answers says that all slots are served, and knows of as many masters.
    ///
    /// # Panics
    /// When it takes too long.
    pub async fn is_well(&self) {
        for node in &self.nodes {
            until("a cluster is well", async || {
                match node.ask::<String>(&command("CLUSTER INFO")).await {
                    Ok(info) => {
                        info.contains("cluster_state:ok")
                            && info.contains(&format!("cluster_slots_ok:{SLOTS}"))
                    }
                    Err(_) => true,
                }
            })
            .await;
        }
    }

    /// Moves a slot, with what is in it, from the master that has it to another one.
    ///
    /// # Panics
    /// When a node refuses.
    pub async fn move_slot(&self, slot: u32, from: &Redis, to: &Redis) {
        let source: String = from.tell("CLUSTER MYID").await;
        let target: String = to.tell("CLUSTER MYID").await;
        to.tell::<()>(&format!("CLUSTER SETSLOT {slot} IMPORTING {source}")).await;
        from.tell::<()>(&format!("CLUSTER SETSLOT {slot} MIGRATING {target}")).await;
        loop {
            let keys: Vec<String> = from.tell(&format!("CLUSTER GETKEYSINSLOT {slot} 100")).await;
            if keys.is_empty() {
                break;
            }
            let mut migrate = command("MIGRATE 127.0.0.1");
            migrate.arg(to.port()).arg("").arg(0).arg(5_000).arg("KEYS").arg(keys);
            from.ask::<()>(&migrate).await.expect("keys move");
        }
        for node in [to, from] {
            node.tell::<()>(&format!("CLUSTER SETSLOT {slot} NODE {target}")).await;
        }
    }
}
