//! The URL of a database, as libpq reads it: what the driver knows of it, and what TLS is to do.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use super::errors::OpenError;

/// The URL of a database. It may hold a password, so it is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl<T: Into<String>> From<T> for DatabaseUrl {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(..)")
    }
}

/// What `sslmode` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Mode {
    /// No TLS.
    Disable,
    /// TLS where the server has it; it need not say who it is.
    #[default]
    Prefer,
    /// TLS; the server need not say who it is, unless roots are named.
    Require,
    /// TLS, with a certificate from somebody who is trusted.
    VerifyCa,
    /// The same, and the certificate is for the host that is named.
    VerifyFull,
}

/// Who is trusted to sign certificates (`sslrootcert`).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) enum Roots {
    /// Nobody is named: whom this machine trusts, where one must be.
    #[default]
    Unnamed,
    /// Whom this machine trusts.
    System,
    /// Those in a file.
    File(PathBuf),
}

/// By what we prove who we are (`sslcert`, `sslkey`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Identity {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// What TLS is to do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Security {
    pub(super) mode: Mode,
    pub(super) roots: Roots,
    pub(super) identity: Option<Identity>,
}

impl Security {
    /// As libpq has it: whoever names roots wants them looked at.
    fn settled(mut self) -> Self {
        match (self.mode, &self.roots) {
            (Mode::Require, Roots::File(_)) => self.mode = Mode::VerifyCa,
            (Mode::Prefer | Mode::Require, Roots::System) => self.mode = Mode::VerifyFull,
            _ => {}
        }
        self
    }
}

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

impl DatabaseUrl {
    /// Reads it; touches neither files nor the network.
    pub(super) fn parse(&self) -> Result<(Config, Security), OpenError> {
        let rest = SCHEMES.iter().find_map(|scheme| self.0.strip_prefix(scheme));
        let rest = rest.ok_or_else(|| {
            bad("expected postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=..")
        })?;
        // A password may hold a question mark.
        let from = rest.find('@').unwrap_or(0);
        let end = rest[from..].find('?').map_or(rest.len(), |at| from + at);
        let query = rest[end..].trim_start_matches('?');
        let mut security = Security::default();
        let (mut others, mut certificate, mut key) = (Vec::new(), None, None);
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some(("sslmode", value)) => security.mode = mode(value)?,
                Some(("sslrootcert", value)) => security.roots = roots(value)?,
                Some(("sslcert", value)) => certificate = file("sslcert", value)?,
                Some(("sslkey", value)) => key = file("sslkey", value)?,
                _ => others.push(pair),
            }
        }
        security.identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some(Identity { certificate, key }),
            (None, None) => None,
            _ => return Err(bad("`sslcert` and `sslkey` go together: a certificate and its key")),
        };
        let security = security.settled();
        let plain = format!("{}{}?{}", SCHEMES[0], &rest[..end], others.join("&"));
        let mut config = Config::from_str(&plain).map_err(|error| {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            bad(format!("{error}{}", cause.unwrap_or_default()))
        })?;
        config.ssl_mode(match security.mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        });
        if config.get_hosts().is_empty() {
            return Err(bad("it names no host"));
        }
        Ok((config, security))
    }
}

pub(super) fn bad(what: impl Into<String>) -> OpenError {
    OpenError::Url { what: what.into() }
}

fn mode(value: &str) -> Result<Mode, OpenError> {
    Ok(match value {
        "disable" => Mode::Disable,
        "allow" | "prefer" => Mode::Prefer,
        "require" => Mode::Require,
        "verify-ca" => Mode::VerifyCa,
        "verify-full" => Mode::VerifyFull,
        _ => {
            return Err(bad("`sslmode` is disable, prefer, require, verify-ca or verify-full"));
        }
    })
}

fn decoded<'a>(name: &str, value: &'a str) -> Result<Cow<'a, str>, OpenError> {
    percent_decode_str(value).decode_utf8().map_err(|_| bad(format!("`{name}` is no text")))
}

fn file(name: &str, value: &str) -> Result<Option<PathBuf>, OpenError> {
    let path = decoded(name, value)?;
    Ok((!path.is_empty()).then(|| path.into_owned().into()))
}

fn roots(value: &str) -> Result<Roots, OpenError> {
    Ok(match &*decoded("sslrootcert", value)? {
        "" => Roots::Unnamed,
        "system" => Roots::System,
        path => Roots::File(path.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn security(query: &str) -> Security {
        DatabaseUrl::from(format!("postgres://u:a?b@h/d{query}")).parse().unwrap().1
    }

    #[test]
    fn what_tls_is_to_do_is_read_as_libpq_reads_it() {
        for (query, mode, roots) in [
            ("", Mode::Prefer, Roots::Unnamed),
            ("?sslmode=disable", Mode::Disable, Roots::Unnamed),
            ("?sslmode=require", Mode::Require, Roots::Unnamed),
            ("?sslmode=verify-full", Mode::VerifyFull, Roots::Unnamed),
            ("?sslrootcert=system", Mode::VerifyFull, Roots::System),
            (
                "?application_name=x&sslmode=require&sslrootcert=%2Fetc%2Fca.pem",
                Mode::VerifyCa,
                Roots::File("/etc/ca.pem".into()),
            ),
        ] {
            assert_eq!(security(query), Security { mode, roots, identity: None }, "{query}");
        }
        let (certificate, key) = ("/a b.crt".into(), "/a.key".into());
        let own = security("?sslcert=%2Fa%20b.crt&sslkey=/a.key&sslmode=require").identity;
        assert_eq!(own, Some(Identity { certificate, key }));
        let half = DatabaseUrl::from("postgres://u@h/d?sslcert=/a.crt").parse().unwrap_err();
        assert!(half.to_string().contains("`sslkey`"), "{half}");
        let (config, _) =
            DatabaseUrl::from("postgresql://u:a?b@h/d?sslmode=require").parse().unwrap();
        assert_eq!(config.get_password(), Some(&b"a?b"[..]));
        assert_eq!(config.get_ssl_mode(), SslMode::Require);
    }
}
