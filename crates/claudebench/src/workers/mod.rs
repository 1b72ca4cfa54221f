//! Several processes of one server: a supervisor opens the sockets and starts, watches and replaces the
//! workers, which do all the rest.

mod channel;
mod pid_file;
mod sockets;
mod supervisor;
mod worker;

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Duration, MissedTickBehavior};

pub use pid_file::PidFile;
pub use worker::work;

use crate::config::Config;
use crate::start::stdin_ends;
use crate::transport::listen::{ListenError, raise_file_limit};
use supervisor::Supervisor;

/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_millis(100);

/// Why several processes cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum WorkersError {
    /// An address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A process cannot be started.
    #[error("a worker cannot be started: {0}")]
    Start(io::Error),
    /// The file for this process's number cannot be had.
    #[error("the file of `workers.pid_file` cannot be used: {path}: {source}")]
    PidFile {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Signals of the system cannot be waited for.
    #[error("signals cannot be waited for: {0}")]
    Signals(io::Error),
    /// None of them got as far as to serve.
    #[error("all {count} workers ended before one of them was ready, the last with {last}")]
    AllEnded {
        /// How many there were.
        count: usize,
        /// How the last one ended.
        last: String,
    },
}

/// What this process is told from outside.
struct Signals {
    child: Signal,
    reload: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            child: signal(SignalKind::child())?,
            reload: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }
}

/// Serves by several processes until it is told to stop, by a signal or the end of standard input.
/// `ready` hears where they can be reached, when all of them are.
///
/// # Errors
/// Each says what stands in the way and what to do.
pub async fn run(
    config: &Config,
    stop_with_stdin: bool,
    ready: impl FnOnce(&[String]),
) -> Result<(), WorkersError> {
    let mut signals = Signals::listen().map_err(WorkersError::Signals)?;
    let ended = stdin_ends(stop_with_stdin);
    tokio::pin!(ended);
    raise_file_limit();
    let path = &config.workers.pid_file;
    let file = (!path.as_os_str().is_empty()).then(|| PidFile::write(path)).transpose();
    let _file = file.map_err(|source| {
        let path = path.display().to_string();
        WorkersError::PidFile { path, source }
    })?;
    let sockets = sockets::open(config).await?;
    let urls = sockets.urls.clone();
    let (mut supervisor, mut words) = Supervisor::start(config, sockets)?;
    let mut ready = Some(ready);
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stdin_counts = true;
    loop {
        tokio::select! {
            Some((id, word)) = words.recv() => supervisor.hear(id, word),
            _ = signals.child.recv() => {}
            _ = ticks.tick() => {}
            _ = signals.reload.recv() => supervisor.reload(),
            _ = signals.terminate.recv() => supervisor.stop(),
            _ = signals.interrupt.recv() => supervisor.stop(),
            () = &mut ended, if stdin_counts => {
                stdin_counts = false;
                // It often ends with the process that sent a signal: that is no second word.
                if !supervisor.is_stopping() {
                    supervisor.stop();
                }
            }
        }
        if supervisor.look()? {
            tracing::info!("all workers have ended");
            return Ok(());
        }
        if supervisor.all_ready()
            && let Some(ready) = ready.take()
        {
            tracing::info!(?urls, workers = config.workers.count, "listening");
            ready(&urls);
        }
    }
}
