//! A network that goes wrong: a TCP proxy on the loopback, in front of a server.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What is wrong with it, for the connections that are open and for new ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Nothing.
    None,
    /// Whatever is sent is taken and goes nowhere, until the fault is over.
    BlackHole,
    /// What clients send arrives, what the server answers does not, until the fault is over.
    Mute,
    /// What clients send does not arrive; what the server says does.
    Deaf,
    /// Each piece comes so much later.
    Delay(Duration),
    /// Connections are reset, and new ones, too.
    Reset,
}

/// Which way bytes go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    ToServer,
    ToClient,
}

impl Fault {
    fn holds(self, way: Way) -> bool {
        match self {
            Self::BlackHole => true,
            Self::Mute => way == Way::ToClient,
            Self::Deaf => way == Way::ToServer,
            Self::None | Self::Delay(_) | Self::Reset => false,
        }
    }
}

/// A proxy. Its connections end with it.
pub struct Proxy {
    address: SocketAddr,
    fault: watch::Sender<Fault>,
    server: watch::Sender<u16>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// Starts one in front of a port of the loopback. Nothing is wrong with it.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn before(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (fault, seen) = watch::channel(Fault::None);
        let mut tasks = JoinSet::new();
        let (server, behind) = watch::channel(port);
        tasks.spawn(accept(listener, behind, seen));
        Self { address, fault, server, _tasks: tasks }
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on another server is behind it; connections to the one before are reset.
    pub fn lead_to(&self, port: u16) {
        self.server.send_replace(port);
    }

    /// From now on this is wrong with it.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }
}

async fn accept(
    listener: TcpListener,
    server: watch::Receiver<u16>,
    fault: watch::Receiver<Fault>,
) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { return };
        connections.spawn(carry(client, server.clone(), fault.clone()));
        while connections.try_join_next().is_some() {}
    }
}

/// Carries a connection until an end is closed, or it is reset.
async fn carry(
    mut client: TcpStream,
    mut behind: watch::Receiver<u16>,
    mut fault: watch::Receiver<Fault>,
) {
    let port = *behind.borrow_and_update();
    let (ways, open) = (fault.clone(), fault.clone());
    // Closed with this, it is reset.
    let abrupt = |stream: &TcpStream| {
        let _ = set_socket_linger(stream, Some(Duration::ZERO));
    };
    if *open.borrow() == Fault::Reset {
        abrupt(&client);
        return;
    }
    let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else {
        abrupt(&client);
        return;
    };
    for stream in [&client, &server] {
        let _ = stream.set_nodelay(true);
    }
    let reset = async {
        tokio::select! {
            _ = fault.wait_for(|fault| *fault == Fault::Reset) => {}
            _ = behind.wait_for(|now| *now != port) => {}
        }
    };
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let carried = async {
        tokio::join!(
            pump(from_client, to_server, Way::ToServer, ways.clone()),
            pump(from_server, to_client, Way::ToClient, ways.clone())
        )
    };
    let is_reset = tokio::select! {
        _ = carried => false,
        () = reset => true,
    };
    if is_reset {
        abrupt(&client);
        abrupt(&server);
    }
}

/// Carries what comes one way, while that is not dead.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    way: Way,
    mut fault: watch::Receiver<Fault>,
) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let Ok(now) = fault.wait_for(|fault| !fault.holds(way)).await.map(|now| *now) else {
            return;
        };
        if let Fault::Delay(late) = now {
            wait(late).await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
    // The end comes after all the rest, if that comes.
    let _ = fault.wait_for(|fault| !fault.holds(way)).await;
    let _ = to.shutdown().await;
}

#[allow(clippy::disallowed_methods, reason = "being late is what the proxy is for")]
async fn wait(late: Duration) {
    tokio::time::sleep(late).await;
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::time::Instant;

    use tokio::time::timeout;

    use super::*;

    /// A server that says back what it hears.
    async fn echo() -> (u16, JoinSet<()>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.into_split();
                    tokio::io::copy(&mut from, &mut to).await
                });
            }
        });
        (port, tasks)
    }

    async fn hear(stream: &mut TcpStream) -> std::io::Result<u8> {
        stream.read_u8().await
    }

    #[tokio::test]
    async fn each_fault_is_what_it_says() {
        let (port, _echo) = echo().await;
        let proxy = Proxy::before(port).await;
        let mut client = TcpStream::connect(proxy.address).await.unwrap();
        client.write_u8(1).await.unwrap();
        assert_eq!(hear(&mut client).await.unwrap(), 1);
        for (number, fault) in [(2, Fault::BlackHole), (3, Fault::Mute), (4, Fault::Deaf)] {
            proxy.set(fault);
            client.write_u8(number).await.unwrap();
            let heard = timeout(Duration::from_millis(50), hear(&mut client)).await;
            assert!(heard.is_err(), "{fault:?}");
            proxy.set(Fault::None);
            assert_eq!(hear(&mut client).await.unwrap(), number);
        }
        proxy.set(Fault::Delay(Duration::from_millis(40)));
        let sent = Instant::now();
        client.write_u8(5).await.unwrap();
        assert_eq!(hear(&mut client).await.unwrap(), 5);
        assert!(sent.elapsed() >= Duration::from_millis(80), "both ways");
        proxy.set(Fault::Reset);
        let kind = hear(&mut client).await.unwrap_err().kind();
        assert_eq!(kind, ErrorKind::ConnectionReset);
        let mut refused = TcpStream::connect(proxy.address).await.unwrap();
        assert!(hear(&mut refused).await.is_err());
        proxy.set(Fault::None);
        let mut client = TcpStream::connect(proxy.address).await.unwrap();
        client.write_u8(6).await.unwrap();
        assert_eq!(hear(&mut client).await.unwrap(), 6);
    }
}
