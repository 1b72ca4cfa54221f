//! Entries in Redis.

use std::sync::LazyLock;
use std::time::Duration;

use redis::Script;

use super::Key;
use super::entry::{Stored, covers, seen};
use super::flight::Wants;
use crate::redis::{LinkError, Links};

static LOOK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("look.lua")));
static FILL: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("fill.lua")));

/// How long one server may take to fill an entry before another one does.
const FILLING: Duration = Duration::from_secs(1);

/// What was found.
pub(super) enum Look {
    /// It, and how long it stays.
    Found(Stored, Duration),
    /// Nothing: whoever asked is to fill it.
    Ours,
    /// Nothing: somebody else fills it, or nobody was named who would.
    Theirs,
}

/// Entries in a Redis, or in several: each lies with its lock. Where one moved, it is read anew.
#[derive(Clone)]
pub(super) struct Layer {
    links: Links,
    store: String,
    /// How long they stay.
    life: Duration,
}

impl Layer {
    pub(super) fn new(links: Links, store: &str, life: Duration) -> Self {
        Self { links, store: store.to_owned(), life }
    }

    fn names(&self, history: u64, Key { tenant, task }: Key) -> [String; 2] {
        let name = format!("cb:cache:{{{}:{history:x}:{}:{task}}}", self.store, tenant.0);
        let lock = format!("{name}:lock");
        [name, lock]
    }

    /// Looks for an entry; who is named as `filler` may be the one to fill it.
    pub(super) async fn look(
        &self,
        key: Key,
        wants: Wants,
        filler: Option<&str>,
    ) -> Result<Look, LinkError> {
        let [name, lock] = self.names(wants.history, key);
        let link = self.links.at(&name);
        let mut call = LOOK.key(&name);
        call.key(lock).arg(seen(wants.since)).arg(covers(wants.covers));
        call.arg(filler.unwrap_or_default());
        call.arg(u64::try_from(FILLING.as_millis()).unwrap_or(u64::MAX));
        let (found, number): (Option<String>, i64) =
            link.run(async |connection| call.invoke_async(connection).await).await?;
        let stays = Duration::from_millis(u64::try_from(number).unwrap_or(0));
        Ok(match found.as_deref().and_then(Stored::read) {
            Some(stored) => Look::Found(stored, stays),
            None if found.is_none() && number == 1 => Look::Ours,
            None => Look::Theirs,
        })
    }

    /// Fills an entry, if there is something to keep, for so long at most, and lets others fill it from now on.
    pub(super) async fn fill(
        &self,
        history: u64,
        key: Key,
        stored: Option<(&Stored, Duration)>,
        filler: Option<&str>,
    ) -> Result<(), LinkError> {
        let [name, lock] = self.names(history, key);
        let link = self.links.at(&name);
        let mut call = FILL.key(&name);
        let life = stored.map_or(self.life, |(_, life)| life.min(self.life));
        call.key(lock).arg(stored.map(|(stored, _)| stored.write()).unwrap_or_default());
        call.arg(u64::try_from(life.as_millis()).unwrap_or(u64::MAX).max(1));
        call.arg(filler.unwrap_or_default());
        link.run(async |connection| call.invoke_async(connection).await).await
    }
}
