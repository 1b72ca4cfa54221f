//! Which servers share a Redis: how many there are.

use std::sync::LazyLock;
use std::time::Duration;

use redis::Script;

use crate::redis::{Link, LinkError};

static HERE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("servers.lua")));

/// How often a server says that it is there.
pub const EVERY: Duration = Duration::from_secs(1);
/// A server that has not said so for so long is gone.
const GONE: Duration = Duration::from_secs(5);

/// The servers that share a Redis.
#[derive(Clone, Debug)]
pub struct Servers {
    link: Link,
    key: String,
    id: String,
}

impl Servers {
    /// Those of a store; this one is known by its id.
    #[must_use]
    pub fn new(link: Link, store: &str, id: impl Into<String>) -> Self {
        Self { link, key: format!("cb:servers:{store}"), id: id.into() }
    }

    /// Says that this server is there, and asks how many there are.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn here(&self) -> Result<u32, LinkError> {
        self.say("here").await
    }

    /// Says that this server goes.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn leave(&self) -> Result<(), LinkError> {
        self.say("goes").await.map(drop)
    }

    async fn say(&self, what: &str) -> Result<u32, LinkError> {
        let mut call = HERE.key(&self.key);
        let gone = u64::try_from(GONE.as_millis()).unwrap_or(u64::MAX);
        call.arg(&self.id).arg(gone).arg(what);
        self.link.run(async |connection| call.invoke_async(connection).await).await
    }
}
