//! Keeps web pages from driving the server behind their reader's back: the header `Host` must name
//! this machine, and `Origin` this server or one that was allowed.

use claudebench_core::{Code, Error};
use hyper::header::{HOST, HeaderMap, ORIGIN};

use super::App;
use super::forwarded::Client;

/// Refuses requests that a page of somebody else's may have sent.
///
/// # Errors
/// [`Code::Forbidden`], saying which header and which setting.
pub(super) fn check(app: &App, client: &Client, headers: &HeaderMap) -> Result<(), Error> {
    let host = headers.get(HOST).map(|value| value.to_str().unwrap_or(""));
    if let Some(host) = host
        && app.local_only
        && !is_local(name_of(host))
        && !app.config.hosts.iter().any(|allowed| allowed == name_of(host))
    {
        let message = format!(
            "the header Host names `{}`, and this server is `localhost`; the setting `hosts` \
             allows other names",
            claudebench_core::id::clip(host)
        );
        return Err(Error::new(Code::Forbidden, message));
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or("");
    // Whoever came over TLS got the page so, too: what came without may be anybody's.
    let own = origin.split_once("://").is_some_and(|(scheme, authority)| {
        Some(authority) == host && (client.secure != Some(true) || scheme == "https")
    });
    if own || app.config.origins.iter().any(|allowed| allowed == origin) {
        return Ok(());
    }
    let message = format!(
        "pages of `{}` may not call this server; the setting `origins` allows them",
        claudebench_core::id::clip(origin)
    );
    Err(Error::new(Code::Forbidden, message))
}

/// The name in `name:port`.
fn name_of(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, _)) => name,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    }
}

fn is_local(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_known() {
        for host in ["localhost:3000", "127.0.0.1", "127.0.0.1:1", "[::1]:3000", "LOCALHOST"] {
            assert!(is_local(name_of(host)), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example:3000", "", "10.0.0.1:3000"] {
            assert!(!is_local(name_of(host)), "{host}");
        }
    }
}
