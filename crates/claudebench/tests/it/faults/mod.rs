//! What a server does when its disk is full, its files are damaged or read-only, its clock jumps,
//! another server has its folder, or the database or the way to it is not as it should be: it says
//! so, and nothing is lost.

mod clock;
mod damage;
mod database;
mod disk;
mod network;
mod other;
mod over;
mod skew;

use std::path::{Path, PathBuf};
use std::process::Command;

use claudebench::bench::load::http::{Connection, Target};
use claudebench::bench::peer::{Server, ServerError, free_port};
use serde_json::{Value, json};

/// Calls one method, on a connection of its own.
async fn ask(target: &Target, op: &str, args: Value) -> Result<Value, Value> {
    let mut connection = Connection::open(target).await.unwrap();
    let body = connection.rpc(op, &args.to_string()).await.unwrap();
    let mut answer: Value = serde_json::from_slice(body).unwrap();
    match answer.get_mut("error") {
        Some(error) => Err(error["data"].take()),
        None => Ok(answer["result"].take()),
    }
}

/// Makes tasks with texts of this length until there are enough, and gives their ids.
async fn create(target: &Target, count: usize, length: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        let text = format!("{number} {}", "x".repeat(length));
        let made = ask(target, "task.create", json!({"text": text})).await.unwrap();
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    ids
}

/// Which of these tasks the server does not have.
async fn missing(target: &Target, ids: &[String]) -> Vec<String> {
    let mut missing = Vec::new();
    for id in ids {
        if ask(target, "task.get", json!({"id": id})).await.is_err() {
            missing.push(id.clone());
        }
    }
    missing
}

async fn start(data: &Path) -> Result<Server, ServerError> {
    // Tests run side by side: each picks ports of its own.
    let seed = data
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(7, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    let port = free_port(seed).unwrap();
    Server::start(Path::new(env!("CARGO_BIN_EXE_claudebench")), data, port).await
}

/// Starts a server that cannot start, and gives what it says.
async fn refused(data: &Path) -> String {
    match start(data).await {
        Err(ServerError::Ended { status, said }) => {
            assert!(!status.success(), "it ended as if all were well: {said}");
            assert!(!said.contains("panicked"), "{said}");
            said
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it started on {}", data.display()),
    }
}

/// A small file system of its own; it is gone when this is dropped.
struct SmallDisk {
    path: PathBuf,
}

impl SmallDisk {
    /// Mounts it, or says why that cannot be.
    fn mount(path: &Path, mebibytes: u32) -> Result<Self, String> {
        std::fs::create_dir_all(path).unwrap();
        let options = format!("size={mebibytes}m");
        mount(&["-t", "tmpfs", "-o", &options, "tmpfs"], path)?;
        Ok(Self { path: path.to_owned() })
    }

    /// Allows writing, or forbids it.
    fn remount(&self, how: &str) -> Result<(), String> {
        mount(&["-o", &format!("remount,{how}")], &self.path)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A test that failed may still hold files open: lazily, it goes with the last of them.
        let _ = Command::new("umount").arg("--lazy").arg(&self.path).status();
    }
}

fn mount(args: &[&str], path: &Path) -> Result<(), String> {
    let done = Command::new("mount").args(args).arg(path).output();
    match done {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) => Err(String::from_utf8_lossy(&done.stderr).trim().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
