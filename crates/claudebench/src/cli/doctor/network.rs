//! The addresses to listen on, and the server that the command line talks to.

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
    // Binding a socket would replace what a dead server left; asking does no harm.
    if let Some(alive) = answers(address).await {
        return match (alive, held) {
            (true, Held::Yes) => Check::good(NAME, format!("a server listens on {address}")),
            (true, Held::No) => Check::look(
                NAME,
                format!("a server listens on {address}, and uses another data directory"),
                "give its directory with --data, or this server another address with --listen",
            ),
            (false, _) => Check::bad(
                NAME,
                format!("another program listens on {address}"),
                "find it (ss -ltnp), or give another address with --listen",
            ),
        };
    }
    if address.starts_with("unix:") {
        return Check::good(NAME, format!("{address} is free"));
    }
    match Listener::bind(address).await {
        Ok(listener) if listener.is_local() => Check::good(NAME, format!("{address} is free")),
        Ok(_) => Check::look(
            NAME,
            format!("{address} is free, and can be reached from other machines"),
            "API keys are required there: `claudebench key create` makes one; put a proxy with TLS \
             in front",
        ),
        Err(error @ ListenError::Address(_)) => {
            Check::bad(NAME, error.to_string(), "mend `listen` in the configuration")
        }
        Err(error) => Check::bad(
            NAME,
            error.to_string(),
            "give an address of this machine and a port above 1023 with --listen",
        ),
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
                Check::bad(NAME, format!("{url}: {problem}"), "see to its data directory above")
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
