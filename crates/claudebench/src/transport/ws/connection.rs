//! One socket from its greeting to its end. Everything about it happens in one task: nothing is
//! queued for a slow reader, who simply falls behind in the log. One that reads nothing at all is
//! told so as soon as it reads again, and let go.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use claudebench_core::{Code, Cursor, Error, Scope};
use claudebench_services::Context;
use claudebench_services::feed::{Filter, Next};
use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, timeout};

use super::message::{self, Said, Wanted};
use super::subscriptions::Subscriptions;
use crate::transport::dispatch::Caller;
use crate::transport::gate::Stage;
use crate::transport::{App, depth, rpc};

/// How often a silent client is asked whether it is there.
const ASK: Duration = Duration::from_secs(30);
/// How long it may take to answer; also how long a client that reads nothing has to read, after
/// all, why it is let go.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a client that does read may take for a close frame.
const GOODBYE: Duration = Duration::from_secs(1);

/// Why a socket ends: the code of its close frame and the reason.
struct End {
    code: u16,
    reason: &'static str,
    /// What is said before it, and how long the client may take for that.
    last_words: Option<String>,
    patience: Duration,
}

impl End {
    const fn of(code: u16, reason: &'static str) -> Self {
        Self { code, reason, last_words: None, patience: GOODBYE }
    }
}

/// Something to be said.
struct Reply {
    text: String,
    /// The event's place in the log, if it is one.
    event: Option<Cursor>,
}

impl From<String> for Reply {
    fn from(text: String) -> Self {
        Self { text, event: None }
    }
}

/// Why a socket ends from which nothing more can be read.
fn end_of(error: &axum::Error) -> End {
    let inner = std::error::Error::source(error).and_then(|inner| inner.downcast_ref());
    match inner {
        Some(tungstenite::Error::Capacity(_)) => {
            End::of(1009, "a message is longer than the server takes")
        }
        Some(tungstenite::Error::Utf8(_)) => End::of(1007, "a text is not UTF-8"),
        Some(tungstenite::Error::Protocol(_)) => End::of(1002, "no WebSocket frame is like this"),
        _ => End::of(1000, "goodbye"),
    }
}

struct Connection<'a> {
    app: &'a Arc<App>,
    caller: Caller,
    id: &'a str,
    subscriptions: Subscriptions,
}

