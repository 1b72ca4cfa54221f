//! Which proxies are believed when they say for whom they ask: addresses, ranges of them, and sockets.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::Deserialize;

/// A proxy that is believed, or a range of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub enum Proxy {
    /// The addresses that begin as this one, for so many bits.
    Range(IpAddr, u32),
    /// Whoever comes over a socket of this machine, which has no address.
    Socket,
}

/// Why a text names no proxy.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// It is no address.
    #[error(
        "expected an address such as 10.0.0.9, a range such as 10.0.0.0/24 or fd00::/8, or `unix:`, \
         got `{0}`"
    )]
    Unreadable(String),
    /// More bits than the address has.
    #[error("`{bits}` in `{text}` is no length: expected 0 to {most}")]
    Bits {
        /// The range.
        text: String,
        /// Its length.
        bits: String,
        /// The longest.
        most: u32,
    },
    /// A range that begins in its middle: one of the two is a mistake.
    #[error(
        "`{address}/{bits}` begins at {first}: write `{first}/{bits}`, or `{address}` for it alone"
    )]
    Inside {
        /// The address as it was written.
        address: IpAddr,
        /// The length.
        bits: u32,
        /// Where the range begins.
        first: IpAddr,
    },
}

impl Proxy {
    /// Whether it names whoever is at an address; without one, whoever came over a socket.
    #[must_use]
    pub fn names(&self, address: Option<IpAddr>) -> bool {
        match (self, address) {
            (Self::Socket, None) => true,
            (Self::Range(first, bits), Some(address)) => {
                alike(*first, address).is_some_and(|alike| alike >= *bits)
            }
            _ => false,
        }
    }
}

/// How many bits two addresses begin with in common, if they are of one kind.
fn alike(one: IpAddr, other: IpAddr) -> Option<u32> {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            Some((u32::from(one) ^ u32::from(other)).leading_zeros())
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            Some((u128::from(one) ^ u128::from(other)).leading_zeros())
        }
        _ => None,
    }
}

/// The first address of a range.
fn first(address: IpAddr, bits: u32) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from(u32::from(address) & mask))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from(u128::from(address) & mask))
        }
    }
}

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        if text == "unix:" {
            return Ok(Self::Socket);
        }
        let unreadable = || ProxyError::Unreadable(text.to_owned());
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| unreadable())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match length {
            None => most,
            Some(length) => length.parse().ok().filter(|bits| *bits <= most).ok_or_else(|| {
                ProxyError::Bits { text: text.to_owned(), bits: length.to_owned(), most }
            })?,
        };
        // Connections and headers show such an address as the IPv4 address that it holds.
        let (address, bits) = match address.to_canonical() {
            IpAddr::V4(inner) if most == 128 && bits >= 96 => (IpAddr::V4(inner), bits - 96),
            _ => (address, bits),
        };
        let first = first(address, bits);
        if first != address {
            return Err(ProxyError::Inside { address, bits, first });
        }
        Ok(Self::Range(address, bits))
    }
}

impl TryFrom<String> for Proxy {
    type Error = ProxyError;

    fn try_from(text: String) -> Result<Self, ProxyError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(proxy: &str, address: &str) -> bool {
        proxy.parse::<Proxy>().unwrap().names(Some(address.parse().unwrap()))
    }

    #[test]
    fn a_range_names_its_addresses_and_no_others() {
        for (proxy, inside, outside) in [
            ("10.0.0.9", "10.0.0.9", "10.0.0.8"),
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
            ("10.0.0.128/25", "10.0.0.128", "10.0.0.127"),
            ("0.0.0.0/0", "203.0.113.5", "2001:db8::1"),
            ("::/0", "2001:db8::1", "203.0.113.5"),
            ("::1", "::1", "::2"),
            ("fd00::/8", "fdff::1", "fe00::1"),
            ("2001:db8::/127", "2001:db8::1", "2001:db8::2"),
            ("::ffff:10.0.0.0/104", "10.1.2.3", "11.0.0.1"),
            ("::ffff:10.0.0.9", "10.0.0.9", "10.0.0.8"),
        ] {
            assert!(names(proxy, inside), "{proxy} has {inside}");
            assert!(!names(proxy, outside), "{proxy} has not {outside}");
        }
        let socket: Proxy = "unix:".parse().unwrap();
        assert!(socket.names(None) && !socket.names(Some(Ipv4Addr::LOCALHOST.into())));
        assert!(!"0.0.0.0/0".parse::<Proxy>().unwrap().names(None));
    }

    #[test]
    fn what_names_nobody_says_what_to_write() {
        for (text, said) in [
            ("", "expected an address such as 10.0.0.9"),
            ("proxy.example", "or `unix:`, got `proxy.example`"),
            ("10.0.0.9:80", "got `10.0.0.9:80`"),
            ("unix:/run/s", "got `unix:/run/s`"),
            ("10.0.0.0/33", "`33` in `10.0.0.0/33` is no length: expected 0 to 32"),
            ("10.0.0.0/", "`` in `10.0.0.0/` is no length"),
            ("fd00::/129", "expected 0 to 128"),
            ("10.0.0.1/8", "begins at 10.0.0.0: write `10.0.0.0/8`, or `10.0.0.1` for it alone"),
            ("fd00::1/8", "write `fd00::/8`, or `fd00::1`"),
            ("10.0.0.1/0", "write `0.0.0.0/0`"),
        ] {
            let error = text.parse::<Proxy>().unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
