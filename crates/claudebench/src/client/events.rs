//! Events as they happen: a stream that goes on where it broke off.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use claudebench_core::{Code, Cursor, Error, TaskId};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{ACCEPT, HeaderName, HeaderValue};
use hyper::{Method, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::ClientError;
use super::sse::{Message, Reader};
use super::{Client, error};

/// The server says something at least every 15 s, if only that it lives.
const SILENCE: Duration = Duration::from_secs(45);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Which events are of interest; all of it must hold.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct EventFilter {
    /// Names of types, `domain.*`, or `*`; all, if there are none.
    pub types: Vec<String>,
    /// Only events of this task.
    pub task: Option<TaskId>,
    /// Only events of tasks of this project.
    pub project: Option<String>,
}

/// From where on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    /// What happens from now on.
    Now,
    /// What came after this place.
    After(Cursor),
}

/// What comes out of the stream.
#[derive(Debug)]
pub enum Signal {
    /// An event: its JSON, as the server wrote it, and its place.
    Event {
        /// The event, on one line.
        json: String,
        /// Its place: the cursor from which to go on.
        id: Option<Cursor>,
    },
    /// The connection is lost. It is tried again by itself when the pause is over.
    Lost {
        /// What happened.
        why: ClientError,
        /// How long until the next try.
        again_in: Duration,
    },
    /// The connection is there again; nothing was missed.
    Resumed,
}

/// A stream of events.
#[derive(Debug)]
pub struct Events {
    client: Arc<Client>,
    filter: EventFilter,
    since: Since,
    body: Option<Incoming>,
    reader: Reader,
    ready: VecDeque<Message>,
    /// It was connected at least once.
    begun: bool,
    failures: u32,
}

impl Events {
    pub(super) fn new(client: Arc<Client>, since: Since, filter: EventFilter) -> Self {
        Self {
            client,
            filter,
            since,
            body: None,
            reader: Reader::default(),
            ready: VecDeque::new(),
            begun: false,
            failures: 0,
        }
    }

    /// The place after the last event that came out.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        match self.since {
            Since::Now => None,
            Since::After(cursor) => Some(cursor),
        }
    }

    /// Connects, so that what happens from now on comes out. [`Self::next`] does it by itself.
    ///
    /// # Errors
    /// The server cannot be reached, or refuses.
    pub async fn open(&mut self) -> Result<(), ClientError> {
        if self.body.is_some() {
            return Ok(());
        }
        let response = self.subscribe().await?;
        self.body = Some(response.into_body());
        self.reader = Reader::default();
        self.begun = true;
        Ok(())
    }

    /// The next event, or what became of the connection.
    ///
    /// # Errors
    /// The server refuses, or could not be reached the first time.
    pub async fn next(&mut self) -> Result<Signal, ClientError> {
        loop {
            while let Some(message) = self.ready.pop_front() {
                if let Some(signal) = self.signal(message) {
                    return Ok(signal);
                }
            }
            if self.body.is_none() {
                if self.failures > 0 {
                    self.pause().await;
                }
                match self.open().await {
                    Ok(()) if self.failures > 0 => return Ok(Signal::Resumed),
                    Ok(()) => {}
                    Err(why) if self.begun && why.passes() => return Ok(self.lost(why)),
                    Err(why) => return Err(why),
                }
            }
            if let Err(why) = self.receive().await {
                if !why.passes() {
                    return Err(why);
                }
                return Ok(self.lost(why));
            }
        }
    }

    fn lost(&mut self, why: ClientError) -> Signal {
        self.body = None;
        self.failures = self.failures.saturating_add(1);
        Signal::Lost { why, again_in: self.backoff() }
    }

    fn backoff(&self) -> Duration {
        let doubled = FIRST_PAUSE.saturating_mul(1 << self.failures.saturating_sub(1).min(10));
        doubled.min(LONGEST_PAUSE)
    }

    async fn pause(&self) {
        #[allow(
            clippy::disallowed_methods,
            reason = "between two tries there is nothing to wait on"
        )]
        tokio::time::sleep(self.backoff()).await;
    }

    /// Reads until something is whole.
    async fn receive(&mut self) -> Result<(), ClientError> {
        let server = || self.client.address.clone();
        let Some(body) = self.body.as_mut() else { return Ok(()) };
        let Ok(frame) = tokio::time::timeout(SILENCE, body.frame()).await else {
            return Err(ClientError::TimedOut { server: server(), after: SILENCE });
        };
        match frame {
            Some(Ok(frame)) => {
                if let Some(bytes) = frame.data_ref() {
                    let read = self.reader.read(bytes, &mut self.ready);
                    read.map_err(|e| self.client.foreign(e.to_string()))?;
                }
                Ok(())
            }
            Some(Err(source)) => Err(ClientError::Broken { server: server(), source }),
            None => Err(ClientError::Refused(Error::new(
                Code::ShuttingDown,
                format!("{} ended the stream", server()),
            ))),
        }
    }

    /// What a message means; nothing, for those that only say that the server lives.
    fn signal(&mut self, message: Message) -> Option<Signal> {
        let id = message.id.as_deref().and_then(|id| id.parse::<Cursor>().ok());
        if let Some(id) = id {
            self.since = Since::After(id);
        }
        match (message.event.as_str(), message.data) {
            // Only a sign of life.
            (_, None) => None,
            // It was too slow, and what it missed is in the log from the last place on; or its key
            // opens nothing any more, as the next try is told.
            ("lagged" | "closed", _) => {
                self.body = None;
                None
            }
            (_, Some(json)) => {
                self.failures = 0;
                Some(Signal::Event { json, id })
            }
        }
    }

    async fn subscribe(&self) -> Result<Response<Incoming>, ClientError> {
        let mut request = self.client.request(Method::GET, &self.path(), Bytes::new())?;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Since::After(cursor) = self.since
            && let Ok(value) = HeaderValue::from_str(&cursor.to_string())
        {
            headers.insert(HeaderName::from_static("last-event-id"), value);
        }
        let timeout = self.client.timeout;
        let answered = tokio::time::timeout(timeout, self.client.connections.send(request)).await;
        let server = self.client.address.clone();
        // The connection is not kept: it carries the stream until that ends.
        let (response, _) =
            answered.map_err(|_| ClientError::TimedOut { server, after: timeout })??;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let body = self.client.body(response).await?;
        Err(error::from_status(status.as_u16(), &body).map_or_else(
            || self.client.foreign(format!("HTTP status {status}")),
            ClientError::Refused,
        ))
    }

    fn path(&self) -> String {
        let mut query = Vec::new();
        let mut add = |name: &str, value: &str| {
            query.push(format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        };
        if let Since::After(cursor) = self.since {
            add("since", &cursor.to_string());
        }
        if !self.filter.types.is_empty() {
            add("types", &self.filter.types.join(","));
        }
        if let Some(task) = self.filter.task {
            add("task", &task.to_string());
        }
        if let Some(project) = &self.filter.project {
            add("project", project);
        }
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/events{mark}{}", query.join("&"))
    }
}
