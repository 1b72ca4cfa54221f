//! Listening: addresses and sockets, a bounded number of connections, and their graceful end.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::{App, http};

/// Something to accept connections on.
pub enum Listener {
    /// An address.
    Tcp(TcpListener),
    /// A socket of this machine; its file goes when the server stops.
    Unix(UnixListener, PathBuf),
}

/// Why an address cannot be listened on.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// It is none.
    #[error("listen: expected HOST:PORT or unix:PATH, got `{0}`")]
    Address(String),
    /// Somebody else has it.
    #[error("{address} is in use: stop what listens there, or give another `--listen`")]
    InUse {
        /// The address.
        address: String,
    },
    /// The system refuses.
    #[error("cannot listen on {address}: {source}")]
    Io {
        /// The address.
        address: String,
        /// Why.
        source: io::Error,
    },
}

impl Listener {
    /// Binds `HOST:PORT` or `unix:PATH`.
    ///
    /// # Errors
    /// Each names the address.
    pub async fn bind(address: &str) -> Result<Self, ListenError> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => ListenError::InUse { address: address.into() },
            io::ErrorKind::InvalidInput => ListenError::Address(address.into()),
            _ => ListenError::Io { address: address.into(), source },
        };
        if let Some(path) = address.strip_prefix("unix:") {
            let path = PathBuf::from(path);
            return match bind_unix(&path) {
                Ok(listener) => Ok(Self::Unix(listener, path)),
                Err(source) if source.kind() == io::ErrorKind::AddrInUse => Err(failed(source)),
                Err(source) => Err(ListenError::Io { address: address.into(), source }),
            };
        }
        let good = address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        if !good {
            return Err(ListenError::Address(address.into()));
        }
        TcpListener::bind(address).await.map(Self::Tcp).map_err(failed)
    }

    /// Whether only this machine can reach it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match self {
            Self::Tcp(listener) => listener.local_addr().is_ok_and(|a| a.ip().is_loopback()),
            Self::Unix(..) => true,
        }
    }

    /// Where it can be reached, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Tcp(listener) => match listener.local_addr() {
                Ok(address) => format!("http://{address}"),
                Err(_) => "http://".into(),
            },
            Self::Unix(_, path) => format!("unix:{}", path.display()),
        }
    }

    /// Its address, if it has one.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            Self::Unix(..) => None,
        }
    }
}

/// Binds a socket that only this user can open. One that a dead server left is replaced; whatever
/// else is there stays.
fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    use std::os::unix::fs::{DirBuilderExt, FileTypeExt, PermissionsExt};
    match std::fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_socket() => {
            let what = format!("{} exists and is no socket", path.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
        }
        // Only one that nobody listens on refuses.
        Ok(_) => match std::os::unix::net::UnixStream::connect(path) {
            Err(refused) if refused.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(error),
            _ => return Err(io::ErrorKind::AddrInUse.into()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    // A socket is open to whom the umask allows until its rights are set: so it is made where
    // nobody else can come to, and gets its place when only we can open it.
    let parent = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    let hidden = parent.unwrap_or(Path::new(".")).join(format!(".cb{}", std::process::id()));
    let made = hidden.join("s");
    // Of a server with this number that was killed right here.
    let _ = std::fs::remove_file(&made);
    let _ = std::fs::remove_dir(&hidden);
    std::fs::DirBuilder::new().mode(0o700).create(&hidden)?;
    let bound = UnixListener::bind(&made).and_then(|listener| {
        std::fs::set_permissions(&made, std::fs::Permissions::from_mode(0o600))?;
        std::fs::rename(&made, path)?;
        Ok(listener)
    });
    let _ = std::fs::remove_file(&made);
    let _ = std::fs::remove_dir(&hidden);
    bound
}

/// Accepts connections until the server stops, then lets those under way finish.
pub async fn accept(app: Arc<App>, listener: Listener, room: Arc<Semaphore>) {
    let mut connections = JoinSet::new();
    loop {
        // Nobody is accepted who could not be served: they wait in the system's queue.
        let permit = tokio::select! {
            () = app.shared.stopped() => break,
            permit = room.clone().acquire_owned() => permit,
        };
        let Ok(permit) = permit else { break };
        let accepted = tokio::select! {
            () = app.shared.stopped() => break,
            accepted = next(&listener) => accepted,
        };
        match accepted {
            Ok(Stream::Tcp(stream)) => {
                // Answers are small and whole: waiting to fill a packet only delays them.
                let _ = stream.set_nodelay(true);
                connections.spawn(serve(app.clone(), TokioIo::new(stream), permit));
            }
            Ok(Stream::Unix(stream)) => {
                connections.spawn(serve(app.clone(), TokioIo::new(stream), permit));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                pause().await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    if let Listener::Unix(_, path) = &listener {
        let _ = std::fs::remove_file(path);
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Out of file handles, it takes a moment until trying again makes sense.
#[allow(clippy::disallowed_methods, reason = "a pause between tries, not a wait for a condition")]
async fn pause() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

enum Stream {
    Tcp(tokio::net::TcpStream),
    Unix(tokio::net::UnixStream),
}

async fn next(listener: &Listener) -> io::Result<Stream> {
    match listener {
        Listener::Tcp(listener) => listener.accept().await.map(|(s, _)| Stream::Tcp(s)),
        Listener::Unix(listener, _) => listener.accept().await.map(|(s, _)| Stream::Unix(s)),
    }
}

async fn serve<I>(app: Arc<App>, io: I, permit: OwnedSemaphorePermit)
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    app.metrics.connections.inc();
    let service = {
        let app = app.clone();
        service_fn(move |request| {
            let app = app.clone();
            async move { Ok::<_, Infallible>(http::serve(app, request).await) }
        })
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(app.config.limits.header_ms))
        .max_headers(100)
        .max_buf_size(64 << 10)
        .pipeline_flush(true)
        .serve_connection(io, service)
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = app.shared.stopped() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
    app.metrics.connections.dec();
    drop(permit);
}

/// Lets this process, and those that it starts, open as many files as the system allows.
pub fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    // If it does not go up, what needs more files says so.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn a_socket_replaces_a_dead_one_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s");
        let address = format!("unix:{}", path.display());
        std::fs::write(&path, "not a socket").unwrap();
        let error = Listener::bind(&address).await.err().unwrap().to_string();
        assert!(error.contains("exists and is no socket"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "not a socket");
        std::fs::remove_file(&path).unwrap();
        let first = Listener::bind(&address).await.unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let taken = Listener::bind(&address).await.err().unwrap();
        assert!(matches!(taken, ListenError::InUse { .. }), "{taken}");
        drop(first);
        Listener::bind(&address).await.unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "something was left behind");
    }
}
