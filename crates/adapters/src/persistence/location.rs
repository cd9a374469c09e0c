//! Where the database is: `DATABASE_URL`.

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr};

use url::Url;

/// A database's address. What it prints never has a password in it.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// An SQLite file: `sqlite://path` or `sqlite:path`, relative to the working directory unless the path begins with `/`.
    Sqlite(PathBuf),
    /// A PostgreSQL server: `postgres://…` or `postgresql://…`.
    Postgres(Box<PostgresUrl>),
}

/// The parts of a `postgres://` address.
#[derive(Clone)]
pub struct PostgresUrl {
    /// What tokio-postgres reads: the address without the two members below.
    pub(super) config: tokio_postgres::Config,
    /// `sslmode`.
    pub(super) tls: TlsMode,
    /// `sslrootcert`: certificates to trust instead of the system's.
    pub(super) trusted: Option<PathBuf>,
}

/// Whether connections are encrypted. Encrypted ones are always verified, name and all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// `disable`, and the default for a server on this machine.
    Off,
    /// `prefer`, the default else: encrypted if the server can.
    Prefer,
    /// `require`, `verify-ca`, `verify-full`.
    Require,
}

/// Why a text isn't a database's address. Never holds a part of it but the scheme or a member's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDatabaseUrl {
    /// Another scheme.
    #[error("must begin with sqlite:, postgres:// or postgresql://")]
    UnknownScheme,
    /// No path.
    #[error("must name a file after sqlite:")]
    NoFile,
    /// `:memory:`.
    #[error("a database in memory can't be shared by several connections; name a file")]
    InMemory,
    /// Not a URL, or not one of PostgreSQL's.
    #[error(
        "is not a well-formed PostgreSQL address (special characters of a password must be percent-encoded)"
    )]
    Malformed,
    /// An unknown `sslmode`.
    #[error("sslmode must be disable, prefer, require or verify-full")]
    UnknownTlsMode,
    /// Certificates to trust where nothing is encrypted.
    #[error("sslrootcert needs sslmode=verify-full")]
    CertificateWithoutTls,
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            sqlite_path(path.strip_prefix("//").unwrap_or(path)).map(Self::Sqlite)
        } else if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            text.parse().map(|url| Self::Postgres(Box::new(url)))
        } else {
            Err(InvalidDatabaseUrl::UnknownScheme)
        }
    }
}

fn sqlite_path(path: &str) -> Result<PathBuf, InvalidDatabaseUrl> {
    match path {
        "" | "." | ".." => Err(InvalidDatabaseUrl::NoFile),
        _ if path.ends_with('/') => Err(InvalidDatabaseUrl::NoFile),
        ":memory:" => Err(InvalidDatabaseUrl::InMemory),
        path => Ok(path.into()),
    }
}

impl FromStr for PostgresUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        let mut url = Url::parse(text).map_err(|_| InvalidDatabaseUrl::Malformed)?;
        let mut mode = None;
        let mut trusted = None;
        let mut others = Vec::new();
        for (name, value) in url.query_pairs() {
            match &*name {
                "sslmode" => mode = Some(parse_mode(&value)?),
                "sslrootcert" => trusted = Some(PathBuf::from(&*value)),
                _ => others.push((name.into_owned(), value.into_owned())),
            }
        }
        url.set_query(None);
        if !others.is_empty() {
            url.query_pairs_mut().extend_pairs(others);
        }
        let config: tokio_postgres::Config = url
            .as_str()
            .replace('+', "%20")
            .parse()
            .map_err(|_| InvalidDatabaseUrl::Malformed)?;
        let default = || match (&trusted, is_local(&config)) {
            (Some(_), _) => TlsMode::Require,
            (None, true) => TlsMode::Off,
            (None, false) => TlsMode::Prefer,
        };
        let tls = mode.unwrap_or_else(default);
        if tls == TlsMode::Off && trusted.is_some() {
            return Err(InvalidDatabaseUrl::CertificateWithoutTls);
        }
        Ok(Self {
            config,
            tls,
            trusted,
        })
    }
}

fn parse_mode(mode: &str) -> Result<TlsMode, InvalidDatabaseUrl> {
    match mode {
        "disable" => Ok(TlsMode::Off),
        "prefer" | "allow" => Ok(TlsMode::Prefer),
        "require" | "verify-ca" | "verify-full" => Ok(TlsMode::Require),
        _ => Err(InvalidDatabaseUrl::UnknownTlsMode),
    }
}

