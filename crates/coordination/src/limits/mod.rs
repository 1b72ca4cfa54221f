//! Rates: how often somebody may call. One algorithm (GCRA) counts in memory and in Redis; a limiter takes
//! from there in handfuls, so that most calls ask nobody.

mod gcra;
mod limiter;
mod memory;
mod redis;

use std::future::Future;
use std::pin::Pin;

use crate::redis::LinkError;

pub use limiter::{Limited, Limiter, LimiterStatus, Standing, Wanted};
pub use memory::MemoryRates;
pub use redis::RedisRates;

/// How often, on average and at once.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rate {
    /// So many a minute; at least one, and at most ten million.
    pub per_minute: u32,
    /// So many at once after a pause; at least one.
    pub burst: u32,
}

/// What was given out of a bucket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Grant {
    /// So many, perhaps fewer than were wanted.
    pub granted: u32,
    /// So many more are there now.
    pub left: u32,
    /// When the next one is there, in milliseconds; 0 if one is.
    pub retry_ms: u64,
    /// When the bucket is full again, in milliseconds.
    pub full_ms: u64,
}

/// An answer that may have to come from elsewhere.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, LinkError>> + Send + 'a>>;

/// Buckets by name. Each gives so many a minute, and holds no more than its burst.
pub trait Rates: Send + Sync {
    /// Takes as many as there are, up to `want`, and of more than one that only so far that `share` such
    /// takers find something.
    fn take<'a>(&'a self, name: &'a str, rate: Rate, want: u32, share: u32) -> Pending<'a, Grant>;
}
