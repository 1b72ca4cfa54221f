//! How programs end with those that started them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::program::program;
use super::server::eventually;

#[test]
fn a_server_stops_with_its_standard_input_if_it_is_told_to() {
    let data = TempDir::new().unwrap();
    let folder = data.path().to_str().unwrap();
    let args =
        ["serve", "--listen", "127.0.0.1:0", "--data", folder, "--json", "--stop-with-stdin"];
    let mut server = program(&args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("urls"), "{line}");
    drop(server.stdin.take());
    assert!(server.wait().unwrap().success());
}

/// A measurement whose server runs.
fn measuring(dir: &Path) -> Child {
    let args = ["bench", "create", "--seconds", "600", "--connections", "1", "--dir"];
    let mut command = program(&args);
    let bench = command.arg(dir).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    eventually("the server of the measurement runs", || data_of(dir).is_some());
    bench
}

/// The data directory of the server of a measurement.
fn data_of(dir: &Path) -> Option<PathBuf> {
    let beds = fs::read_dir(dir).unwrap().flatten().map(|bed| bed.path());
    let files = beds.flat_map(|bed| fs::read_dir(bed).into_iter().flatten().flatten());
    files.map(|file| file.path()).find(|path| path.join("claudebench.db-wal").exists())
}

fn pid(child: &Child) -> Pid {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw).unwrap()
}

#[test]
fn a_measurement_that_is_terminated_leaves_nothing_behind() {
    let dir = TempDir::new().unwrap();
    let mut bench = measuring(dir.path());
    kill_process(pid(&bench), Signal::TERM).unwrap();
    assert_eq!(bench.wait().unwrap().code(), Some(2));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_measurement_that_is_killed_takes_its_server_with_it() {
    let dir = TempDir::new().unwrap();
    let mut bench = measuring(dir.path());
    let data = data_of(dir.path()).unwrap();
    bench.kill().unwrap();
    bench.wait().unwrap();
    let lock = fs::File::open(data.join("claudebench.lock")).unwrap();
    eventually("the server ends", || lock.try_lock().is_ok());
}
