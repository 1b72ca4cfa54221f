//! `claudebench mcp`.

use std::sync::Arc;
use std::time::Duration;

use claudebench_core::time::wall_ms;
use claudebench_core::{Code, Error, Millis, TaskId};
use claudebench_services::Reply;
use futures_util::stream;
use rmcp::ServiceExt;
use rmcp::model::Extensions;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::failure::{Failure, Outcome};
use super::{Shared, standby};
use crate::client::{Client, ClientError, EventFilter, Signal, Since};
use crate::mcp::{Backend, Change, Changes, Handler, Toolset, Toolsets};

/// The longest that a call may be asked to wait, beside its own time.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

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
            standby::ensure(shared, &config.data, &client).await?;
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

    fn now(&self) -> Millis {
        Millis(wall_ms())
    }

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
