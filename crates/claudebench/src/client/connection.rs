//! Connections to one server: made when needed, kept while they last.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::address::Address;
use super::error::ClientError;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// The most connections that are kept unused.
const KEPT: usize = 64;

/// A connection that carries one request at a time.
pub(super) type Connection = SendRequest<Full<Bytes>>;

/// The connections to a server.
#[derive(Debug)]
pub(super) struct Connections {
    address: Address,
    idle: Mutex<Vec<Connection>>,
}

impl Connections {
    pub(super) fn new(address: Address) -> Self {
        Self { address, idle: Mutex::default() }
    }

    /// Sends a request. Give the connection back by [`Self::keep`] once the body is read.
    pub(super) async fn send(
        &self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<(Response<Incoming>, Connection), ClientError> {
        loop {
            let kept = self.kept();
            let reused = kept.is_some();
            let mut connection = match kept {
                Some(connection) => connection,
                None => self.connect().await?,
            };
            match connection.try_send_request(request).await {
                Ok(response) => return Ok((response, connection)),
                // The server closed it while it was unused, and has not seen the request.
                Err(mut error) => match error.take_message() {
                    Some(unsent) if reused => request = unsent,
                    _ => return Err(self.broken(error.into_error())),
                },
            }
        }
    }

    /// Keeps a connection for the next request.
    pub(super) fn keep(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT && !connection.is_closed() {
            idle.push(connection);
        }
    }

    fn kept(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| idle.pop()).find(Connection::is_ready)
    }

    async fn connect(&self) -> Result<Connection, ClientError> {
        let unreachable =
            |source| ClientError::Unreachable { server: self.address.clone(), source };
        let opened = tokio::time::timeout(CONNECT, async {
            match &self.address {
                Address::Tcp { host, port, .. } => {
                    let stream = TcpStream::connect((host.as_str(), *port)).await;
                    let stream = stream.map_err(unreachable)?;
                    // A call is one small write: it should not wait for more.
                    stream.set_nodelay(true).map_err(unreachable)?;
                    self.handshake(stream).await
                }
                #[cfg(unix)]
                Address::Unix(path) => {
                    let stream = tokio::net::UnixStream::connect(path).await;
                    self.handshake(stream.map_err(unreachable)?).await
                }
                #[cfg(not(unix))]
                Address::Unix(_) => Err(unreachable(io::ErrorKind::Unsupported.into())),
            }
        });
        opened.await.unwrap_or_else(|_| Err(unreachable(io::ErrorKind::TimedOut.into())))
    }

    async fn handshake(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) -> Result<Connection, ClientError> {
        let (connection, driver) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|e| self.broken(e))?;
        // It ends with the connection; what breaks it, the request is told.
        tokio::spawn(driver);
        Ok(connection)
    }

    fn broken(&self, source: hyper::Error) -> ClientError {
        ClientError::Broken { server: self.address.clone(), source }
    }
}
