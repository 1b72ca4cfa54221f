//! One socket from its greeting to its end. Everything about it happens in one task: nothing is
//! queued for a slow reader, who simply falls behind in the log.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use claudebench_core::{Code, Cursor, Error, Scope};
use claudebench_services::Context;
use claudebench_services::feed::{Feed, Filter, Next};
use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, timeout};

use super::message::{self, Said, Wanted};
use crate::transport::dispatch::Caller;
use crate::transport::gate::Stage;
use crate::transport::{App, answer, depth, rpc};

/// How often a silent client is asked whether it is there.
const ASK: Duration = Duration::from_secs(30);
/// How long it may take to answer, or to take what it is sent.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a socket ends: the code of its close frame and the reason.
struct End(u16, &'static str);

struct Connection<'a> {
    app: &'a Arc<App>,
    caller: Caller,
    id: &'a str,
    /// What is wanted; an event goes out once however many of these want it.
    wanted: Vec<Filter>,
    /// Where the socket is in the log, from its first subscription on.
    feed: Option<Feed>,
    /// What was asked for from before that place, up to it.
    behind: Vec<(Feed, Cursor)>,
}

/// How long the last words may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// Runs a socket.
pub(super) async fn run(app: &Arc<App>, caller: Caller, id: &str, mut socket: WebSocket) {
    let mut connection =
        Connection { app, caller, id, wanted: Vec::new(), feed: None, behind: Vec::new() };
    let End(code, reason) = tokio::select! {
        end = connection.talk(&mut socket) => end,
        () = app.gate.reached(Stage::Over) => End(1001, "the server is stopping"),
    };
    let frame = CloseFrame { code, reason: reason.into() };
    // The client may be gone already. One that is there says goodbye, too: if what it said last
    // stayed unread, the system would break the connection off and our words would be lost.
    let farewell = async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    let _ = timeout(FAREWELL, farewell).await;
}

