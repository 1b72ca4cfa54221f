//! Commits from one server to another.

use std::sync::Arc;

use claudebench_coordination::relay::{Message, Relay, Sender, Sent, follow};
use claudebench_core::event::{Event, Text};
use claudebench_core::{Cursor, Millis, TenantId};
use claudebench_testkit::redis::{Options, Redis};
use claudebench_testkit::until;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot};

use super::link::{opened, to};

pub(super) fn commit(before: i64, payload: &str) -> Sent {
    let event = Event {
        cursor: Cursor(before + 1),
        tenant: TenantId::DEFAULT,
        kind: "task.created".into(),
        at: Millis(0),
        task: None,
        version: None,
        attempt: None,
        project: None,
        actor: "test".into(),
        traceparent: None,
        session: None,
        payload: RawValue::from_string(payload.to_owned()).unwrap(),
        text: Text::default(),
    };
    let message = |text: &str| Message { channel: "task.created".into(), text: text.into() };
    Sent {
        before: Some(Cursor(before)),
        events: vec![Arc::new(event)],
        end: Cursor(before + 1),
        messages: vec![message("first"), message(&"x".repeat(2 << 20)), message("last")],
    }
}

fn sender(store: &str, server: &str) -> Sender {
    Sender { store: store.to_owned(), server: server.to_owned() }
}

/// Waits until somebody reads the stream.
pub(super) async fn is_followed(redis: &Redis) {
    until("the stream is followed", async || {
        redis.tell::<String>("CLIENT LIST").await.contains("cmd=xread")
    })
    .await;
}

#[tokio::test]
async fn servers_of_a_store_hear_each_other_and_a_stop_sends_what_was_committed_last() {
    let redis = Redis::start(Options::default()).await;
    let options = to(&redis);
    let (into, mut heard) = mpsc::channel(9);
    let following =
        tokio::spawn(follow(opened(options.clone()).await.into(), sender("store", "a"), into));
    let mut listener = redis.listen(&["task.*"]).await;
    let mut relays = Vec::new();
    for (store, server) in [("another", "b"), ("store", "a"), ("store", "c")] {
        let link = opened(options.clone()).await;
        let (relay, sending) = Relay::new(link, sender(store, server));
        let (stop, stopped) = oneshot::channel::<()>();
        let sending = tokio::spawn(sending.run(async {
            let _ = stopped.await;
        }));
        relays.push((relay, stop, sending));
    }
    let (relay, stop, sending) = relays.pop().unwrap();
    is_followed(&redis).await;
    relays[0].0.send(commit(1, "1"));
    relays[1].0.send(commit(1, "1"));
    relay.send(commit(1, "1"));
    stop.send(()).unwrap();
    relay.send(commit(41, "\"last\""));
    sending.await.unwrap();
    // Only what the third has sent: the others are of another store, and the one that follows.
    for (before, payload) in [(1, "1"), (41, "\"last\"")] {
        let next = heard.recv().await.unwrap();
        assert_eq!((next.before, next.end), (Some(Cursor(before)), Cursor(before + 1)));
        assert_eq!(next.events[0].payload.get(), payload);
    }
    assert!(heard.try_recv().is_err());
    // Of a commit that is too large for a channel, what comes first.
    for _ in 0..4 {
        assert_eq!(listener.hear().await, ("task.created".to_owned(), "first".to_owned()));
    }
    assert_eq!((relay.status().sent, relay.status().left), (2, 0));
    following.abort();
}

#[tokio::test]
async fn what_is_too_large_is_left_to_the_store_and_is_missed() {
    let redis = Redis::start(Options::default()).await;
    let options = to(&redis);
    let (into, mut heard) = mpsc::channel(9);
    let following =
        tokio::spawn(follow(opened(options.clone()).await.into(), sender("store", "a"), into));
    let (relay, sending) = Relay::new(opened(options).await, sender("store", "b"));
    let sending = tokio::spawn(sending.run(std::future::pending()));
    let large = format!("\"{}\"", "x".repeat(200 << 10));
    is_followed(&redis).await;
    relay.send(commit(1, &large));
    let next = heard.recv().await.unwrap();
    assert!(next.before.is_none() && next.events.is_empty(), "{next:?}");
    following.abort();
    sending.abort();
}
