//! The server as a child process of the same program.

use std::fs::File;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::bench::load::http::{Connection, Target};

/// How long a server may take to be ready, or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// It could not be started or asked.
    #[error("the server cannot be started: {0}")]
    Start(#[from] io::Error),
    /// It ended on its own.
    #[error("the server ended ({status}): {said}")]
    Ended {
        /// How.
        status: ExitStatus,
        /// The end of what it wrote.
        said: String,
    },
    /// It took too long.
    #[error("the server did not {what} within {} s: {said}", PATIENCE.as_secs())]
    Slow {
        /// What it should have done.
        what: &'static str,
        /// The end of what it wrote.
        said: String,
    },
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
    ready_after: Duration,
}

impl Server {
    /// Starts `program serve` on a data directory, and waits until it is ready. What it writes
    /// goes to a file beside the directory.
    ///
    /// # Errors
    /// It does not get ready.
    pub async fn start(program: &Path, data: &Path, port: u16) -> Result<Self, ServerError> {
        Self::start_with(program, data, port, &[]).await
    }

    /// The same, with settings as variables.
    ///
    /// # Errors
    /// It does not get ready.
    pub async fn start_with(
        program: &Path,
        data: &Path,
        port: u16,
        settings: &[(&str, &str)],
    ) -> Result<Self, ServerError> {
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let log = data.with_extension("log");
        let said = File::options().create(true).append(true).open(&log)?;
        let start = Instant::now();
        let child = Command::new(program)
            .args(["serve", "--listen", &address.to_string(), "--data"])
            .arg(data)
            // It ends with us, however we end: its standard input does.
            .arg("--stop-with-stdin")
            .envs(settings.iter().copied())
            .stdin(Stdio::piped())
            .stdout(said.try_clone()?)
            .stderr(said)
            .spawn()?;
        let mut server = Self { child, address, log, ready_after: Duration::ZERO };
        server.wait_until_ready(start).await?;
        Ok(server)
    }

    async fn wait_until_ready(&mut self, start: Instant) -> Result<(), ServerError> {
        let target = self.target();
        loop {
            if is_ready(&target).await {
                self.ready_after = start.elapsed();
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(ServerError::Ended { status, said: self.said() });
            }
            if start.elapsed() > PATIENCE {
                return Err(ServerError::Slow { what: "get ready", said: self.said() });
            }
            pause(Duration::from_millis(1)).await;
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn target(&self) -> Target {
        Target::local(self.address)
    }

    /// How long it took from its start until it was ready.
    #[must_use]
    pub fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The end of what it wrote.
    #[must_use]
    pub fn said(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Its resident memory, in MiB.
    ///
    /// # Errors
    /// The system does not say.
    pub fn memory_mib(&self) -> io::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok());
        let kib: f64 = kib.ok_or_else(|| io::Error::other("no VmRSS in /proc/PID/status"))?;
        Ok(kib / 1024.0)
    }

    /// Whether it runs no more.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it at once.
    ///
    /// # Errors
    /// The system refuses.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// Asks it to stop, and waits for its end.
    ///
    /// # Errors
    /// It does not end.
    pub async fn stop(mut self) -> Result<ExitStatus, ServerError> {
        if let Some(pid) = i32::try_from(self.pid()).ok().and_then(Pid::from_raw) {
            kill_process(pid, Signal::TERM).map_err(io::Error::from)?;
        }
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if start.elapsed() > PATIENCE {
                return Err(ServerError::Slow { what: "stop", said: self.said() });
            }
            pause(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended on its own.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn is_ready(target: &Target) -> bool {
    match Connection::open(target).await {
        Ok(mut connection) => matches!(connection.get("/readyz").await, Ok((200, _))),
        Err(_) => false,
    }
}

#[allow(clippy::disallowed_methods, reason = "another process is asked again and again")]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// A port that is free now, below those that the system gives to outgoing connections: one of
/// these may take it while its server is down, or even connect to itself.
///
/// # Errors
/// None of many is free.
pub fn free_port(seed: u64) -> io::Result<u16> {
    let mut last = None;
    for attempt in 0..200 {
        let mixed = (seed.wrapping_add(attempt)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let port = u16::try_from(15_000 + mixed % 15_000).unwrap_or(15_000);
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(_) => return Ok(port),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
}

#[cfg(test)]
mod tests {
    use rustix::process::{Resource, getrlimit};

    use super::*;
    use crate::transport::listen::raise_file_limit;

    #[tokio::test]
    async fn a_server_that_ends_says_why() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let port = free_port(1).unwrap();
        let program = Path::new("/bin/false");
        let error = Server::start(program, &data, port).await.unwrap_err();
        assert!(matches!(error, ServerError::Ended { .. }), "{error}");
        assert!(error.to_string().starts_with("the server ended (exit status: 1)"), "{error}");
    }

    #[test]
    fn ports_stay_below_those_of_outgoing_connections() {
        for seed in 0..20 {
            assert!((15_000..30_000).contains(&free_port(seed).unwrap()));
        }
        raise_file_limit();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
    }
}
