//! What servers share: the same over memory, over one Redis, over a cluster, over what sentinels watch.

pub mod cache;
pub mod rates;
pub mod sessions;
pub mod windows;