impl Connection<'_> {
    async fn talk(&mut self, socket: &mut WebSocket) -> End {
        let (mut out, mut inn) = socket.split();
        let mut calls = FuturesUnordered::new();
        let mut heard = Instant::now();
        let mut ask = tokio::time::interval(ASK);
        let mut replies = vec![message::connected(self.id, self.app.shared.clock.now())];
        let (app, credential) = (self.app, self.caller.credential.clone());
        let mut lost = std::pin::pin!(app.auth.lost(credential.as_deref()));
        // Why it ends: nothing new is heard, what is under way is answered.
        let mut last: Option<End> = None;
        loop {
            for text in replies.drain(..) {
                match timeout(PATIENCE, out.send(Message::Text(text.into()))).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return End(1006, "gone"),
                    Err(_) => return End(1008, "too slow"),
                }
            }
            if calls.is_empty()
                && let Some(end) = last
            {
                return end;
            }
            let open = last.is_none();
            let room = open && calls.len() < self.app.config.limits.socket_calls;
            tokio::select! {
                () = app.shared.stopped(), if open => last = Some(End(1001, "the server is stopping")),
                lost = &mut lost, if open => last = Some(End(1008, lost.reason())),
                Some(answer) = calls.next(), if !calls.is_empty() => replies.extend(answer),
                said = inn.next(), if room => {
                    heard = Instant::now();
                    match said {
                        None | Some(Err(_) | Ok(Message::Close(_))) => return End(1000, "goodbye"),
                        Some(Ok(Message::Text(text))) => match self.hear(&text).await {
                            Heard::Say(text) => replies.push(text),
                            Heard::Call(request) => calls.push(self.call(request)),
                        },
                        Some(Ok(Message::Binary(_))) => replies.push(self.failed(-32602, "expected text")),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    }
                },
                now = ask.tick() => {
                    if now.duration_since(heard) > ASK + PATIENCE {
                        return End(1008, "silent for too long");
                    }
                    if timeout(PATIENCE, out.send(Message::Ping(Vec::new().into()))).await.is_err() {
                        return End(1008, "too slow");
                    }
                },
                more = events(&mut self.feed, &mut self.behind, &self.wanted), if open => match more {
                    Next::Closed => last = Some(End(1001, "the server is stopping")),
                    more => match app.auth.check(credential.as_deref()) {
                        Ok(()) => self.tell(more, &mut replies),
                        Err(lost) => last = Some(End(1008, lost.reason())),
                    },
                },
            }
        }
    }

    fn failed(&self, code: i32, text: &str) -> String {
        message::failed(code, text, self.app.shared.clock.now())
    }

    /// Calls a method; the answer is there only when the request has an id.
    fn call(&self, request: String) -> impl Future<Output = Option<String>> + Send + use<> {
        let (app, caller) = (self.app.clone(), self.caller.clone());
        async move {
            let answer = rpc::single(&app, caller, request.as_bytes()).await?;
            String::from_utf8(answer).ok()
        }
    }

    async fn hear(&mut self, text: &str) -> Heard {
        if !depth::within(text.as_bytes(), self.app.config.limits.depth) {
            return Heard::Say(self.failed(-32602, "nested too deep"));
        }
        let now = self.app.shared.clock.now();
        Heard::Say(match message::read(text) {
            Ok(Said::Execute { request }) => return Heard::Call(request.get().to_owned()),
            Ok(Said::Ping) => message::pong(now),
            Ok(Said::Subscribe(wanted)) => match self.subscribe(wanted).await {
                Ok(text) => text,
                Err(error) => self.failed(answer::rpc_code(error.code), &error.message),
            },
            Ok(Said::Unsubscribe { events }) => self.unsubscribe(&events),
            Err(error) if error.is_data() => self.failed(-32602, &error.to_string()),
            Err(error) => self.failed(-32603, &format!("no JSON: {error}")),
        })
    }

    async fn subscribe(&mut self, wanted: Wanted) -> Result<String, Error> {
        let shared = &self.app.shared;
        let cx = Context::new(shared.clone(), self.caller.principal.clone());
        cx.allow("subscribe", Scope::TasksRead)?;
        let most = self.app.config.limits.subscriptions;
        let held: usize = self.wanted.iter().map(|filter| filter.kinds.len()).sum();
        if wanted.events.is_empty() {
            return Err(Error::invalid(&["events"], "expected at least one pattern"));
        }
        if held + wanted.events.len() > most || wanted.events.iter().any(|e| e.len() > 200) {
            let message = format!("expected at most {most} patterns of at most 200 bytes");
            return Err(Error::new(Code::InvalidParams, message));
        }
        let filter = Filter {
            tenant: self.caller.principal.tenant,
            kinds: wanted.events.clone(),
            task: wanted.task,
            project: wanted.project,
        };
        if self.feed.is_none() {
            let all = Filter::of(filter.tenant);
            self.feed = Some(Feed::open(shared.clone(), all, None).await?);
        }
        let here = self.feed.as_ref().map_or(Cursor(0), Feed::cursor);
        if let Some(since) = wanted.since.filter(|since| *since != here) {
            let feed = Feed::open(shared.clone(), filter.clone(), Some(since)).await?;
            self.behind.push((feed, here));
        }
        self.wanted.push(filter);
        self.show_patterns();
        let from = wanted.since.unwrap_or(here);
        Ok(message::subscribed(&wanted.events, from, shared.clock.now()))
    }

    fn unsubscribe(&mut self, events: &[String]) -> String {
        let mut gone: Vec<String> = Vec::new();
        for filter in &mut self.wanted {
            filter.kinds.retain(|kind| {
                let keep = !events.contains(kind);
                if !keep && !gone.contains(kind) {
                    gone.push(kind.clone());
                }
                keep
            });
        }
        self.wanted.retain(|filter| !filter.kinds.is_empty());
        if self.wanted.is_empty() {
            self.feed = None;
            self.behind.clear();
        }
        self.show_patterns();
        message::unsubscribed(&gone, self.app.shared.clock.now())
    }

    /// For the statistics.
    fn show_patterns(&self) {
        let mut patterns: Vec<String> =
            self.wanted.iter().flat_map(|filter| filter.kinds.clone()).collect();
        patterns.sort_unstable();
        patterns.dedup();
        if let Some(socket) = self.app.sockets.lock().get_mut(self.id) {
            socket.patterns = patterns;
        }
    }

    fn tell(&self, next: Next, replies: &mut Vec<String>) {
        match next {
            Next::Events(events) => replies.extend(events.iter().map(|live| {
                let data = live.text(claudebench_services::event::wire);
                message::event(&live.event.kind, live.event.cursor, &data, live.event.at)
            })),
            Next::Lagged { error } => {
                let cursor = self.feed.as_ref().map_or(Cursor(0), Feed::cursor);
                replies.push(message::lagged(&error, cursor, self.app.shared.clock.now()));
            }
            Next::Closed => {}
        }
    }
}

enum Heard {
    Say(String),
    Call(String),
}

/// What comes next: first what lies behind, so that the events of a task stay in order.
async fn events(
    feed: &mut Option<Feed>,
    behind: &mut Vec<(Feed, Cursor)>,
    wanted: &[Filter],
) -> Next {
    while let Some((late, until)) = behind.first_mut() {
        if late.cursor() >= *until {
            behind.remove(0);
            continue;
        }
        if let Some(next) = late.step(Some(*until)).await {
            return next;
        }
    }
    let Some(feed) = feed else { return std::future::pending().await };
    loop {
        match feed.next().await {
            Next::Events(mut events) => {
                events.retain(|live| wanted.iter().any(|filter| filter.wants(&live.event)));
                if !events.is_empty() {
                    return Next::Events(events);
                }
            }
            other => return other,
        }
    }
}
