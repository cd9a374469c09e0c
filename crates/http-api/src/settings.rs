//! What the operator decided about the HTTP side.

use std::{fmt, time::Duration};

use ipnet::IpNet;

/// The settings. The program reads them; this crate takes values.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Where people reach this server, if that was said.
    pub public_origin: Option<Origin>,
    /// Origins of web clients that are served from elsewhere.
    pub cors_origins: Vec<Origin>,
    /// Networks of proxies whose forwarded headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether requests with keys or passwords are refused over plain http.
    pub require_https: bool,
    /// Threads that speak HTTP.
    pub workers: usize,
    /// Most connections, of all workers together.
    pub max_connections: usize,
    /// How slowly a body may come.
    pub body_pace: BodyPace,
    /// Most bytes of the bodies of all requests together.
    pub max_bodies: usize,
    /// Most bytes of another service's export.
    pub max_import: usize,
    /// How long a stream is silent before a comment goes out.
    pub heartbeat: Duration,
}

/// How slowly a body may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyPace {
    /// How long nothing may come, and how long the rate isn't looked at.
    pub patience: Duration,
    /// Fewest bytes a second after that, on average.
    pub min_rate: u32,
}

impl Default for BodyPace {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(10),
            min_rate: 1_024,
        }
    }
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            public_origin: None,
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            require_https: false,
            // They only read and write; the fewer there are, the more each finds to do when it is woken.
            workers: std::thread::available_parallelism()
                .map_or(1, |processors| processors.get().div_ceil(2)),
            max_connections: 12_500,
            body_pace: BodyPace::default(),
            max_bodies: 512 * 1024 * 1024,
            max_import: 2 * 1024 * 1024 * 1024,
            heartbeat: Duration::from_secs(10),
        }
    }
}

impl HttpSettings {
    /// Whether people reach this server by https.
    pub fn is_https(&self) -> bool {
        self.public_origin.as_ref().is_some_and(Origin::is_https)
    }
}

/// A web origin: scheme, host and port, nothing else.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    https: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// Reads `https://chat.example.org` or `http://127.0.0.1:8080`; `None` for anything else, also with a path.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        let https = match scheme {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        Self::of(https, authority)
    }

    /// The origin of a server that is called by `authority` (host, or host and port) over this scheme.
    pub fn of(https: bool, authority: &str) -> Option<Self> {
        let default = if https { 443 } else { 80 };
        let (host, port) = split_port(authority)?;
        let is_host = !host.is_empty()
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b));
        let port = match port {
            Some(digits) => digits.parse().ok()?,
            None => default,
        };
        is_host.then(|| Self {
            https,
            host: host.to_ascii_lowercase(),
            port,
        })
    }

    /// Whether the scheme is https.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether host and port are those of `authority`, as a `Host` header has it.
    pub fn has_authority(&self, authority: &str) -> bool {
        Self::of(self.https, authority).is_some_and(|other| other == *self)
    }
}

/// Host and port of an authority; an IPv6 address stands in brackets.
fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let after_host = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']').map(|at| at + 2)?,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at_checked(after_host)?;
    match rest.strip_prefix(':') {
        Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => Some((host, Some(port))),
        None if rest.is_empty() => Some((host, None)),
        _ => None,
    }
}

impl fmt::Display for Origin {
    /// As browsers write it: without the scheme's own port.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, default) = if self.https {
            ("https", 443)
        } else {
            ("http", 80)
        };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == default {
            Ok(())
        } else {
            write!(f, ":{}", self.port)
        }
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let origin = Origin::parse("https://Chat.Example.org").unwrap();
        assert_eq!(origin.to_string(), "https://chat.example.org");
        assert_eq!(
            Origin::parse("https://chat.example.org:443"),
            Some(origin.clone())
        );
        assert!(origin.has_authority("chat.example.org"));
        assert!(!origin.has_authority("chat.example.org:8443"));
        assert!(
            Origin::parse("http://[::1]:8080")
                .unwrap()
                .has_authority("[::1]:8080")
        );
        for text in [
            "null",
            "",
            "https://",
            "chat.example.org",
            "https://a/b",
            "https://a:b",
            "ftp://a",
            "https://u@a",
            "https://a:1:2",
            "https://a b",
            "https://[::1]x",
            "https://*",
        ] {
            assert_eq!(Origin::parse(text), None, "{text}");
        }
    }
}
