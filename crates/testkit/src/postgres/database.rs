//! A database for each test.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_postgres::{Client, Error, NoTls};

use super::{Address, Postgres};
use crate::until;

/// How long dropping a database may take; a server that is stopped never answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client of a database; the connection is served by a task of its own.
///
/// # Errors
/// What the server says.
pub async fn connect(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // When it breaks, the client says so.
    tokio::spawn(connection);
    Ok(client)
}

/// A database of a test. It goes with the value, whoever is still connected.
pub struct Database {
    address: Address,
    name: String,
}

impl Database {
    /// Its name at the server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is found.
    #[must_use]
    pub fn url(&self) -> String {
        self.address.url(&self.name)
    }

    /// Ends all connections to it where they stand. Returns when they are gone.
    ///
    /// # Panics
    /// When the server does not do it.
    pub async fn cut_off(&self) {
        let client = connect(&self.address.url("postgres")).await.expect("a server that runs");
        let name = &self.name;
        let cut = format!(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"
        );
        client.batch_execute(&cut).await.expect("the superuser may end connections");
    }

    /// Whoever writes to a table waits from here on, until what this answers is dropped.
    pub async fn hold_up(&self, table: &str) -> Client {
        let client = connect(&self.url()).await.expect("a server that runs");
        let hold = format!("BEGIN; LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE");
        client.batch_execute(&hold).await.expect("nobody else holds it");
        client
    }

    /// Takes a table away: whoever needs it fails, until it is put back under its name.
    ///
    /// # Panics
    /// When there is none.
    pub async fn rename(&self, table: &str, name: &str) {
        let client = connect(&self.url()).await.expect("a server that runs");
        let rename = format!("ALTER TABLE {table} RENAME TO {name}");
        client.batch_execute(&rename).await.expect("it is there");
    }

    /// Waits until somebody waits for what another one holds.
    pub async fn until_held_up(&self) {
        let client = connect(&self.address.url("postgres")).await.expect("a server that runs");
        let waiting =
            "SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'";
        until("somebody is held up", async || {
            !client.query(waiting, &[&self.name]).await.expect("it may be asked").is_empty()
        })
        .await;
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (url, name) = (self.address.url("postgres"), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let drop = async {
                    let client = connect(&url).await.ok()?;
                    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                    client.batch_execute(&drop).await.ok()
                };
                // The server may be gone, and the database with it.
                let _ = tokio::time::timeout(PATIENCE, drop).await;
            });
            Ok::<(), std::io::Error>(())
        });
        // Nothing depends on it.
        let _ = dropping.join();
    }
}

impl Postgres {
    /// An empty database whose files lie in an empty folder, which the server gets.
    ///
    /// # Panics
    /// When the server cannot have it.
    pub async fn database_in(&self, folder: &Path) -> Database {
        self.daemon.place.give(folder);
        let folder = folder.display();
        self.execute(&format!("CREATE TABLESPACE apart LOCATION '{folder}'")).await;
        self.execute("CREATE DATABASE apart TABLESPACE apart").await;
        Database { address: self.address.clone(), name: "apart".to_owned() }
    }

    /// Lets somebody in, as a superuser, with this password from now on.
    ///
    /// # Panics
    /// When the server does not do it.
    pub async fn admit(&self, name: &str, password: &str) {
        let make = format!(
            "DO $$BEGIN CREATE ROLE {name} SUPERUSER LOGIN; EXCEPTION \
             WHEN duplicate_object THEN NULL; END$$"
        );
        self.execute(&make).await;
        self.execute(&format!("ALTER ROLE {name} PASSWORD '{password}'")).await;
    }

    /// An empty database.
    ///
    /// # Panics
    /// When the server does not make one.
    pub async fn database(&self) -> Database {
        self.copy("template1").await
    }

    /// A copy of a template, which is cheap. The first call makes the template: `fill` gets its URL.
    ///
    /// # Panics
    /// When the server does not make one.
    pub async fn database_like(&self, template: &str, fill: impl AsyncFnOnce(String)) -> Database {
        let mut filled = self.templates.lock().await;
        if !filled.contains(template) {
            // One that was not filled to the end may have been left.
            self.execute(&format!("DROP DATABASE IF EXISTS {template} WITH (FORCE)")).await;
            self.execute(&format!("CREATE DATABASE {template}")).await;
            fill(self.url(template)).await;
            // It can only be copied while nobody is connected to it.
            self.execute(&format!("ALTER DATABASE {template} ALLOW_CONNECTIONS false")).await;
            self.execute(&format!(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
                 WHERE datname = '{template}'"
            ))
            .await;
            filled.insert(template.to_owned());
        }
        drop(filled);
        self.copy(template).await
    }

    async fn copy(&self, template: &str) -> Database {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        self.execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Database { address: self.address.clone(), name }
    }
}
