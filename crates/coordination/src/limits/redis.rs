//! Buckets that all servers share.

use std::sync::LazyLock;
use std::time::Duration;

use redis::Script;

use super::{Grant, Pending, Rate, Rates};
use crate::redis::{Link, LinkError, Links};

static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("take.lua")));

/// Buckets in Redis.
pub struct RedisRates {
    links: Links,
    store: String,
}

/// What is taken out of a bucket.
struct Take<'a> {
    key: &'a str,
    rate: Rate,
    want: u32,
    share: u32,
}

impl RedisRates {
    /// Those of the servers of a store.
    #[must_use]
    pub fn new(links: impl Into<Links>, store: impl Into<String>) -> Self {
        Self { links: links.into(), store: store.into() }
    }
}

impl Rates for RedisRates {
    fn take<'a>(&'a self, name: &'a str, rate: Rate, want: u32, share: u32) -> Pending<'a, Grant> {
        Box::pin(async move {
            let key = &*format!("cb:ratelimit:{}:{name}", self.store);
            let take = Take { key, rate, want, share };
            let link = self.links.at(key);
            let Some(before) = self.links.before(key, rate.fills_in()) else {
                return take.from(link, None).await.map(Option::unwrap_or_default);
            };
            if let Some(grant) = take.from(link, Some("ask")).await? {
                return Ok(grant);
            }
            // Servers that do not know of its new place yet go on with the old one: it is left as it is. If another
            // one of ours was quicker, that counts. What cannot be asked has nothing.
            let was: Option<String> =
                before.ask(redis::cmd("GET").arg(key)).await.unwrap_or_default();
            let was = was.as_deref().unwrap_or("0");
            take.from(link, Some(was)).await.map(Option::unwrap_or_default)
        })
    }
}

impl Take<'_> {
    /// Nothing if there is no such bucket, and it is to be asked for first.
    async fn from(&self, link: &Link, was: Option<&str>) -> Result<Option<Grant>, LinkError> {
        let Self { key, rate, want, share } = *self;
        let mut call = TAKE.key(key);
        call.arg(rate.per_minute.max(1)).arg(rate.burst.max(1)).arg(want).arg(share.max(1));
        if let Some(was) = was {
            call.arg(was);
        }
        let taken: Option<(u32, u32, u64, u64)> =
            link.run(async |connection| call.invoke_async(connection).await).await?;
        Ok(taken.map(|(granted, left, retry_ms, full_ms)| Grant {
            granted,
            left,
            retry_ms,
            full_ms,
        }))
    }
}

impl Rate {
    /// How long an empty bucket takes to be full.
    fn fills_in(self) -> Duration {
        Duration::from_secs(60) * self.burst / self.per_minute.max(1)
    }
}