/// Runs a socket.
pub(super) async fn run(app: &Arc<App>, caller: Caller, id: &str, mut socket: WebSocket) {
    let mut connection = Connection { app, caller, id, subscriptions: Subscriptions::default() };
    let end = tokio::select! {
        end = connection.talk(&mut socket) => end,
        () = app.gate.reached(Stage::Over) => End::of(1001, "the server is stopping"),
    };
    let frame = CloseFrame { code: end.code, reason: end.reason.into() };
    // The client may be gone already. One that is there says goodbye, too: if what it said last
    // stayed unread, the system would break the connection off and our words would be lost.
    let goodbye = async {
        if let Some(text) = end.last_words {
            socket.send(Message::Text(text.into())).await?;
        }
        socket.send(Message::Close(Some(frame))).await
    };
    // After a goodbye of the client's there is nothing to be said; the answer to it goes out with
    // what is read.
    if timeout(end.patience, goodbye).await.is_ok() {
        let _ = timeout(GOODBYE, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
    }
}

impl Connection<'_> {
    async fn talk(&mut self, socket: &mut WebSocket) -> End {
        let (mut out, mut inn) = socket.split();
        let unread = Duration::from_millis(self.app.config.limits.unread_ms);
        let mut calls = FuturesUnordered::new();
        let mut heard = Instant::now();
        let mut ask = tokio::time::interval(ASK);
        let greeting = message::connected(self.id, self.app.shared.clock.now());
        let mut replies = VecDeque::from([Reply::from(greeting)]);
        let (app, credential) = (self.app, self.caller.credential.clone());
        let mut lost = std::pin::pin!(app.auth.lost(credential.as_deref()));
        // Why it ends: nothing new is heard, what is under way is answered.
        let mut last: Option<End> = None;
        loop {
            while let Some(reply) = replies.pop_front() {
                match timeout(unread, out.send(Message::Text(reply.text.into()))).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return End::of(1006, "gone"),
                    Err(_) => return self.unread(&replies),
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
                () = app.shared.stopped(), if open => last = Some(End::of(1001, "the server is stopping")),
                lost = &mut lost, if open => last = Some(End::of(1008, lost.reason())),
                Some(answer) = calls.next(), if !calls.is_empty() => {
                    let answer: Option<String> = answer;
                    replies.extend(answer.map(Reply::from));
                },
                said = inn.next(), if room => {
                    heard = Instant::now();
                    match said {
                        Some(Err(error)) => return end_of(&error),
                        None | Some(Ok(Message::Close(_))) => return End::of(1000, "goodbye"),
                        Some(Ok(Message::Text(text))) => match self.hear(&text).await {
                            Heard::Say(text) => replies.push_back(text.into()),
                            Heard::Call(request) => calls.push(self.call(request)),
                        },
                        Some(Ok(Message::Binary(_))) => {
                            replies.push_back(self.failed(&Error::invalid(&[], "expected text")).into());
                        }
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    }
                },
                now = ask.tick() => {
                    if now.duration_since(heard) > ASK + PATIENCE {
                        return End::of(1008, "silent for too long");
                    }
                    if timeout(unread, out.send(Message::Ping(Vec::new().into()))).await.is_err() {
                        return self.unread(&replies);
                    }
                },
                more = self.subscriptions.next(), if open => match more {
                    Next::Closed => last = Some(End::of(1001, "the server is stopping")),
                    more => match app.auth.check(credential.as_deref()) {
                        Ok(()) => self.tell(more, &mut replies),
                        Err(lost) => last = Some(End::of(1008, lost.reason())),
                    },
                },
            }
        }
    }

    /// The end of a client that left unread what it was sent. What was not sent yet is in the log,
    /// from the place on that it is told. Behind the message that it did not read there is room for
    /// no more than this.
    fn unread(&self, replies: &VecDeque<Reply>) -> End {
        self.app.metrics.sockets_unread.inc();
        let unsent = replies.iter().filter_map(|reply| reply.event).min();
        let before = unsent.map(|Cursor(first)| Cursor(first - 1));
        let last_words = before.into_iter().chain(self.subscriptions.place()).min().map(|place| {
            let ms = self.app.config.limits.unread_ms;
            let text = format!(
                "nothing was read for {ms} ms; connect again and subscribe with `since`: \"{place}\""
            );
            let error = Error::new(Code::Timeout, text);
            message::lagged(&error, place, self.app.shared.clock.now())
        });
        End { code: 1008, reason: "too slow", last_words, patience: PATIENCE }
    }

    fn failed(&self, error: &Error) -> String {
        message::failed(error, self.app.shared.clock.now())
    }

    /// Calls a method; the answer is there only when the request has an id.
    fn call(&self, request: String) -> impl Future<Output = Option<String>> + Send + use<> {
        let (app, mut caller) = (self.app.clone(), self.caller.clone());
        async move {
            let own = caller.trail.clone();
            // Others of its session may have written elsewhere since it was opened.
            let credential = caller.credential.as_deref();
            if credential.is_some_and(|credential| credential.login.is_some()) {
                let seen = app.auth.seen_since(credential).await;
                caller.trail = Arc::new(own.and(None).in_session(seen));
            }
            let trail = caller.trail.clone();
            let answer = rpc::single(&app, caller, request.as_bytes()).await?;
            own.write(trail.wrote());
            String::from_utf8(answer).ok()
        }
    }

    async fn hear(&mut self, text: &str) -> Heard {
        if !depth::within(text.as_bytes(), self.app.config.limits.depth) {
            return Heard::Say(self.failed(&Error::invalid(&[], "nested too deep")));
        }
        let now = self.app.shared.clock.now();
        Heard::Say(match message::read(text) {
            Ok(Said::Execute(request)) => return Heard::Call(request.get().to_owned()),
            Ok(Said::Ping) => message::pong(now),
            Ok(Said::Subscribe(wanted)) => match self.subscribe(wanted).await {
                Ok(text) => text,
                Err(error) => self.failed(&error),
            },
            Ok(Said::Unsubscribe(unwanted)) => {
                self.subscriptions.remove(&unwanted.events);
                self.show_patterns();
                message::unsubscribed(&unwanted.events, now)
            }
            Err(error) => self.failed(&error),
        })
    }

    async fn subscribe(&mut self, wanted: Wanted) -> Result<String, Error> {
        let shared = &self.app.shared;
        let principal = &self.caller.principal;
        let cx = Context::new(shared.clone(), principal.clone());
        cx.allow("subscribe", Scope::TasksRead)?;
        claudebench_services::event::allow(&cx, &wanted.events)?;
        let filter = Filter {
            kinds: wanted.events.clone(),
            task: wanted.task,
            project: wanted.project,
            ..Filter::of(principal)
        };
        let most = self.app.config.limits.subscriptions;
        let from = self.subscriptions.add(shared, principal, filter, wanted.since, most).await?;
        self.show_patterns();
        Ok(message::subscribed(&wanted.events, from, shared.clock.now()))
    }

    /// For the statistics.
    fn show_patterns(&self) {
        if let Some(socket) = self.app.sockets.lock().get_mut(self.id) {
            socket.patterns = self.subscriptions.patterns();
        }
    }

    fn tell(&self, next: Next, replies: &mut VecDeque<Reply>) {
        match next {
            Next::Events(events) => {
                self.app.metrics.events_sent.inc_by(events.len() as u64);
                replies.extend(events.iter().map(|event| {
                    let (kind, cursor, at) = (&event.kind, event.cursor, event.at);
                    let data = event.text(claudebench_services::event::wire);
                    Reply { text: message::event(kind, cursor, &data, at), event: Some(cursor) }
                }));
            }
            Next::Lagged { error, cursor } => {
                let now = self.app.shared.clock.now();
                replies.push_back(message::lagged(&error, cursor, now).into());
            }
            Next::Closed => {}
        }
    }
}

enum Heard {
    Say(String),
    Call(String),
}
