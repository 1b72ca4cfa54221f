//! Real servers for tests: PostgreSQL, its replicas, PgBouncer. They listen on the loopback alone,
//! keep what they write in a temporary folder, and end with the process of the tests, also when
//! that is killed.
//!
//! ```ignore
//! let database = Postgres::shared().await.database().await;
//! let client = connect(&database.url()).await.unwrap();
//! ```

mod authority;
mod bouncer;
mod database;
mod kills;
mod later;
mod programs;
mod public;
mod replica;

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};

pub use authority::{Authority, Certificate};
pub use bouncer::PgBouncer;
pub use database::{Database, connect};
pub use later::later;

use programs::Programs;

pub use crate::process::End;
use crate::process::{Daemon, Launch, Place, aside};

/// Who may come in where clients have certificates.
const CERTIFIED: &str = "local all all trust\nhostssl all all 127.0.0.1/32 cert\n\
                         hostnossl all all 127.0.0.1/32 scram-sha-256\n";

/// How a server is set up.
#[derive(Clone, Debug, Default)]
pub struct Options {
    settings: Vec<(String, String)>,
    fast: bool,
    tls: Option<Certificate>,
    clients: Option<String>,
}

impl Options {
    /// What is committed is on the disk, as in earnest: for tests that kill the server.
    #[must_use]
    pub fn durable() -> Self {
        Self::default()
    }

    /// Nothing waits for the disk: for tests that end with the server.
    #[must_use]
    pub fn fast() -> Self {
        let fast = Self { fast: true, ..Self::default() };
        fast.with("fsync", "off").with("full_page_writes", "off")
    }

    /// A line of `postgresql.conf`. `ALTER SYSTEM` may change it later.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// It takes connections over TLS, too, with this certificate.
    #[must_use]
    pub fn with_tls(self, certificate: Certificate) -> Self {
        Self { tls: Some(certificate), ..self }.with("ssl", "on")
    }

    /// Over TLS, a client must have a certificate of somebody's, which names the user: no password
    /// will do. Without TLS, passwords do.
    #[must_use]
    pub fn with_clients_of(self, authority: &Authority) -> Self {
        let roots = std::fs::read_to_string(authority.file()).expect("the authority's certificate");
        Self { clients: Some(roots), ..self }.with("ssl_ca_file", "clients.pem")
    }

    /// What the tools that write whole data folders are told.
    fn sync(&self) -> Option<String> {
        self.fast.then(|| "--no-sync".to_owned())
    }
}

/// A server of PostgreSQL. It ends when it is dropped; then all of its processes are gone, and its
/// data.
pub struct Postgres {
    daemon: Arc<Daemon>,
    options: Options,
    address: Address,
    /// The templates that have been filled.
    templates: Mutex<HashSet<String>>,
}

/// Where a server listens, and who may come in.
#[derive(Clone)]
struct Address {
    port: u16,
    password: String,
}

impl Address {
    fn url(&self, database: &str) -> String {
        let Self { port, password } = self;
        format!("postgres://postgres:{password}@127.0.0.1:{port}/{database}")
    }
}

impl Postgres {
    /// The one server that the tests of this process share: a fast one. A test must not stop it;
    /// one that does takes its own.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<Postgres> = OnceCell::const_new();
        SHARED.get_or_init(|| Self::start(Options::fast())).await
    }

    /// Starts a server with an empty data folder. As root it runs as the user `postgres`.
    ///
    /// # Panics
    /// When PostgreSQL is missing, saying what to install, or does not start, with its log.
    pub async fn start(options: Options) -> Self {
        aside(move || {
            let programs = Programs::find();
            let place = Place::new();
            let mut password = [0; 16];
            getrandom::fill(&mut password).expect("random numbers");
            let password = format!("{:032x}", u128::from_be_bytes(password));
            place.write("password", &password);
            let args = "--pgdata=data --username=postgres --pwfile=password --auth=scram-sha-256 \
                        --encoding=UTF8 --locale=C";
            let args = args.split_whitespace().map(str::to_owned).chain(options.sync());
            place.run(&programs.initdb, &args.collect::<Vec<_>>());
            if let Some(Certificate { chain, key }) = &options.tls {
                place.write("data/server.crt", chain);
                place.write("data/server.key", key);
            }
            if let Some(roots) = &options.clients {
                place.write("data/clients.pem", roots);
                place.write("data/pg_hba.conf", CERTIFIED);
            }
            Self::run(place, programs, options, password)
        })
        .await
    }

    /// Starts the server of a data folder.
    fn run(place: Place, programs: Programs, options: Options, password: String) -> Self {
        let data = place.path().join("data");
        let launch = Launch {
            program: programs.postgres,
            args: vec!["-D".to_owned(), data.display().to_string()],
            ready: "database system is ready to accept",
            end: End::Immediate,
            // Shared memory, before it recovers.
            swept: Some("database system was"),
        };
        let (daemon, port) = Daemon::start(place, launch, |place, port| {
            let sockets = place.path().display().to_string();
            let own = [
                ("listen_addresses", "127.0.0.1"),
                ("port", &port.to_string()),
                ("unix_socket_directories", &sockets),
                ("max_connections", "200"),
                // A replica that stays away must not fill the disk.
                ("max_slot_wal_keep_size", "1GB"),
                // One whose primary was away looks for it again soon.
                ("wal_retrieve_retry_interval", "100ms"),
            ];
            let asked = options.settings.iter().map(|(name, value)| (&**name, &**value));
            let lines =
                own.into_iter().chain(asked).fold(String::new(), |mut text, (name, value)| {
                    let value = value.replace('\'', "''");
                    writeln!(text, "{name} = '{value}'").expect("a text grows");
                    text
                });
            place.append("data/postgresql.conf", &lines);
        });
        let address = Address { port, password };
        Self { daemon: Arc::new(daemon), options, address, templates: Mutex::default() }
    }

    /// Where a database of this server is found.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.address.url(database)
    }

    /// Its port on 127.0.0.1; it stays the same over restarts.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port
    }

    /// Ends the server and keeps its data. Returns when all of its processes are gone.
    pub async fn stop(&self, end: End) {
        self.daemon.stop(end).await;
    }

    /// Starts it again after [`Self::stop`]. Returns when it takes calls.
    ///
    /// # Panics
    /// When it does not start, with its log.
    pub async fn restart(&self) {
        self.daemon.again().await;
    }

    /// Changes a setting of the running server (`ALTER SYSTEM`), as far as that needs no restart.
    ///
    /// # Panics
    /// When the server does not take it.
    pub async fn set(&self, name: &str, value: &str) {
        let value = value.replace('\'', "''");
        self.execute(&format!("ALTER SYSTEM SET {name} = '{value}'")).await;
        self.execute("SELECT pg_reload_conf()").await;
    }

    /// What it wrote into its log last.
    #[must_use]
    pub fn log(&self) -> String {
        self.daemon.log()
    }

    /// Runs a statement as the superuser.
    async fn execute(&self, statement: &str) {
        let client = connect(&self.url("postgres")).await;
        let client = client.unwrap_or_else(|error| panic!("{error:?}\n{}", self.log()));
        let done = client.batch_execute(statement).await;
        done.unwrap_or_else(|error| panic!("{statement}: {error:?}\n{}", self.log()));
    }
}
