//! Limits: each can be set, 0 turns one off, and all can be turned off at once.

use latchkey_domain::rate_limit::LimitName;

use super::{
    given::GivenLimits,
    reading::Reading,
    values::{number, switch},
};

/// Limits as the operator wants them.
#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// Whether anything is limited at all.
    pub on: bool,
    maxima: Vec<(LimitName, u32)>,
}

impl LimitSettings {
    pub(super) fn read(given: &GivenLimits, reading: &mut Reading) -> Option<Self> {
        let on = reading.read("LATCHKEY_LIMITS", &given.limits, switch);
        let maxima: Vec<Option<(LimitName, u32)>> = LimitName::ALL
            .into_iter()
            .map(|name| {
                let max = reading.read(&variable(name), given.of(name), number(0..=1_000_000));
                max.map(|max| (name, max))
            })
            .collect();
        Some(Self {
            on: on?,
            maxima: maxima.into_iter().collect::<Option<_>>()?,
        })
    }

    /// How many of `name` are allowed; 0 is without limit.
    pub fn max(&self, name: LimitName) -> u32 {
        if !self.on {
            return 0;
        }
        let found = self.maxima.iter().find(|(other, _)| *other == name);
        found.map_or_else(|| name.default_max(), |(_, max)| *max)
    }
}

impl GivenLimits {
    fn of(&self, name: LimitName) -> &str {
        match name {
            LimitName::LoginFailuresPerAccount => &self.limit_login_account,
            LimitName::LoginFailuresPerAddress => &self.limit_login_address,
            LimitName::Registrations => &self.limit_register,
            LimitName::Refreshes => &self.limit_refresh,
            LimitName::KeyAdditions => &self.limit_key_add,
            LimitName::KeyTests => &self.limit_key_test,
            LimitName::AnonymousChat => &self.limit_anonymous_chat,
            LimitName::AnonymousChatParallel => &self.limit_anonymous_chat_parallel,
            LimitName::Chat => &self.limit_chat,
            LimitName::ChatParallel => &self.limit_chat_parallel,
            LimitName::Estimates => &self.limit_estimate,
            LimitName::SharedReads => &self.limit_shared,
            LimitName::Imports => &self.limit_import,
        }
    }
}

/// The setting of a limit.
pub(super) fn variable(name: LimitName) -> String {
    format!("LATCHKEY_LIMIT_{}", name.as_str().to_ascii_uppercase())
}
