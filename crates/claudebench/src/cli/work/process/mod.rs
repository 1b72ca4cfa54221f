//! A command that somebody else must be able to end, with all that it starts: a guard runs it
//! (`guard.rs`), on a leash that this process holds.

pub(in crate::cli) mod guard;
mod leash;
mod tree;

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as Socket;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;

pub(super) use leash::Order;
use leash::{KILL, Said, TERM};

/// How long a guard may take to end once all that it ran is gone.
const LAST_WORD: Duration = Duration::from_secs(10);

/// How a command ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Ended {
    /// With an exit code.
    Exited(i32),
    /// A signal ended it.
    Killed(i32),
    /// It could not be started.
    NotStarted(String),
    /// Its guard was killed, and it with that.
    Unguarded,
}

impl Ended {
    /// In words.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Exited(code) => format!("exit code {code}"),
            Self::Killed(signal) => format!("killed by signal {signal}"),
            Self::NotStarted(why) => format!("cannot be started: {why}"),
            Self::Unguarded => "killed together with its guard".into(),
        }
    }
}

/// A command under way. Dropped, it is killed.
pub(super) struct Running {
    guard: Option<Child>,
    said: Lines<BufReader<OwnedReadHalf>>,
    leash: OwnedWriteHalf,
}

/// What a command writes.
pub(super) struct Streams {
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
}

impl Running {
    /// Starts a command.
    ///
    /// # Errors
    /// The system starts no process.
    pub(super) async fn start(order: &Order) -> io::Result<(Self, Streams)> {
        let (ours, theirs) = Socket::pair()?;
        ours.set_nonblocking(true)?;
        let mut guard = Command::new(own_program()?)
            .arg(guard::NAME)
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group for it and the command: what a terminal sends to the worker is not for them, and
            // whoever kills the guard has not got rid of the group.
            .process_group(0)
            .spawn()?;
        let streams = match (guard.stdout.take(), guard.stderr.take()) {
            (Some(stdout), Some(stderr)) => Streams { stdout, stderr },
            _ => return Err(io::Error::other("no pipes")),
        };
        let (read, leash) = UnixStream::from_std(ours)?.into_split();
        let said = BufReader::new(read).lines();
        let mut running = Self { guard: Some(guard), said, leash };
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        running.leash.write_all(&line).await?;
        Ok((running, streams))
    }

    /// Waits for its end. When `halt` says so, it is asked to end, and killed after `grace`.
    pub(super) async fn finish(
        &mut self,
        mut halt: watch::Receiver<bool>,
        grace: Duration,
    ) -> Ended {
        let ended = tokio::select! {
            ended = self.ended() => ended,
            () = halted(&mut halt) => {
                self.tell(TERM).await;
                match tokio::time::timeout(grace, self.ended()).await {
                    Ok(ended) => ended,
                    Err(_) => {
                        self.tell(KILL).await;
                        self.ended().await
                    }
                }
            }
        };
        self.gone().await;
        ended
    }

    async fn tell(&mut self, word: &str) {
        // It may have ended just now; then there is nobody to tell.
        let _ = self.leash.write_all(word.as_bytes()).await;
    }

    /// Waits for what the guard says of the command's end.
    async fn ended(&mut self) -> Ended {
        let line = self.said.next_line().await;
        match line.ok().flatten().as_deref().and_then(Said::read) {
            Some(Said::Failed(why)) => Ended::NotStarted(why),
            Some(Said::Exited(code)) => Ended::Exited(code),
            Some(Said::Killed(signal)) => Ended::Killed(signal),
            None => {
                // Nobody guards the rest now. Until its end is taken note of, the number is its own.
                let guard = self.guard.as_ref().and_then(|guard| i32::try_from(guard.id()).ok());
                if let Some(group) = guard.and_then(Pid::from_raw) {
                    let _ = kill_process_group(group, Signal::KILL);
                }
                Ended::Unguarded
            }
        }
    }

    /// Waits until what the command left behind is gone, too.
    async fn gone(&mut self) {
        let Some(mut guard) = self.guard.take() else { return };
        let end = tokio::task::spawn_blocking(move || guard.wait());
        if tokio::time::timeout(LAST_WORD, end).await.is_err() {
            tracing::warn!("what a command left behind does not end");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The end of the leash ends all of it; somebody has to take note.
        if let Some(mut guard) = self.guard.take() {
            std::thread::spawn(move || guard.wait());
        }
    }
}

/// Waits until it says so; for ever, if nobody is left who could.
pub(super) async fn halted(halt: &mut watch::Receiver<bool>) {
    if halt.wait_for(|halt| *halt).await.is_err() {
        std::future::pending().await
    }
}

/// This program, also when another one was put in its place meanwhile.
fn own_program() -> io::Result<PathBuf> {
    let own = Path::new("/proc/self/exe");
    if own.exists() { Ok(own.into()) } else { std::env::current_exe() }
}
