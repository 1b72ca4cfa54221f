//! Where a server is: a URL over TCP, or a socket in the file system.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use hyper::http::Uri;

/// The port of a URL without a scheme.
const PORT: u16 = 3000;

/// Where a server is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Address {
    /// A host and a port.
    Tcp {
        /// A name or an address, without brackets.
        host: String,
        /// The port.
        port: u16,
        /// What stands before every path: empty, or `/` and more.
        prefix: String,
    },
    /// A Unix socket.
    Unix(PathBuf),
}

/// Why a text is no address.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AddressError {
    /// The program speaks plain HTTP.
    #[error(
        "`{0}` asks for TLS, which a proxy in front of the server ends: give its plain address, \
         such as http://127.0.0.1:3000, or reach the server through a tunnel (ssh -L)"
    )]
    Tls(String),
    /// It names who calls.
    #[error(
        "the address holds a name or a password, which the server does not take: give an API key \
         in CLAUDEBENCH_API_KEY or --key-file"
    )]
    Password,
    /// Something else.
    #[error("`{0}` is no address: expected http://HOST:PORT or unix:PATH")]
    Malformed(String),
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let malformed = || AddressError::Malformed(text.to_owned());
        if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() { Err(malformed()) } else { Ok(Self::Unix(path.into())) };
        }
        // What follows repeats the text, which must not show a password.
        if text.contains('@') {
            return Err(AddressError::Password);
        }
        if text.starts_with("https://") || text.starts_with("wss://") {
            return Err(AddressError::Tls(text.to_owned()));
        }
        let (rest, default) = match text.strip_prefix("http://") {
            Some(rest) => (rest, 80),
            None => (text, PORT),
        };
        if rest.contains("://") {
            return Err(malformed());
        }
        let uri: Uri = format!("http://{rest}").parse().map_err(|_| malformed())?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(malformed)?;
        let port = uri.port_u16();
        let bad_port = port.is_none() && uri.authority().is_some_and(|all| all.as_str() != host);
        if uri.query().is_some() || bad_port {
            return Err(malformed());
        }
        Ok(Self::Tcp {
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: port.unwrap_or(default),
            prefix: uri.path().trim_end_matches('/').to_owned(),
        })
    }
}

/// A URL without the password that it may hold.
#[must_use]
pub fn without_password(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    let end = rest.find('/').unwrap_or(rest.len());
    match rest[..end].rfind('@').map(|at| (rest[..at].split_once(':'), &rest[at..])) {
        Some((Some((user, _)), host)) => format!("{scheme}{user}:***{host}"),
        _ => text.to_owned(),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { prefix, .. } => write!(f, "http://{}{prefix}", self.authority()),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl Address {
    /// What stands in the header `Host`.
    #[must_use]
    pub fn authority(&self) -> String {
        match self {
            Self::Tcp { host, port, .. } if host.contains(':') => format!("[{host}]:{port}"),
            Self::Tcp { host, port, .. } => format!("{host}:{port}"),
            Self::Unix(_) => "localhost".into(),
        }
    }

    /// What stands before every path.
    #[must_use]
    pub fn prefix(&self) -> &str {
        match self {
            Self::Tcp { prefix, .. } => prefix,
            Self::Unix(_) => "",
        }
    }

    /// The socket's path, if it is one.
    #[must_use]
    pub fn socket(&self) -> Option<&Path> {
        match self {
            Self::Tcp { .. } => None,
            Self::Unix(path) => Some(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written() {
        for (text, seen) in [
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
            ("http://bench.example", "http://bench.example:80"),
            ("bench:4000", "http://bench:4000"),
            ("localhost", "http://localhost:3000"),
            ("http://[::1]:3000/bench/", "http://[::1]:3000/bench"),
            ("unix:/run/claudebench.sock", "unix:/run/claudebench.sock"),
            ("unix:///run/claudebench.sock", "unix:/run/claudebench.sock"),
            ("unix:here.sock", "unix:here.sock"),
        ] {
            assert_eq!(text.parse::<Address>().map(|a| a.to_string()), Ok(seen.into()), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_reason() {
        for text in ["", "unix:", "ftp://x", "http://", "http://a b", "h:99999"] {
            let error = text.parse::<Address>().unwrap_err();
            assert_eq!(error, AddressError::Malformed(text.into()), "{text}");
        }
        let error = "https://bench.example".parse::<Address>().unwrap_err();
        assert!(error.to_string().contains("a proxy in front"), "{error}");
    }

    #[test]
    fn passwords_are_hidden() {
        for (text, seen) in [
            ("redis://:secret@cache:6379/0", "redis://:***@cache:6379/0"),
            ("postgres://ada:p@ss@db/bench", "postgres://ada:***@db/bench"),
            ("postgres://ada@db/bench", "postgres://ada@db/bench"),
            ("ada:secret@bench:3000", "ada:***@bench:3000"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("claudebench-data", "claudebench-data"),
        ] {
            assert_eq!(without_password(text), seen);
        }
        for text in ["http://ada:hunter2@h", "https://ada:hunter/2@h", "ada:hunter2@h", "ftp://a@h"]
        {
            assert_eq!(text.parse::<Address>(), Err(AddressError::Password), "{text}");
        }
    }
}
