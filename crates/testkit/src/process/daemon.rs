//! A server that is started, ended and started again at the same place and port.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rustix::process::Signal;

use super::place::Place;
use super::watched::{End, Watched};

/// Ports are tried below those that the system gives to clients, so that none of them takes the port
/// of a server that is down for a moment.
const PORTS: (u32, u32) = (20_000, 12_000);

/// How many ports are tried.
const TRIES: usize = 20;

/// What servers write when somebody else has their port.
const TAKEN: &[&str] = &["Address already in use", "nowhere to listen on"];

/// How a server is started.
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
    /// What it writes when it takes calls.
    pub(crate) ready: &'static str,
    /// How it is ended when nobody says otherwise.
    pub(crate) end: End,
    /// What it writes when it has swept away what a killed one has left in the system.
    pub(crate) swept: Option<&'static str>,
}

/// A server and its place. Dropping it ends the one and deletes the other.
pub(crate) struct Daemon {
    running: Mutex<Option<Watched>>,
    killed: AtomicBool,
    launch: Launch,
    pub(crate) place: Place,
}

impl Daemon {
    /// Starts it on a free port of the loopback, which `configure` writes into its place.
    pub(crate) fn start(
        place: Place,
        launch: Launch,
        configure: impl Fn(&Place, u16),
    ) -> (Self, u16) {
        let daemon =
            Self { running: Mutex::default(), killed: AtomicBool::default(), launch, place };
        for _ in 0..TRIES {
            let port = free_port();
            configure(&daemon.place, port);
            match daemon.run() {
                Ok(()) => return (daemon, port),
                Err(log) if TAKEN.iter().any(|taken| log.contains(taken)) => {}
                Err(log) => panic!("{} did not start:\n{log}", daemon.launch.program.display()),
            }
        }
        panic!("none of {TRIES} ports was free");
    }

    fn run(&self) -> Result<(), String> {
        let mut running = self.running.lock().unwrap();
        if running.is_none() {
            *running = Some(self.until(self.launch.ready)?);
            self.killed.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Starts it, and returns when it has written something.
    fn until(&self, ready: &'static str) -> Result<Watched, String> {
        let Launch { program, args, end, .. } = &self.launch;
        Watched::start(&self.place, *end, program, args, Some(ready))
    }

    /// Starts it again, where it was.
    pub(crate) async fn again(self: &Arc<Self>) {
        let daemon = self.clone();
        aside(move || {
            daemon.run().unwrap_or_else(|log| panic!("it did not start again:\n{log}"));
        })
        .await;
    }

    /// Ends it; then all of its processes are gone.
    pub(crate) async fn stop(self: &Arc<Self>, end: End) {
        let daemon = self.clone();
        aside(move || {
            if let Some(running) = daemon.running.lock().unwrap().take() {
                running.stop(end);
                daemon.killed.store(end == End::Kill, Ordering::Relaxed);
            }
        })
        .await;
    }

    /// Sends its process a signal, while it runs.
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(running) = self.running.lock().unwrap().as_ref() {
            running.signal(signal);
        }
    }

    /// What it wrote last, while it runs.
    pub(crate) fn log(&self) -> String {
        self.running.lock().unwrap().as_ref().map(Watched::log).unwrap_or_default()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if self.killed.load(Ordering::Relaxed)
            && let Some(swept) = self.launch.swept
        {
            // When it cannot start any more, a little is left behind.
            drop(self.until(swept));
        }
    }
}

/// Runs what blocks beside the others.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(broken) => std::panic::resume_unwind(broken.into_panic()),
    }
}

fn free_port() -> u16 {
    let (first, count) = PORTS;
    for _ in 0..1_000 {
        let random = getrandom::u32().expect("random numbers");
        let port = u16::try_from(first + random % count).expect("a port");
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free");
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn another_port_is_tried_when_one_is_taken() {
        let script = "read port < port; test -e $port && echo Address already in use || \
                      { echo up; exec sleep 600; }";
        let launch = Launch {
            program: "sh".into(),
            args: vec!["-c".to_owned(), script.to_owned()],
            ready: "up",
            end: End::Kill,
            swept: None,
        };
        let (tries, last) = (Cell::new(0), Cell::new(0));
        let (daemon, port) = Daemon::start(Place::new(), launch, |place, port| {
            place.write("port", &format!("{port}\n"));
            if tries.replace(tries.get() + 1) < 2 {
                place.write(&port.to_string(), "taken");
            }
            last.set(port);
        });
        assert_eq!((tries.get(), last.get()), (3, port));
        let path = daemon.place.path().to_owned();
        assert!(path.exists());
        drop(daemon);
        assert!(!path.exists());
    }
}
