//! Where a request comes from, and by which scheme.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::http::header::{HeaderMap, HeaderName};
use ipnet::IpNet;
use latchkey_application::ClientAddress;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Client {
    /// The address, as limits count it.
    pub(super) address: ClientAddress,
    /// Whether the client spoke https, as far as a trusted proxy says so.
    pub(super) https: bool,
    /// Whether a peer that isn't trusted sent forwarded headers.
    pub(super) forwarded_untrusted: bool,
}

/// The client behind `peer`: with trusted proxies, the rightmost address that isn't one of them; else the peer.
pub(super) fn identify(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Client {
    let Some(peer) = peer.map(|ip| ip.to_canonical()) else {
        return Client {
            address: ClientAddress("unknown".to_owned()),
            https: false,
            forwarded_untrusted: false,
        };
    };
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|network| network.contains(ip));
    if !is_trusted(&peer) {
        return Client {
            address: as_counted(peer),
            https: false,
            forwarded_untrusted: headers.contains_key(FORWARDED_FOR)
                || headers.contains_key(FORWARDED_PROTO),
        };
    }
    let mut client = peer;
    for hop in hops_from_right(headers) {
        // What isn't an address was not written by a proxy of ours; who sent it is the last one known.
        let Some(ip) = hop else { break };
        client = ip;
        if !is_trusted(&ip) {
            break;
        }
    }
    Client {
        address: as_counted(client),
        https: last_word(headers, &FORWARDED_PROTO).is_some_and(|word| word == "https"),
        forwarded_untrusted: false,
    }
}

/// The addresses of all `X-Forwarded-For` headers, from the right.
fn hops_from_right(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let mut hops: Vec<Option<IpAddr>> = headers
        .get_all(FORWARDED_FOR)
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(|hop| parse_hop(hop.trim()))
        .collect();
    hops.reverse();
    hops
}

/// An address, in brackets or with a port as some proxies write it.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let ip = hop
        .parse()
        .ok()
        .or_else(|| {
            hop.parse()
                .ok()
                .map(|socket: std::net::SocketAddr| socket.ip())
        })
        .or_else(|| hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok())?;
    Some(IpAddr::to_canonical(&ip))
}

fn last_word(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get_all(name).last()?.to_str().ok()?;
    Some(value.rsplit(',').next()?.trim().to_ascii_lowercase())
}

/// IPv4 as it is; of IPv6 the network that one customer gets.
fn as_counted(ip: IpAddr) -> ClientAddress {
    ClientAddress(match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let network = ip.to_bits() & !u128::from(u64::MAX);
            format!("{}/64", Ipv6Addr::from_bits(network))
        }
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(value).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        identify(Some(peer.parse().unwrap()), &headers, &trusted)
            .address
            .0
    }

    #[test]
    fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(
            client("10.0.0.1", &["198.51.100.1"], &["10.0.0.0/8"]),
            "198.51.100.1"
        );
        assert_eq!(
            client("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn the_rightmost_untrusted_address_is_the_client() {
        let trusted = &["10.0.0.0/8"];
        assert_eq!(
            client("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"], trusted),
            "198.51.100.1"
        );
        assert_eq!(
            client("10.0.0.1", &["1.1.1.1", "198.51.100.1, 10.0.0.2"], trusted),
            "198.51.100.1"
        );
        assert_eq!(
            client("10.0.0.1", &["10.0.0.3, 10.0.0.2"], trusted),
            "10.0.0.3"
        );
        assert_eq!(
            client("10.0.0.1", &["1.1.1.1, rubbish, 10.0.0.2"], trusted),
            "10.0.0.2"
        );
        assert_eq!(client("10.0.0.1", &[], trusted), "10.0.0.1");
        assert_eq!(
            client("10.0.0.1", &["198.51.100.1:4711"], trusted),
            "198.51.100.1"
        );
    }

    #[test]
    fn of_ipv6_the_network_counts() {
        assert_eq!(
            client("2001:db8:1:2:3:4:5:6", &[], &[]),
            "2001:db8:1:2::/64"
        );
        assert_eq!(client("::ffff:192.0.2.1", &[], &[]), "192.0.2.1");
    }

    #[test]
    fn the_scheme_is_a_trusted_proxys_word() {
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED_PROTO, HeaderValue::from_static("https"));
        let peer = Some("10.0.0.1".parse().unwrap());
        assert!(identify(peer, &headers, &["10.0.0.0/8".parse().unwrap()]).https);
        let untrusted = identify(peer, &headers, &[]);
        assert!(!untrusted.https && untrusted.forwarded_untrusted);
        headers.append(FORWARDED_PROTO, HeaderValue::from_static("http"));
        assert!(!identify(peer, &headers, &["10.0.0.0/8".parse().unwrap()]).https);
    }
}
