//! Where measuring happens: the folder, the servers, and who is told of the progress.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::mpsc;

use super::Args;
use super::load::http::{Connection, Target};
use super::load::{Pace, Plan};
use super::peer::{Echo, Server, ServerError, free_port};
use super::workload::{self, Recipe};

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A request, or a file.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// What went wrong.
        source: io::Error,
    },
    /// The server.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// What was asked for.
    #[error("{0}")]
    Asked(String),
}

/// Says what was being done when it went wrong.
pub trait During<T> {
    /// While this was being done.
    ///
    /// # Errors
    /// What went wrong.
    fn during(self, what: &str) -> Result<T, BenchError>;
}

impl<T> During<T> for io::Result<T> {
    fn during(self, what: &str) -> Result<T, BenchError> {
        self.map_err(|source| BenchError::Io { what: what.to_owned(), source })
    }
}

/// The server that is measured: of our own, or one that runs already.
#[derive(Debug)]
pub enum Measured {
    /// Started for this.
    Own(Server),
    /// At the URL that was given.
    Other(Target),
}

impl Measured {
    /// Where it listens.
    #[must_use]
    pub fn target(&self) -> Target {
        match self {
            Self::Own(server) => server.target(),
            Self::Other(target) => target.clone(),
        }
    }
}

/// Where measuring happens.
#[derive(Debug)]
pub struct Bed {
    /// How to measure.
    pub args: Args,
    other: Option<Target>,
    beside: Vec<Target>,
    program: PathBuf,
    dir: TempDir,
    progress: mpsc::Sender<String>,
}

impl Bed {
    /// Makes a folder for the data.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn new(
        args: Args,
        other: Option<Target>,
        beside: Vec<Target>,
        progress: mpsc::Sender<String>,
    ) -> Result<Self, BenchError> {
        let dir = tempfile::Builder::new()
            .prefix(".claudebench-bench-")
            .tempdir_in(&args.dir)
            .during(&format!("a folder in {} cannot be made", args.dir.display()))?;
        let program = std::env::current_exe().during("this program cannot be found")?;
        Ok(Self { args, other, beside, program, dir, progress })
    }

    /// The folder: on the disk that is measured.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Tells how far it is. Whoever does not listen misses it.
    pub fn tell(&self, what: impl Into<String>) {
        let _ = self.progress.try_send(what.into());
    }

    /// The server to measure, with its data in a folder of this name.
    ///
    /// # Errors
    /// It does not get ready.
    pub async fn server(&self, data: &str) -> Result<Measured, BenchError> {
        match &self.other {
            Some(target) => Ok(Measured::Other(target.clone())),
            None => self.own_server(data, "this").await.map(Measured::Own),
        }
    }

    /// Where a worker waits for what is created at `created`: there, if nothing else was asked for.
    #[must_use]
    pub fn waits_at(&self, created: &Target) -> Target {
        self.beside.first().unwrap_or(created).clone()
    }

    /// All servers over the store of this one.
    pub fn all_of<'a>(&'a self, one: &'a Target) -> Vec<&'a Target> {
        std::iter::once(one).chain(&self.beside).collect()
    }

    /// A server of our own, as `why` needs it to be started or filled.
    ///
    /// # Errors
    /// It does not get ready; another server was asked for.
    pub async fn own_server(&self, data: &str, why: &str) -> Result<Server, BenchError> {
        if self.other.is_some() {
            let message = format!("{why} needs a server of its own: leave out --url");
            return Err(BenchError::Asked(message));
        }
        let port = free_port(self.args.seed).during("no port is free")?;
        Ok(Server::start(&self.program, &self.dir.path().join(data), port).await?)
    }

    /// The echo, in a process of its own.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn echo(&self) -> Result<Echo, BenchError> {
        Echo::start(&self.program).during("the echo cannot be started")
    }

    /// What tasks are like.
    #[must_use]
    pub fn recipe(&self) -> Recipe {
        Recipe { seed: self.args.seed, mixed: self.args.mixed }
    }

    /// The load that was asked for.
    #[must_use]
    pub fn plan(&self) -> Plan {
        Plan {
            connections: self.args.connections,
            pace: self.args.rate.map_or(Pace::Closed, Pace::Open),
            warm_up: Duration::from_secs_f64(self.args.warm_up),
            measured: Duration::from_secs_f64(self.args.measured()),
        }
    }

    /// A load that goes on until its work is done.
    #[must_use]
    pub fn until_done(connections: usize) -> Plan {
        let measured = Duration::from_secs(24 * 3_600);
        Plan { connections, pace: Pace::Closed, warm_up: Duration::ZERO, measured }
    }

    /// Registers a worker for each connection.
    ///
    /// # Errors
    /// The server cannot be reached, or refuses.
    pub async fn register(&self, target: &Target) -> Result<(), BenchError> {
        let mut connection = Connection::open(target).await.during("connecting")?;
        let workers = self.args.connections;
        workload::register(&mut connection, workers).await.during("registering workers")
    }
}
