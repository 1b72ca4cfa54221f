//! A process that ends with the tests, however they end.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::place::Place;

/// How long a server may take to start or to stop, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much of the log is kept.
const LINES: usize = 100;

/// Stands between the tests and a server. Its input is a pipe that the process of the tests holds:
/// when that ends, killed or not, the input does, and this ends the server and deletes the folder.
/// A line names the signal to end it by, and lets the folder be. It is in a group of its own, so
/// that Ctrl-C in a terminal ends the tests first. It lets go of its output, so that the output
/// ends when the last process of the server has gone.
const WATCH: &str = r#"
folder=$1 signal=$2
shift 2
"$@" </dev/null >&2 &
server=$!
trap '' HUP INT TERM
echo "$server"
exec >/dev/null 2>&1
if read -r line; then signal=$line folder=; fi
kill -s "$signal" "$server"
kill -s CONT "$server"
wait "$server"
status=$?
[ -z "$folder" ] || rm -rf -- "$folder"
exit "$status"
"#;

/// How a server is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// In order: what is under way is broken off, what is done is written (SIGINT).
    Fast,
    /// At once, without a last checkpoint: the next start recovers (SIGQUIT).
    Immediate,
    /// All of its processes are killed (SIGKILL).
    Kill,
}

impl End {
    fn signal(self) -> &'static str {
        match self {
            Self::Fast => "INT",
            Self::Immediate => "QUIT",
            Self::Kill => "KILL",
        }
    }
}

/// A process with a watch over it. Dropping it ends it; then all of its processes are gone.
pub(crate) struct Watched {
    watch: Child,
    leash: Option<ChildStdin>,
    server: Pid,
    log: Arc<Log>,
}

impl Watched {
    /// Starts a program, and returns when it has written `ready`. `end` is how it is ended when
    /// nobody says otherwise.
    ///
    /// # Errors
    /// Its log, when it ended before or took too long. The folder is still there.
    pub(crate) fn start(
        place: &Place,
        end: End,
        program: &Path,
        args: &[String],
        ready: Option<&'static str>,
    ) -> Result<Self, String> {
        let mut watch = place
            .command("sh")
            .args(["-c", WATCH, "watch"])
            .args([place.path().as_os_str(), end.signal().as_ref(), program.as_os_str()])
            .args(args)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a shell");
        let leash = watch.stdin.take();
        let mut pid = String::new();
        let said = watch.stdout.take().expect("a pipe");
        BufReader::new(said).read_line(&mut pid).expect("what the shell says");
        let log = Arc::<Log>::default();
        let (output, filled) = (watch.stderr.take().expect("a pipe"), log.clone());
        std::thread::spawn(move || filled.fill(output, ready));
        let server = pid.trim().parse().ok().and_then(Pid::from_raw);
        let server = server.expect("the shell says which process it started");
        let mut watched = Self { watch, leash, server, log };
        if ready.is_some() {
            let came = watched.log.wait(|lines| lines.ready || lines.ended);
            if !watched.log.lines.lock().unwrap().ready {
                // Its folder may serve for another try.
                watched.end(End::Kill);
                let late = if came { "" } else { "it was not ready in time\n" };
                return Err(late.to_owned() + &watched.log());
            }
        }
        Ok(watched)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// Its log, when it ended badly or took too long.
    pub(crate) fn finish(mut self) -> Result<(), String> {
        let ended = self.log.wait(|lines| lines.ended);
        if self.end(End::Kill) && ended { Ok(()) } else { Err(self.log()) }
    }

    /// Ends it and lets its folder be.
    pub(crate) fn stop(mut self, end: End) {
        if end == End::Kill {
            self.kill();
        }
        self.end(end);
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.server, signal).expect("a process that runs");
    }

    /// What it wrote last.
    pub(crate) fn log(&self) -> String {
        self.log
            .lines
            .lock()
            .unwrap()
            .last
            .iter()
            .fold(String::new(), |log, line| log + line + "\n")
    }

    /// Says whether it ended well.
    fn end(&mut self, end: End) -> bool {
        if let Some(mut leash) = self.leash.take() {
            // The watch may be gone; then there is nobody to tell.
            let _ = writeln!(leash, "{}", end.signal());
        }
        self.gone()
    }

    /// Waits until all of its processes are gone.
    fn gone(&mut self) -> bool {
        if !self.log.wait(|lines| lines.ended) {
            self.kill();
            self.log.wait(|lines| lines.ended);
        }
        self.watch.wait().is_ok_and(|status| status.success())
    }

    /// Kills it and what it has started. It is stopped first, so that it starts nothing more, and
    /// killed last: some of its descriptors are closed before a process has ended, so the end of
    /// the output alone does not tell. It and the others may have ended by themselves.
    fn kill(&self) {
        let _ = kill_process(self.server, Signal::STOP);
        let children = children(self.server);
        for child in &children {
            let _ = kill_process(*child, Signal::KILL);
        }
        let end = Instant::now() + PATIENCE;
        while children.iter().any(|child| alive(*child)) && Instant::now() < end {
            std::thread::yield_now();
        }
        let _ = kill_process(self.server, Signal::KILL);
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        drop(self.leash.take());
        self.gone();
    }
}

/// What a process has started. Known on Linux alone; elsewhere the processes of a server see by
/// themselves that the first one is gone, as soon as they look up from their work.
fn children(parent: Pid) -> Vec<Pid> {
    let parent = parent.as_raw_nonzero().to_string();
    let is_child = |pid: &Pid| stat(*pid).is_some_and(|(_, of)| of == parent);
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|process| process.file_name().to_str()?.parse().ok());
    pids.filter_map(Pid::from_raw).filter(is_child).collect()
}

/// Whether a process is there, and not only until somebody takes note of its end.
fn alive(pid: Pid) -> bool {
    stat(pid).is_some_and(|(state, _)| !matches!(&*state, "Z" | "X"))
}

/// The state of a process, and the one that started it.
fn stat(pid: Pid) -> Option<(String, String)> {
    // pid (name, which may hold anything) state parent ..
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    let mut after = stat.rsplit(')').next()?.split_whitespace();
    Some((after.next()?.to_owned(), after.next()?.to_owned()))
}

/// What a process writes, and whether it has said that it is ready.
#[derive(Default)]
struct Log {
    lines: Mutex<Lines>,
    came: Condvar,
}

#[derive(Default)]
struct Lines {
    last: VecDeque<String>,
    ready: bool,
    ended: bool,
}

impl Log {
    /// Reads until the last process that could write is gone.
    fn fill(&self, output: impl Read, ready: Option<&str>) {
        for line in BufReader::new(output).split(b'\n') {
            let Ok(line) = line else { break };
            let line = String::from_utf8_lossy(&line).into_owned();
            let mut lines = self.lines.lock().unwrap();
            lines.ready |= ready.is_some_and(|ready| line.contains(ready));
            if lines.last.len() == LINES {
                lines.last.pop_front();
            }
            lines.last.push_back(line);
            self.came.notify_all();
        }
        self.lines.lock().unwrap().ended = true;
        self.came.notify_all();
    }

    /// Waits until something holds; says whether it came to that in time.
    fn wait(&self, holds: impl Fn(&Lines) -> bool) -> bool {
        let lines = self.lines.lock().unwrap();
        let waited = self.came.wait_timeout_while(lines, PATIENCE, |lines| !holds(lines)).unwrap();
        holds(&waited.0)
    }
}
