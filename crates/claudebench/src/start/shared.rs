//! What this server shares with others through Redis.

use std::sync::Arc;
use std::time::Duration;

use claudebench_coordination::Signals;
use claudebench_coordination::cache::{Cache, CacheLinks};
use claudebench_coordination::limits::{Limiter, MemoryRates, Rates, RedisRates};
use claudebench_coordination::redis::{Link, Links, RedisOptions};
use claudebench_coordination::relay::{Heard, Message, Relay, Sender, Sent, follow};
use claudebench_coordination::servers::{Believed, EVERY, Servers};
use claudebench_coordination::sessions::KeptSessions;
use claudebench_coordination::windows::{RedisWindows, SLOT_MS, Windows};
use claudebench_core::event::{Event, scope};
use claudebench_core::{Clock, Cursor, Millis, Scope, TenantId};
use claudebench_services::event::wire;
use claudebench_services::task::StoredTasks;
use claudebench_store::{Span, Store};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::{StartError, until};
use crate::config::Config;
use crate::transport::App;

/// The Redis that this server shares with others.
#[derive(Clone)]
pub(super) struct Together {
    pub(super) links: Links,
    sender: Sender,
    publishes: bool,
}

impl Together {
    /// The one of a configuration, if there is one, as far as it is of the servers of this store.
    pub(super) async fn of(
        config: &Config,
        options: Vec<RedisOptions>,
        store: &Arc<dyn Store>,
    ) -> Result<Option<Self>, StartError> {
        let Some(links) = Links::open(options) else { return Ok(None) };
        let server = getrandom::u64().map_err(StartError::Chance)?;
        let sender = Sender { store: store.identity().await?, server: format!("{server:016x}") };
        Ok(Some(Self { links, sender, publishes: config.redis.publish }))
    }

    /// Takes commits to other servers and brings theirs, beside the rest.
    pub(super) fn relay(
        &self,
        store: &Arc<dyn Store>,
        background: &mut JoinSet<()>,
        stopping: &watch::Receiver<bool>,
    ) -> Relayed {
        let (relay, sending) = Relay::new(self.links.clone(), self.sender.clone());
        background.spawn(sending.run(until(stopping.clone(), std::future::pending())));
        let relayed = Relayed { relay, publishes: self.publishes };
        let sent = relayed.clone();
        let by_store = store.send_by(Arc::new(move |span: &Span| sent.send(span)));
        if by_store {
            let (sender, mut heard) = mpsc::channel(HEARD);
            let following = follow(self.links.clone(), self.sender.clone(), sender);
            background.spawn(until(stopping.clone(), following));
            let (relay, store) = (relayed.relay.clone(), store.clone());
            let hearing = async move {
                while let Some(Heard { before, events, end }) = heard.recv().await {
                    relay.heard();
                    store.hear(Span { before, events, end }).await;
                }
            };
            background.spawn(until(stopping.clone(), hearing));
        }
        relayed
    }

    /// Counts the servers that share the Redis, until this one stops: when Redis is away, each gives out its
    /// share of the rates.
    pub(super) async fn count_servers(
        self,
        limiter: Arc<Limiter>,
        (signals, clock): (Arc<Signals>, Arc<dyn Clock>),
        stopping: watch::Receiver<bool>,
    ) {
        /// Others hear of it by themselves soon after.
        const FAREWELL: Duration = Duration::from_millis(500);
        let servers = Servers::new(self.links, &self.sender.store, self.sender.server);
        let counting = async {
            let mut ticks = interval(EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut believed = Believed::new(limiter.status().servers);
            loop {
                ticks.tick().await;
                let said = servers.here().await.ok();
                limiter.set_servers(believed.hear(said, Instant::now()));
                if let Some(count) = said {
                    signals.count_servers(count, clock.now());
                }
            }
        };
        until(stopping, counting).await;
        let _ = timeout(FAREWELL, servers.leave()).await;
    }
}

/// So many commits of other servers wait to be told of; more wait in Redis.
const HEARD: usize = 256;

/// The way of own commits to other servers and to who listens on channels.
#[derive(Clone)]
pub(super) struct Relayed {
    pub(super) relay: Relay,
    publishes: bool,
}

impl Relayed {
    fn send(&self, span: &Span) {
        let shown = |event: &&Arc<Event>| {
            // Channels know no tenants.
            event.tenant == TenantId::DEFAULT && scope(&event.kind) != Scope::Admin
        };
        let published = span.events.iter().filter(|_| self.publishes).filter(shown);
        let messages = published.map(|event| message(event)).collect();
        let Span { before, events, end } = span.clone();
        self.relay.send(Sent { before, events, end, messages });
    }

