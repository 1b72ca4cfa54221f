//! What a browser has of a session: the secret in its cookie, and the token that a page says beside it.

use std::sync::Arc;

use claudebench_coordination::sessions::LIFE;
use claudebench_core::{Code, Error};
use hyper::Method;
use hyper::header::{COOKIE, HeaderMap};
use sha2::{Digest, Sha256};

/// The name of the cookie, and what browsers take over TLS alone, for this host alone.
const COOKIE_NAME: &str = "cb_session";
const SECURE_NAME: &str = "__Host-cb_session";
/// Where a page says again what only it can know.
pub(crate) const CSRF_HEADER: &str = "x-csrf-token";
/// The secret of a session, as the cookie has it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(super) fn new() -> Result<Self, Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| {
            Error::new(Code::Internal, format!("the system gives no random numbers: {error}"))
        })?;
        Ok(Self(hex(&bytes)))
    }

    /// The one in the headers of a request. Under the name that is for TLS it can only be ours: anybody who can make
    /// a browser take a cookie for this host may have set the other one.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let values = |name: &'static str| {
            let cookies = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
            let pairs =
                cookies.flat_map(|line| line.split(';')).filter_map(|one| one.split_once('='));
            pairs.filter(move |(found, _)| found.trim() == name).map(|(_, value)| value.trim())
        };
        let reads =
            |value: &&str| value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit());
        let name = if Self::is_secure(headers) { SECURE_NAME } else { COOKIE_NAME };
        values(name).find(reads).map(|value| Self(value.to_owned()))
    }

    /// Whether there is one under the name that browsers take over TLS alone.
    pub(crate) fn is_secure(headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .any(|one| one.split_once('=').is_some_and(|(name, _)| name.trim() == SECURE_NAME))
    }

    /// By what servers know it.
    pub(super) fn id(&self) -> Arc<str> {
        hex(&Sha256::digest(self.0.as_bytes())).into()
    }

    /// What a page of ours is told, and no other can guess.
    pub(crate) fn csrf(&self) -> String {
        let told = Sha256::new().chain_update("csrf ").chain_update(&self.0).finalize();
        hex(&told[..16])
    }

    /// Refuses what another page may have made the browser send.
    pub(super) fn allow(&self, method: &Method, headers: &HeaderMap) -> Result<(), Error> {
        if method.is_safe() {
            return Ok(());
        }
        let said = headers.get(CSRF_HEADER).map(|value| value.as_bytes()).unwrap_or_default();
        if subtle::ConstantTimeEq::ct_eq(said, self.csrf().as_bytes()).into() {
            return Ok(());
        }
        let message = "with a session's cookie, what changes something takes the header \
                       `X-CSRF-Token` as GET /auth/session says it";
        Err(Error::new(Code::Forbidden, message))
    }

    /// The headers that give it to a browser, and take another one that it had under the other name.
    pub(crate) fn cookies(&self, secure: bool) -> [String; 2] {
        [cookie(&self.0, LIFE.as_secs(), secure), cookie("", 0, !secure)]
    }
}

/// The headers that take it from a browser, under either name.
pub(crate) fn no_cookies() -> [String; 2] {
    [false, true].map(|secure| cookie("", 0, secure))
}

fn cookie(value: &str, seconds: u64, secure: bool) -> String {
    let (name, more) = if secure { (SECURE_NAME, "; Secure") } else { (COOKIE_NAME, "") };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{more}")
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // A text can always be written to.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn with(lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        headers
    }

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    #[test]
    fn a_secret_is_found_among_other_cookies() {
        let one = Secret(A.to_owned());
        for lines in [
            &["cb_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"][..],
            &[
                "a=b; cb_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ;c",
            ],
            &[
                "x",
                "__Host-cb_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ],
        ] {
            assert!(Secret::of(&with(lines)) == Some(one.clone()), "{lines:?}");
        }
        let both = [
            "cb_session=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb; a=b",
            "__Host-cb_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ];
        for lines in [both, [both[1], both[0]]] {
            assert!(Secret::of(&with(&lines)) == Some(one.clone()), "{lines:?}: it is for TLS");
        }
        for lines in [&[][..], &["cb_session=short"], &["cb_session"], &["other=aaaa"]] {
            assert!(Secret::of(&with(lines)).is_none(), "{lines:?}");
        }
    }

    #[test]
    fn what_changes_something_takes_the_token_of_its_own_session() {
        let (one, other) = (Secret(A.to_owned()), Secret(A.replace('a', "b")));
        let mut headers = HeaderMap::new();
        one.allow(&Method::GET, &headers).unwrap();
        one.allow(&Method::POST, &headers).unwrap_err();
        headers.insert(CSRF_HEADER, HeaderValue::from_str(&other.csrf()).unwrap());
        one.allow(&Method::DELETE, &headers).unwrap_err();
        headers.insert(CSRF_HEADER, HeaderValue::from_str(&one.csrf()).unwrap());
        one.allow(&Method::POST, &headers).unwrap();
    }

    #[test]
    fn a_cookie_is_for_this_host_and_no_script() {
        let secret = Secret::new().unwrap();
        let [cookie, gone] = secret.cookies(true);
        assert!(gone.starts_with("cb_session=; ") && gone.contains("Max-Age=0"), "{gone}");
        assert!(
            cookie.starts_with("__Host-cb_session=") && cookie.ends_with("; Secure"),
            "{cookie}"
        );
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=86400"] {
            assert!(secret.cookies(false)[0].contains(part), "{part}");
        }
        assert!(!cookie.contains(&*secret.id()) && !cookie.contains(&secret.csrf()));
        assert!(secret != Secret::new().unwrap());
    }
}
