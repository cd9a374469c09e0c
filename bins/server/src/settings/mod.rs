//! What the operator decides. Read once, here; the other crates take values.

mod accounts;
mod environment;
mod given;
mod limits;
mod listening;
mod log;
mod provider;
mod reading;
mod storage;
mod values;

pub use accounts::AccountSettings;
pub use environment::{Environment, read_dotenv};
pub use given::{GivenSettings, complete};
pub use limits::LimitSettings;
pub use listening::ListeningSettings;
pub use log::{LogFormat, LogSettings};
pub use provider::ProviderSettings;
pub use reading::WrongSettings;
pub use storage::StorageSettings;

use clap::{ArgMatches, parser::ValueSource};
use latchkey_domain::secret::SecretText;
use reading::Reading;

/// All settings, read.
#[derive(Debug, Clone)]
pub struct Settings {
    pub listening: ListeningSettings,
    pub storage: StorageSettings,
    pub provider: ProviderSettings,
    pub accounts: AccountSettings,
    pub limits: LimitSettings,
    pub log: LogSettings,
}

impl Settings {
    /// Reads what was given.
    ///
    /// # Errors
    /// [`WrongSettings`] names everything that is wrong.
    pub fn read(
        given: &GivenSettings,
        matches: &ArgMatches,
        environment: &Environment,
    ) -> Result<Self, WrongSettings> {
        let mut reading = Reading::default();
        environment.refuse_what_is_no_setting(&mut reading);
        refuse_passwords_on_the_command_line(given, matches, &mut reading);
        let listening = ListeningSettings::read(&given.listening, &mut reading);
        let storage = StorageSettings::read(&given.storage, &mut reading);
        let provider = ProviderSettings::read(&given.provider, &mut reading);
        let accounts = AccountSettings::read(&given.accounts, &mut reading);
        let limits = LimitSettings::read(&given.limits, &mut reading);
        let log = LogSettings::read(&given.log, &mut reading);
        let settings = || {
            Some(Self {
                listening: listening?,
                storage: storage?,
                provider: provider?,
                accounts: accounts?,
                limits: limits?,
                log: log?,
            })
        };
        reading.finish(settings())
    }
}

/// Everybody on a machine can read the command lines of all programs.
fn refuse_passwords_on_the_command_line(
    given: &GivenSettings,
    matches: &ArgMatches,
    reading: &mut Reading,
) {
    let secrets: [(&str, &str, &Option<SecretText>); 2] = [
        ("database_url", "DATABASE_URL", &given.storage.database_url),
        (
            "outbound_proxy",
            "LATCHKEY_OUTBOUND_PROXY",
            &given.provider.outbound_proxy,
        ),
    ];
    for (id, name, secret) in secrets {
        let on_command_line = matches.value_source(id) == Some(ValueSource::CommandLine);
        let holds_password = secret.as_ref().is_some_and(storage::has_password);
        if on_command_line && holds_password {
            reading.refuse(
                name,
                "has a password in it and was given as a flag, which everybody on this machine can read; \
                 set it in the environment or in .env instead",
            );
        }
    }
}

#[cfg(test)]
mod tests;
