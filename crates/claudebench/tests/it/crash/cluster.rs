//! Three servers over one database with a synchronous standby. Servers are killed, what serves their
//! connections, and the primary itself, in whose place the standby is promoted; and the network
//! between them goes wrong.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use claudebench::bench::load::http::{Connection, Target};
use claudebench::bench::peer::{Server, free_port};
use claudebench::bench::workload::{Recipe, Workload};
use claudebench_testkit::postgres::{End, Options, Postgres};
use claudebench_testkit::proxy::{Fault, Proxy};

use super::arena::{below, chance, pass};
use super::{House, Schedule};

pub(super) const SERVERS: usize = 3;
/// The name by which the database knows the connections of a server.
const PROGRAM: &str = "claudebench";

/// What was done.
#[derive(Default)]
struct Counts {
    servers: u64,
    backends: u64,
    /// All of a primary's processes ended at once, and it recovered.
    recovered: u64,
    promoted: u64,
    networks: u64,
    /// How long it took from a promotion until a server took work again.
    followed: Vec<Duration>,
}

/// Settings of a server, as variables.
pub(super) type Settings = Vec<(&'static str, String)>;

/// The servers and the database.
pub(super) struct Cluster {
    dir: PathBuf,
    ports: Vec<u16>,
    servers: Vec<Server>,
    /// What each of them is told besides.
    settings: Vec<Settings>,
    url: String,
    /// The ways to the hosts, which stay; whoever is behind them changes.
    ways: Vec<Proxy>,
    /// Which of them leads to the primary.
    first: usize,
    primary: Postgres,
    standby: Option<Postgres>,
    counts: Counts,
}

impl Cluster {
    pub(super) async fn new(dir: &Path, settings: Vec<Settings>) -> Self {
        let primary = Postgres::start(Options::durable()).await;
        let standby = primary.replica().await;
        primary.synchronous().await;
        // So it is when it is promoted, and with all that are copied from it.
        standby.set("synchronous_standby_names", "*").await;
        Self::over(dir, settings, primary, Some(standby)).await
    }

    /// The same over one database that nothing happens to.
    pub(super) async fn calm(dir: &Path, settings: Vec<Settings>) -> Self {
        Self::over(dir, settings, Postgres::start(Options::fast()).await, None).await
    }

    async fn over(
        dir: &Path,
        settings: Vec<Settings>,
        primary: Postgres,
        standby: Option<Postgres>,
    ) -> Self {
        let mut ways = Vec::new();
        for host in [Some(&primary), standby.as_ref()].into_iter().flatten() {
            ways.push(Proxy::before(host.port()).await);
        }
        let hosts: Vec<_> = ways.iter().map(|way| format!("127.0.0.1:{}", way.port())).collect();
        let own = format!("127.0.0.1:{}", primary.port());
        let url = primary.url("postgres").replace(&own, &hosts.join(","));
        let mut new = Self {
            dir: dir.to_owned(),
            ports: Vec::new(),
            servers: Vec::new(),
            settings,
            url,
            ways,
            first: 0,
            primary,
            standby,
            counts: Counts::default(),
        };
        for number in 0..SERVERS {
            let seed = u64::from(std::process::id()) * 31 + 7_000 * (1 + number as u64);
            new.ports.push(free_port(seed).unwrap());
            let server = new.start(number).await;
            new.servers.push(server);
        }
        new
    }

    async fn start(&self, number: usize) -> Server {
        let data = self.dir.join(format!("server-{number}"));
        let mut settings = vec![
            ("CLAUDEBENCH_STORE_URL", &*self.url),
            ("CLAUDEBENCH_STORE_CONNECTIONS", "12"),
            ("CLAUDEBENCH_STORE_STATEMENT_MS", "5000"),
        ];
        let own = self.settings.get(number).into_iter().flatten();
        settings.extend(own.map(|(name, value)| (*name, &**value)));
        let program = Path::new(env!("CARGO_BIN_EXE_claudebench"));
        Server::start_with(program, &data, self.ports[number], &settings).await.unwrap()
    }

    pub(super) async fn kill_server(&mut self, random: &mut Workload) {
        let mut number = usize::try_from(below(random, SERVERS as u64)).unwrap();
        // Some die together.
        for _ in 0..1 + u64::from(chance(random, 20)) {
            self.servers[number].kill().unwrap();
            self.counts.servers += 1;
            number = (number + 1) % SERVERS;
        }
        for number in 0..SERVERS {
            if self.servers[number].has_ended() {
                self.servers[number] = self.start(number).await;
            }
        }
    }

    /// The standby takes the place of the primary, which is killed; then it gets a standby of its own.
    pub(super) async fn promote(&mut self, random: &mut Workload) {
        self.primary.has_synchronous_standby().await;
        self.primary.stop(End::Immediate).await;
        pass(below(random, 500)).await;
        let promoted = self.standby.take().unwrap();
        promoted.promote().await;
        let began = Instant::now();
        self.primary = promoted;
        self.counts.promoted += 1;
        let standby = self.primary.replica().await;
        // The host of the one that was killed comes back with the new standby.
        self.ways[self.first].lead_to(standby.port());
        self.first = 1 - self.first;
        self.primary.has_synchronous_standby().await;
        self.standby = Some(standby);
        while !self.is_ready(0).await {
            assert!(began.elapsed() < Duration::from_secs(30), "a promotion is not followed");
            pass(10).await;
        }
        self.counts.followed.push(began.elapsed());
    }

    pub(super) async fn end_backend(&mut self, draw: u32) {
        let ended = self.primary.end_backend(PROGRAM, draw).await;
        self.counts.backends += u64::from(ended);
    }

    /// All others end with it, and the primary recovers.
    pub(super) async fn kill_backend(&mut self, draw: u32) {
        let killed = self.primary.kill_backend(PROGRAM, draw).await;
        self.counts.recovered += u64::from(killed);
    }

    /// Waits until writes have a standby to wait for again, if there is to be one.
    pub(super) async fn is_whole(&self) {
        if self.standby.is_some() {
            self.primary.has_synchronous_standby().await;
        }
    }

    async fn is_ready(&self, number: usize) -> bool {
        match Connection::open(&self.servers[number].target()).await {
            Ok(mut connection) => matches!(connection.get("/readyz").await, Ok((200, _))),
            Err(_) => false,
        }
    }

    /// The way to the primary goes wrong for a while.
    pub(super) async fn network(&mut self, random: &mut Workload) {
        let fault = match below(random, 5) {
            0 => Fault::BlackHole,
            1 => Fault::Mute,
            2 => Fault::Deaf,
            3 => Fault::Delay(Duration::from_millis(60)),
            _ => Fault::Reset,
        };
        self.ways[self.first].set(fault);
        pass(200 + below(random, 3_000)).await;
        self.ways[self.first].set(Fault::None);
        self.counts.networks += 1;
    }
}

impl House for Cluster {
    fn targets(&self) -> Vec<Target> {
        self.servers.iter().map(Server::target).collect()
    }

    async fn faults(&mut self, schedule: &Schedule) {
        let mut random = Workload::new(Recipe { seed: schedule.seed, mixed: true }, 998);
        // However the numbers fall, the standby is promoted.
        let surely = schedule.kills / 2;
        while self.kills() < schedule.kills {
            pass(below(&mut random, schedule.life_ms)).await;
            let draw = u32::try_from(below(&mut random, 1 << 30)).unwrap();
            match below(&mut random, 100) {
                _ if self.kills() >= surely && self.counts.promoted == 0 => {
                    self.promote(&mut random).await;
                }
                0..45 => self.kill_server(&mut random).await,
                45..70 => self.end_backend(draw).await,
                70..78 => self.kill_backend(draw).await,
                78..88 => self.network(&mut random).await,
                _ => self.promote(&mut random).await,
            }
        }
        self.is_whole().await;
    }

    async fn restart(&mut self) {
        for number in 0..SERVERS {
            self.servers[number].kill().unwrap();
            self.servers[number] = self.start(number).await;
        }
    }

    fn logs(&self) -> Vec<PathBuf> {
        (0..SERVERS).map(|number| self.dir.join(format!("server-{number}.log"))).collect()
    }

    fn kills(&self) -> u64 {
        let Counts { servers, backends, recovered, promoted, .. } = &self.counts;
        servers + backends + recovered + promoted
    }

    fn cut_off(&self) -> u64 {
        self.counts.servers
    }

    fn told(&self) -> String {
        let Counts { servers, backends, recovered, promoted, networks, followed } = &self.counts;
        format!(
            "{} kills ({servers} of servers, {backends} of backends, {recovered} of all backends, \
             {promoted} of the primary), {networks} faults of the network, work again {} ms after a \
             promotion at most",
            self.kills(),
            followed.iter().max().map_or(0, Duration::as_millis)
        )
    }
}
