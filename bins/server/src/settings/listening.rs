//! Where the server listens, and whom it believes.

use std::{
    net::{IpAddr, SocketAddr},
    thread,
};

use ipnet::IpNet;
use latchkey_http_api::Origin;

use super::{
    given::GivenListening,
    reading::Reading,
    values::{list, number, switch},
};

/// Where the server listens, and whom it believes.
#[derive(Debug, Clone)]
pub struct ListeningSettings {
    pub address: SocketAddr,
    pub public_url: Option<Origin>,
    pub require_https: bool,
    /// Origins of other web clients.
    pub cors_origins: Vec<Origin>,
    pub trusted_proxies: Vec<IpNet>,
    pub max_connections: usize,
    /// Most bytes of another service's export.
    pub max_import: usize,
    pub workers: usize,
}

impl ListeningSettings {
    pub(super) fn read(given: &GivenListening, reading: &mut Reading) -> Option<Self> {
        let address = reading.read("LATCHKEY_LISTEN", &given.listen, listen_address);
        let public_url = reading.read_optional(
            "LATCHKEY_PUBLIC_URL",
            given.public_url.as_deref(),
            public_url,
        );
        let require_https = reading.read("LATCHKEY_REQUIRE_HTTPS", &given.require_https, switch);
        let cors_origins = reading.read_optional(
            "LATCHKEY_CORS_ORIGINS",
            given.cors_origins.as_deref(),
            list(cors_origin),
        );
        let trusted_proxies = reading.read_optional(
            "LATCHKEY_TRUSTED_PROXIES",
            given.trusted_proxies.as_deref(),
            list(network),
        );
        let max_connections = reading.read(
            "LATCHKEY_MAX_CONNECTIONS",
            &given.max_connections,
            number(1..=1_000_000),
        );
        let max_import_mib =
            reading.read("LATCHKEY_IMPORT_MIB", &given.import_mib, number(1..=65_536));
        let workers = reading.read_optional(
            "LATCHKEY_WORKERS",
            given.workers.as_deref(),
            number(1..=512),
        );
        Some(Self {
            address: address?,
            public_url: public_url?,
            require_https: require_https?,
            cors_origins: cors_origins?.unwrap_or_default(),
            trusted_proxies: trusted_proxies?.unwrap_or_default(),
            max_connections: max_connections?,
            max_import: max_import_mib.map(|mib: usize| mib.saturating_mul(1024 * 1024))?,
            workers: workers?.unwrap_or_else(processors),
        })
    }

    /// Whether others than this machine can connect.
    pub fn is_beyond_loopback(&self) -> bool {
        !self.address.ip().is_loopback()
    }

    /// Whether browsers come by https.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(Origin::is_https)
    }
}

fn processors() -> usize {
    thread::available_parallelism().map_or(2, usize::from)
}

fn listen_address(text: &str) -> Result<SocketAddr, &'static str> {
    let with_name = text
        .strip_prefix("localhost:")
        .map(|port| format!("127.0.0.1:{port}"));
    with_name
        .as_deref()
        .unwrap_or(text)
        .parse()
        .map_err(|_| "must be an address and a port, such as 127.0.0.1:8080 or [::]:8080")
}

fn public_url(text: &str) -> Result<Origin, &'static str> {
    origin(text).ok_or("must be an origin such as https://chat.example.org, without a path")
}

fn cors_origin(text: &str) -> Result<Origin, &'static str> {
    origin(text).ok_or(
        "must be origins such as https://app.example.org, separated by commas; `*` and `null` are not possible",
    )
}

/// People copy addresses with the slash that browsers show.
fn origin(text: &str) -> Option<Origin> {
    Origin::parse(text.strip_suffix('/').unwrap_or(text))
}

fn network(text: &str) -> Result<IpNet, &'static str> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map(|network| network.trunc())
        .map_err(|_| "must be addresses or networks such as 10.0.0.0/8 or 192.0.2.7, separated by commas")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_nothing_but_origins() {
        for (text, shown) in [
            ("https://App.example.org/", "https://app.example.org"),
            ("http://localhost:5173", "http://localhost:5173"),
        ] {
            assert_eq!(cors_origin(text).unwrap().to_string(), shown);
        }
        for text in [
            "*",
            "null",
            "https://*.example.org",
            "https://a.example/x",
            "https://a.example?x",
            "https://u@a.example",
            "ftp://a.example",
            "app.example.org",
        ] {
            assert!(cors_origin(text).is_err(), "{text}");
        }
    }

    #[test]
    fn one_address_is_a_network_too() {
        assert_eq!(network("192.0.2.7"), Ok("192.0.2.7/32".parse().unwrap()));
        assert_eq!(network("10.1.2.3/8"), Ok("10.0.0.0/8".parse().unwrap()));
        assert_eq!(network("::1"), Ok("::1/128".parse().unwrap()));
        assert!(network("10.0.0.0/33").is_err());
    }

    #[test]
    fn listening_needs_a_port() {
        assert!(listen_address("[::]:8080").is_ok());
        assert_eq!(
            listen_address("localhost:0"),
            Ok("127.0.0.1:0".parse().unwrap())
        );
        for text in ["8080", "127.0.0.1", "example.org:80", "127.0.0.1:99999"] {
            assert!(listen_address(text).is_err(), "{text}");
        }
    }
}
