//! Which servers share a Redis: how many there are. After a cluster was added, those count, too, that do not know of it
//! yet, for as long as they may.

use std::sync::LazyLock;
use std::time::Duration;

use redis::Script;
use tokio::time::Instant;

use crate::redis::{Link, LinkError, Links};

static HERE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("servers.lua")));

/// How often a server says that it is there.
pub const EVERY: Duration = Duration::from_secs(1);
/// A server that has not said so for so long is gone.
const GONE: Duration = Duration::from_secs(5);

/// How many servers are believed in. A Redis that was emptied says first that each is alone. If it were lost just
/// then, each would give out all of a rate instead of its part: so fewer are believed in only after that was said
/// for as long as one that is gone counts.
#[derive(Debug)]
pub struct Believed {
    count: u32,
    fewer_since: Option<Instant>,
}

impl Believed {
    /// As many as are known of before anything was said.
    #[must_use]
    pub fn new(count: u32) -> Self {
        Self { count, fewer_since: None }
    }

    /// So many were said, or nothing was; answers how many are believed in.
    pub fn hear(&mut self, said: Option<u32>, now: Instant) -> u32 {
        let fewer = said.filter(|said| *said < self.count);
        let Some(fewer) = fewer else {
            self.count = said.unwrap_or(self.count);
            self.fewer_since = None;
            return self.count;
        };
        let since = *self.fewer_since.get_or_insert(now);
        if now.saturating_duration_since(since) >= GONE {
            (self.count, self.fewer_since) = (fewer, None);
        }
        self.count
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_are_believed_in_when_that_was_said_for_long_and_more_at_once() {
        let (start, mut believed) = (Instant::now(), Believed::new(1));
        let mut hear = |said, ms| believed.hear(said, start + Duration::from_millis(ms));
        assert_eq!(hear(None, 0), 1, "nobody has said anything yet");
        assert_eq!(hear(Some(3), 1_000), 3);
        assert_eq!(hear(Some(1), 2_000), 3, "it was emptied");
        assert_eq!(hear(None, 3_000), 3, "and lost");
        assert_eq!(hear(Some(1), 60_000), 3, "it is back, and empty again");
        assert_eq!(hear(Some(3), 61_000), 3);
        assert_eq!(hear(Some(2), 62_000), 3, "one has gone");
        assert_eq!(hear(Some(2), 66_900), 3);
        assert_eq!(hear(Some(2), 67_000), 2);
        assert_eq!(hear(Some(1), 68_000), 2);
        assert_eq!(hear(Some(4), 69_000), 4);
    }
}
