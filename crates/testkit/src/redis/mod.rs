//! Real servers of Redis for tests: one alone, a master with replicas under the eyes of sentinels, a cluster.
//! They listen on the loopback alone, keep what they write in a temporary folder, and end with the process of
//! the tests, also when that is killed.

mod cluster;
mod sentinels;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use ::redis::aio::PubSubStream;
use ::redis::{Client, Cmd, FromRedisValue, RedisError};
use futures_util::StreamExt;
use rustix::process::Signal;
use tokio::sync::OnceCell;

pub use cluster::Cluster;
pub use sentinels::{MASTER, Sentinels};

use crate::PATIENCE;
use crate::postgres::Certificate;
pub use crate::process::End;
use crate::process::{Daemon, Launch, Place, aside};

/// How a server is set up.
#[derive(Clone, Debug, Default)]
pub struct Options {
    settings: Vec<(String, String)>,
    password: Option<String>,
    tls: Option<Certificate>,
    is_of_cluster: bool,
}

impl Options {
    /// A line of `redis.conf`.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Clients must name this password.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self.with("requirepass", password).with("masterauth", password)
    }

    /// It takes connections over TLS alone, with this certificate.
    #[must_use]
    pub fn with_tls(self, certificate: Certificate) -> Self {
        Self { tls: Some(certificate), ..self }
    }

    fn text(&self, port: u16) -> String {
        let mut text = String::from("bind 127.0.0.1\nsave \"\"\n");
        let mut line = |name: &str, value: &str| {
            writeln!(text, "{name} {value}").expect("a text grows");
        };
        let port = port.to_string();
        if self.tls.is_some() {
            line("port", "0");
            line("tls-port", &port);
            for (name, file) in [
                ("tls-cert-file", "server.crt"),
                ("tls-key-file", "server.key"),
                ("tls-ca-cert-file", "server.crt"),
                ("tls-auth-clients", "no"),
            ] {
                line(name, file);
            }
        } else {
            line("port", &port);
        }
        if self.is_of_cluster {
            // Beside it: the port of other nodes would else be one that the system gives to clients.
            let bus = port.parse::<u16>().expect("a port") + 1;
            line("cluster-enabled", "yes");
            line("cluster-port", &bus.to_string());
        }
        self.settings.iter().for_each(|(name, value)| line(name, value));
        text
    }
}

/// A server of Redis. It ends when it is dropped.
pub struct Redis {
    daemon: Arc<Daemon>,
    port: u16,
    options: Options,
}

impl Redis {
    /// The one server that the tests of this process share. A test must not stop or flush it; one that does
    /// takes its own.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<Redis> = OnceCell::const_new();
        SHARED.get_or_init(|| Self::start(Options::default())).await
    }

    /// Starts an empty server.
    ///
    /// # Panics
    /// When Redis is missing, saying what to install, or does not start, with its log.
    pub async fn start(options: Options) -> Self {
        aside(move || {
            let place = Place::new();
            if let Some(certificate) = &options.tls {
                place.write("server.crt", certificate.chain());
                place.write("server.key", certificate.key());
            }
            let launch = Launch {
                program: program("redis-server"),
                args: vec!["redis.conf".to_owned()],
                ready: "Ready to accept connections",
                end: End::Kill,
                swept: None,
            };
            let (daemon, port) = Daemon::start(place, launch, |place, port| {
                place.write("redis.conf", &options.text(port));
            });
            Self { daemon: Arc::new(daemon), port, options }
        })
        .await
    }

    /// Where it is found.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.options.tls.is_some() { "rediss" } else { "redis" };
        let password = self.options.password.as_ref().map(|password| format!(":{password}@"));
        format!("{scheme}://{}127.0.0.1:{}", password.unwrap_or_default(), self.port)
    }

    /// Its port on 127.0.0.1; it stays the same over restarts.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends the server. What it held is lost.
    pub async fn stop(&self, end: End) {
        self.daemon.stop(end).await;
    }

    /// Starts it again after [`Self::stop`].
    ///
    /// # Panics
    /// When it does not start, with its log.
    pub async fn restart(&self) {
        self.daemon.again().await;
    }

    /// Stops it in the middle of whatever it does, until [`Self::go_on`] (SIGSTOP).
    pub fn pause(&self) {
        self.daemon.signal(Signal::STOP);
    }

    /// Goes on after [`Self::pause`].
    pub fn go_on(&self) {
        self.daemon.signal(Signal::CONT);
    }

    /// Asks it something over a connection of its own.
    ///
    /// # Errors
    /// What it or the way to it says.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let client = Client::open(self.url())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        command.query_async(&mut connection).await
    }

    /// The same with the words of a command line.
    ///
    /// # Panics
    /// When it refuses, with its log.
    pub async fn tell<T: FromRedisValue>(&self, line: &str) -> T {
        let said = self.ask(&command(line)).await;
        said.unwrap_or_else(|error| panic!("{line}: {error}\n{}", self.log()))
    }

    /// Throws away all that it holds; false when it does not, as it is a replica or not there.
    pub async fn flush(&self) -> bool {
        self.ask::<()>(&command("FLUSHALL")).await.is_ok()
    }

    /// Listens on all channels whose names fit a pattern.
    ///
    /// # Panics
    /// When it refuses.
    pub async fn listen(&self, patterns: &[&str]) -> Listener {
        let client = Client::open(self.url()).expect("a URL");
        let mut listening = client.get_async_pubsub().await.expect("a connection");
        for pattern in patterns {
            listening.psubscribe(pattern).await.expect("a pattern");
        }
        Listener { messages: listening.into_on_message() }
    }

    /// What it wrote into its log last.
    #[must_use]
    pub fn log(&self) -> String {
        self.daemon.log()
    }
}

/// Hears what is published.
pub struct Listener {
    messages: PubSubStream,
}

impl Listener {
    /// The next message: its channel, and its text.
    ///
    /// # Panics
    /// When none comes.
    pub async fn hear(&mut self) -> (String, String) {
        let message =
            tokio::time::timeout(PATIENCE, self.messages.next()).await.expect("a message in time");
        let message = message.expect("a connection that stays");
        let text = message.get_payload().expect("a text");
        (message.get_channel_name().to_owned(), text)
    }
}

/// A command from its words.
fn command(line: &str) -> Cmd {
    let mut command = Cmd::new();
    line.split_whitespace().for_each(|word| {
        command.arg(word);
    });
    command
}

/// A program of Redis: Debian's, or else the one on the `PATH`.
fn program(name: &str) -> PathBuf {
    let debian = Path::new("/usr/bin").join(name);
    if debian.exists() {
        return debian;
    }
    let found = Command::new(name).arg("--version").output();
    assert!(
        found.is_ok(),
        "this test needs {name}, which is neither in /usr/bin nor on the PATH. Debian, Ubuntu: \
         apt-get install redis-server redis-sentinel (as root); `make test` does that by itself where it may"
    );
    PathBuf::from(name)
}
