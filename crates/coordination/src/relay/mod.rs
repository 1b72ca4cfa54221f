//! Live events between servers: each commit goes into a stream that all servers follow, with where the log ended
//! before it, so that whoever follows sees what is missing and reads that from the store. Beside it each event
//! is published on a channel named after its type, for clients that listen there.
//!
//! Of several clusters each has streams of its own, and all are followed. A server writes where its name lies, and
//! elsewhere while that is away: the order comes from the commits, and what comes twice is seen. All channels are in
//! one of the clusters.

mod follow;
mod form;
mod send;

use std::sync::Arc;

use claudebench_core::Cursor;
use claudebench_core::event::Event;

use crate::redis::{Link, Links, RedisOptions, Servers, place};

pub use follow::follow;
pub use send::{Relay, RelayStatus, Sending};

/// The stream of one server or of what sentinels watch.
const STREAM: &str = "cb:stream:events";
/// In a cluster there are as many, each in a slot of its own; a server writes to one of them.
const STREAMS: u64 = 4;

/// By what the place of all channels is found.
const CHANNELS: &str = "cb:channels";

/// A commit of another server.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Where the log ended before it. Unknown where the events were too much to be sent: the store has them.
    pub before: Option<Cursor>,
    /// Its events, in the order of the log.
    pub events: Vec<Arc<Event>>,
    /// Where the log ends after it.
    pub end: Cursor,
}

/// A commit, on its way.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Where the log ended before it, if that is known.
    pub before: Option<Cursor>,
    /// Its events, in the order of the log.
    pub events: Vec<Arc<Event>>,
    /// Where the log ends after it.
    pub end: Cursor,
    /// What is published with it.
    pub messages: Vec<Message>,
}

/// Who sends, and of which store: a Redis may be that of several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sender {
    /// The store's identity.
    pub store: String,
    /// By what the others know the server.
    pub server: String,
}

/// What is published on a channel.
#[derive(Clone, Debug)]
pub struct Message {
    /// The channel: a type of event.
    pub channel: Arc<str>,
    /// The text.
    pub text: Arc<str>,
}

/// Where channels are, of several: whoever listens must find all of them in one.
fn channels(links: &Links) -> &Link {
    links.at(CHANNELS)
}

/// The same by its name, before there are links.
#[must_use]
pub fn name_of_channels(all: &[RedisOptions]) -> &str {
    place(all, CHANNELS).map_or("", |options| &options.name)
}

/// The streams of one of them that servers follow.
fn streams(options: &RedisOptions) -> Vec<String> {
    match options.servers {
        Servers::Cluster(_) => (0..STREAMS).map(|nth| format!("{STREAM}:{{{nth}}}")).collect(),
        _ => vec![STREAM.to_owned()],
    }
}
