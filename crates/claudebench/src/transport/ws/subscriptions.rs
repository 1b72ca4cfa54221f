//! What a socket listens to: one place in the log for all that is wanted, and a place further back
//! for each that was asked for from before.

use std::sync::Arc;

use claudebench_core::{Cursor, Error, Principal};
use claudebench_services::Shared;
use claudebench_services::feed::{Feed, Filter, Next};

/// The longest pattern, in bytes.
const PATTERN: usize = 200;

/// The subscriptions of one socket.
#[derive(Default)]
pub(super) struct Subscriptions {
    /// What is wanted, one for each task and project; an event goes out once however many of these
    /// want it.
    wanted: Vec<Filter>,
    /// Where the socket is in the log, from its first subscription on.
    feed: Option<Feed>,
    /// What was asked for from before that place, up to it.
    behind: Vec<(Feed, Cursor)>,
}

impl Subscriptions {
    /// Listens to what a filter wants, also to what happened after `since`; at most `most` patterns
    /// in all. Answers from where on.
    pub(super) async fn add(
        &mut self,
        shared: &Arc<Shared>,
        principal: &Principal,
        filter: Filter,
        since: Option<Cursor>,
        most: usize,
    ) -> Result<Cursor, Error> {
        let here = self.feed.as_ref().map_or_else(|| shared.hub.head(), Feed::cursor);
        if filter.kinds.is_empty() {
            return Ok(since.unwrap_or(here));
        }
        let mut wanted = self.wanted.clone();
        merge(&mut wanted, &filter);
        let held: usize = wanted.iter().map(|filter| filter.kinds.len()).sum();
        if held > most || filter.kinds.iter().any(|kind| kind.len() > PATTERN) {
            let message = format!("expected at most {most} patterns of at most {PATTERN} bytes");
            return Err(Error::invalid(&["events"], message));
        }
        if self.feed.is_none() {
            let all = Filter::of(principal);
            let feed = Feed::open(shared.clone(), all, Some(here)).await?;
            self.feed = Some(feed);
        }
        if let Some(since) = since {
            if self.behind.len() >= most {
                let message = "too much is being caught up with on this socket; wait for it";
                return Err(Error::invalid(&["since"], message));
            }
            let late = Feed::open(shared.clone(), filter, Some(since)).await?;
            self.behind.push((late, here));
        }
        self.wanted = wanted;
        Ok(since.unwrap_or(here))
    }

    /// Listens to these patterns no more, whatever task or project they were for.
    pub(super) fn remove(&mut self, patterns: &[String]) {
        for filter in &mut self.wanted {
            filter.kinds.retain(|kind| !patterns.contains(kind));
        }
        self.wanted.retain(|filter| !filter.kinds.is_empty());
        self.behind.retain_mut(|(late, _)| late.forget(patterns));
        if self.wanted.is_empty() {
            self.feed = None;
        }
    }

    /// The patterns, each once.
    pub(super) fn patterns(&self) -> Vec<String> {
        let mut patterns: Vec<String> =
            self.wanted.iter().flat_map(|filter| filter.kinds.clone()).collect();
        patterns.sort_unstable();
        patterns.dedup();
        patterns
    }

    /// From where on nothing was taken from the log yet.
    pub(super) fn place(&self) -> Option<Cursor> {
        let late = self.behind.iter().map(|(feed, _)| feed.cursor());
        late.chain(self.feed.as_ref().map(Feed::cursor)).min()
    }

    /// What comes next: first what lies behind, so that the events of a task stay in order.
    pub(super) async fn next(&mut self) -> Next {
        while let Some((late, until)) = self.behind.first_mut() {
            if late.cursor() >= *until {
                self.behind.remove(0);
                continue;
            }
            if let Some(next) = late.step(Some(*until)).await {
                return next;
            }
        }
        let Some(feed) = &mut self.feed else { return std::future::pending().await };
        loop {
            match feed.next().await {
                Next::Events(mut events) => {
                    events.retain(|event| self.wanted.iter().any(|want| want.wants(event)));
                    if !events.is_empty() {
                        return Next::Events(events);
                    }
                }
                other => return other,
            }
        }
    }
}

/// Adds the patterns of a filter to those for the same task and project; one that is there is not
/// counted again.
fn merge(wanted: &mut Vec<Filter>, filter: &Filter) {
    let same = |held: &&mut Filter| held.task == filter.task && held.project == filter.project;
    let held = match wanted.iter_mut().find(same) {
        Some(held) => held,
        None => {
            wanted.push(Filter { kinds: Vec::new(), ..filter.clone() });
            let Some(held) = wanted.last_mut() else { return };
            held
        }
    };
    for kind in &filter.kinds {
        if !held.kinds.contains(kind) {
            held.kinds.push(kind.clone());
        }
    }
}
