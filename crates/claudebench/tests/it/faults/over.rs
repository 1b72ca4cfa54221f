//! A server over a database, in this process.

use std::time::{Duration, Instant};

use claudebench::bench::load::http::{Connection, Target};
use claudebench::config::Config;
use claudebench::start::{Running, start};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::ask;

/// What must come comes within this.
const PATIENCE: Duration = Duration::from_secs(15);

/// A server over a database.
pub(super) struct Over {
    pub(super) target: Target,
    running: Running,
    _data: TempDir,
}

impl Over {
    pub(super) async fn start(url: &str) -> Self {
        let data = TempDir::new().unwrap();
        let text = |text: &str| toml::Value::String(text.into());
        let flags = vec![
            ("listen", toml::Value::Array(vec![text("127.0.0.1:0")])),
            ("data", text(data.path().join("unused").to_str().unwrap())),
            ("store.connect_ms", toml::Value::Integer(1_000)),
            ("store.statement_ms", toml::Value::Integer(5_000)),
        ];
        let variables = vec![("CLAUDEBENCH_STORE_URL".to_owned(), url.to_owned())];
        let config = Config::from_layers(None, variables, flags).unwrap().config;
        let running = start(config).await.unwrap();
        Self { target: Target::local(running.addresses[0]), running, _data: data }
    }

    /// Whether it takes work, and what it says.
    pub(super) async fn ready(&self) -> (u16, String) {
        let mut connection = Connection::open(&self.target).await.unwrap();
        let (status, body) = connection.get("/readyz").await.unwrap();
        (status, String::from_utf8_lossy(body).into_owned())
    }

    /// Waits until it says that it takes no work, and why.
    pub(super) async fn says(&self, why: &str) {
        soon(&format!("it says `{why}`"), async || {
            let (status, body) = self.ready().await;
            status == 503 && body.contains(why)
        })
        .await;
    }

    /// Waits until it takes work, with nobody who asks it to do any.
    pub(super) async fn recovers(&self) {
        soon("it takes work", async || self.ready().await.0 == 200).await;
    }

    pub(super) async fn create(&self, text: &str) -> Result<String, Value> {
        let made = ask(&self.target, "task.create", json!({"text": text})).await?;
        Ok(made["id"].as_str().unwrap().to_owned())
    }

    pub(super) async fn stop(self) {
        self.running.stop().await;
    }
}

/// Waits until something holds.
pub(super) async fn soon(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < end, "still not: {what}");
        tokio::task::yield_now().await;
    }
}
