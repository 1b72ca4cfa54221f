//! Commits of other servers, as they come.

use std::time::Duration;

use claudebench_core::Cursor;
use redis::streams::{StreamId, StreamInfoStreamReply, StreamReadOptions, StreamReadReply};
use redis::{AsyncTypedCommands, RedisResult};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::form::unpacked;
use super::{Heard, Sender, streams};
use crate::redis::{Connection, Link, Links, RedisOptions, open};

/// How long Redis waits for something to tell.
const WAIT: Duration = Duration::from_secs(1);
/// So many entries come at once.
const PAGE: usize = 128;
/// How long it rests after a failure.
const AGAIN: Duration = Duration::from_millis(250);

/// Follows what other servers than this one have committed, until nobody listens any more. What is lost on the
/// way shows in what comes after it.
pub async fn follow(links: Links, sender: Sender, heard: mpsc::Sender<Heard>) {
    let mut following = JoinSet::new();
    for options in links.each().map(Link::options) {
        for stream in streams(options) {
            // A connection of its own: others would wait behind it.
            let options = RedisOptions { answer: options.answer + WAIT, ..options.clone() };
            following.spawn(one(options, stream, sender.clone(), heard.clone()));
        }
    }
    drop(heard);
    while following.join_next().await.is_some() {}
}

#[allow(clippy::disallowed_methods, reason = "a rest between tries")]
async fn one(options: RedisOptions, stream: String, sender: Sender, heard: mpsc::Sender<Heard>) {
    let mut last = None;
    while !heard.is_closed() {
        let Err(error) = read(&options, &stream, &sender, &mut last, &heard).await else { return };
        tracing::debug!(%error, stream, "a stream cannot be followed; the store is read meanwhile");
        sleep(AGAIN).await;
    }
}

/// Reads on from the last entry. `Ok` when nobody listens any more.
async fn read(
    options: &RedisOptions,
    stream: &str,
    sender: &Sender,
    last: &mut Option<String>,
    heard: &mpsc::Sender<Heard>,
) -> RedisResult<()> {
    let mut connection = open(options).await?;
    let mut place = match last.clone() {
        Some(place) => place,
        None => end(&mut connection, stream).await,
    };
    loop {
        let block = usize::try_from(WAIT.as_millis()).unwrap_or(usize::MAX);
        let how = StreamReadOptions::default().block(block).count(PAGE);
        let read: Option<StreamReadReply> =
            connection.xread_options(&[stream], &[&place], &how).await?;
        for entry in read.into_iter().flat_map(|read| read.keys).flat_map(|key| key.ids) {
            place.clone_from(&entry.id);
            *last = Some(entry.id.clone());
            if entry.get::<String>("d").as_ref() != Some(&sender.store)
                || entry.get::<String>("s").as_ref() == Some(&sender.server)
            {
                continue;
            }
            if heard.send(commit(&entry)).await.is_err() {
                return Ok(());
            }
        }
        if heard.is_closed() {
            return Ok(());
        }
    }
}

/// The last entry there is.
async fn end(connection: &mut Connection, stream: &str) -> String {
    let info: RedisResult<StreamInfoStreamReply> = connection.xinfo_stream(stream).await;
    // Without a stream there is nothing to leave out.
    info.map_or_else(|_| "0-0".to_owned(), |info| info.last_generated_id)
}

fn commit(entry: &StreamId) -> Heard {
    let place = |name: &str| entry.get::<String>(name)?.parse().ok().map(Cursor);
    let events = entry.get::<Vec<u8>>("e").and_then(|text| unpacked(&text));
    match (place("b"), events, place("n")) {
        (Some(before), Some(events), Some(end)) => Heard { before: Some(before), events, end },
        _ => Heard { before: None, events: Vec::new(), end: Cursor::default() },
    }
}
