//! Links to all that servers share: one, or several clusters over which the data are spread. A key lies in one of
//! them, by its own name and by those of the clusters. Each has a breaker of its own: one that is away costs what
//! lies there.

use std::sync::Arc;
use std::time::Duration;

use redis::Pipeline;
use tokio::time::Instant;

use super::link::{Link, LinkError};
use super::options::RedisOptions;
use super::place::{best, hash, seed, weight};

/// When a cluster was added, the last server is told of it so long after the first one, at most.
const ROLLING: Duration = Duration::from_secs(600);

/// One link, or several. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Links {
    first: Place,
    others: Arc<[Place]>,
    opened: Instant,
}

#[derive(Clone, Debug)]
struct Place {
    link: Link,
    seed: u64,
}

impl From<Link> for Place {
    fn from(link: Link) -> Self {
        Self { seed: seed(link.name()), link }
    }
}

impl From<Link> for Links {
    fn from(link: Link) -> Self {
        Self { first: link.into(), others: Arc::default(), opened: Instant::now() }
    }
}

impl Links {
    /// Opens a link to each, which have names of their own; nothing where there is none.
    #[must_use]
    pub fn open(all: Vec<RedisOptions>) -> Option<Self> {
        Self::of(all.into_iter().map(Link::open))
    }

    /// The same with links that are open.
    #[must_use]
    pub fn of(links: impl IntoIterator<Item = Link>) -> Option<Self> {
        let mut links = links.into_iter();
        let first = links.next()?.into();
        let others = links.map(Place::from).collect();
        Some(Self { first, others, opened: Instant::now() })
    }

    /// Where a key lies.
    #[must_use]
    pub fn at(&self, key: &str) -> &Link {
        self.places(key).0
    }

    /// Where a key was before, if its place is the one that was added last. Nothing once what lives for `life` can
    /// no longer lie there.
    #[must_use]
    pub fn before(&self, key: &str, life: Duration) -> Option<&Link> {
        if self.others.is_empty() || self.opened.elapsed() > life.saturating_add(ROLLING) {
            return None;
        }
        self.places(key).1
    }

    /// Where a key lies, and where it would if that one were not there.
    pub(crate) fn places(&self, key: &str) -> (&Link, Option<&Link>) {
        if self.others.is_empty() {
            return (&self.first.link, None);
        }
        let key = hash(key);
        let of = |place: &Place| weight(place.seed, key);
        // Names whose hashes are alike would be told apart by their order.
        let (place, second) =
            best(&self.first, &self.others, |place| (of(place), place.link.name()));
        (&place.link, second.map(|second| &second.link))
    }

    /// For whoever found nothing at the place of a key: moves there what lies where the key was before. True if
    /// it is worth to look once more. With one link that costs nothing.
    ///
    /// # Errors
    /// [`LinkError`], of one of its places: what is not known to be missing is not said to be.
    pub async fn bring(&self, key: &str, life: Duration) -> Result<bool, LinkError> {
        match self.before(key, life) {
            Some(before) => carry(key, before, self.at(key)).await,
            None => Ok(false),
        }
    }

    /// Deletes a key where it was before: from there it would come back.
    ///
    /// # Errors
    /// [`LinkError`]: it may still be there.
    pub async fn forget_before(&self, key: &str, life: Duration) -> Result<(), LinkError> {
        match self.before(key, life) {
            Some(before) => before.ask(redis::cmd("UNLINK").arg(key)).await,
            None => Ok(()),
        }
    }

    /// Each of them.
    pub fn each(&self) -> impl Iterator<Item = &Link> {
        std::iter::once(&self.first).chain(&*self.others).map(|place| &place.link)
    }

    /// Whether there are several.
    #[must_use]
    pub fn are_several(&self) -> bool {
        !self.others.is_empty()
    }

    /// Whether calls go through to all at present.
    #[must_use]
    pub fn are_up_now(&self) -> bool {
        self.each().all(Link::is_up_now)
    }
}

/// Where a key lies, as [`Links::at`] has it, before there are links.
pub(crate) fn place<'a>(all: &'a [RedisOptions], key: &str) -> Option<&'a RedisOptions> {
    let (first, others) = all.split_first()?;
    let key = hash(key);
    Some(best(first, others, |one| (weight(seed(&one.name), key), &*one.name)).0)
}

/// Moves a key of any type with the time that it has left, unless it is there by now. False if there was nothing.
async fn carry(key: &str, from: &Link, to: &Link) -> Result<bool, LinkError> {
    let mut look = Pipeline::new();
    look.cmd("DUMP").arg(key).cmd("PTTL").arg(key);
    let (dump, left): (Option<Vec<u8>>, i64) = from.ask_all(&look).await?;
    // With 0 it would stay for ever; no key of ours does.
    let Some(dump) = dump.filter(|_| left > 0) else { return Ok(false) };
    let mut put = redis::cmd("RESTORE");
    put.arg(key).arg(left).arg(dump);
    match to.ask::<()>(&put).await {
        Ok(()) => {}
        // Somebody else was quicker.
        Err(LinkError::Refused(why)) if why.contains("BUSYKEY") => {}
        Err(error) => return Err(error),
    }
    let mut forget = redis::cmd("UNLINK");
    forget.arg(key);
    from.ask::<()>(&forget).await?;
    Ok(true)
}
