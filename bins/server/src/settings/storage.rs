//! Where things are kept.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use latchkey_domain::secret::SecretText;
use url::Url;

use super::{given::GivenStorage, reading::Reading, values::number};

/// Where things are kept.
#[derive(Debug, Clone)]
pub struct StorageSettings {
    pub data_dir: PathBuf,
    pub database: DatabaseAddress,
    /// The authority that signed PostgreSQL's certificate, beside those the system trusts.
    pub database_ca_file: Option<PathBuf>,
    pub database_max_connections: usize,
    pub keyring: PathBuf,
}

/// Which database. What it shows of itself holds no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseAddress {
    /// A file of this machine.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres {
        /// The whole address.
        url: SecretText,
        /// Host, port and name.
        shown: String,
    },
}

impl StorageSettings {
    pub(super) fn read(given: &GivenStorage, reading: &mut Reading) -> Option<Self> {
        let data_dir = PathBuf::from(given.data_dir.trim());
        let database = reading.read_secret(
            "DATABASE_URL",
            given.database_url.as_ref(),
            DatabaseAddress::parse,
        );
        let database_ca_file = reading.read_optional(
            "DATABASE_CA_FILE",
            given.database_ca_file.as_deref(),
            existing_file,
        );
        let database_max_connections = reading.read(
            "LATCHKEY_DATABASE_MAX_CONNECTIONS",
            &given.database_max_connections,
            number(1..=1_000),
        );
        let keyring = given
            .keyring
            .as_deref()
            .map(str::trim)
            .filter(|path| !path.is_empty());
        Some(Self {
            database: database?
                .unwrap_or_else(|| DatabaseAddress::Sqlite(data_dir.join("latchkey.db"))),
            database_ca_file: database_ca_file?,
            database_max_connections: database_max_connections?,
            keyring: keyring.map_or_else(|| data_dir.join("keyring.json"), PathBuf::from),
            data_dir,
        })
    }
}

impl DatabaseAddress {
    fn parse(secret: &SecretText) -> Result<Self, &'static str> {
        let text = secret.expose().trim();
        if let Some(rest) = text.strip_prefix("sqlite:") {
            return sqlite_file(rest).map(Self::Sqlite);
        }
        let url = Url::parse(text).map_err(|_| NOT_A_DATABASE)?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(NOT_A_DATABASE);
        }
        let name = url.path().trim_start_matches('/');
        if name.contains('/') {
            return Err("must name one database, such as postgres://user@host:5432/latchkey");
        }
        let host = url.host_str().filter(|host| !host.is_empty());
        let shown = format!(
            "{} on {}:{}",
            if name.is_empty() { "the default database" } else { name },
            host.unwrap_or("localhost"),
            url.port().unwrap_or(5432),
        );
        Ok(Self::Postgres {
            url: SecretText::new(text.to_owned()),
            shown,
        })
    }

    /// Whether the address holds a password.
    pub fn has_password(secret: &SecretText) -> bool {
        Url::parse(secret.expose().trim()).is_ok_and(|url| {
            url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
        })
    }
}

const NOT_A_DATABASE: &str = "must be sqlite://FILE, such as sqlite:///var/lib/latchkey/latchkey.db, or postgres://USER:PASSWORD@HOST:PORT/NAME";

fn sqlite_file(rest: &str) -> Result<PathBuf, &'static str> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() || path.ends_with('/') || path == ":memory:" {
        return Err("must name a file, such as sqlite://data/latchkey.db");
    }
    if path.contains(['?', '#']) {
        return Err("must be sqlite://FILE without options: how the file is opened is fixed");
    }
    Ok(PathBuf::from(path))
}

fn existing_file(text: &str) -> Result<PathBuf, &'static str> {
    let path = Path::new(text);
    if path.is_file() {
        Ok(path.to_owned())
    } else {
        Err("there is no such file")
    }
}

impl fmt::Display for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "SQLite, {}", path.display()),
            Self::Postgres { shown, .. } => write!(f, "PostgreSQL, {shown}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseAddress, &'static str> {
        DatabaseAddress::parse(&SecretText::new(text.to_owned()))
    }

    #[test]
    fn sqlite_files_may_be_relative_or_not() {
        for (text, path) in [
            ("sqlite://data/latchkey.db", "data/latchkey.db"),
            ("sqlite://./data/latchkey.db", "./data/latchkey.db"),
            ("sqlite:///var/lib/x.db", "/var/lib/x.db"),
            ("sqlite:x.db", "x.db"),
        ] {
            assert_eq!(parse(text), Ok(DatabaseAddress::Sqlite(path.into())), "{text}");
        }
        for text in ["sqlite://", "sqlite::memory:", "sqlite://x.db?mode=ro", "sqlite://data/"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_shown_of_postgres_has_no_password() {
        let address = parse("postgres://ada:CANARY@db.example:6432/chat?password=CANARY").unwrap();
        assert_eq!(address.to_string(), "PostgreSQL, chat on db.example:6432");
        assert!(!format!("{address:?}").contains("CANARY"));
    }

    #[test]
    fn other_databases_are_refused_without_repeating_the_text() {
        for text in ["mysql://u:CANARY@h/db", "CANARY", "postgres://h/a/b"] {
            assert!(!parse(text).unwrap_err().contains("CANARY"), "{text}");
        }
    }
}
