//! Windows that all servers share: a hash for each slot, all in one slot of one cluster, so that they are read in
//! one go. After a cluster was added, what was counted where they were before counts, too.

use std::collections::HashMap;
use std::time::Duration;

use claudebench_core::Millis;
use claudebench_core::figures::Latencies;
use redis::Pipeline;

use super::{Counted, SILENT_MS, SLOT_MS, SLOTS, Seen, Windows, slot, windows_of};
use crate::limits::Pending;
use crate::redis::{Link, LinkError, Links};

/// Windows in Redis.
pub struct RedisWindows {
    links: Links,
    store: String,
    server: String,
    /// How each server is: when it said so, and how many connections it has.
    servers: String,
}

impl RedisWindows {
    /// Those of the servers of a store; this one is known by its id.
    #[must_use]
    pub fn new(
        links: impl Into<Links>,
        store: impl Into<String>,
        server: impl Into<String>,
    ) -> Self {
        let store = store.into();
        let servers = format!("cb:metrics:{{window:{store}}}:servers");
        let links = links.into();
        Self { links, store, server: server.into(), servers }
    }

    fn key(&self, slot: i64) -> String {
        format!("cb:metrics:{{window:{}}}:{slot}", self.store)
    }

    async fn look_at(&self, link: &Link, now: Millis) -> Result<Seen, LinkError> {
        let newest = slot(now) + 1;
        let slots: Vec<i64> = (newest - SLOTS..=newest).collect();
        let mut all = Pipeline::new();
        all.cmd("HGETALL").arg(&self.servers);
        for slot in &slots {
            all.cmd("HGETALL").arg(self.key(*slot));
        }
        let mut found: Vec<HashMap<String, String>> = link.ask_all(&all).await?;
        let servers = if found.is_empty() { HashMap::new() } else { found.remove(0) };
        let mut seen = Seen::default();
        for (slot, fields) in slots.iter().zip(&found) {
            let counted = counted(fields);
            windows_of(*slot, now).for_each(|nth| seen.windows[nth].add(&counted));
        }
        let mut gone = Vec::new();
        for (server, said) in &servers {
            let said = said.split_once(':');
            let number = said.and_then(|(at, n)| Some((at.parse().ok()?, n.parse().ok()?)));
            match number {
                Some((at, connections)) if now.since(Millis(at)) <= SILENT_MS => {
                    let connections: u64 = connections;
                    seen.connections += connections;
                    seen.servers += 1;
                }
                _ => gone.push(server),
            }
        }
        if !gone.is_empty() {
            let mut forget = redis::cmd("HDEL");
            forget.arg(&self.servers).arg(gone);
            link.ask::<()>(&forget).await?;
        }
        Ok(seen)
    }
}

impl Windows for RedisWindows {
    fn add<'a>(
        &'a self,
        slots: &'a [(i64, Counted)],
        now: Millis,
        connections: u64,
    ) -> Pending<'a, ()> {
        Box::pin(async move {
            let mut all = Pipeline::new();
            for (slot, counted) in slots {
                let key = self.key(*slot);
                let Counted { calls, errors, micros, took } = counted;
                let sums = [("calls", calls), ("errors", errors), ("micros", micros)];
                for (field, sum) in sums {
                    all.cmd("HINCRBY").arg(&key).arg(field).arg(*sum).ignore();
                }
                for (bucket, count) in took.buckets() {
                    all.cmd("HINCRBY").arg(&key).arg(bucket).arg(count).ignore();
                }
                all.cmd("PEXPIRE").arg(&key).arg((SLOTS + 6) * SLOT_MS).ignore();
            }
            let said = format!("{}:{connections}", now.0);
            all.cmd("HSET").arg(&self.servers).arg(&self.server).arg(said).ignore();
            // Of servers that have gone nothing is left when all have.
            all.cmd("PEXPIRE").arg(&self.servers).arg(10 * SILENT_MS).ignore();
            self.links.at(&self.servers).ask_all(&all).await
        })
    }

    fn look(&self, now: Millis) -> Pending<'_, Seen> {
        /// So long after it was counted, nothing is of use.
        const LIFE: Duration = Duration::from_millis((SLOTS * SLOT_MS).unsigned_abs());
        Box::pin(async move {
            let here = self.look_at(self.links.at(&self.servers), now);
            let Some(before) = self.links.before(&self.servers, LIFE) else { return here.await };
            let (here, there) = tokio::join!(here, self.look_at(before, now));
            let (mut seen, there) = (here?, there.unwrap_or_default());
            seen.windows.iter_mut().zip(&there.windows).for_each(|(own, other)| own.add(other));
            seen.connections += there.connections;
            seen.servers += there.servers;
            Ok(seen)
        })
    }
}

fn counted(fields: &HashMap<String, String>) -> Counted {
    let sum = |name: &str| fields.get(name).and_then(|sum| sum.parse().ok()).unwrap_or(0);
    let buckets = fields
        .iter()
        .filter_map(|(bucket, count)| Some((bucket.parse().ok()?, count.parse().ok()?)));
    Counted {
        calls: sum("calls"),
        errors: sum("errors"),
        micros: sum("micros"),
        took: Latencies::of(buckets),
    }
}
