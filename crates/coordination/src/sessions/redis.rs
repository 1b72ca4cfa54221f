//! Sessions that all servers know, each in one place; one that lies where it was before a cluster was added is moved
//! when it is looked at.

use std::sync::LazyLock;

use claudebench_core::Millis;
use redis::{Script, cmd, pipe};

use super::{LIFE, Session, Sessions, Standing};
use crate::limits::Pending;
use crate::redis::{LinkError, Links};

static WROTE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("wrote.lua")));

/// Sessions in Redis.
#[derive(Clone)]
pub struct RedisSessions {
    links: Links,
    store: String,
}

impl RedisSessions {
    /// Those of the servers of a store.
    #[must_use]
    pub fn new(links: impl Into<Links>, store: &str) -> Self {
        Self { links: links.into(), store: store.to_owned() }
    }

    fn name(&self, id: &str) -> String {
        format!("cb:session:{}:{id}", self.store)
    }

    async fn read(&self, name: &str) -> Result<Standing, LinkError> {
        type Fields = (Option<String>, Option<i64>, Option<String>, Option<i64>, Option<i64>);
        let mut all = pipe();
        all.atomic();
        all.cmd("HMGET")
            .arg(name)
            .arg("key")
            .arg("opened")
            .arg("position")
            .arg("unsure")
            .arg("over");
        let ((key, opened, at, unsure, over),): (Fields,) =
            self.links.at(name).ask_all(&all).await?;
        if over.is_some() {
            return Ok(Standing::Over);
        }
        let at = at.and_then(|at| u128::from_str_radix(&at, 16).ok());
        let (Some(key), Some(opened), Some(position)) = (key, opened, at) else {
            return Ok(Standing::Unknown);
        };
        let unsure_until = Millis(unsure.unwrap_or(0));
        let session =
            Session { key: key.into(), opened_at: Millis(opened), position, unsure_until };
        // It goes on; one that is over must not.
        let mut rolls = cmd("PEXPIRE");
        rolls.arg(name).arg(life_ms());
        self.links.at(name).ask::<()>(&rolls).await?;
        Ok(Standing::Open(session))
    }
}

fn life_ms() -> u64 {
    u64::try_from(LIFE.as_millis()).unwrap_or(u64::MAX)
}

/// Numbers that compare like their texts.
fn position(at: u128) -> String {
    format!("{at:032x}")
}

impl Sessions for RedisSessions {
    fn open<'a>(&'a self, id: &'a str, session: &'a Session) -> Pending<'a, ()> {
        Box::pin(async move {
            let name = self.name(id);
            let mut all = pipe();
            all.atomic();
            all.hset(&name, "key", &*session.key).ignore();
            all.hset(&name, "opened", session.opened_at.0).ignore();
            all.hset(&name, "position", position(session.position)).ignore();
            all.hset(&name, "unsure", session.unsure_until.0).ignore();
            all.cmd("PEXPIRE").arg(&name).arg(life_ms()).ignore();
            self.links.at(&name).ask_all(&all).await
        })
    }

    fn look<'a>(&'a self, id: &'a str) -> Pending<'a, Standing> {
        Box::pin(async move {
            let name = self.name(id);
            match self.read(&name).await? {
                Standing::Unknown if self.links.bring(&name, LIFE).await? => self.read(&name).await,
                found => Ok(found),
            }
        })
    }

    fn wrote<'a>(&'a self, id: &'a str, at: u128) -> Pending<'a, ()> {
        Box::pin(async move {
            let name = self.name(id);
            let mut call = WROTE.key(&name);
            call.arg(position(at));
            let link = self.links.at(&name);
            link.run(async |connection| call.invoke_async(connection).await).await
        })
    }

    fn close<'a>(&'a self, id: &'a str) -> Pending<'a, ()> {
        Box::pin(async move {
            let name = self.name(id);
            let mut all = pipe();
            all.atomic();
            all.cmd("DEL").arg(&name).ignore();
            all.hset(&name, "over", 1).ignore();
            // For as long as a server that has not heard of it has a copy.
            all.cmd("PEXPIRE").arg(&name).arg(life_ms()).ignore();
            let closed = self.links.at(&name).ask_all::<()>(&all).await;
            closed.and(self.links.forget_before(&name, LIFE).await)
        })
    }
}
