//! A server on this machine, found or started.

use std::fs::{File, OpenOptions};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Shared;
use super::failure::{Failure, Outcome};
use crate::client::{Address, Client, ClientError};

/// How long a server that was started may take until it answers.
const START: Duration = Duration::from_secs(20);

/// How a server is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standby {
    /// It was there.
    Found,
    /// It was started, and stays.
    Started,
}

/// Why a client reaches nobody; nothing, if somebody is there.
pub(super) async fn unreachable(client: &Client) -> Option<io::Error> {
    match client.get("/healthz").await {
        Err(ClientError::Unreachable { source, .. }) => Some(source),
        // Somebody is there; what is wrong with it is told by each call.
        _ => None,
    }
}

/// Whether who answers is one of ours.
pub(super) async fn is_ours(client: &Client) -> bool {
    client.get("/healthz").await.is_ok_and(|body| body.windows(5).any(|part| part == b"alive"))
}

/// Starts a server at the client's address, if none is there and it is this machine's.
pub(super) async fn ensure(shared: &Shared, data: &Path, client: &Client) -> Outcome<Standby> {
    let Some(unreachable) = unreachable(client).await else { return Ok(Standby::Found) };
    let Some(listen) = listen_address(client.address()) else {
        let what = format!("no server at {}: {unreachable}", client.address());
        return Err(Failure::advise(what, "start one there, or choose another with --url"));
    };
    let mut child = start(shared, data, &listen)?;
    let began = Instant::now();
    loop {
        if client.get("/readyz").await.is_ok() {
            return Ok(Standby::Started);
        }
        // Another agent's may have been faster: then this one ends, and that one answers.
        let ended = child.try_wait().is_ok_and(|status| status.is_some());
        if began.elapsed() > START || (ended && client.get("/healthz").await.is_err()) {
            let what = format!(
                "no server at {}, and the one that was started does not answer",
                client.address()
            );
            let log = log_of(data);
            let next = format!("see {}, or start it by hand: claudebench serve", log.display());
            return Err(Failure::advise(what, next));
        }
        #[allow(clippy::disallowed_methods, reason = "there is nothing else to wait on")]
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Where a server has to listen to be found at an address; none, if that is another machine's.
pub(super) fn listen_address(address: &Address) -> Option<String> {
    match address {
        Address::Unix(path) => Some(format!("unix:{}", path.display())),
        Address::Tcp { prefix, .. } if !prefix.is_empty() => None,
        Address::Tcp { host, port, .. } => {
            let local = host == "localhost"
                || host.parse::<Ipv4Addr>().is_ok_and(|host| host.is_loopback())
                || host.parse::<Ipv6Addr>().is_ok_and(|host| host.is_loopback());
            let host = match host.as_str() {
                "localhost" => "127.0.0.1".to_owned(),
                host if host.contains(':') => format!("[{host}]"),
                host => host.to_owned(),
            };
            local.then(|| format!("{host}:{port}"))
        }
    }
}

fn log_of(data: &Path) -> std::path::PathBuf {
    data.join("serve.log")
}

/// Starts a server that outlives this program, and whoever started that.
fn start(shared: &Shared, data: &Path, listen: &str) -> Outcome<Child> {
    let cannot = |e: io::Error| Failure::local(format!("no server could be started: {e}"));
    std::fs::create_dir_all(data).map_err(cannot)?;
    let log: File =
        OpenOptions::new().create(true).append(true).open(log_of(data)).map_err(cannot)?;
    let mut command = Command::new(std::env::current_exe().map_err(cannot)?);
    if let Some(config) = &shared.config {
        command.arg("--config").arg(config);
    }
    command.args(["serve", "--listen", listen]).arg("--data").arg(data);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    // A signal for the agent's terminal is none for the server.
    command.process_group(0).spawn().map_err(cannot)
}
