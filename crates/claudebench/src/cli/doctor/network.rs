//! The addresses to listen on, and the server that the command line talks to.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::time::Duration;

use claudebench_core::Code;
use claudebench_services::Method;
use claudebench_services::system::{Health, HealthFound, HealthStatus};
use serde_json::json;

use super::Check;
use super::data::Held;
use crate::cli::Shared;
use crate::client::{Address, Client, ClientError};
use crate::config::Config;
use crate::transport::listen::{ListenError, Listener};

/// How long a server may take to say that it lives.
const PATIENCE: Duration = Duration::from_secs(3);

/// All of them.
pub(super) async fn checks(config: &Config, shared: &Shared, held: Held) -> Vec<Check> {
    let mut checks = Vec::new();
    for address in &config.listen {
        checks.push(listen(address, held).await);
    }
    checks.push(server(config, shared).await);
    checks
}

async fn listen(address: &str, held: Held) -> Check {
    const NAME: &str = "address";
    let found = match address.strip_prefix("unix:") {
        // Binding a socket would replace what a dead server left; looking does no harm.
        Some(path) => socket(address, Path::new(path)),
        None => match Listener::bind(address).await {
            Ok(listener) if listener.is_local() => {
                Some(Check::good(NAME, format!("{address} is free")))
            }
            Ok(_) => Some(Check::look(
                NAME,
                format!("{address} is free, and can be reached from other machines"),
                "API keys are required there: `claudebench key create` makes one; put a proxy \
                 with TLS in front",
            )),
            Err(ListenError::InUse { .. }) => None,
            Err(error) => Some(Check::bad(
                NAME,
                error.to_string(),
                "give an address of this machine and a port above 1023 with --listen",
            )),
        },
    };
    if let Some(found) = found {
        return found;
    }
    match (answers(address).await, held) {
        (Some(true), Held::Yes | Held::Shared) => {
            Check::good(NAME, format!("a server listens on {address}"))
        }
        (Some(true), Held::No) => Check::look(
            NAME,
            format!("a server listens on {address}, and uses another data directory"),
            "give its directory with --data, or this server another address with --listen",
        ),
        (Some(false) | None, _) => Check::bad(
            NAME,
            format!("another program listens on {address}"),
            "find it (ss -ltnp), or give another address with --listen",
        ),
    }
}

/// What is in the place of a socket; nothing, if it may be one that somebody listens on.
fn socket(address: &str, path: &Path) -> Option<Check> {
    const NAME: &str = "address";
    const MOVE: &str = "move it away, or give another path with --listen";
    match fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_socket() => {
            Some(Check::bad(NAME, format!("{} exists and is no socket", path.display()), MOVE))
        }
        Ok(_) => match std::os::unix::net::UnixStream::connect(path) {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                Some(Check::good(NAME, format!("{address} is free; a dead server left its socket")))
            }
            _ => None,
        },
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let folder = path.parent().filter(|dir| !dir.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new("."));
            Some(match super::data::writable(folder) {
                Ok(()) => Check::good(NAME, format!("{address} is free")),
                Err(error) => Check::bad(
                    NAME,
                    format!("no socket can be made in {}: {error}", folder.display()),
                    "make the folder, writable for this user, or give another path with --listen",
                ),
            })
        }
        Err(error) => Some(Check::bad(NAME, format!("{}: {error}", path.display()), MOVE)),
    }
}

/// Whether a server of ours answers there; nothing, if nobody does.
async fn answers(address: &str) -> Option<bool> {
    let address: Address = address.parse().ok()?;
    let client = Client::new(address, None).ok()?.with_timeout(PATIENCE);
    match client.get("/healthz").await {
        Ok(body) => Some(body.windows(5).any(|part| part == b"alive")),
        Err(ClientError::Unreachable { .. }) => None,
        Err(_) => Some(false),
    }
}

/// The server that the command line talks to.
async fn server(config: &Config, shared: &Shared) -> Check {
    const NAME: &str = "server";
    let client = match shared.client(config) {
        Ok(client) => client.with_timeout(PATIENCE),
        Err(failure) => {
            let what = failure.message().unwrap_or_default();
            return Check::bad(
                NAME,
                what,
                "mend --url, --key-file or [client] of the configuration",
            );
        }
    };
    let url = client.address().to_string();
    match client.call::<HealthFound>(Health::NAME, &json!({})).await {
        Ok(health) => match (health.status, health.problem) {
            (HealthStatus::Healthy, _) => {
                Check::good(NAME, format!("{url} is healthy, version {}", health.version))
            }
            (HealthStatus::Degraded, _) => Check::look(
                NAME,
                format!("{url}: most of its instances were not heard of for some time"),
                "look at the workers; `claudebench status` counts them",
            ),
            (HealthStatus::Unhealthy, problem) => {
                let problem = problem.unwrap_or_else(|| "it cannot store anything".into());
                Check::bad(NAME, format!("{url}: {problem}"), "see to its store above")
            }
        },
        Err(ClientError::Unreachable { .. }) => Check::look(
            NAME,
            format!("none at {url}"),
            "start one with `claudebench serve`, or give its address with --url",
        ),
        Err(error) if matches!(error.code(), Some(Code::Unauthorized | Code::Forbidden)) => {
            let advice = "give a key in CLAUDEBENCH_API_KEY or --key-file";
            Check::look(NAME, format!("{url} answers, and asks who calls"), advice)
        }
        Err(error) => Check::bad(NAME, error.to_string(), "look at the log of that server"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[tokio::test]
    async fn an_address_is_free_taken_or_none_of_this_machine() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "x").unwrap();
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let taken_by = taken.local_addr().unwrap().to_string();
        std::thread::spawn(move || while taken.accept().is_ok() {});
        let within = |name: &str| format!("unix:{}/{name}", dir.path().display());
        for (address, state, what) in [
            ("127.0.0.1:0".to_owned(), State::Good, "is free"),
            ("10.99.99.99:3000".to_owned(), State::Bad, "cannot listen on"),
            (taken_by, State::Bad, "another program listens"),
            (within("socket"), State::Good, "is free"),
            (within("missing/socket"), State::Bad, "no socket can be made"),
            (within("file"), State::Bad, "is no socket"),
        ] {
            let found = listen(&address, Held::No).await;
            assert!(found.state == state && found.found.contains(what), "{found:?}");
        }
    }
}
