//! Where things are kept.

use std::path::PathBuf;

use latchkey_adapters::persistence::DatabaseUrl;
use latchkey_domain::secret::SecretText;
use url::Url;

use super::{given::GivenStorage, reading::Reading, values::number};

/// Where things are kept.
#[derive(Debug, Clone)]
pub struct StorageSettings {
    pub data_dir: PathBuf,
    pub database: DatabaseUrl,
    pub database_max_connections: usize,
    pub keyring: PathBuf,
}

impl StorageSettings {
    pub(super) fn read(given: &GivenStorage, reading: &mut Reading) -> Option<Self> {
        let data_dir = PathBuf::from(given.data_dir.trim());
        let database =
            reading.read_secret("DATABASE_URL", given.database_url.as_ref(), database_url);
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
                .unwrap_or_else(|| DatabaseUrl::Sqlite(data_dir.join("latchkey.db"))),
            database_max_connections: database_max_connections?,
            keyring: keyring.map_or_else(|| data_dir.join("keyring.json"), PathBuf::from),
            data_dir,
        })
    }
}

fn database_url(secret: &SecretText) -> Result<DatabaseUrl, String> {
    let text = secret.expose().trim();
    if text.starts_with("sqlite:") && text.contains(['?', '#']) {
        return Err(
            "must be sqlite://FILE without options: how the file is opened is fixed".into(),
        );
    }
    text.parse::<DatabaseUrl>()
        .map_err(|fault| fault.to_string())
}

/// Whether an address holds a password.
pub(super) fn has_password(address: &SecretText) -> bool {
    Url::parse(address.expose().trim()).is_ok_and(|url| {
        url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, String> {
        database_url(&SecretText::new(text.to_owned()))
    }

    #[test]
    fn nothing_that_is_said_of_an_address_holds_its_password() {
        let address = parse("postgres://ada:CANARY@db.example:6432/chat").unwrap();
        let shown = address.to_string();
        assert!(
            shown.contains("db.example:6432/chat") && !shown.contains("CANARY"),
            "{shown}"
        );
        for text in ["mysql://u:CANARY@h/db", "CANARY", "sqlite://CANARY?mode=ro"] {
            assert!(!parse(text).unwrap_err().contains("CANARY"), "{text}");
        }
    }

    #[test]
    fn passwords_are_noticed() {
        let has = |text: &str| has_password(&SecretText::new(text.to_owned()));
        assert!(has("postgres://ada:secret@h/db") && has("postgres://h/db?password=secret"));
        assert!(!has("postgres://ada@h/db") && !has("sqlite://data/x.db"));
    }
}
