//! The guard of one command: it runs it in its own process group, and says how that ended. What
//! the command leaves behind ends with it. When the worker goes, killed or not, its end of the leash
//! does, and the guard kills everything at once: the task comes back by its lease, so nobody may go on
//! with it.

use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, wait};
use tokio::signal::unix::{SignalKind, signal};

use super::leash::{KILL, Order, Said, TERM};
use super::tree;
use crate::cli::failure::{Failure, Outcome};

/// The name of the command that is a guard.
pub(super) const NAME: &str = "work-guard";

/// Run one command for `claudebench work`, and end all of it when that ends
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Guard {}

impl Guard {
    /// Does it.
    pub(in crate::cli) fn run(self) -> Outcome {
        let next = "`claudebench work` starts it; it is of no use by itself";
        guard().map_err(|e| Failure::advise(format!("no command can be guarded: {e}"), next))
    }
}

fn guard() -> io::Result<()> {
    let leash = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut orders = BufReader::new(leash.try_clone()?);
    let mut line = String::new();
    if orders.read_line(&mut line)? == 0 {
        return Ok(());
    }
    let order: Order = serde_json::from_str(&line)?;
    survive()?;
    tree::become_parent();
    let command = match start(order) {
        Ok(command) => command,
        Err(error) => return say(&leash, &Said::Failed(error.to_string())),
    };
    let over = Arc::new(AtomicBool::new(false));
    let is_over = over.clone();
    std::thread::spawn(move || obey(orders, &is_over));
    reap(&leash, command, &over)
}

/// Signals that are meant for all processes of a service do not end the one that ends the others. What
/// it starts has none of that: a handler does not outlast `exec`.
fn survive() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let _inside = runtime.enter();
    for kind in [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()] {
        // Once there is a handler, it stays.
        drop(signal(kind)?);
    }
    Ok(())
}

fn start(order: Order) -> io::Result<Pid> {
    let (program, args) = order
        .argv
        .split_first()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no command"))?;
    let mut command = Command::new(program);
    command.args(args).envs(order.environment).stdin(Stdio::piped());
    for name in &order.unset {
        command.env_remove(name);
    }
    if let Some(folder) = &order.folder {
        command.current_dir(folder);
    }
    let mut child = command.spawn()?;
    let stdin = child.stdin.take();
    let input = order.input;
    std::thread::spawn(move || {
        // Whoever does not read it does not need it.
        stdin.map(|mut stdin| stdin.write_all(input.as_bytes()))
    });
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    pid.ok_or_else(|| io::Error::other("a process without a number"))
}

/// Does what the worker says; its end is an order, too.
fn obey(orders: BufReader<UnixStream>, over: &AtomicBool) {
    for line in orders.lines().map_while(Result::ok) {
        if line == TERM.trim() {
            tree::signal(Signal::TERM);
            tree::signal(Signal::CONT);
        } else if line == KILL.trim() {
            break;
        }
    }
    over.store(true, Ordering::SeqCst);
    tree::signal(Signal::KILL);
}

/// Takes note of every end, until there is nobody left.
fn reap(leash: &UnixStream, command: Pid, over: &AtomicBool) -> io::Result<()> {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) => {
                if pid == command {
                    over.store(true, Ordering::SeqCst);
                    let said = match (status.exit_status(), status.terminating_signal()) {
                        (Some(code), _) => Said::Exited(code),
                        (None, Some(signal)) => Said::Killed(signal),
                        (None, None) => continue,
                    };
                    // The worker may have gone; the rest must go in any case.
                    let _ = say(leash, &said);
                }
                // Whoever was started while others were killed is here now.
                if over.load(Ordering::SeqCst) {
                    tree::signal(Signal::KILL);
                }
            }
            Ok(None) | Err(Errno::INTR) => {}
            // Nobody is left.
            Err(Errno::CHILD) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

fn say(mut leash: &UnixStream, said: &Said) -> io::Result<()> {
    leash.write_all(said.line().as_bytes())
}