    /// Sends a commit of a store that nobody else writes to.
    pub(super) fn send_all(&self, events: &[Arc<Event>]) {
        let [first, ..] = events else { return };
        let end = events.last().map_or(first.cursor, |last| last.cursor);
        self.send(&Span { before: Some(Cursor(first.cursor.0 - 1)), events: events.to_vec(), end });
    }
}

/// An event as clients of the public protocol find it on a channel.
fn message(event: &Event) -> Message {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Attached<'a> {
        #[serde(borrow)]
        task_id: &'a RawValue,
        #[serde(borrow)]
        key: &'a RawValue,
        #[serde(borrow)]
        r#type: &'a RawValue,
        #[serde(borrow)]
        attachment_id: &'a RawValue,
    }
    if &*event.kind == "task.attachment.created"
        && let Ok(attached) = serde_json::from_str::<Attached<'_>>(event.payload.get())
    {
        // This one is bare, and its channel is no type.
        let text = json!({
            "taskId": attached.task_id,
            "key": attached.key,
            "type": attached.r#type,
            "attachmentId": attached.attachment_id,
            "instanceId": event.actor,
            "timestamp": event.at.0,
        });
        return Message {
            channel: "task.attachment_created".into(),
            text: text.to_string().into(),
        };
    }
    Message { channel: event.kind.clone(), text: event.text(wire) }
}

/// What this server counts for decisions about their number.
pub(super) fn signals(config: &Config, together: Option<&Together>, now: Millis) -> Arc<Signals> {
    let shared = together.map(|Together { links, sender: Sender { store, server }, .. }| {
        Arc::new(RedisWindows::new(links.clone(), store, server)) as Arc<dyn Windows>
    });
    Arc::new(Signals::new(shared, u32::try_from(config.workers.count).unwrap_or(1), now))
}

/// Hands over what was counted, now and then.
pub(super) async fn flush(app: Arc<App>) {
    /// Half of what is counted together.
    const EVERY: Duration = Duration::from_millis(SLOT_MS.unsigned_abs() / 2);
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let connections = u64::try_from(app.metrics.connections.get()).unwrap_or(0);
        app.shared.signals.flush(app.shared.clock.now(), connections).await;
    }
}

/// Tasks that are read often, if they are kept: also in the Redis that this server shares, if there is one.
pub(super) fn cache(
    config: &Config,
    together: Option<&Together>,
    store: &Arc<dyn Store>,
    head: Cursor,
) -> Result<Option<Arc<Cache>>, StartError> {
    let Some(options) = config.cache.options() else { return Ok(None) };
    let mut layers = CacheLinks::default();
    let (mut of_store, mut server) = (String::new(), "");
    if let Some(Together { links, sender: Sender { store: identity, server: own }, .. }) = together
    {
        layers.shared = Some(links.clone());
        layers.persistent = config.persistent_redis()?.map(|options| Link::open(options).into());
        // What is kept is an answer, which another version may write in another way; and the files of an embedded
        // store may be put back from elsewhere while nobody serves them.
        let run = if config.store.is_embedded() { own } else { env!("CARGO_PKG_VERSION") };
        of_store = format!("{identity}-{run}");
        server = own;
    }
    let source = Arc::new(StoredTasks(store.clone()));
    let about = (store.clock(), head);
    Ok(Some(Cache::new(options, source, about, layers, (&of_store, server))))
}

/// The sessions of people who have logged in.
pub(super) fn sessions(together: Option<&Together>, clock: Arc<dyn Clock>) -> KeptSessions {
    let shared = together.map(|together| (together.links.clone(), &*together.sender.store));
    KeptSessions::new(clock, shared)
}

/// What counts calls.
pub(super) fn limiter(
    config: &Config,
    together: Option<&Together>,
    clock: Arc<dyn Clock>,
) -> Arc<Limiter> {
    let shared = together.map(|Together { links, sender, .. }| {
        Arc::new(RedisRates::new(links.clone(), &sender.store)) as Arc<dyn Rates>
    });
    let limiter = Limiter::new(MemoryRates::new(clock), shared);
    // As far as is known without Redis.
    limiter.set_servers(u32::try_from(config.workers.count).unwrap_or(1));
    Arc::new(limiter)
}

#[cfg(test)]
mod tests {
    use claudebench_core::event::Text;
    use claudebench_core::{Millis, TaskId};

    use super::*;

    fn event(kind: &str, payload: &str) -> Event {
        Event {
            cursor: Cursor(5),
            tenant: TenantId::DEFAULT,
            kind: kind.into(),
            at: Millis(1_000),
            task: Some(TaskId(7)),
            version: Some(1),
            attempt: None,
            project: None,
            actor: "ada".into(),
            traceparent: None,
            session: None,
            payload: RawValue::from_string(payload.into()).unwrap(),
            text: Text::default(),
        }
    }

    #[test]
    fn channels_show_what_the_public_protocol_has() {
        let made = message(&event("task.created", r#"{"id":"t-7"}"#));
        let text: serde_json::Value = serde_json::from_str(&made.text).unwrap();
        assert_eq!((&*made.channel, &text["type"]), ("task.created", &json!("task.created")));
        assert_eq!((&text["payload"], &text["timestamp"]), (&json!({"id": "t-7"}), &json!(1_000)));
        let payload = r#"{"taskId":"t-7","key":"k","type":"json","attachmentId":"a-1"}"#;
        let bare = message(&event("task.attachment.created", payload));
        let text: serde_json::Value = serde_json::from_str(&bare.text).unwrap();
        assert_eq!(&*bare.channel, "task.attachment_created");
        let expected = json!({"taskId": "t-7", "key": "k", "type": "json", "attachmentId": "a-1",
            "instanceId": "ada", "timestamp": 1_000});
        assert_eq!(text, expected);
    }
}
