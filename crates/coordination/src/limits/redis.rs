//! Buckets that all servers share.

use std::sync::LazyLock;

use redis::Script;

use super::{Grant, Pending, Rate, Rates};
use crate::redis::Link;

static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("take.lua")));

/// Buckets in Redis.
pub struct RedisRates {
    link: Link,
    store: String,
}

impl RedisRates {
    /// Those of the servers of a store.
    #[must_use]
    pub fn new(link: Link, store: impl Into<String>) -> Self {
        Self { link, store: store.into() }
    }
}

impl Rates for RedisRates {
    fn take<'a>(&'a self, name: &'a str, rate: Rate, want: u32, share: u32) -> Pending<'a, Grant> {
        Box::pin(async move {
            let mut call = TAKE.key(format!("cb:ratelimit:{}:{name}", self.store));
            call.arg(rate.per_minute.max(1)).arg(rate.burst.max(1)).arg(want).arg(share.max(1));
            let (granted, left, retry_ms, full_ms) =
                self.link.run(async |connection| call.invoke_async(connection).await).await?;
            Ok(Grant { granted, left, retry_ms, full_ms })
        })
    }
}
