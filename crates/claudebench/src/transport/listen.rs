//! Listening: addresses and sockets, a bounded number of connections, and their graceful end.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::gate::Stage;
use super::peer::Peer;
use super::{App, http};

/// Something to accept connections on.
pub enum Listener {
    /// An address.
    Tcp(TcpListener),
    /// A socket of this machine.
    Unix {
        /// The socket.
        socket: UnixListener,
        /// Its file.
        path: PathBuf,
        /// Whether the file goes with this listener.
        owned: bool,
    },
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
                Ok(socket) => Ok(Self::Unix { socket, path, owned: true }),
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
            Self::Unix { .. } => true,
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
            Self::Unix { path, .. } => format!("unix:{}", path.display()),
        }
    }

    /// Its address, if it has one.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            Self::Unix { .. } => None,
        }
    }

    /// The open socket behind it, which others may be given. Its file stays.
    ///
    /// # Errors
    /// The system refuses.
    pub fn into_socket(self) -> io::Result<OwnedFd> {
        Ok(match self {
            Self::Tcp(listener) => listener.into_std()?.into(),
            Self::Unix { socket, .. } => socket.into_std()?.into(),
        })
    }

    /// A socket that another process opened, under the address that it has there.
    ///
    /// # Errors
    /// It is none to listen on.
    pub fn given(address: &str, socket: OwnedFd) -> io::Result<Self> {
        if let Some(path) = address.strip_prefix("unix:") {
            let socket = std::os::unix::net::UnixListener::from(socket);
            socket.set_nonblocking(true)?;
            let socket = UnixListener::from_std(socket)?;
            return Ok(Self::Unix { socket, path: path.into(), owned: false });
        }
        let listener = std::net::TcpListener::from(socket);
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener).map(Self::Tcp)
    }
}

/// Whether others can reach an address, as far as it says so itself: a name is known only when it
/// was looked up.
#[must_use]
pub fn is_exposed(address: &str) -> bool {
    address.parse::<SocketAddr>().is_ok_and(|address| !address.ip().is_loopback())
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

/// The places for connections.
#[derive(Clone)]
pub struct Room {
    places: Arc<Semaphore>,
    /// For those that come when all places are taken: to answer health, and to refuse the rest.
    spare: Arc<Semaphore>,
}

/// How many of those are answered at a time. Each is there for one request.
const SPARE: usize = 32;
/// How long such a request may take to arrive.
const SPARE_HEAD: Duration = Duration::from_secs(2);

impl Room {
    /// For so many connections on so many listeners, each of which holds a spare place for the
    /// next one.
    #[must_use]
    pub fn new(connections: usize, listeners: usize) -> Self {
        let spare = Arc::new(Semaphore::new(SPARE + listeners));
        Self { places: Arc::new(Semaphore::new(connections)), spare }
    }
}

/// Accepts connections until the gate closes, or others take them, then lets those under way finish.
/// While the server stops they are told so.
pub async fn accept(app: Arc<App>, listener: Listener, room: Room) {
    let mut connections = JoinSet::new();
    loop {
        // Nobody is accepted who could not be told anything: they wait in the system's queue.
        let spare = tokio::select! {
            () = app.gate.reached(Stage::Leaving) => break,
            place = room.spare.clone().acquire_owned() => place,
        };
        let Ok(spare) = spare else { break };
        let accepted = tokio::select! {
            () = app.gate.reached(Stage::Leaving) => break,
            accepted = next(&listener) => accepted,
        };
        let open = app.metrics.connections.clone();
        let from = match &accepted {
            Ok(Stream::Tcp(_, from)) => Some(*from),
            _ => None,
        };
        let peer = Arc::new(match room.places.clone().try_acquire_owned() {
            Ok(place) => Peer::new(from, open, place, false),
            Err(_) => Peer::new(from, open, spare, true),
        });
        match accepted {
            Ok(Stream::Tcp(stream, _)) => {
                // Answers are small and whole: waiting to fill a packet only delays them.
                let _ = stream.set_nodelay(true);
                connections.spawn(serve(app.clone(), stream, peer));
            }
            Ok(Stream::Unix(stream)) => {
                connections.spawn(serve(app.clone(), stream, peer));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                pause().await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    if let Listener::Unix { path, owned: true, .. } = &listener {
        let _ = std::fs::remove_file(path);
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Out of file handles, it takes a moment until trying again makes sense.
#[allow(clippy::disallowed_methods, reason = "a pause between tries, not a wait for a condition")]
pub(super) async fn pause() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// A connection.
pub(super) enum Stream {
    Tcp(tokio::net::TcpStream, IpAddr),
    Unix(tokio::net::UnixStream),
}

/// The next connection.
pub(super) async fn next(listener: &Listener) -> io::Result<Stream> {
    match listener {
        Listener::Tcp(listener) => {
            listener.accept().await.map(|(s, from)| Stream::Tcp(s, from.ip()))
        }
        Listener::Unix { socket, .. } => socket.accept().await.map(|(s, _)| Stream::Unix(s)),
    }
}

async fn serve<S>(app: Arc<App>, stream: S, peer: Arc<Peer>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = &app.config.limits;
    let io = TokioIo::new(peer.stream(stream, Duration::from_millis(limits.write_ms)));
    let head = Duration::from_millis(limits.header_ms);
    let head = if peer.spare { head.min(SPARE_HEAD) } else { head };
    let service = {
        let app = app.clone();
        service_fn(move |request| {
            let (app, peer) = (app.clone(), peer.clone());
            async move { Ok::<_, Infallible>(http::serve(app, peer, request).await) }
        })
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_headers(100)
        .max_buf_size(64 << 10)
        .writev(false)
        .serve_connection(io, service)
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = app.gate.reached(Stage::Closed) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
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
