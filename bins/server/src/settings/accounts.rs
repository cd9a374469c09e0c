//! Who may have an account, and how passwords are kept.

use latchkey_application::SignupMode;

use super::{
    given::GivenAccounts,
    reading::Reading,
    values::{number, switch},
};

/// Who may have an account, and how passwords are kept.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    pub signup: SignupMode,
    pub anonymous: bool,
    pub min_password_chars: usize,
    pub password_memory_kib: u32,
    pub password_passes: u32,
}

impl AccountSettings {
    pub(super) fn read(given: &GivenAccounts, reading: &mut Reading) -> Option<Self> {
        let signup = reading.read("LATCHKEY_SIGNUP", &given.signup, signup_mode);
        let anonymous = reading.read("LATCHKEY_ANONYMOUS", &given.anonymous, switch);
        let min_password_chars = reading.read(
            "LATCHKEY_MIN_PASSWORD_CHARS",
            &given.min_password_chars,
            number(8..=64),
        );
        // Weaker hashes than the default can't be chosen.
        let password_memory_kib = reading.read(
            "LATCHKEY_PASSWORD_MEMORY_KIB",
            &given.password_memory_kib,
            number(19_456..=1_048_576),
        );
        let password_passes = reading.read(
            "LATCHKEY_PASSWORD_PASSES",
            &given.password_passes,
            number(2..=64),
        );
        Some(Self {
            signup: signup?,
            anonymous: anonymous?,
            min_password_chars: min_password_chars?,
            password_memory_kib: password_memory_kib?,
            password_passes: password_passes?,
        })
    }
}

fn signup_mode(text: &str) -> Result<SignupMode, &'static str> {
    SignupMode::parse(&text.to_ascii_lowercase()).ok_or("must be open, invite or closed")
}
