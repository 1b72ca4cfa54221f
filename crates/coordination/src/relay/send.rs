//! Own commits, on their way to other servers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use redis::Script;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::form::packed;
use super::{Message, Sender, Sent, channels, streams};
use crate::redis::{Link, LinkError, Links, hash};

static PUBLISH: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("publish.lua")));

/// So many commits may wait; what comes more is left to the store.
const QUEUE: usize = 4_096;
/// So many go at once.
const BATCH: usize = 64;
/// Commits that are larger are left to the store.
const COMMIT_BYTES: usize = 128 << 10;
/// So many bytes go at once, about.
const BATCH_BYTES: usize = 512 << 10;
/// So many times as much may wait for the cluster that has the channels.
const WAITING: usize = 16;
/// So much of a commit is published; whoever listens on channels misses the rest.
const PUBLISHED_BYTES: usize = 1 << 20;
/// When a server stops and nothing was committed for so long, nothing more is.
const LAST: Duration = Duration::from_millis(300);
/// So many entries a stream keeps, about.
const KEPT: usize = 500;
/// For so long it keeps them when nothing comes.
const KEPT_FOR: Duration = Duration::from_secs(3_600);

/// The way of own commits to other servers. Cheap to clone.
#[derive(Clone)]
pub struct Relay {
    queue: mpsc::Sender<Sent>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    sent: AtomicU64,
    left: AtomicU64,
    heard: AtomicU64,
}

/// What a relay has done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RelayStatus {
    /// Commits that were sent.
    pub sent: u64,
    /// Commits that were left to the store, which other servers read then.
    pub left: u64,
    /// Commits of other servers that came.
    pub heard: u64,
}

/// What sends: to be run beside the rest.
pub struct Sending {
    links: Links,
    sender: Sender,
    queue: mpsc::Receiver<Sent>,
    counts: Arc<Counts>,
}

impl Relay {
    /// A relay of a server, and what sends.
    #[must_use]
    pub fn new(links: impl Into<Links>, sender: Sender) -> (Self, Sending) {
        let (waiting, queue) = mpsc::channel(QUEUE);
        let counts = Arc::new(Counts::default());
        let sending = Sending { links: links.into(), sender, queue, counts: counts.clone() };
        (Self { queue: waiting, counts }, sending)
    }

    /// Hands over a commit. Does not wait: what there is no room for is left to the store.
    pub fn send(&self, mut commit: Sent) {
        let mut bytes = 0;
        commit.messages.retain(|message| {
            bytes += message.text.len();
            bytes <= PUBLISHED_BYTES
        });
        if self.queue.try_send(commit).is_err() {
            self.counts.left.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts a commit of another server that came.
    pub fn heard(&self) {
        self.counts.heard.fetch_add(1, Ordering::Relaxed);
    }

    /// What it has done.
    #[must_use]
    pub fn status(&self) -> RelayStatus {
        RelayStatus {
            sent: self.counts.sent.load(Ordering::Relaxed),
            left: self.counts.left.load(Ordering::Relaxed),
            heard: self.counts.heard.load(Ordering::Relaxed),
        }
    }
}

impl Sending {
    /// Sends until the relay is gone, or the server stops: then also what that commits last.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        // A cluster that has the channels and is slow holds up no stream of another one.
        let (publish, waiting) = mpsc::channel(WAITING);
        let (links, sender) = (self.links.clone(), self.sender.clone());
        let sending = async {
            self.send(stop, publish).await;
        };
        tokio::join!(sending, publish_apart(&links, &sender, waiting));
    }

    async fn send(&mut self, stop: impl Future<Output = ()>, apart: mpsc::Sender<Vec<Message>>) {
        let (mut stop, mut stops) = (std::pin::pin!(stop), false);
        let mut commits = Vec::new();
        loop {
            let received = self.queue.recv_many(&mut commits, BATCH);
            let count = if stops {
                timeout(LAST, received).await.unwrap_or(0)
            } else {
                tokio::select! {
                    count = received => count,
                    () = &mut stop => {
                        stops = true;
                        continue;
                    }
                }
            };
            if count == 0 {
                return;
            }
            let mut waiting = commits.drain(..).peekable();
            while waiting.peek().is_some() {
                let (mut entries, mut messages, mut bytes) = (Vec::new(), Vec::new(), 0);
                while bytes < BATCH_BYTES
                    && let Some(commit) = waiting.next()
                {
                    let entry = entry(&commit);
                    bytes += entry.events.len();
                    bytes += commit.messages.iter().map(|one| one.text.len()).sum::<usize>();
                    entries.push(entry);
                    messages.extend(commit.messages);
                }
                let count_as = match self.hand_over(&entries, messages, &apart).await {
                    Ok(()) => &self.counts.sent,
                    Err(error) => {
                        tracing::debug!(%error, "events are left to the store");
                        &self.counts.left
                    }
                };
                count_as.fetch_add(entries.len() as u64, Ordering::Relaxed);
            }
        }
    }

    /// Into a stream of the cluster where this server's name lies; while that is away, of the next one.
    async fn hand_over(
        &self,
        entries: &[Entry],
        mut messages: Vec<Message>,
        apart: &mpsc::Sender<Vec<Message>>,
    ) -> Result<(), LinkError> {
        let (link, next) = self.links.places(&self.sender.server);
        if link.name() != channels(&self.links).name() && !messages.is_empty() {
            // What there is no room for is lost, as for who listens late.
            let _ = apart.try_send(std::mem::take(&mut messages));
        }
        let sent = put(link, &self.sender, entries, &messages).await;
        match (sent, next) {
            (Err(_), Some(next)) => put(next, &self.sender, entries, &[]).await,
            (sent, _) => sent,
        }
    }
}

/// Publishes where the channels are, in the order in which it comes.
async fn publish_apart(links: &Links, sender: &Sender, mut waiting: mpsc::Receiver<Vec<Message>>) {
    while let Some(messages) = waiting.recv().await {
        if let Err(error) = put(channels(links), sender, &[], &messages).await {
            tracing::debug!(%error, "nobody is told on channels");
        }
    }
}

/// Puts commits into the stream of a server, and publishes messages, at one place.
async fn put(
    link: &Link,
    Sender { store, server }: &Sender,
    entries: &[Entry],
    messages: &[Message],
) -> Result<(), LinkError> {
    let streams = streams(link.options());
    let nth = hash(server) % (streams.len() as u64).max(1);
    let Some(stream) = usize::try_from(nth).ok().and_then(|nth| streams.get(nth)) else {
        return Ok(());
    };
    let mut call = PUBLISH.key(stream);
    let kept_for = u64::try_from(KEPT_FOR.as_millis()).unwrap_or(u64::MAX);
    call.arg(KEPT).arg(kept_for).arg(entries.len());
    for Entry { before, events, end } in entries {
        call.arg(store).arg(server).arg(before).arg(events).arg(end);
    }
    for message in messages {
        call.arg(&*message.channel).arg(&*message.text);
    }
    link.run(async |connection| call.invoke_async(connection).await).await
}

/// A commit as it stands in the stream. Nothing but its end, if it is too large: then the store has the rest.
struct Entry {
    before: String,
    events: String,
    end: i64,
}

fn entry(commit: &Sent) -> Entry {
    let known = commit.before.map(|before| (before.0.to_string(), packed(&commit.events)));
    let fits = known.filter(|(_, events)| events.len() <= COMMIT_BYTES);
    let (before, events) = fits.unwrap_or_default();
    Entry { before, events, end: commit.end.0 }
}
