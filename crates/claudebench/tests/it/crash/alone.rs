//! One server over its data directory, which is killed again and again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use claudebench::bench::load::http::Target;
use claudebench::bench::peer::{Server, free_port};
use claudebench::bench::workload::{Recipe, Workload};

use super::arena::{below, chance, pass};
use super::{House, Schedule};

const PROGRAM: &str = env!("CARGO_BIN_EXE_claudebench");

/// The server.
pub(super) struct Alone {
    data: PathBuf,
    port: u16,
    server: Option<Server>,
    /// Before it had become ready.
    at_start: u64,
    /// It was stopped in order instead.
    stopped: u64,
    kills: u64,
    ready: Vec<Duration>,
}

impl Alone {
    pub(super) async fn new(dir: &Path) -> Self {
        let data = dir.join("data");
        let port = free_port(u64::from(std::process::id())).unwrap();
        let server = Some(Server::start(Path::new(PROGRAM), &data, port).await.unwrap());
        Self { data, port, server, at_start: 0, stopped: 0, kills: 0, ready: Vec::new() }
    }

    async fn start(&self) -> Server {
        Server::start(Path::new(PROGRAM), &self.data, self.port).await.unwrap()
    }
}

impl House for Alone {
    fn targets(&self) -> Vec<Target> {
        self.server.iter().map(Server::target).collect()
    }

    /// Kills the server again and again, and starts it again.
    async fn faults(&mut self, schedule: &Schedule) {
        let mut random = Workload::new(Recipe { seed: schedule.seed, mixed: true }, 998);
        while self.kills < schedule.kills {
            pass(below(&mut random, schedule.life_ms)).await;
            let mut server = self.server.take().unwrap();
            if chance(&mut random, 10) {
                self.stopped += 1;
                assert!(server.stop().await.unwrap().success(), "it did not stop in order");
            } else {
                self.kills += 1;
                server.kill().unwrap();
            }
            // Some die again before they are ready.
            while self.kills < schedule.kills && chance(&mut random, 15) {
                let life = Duration::from_millis(below(&mut random, 25));
                // Giving up on the start kills it.
                match tokio::time::timeout(life, self.start()).await {
                    Ok(ready) => drop(ready),
                    Err(_) => self.at_start += 1,
                }
                self.kills += 1;
            }
            let server = self.start().await;
            self.ready.push(server.ready_after());
            self.server = Some(server);
        }
    }

    async fn restart(&mut self) {
        self.server.take().unwrap().kill().unwrap();
        self.server = Some(self.start().await);
    }

    fn logs(&self) -> Vec<PathBuf> {
        vec![self.data.with_extension("log")]
    }

    fn kills(&self) -> u64 {
        self.kills
    }

    /// As many calls are cut off as that, at the least.
    fn cut_off(&self) -> u64 {
        self.kills
    }

    fn told(&self) -> String {
        format!(
            "{} kills ({} while starting), {} stops in order, ready again after {} ms at most",
            self.kills,
            self.at_start,
            self.stopped,
            self.ready.iter().max().unwrap().as_millis()
        )
    }
}
