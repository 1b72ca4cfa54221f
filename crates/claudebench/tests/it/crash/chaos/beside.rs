//! The Redis beside the servers, the ways to it, and what is done to both.

use claudebench::bench::workload::Workload;
use claudebench_testkit::proxy::{Fault, Proxy};
use claudebench_testkit::redis::{Cluster, End, Options, Redis};
use std::time::Duration;

use super::super::arena::{below, chance, pass};
use super::super::cluster::{SERVERS, Settings};

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Blow {
    /// It is killed, and started again a moment later.
    Kill,
    /// It stops in the middle of whatever it does, and goes on.
    Pause,
    /// All that it holds is thrown away, some times in a row.
    Flush,
    /// The way to it is cut: connections are reset, new ones, too.
    CutOff,
    /// The way to it is half open: bytes vanish, both ways or one.
    HalfOpen,
    /// It answers later than it may.
    Slow,
}

/// All of them.
pub(super) const BLOWS: [Blow; 6] =
    [Blow::Kill, Blow::Pause, Blow::Flush, Blow::CutOff, Blow::HalfOpen, Blow::Slow];

/// The Redis.
pub(super) struct Beside {
    kind: Kind,
    ways: Vec<Proxy>,
}

enum Kind {
    /// One server; each of ours has a way to it of its own.
    One(Redis),
    /// A cluster; each of its nodes has a way to it that all take.
    Cluster(Cluster),
}

impl Beside {
    pub(super) async fn one() -> Self {
        let redis = Redis::start(Options::default()).await;
        let mut ways = Vec::new();
        for _ in 0..SERVERS {
            ways.push(Proxy::before(redis.port()).await);
        }
        Self { kind: Kind::One(redis), ways }
    }

    pub(super) async fn cluster() -> Self {
        let cluster = Cluster::start(Options::default()).await;
        let ways = cluster.behind_proxies().await;
        Self { kind: Kind::Cluster(cluster), ways }
    }

    /// How each server finds it.
    pub(super) fn settings(&self) -> Vec<Settings> {
        let urls: Vec<_> =
            self.ways.iter().map(|way| format!("redis://127.0.0.1:{}", way.port())).collect();
        let of = |server: usize| match self.kind {
            Kind::One(_) => vec![("CLAUDEBENCH_REDIS_URL", urls[server].clone())],
            Kind::Cluster(_) => vec![("CLAUDEBENCH_REDIS_NODES", urls.join(","))],
        };
        (0..SERVERS).map(of).collect()
    }

    /// So long after a trouble servers may still go by it, in microseconds: what was under way fails, and the breaker
    /// rests. A replica of a cluster may take over only then, and a link that has lost sight of a part of it is
    /// opened anew.
    pub(super) fn after_us(&self) -> u64 {
        match self.kind {
            Kind::One(_) => 2_500_000,
            Kind::Cluster(_) => 6_000_000,
        }
    }

    fn nodes(&self) -> &[Redis] {
        match &self.kind {
            Kind::One(redis) => std::slice::from_ref(redis),
            Kind::Cluster(cluster) => &cluster.nodes,
        }
    }

    /// Does it for up to so long; then all is as it was.
    pub(super) async fn strike(&self, blow: Blow, longest_ms: u64, random: &mut Workload) {
        let ms = 200 + below(random, longest_ms);
        match blow {
            Blow::Kill => {
                let nodes = some(self.nodes(), 20, random);
                for node in &nodes {
                    node.stop(End::Kill).await;
                }
                pass(ms).await;
                for node in &nodes {
                    node.restart().await;
                }
            }
            Blow::Pause => {
                let nodes = some(self.nodes(), 20, random);
                nodes.iter().for_each(|node| node.pause());
                pass(ms).await;
                nodes.iter().for_each(|node| node.go_on());
            }
            Blow::Flush => {
                for _ in 0..1 + below(random, 3) {
                    for node in self.nodes() {
                        // A replica refuses, one that is not there says nothing.
                        let _ = node.flush().await;
                    }
                    pass(ms / 3).await;
                }
            }
            Blow::CutOff => self.spoil(Fault::Reset, ms, random).await,
            Blow::HalfOpen => {
                let faults = [Fault::BlackHole, Fault::Mute, Fault::Deaf];
                let nth = usize::try_from(below(random, 3)).unwrap();
                self.spoil(faults[nth], ms, random).await;
            }
            Blow::Slow => self.spoil(Fault::Delay(Duration::from_millis(400)), ms, random).await,
        }
    }

    /// One of the ways goes wrong for a while, or all do.
    async fn spoil(&self, fault: Fault, ms: u64, random: &mut Workload) {
        let ways = if chance(random, 40) {
            self.ways.iter().collect()
        } else {
            some(&self.ways, 30, random)
        };
        ways.iter().for_each(|way| way.set(fault));
        pass(ms).await;
        ways.iter().for_each(|way| way.set(Fault::None));
    }

    /// Waits until a cluster has all of its slots again.
    pub(super) async fn is_well(&self) {
        if let Kind::Cluster(cluster) = &self.kind {
            cluster.is_well().await;
        }
    }
}

/// One of them, and with a probability in percent the next, too.
fn some<'a, T>(all: &'a [T], percent: u64, random: &mut Workload) -> Vec<&'a T> {
    let first = usize::try_from(below(random, all.len() as u64)).unwrap();
    let count = if chance(random, percent) { 2 } else { 1 };
    all.iter().cycle().skip(first).take(count.min(all.len())).collect()
}
