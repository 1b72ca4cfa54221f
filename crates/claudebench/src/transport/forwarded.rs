//! From where a request comes: from whoever connected, or from whoever a believed proxy names.
//!
//! Everybody can write `X-Forwarded-For`. So it is read from the right, where the proxy that connected
//! has put whom it saw, and on to the left only as long as those that it names are believed, too.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use claudebench_core::{Code, Error};
use hyper::header::HeaderMap;

use crate::config::Proxy;

/// Who asked whom, by address, the client first.
const FOR: &str = "x-forwarded-for";

/// How the client asked the proxy.
const PROTO: &str = "x-forwarded-proto";

/// Headers that proxies write, and clients do not.
const SIGNS: [&str; 6] = [FOR, "forwarded", "x-real-ip", PROTO, "x-forwarded-host", "via"];

/// The most proxies that a request comes through.
const MOST: usize = 32;

/// From where a request comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Client {
    /// The address; whoever comes over a socket of this machine has none.
    pub address: Option<IpAddr>,
    /// Whether it asked over TLS, if a believed proxy says so.
    pub secure: Option<bool>,
    /// Why it is not the person at this machine, unless it is.
    apart: Option<Apart>,
}

/// Why a client is not at this machine, or may not be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Apart {
    /// It has an address elsewhere, or came through a proxy elsewhere.
    Elsewhere(IpAddr),
    /// A believed proxy does not say for whom it asks.
    Unsaid,
    /// A header tells of a proxy that is not believed.
    Proxied(&'static str),
}

impl Client {
    /// From where a request with these headers comes, over a connection from there.
    ///
    /// # Errors
    /// [`Code::InvalidRequest`]: a believed proxy says what cannot be read.
    pub(super) fn of(
        proxies: &[Proxy],
        from: Option<IpAddr>,
        headers: &HeaderMap,
    ) -> Result<Self, Error> {
        let from = from.map(|from| from.to_canonical());
        let believed = |address: Option<IpAddr>| proxies.iter().any(|proxy| proxy.names(address));
        let sign = SIGNS.into_iter().find(|sign| headers.contains_key(*sign));
        let mut client = Self { address: from, secure: None, apart: from.and_then(elsewhere) };
        let Some(sign) = sign else { return Ok(client) };
        if !believed(from) {
            client.apart = client.apart.or(Some(Apart::Proxied(sign)));
            return Ok(client);
        }
        let mut said = false;
        for (nth, text) in from_the_right(headers, FOR).enumerate() {
            if nth >= MOST {
                let what = format!("more than {MOST} proxies of the setting `proxies` in a row");
                return Err(unreadable(FOR, &what));
            }
            let address = address(text).ok_or_else(|| {
                let text = String::from_utf8_lossy(text);
                let text = claudebench_core::id::clip(&text);
                unreadable(FOR, &format!("`{text}` where an address is expected"))
            })?;
            said = true;
            client.address = Some(address);
            client.apart = client.apart.or_else(|| elsewhere(address));
            if !believed(client.address) {
                break;
            }
        }
        if !said {
            client.apart = client.apart.or(Some(Apart::Unsaid));
        }
        client.secure = from_the_right(headers, PROTO).next().map(secure).transpose()?;
        Ok(client)
    }

    /// Refuses whoever is not at this machine.
    ///
    /// # Errors
    /// [`Code::Unauthorized`], saying why it needs a key.
    pub fn at_this_machine(&self) -> Result<(), Error> {
        let why = match self.apart {
            None => return Ok(()),
            Some(Apart::Elsewhere(address)) => {
                format!("you come from {address}, and only this machine needs none")
            }
            Some(Apart::Unsaid) => {
                "you come through a proxy that does not say for whom in X-Forwarded-For, and only \
                 this machine needs none"
                    .to_owned()
            }
            Some(Apart::Proxied(header)) => {
                format!(
                    "the header {} tells of a proxy, and whoever comes through one needs a key; the \
                     setting `proxies` names those that are believed about who that is",
                    written(header)
                )
            }
        };
        let message = format!(
            "API key required: {why}; send `Authorization: Bearer cb_...`; `claudebench key \
             create` makes one"
        );
        Err(Error::new(Code::Unauthorized, message))
    }
}

