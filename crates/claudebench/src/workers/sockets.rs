//! The sockets of all workers. Each worker has one of its own for each address, among which the system
//! spreads the connections; all stay open here, so that those that wait in one outlive its worker.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use tokio::net::TcpSocket;

use crate::config::Config;
use crate::transport::listen::{ListenError, Listener};

/// So many connections may wait to be accepted, if the system allows it.
const BACKLOG: u32 = 4_096;

/// The sockets of one worker, with the address of each.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) addresses: Vec<String>,
    pub(super) sockets: Vec<OwnedFd>,
}

impl Place {
    fn add(&mut self, address: String, socket: OwnedFd) {
        self.addresses.push(address);
        self.sockets.push(socket);
    }
}

/// The sockets of all workers.
#[derive(Debug)]
pub(super) struct Sockets {
    pub(super) places: Vec<Place>,
    /// Where all of them can be reached.
    pub(super) urls: Vec<String>,
    files: Vec<PathBuf>,
}

impl Drop for Sockets {
    fn drop(&mut self) {
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
    }
}

/// Opens them.
pub(super) async fn open(config: &Config) -> Result<Sockets, ListenError> {
    let count = config.workers.count;
    let places = (0..count).map(|_| Place::default()).collect();
    let mut all = Sockets { places, urls: Vec::new(), files: Vec::new() };
    for address in &config.listen {
        // A socket that shares its port would not notice that somebody else has it.
        let alone = Listener::bind(address).await?;
        all.urls.push(alone.url());
        let failed = |source| ListenError::Io { address: address.clone(), source };
        match alone.address() {
            Some(found) => {
                drop(alone);
                for place in &mut all.places {
                    place.add(found.to_string(), shared(found).map_err(failed)?);
                }
            }
            None => {
                all.files.extend(address.strip_prefix("unix:").map(PathBuf::from));
                let socket = alone.into_socket().map_err(failed)?;
                for place in &mut all.places {
                    place.add(address.clone(), socket.try_clone().map_err(failed)?);
                }
            }
        }
    }
    for (number, place) in all.places.iter_mut().enumerate() {
        if let Some(address) = own_address(&config.workers.listen, number) {
            let listener = Listener::bind(&address).await?;
            let found = listener.address().map_or(address.clone(), |found| found.to_string());
            let failed = |source| ListenError::Io { address, source };
            place.add(found, listener.into_socket().map_err(failed)?);
        }
    }
    Ok(all)
}

/// The address of one worker alone: the ports follow each other.
fn own_address(first: &str, number: usize) -> Option<String> {
    let (host, port) = first.rsplit_once(':')?;
    let port: u16 = port.parse().ok()?;
    // Any free port is as good as the next.
    let more = if port == 0 { 0 } else { u16::try_from(number).ok()? };
    Some(format!("{host}:{}", port.checked_add(more)?))
}

/// A socket that shares its port with the others of this server.
fn shared(address: SocketAddr) -> std::io::Result<OwnedFd> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket.listen(BACKLOG)?.into_std()?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_of_single_workers_follow_each_other() {
        assert_eq!(own_address("127.0.0.1:9400", 0).as_deref(), Some("127.0.0.1:9400"));
        assert_eq!(own_address("[::1]:9400", 3).as_deref(), Some("[::1]:9403"));
        assert_eq!(own_address("127.0.0.1:0", 3).as_deref(), Some("127.0.0.1:0"));
        assert_eq!(own_address("", 1), None);
    }
}
