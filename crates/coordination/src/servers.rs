//! Which servers share a Redis: how many there are. After a cluster was added, those count, too, that do not know of it
//! yet, for as long as they may.

use std::sync::LazyLock;
use std::time::Duration;

use redis::Script;

use crate::redis::{Link, LinkError, Links};

static HERE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("servers.lua")));

/// How often a server says that it is there.
pub const EVERY: Duration = Duration::from_secs(1);
/// A server that has not said so for so long is gone.
const GONE: Duration = Duration::from_secs(5);

/// The servers that share a Redis.
#[derive(Clone, Debug)]
pub struct Servers {
    links: Links,
    key: String,
    id: String,
}

impl Servers {
    /// Those of a store; this one is known by its id.
    #[must_use]
    pub fn new(links: impl Into<Links>, store: &str, id: impl Into<String>) -> Self {
        Self { links: links.into(), key: format!("cb:servers:{store}"), id: id.into() }
    }

    /// Says that this server is there, and asks how many there are.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn here(&self) -> Result<u32, LinkError> {
        let here = self.say(self.links.at(&self.key), "here");
        let Some(before) = self.links.before(&self.key, GONE) else { return here.await };
        let (here, there) = tokio::join!(here, self.say(before, "look"));
        Ok(here? + there.unwrap_or(0))
    }

    /// Says that this server goes.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn leave(&self) -> Result<(), LinkError> {
        self.say(self.links.at(&self.key), "goes").await.map(drop)
    }

    async fn say(&self, link: &Link, what: &str) -> Result<u32, LinkError> {
        let mut call = HERE.key(&self.key);
        let gone = u64::try_from(GONE.as_millis()).unwrap_or(u64::MAX);
        call.arg(&self.id).arg(gone).arg(what);
        link.run(async |connection| call.invoke_async(connection).await).await
    }
}