/// Whether all of the address's servers are on this machine, where there is nobody to listen in.
fn is_local(config: &tokio_postgres::Config) -> bool {
    use tokio_postgres::config::Host;
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .trim_matches(['[', ']'])
                    .parse()
                    .is_ok_and(|address: IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

impl fmt::Display for DatabaseUrl {
    /// The address without password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

impl fmt::Display for PostgresUrl {
    /// Servers and database, without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use tokio_postgres::config::Host;
        f.write_str("postgres://")?;
        let ports = self.config.get_ports();
        for (index, host) in self.config.get_hosts().iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            match host {
                Host::Tcp(name) => f.write_str(name)?,
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "{}", path.display())?,
            }
            if let Some(port) = ports.get(index).or_else(|| ports.first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postgres(text: &str) -> PostgresUrl {
        match text.parse().unwrap() {
            DatabaseUrl::Postgres(url) => *url,
            DatabaseUrl::Sqlite(path) => panic!("{path:?}"),
        }
    }

    #[test]
    fn an_sqlite_address_is_a_path() {
        for (text, path) in [
            ("sqlite://data/x.db", "data/x.db"),
            ("sqlite:data/x.db", "data/x.db"),
            ("sqlite:///var/lib/x.db", "/var/lib/x.db"),
        ] {
            assert!(matches!(text.parse(), Ok(DatabaseUrl::Sqlite(found)) if *found == *path));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        use InvalidDatabaseUrl as Fault;
        for (text, fault) in [
            ("", Fault::UnknownScheme),
            ("mysql://x", Fault::UnknownScheme),
            ("sqlite:", Fault::NoFile),
            ("sqlite://", Fault::NoFile),
            ("sqlite:data/", Fault::NoFile),
            ("sqlite::memory:", Fault::InMemory),
            ("postgres://u:p@h:port/db", Fault::Malformed),
            ("postgres://u:p@h/db?nonsense=1", Fault::Malformed),
            ("postgres://h/db?sslmode=maybe", Fault::UnknownTlsMode),
            (
                "postgres://h/db?sslmode=disable&sslrootcert=ca.pem",
                Fault::CertificateWithoutTls,
            ),
        ] {
            assert_eq!(text.parse::<DatabaseUrl>().err(), Some(fault), "{text}");
        }
    }

    #[test]
    fn tls_is_taken_out_of_the_address() {
        let url = postgres(
            "postgresql://u:p@db.example.org/x?sslmode=verify-full&sslrootcert=%2Fca.pem&connect_timeout=3",
        );
        assert_eq!(url.tls, TlsMode::Require);
        assert_eq!(url.trusted, Some(PathBuf::from("/ca.pem")));
        assert_eq!(
            url.config.get_connect_timeout(),
            Some(&std::time::Duration::from_secs(3))
        );
    }

    #[test]
    fn a_server_elsewhere_is_asked_for_tls_and_one_here_is_not() {
        assert_eq!(postgres("postgres://db.example.org/x").tls, TlsMode::Prefer);
        assert_eq!(postgres("postgres://127.0.0.1/x").tls, TlsMode::Off);
        assert_eq!(postgres("postgres://localhost/x").tls, TlsMode::Off);
        assert_eq!(
            postgres("postgres://%2Fvar%2Frun%2Fpostgresql/x").tls,
            TlsMode::Off
        );
        assert_eq!(
            postgres("postgres://localhost/x?sslmode=require").tls,
            TlsMode::Require
        );
    }

    #[test]
    fn a_password_is_never_printed() {
        let text = "postgres://ada:CANARY%2B1@db.example.org:5433/chat?application_name=a";
        let url: DatabaseUrl = text.parse().unwrap();
        assert_eq!(url.to_string(), "postgres://db.example.org:5433/chat");
        assert_eq!(format!("{url:?}"), "postgres://db.example.org:5433/chat");
        assert_eq!(
            postgres(text).config.get_password(),
            Some(b"CANARY+1".as_slice())
        );
        let broken = "postgres://ada:CANARY@db:port/x".parse::<DatabaseUrl>();
        assert!(!format!("{broken:?} {}", broken.clone().unwrap_err()).contains("CANARY"));
    }
}
