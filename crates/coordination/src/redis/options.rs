//! Where Redis is, and how long it may take.

use std::time::Duration;

use redis::{ClientTlsConfig, ConnectionInfo, IntoConnectionInfo, TlsCertificates};

/// One server, a cluster, or what sentinels watch.
#[derive(Clone)]
pub enum Servers {
    /// One server.
    One(ConnectionInfo),
    /// A cluster, known by some of its nodes.
    Cluster(Vec<ConnectionInfo>),
    /// The master that sentinels know by a name.
    Sentinels {
        /// The sentinels.
        sentinels: Vec<ConnectionInfo>,
        /// The name.
        master: String,
        /// User, password and database of the master itself.
        of_master: ConnectionInfo,
    },
}

/// How Redis is reached.
#[derive(Clone)]
pub struct RedisOptions {
    /// By what name data are placed there, of several; empty if it is the only one.
    pub name: String,
    /// Where it is.
    pub servers: Servers,
    /// How long it may take to connect.
    pub connect: Duration,
    /// How long an answer may take.
    pub answer: Duration,
    /// Those who sign its certificates, in PEM; those of the system if there is nothing.
    pub authority: Option<Vec<u8>>,
    /// Whether replicas of a cluster answer what may be a moment old.
    pub replicas: bool,
}

impl RedisOptions {
    /// How these servers are reached if nothing else is said.
    #[must_use]
    pub fn new(servers: Servers) -> Self {
        let (connect, answer) = (Duration::from_secs(2), Duration::from_millis(500));
        Self { name: String::new(), servers, connect, answer, authority: None, replicas: false }
    }

    pub(super) fn certificates(&self) -> Option<TlsCertificates> {
        let root_cert = Some(self.authority.clone()?);
        Some(TlsCertificates { client_tls: None::<ClientTlsConfig>, root_cert })
    }
}

/// The server of a URL: `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`, `rediss://` over TLS, or
/// `unix:PATH`.
///
/// # Errors
/// What is wrong with it, without its password.
pub fn server(url: &str) -> Result<ConnectionInfo, String> {
    let form = "expected redis://HOST:PORT, rediss://HOST:PORT (over TLS) or unix:PATH, with \
                USER:PASSWORD@ before the host where that is needed";
    url.into_connection_info().map_err(|_| form.to_owned())
}

/// The same server with a user and a password, as far as its URL names none.
#[must_use]
pub fn signed_in(server: ConnectionInfo, user: &str, password: &str) -> ConnectionInfo {
    let mut settings = server.redis_settings().clone();
    if settings.password().is_none() {
        if !user.is_empty() {
            settings = settings.set_username(user);
        }
        if !password.is_empty() {
            settings = settings.set_password(password);
        }
    }
    server.set_redis_settings(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_url_is_told_without_its_password() {
        assert!(server("redis://user:word@cache:6380/2").is_ok());
        assert!(server("rediss://cache").is_ok());
        assert!(server("unix:/run/redis.sock").is_ok());
        for bad in ["", "cache:6379", "http://cache", "redis://:secret@cache:x"] {
            let error = server(bad).map(drop).unwrap_err();
            assert!(error.starts_with("expected redis://") && !error.contains("secret"), "{error}");
        }
    }
}
