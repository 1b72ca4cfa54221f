//! A small client of a server's own interface: calls over JSON-RPC, events as they happen. Plain
//! HTTP/1.1 over TCP or a Unix socket; TLS is for a proxy.

mod address;
mod connection;
mod error;
mod events;
mod sse;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use address::{Address, AddressError, without_password};
pub use error::ClientError;
pub use events::{EventFilter, Events, Signal, Since};

use connection::Connections;
use error::RpcError;

/// The longest answer that is read.
const ANSWER_BYTES: usize = 256 << 20;

/// A client of one server. Calls at the same time take a connection each; connections are kept.
#[derive(Debug)]
pub struct Client {
    address: Address,
    authorization: Option<HeaderValue>,
    connections: Connections,
    timeout: Duration,
    next_id: AtomicU64,
}

/// A key that cannot stand in a header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the API key holds characters that no key has; make one with `claudebench key create`")]
pub struct BadKey;

impl Client {
    /// How long a call may take, unless it says otherwise.
    pub const TIMEOUT: Duration = Duration::from_secs(30);

    /// A client that connects when it is first used.
    ///
    /// # Errors
    /// An API key that is none.
    pub fn new(address: Address, key: Option<&str>) -> Result<Self, BadKey> {
        let authorization = key
            .map(|key| {
                let mut value =
                    HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| BadKey)?;
                value.set_sensitive(true);
                Ok(value)
            })
            .transpose()?;
        Ok(Self {
            connections: Connections::new(address.clone()),
            address,
            authorization,
            timeout: Self::TIMEOUT,
            next_id: AtomicU64::new(1),
        })
    }

    /// The same with another bound on the time of a call.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Where the server is.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Calls a method.
    ///
    /// # Errors
    /// No answer, or one that says no.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        params: &impl Serialize,
    ) -> Result<T, ClientError> {
        self.call_within(method, params, self.timeout).await
    }

    /// Calls a method that may take longer than others, such as one that waits.
    ///
    /// # Errors
    /// No answer, or one that says no.
    pub async fn call_within<T: DeserializeOwned>(
        &self,
        method: &str,
        params: &impl Serialize,
        timeout: Duration,
    ) -> Result<T, ClientError> {
        #[derive(Serialize)]
        struct Call<'a, P> {
            jsonrpc: &'static str,
            id: u64,
            method: &'a str,
            params: &'a P,
        }
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let body = serde_json::to_vec(&Call { jsonrpc: "2.0", id, method, params })
            .map_err(|e| ClientError::Unreadable { what: format!("params are no JSON: {e}") })?;
        let answer = self.post("/rpc", body, timeout).await?;
        self.read_answer(&answer)
    }

    fn read_answer<T: DeserializeOwned>(&self, answer: &[u8]) -> Result<T, ClientError> {
        #[derive(Deserialize)]
        struct Answer<'a> {
            #[serde(borrow)]
            result: Option<&'a RawValue>,
            error: Option<RpcError>,
        }
        let answer: Answer<'_> =
            serde_json::from_slice(answer).map_err(|e| self.foreign(e.to_string()))?;
        if let Some(error) = answer.error {
            return Err(ClientError::Refused(error.into()));
        }
        let result = answer.result.map_or("null", RawValue::get);
        serde_json::from_str(result).map_err(|e| ClientError::Unreadable {
            what: format!(
                "the answer is not what was expected: {e}; is the server of this version?"
            ),
        })
    }

    async fn post(
        &self,
        path: &str,
        body: Vec<u8>,
        timeout: Duration,
    ) -> Result<Bytes, ClientError> {
        let mut request = self.request(Method::POST, path, body.into())?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        self.fetch(request, timeout).await
    }

    /// Reads what a path answers.
    ///
    /// # Errors
    /// No answer, or one that says no.
    pub async fn get(&self, path: &str) -> Result<Bytes, ClientError> {
        let mut request = self.request(Method::GET, path, Bytes::new())?;
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        self.fetch(request, self.timeout).await
    }

    async fn fetch(
        &self,
        request: Request<Full<Bytes>>,
        timeout: Duration,
    ) -> Result<Bytes, ClientError> {
        let answered = tokio::time::timeout(timeout, async {
            let (response, connection) = self.connections.send(request).await?;
            let status = response.status();
            let body = self.body(response).await?;
            self.connections.keep(connection);
            if status.is_success() {
                return Ok(body);
            }
            Err(error::from_status(status.as_u16(), &body).map_or_else(
                || self.foreign(format!("HTTP status {status}")),
                ClientError::Refused,
            ))
        });
        answered.await.unwrap_or_else(|_| {
            Err(ClientError::TimedOut { server: self.address.clone(), after: timeout })
        })
    }

    async fn body(&self, response: Response<Incoming>) -> Result<Bytes, ClientError> {
        let body = Limited::new(response.into_body(), ANSWER_BYTES).collect().await;
        body.map(http_body_util::Collected::to_bytes).map_err(|error| {
            if error.is::<LengthLimitError>() {
                return self.foreign(format!("an answer longer than {ANSWER_BYTES} bytes"));
            }
            match error.downcast::<hyper::Error>() {
                Ok(source) => ClientError::Broken { server: self.address.clone(), source: *source },
                Err(other) => self.foreign(other.to_string()),
            }
        })
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, ClientError> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address.prefix()))
            .header(HOST, self.address.authority())
            .header(USER_AGENT, concat!("claudebench/", env!("CARGO_PKG_VERSION")));
        let request = match &self.authorization {
            Some(value) => request.header(AUTHORIZATION, value),
            None => request,
        };
        request
            .body(Full::new(body))
            .map_err(|e| ClientError::Unreadable { what: format!("no request can be made: {e}") })
    }

    fn foreign(&self, what: String) -> ClientError {
        ClientError::Foreign { server: self.address.clone(), what }
    }

    /// Follows the events that pass a filter, from a place on, across broken connections.
    #[must_use]
    pub fn events(self: &Arc<Self>, since: Since, filter: EventFilter) -> Events {
        Events::new(self.clone(), since, filter)
    }
}
