//! `claudebench mcp`.

use std::fs::{File, OpenOptions};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use claudebench_core::{Code, Error, TaskId};
use claudebench_services::Reply;
use futures_util::stream;
use rmcp::ServiceExt;
use rmcp::model::Extensions;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Shared;
use super::failure::{Failure, Outcome};
use crate::client::{Address, Client, ClientError, EventFilter, Signal, Since};
use crate::config::Config;
use crate::mcp::{Backend, Change, Changes, Handler, Toolset, Toolsets};

/// The longest that a call may be asked to wait, beside its own time.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How long a server that was started may take until it answers.
const START: Duration = Duration::from_secs(20);

/// Speak the Model Context Protocol on standard input and output, for an agent that starts it
///
/// Its tools are the methods of the server. When no server answers at an address of this machine,
/// one is started that stays, with its log in its data directory.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench mcp
  claudebench mcp --toolset work,manage
  claude mcp add claudebench -- claudebench mcp")]
pub(super) struct Mcp {
    /// The sets of tools: what agents read of tools is paid for all the time
    #[arg(long, value_enum, value_delimiter = ',', default_value = "work")]
    toolset: Vec<Toolset>,
    /// Start no server when none answers
    #[arg(long)]
    no_start: bool,
}

impl Mcp {
    pub(super) fn run(self, shared: &Shared) -> Outcome {
        super::one_thread()?.block_on(self.speak(shared))
    }

    async fn speak(self, shared: &Shared) -> Outcome {
        let config = shared.load(Vec::new())?.config;
        let client = Arc::new(shared.client(&config)?);
        if !self.no_start {
            ensure_server(shared, &config, &client).await?;
        }
        let timeout = shared.timeout().saturating_add(LONGEST_WAIT);
        let there = There { client, timeout, toolsets: self.toolset.into_iter().collect() };
        let input_output = rmcp::transport::io::stdio();
        let cannot = |what: String| Failure::local(format!("the conversation broke off: {what}"));
        let running = match Handler::new(there).serve(input_output).await {
            Ok(running) => running,
            // Whoever started this has gone away before it said a word.
            Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
            Err(error) => return Err(cannot(error.to_string())),
        };
        running.waiting().await.map(drop).map_err(|error| cannot(error.to_string()))
    }
}

/// A server that somebody else runs.
#[derive(Clone)]
struct There {
    client: Arc<Client>,
    timeout: Duration,
    toolsets: Toolsets,
}

/// What a client could not do, as a method would say it.
fn as_error(error: ClientError) -> Error {
    match error {
        ClientError::Refused(error) => error,
        ClientError::Unreachable { .. } => Error::new(
            Code::Unavailable,
            format!("{error}; nothing was done. Start one with `claudebench serve`"),
        ),
        ClientError::TimedOut { .. } | ClientError::Broken { .. } => {
            Error::new(Code::Timeout, error.to_string())
        }
        ClientError::Foreign { .. } | ClientError::Unreadable { .. } => {
            Error::new(Code::Internal, error.to_string())
        }
    }
}

impl Backend for There {
    const IS_SERVER: bool = false;

    async fn call(&self, _: &Extensions, method: &'static str, params: Box<RawValue>) -> Reply {
        self.client.call_within(method, &params, self.timeout).await.map_err(as_error)
    }

    async fn changes(&self, _: &Extensions) -> Result<Changes, Error> {
        let mut events = self.client.clone().events(Since::Now, EventFilter::default());
        events.open().await.map_err(as_error)?;
        Ok(Box::pin(stream::unfold(events, async |mut events| {
            loop {
                match events.next().await {
                    Ok(Signal::Event { json, .. }) => {
                        let Ok(Told { kind, task }) = serde_json::from_str(&json) else { continue };
                        return Some((Change::Event { kind, task }, events));
                    }
                    Ok(Signal::Lost { .. }) => {}
                    // Events were kept meanwhile, but perhaps not all.
                    Ok(Signal::Resumed) => return Some((Change::Missed, events)),
                    Err(_) => return None,
                }
            }
        })))
    }

    fn toolsets(&self, _: &Extensions) -> Result<Toolsets, Error> {
        Ok(self.toolsets)
    }
}

/// What of an event is of interest.
#[derive(Deserialize)]
struct Told {
    #[serde(rename = "type")]
    kind: Arc<str>,
    #[serde(rename = "taskId")]
    task: Option<TaskId>,
}

/// Starts a server at the client's address, if none is there and it is this machine's.
async fn ensure_server(shared: &Shared, config: &Config, client: &Client) -> Outcome {
    let unreachable = match client.get("/healthz").await {
        Err(ClientError::Unreachable { source, .. }) => source,
        // Somebody is there; what is wrong with it is told by each call.
        _ => return Ok(()),
    };
    let Some(listen) = listen_address(client.address()) else {
        let what = format!("no server at {}: {unreachable}", client.address());
        return Err(Failure::advise(what, "start one there, or choose another with --url"));
    };
    let mut child = start(shared, &config.data, &listen)?;
    let began = Instant::now();
    loop {
        if client.get("/readyz").await.is_ok() {
            return Ok(());
        }
        // Another agent's may have been faster: then this one ends, and that one answers.
        let ended = child.try_wait().is_ok_and(|status| status.is_some());
        if began.elapsed() > START || (ended && client.get("/healthz").await.is_err()) {
            let what = format!(
                "no server at {}, and the one that was started does not answer",
                client.address()
            );
            let log = log_of(&config.data);
            let next = format!("see {}, or start it by hand: claudebench serve", log.display());
            return Err(Failure::advise(what, next));
        }
        #[allow(clippy::disallowed_methods, reason = "there is nothing else to wait on")]
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Where a server has to listen to be found at an address; none, if that is another machine's.
fn listen_address(address: &Address) -> Option<String> {
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
    let cannot = |e: std::io::Error| Failure::local(format!("no server could be started: {e}"));
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