/// As in logs.
impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            Some(address) => address.fmt(f),
            None => f.write_str("unix:"),
        }
    }
}

fn elsewhere(address: IpAddr) -> Option<Apart> {
    (!address.is_loopback()).then_some(Apart::Elsewhere(address))
}

/// What the lines of a header list, the last one first. Lists may have empty parts.
fn from_the_right<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a [u8]> {
    let lines = headers.get_all(name).into_iter().rev();
    let parts = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    parts.map(<[u8]>::trim_ascii).filter(|part| !part.is_empty())
}

/// An address, as proxies write them: some with a port, those of IPv6 in brackets or without.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let found = match inside {
        Some(inside) => IpAddr::V6(inside.parse().ok()?),
        None => match text.parse::<IpAddr>() {
            Ok(address) => address,
            Err(_) => text.parse::<SocketAddr>().ok()?.ip(),
        },
    };
    Some(found.to_canonical())
}

/// Whether a scheme is one over TLS. Some proxies tell those of WebSockets.
fn secure(text: &[u8]) -> Result<bool, Error> {
    let is = |scheme: &str| text.eq_ignore_ascii_case(scheme.as_bytes());
    if is("https") || is("wss") {
        return Ok(true);
    }
    if is("http") || is("ws") {
        return Ok(false);
    }
    let text = String::from_utf8_lossy(text);
    let text = claudebench_core::id::clip(&text);
    Err(unreadable(PROTO, &format!("`{text}` where http or https is expected")))
}

fn unreadable(header: &str, what: &str) -> Error {
    let header = written(header);
    let message = format!("a proxy of the setting `proxies` sent {header} with {what}");
    Error::new(Code::InvalidRequest, message)
}

