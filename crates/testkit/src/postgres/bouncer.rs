//! PgBouncer in front of a server.

use std::sync::Arc;

use super::{Address, End, Postgres, programs};
use crate::process::{Daemon, Launch, Place, aside};

/// PgBouncer in transaction mode: each transaction may run on another connection to the server. It
/// serves all databases of the server, and ends when it is dropped.
pub struct PgBouncer {
    daemon: Arc<Daemon>,
    address: Address,
}

impl PgBouncer {
    /// Starts one, with at most `connections` to each database.
    ///
    /// # Panics
    /// When PgBouncer is missing, saying what to install, or does not start, with its log.
    pub async fn before(server: &Postgres, connections: u16) -> Self {
        let sockets = server.daemon.place.path().display().to_string();
        let Address { port: behind, password } = server.address.clone();
        aside(move || {
            let launch = Launch {
                program: programs::pgbouncer(),
                args: vec!["pgbouncer.ini".to_owned()],
                ready: "process up: PgBouncer",
                end: End::Kill,
                swept: None,
            };
            let place = Place::new();
            place.write("users", &format!("\"postgres\" \"{password}\"\n"));
            let (daemon, port) = Daemon::start(place, launch, |place, port| {
                place.write(
                    "pgbouncer.ini",
                    &format!(
                        "[databases]\n\
                         * = host={sockets} port={behind}\n\
                         [pgbouncer]\n\
                         listen_addr = 127.0.0.1\n\
                         listen_port = {port}\n\
                         unix_socket_dir =\n\
                         auth_type = scram-sha-256\n\
                         auth_file = users\n\
                         admin_users = postgres\n\
                         pool_mode = transaction\n\
                         default_pool_size = {connections}\n\
                         max_client_conn = 500\n"
                    ),
                );
            });
            Self { daemon: Arc::new(daemon), address: Address { port, password } }
        })
        .await
    }

    /// Where a database is found through it; `pgbouncer` is its own, for its commands.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.address.url(database)
    }

    /// Ends it, and with it the connections of its clients.
    pub async fn stop(&self) {
        self.daemon.stop(End::Kill).await;
    }

    /// Starts it again after [`Self::stop`], on the same port.
    ///
    /// # Panics
    /// When it does not start, with its log.
    pub async fn restart(&self) {
        self.daemon.again().await;
    }
}