/// A header's name, as people write it.
fn written(header: &str) -> &str {
    match header {
        FOR => "X-Forwarded-For",
        PROTO => "X-Forwarded-Proto",
        "x-forwarded-host" => "X-Forwarded-Host",
        "x-real-ip" => "X-Real-IP",
        "forwarded" => "Forwarded",
        "via" => "Via",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    fn client(proxies: &[&str], from: &str, lines: &[(&str, &str)]) -> Result<Client, Error> {
        let proxies: Vec<Proxy> = proxies.iter().map(|text| text.parse().unwrap()).collect();
        Client::of(&proxies, from.parse().ok(), &headers(lines))
    }

    /// The address and whether it needs no key.
    fn seen(proxies: &[&str], from: &str, lines: &[(&str, &str)]) -> (String, bool) {
        let client = client(proxies, from, lines).unwrap();
        (client.to_string(), client.at_this_machine().is_ok())
    }

    #[test]
    fn the_rightmost_address_that_is_no_proxy_is_the_client() {
        let near = ["127.0.0.1"];
        let chain = ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"];
        for (proxies, said, is) in [
            (&near[..], "203.0.113.5", "203.0.113.5"),
            (&near, "127.0.0.1, 203.0.113.5", "203.0.113.5"),
            (&near, "garbage, 203.0.113.5", "203.0.113.5"),
            (&near, "203.0.113.5,,", "203.0.113.5"),
            (&near, " 203.0.113.5:4711\t", "203.0.113.5"),
            (&near, "::ffff:203.0.113.5", "203.0.113.5"),
            (&near, "2001:db8::1", "2001:db8::1"),
            (&near, "[2001:db8::1]", "2001:db8::1"),
            (&near, "[2001:db8::1]:443", "2001:db8::1"),
            (&near, "203.0.113.5, 10.0.0.7", "10.0.0.7"),
            (&chain, "203.0.113.5, 10.0.0.7", "203.0.113.5"),
            (&chain, "198.51.100.1, 203.0.113.5, 10.0.0.7, [2001:db8::2]:80", "203.0.113.5"),
            // All are proxies: the first of them asks for itself.
            (&chain, "10.0.0.8, 10.0.0.7", "10.0.0.8"),
        ] {
            assert_eq!(
                seen(proxies, "127.0.0.1", &[(FOR, said)]),
                (is.to_owned(), false),
                "{said}"
            );
        }
        let lines = [(FOR, "127.0.0.1"), (FOR, "203.0.113.5"), (FOR, "10.0.0.7")];
        assert_eq!(seen(&chain, "127.0.0.1", &lines), ("203.0.113.5".into(), false), "all lines");
        assert_eq!(seen(&near, "::ffff:127.0.0.1", &lines[..2]), ("203.0.113.5".into(), false));
    }

    #[test]
    fn who_is_not_believed_cannot_say_who_asks() {
        let lines = [(FOR, "127.0.0.1"), (PROTO, "nonsense")];
        assert_eq!(seen(&["10.0.0.9"], "10.0.0.8", &lines), ("10.0.0.8".into(), false));
        assert_eq!(seen(&[], "127.0.0.1", &lines), ("127.0.0.1".into(), false));
        assert_eq!(seen(&[], "socket", &lines), ("unix:".into(), false));
        assert_eq!(
            seen(&["unix:"], "socket", &[(FOR, "203.0.113.5")]),
            ("203.0.113.5".into(), false)
        );
        assert_eq!(client(&[], "127.0.0.1", &lines).unwrap().secure, None);
    }

    #[test]
    fn this_machine_needs_no_key_and_nobody_else_does_without() {
        let near = ["127.0.0.1", "::1", "unix:"];
        for (from, lines) in [
            ("127.0.0.1", &[][..]),
            ("socket", &[]),
            ("::1", &[("user-agent", "curl")]),
            ("127.0.0.1", &[(FOR, "127.0.0.1")]),
            ("socket", &[(FOR, "::1"), (PROTO, "https")]),
        ] {
            assert!(seen(&near, from, lines).1, "{from} {lines:?}");
        }
        for (from, lines) in [
            ("10.0.0.9", &[][..]),
            ("127.0.0.1", &[(FOR, "203.0.113.5")]),
            ("127.0.0.1", &[(FOR, "")]),
            ("127.0.0.1", &[(PROTO, "https")]),
            ("127.0.0.1", &[("forwarded", "for=127.0.0.1")]),
            ("::1", &[("via", "1.1 squid")]),
        ] {
            assert!(!seen(&near, from, lines).1, "{from} {lines:?}");
        }
        // The loopback of a proxy elsewhere is not ours.
        let far = ["127.0.0.1", "10.0.0.0/8"];
        assert!(!seen(&far, "10.0.0.9", &[(FOR, "127.0.0.1")]).1);
        assert!(!seen(&far, "127.0.0.1", &[(FOR, "127.0.0.1, 10.1.1.1")]).1);
        for sign in SIGNS {
            let error = client(&[], "127.0.0.1", &[(sign, "x")]).unwrap().at_this_machine();
            let said = error.unwrap_err().message;
            assert!(said.contains(&format!("header {} tells", written(sign))), "{said}");
            assert!(said.contains("setting `proxies`") && said.contains("key create"), "{said}");
        }
    }

    #[test]
    fn what_a_believed_proxy_says_must_be_readable() {
        let many = vec!["127.0.0.1"; MOST + 1].join(",");
        for (header, value) in [
            (FOR, "unknown"),
            (FOR, "203.0.113.5, for=1"),
            (FOR, "203.0.113.5:port"),
            (FOR, "[203.0.113.5]"),
            (FOR, "[2001:db8::1]x"),
            (FOR, "1.2.3.4.5"),
            (FOR, "\u{fc}"),
            (FOR, &many),
            (PROTO, "gopher"),
        ] {
            let error = client(&["127.0.0.1"], "127.0.0.1", &[(header, value)]).unwrap_err();
            assert_eq!(error.code, Code::InvalidRequest, "{value}");
            let said = error.message;
            assert!(said.contains(written(header)) && said.contains("`proxies`"), "{said}");
            assert!(said.len() < 400, "{said}");
        }
    }

    #[test]
    fn the_last_proxy_says_whether_its_client_came_over_tls() {
        for (lines, is) in [
            (&[(FOR, "203.0.113.5")][..], None),
            (&[(PROTO, "https")], Some(true)),
            (&[(PROTO, "HTTP")], Some(false)),
            (&[(PROTO, "wss")], Some(true)),
            (&[(PROTO, "nonsense, https, http")], Some(false)),
            (&[(PROTO, "http"), (PROTO, "https")], Some(true)),
        ] {
            let client = client(&["127.0.0.1"], "127.0.0.1", lines).unwrap();
            assert_eq!(client.secure, is, "{lines:?}");
        }
    }
}
